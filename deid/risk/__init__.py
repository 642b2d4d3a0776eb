"""Metrics: measure a dataset on its class table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import cleandoc

from deid.contracts import Evidence
from deid.errors import UsageError, did_you_mean, problem_kind
from deid.model import Measure
from deid.registry import plugins
from deid.risk.beyond import LIBRARY_ONLY, MEANINGS
from deid.risk.distribution import let_go
from deid.risk.standing import STANDING

UNKNOWN_METRIC = problem_kind(
    "P701",
    "unknown metric",
    meaning="No metric gives a measure of this id.",
    remedy="Use an id that `deid explain metrics` lists; ids of an attribute end in its name, such as t.equal.DISEASE.",
)


@dataclass(frozen=True)
class Explained:
    """What a measure means: family title, what this id says, formula, units and source."""

    id: str
    family: str
    title: str
    meaning: str
    formula: str
    units: str
    source: str
    variants: str


def measure_all(evidence: Evidence) -> dict[str, Measure]:
    """Return every measure of every registered metric by id, families and ids in a fixed order."""
    found = {measure.id: measure for metric in plugins("metric").values() for measure in metric().measure(evidence)}
    let_go(evidence.table)
    return found


def metrics() -> dict[str, Explained]:
    """Return what each measure id means.

    `<ATTR>` in an id stands for a sensitive attribute, `<QI>` for a quasi-identifier and `<N>` for a number.
    """
    explained = {}
    for family, metric in plugins("metric").items():
        meanings: Mapping[str, str] = getattr(metric, "ids", {family: metric.title})
        variants = cleandoc(metric.__doc__ or "")
        for name, meaning in meanings.items():
            explained[name] = Explained(
                name, family, metric.title, meaning, metric.formula, metric.units, metric.source, variants
            )
    return explained


def find(name: str) -> Explained | None:
    """Return what a measure id (`prosecutor.rb`, `t.equal.AEDECOD`) or a family means, or None; attacks included."""
    known = {**metrics(), **beyond_classes()}
    for pattern, explained in known.items():
        if name == pattern or _fits(name.split("."), pattern.split(".")):
            return explained
    return next((explained for explained in known.values() if explained.family == name), None)


def beyond_classes() -> dict[str, Explained]:
    """Return what the measures mean that no metric of the class table gives: attacks, time, worth, the release."""
    return {meaning.id: Explained(*meaning, variants="") for meaning in (*MEANINGS, *STANDING)}


def is_measure(name: str) -> bool:
    """Tell whether a run gives measures of this id, so that a gate may name it; a pattern or a family is no id."""
    patterns = [*metrics(), *(pattern for pattern in beyond_classes() if not pattern.startswith(LIBRARY_ONLY))]
    return "<" not in name and any(_fits(name.split("."), pattern.split(".")) for pattern in patterns)


def explain(name: str) -> str:
    """Return title, meaning, formula, units, source and variants of a measure id. Raises UsageError if unknown."""
    found = find(name)
    if found is None:
        hint = did_you_mean(name, {**metrics(), **beyond_classes()})
        raise UsageError(UNKNOWN_METRIC.at(f"no metric gives {name!r}", hint=hint))
    return (
        f"{found.id}: {found.title}\n\n{found.meaning}\n\n"
        f"formula  {found.formula}\nunits    {found.units}\nsource   {found.source}\n\n{found.variants}\n"
    ).rstrip() + "\n"


def _fits(words: list[str], pattern: list[str]) -> bool:
    """Tell whether the parts of an id fit a pattern; an attribute may itself hold dots and takes what is left."""
    for i, part in enumerate(pattern):
        if part in ("<ATTR>", "<QI>"):
            after = pattern[i + 1 :]
            end = len(words) - len(after)
            return end > i and all(words[i:end]) and words[end:] == after
        if i >= len(words):
            return False
        fixed, _, numbered = part.partition("<N>")
        if "<N>" in part:
            if not (words[i].startswith(fixed) and words[i][len(fixed) :].removesuffix(numbered).isdigit()):
                return False
        elif words[i] != part:
            return False
    return len(words) == len(pattern)
