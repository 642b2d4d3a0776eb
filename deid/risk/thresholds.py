"""Named threshold profiles: conventions with their source, never a claim of compliance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from deid.errors import UsageError, did_you_mean, problem_kind

UNKNOWN_PROFILE = problem_kind(
    "P702",
    "unknown threshold profile",
    meaning="No threshold profile has this name.",
    remedy="Use one of the profiles that the documentation of thresholds lists, or write the gates out.",
)


@dataclass(frozen=True)
class ThresholdGate:
    """A condition on a measure id; `<=` and `>=` let the threshold itself pass."""

    id: str
    op: str
    threshold: float


@dataclass(frozen=True)
class ThresholdProfile:
    """A convention in use: its gates, the smallest class that satisfies them, what to mind, and its source."""

    name: str
    title: str
    gates: tuple[ThresholdGate, ...]
    smallest_k: int | None
    note: str
    source: str


@cache
def profiles() -> Mapping[str, ThresholdProfile]:
    """Return every profile by name, in the order of the data file."""
    text = files("deid").joinpath("data", "threshold_profiles.yaml").read_text(encoding="utf-8")
    found = {}
    for name, entry in yaml.safe_load(text)["profiles"].items():
        gates = tuple(ThresholdGate(gate["id"], gate["op"], float(gate["threshold"])) for gate in entry["gates"])
        found[name] = ThresholdProfile(
            name, entry["title"], gates, entry["smallest_k"], entry["note"].strip(), entry["source"].strip()
        )
    return found


def profile(name: str) -> ThresholdProfile:
    """Return one profile. Raises UsageError for an unknown name."""
    known = profiles()
    if name not in known:
        raise UsageError(UNKNOWN_PROFILE.at(f"no profile is called {name!r}", hint=did_you_mean(name, known)))
    return known[name]


def within(k: int, threshold: float, *, strictly: bool = False) -> bool:
    """Tell whether the highest risk 1/k is at most (or strictly below) a threshold, compared as written."""
    return k > 0 and (1 / k < threshold if strictly else 1 / k <= threshold)


def smallest_k(threshold: float, *, strictly: bool = False) -> int:
    """Return the smallest class whose risk 1/k satisfies a threshold: 12 for 0.09, 11 for 1/11, 12 strictly below."""
    if not 0 < threshold <= 1:
        raise ValueError("a threshold of risk lies above 0 and at most at 1")
    k = max(1, math.floor(1 / threshold) - 1)
    while not within(k, threshold, strictly=strictly):
        k += 1
    return k
