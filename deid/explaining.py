"""What `deid explain` says: problem codes, transforms, metrics, kinds, ready policies."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import MISSING, fields
from typing import Any

import deid
from deid import risk
from deid.errors import UsageError, did_you_mean, problem_kind, problem_kinds
from deid.hierarchies import described
from deid.model import KINDS
from deid.policy import load, ready_policies
from deid.policy.conventions import named
from deid.policy.decide import GATE_NAMES
from deid.registry import plugins
from deid.risk.thresholds import ThresholdProfile, profiles

NO_TOPIC = problem_kind(
    "U208", "nothing of that name", remedy="`deid explain` lists codes, transforms, metrics and kinds"
)


def explain(topic: str) -> str:
    """Return the explanation of a topic; without one, the list of topics. Raises UsageError when there is none."""
    _import_all()
    lists = {
        "codes": _codes,
        "transforms": _transforms,
        "metrics": _metrics,
        "kinds": _kinds,
        "thresholds": _thresholds,
        "hierarchies": _hierarchies,
    }
    if not topic:
        return "".join(f"{name}:\n{listing()}\n" for name, listing in lists.items())
    if topic in lists:
        return lists[topic]()
    kinds = problem_kinds()
    if topic.upper() in kinds:
        kind = kinds[topic.upper()]
        meaning = f"{kind.meaning}\n" if kind.meaning else ""
        return f"{kind.code}: {kind.title}\n{meaning}Remedy: {kind.remedy}\n"
    if topic in plugins("transform"):
        return _transform(topic, plugins("transform")[topic])
    convention = named(topic)
    if convention is not None:
        return _threshold(convention)
    topic = GATE_NAMES.get(topic, topic)
    if risk.find(topic) is not None:
        return risk.explain(topic).rstrip("\n") + "\n" + _gate(topic)
    if topic in KINDS:
        return f"{topic}: {KINDS[topic]}\n"
    words = [*lists, *kinds, *plugins("transform"), *KINDS, *plugins("metric"), *risk.metrics(), *profiles()]
    raise UsageError(NO_TOPIC.at(f"'{topic}' is no code, transform, metric or kind", hint=did_you_mean(topic, words)))


def ready_list() -> str:
    """Return the ready policies with what each is for."""
    lines = []
    for name in ready_policies():
        policy = load(name)
        lines.append(f"{name:28} {policy.context.get('summary', '')}\n")
    return "".join(lines)


def _import_all() -> None:
    """Import every module, so that every problem kind is declared."""
    for module in pkgutil.walk_packages(deid.__path__, "deid."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _codes() -> str:
    return "".join(f"  {kind.code}  {kind.title}\n" for kind in problem_kinds().values())


def _transforms() -> str:
    return "".join(f"  {name:16} {cls.summary}\n" for name, cls in plugins("transform").items())


def _metrics() -> str:
    lines = [f"  {name:30} {found.meaning}\n" for name, found in (risk.metrics() | risk.beyond_classes()).items()]
    return "".join(lines)


def _thresholds() -> str:
    return "".join(f"  {name:20} {profile.title}\n" for name, profile in profiles().items())


def _threshold(profile: ThresholdProfile) -> str:
    gates = "".join(f"  {gate.id} {gate.op} {gate.threshold:g}\n" for gate in profile.gates) or "  none\n"
    least = f"smallest class that satisfies it: {profile.smallest_k}\n" if profile.smallest_k else ""
    return f"{profile.name}: {profile.title}\n\ngates\n{gates}{least}\n{profile.note}\n\nsource  {profile.source}\n"


def _hierarchies() -> str:
    forms = "".join(f"  {form}\n      {levels}\n" for form, levels in described().items())
    return f"{forms}  min_level and max_level bound the levels that the search may choose; level 0 is the finest.\n"


def _gate(topic: str) -> str:
    """Return how a measure is asked for in a policy, and which conventions ask for it."""
    if not risk.is_measure(topic):
        return ""
    name = next((word for word, metric in GATE_NAMES.items() if metric == topic), topic)
    asked = [profile.name for profile in profiles().values() if any(gate.id == topic for gate in profile.gates)]
    conventions = f"\nasked for by  {', '.join(asked)}" if asked else ""
    return f"\nas a gate     gates: {{{name}: {{max: ...}}}}, or min, below, above{conventions}\n"


def _kinds() -> str:
    return "".join(f"  {name:20} {meaning}\n" for name, meaning in KINDS.items())


def _transform(name: str, cls: Any) -> str:
    options = "".join(f"  {item.name}: {item.type}{_default(item)}\n" for item in fields(cls))
    doc = inspect.cleandoc(cls.__doc__ or "")
    forms = f"\nHierarchies:\n{_hierarchies()}" if name == "generalise" else ""
    return f"{name}: {cls.summary}\n\n{doc}\n\nOptions:\n{options or '  none' + chr(10)}{forms}"


def _default(item: Any) -> str:
    if item.default is not MISSING:
        return f" = {item.default!r}"
    return "" if item.default_factory is MISSING else f" = {item.default_factory()!r}"
