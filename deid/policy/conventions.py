"""Threshold profiles that a policy names: their gates join its own, and the stricter of two counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, cast

from deid.decisions import Gate
from deid.errors import Problem, did_you_mean, problem_kind
from deid.risk.thresholds import ThresholdProfile, profiles

UNKNOWN_PROFILE = problem_kind(
    "P720",
    "unknown threshold profile",
    meaning="`thresholds:` names conventions of authorities and houses, each with its gates and its source.",
    remedy="use one of the profiles that `deid explain thresholds` lists, or write the gates out",
)
CONTRADICTION = problem_kind(
    "P721",
    "gate contradicts a threshold profile",
    remedy="give the gate the same direction as the profile's, or leave the profile out and write every gate",
)
Op = Literal["<=", "<", ">=", ">"]


def named(name: str) -> ThresholdProfile | None:
    """Return a profile by name; `ema_0070` and `EMA-0070` are `ema-0070`."""
    return profiles().get(name.strip().lower().replace("_", "-"))


def known(names: Sequence[str], place: str, problems: list[Problem]) -> tuple[ThresholdProfile, ...]:
    """Return the profiles of these names; unknown ones become problems."""
    found = []
    for name in names:
        profile = named(name)
        if profile is None:
            hint = did_you_mean(name.lower().replace("_", "-"), profiles())
            problems.append(UNKNOWN_PROFILE.at(f"no profile is called '{name}'", place, hint=hint))
        elif profile not in found:
            found.append(profile)
    return tuple(found)


def joined(gates: Mapping[str, Gate], chosen: Sequence[ThresholdProfile], problems: list[Problem]) -> dict[str, Gate]:
    """Return the gates of a policy with those of its profiles: nothing that a profile asks for is ever loosened."""
    every = dict(gates)
    for profile in chosen:
        for item in profile.gates:
            gate = Gate(item.id, cast("Op", item.op), item.threshold, f"thresholds: {profile.name}")
            own = every.get(item.id)
            if own is not None and own.op[0] != gate.op[0]:
                cause = f"'{item.id}' must be {own.op} {own.threshold:g} here and {gate.op} {gate.threshold:g} there"
                problems.append(CONTRADICTION.at(cause, own.place))
            else:
                every[item.id] = gate if own is None else stricter(own, gate)
    return every


def stricter(one: Gate, other: Gate) -> Gate:
    """Return the gate that lets less pass; the first where they are equal."""
    if one.threshold == other.threshold:
        return other if len(other.op) < len(one.op) else one
    lower = one.threshold < other.threshold
    return one if lower == one.op.startswith("<") else other
