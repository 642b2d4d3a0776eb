"""From typed parts to decisions: transforms built, options checked, layers merged, the effective policy digested."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import yaml

from deid import risk, transform
from deid.contracts import Transform
from deid.data_model import DataModel, load_data_model
from deid.decisions import (
    CLASS_BUDGET,
    Anchor,
    AnchorSource,
    Anonymise,
    Correlations,
    Decision,
    Gate,
    Linkage,
    Longitudinal,
    Margin,
    Match,
    Policy,
    Population,
    PrivacyModel,
    Survival,
)
from deid.errors import PolicyError, Problem, did_you_mean, problem_kind
from deid.model import KINDS, Role
from deid.policy import conventions
from deid.policy.document import Document
from deid.policy.grammar import ColumnPart, GatePart, MatchPart, PolicyPart, RulePart
from deid.registry import plugin, plugins
from deid.risk.thresholds import ThresholdProfile
from deid.transform.keep import Keep

UNKNOWN_TRANSFORM = problem_kind(
    "P107", "unknown transform", remedy="use one of the transforms that `deid explain transforms` lists"
)
BAD_OPTION = problem_kind("P108", "option refused", remedy="see the transform's options: `deid explain TRANSFORM`")
ROLE_MISSING = problem_kind(
    "P110",
    "role missing",
    remedy=f"add `role:` - one of {', '.join(role.value for role in Role)}",
    meaning="What a column is to the person decides how its risk is measured; it is never guessed.",
)
UNKNOWN_MEASURE = problem_kind("P111", "gate on an unknown measure", remedy="`deid explain metrics` lists the measures")
UNDECIDED = problem_kind(
    "P112", "undecided column", remedy="look at the evidence beside the line and write what is to be done"
)
UNKNOWN_KIND = problem_kind("P113", "unknown kind", remedy="`deid explain kinds` lists what a column can hold")
UNKNOWN_CLASS = problem_kind(
    "P121", "unknown class of a data model", remedy="use a class of the policy's `data_model:`"
)
BAD_PLACE = problem_kind(
    "P122",
    "place or expression not understood",
    remedy="write TABLE.COLUMN: expression (RE2) under `expects:`, TABLE.COLUMN: TABLE.COLUMN under `references:`",
)
GATE_BOUND = problem_kind("P114", "gate needs one bound", remedy="write exactly one of max, min, below, above")

#: What a rule says of columns that no later rule may claim: they count as columns without a decision.
LEFT_UNLISTED = "unlisted"
#: Names that policies may use for measures, and gates that are not metrics of the risk room.
GATE_NAMES: Mapping[str, str] = {
    "prosecutor_risk": "prosecutor.rb",
    "prosecutor_average": "prosecutor.rc",
    "journalist_risk": "journalist.rb",
    "marketer_risk": "marketer",
    "sample_uniques": "unique_share",
    "k": "k",
    "k_on_every_set": "sets.k",
    "residual_identifiers": "residual_identifiers",
    "singling_out": "singling_out",
    "suppressed": "suppressed_share",
    "loss": "loss",
    "unshifted_dates": "unshifted_dates",
    "orphan_keys": "orphan_keys",
    "emptied_cells": "emptied_cells",
    "text_redacted_whole": "text_redacted_whole",
}
_OPS: Mapping[str, Literal["<=", "<", ">=", ">"]] = {"max": "<=", "below": "<", "min": ">=", "above": ">"}
#: Measures that the `longitudinal` part and the `sets` of a policy add.
_BY_POLICY = re.compile(r"sets\.(k(\.[1-9][0-9]*)?|highest_risk)|longitudinal\.(max_risk|unicity)\.m[1-5]")
#: Parts of a policy that say what is measured besides.
_MEASURED = ("population", "longitudinal", "survival", "anchor", "linkage", "correlations")
_NOT_OPTIONS = frozenset(ColumnPart.model_fields) | {"match"}


@dataclass
class Layers:
    """The decisions of a policy and of what it extends; the nearest wins."""

    rules: list[Decision] = field(default_factory=list)
    columns: dict[str, Decision] = field(default_factory=dict)
    tables: dict[str, dict[str, Decision]] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)
    thresholds: tuple[str, ...] = ()


def decisions_of(parts: Sequence[tuple[Document, PolicyPart]], *, drafts: bool = False) -> Layers:
    """Check every decision of every layer and merge them. Raises PolicyError with all problems.

    drafts  lines with `do: undecided` are no problem yet
    """
    layers, problems = Layers(), []  # type: tuple[Layers, list[Problem]]
    for document, part in parts:
        for i, rule in enumerate(part.rules):
            layers.rules.append(_decision(rule, document.place("rules", i), document.folder, problems))
        for name, column in part.columns.items():
            layers.columns.setdefault(
                name, _decision(column, document.place("columns", name), document.folder, problems)
            )
        for table, columns in part.tables.items():
            merged = layers.tables.setdefault(table, {})
            for name, column in columns.items():
                merged.setdefault(
                    name, _decision(column, document.place("tables", table, name), document.folder, problems)
                )
        for name, gate in part.gates.items():
            checked = _gate(name, gate, document.place("gates", name), problems)
            if checked is not None:
                layers.gates.setdefault(checked.id, checked)
    _conventions(parts, layers, problems)
    problems = [problem for problem in problems if not (drafts and problem.kind is UNDECIDED)]
    if problems:
        raise PolicyError(problems)
    return layers


def _conventions(parts: Sequence[tuple[Document, PolicyPart]], layers: Layers, problems: list[Problem]) -> None:
    """Add the gates of the threshold profiles that any layer names."""
    chosen: dict[str, ThresholdProfile] = {}
    for document, part in parts:
        if part.thresholds:
            place = document.place("thresholds")
            for profile in conventions.known(_names(part.thresholds) or (), place, problems):
                chosen.setdefault(profile.name, profile)
    layers.gates = conventions.joined(layers.gates, tuple(chosen.values()), problems)
    layers.thresholds = tuple(chosen)


def _decision(part: ColumnPart, place: str, folder: Path, problems: list[Problem]) -> Decision:
    options = {name: value for name, value in (part.model_extra or {}).items() if name not in _NOT_OPTIONS}
    role = part.role
    built: Transform | None = None
    if part.do == "undecided":
        problems.append(UNDECIDED.at("this column has no decision yet", place))
    elif part.do == LEFT_UNLISTED and isinstance(part, RulePart):
        role = role or Role.DIRECT  # whatever the columns are, no later rule may claim them
    elif part.do not in plugins("transform"):
        hint = did_you_mean(part.do, plugins("transform"))
        problems.append(UNKNOWN_TRANSFORM.at(f"'{part.do}' is no transform", place, hint=hint))
    else:
        if "folder" in {item.name for item in fields(plugin("transform", part.do))}:
            options["folder"] = str(folder)
        result = transform.build(part.do, options)
        options.pop("folder", None)
        if isinstance(result, list):
            problems += [BAD_OPTION.at(sentence, place) for sentence in result]
        else:
            built = result
        role = role or plugin("transform", part.do).implies
        if role is None and part.do != "drop":
            problems.append(ROLE_MISSING.at(f"'{part.do}' does not say what the column is", place))
    match = _match(part.match, place, problems) if isinstance(part, RulePart) else Match()
    accept = frozenset(part.accept)
    return Decision(part.do, role, options, part.why, place, match, part.variable, part.field, accept, built)


def _match(part: MatchPart, place: str, problems: list[Problem]) -> Match:
    for kind in _names(part.holds) or ():
        if kind not in KINDS:
            problems.append(UNKNOWN_KIND.at(f"'{kind}' is no kind", place, hint=did_you_mean(kind, KINDS)))
    if part == MatchPart():
        problems.append(BAD_OPTION.at("a rule without any condition would claim every column", place))
    return Match(
        _names(part.name),
        _names(part.holds),
        _names(part.table),
        _names(part.domain),
        _names(part.type),
        part.distinct_at_most,
        _names(part.classed),
        _names(part.tagged),
    )


def _names(value: str | list[str] | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    return (value,) if isinstance(value, str) else tuple(value)


def _gate(name: str, part: GatePart, place: str, problems: list[Problem]) -> Gate | None:
    known = GATE_NAMES.get(name, name)
    if name not in GATE_NAMES and not risk.is_measure(name) and not _BY_POLICY.fullmatch(name):
        hint = did_you_mean(name, GATE_NAMES)
        problems.append(UNKNOWN_MEASURE.at(f"'{name}' is no measure", place, hint=hint))
        return None
    bounds = [(op, getattr(part, key)) for key, op in _OPS.items() if getattr(part, key) is not None]
    if len(bounds) != 1:
        problems.append(GATE_BOUND.at(f"'{name}' has {len(bounds)} bounds", place))
        return None
    return Gate(known, bounds[0][0], float(bounds[0][1]), place)


def finish(parts: Sequence[tuple[Document, PolicyPart]], layers: Layers, folder: Path, path: str) -> Policy:
    """Merge the rest and return the policy."""
    own = parts[0][1]
    given = [(part, part.model_fields_set) for _, part in parts]

    def pick(name: str) -> Any:
        return next((getattr(part, name) for part, fields in given if name in fields), getattr(own, name))

    def union(name: str) -> Any:
        merged: Any = [] if isinstance(getattr(own, name), list) else {}
        for part, _ in reversed(given):
            value = getattr(part, name)
            merged = [*value, *merged] if isinstance(merged, list) else {**merged, **value}
        return merged

    model = _data_model(parts, layers)
    expects, references = _places(parts, union("expects"), union("references"))
    effective = _effective(own.name, pick, union, layers)
    anonymise = pick("anonymise")
    exclude = pick("exclude_subjects")
    return Policy(
        name=own.name,
        path=path,
        digest=hashlib.sha256(json.dumps(effective, sort_keys=True).encode()).hexdigest(),
        effective=yaml.safe_dump(effective, sort_keys=False, allow_unicode=True),
        subject=_names(pick("subject")) or ("auto",),
        unlisted=pick("unlisted"),
        missing_subject=pick("missing_subject"),
        row_order=pick("row_order"),
        disagreeing_copies=pick("disagreeing_copies"),
        rules=tuple(layers.rules),
        columns=layers.columns,
        tables=layers.tables,
        drop_tables=tuple(union("drop_tables")),
        ignore=tuple(union("ignore")),
        formats=union("formats"),
        anonymise=_anonymise(anonymise),
        gates=_with_standing_gates(layers, anonymise),
        context=union("context"),
        recognisers=tuple(union("recognisers")),
        text=union("text"),
        exclude_subjects=str(folder / exclude) if exclude else "",
        counts_from=union("counts_from"),
        claims=pick("claims"),
        cell_minimum=pick("cell_minimum"),
        class_budget=pick("class_budget"),
        folder=folder,
        population=_part(Population, pick("population")),
        longitudinal=_part(Longitudinal, pick("longitudinal")),
        thresholds=layers.thresholds,
        survival=_part(Survival, pick("survival")),
        linkage=_part(Linkage, pick("linkage")),
        correlations=_correlations(pick("correlations")),
        anchor=_anchor(pick("anchor")),
        data_model=model,
        expects=expects,
        references={**(model.references() if model is not None else {}), **references},
        orphans=pick("orphans"),
    )


def _anchor(part: Any) -> Anchor | None:
    if part is None:
        return None
    sources = tuple(
        AnchorSource(item.table, item.column, item.where, item.numeric, _names(item.format) or ())
        for item in part.sources
    )
    return Anchor(sources, part.start)


def _data_model(parts: Sequence[tuple[Document, PolicyPart]], layers: Layers) -> DataModel | None:
    """Load the data model that the nearest layer names. Raises PolicyError, also for classes that it does not have."""
    document, part = next(((d, p) for d, p in parts if p.data_model), (None, None))
    model = None
    if document is not None and part is not None:
        model = load_data_model(part.data_model, document.folder, document.place("data_model"))
    known = model.classes() if model is not None else frozenset()
    problems = [
        UNKNOWN_CLASS.at(f"there is no class '{name}'", rule.place, hint=did_you_mean(name, known))
        for rule in layers.rules
        for name in rule.match.classed or ()
        if name not in known
    ]
    if problems:
        raise PolicyError(problems)
    return model


def _places(
    parts: Sequence[tuple[Document, PolicyPart]], expects: Mapping[str, str], references: Mapping[str, str]
) -> tuple[dict[str, str], dict[tuple[str, str], tuple[str, str]]]:
    """Check expectations and references. Raises PolicyError with all problems."""
    document = parts[0][0]
    places = [("expects", name, name) for name in expects]
    places += [("references", name, both) for name, to in references.items() for both in (name, to)]
    problems = [
        BAD_PLACE.at(f"'{written}' is no TABLE.COLUMN", document.place(part, name))
        for part, name, written in places
        if not all(written.rpartition("."))
    ]
    for name, pattern in expects.items():
        problems += [BAD_PLACE.at(s, document.place("expects", name)) for s in Keep(only=pattern).problems()]
    if problems:
        raise PolicyError(problems)
    split = {name.casefold().rpartition("."): to.casefold().rpartition(".") for name, to in references.items()}
    return dict(expects), {(name[0], name[2]): (to[0], to[2]) for name, to in split.items()}


def _correlations(part: Any) -> Correlations | None:
    return None if part is None else Correlations(part.table, tuple(part.columns))


def _part(kind: Any, part: Any) -> Any:
    return None if part is None else kind(**part.model_dump())


def _anonymise(part: Any) -> Anonymise | None:
    if part is None:
        return None
    models = tuple(PrivacyModel(model.model, model.attribute, model.model_extra or {}) for model in part.models)
    return Anonymise(
        part.k,
        part.suppress_at_most,
        part.recoding,
        part.suppressed,
        part.quality,
        part.weights,
        models,
        part.time_budget,
        part.missing,
        tuple(tuple(names) for names in part.sets),
        part.notation,
        part.microaggregate,
        _part(Margin, part.margin),
    )


def _with_standing_gates(layers: Layers, anonymise: Any) -> tuple[Gate, ...]:
    """No release ever has a residual identifier, nor a class below the k that the policy asks for."""
    gates = dict(layers.gates)
    gates.setdefault("residual_identifiers", Gate("residual_identifiers", "<=", 0.0, "always"))
    if anonymise is not None:
        name = _k_measure(anonymise)
        gates[name] = max(
            (gates.get(name), Gate(name, ">=", float(anonymise.k), "anonymise")),
            key=lambda gate: gate.threshold if gate is not None and gate.op == ">=" else -1.0,
        )  # type: ignore[assignment]
    return tuple(gates[name] for name in sorted(gates))


def _k_measure(anonymise: Any) -> str:
    """Return the measure that shows whether the policy's own k holds, as the policy reads classes and blanks."""
    if anonymise.sets:
        return "sets.k"
    return "missing.conservative.k" if anonymise.missing == "wildcard" else "k"


