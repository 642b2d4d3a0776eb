"""Redaction changes what was found and nothing else."""

from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.contracts import Context, DetectionFailed
from deid.dates import delta_days
from deid.errors import DataError, UsageError
from deid.keys import Key
from deid.model import Known, Span
from deid.replacing import Surrogating, Tagging, rewrite
from deid.surrogates import Surrogates
from deid.transform import build
from deid.transform.redact import WHOLE, Redact

KEY = Key.from_hex("3b7f0c2d9e8a4156b0c1d2e3f4051627a8b9cadbecfd0e1f2031425364758697").for_release("t")


class Marked:
    """Finds words by a table; fails on a text that says so."""

    KINDS = (
        ("Halloran", "family_name"),
        ("03/14/2021", "date"),
        ("617-555-0143", "phone"),
        ("93", "age"),
        ("Peru", "country"),
    )

    def __init__(self) -> None:
        self.seen: list[str] = []

    def find_all(self, texts: Sequence[str], known: Sequence[tuple[Known, ...]]) -> list[list[Span]]:
        for index, text in enumerate(texts):
            if "FAIL" in text:
                raise DetectionFailed(index, "told to")
        self.seen += texts
        return [self._one(text, facts) for text, facts in zip(texts, known, strict=True)]

    def _one(self, text: str, facts: tuple[Known, ...]) -> list[Span]:
        table = (*self.KINDS, *((fact.text, fact.kind) for fact in facts))
        spans = [
            Span(text.find(word), text.find(word) + len(word), kind, 1.0, "m") for word, kind in table if word in text
        ]
        return sorted(spans)


def context(subjects: list[str | None], key: Key | None = KEY, **known: tuple[Known, ...]) -> Context:
    return Context(
        "notes", "note", "note", key, subject=pa.array(subjects, pa.string()), known=known, detector=Marked()
    )


def redacted(texts: list[str | None], **options: object) -> list[str | None]:
    return Redact(**options).apply(pa.array(texts, pa.string()), context(["a"] * len(texts))).to_pylist()  # type: ignore[arg-type]


def test_tags_are_numbered_by_value() -> None:
    assert redacted(["Halloran rang 617-555-0143 on 03/14/2021", None, "", "nothing"]) == [
        "[NAME_1] rang [PHONE_1] on [DATE_1]", None, "", "nothing",
    ]  # fmt: skip


def test_label() -> None:
    assert redacted(["Halloran left"], style="redact") == ["--redacted-- left"]
    assert redacted(["Halloran left"], style="redact", label="XXX") == ["XXX left"]


def test_surrogates_agree_with_tables_and_dates_with_the_subjects_shift() -> None:
    (text,) = redacted(["Halloran, 93, on 03/14/2021"], style="surrogate")
    name = Surrogates(KEY).of("family_name", "Halloran")
    assert text is not None
    assert text.startswith(f"{name}, 90+, on ")
    assert delta_days(KEY, "a") != 0
    assert "03/14/2021" not in text
    assert text[-10:-4].count("/") == 2


def test_a_date_without_a_subject_is_a_tag() -> None:
    column = pa.array(["on 03/14/2021"])
    assert Redact(style="surrogate").apply(column, context([None])).to_pylist() == ["on [DATE]"]


def test_kept_kinds_stay() -> None:
    assert redacted(["Halloran of Peru"], keep=("country",)) == ["[NAME_1] of Peru"]


def test_what_cannot_be_searched_goes_whole_and_is_counted() -> None:
    column = pa.array(["FAIL Halloran", "Halloran", "fine"])
    out, counts = Redact().apply_counted(column, context(["a", "a", "a"]))
    assert out.to_pylist() == [WHOLE, "[NAME_1]", "fine"]
    assert counts == {"cells": 3, "changed": 2, "redacted_whole": 1, "kind:family_name": 1}


def test_each_text_and_subject_is_searched_once() -> None:
    ctx = context(["a", "b", "a", "a"])
    Redact().apply(pa.array(["x", "x", "x", "y"]), ctx)
    assert sorted(ctx.detector.seen) == ["x", "x", "y"]  # type: ignore[union-attr]


def test_the_record_of_the_own_subject_alone_is_handed_on() -> None:
    ctx = context(["a", "b"], a=(Known("record_number", "77-41"),))
    assert Redact().apply(pa.array(["no 77-41", "no 77-41"]), ctx).to_pylist() == ["no [ID_1]", "no 77-41"]


def test_refuses_without_detector_or_key() -> None:
    column = pa.array(["x"])
    with pytest.raises(DataError, match="P601"):
        Redact().apply(column, Context("t", "c", "c"))
    with pytest.raises(UsageError, match="U201"):
        Redact(style="surrogate").apply(column, context(["a"], key=None))


@pytest.mark.parametrize(
    "options",
    [{"style": "loud"}, {"label": "=1+1"}, {"keep": ["nose"]}, {"max_days": 1}, {"mode": "x"}, {"label": " "}],
)
def test_refuses_options(options: dict[str, object]) -> None:
    assert isinstance(build("redact", options), list)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.data())
def test_everything_outside_the_spans_stays(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [Span(a, b, "date", 0.5, "t") for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    expected, at = "", 0
    for number, span in enumerate(spans):
        expected += text[at : span.start] + f"<{number}>"
        at = span.end
    assert rewrite(text, spans, [f"<{number}>" for number in range(len(spans))]) == expected + text[at:]


def test_one_number_for_one_value_in_other_case() -> None:
    text = "Ann, ANN and Bea"
    spans = [Span(0, 3, "given_name", 1, "t"), Span(5, 8, "given_name", 1, "t"), Span(13, 16, "given_name", 1, "t")]
    assert Tagging().of(text, spans, None) == ["[NAME_1]", "[NAME_1]", "[NAME_2]"]


def test_an_article_is_no_part_of_a_place_or_day() -> None:
    text = "at the Balfour, then Balfour, from the 14th of March 2020"
    spans = [Span(3, 14, "site", 0.9, "t"), Span(21, 28, "site", 0.9, "t"), Span(35, 57, "date", 0.9, "t")]
    assert Tagging().of(text, spans, None) == ["[ORGANISATION_1]", "[ORGANISATION_1]", "[DATE_1]"]
    first, second, day = Surrogating(KEY, 364, "both", False).of(text, spans, "A")
    assert first == f"the {second}"
    assert second != "Balfour"
    assert day.startswith("the ")
    assert "14th of March" not in day
