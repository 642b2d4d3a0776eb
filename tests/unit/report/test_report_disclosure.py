"""The small-cell rules: no hidden count follows from what is shown."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.report.disclosure import Disclosure, percent, printable, rounded_share, without_counts

RULES = Disclosure(11)


@given(st.integers(0, 400))
def test_a_count_of_persons_is_shown_only_when_it_is_nought_or_large(count: int) -> None:
    cell = RULES.count(count)
    if 1 <= count <= 10:
        assert (cell.value, cell.text, cell.hidden) == (None, "<11", "small")
    else:
        assert cell.value == count
        assert not cell.hidden


@given(st.lists(st.integers(0, 60), max_size=8))
def test_shown_nested_counts_differ_by_nought_or_enough(counts: list[int]) -> None:
    shown = [0] + [count for count, fits in zip(counts, RULES.nested(counts), strict=True) if fits]
    assert all(abs(a - b) == 0 or abs(a - b) >= 11 for a, b in combinations(shown, 2))


def test_nested_counts_give_precedence_to_the_first() -> None:
    assert RULES.nested([306, 300, 250]) == [True, False, True]
    assert RULES.nested([306, 306, 0]) == [True, True, True]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=5))
def test_no_hidden_part_can_be_narrowed_by_the_total(parts: list[int]) -> None:
    rules = Disclosure(4)  # small enough to try every possibility
    cells = rules.parts(sum(parts), parts)
    hidden = [i for i, cell in enumerate(cells) if cell.value is None]
    for i, cell in enumerate(cells):
        assert cell.value is None or (cell.value == parts[i] and not rules.small(parts[i]))
    if not any(cell.hidden == "small" for cell in cells):
        assert len(hidden) in (0, len(parts))
        return
    rest = sum(parts[i] for i in hidden)
    small = [i for i in hidden if cells[i].hidden == "small"]
    also = len(hidden) - len(small)
    possible: dict[int, set[int]] = {i: set() for i in small}
    for guess in product(range(1, 4), repeat=len(small)):
        left = rest - sum(guess)
        if (also == 0 and left == 0) or (also and left >= 4 * also):
            for i, value in zip(small, guess, strict=True):
                possible[i].add(value)
    assert all(values == {1, 2, 3} for values in possible.values())


def test_a_breakdown_without_a_spare_part_is_withheld() -> None:
    assert [cell.text for cell in RULES.parts(273 + 29 + 2 + 2, [273, 29, 2, 2])] == ["273", "not shown", "<11", "<11"]
    assert [cell.text for cell in RULES.parts(15, [12, 3])] == ["not shown", "not shown"]
    assert [cell.text for cell in RULES.parts(40, [40, 0])] == ["40", "0"]


def test_bands_are_as_wide_as_the_minimum() -> None:
    assert [RULES.banded(n).text for n in (0, 4, 11, 21, 22, 340)] == [
        "0", "<11", "11 to 21", "11 to 21", "22 to 32", "330 to 340"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("3 of 320 values are dates", "<11 of about 320 values are dates"),
        ("312 of 320 values", "about 310 of about 320 values"),
        ("all 1,204 rows, 97 % filled", "all about 1,200 rows, over 95 % filled"),
        ("5-digit codes as in ISO 8601, SDTM 3.2, ZIP3", "5-digit codes as in ISO 8601, SDTM 3.2, ZIP3"),
        ("0 of 40 match", "0 of about 40 match"),
        ("2 subject identifier(s) differ", "<11 subject identifier(s) differ"),
    ],
)
def test_counts_in_sentences_are_blurred(sentence: str, shown: str) -> None:
    assert without_counts(sentence, RULES) == shown


@given(st.integers(1, 10), st.integers(0, 400))
def test_no_small_count_survives_in_a_sentence(few: int, many: int) -> None:
    words = without_counts(f"{few} of {many} cells, {few} rows; {few} cells", RULES).replace("<11", "").split()
    assert str(few) not in words


def test_foreign_text_keeps_no_control_character() -> None:
    assert printable("a\u202eb\x00c\td\ud800e\n") == "a�b�c d�e"
    assert len(printable("x" * 9000)) == 400


def test_no_share_reads_as_a_false_nought() -> None:
    assert percent(0.0001) == "under 0.1 %"
    assert percent(0.99999) == "over 99.9 %"
    assert percent(0.5) == "50 %"
    assert rounded_share(0.004, 300).text == "under 1 %"
    assert rounded_share(0.3521, 300).text == "35 %"


def test_a_minimum_of_one_hides_nothing() -> None:
    rules = Disclosure(1)
    assert rules.count(1).value == 1
    assert rules.nested([20, 19, 1]) == [True, True, True]
    assert without_counts("3 of 320 rows", rules) == "3 of 320 rows"
