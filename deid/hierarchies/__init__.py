"""Generalisation hierarchies from a policy's specification: how a quasi-identifier may be coarsened, level by level.

A specification is a word (`age`), a file (`race.csv`) or a mapping such as `{interval: 5, top: 90}`. Whatever the kind,
the result is checked before use: complete for the data, every level nested in the next, no leaf twice, one root.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from inspect import cleandoc
from pathlib import Path
from typing import Any, Protocol

from deid.errors import DataError, PolicyError, did_you_mean, problem_kind
from deid.hierarchies.cuts import Cuts, Quantiles
from deid.hierarchies.dates import Dates
from deid.hierarchies.file import File
from deid.hierarchies.intervals import Intervals
from deid.hierarchies.ladder import Ladder, assemble, nesting_problems
from deid.hierarchies.listed import Groups, Order, Prefix, SuppressOnly
from deid.hierarchies.ready import READY, Ready
from deid.hierarchy import Hierarchy

__all__ = ["build", "described", "spec_problems"]

BAD_SPECIFICATION = problem_kind(
    "P501",
    "hierarchy not understood",
    remedy="write one of the forms that `deid explain generalise` lists",
    meaning="A hierarchy is a ready name, a CSV file, or a mapping with interval, cuts, prefix, dates, groups, file, "
    "order, quantiles or suppress_only, and, if wanted, min_level and max_level.",
)
BAD_LEVELS = problem_kind(
    "P502",
    "levels out of range",
    remedy="give min_level and max_level within the levels of the hierarchy, the lowest first",
    meaning="A hierarchy of n levels has levels 0 (finest) to n - 1 ('*').",
)


class Kind(Protocol):
    """One kind of hierarchy: its fields are its options in the policy."""

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the options, without a value of the data."""

    def ladder(self, values: Sequence[str], folder: Path, place: str) -> Ladder:
        """Return the labels of the values of one column."""


KINDS: Mapping[str, Any] = {
    "interval": Intervals,
    "cuts": Cuts,
    "prefix": Prefix,
    "dates": Dates,
    "groups": Groups,
    "file": File,
    "order": Order,
    "quantiles": Quantiles,
    "suppress_only": SuppressOnly,
    "ready": Ready,
}
LEVELS = ("min_level", "max_level")


def described() -> dict[str, str]:
    """Return every form of a hierarchy and every ready one, as a policy writes it, with what its levels are."""
    found = {}
    for key, kind in KINDS.items():
        if key != "ready":
            options = ", ".join(item.name for item in fields(kind))
            found[f"{{{options}}}"] = cleandoc(kind.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    return found | {name: _levels_of(make) for name, make in READY.items()}


def _levels_of(make: Any) -> str:
    """Return what the levels of a ready hierarchy are: its own words, or the form that it stands for."""
    form = getattr(make, "__self__", None)
    if form is None:
        return cleandoc(make.__doc__ or "")
    set_ = ((item.name, getattr(form, item.name)) for item in fields(form) if getattr(form, item.name) is not None)
    return "stands for {" + ", ".join(f"{name}: {value}" for name, value in set_ if value not in ((), [], {})) + "}"


def spec_problems(spec: Mapping[str, Any] | str) -> list[str]:
    """Return what is wrong with a specification, as far as it shows without data."""
    kind, problems = _parse(spec)
    return problems if kind is None else [*problems, *kind.problems()]


def build(spec: Mapping[str, Any] | str, values: Sequence[str | None], *, folder: Path, name: str) -> Hierarchy:
    """Work a hierarchy out for a vocabulary whose first value is None (missing) and whose others are distinct texts.

    `folder` is where the policy lies, for files that it names; `name` is the column for error messages. The missing
    value keeps a label of its own (None) on every level below '*'. Raises PolicyError for a specification that is not
    understood and DataError for values that do not fit; neither holds a value.
    """
    kind, problems = _parse(spec)
    problems += [] if kind is None else list(kind.problems())
    if kind is None or problems:
        raise PolicyError(BAD_SPECIFICATION.at(problem, name) for problem in problems)
    ladder = kind.ladder([str(value) for value in values[1:]], folder, name)
    wrong = nesting_problems(ladder, name)
    if wrong:
        raise DataError(wrong)
    lowest, highest = (spec.get(key) for key in LEVELS) if isinstance(spec, Mapping) else (None, None)
    if not ladder.rows:  # nothing but missing values: they stay missing, whatever levels there would be
        lowest, highest = 0, 0
    hierarchy = assemble(ladder, name, lowest or 0, highest)
    top = hierarchy.height
    if not 0 <= hierarchy.lowest <= (top if highest is None else highest) <= top:
        raise PolicyError(BAD_LEVELS.at(f"the hierarchy has levels 0 to {top}", name))
    return hierarchy


def _parse(spec: Any) -> tuple[Kind | None, list[str]]:
    """Return the kind of hierarchy that a specification asks for, or what stands against it."""
    if isinstance(spec, str):
        return (File(spec) if spec.lower().endswith((".csv", ".tsv", ".txt")) else Ready(spec)), []
    if not isinstance(spec, Mapping):
        return None, ["a hierarchy is a name, a file or a mapping"]
    options = {str(key): value for key, value in spec.items() if key not in LEVELS}
    if "ready" in options:
        options["name"] = options.pop("ready")
    problems = [
        f"{key} is a whole number"
        for key in LEVELS
        if spec.get(key) is not None and (not isinstance(spec[key], int) or isinstance(spec[key], bool))
    ]
    named = [kind for key, kind in KINDS.items() if key in options or (key == "ready" and "name" in options)]
    named += [Intervals] if "widths" in options and Intervals not in named else []
    if len(named) != 1:
        listed = ", ".join(KINDS)
        return None, [*problems, f"exactly one of {listed} says what kind of hierarchy it is"]
    allowed = {field.name for field in fields(named[0])}
    unknown = sorted(set(options) - allowed)
    problems += [f"unknown option {key!r} {did_you_mean(key, allowed | set(LEVELS))}".strip() for key in unknown]
    return (None if problems else named[0](**options)), problems
