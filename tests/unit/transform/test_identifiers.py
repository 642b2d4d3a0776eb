"""Pseudonyms, encryption, masks, and identifiers inside of longer values."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.contracts import Context
from deid.errors import DataError
from deid.keys import Key
from deid.pseudonyms import ALPHABET, LONGEST, SHORTEST, pseudonyms
from deid.transform.encrypt import Encrypt, decrypt
from deid.transform.mask import Mask
from deid.transform.pseudonym import Pseudonym
from deid.transform.recode_inside import RecodeInside
from deid.values import canonical

KEY = Key.from_hex("3b7f0c2d9e8a4156b0c1d2e3f4051627a8b9cadbecfd0e1f2031425364758697").for_release("r")
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40).filter(
    lambda text: text == text.strip() != ""
)


def context(field: str = "usubjid", key: Key = KEY, **given: Any) -> Context:
    return Context("dm", "USUBJID", field, key, **given)


def named(cells: Any, field: str = "usubjid", key: Key = KEY, **options: Any) -> list[Any]:
    out: list[Any] = Pseudonym(**options).apply(pa.array(cells), context(field, key)).to_pylist()
    return out


def test_pseudonyms_have_64_bits_and_no_words_or_numbers() -> None:
    names = named([f"S-{i}" for i in range(4_000)])
    assert len(set(names)) == 4_000
    assert all(re.fullmatch(f"[{ALPHABET}]{{{SHORTEST}}}", name) for name in names)
    assert SHORTEST * math.log2(len(ALPHABET)) >= 64
    assert not set("aeiouyl0123456789") & set(ALPHABET)
    for position in range(SHORTEST):
        counts = Counter(name[position] for name in names)
        even = 4_000 / len(ALPHABET)
        assert sum((counts[letter] - even) ** 2 / even for letter in ALPHABET) < 60


def test_a_pseudonym_belongs_to_value_field_key_and_release() -> None:
    one = named(["1015"])[0]
    assert named([1015]) == named([1015.0]) == named([" 1015 "]) == [one]
    assert named(["01015"]) != [one]
    assert named(["1015"], field="siteid") != [one]
    assert named(["1015"], key=KEY.for_release("other")) != [one]
    assert named(["1015"], length=LONGEST, prefix="P-")[0].startswith("P-" + one)
    assert named(["", None, "  "]) == [None, None, None]
    assert named([dt.date(2014, 1, 1)]) == named(["2014-01-01"])
    assert pseudonyms(KEY, "f", []) == []


def test_pseudonym_is_pinned() -> None:
    """A change here breaks every later release of an owner: never by accident."""
    assert named(["01-701-1015"]) == ["ksrjjqgjsjsfhnwc"]


@pytest.mark.parametrize("options", [{"length": 15}, {"length": 33}, {"prefix": "=x"}, {"prefix": "a" * 21}])
def test_weak_pseudonyms_are_problems(options: dict[str, Any]) -> None:
    assert list(Pseudonym(**options).problems())


@given(TEXT)
def test_encryption_has_a_way_back(text: str) -> None:
    sealed = Encrypt().apply(pa.array([text]), context()).to_pylist()[0]
    if not canonical(text):
        assert sealed is None
        return
    assert decrypt(sealed, KEY, "usubjid") == canonical(text)
    assert re.fullmatch("[a-z2-7]+", sealed)


def test_encryption_is_authenticated() -> None:
    sealed = Encrypt().apply(pa.array(["MRN14785235"]), context()).to_pylist()[0]
    assert Encrypt().apply(pa.array([" MRN14785235"]), context()).to_pylist() == [sealed]
    changed = ("b" if sealed[0] == "a" else "a") + sealed[1:]
    for text, key, field in [
        (changed, KEY, "usubjid"),
        (sealed, KEY, "other"),
        (sealed, KEY.for_release("other"), "usubjid"),
        (sealed[:-1], KEY, "usubjid"),
        ("", KEY, "usubjid"),
        ("not base32!", KEY, "usubjid"),
        ("é" * 52, KEY, "usubjid"),
    ]:
        with pytest.raises(DataError, match="D410") as refused:
            decrypt(text, key, field)
        assert "MRN" not in str(refused.value)


def test_encryption_hides_the_length_of_short_values() -> None:
    sealed = Encrypt().apply(pa.array(["Li", "Featherstone"]), context()).to_pylist()
    assert len(sealed[0]) == len(sealed[1]) == 52


@settings(max_examples=60)
@given(TEXT, st.integers(0, 4), st.integers(0, 4), st.integers(0, 12))
def test_masks_never_show_more_than_four_or_a_third(text: str, first: int, last: int, length: int) -> None:
    mask = Mask(first, last, length=length)
    if list(mask.problems()):
        assert first + last > 4
        return
    out = mask.apply(pa.array([text]), context()).to_pylist()[0]
    shown = [sign for sign in out if sign != "*"]
    assert len(shown) <= min(4, len(text) / 3)


def test_masks() -> None:
    def masked(text: str, **options: Any) -> Any:
        return Mask(**options).apply(pa.array([text]), context()).to_pylist()[0]

    assert masked("MRN14785235") == "********"
    assert masked("MRN14785235", last=2) == "********35"
    assert masked("MRN14785235", first=3, length=0, char="#") == "MRN########"
    assert masked("Lee", last=2) == "********"
    bad: list[dict[str, Any]] = [
        {"first": -1},
        {"last": -1},
        {"char": ""},
        {"char": "xx"},
        {"char": "7"},
        {"char": "="},
    ]
    for options in [*bad, {"length": -1}, {"first": 3, "last": 2}]:
        assert list(Mask(**options).problems())


def recoded(cells: list[Any], subject: list[Any], fields: tuple[str, ...] = ("usubjid",), **others: Any) -> list[Any]:
    given = context("relid", subject=pa.array(subject), others={k: pa.array(v) for k, v in others.items()})
    out: list[Any] = RecodeInside(fields).apply(pa.array(cells), given).to_pylist()
    return out


def test_identifiers_inside_are_recoded_as_their_own_column_is() -> None:
    one, two = named(["01-701-1015", "01-701-1023"])
    cells = ["01-701-1015-E09", "AE/01-701-1023/3", "01-701-1015", "(01-701-1015;01-701-1015)", None]
    subject = ["01-701-1015", "01-701-1023", "01-701-1015", "01-701-1015", "01-701-1015"]
    assert recoded(cells, subject) == [f"{one}-E09", f"AE/{two}/3", one, f"({one};{one})", None]


def test_what_does_not_hold_the_rows_own_identifier_is_recoded_whole() -> None:
    cells = ["01-701-1023-E09", "101-701-1015", "01-701-10150", "E09", "x01-701-1015"]
    out = recoded(cells, ["01-701-1015"] * 5)
    assert out == named(cells, field="relid")


def test_further_columns_are_recoded_inside_too() -> None:
    subject = ["AB-12"] * 2
    out = recoded(["ab-12/701/9", "701-9"], subject, ("usubjid", "SITEID"), SITEID=["701", "701"])
    site = named(["701"], field="SITEID")[0]
    assert out == [f"{named(['AB-12'])[0]}/{site}/9", f"{site}-9"]
    with pytest.raises(DataError, match="D412"):
        recoded(["x"], ["s"], ("usubjid", "SITEID"))
    with pytest.raises(DataError, match="D401"):
        RecodeInside(("usubjid",)).apply(pa.array(["x"]), context())
    assert list(RecodeInside(()).problems())
