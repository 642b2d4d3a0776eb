"""Singling out: predicates made from the release that isolate one person in the original data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from deid.classes import group
from deid.risk.attacks.features import ANYTHING, Columns, Covers, Feature, Released, released
from deid.risk.attacks.outcome import AttackOutcome

Predicate = Mapping[str, str | None]


def singling_out(
    original: Columns,
    release: Columns,
    control: Columns | None,
    columns: Sequence[str],
    *,
    seed: int,
    attacks: int = 500,
    covers: Covers | None = None,
) -> AttackOutcome:
    """Attack by predicates: conjunctions of released values that match as few released rows as they can.

    The attacker is after whomever can be isolated, so the rows attacked are drawn from those that are unique in the
    release; where there is none, from all rows. For each, columns are added in random order until no other released row
    matches, or all are used; the guess succeeds if exactly one original record satisfies the predicate. Every row drawn
    is a trial. The control group is the same predicates on records that are not in the release; the baseline draws
    every value of a predicate from the released column alone.
    Source: Article 29 Working Party, Opinion 05/2014 (WP216); Cohen and Nissim, Towards formalizing the GDPR's notion
    of singling out, PNAS 2020.
    """
    seen = released({name: release[name] for name in columns}, covers)
    targets = released({name: original[name] for name in columns})
    others = released({name: control[name] for name in columns}) if control is not None else None
    return isolate(seen, targets, others, seed=seed, attacks=attacks, covers=covers)


def isolate(
    seen: Released, targets: Released, others: Released | None, *, seed: int, attacks: int, covers: Covers | None
) -> AttackOutcome:
    """Attack `targets` with predicates made from what is `seen`; `others` are the control group."""
    rng = np.random.default_rng([seed, 1])
    unique = _unique_rows(seen)
    drawn = _drawn(seen, unique, attacks, rng)
    predicates = [_isolate(seen, int(row), rng) for row in drawn]
    upto = np.cumsum(seen.persons)
    guessed = [_resample(seen, predicate, upto, rng) for predicate in predicates]
    hits = [_matching(targets, predicate, covers) == 1 for predicate in predicates]
    by_chance = [_matching(targets, predicate, covers) == 1 for predicate in guessed]
    strangers = [_matching(others, predicate, covers) == 1 for predicate in predicates] if others else []
    used = [len(predicate) for predicate in predicates]
    facts = {
        "columns": list(seen.features),
        "columns_used": float(np.mean(used)) if used else 0.0,
        "unique_share": len(unique) / int(seen.persons.sum()) if seen.rows else 0.0,
    }
    baseline = sum(by_chance) / len(by_chance) if by_chance else 0.0
    return AttackOutcome("singling_out", sum(hits), len(hits), sum(strangers), len(strangers), baseline, seed, facts)


def _drawn(
    seen: Released, unique: npt.NDArray[np.int64], attacks: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Return the rows attacked: unique ones; else any, and where a row stands for several persons, as often as they."""
    if len(unique) or (seen.persons == 1).all():
        return rng.permutation(unique if len(unique) else np.arange(seen.rows))[:attacks]
    everybody = int(seen.persons.sum())
    return rng.choice(seen.rows, min(attacks, everybody), p=seen.persons / everybody)


def _unique_rows(seen: Released) -> npt.NDArray[np.int64]:
    """Return the released rows that no other released row equals."""
    features = list(seen.features.values())
    codes = np.column_stack([feature.codes for feature in features])
    distinct, member = group(codes, [len(feature.words) for feature in features])
    together = np.bincount(member, weights=seen.persons, minlength=len(distinct))
    return np.flatnonzero(together[member] == 1)


def _isolate(seen: Released, row: int, rng: np.random.Generator) -> Predicate:
    """Return the values of a released row over columns added in random order until no other row matches."""
    rest = np.ones(seen.rows, np.bool_)
    predicate: dict[str, str | None] = {}
    names = list(seen.features)
    for i in rng.permutation(len(names)):
        feature = seen.features[names[i]]
        code = feature.codes[row]
        if feature.words[code] == ANYTHING:
            continue
        predicate[names[i]] = feature.words[code]
        rest &= feature.codes == code
        if seen.persons[rest].sum() == 1:
            break
    return predicate


def _resample(seen: Released, predicate: Predicate, upto: npt.NDArray[np.int64], rng: np.random.Generator) -> Predicate:
    """Return a predicate over the same columns with values drawn from each released column by itself."""
    return {name: _draw(seen.features[name], upto, rng) for name in sorted(predicate)}


def _draw(feature: Feature, upto: npt.NDArray[np.int64], rng: np.random.Generator) -> str | None:
    """Return the value of a random person; `upto` counts the persons of each row and of those before it."""
    return feature.words[int(feature.codes[np.searchsorted(upto, rng.integers(upto[-1]), side="right")])]


def _matching(records: Released, predicate: Predicate, covers: Covers | None) -> int:
    """Return how many records satisfy a predicate of released words."""
    if not predicate:
        return int(records.persons.sum())
    matching = np.ones(records.rows, np.bool_)
    for name, word in predicate.items():
        feature = records.features[name]
        allowed = _allowed(feature, word, (covers or {}).get(name, {}))
        matching &= allowed[feature.codes]
    return int(records.persons[matching].sum())


def _allowed(feature: Feature, word: str | None, covers: Mapping[str, frozenset[str]]) -> npt.NDArray[np.bool_]:
    allowed = np.full(len(feature.words), word == ANYTHING)
    meant = {word} if word is None else covers.get(word, {word})
    allowed[[feature.place[original] for original in meant if original in feature.place]] = True
    return allowed