def _effective(name: str, pick: Any, union: Any, layers: Layers) -> dict[str, Any]:
    """Return the policy as it stands after merging, in a form that is printed and hashed."""
    simple = (
        "subject",
        "unlisted",
        "missing_subject",
        "disagreeing_copies",
        "row_order",
        "claims",
        "cell_minimum",
        "exclude_subjects",
    )
    joined = (
        "drop_tables",
        "ignore",
        "formats",
        "counts_from",
        "context",
        "text",
        "recognisers",
        "expects",
        "references",
    )
    anonymise = pick("anonymise")
    return {
        "deid": 1,
        "name": name,
        **{key: pick(key) for key in simple},
        **{key: union(key) for key in joined if union(key)},
        **({"data_model": pick("data_model")} if pick("data_model") else {}),
        **({"orphans": pick("orphans")} if pick("orphans") != "refuse" else {}),
        **({"class_budget": pick("class_budget")} if pick("class_budget") != CLASS_BUDGET else {}),
        "rules": [_plain(rule) for rule in layers.rules],
        "columns": {key: _plain(column) for key, column in layers.columns.items()},
        "tables": {key: {n: _plain(c) for n, c in columns.items()} for key, columns in layers.tables.items()},
        "anonymise": anonymise.model_dump(mode="json") if anonymise else None,
        **{key: pick(key).model_dump(mode="json") for key in _MEASURED if pick(key)},
        **({"thresholds": list(layers.thresholds)} if layers.thresholds else {}),
        "gates": {gate.id: f"{gate.op} {gate.threshold:g}" for gate in _with_standing_gates(layers, anonymise)},
    }


def _plain(decision: Decision) -> dict[str, Any]:
    match = {key: list(value) if isinstance(value, tuple) else value for key, value in vars(decision.match).items()}
    return {
        **({"match": {k: v for k, v in match.items() if v is not None}} if decision.match != Match() else {}),
        "do": decision.do,
        **({"role": decision.role.value} if decision.role else {}),
        **decision.options,
        **{k: getattr(decision, k) for k in ("variable", "field", "why") if getattr(decision, k)},
        **({"accept": sorted(decision.accept)} if decision.accept else {}),
    }
