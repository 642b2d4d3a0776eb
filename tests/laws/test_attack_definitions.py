"""Attacks equal their definitions on small random tables, attacked as a whole so that nothing is left to chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_tables import Row, cells_of, table

from deid.model import Measure
from deid.risk.attacks import attack_classes, inference, linkability, linkage, membership, singling_out

LETTER, NUMBER = st.sampled_from([None, "a", "b", "c"]), st.sampled_from([None, "1", "2", "5", "10"])
ROW = st.tuples(LETTER, LETTER, NUMBER, st.sampled_from(["u", "v", "w", None]))
ROWS = st.lists(ROW, min_size=1, max_size=9)
NAMES = ["x", "y", "n", "s"]


def gap(rows: Sequence[Row], column: int, known: str | None, row: Row) -> float:
    """Return how far a known value is from that of a released row: 0 or 1, for numbers the share of the range."""
    held = [other[column] for other in rows]
    there = [float(value) for value in held if value is not None and value.isdigit()]
    own = row[column]
    if known is not None and known.isdigit() and there and all(v is None or v.isdigit() for v in held):
        if own is None:
            return 1.0
        span = max(there) - min(there)
        return min(abs(float(own) - float(known)) / span, 1.0) if span else float(float(own) != float(known))
    return float(own != known)


def nearest(rows: Sequence[Row], person: Row, columns: Sequence[int]) -> list[int]:
    """Return the released rows nearest to what is known of a person."""
    apart = [sum(gap(rows, c, person[c], row) for c in columns) / len(columns) for row in rows]
    return [i for i, far in enumerate(apart) if far <= min(apart) + 1e-12]


def chance(votes: list[str | None], truth: str | None) -> float:
    """Return the chance that the most frequent value is the true one, ties broken at random."""
    counted = Counter(votes)
    best = [value for value in counted if counted[value] == max(counted.values())]
    return 1 / len(best) if truth in best else 0.0


def check(measures: tuple[Measure, Measure], wanted: float, control: float | None) -> None:
    rate, excess = measures
    assert rate.value == pytest.approx(wanted), rate.id
    assert excess.id == f"{rate.id}.excess"
    assert excess.value == (None if control is None else pytest.approx(wanted - control))


@given(ROWS, ROWS, ROWS)
@settings(max_examples=80, deadline=None)
def test_inference(people: list[Row], release: list[Row], strangers: list[Row]) -> None:
    def success(targets: list[Row]) -> float:
        hits = [chance([release[i][3] for i in nearest(release, one, (0, 1, 2))], one[3]) for one in targets]
        return sum(hits) / len(hits)

    given_, written, others = (cells_of(rows, NAMES) for rows in (people, release, strangers))
    outcome = inference(given_, written, others, NAMES[:3], "s", seed=1)
    check(outcome.measures(), success(people), success(strangers))
    assert outcome.measures()[0].id == "attack.inference.s"
    assert outcome.baseline == pytest.approx(np.mean([chance([r[3] for r in release], one[3]) for one in people]))


@given(ROWS, ROWS, st.lists(ROW, max_size=12))
@settings(max_examples=80, deadline=None)
def test_linkability(people: list[Row], release: list[Row], strangers: list[Row]) -> None:
    def success(pool: list[Row], tried: int) -> float:
        hits = 0.0
        for i, person in enumerate(pool[:tried]):
            near = nearest(release, person, (0, 2))
            apart = [sum(gap(release, 1, other[1], release[j]) for j in near) for other in pool]
            best = [j for j, far in enumerate(apart) if far <= min(apart) + 1e-9]
            hits += 1 / len(best) if i in best else 0.0
        return hits / tried

    outcome = linkability(
        cells_of(people, NAMES), cells_of(release, NAMES), cells_of(strangers, NAMES), ["x", "n"], ["y"], seed=1
    )
    order = np.random.default_rng([1, 2])  # the pool of strangers is filled up with people, in the order drawn
    drawn = [people[i] for i in sorted(order.permutation(len(people)))]
    others = [strangers[i] for i in sorted(order.permutation(len(strangers))[:500])]
    tried = min(len(others), len(drawn))
    control = success([*others, *drawn][: len(drawn)], tried) if tried else None
    check(outcome.measures(), success(people, len(people)), control)
    assert outcome.measures()[0].id == "attack.linkability"
    assert outcome.baseline == pytest.approx(1 / len(people))


@given(ROWS, st.lists(ROW, max_size=6))
@settings(max_examples=80, deadline=None)
def test_linkage(release: list[Row], strangers: list[Row]) -> None:
    register = cells_of([*release, *strangers], NAMES)
    truth = np.array([*range(len(release)), *[-1] * len(strangers)])
    hits = [1 / len(nearest(release, one, (0, 1, 2))) for one in release]
    alike = [sum(sum(gap(release, c, one[c], row) for c in (0, 1, 2)) == 0 for row in release) for one in strangers]
    false_claims = sum(same == 1 for same in alike) / len(strangers) if strangers else None
    outcome = linkage(register, cells_of(release, NAMES), NAMES[:3], truth, seed=1)
    check(outcome.measures(), sum(hits) / len(hits), false_claims)
    assert outcome.measures()[0].id == "attack.linkage"


@given(ROWS, ROWS, ROWS)
@settings(max_examples=80, deadline=None)
def test_membership(people: list[Row], release: list[Row], strangers: list[Row]) -> None:
    """The two halves are drawn from the seed; threshold by trying every distance, advantage on the other half."""

    def away(person: Row) -> float:
        return min(sum(gap(release, c, person[c], row) for c in (0, 1, 2)) / 3 for row in release)

    order = np.random.default_rng([1, 5])
    inside = [away(people[i]) for i in order.permutation(len(people))]
    outside = [away(strangers[i]) for i in order.permutation(len(strangers))]

    first, second = inside[::2], outside[::2]

    def advantage(at: float) -> float:
        return sum(x <= at for x in first) / len(first) - sum(x <= at for x in second) / len(second)

    at = max(sorted({-1.0, *first, *second}), key=advantage)  # the smallest of those that tell best
    found, taken = [x <= at for x in inside[1::2]], [x <= at for x in outside[1::2]]
    outcome = membership(*(cells_of(rows, NAMES) for rows in (people, release, strangers)), NAMES[:3], seed=1)
    pairs = [(a, b) for a in inside for b in outside]
    assert outcome.facts["auc"] == pytest.approx(sum((a < b) + (a == b) / 2 for a, b in pairs) / len(pairs))
    rate, excess = outcome.measures()
    assert rate.id == "attack.membership"
    assert rate.value == (sum(found) / len(found) if found else None)
    if found and taken:
        assert excess.value == pytest.approx(sum(found) / len(found) - sum(taken) / len(taken))


@given(ROWS, ROWS, ROWS)
@settings(max_examples=60, deadline=None)
def test_singling_out(people: list[Row], release: list[Row], strangers: list[Row]) -> None:
    """Columns are added in random order: success lies between the luckless and the lucky order of every row."""
    outcome = singling_out(*(cells_of(rows, NAMES) for rows in (people, release, strangers)), NAMES[:2], seed=1)
    seen = [row[:2] for row in release]
    drawn = [row for row in seen if seen.count(row) == 1] or seen

    def bounds(records: list[Row]) -> tuple[float, float]:
        least = most = 0
        for row in drawn:
            outcomes = []
            for order in permutations(range(2)):
                used: list[int] = []
                for column in order:
                    used.append(column)
                    if sum(all(other[c] == row[c] for c in used) for other in seen) == 1:
                        break
                outcomes.append(sum(all(one[c] == row[c] for c in used) for one in records) == 1)
            least, most = least + min(outcomes), most + max(outcomes)
        return least / len(drawn) - 1e-9, most / len(drawn) + 1e-9

    rate, excess = outcome.measures()
    assert (rate.id, excess.id) == ("attack.singling_out", "attack.singling_out.excess")
    for value, records in ((rate.value, people), (excess.detail["control"], strangers)):
        least, most = bounds(records)
        assert least <= value <= most
    assert excess.value == pytest.approx(rate.value - excess.detail["control"])
    copied = singling_out(cells_of(release, NAMES), cells_of(release, NAMES), None, NAMES[:2], seed=1).measures()[0]
    assert copied.value == float(any(seen.count(row) == 1 for row in seen))


@given(st.lists(st.tuples(LETTER, LETTER, LETTER, st.sampled_from(["u", "v", None])), min_size=2, max_size=10))
@settings(max_examples=60, deadline=None)
def test_a_run_tries_the_same_on_classes_and_takes_each_own_record_out(rows: list[Row]) -> None:
    """The control group of a run without a population, person by person: the release without that person's row."""
    rows = [(*row, None) for row in rows]
    classes, _ = table(rows, ["s"])
    found = attack_classes(classes, classes, seed=3)
    guessed = told = joined = apart = 0.0
    for i, person in enumerate(rows):
        rest = rows[:i] + rows[i + 1 :]
        guessed += chance([rows[j][3] for j in nearest(rows, person, (0, 1, 2))], person[3])
        told += chance([rest[j][3] for j in nearest(rest, person, (0, 1, 2))], person[3])
        joined += joins(rows, rows, i)
        apart += joins(rest, rows, i)
    n = len(rows)
    assert found["attack.inference.s"].value == pytest.approx(guessed / n)
    assert found["attack.inference.s.excess"].detail["control"] == pytest.approx(told / n)
    assert found["attack.linkability"].value == pytest.approx(joined / n)
    assert found["attack.linkability.excess"].detail["control"] == pytest.approx(apart / n)
    unique = any(count == 1 for count in Counter(row[:3] for row in rows).values())
    assert found["attack.singling_out"].value == float(unique)


def joins(release: list[Row], pool: list[Row], i: int) -> float:
    """Return the chance that fragments 1 and 3 of person i are joined with their own fragment 2."""
    near = nearest(release, pool[i], (0, 2))
    apart = [sum(other[1] != release[j][1] for j in near) for other in pool]
    best = [j for j, far in enumerate(apart) if far == min(apart)]
    return 1 / len(best) if i in best else 0.0
