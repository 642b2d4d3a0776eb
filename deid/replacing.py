"""Writing a text anew with its identifiers replaced: the only importer of presidio-anonymizer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from deid.dates import PROSE, PROSE_DAY_FIRST, Direction, delta_days, shifted
from deid.keys import Key
from deid.model import PLACES, FirstDay, Span
from deid.surrogates import GROUPS, Surrogates
from deid.written_dates import Order, moved, year_of

if TYPE_CHECKING:
    from presidio_anonymizer import AnonymizerEngine

#: What a tag says about a kind; kinds that are not listed say their own name.
TAGS: Mapping[str, str] = {
    **dict.fromkeys(("person_name", "given_name", "family_name", "clinician_name"), "NAME"),
    **dict.fromkeys(("birth_date", "death_date", "date"), "DATE"),
    **dict.fromkeys(("record_number", "subject_id", "sample_id", "accession_number", "account_number", "uuid"), "ID"),
    **dict.fromkeys(("health_plan_number", "licence_number", "device_id", "vehicle_id", "record_id", "ssn"), "ID"),
    **dict.fromkeys(("street_address", "zip", "postcode", "city", "state", "country", "coordinates"), "PLACE"),
    **dict.fromkeys(("site", "organisation"), "ORGANISATION"),
    **dict.fromkeys(("phone", "fax"), "PHONE"),
    "ip_address": "IP",
    "ethnicity": "GROUP",
    "unknown": "REDACTED",
}
_DATES = frozenset({"date", "birth_date", "death_date"})
#: Of places and days the article goes with the name, and is no part of it.
_ARTICLED = _DATES | PLACES
_ARTICLE = re.compile(r"the\s+(?=\S)", re.IGNORECASE)


class Replacer(Protocol):
    """Decides what stands for each identifier of a text."""

    def of(self, text: str, spans: Sequence[Span], subject: str | None) -> list[str]:
        """Return the replacement of each span."""


class Tagging:
    """Replaces by tags that are numbered within a text by distinct value, or by one label."""

    def __init__(self, label: str = "") -> None:
        self._label = label

    def of(self, text: str, spans: Sequence[Span], subject: str | None) -> list[str]:
        """Return [NAME_1] and so on; the same value has the same number."""
        if self._label:
            return [self._label] * len(spans)
        numbers: dict[str, dict[str, int]] = {}
        tags = []
        for span in spans:
            tag = TAGS.get(span.kind, span.kind.upper())
            of_tag = numbers.setdefault(tag, {})
            _, value = _without_article(span.kind, text[span.start : span.end])
            number = of_tag.setdefault(_same(value), len(of_tag) + 1)
            tags.append(f"[{tag}_{number}]")
        return tags


_ORDERS: Mapping[Order, tuple[str, ...]] = {"month_first": PROSE, "day_first": PROSE_DAY_FIRST}


class Surrogating:
    """Replaces by invented values; dates move by the days of the text's own subject, in their written form."""

    def __init__(
        self,
        key: Key,
        max_days: int,
        direction: Direction,
        weeks: bool,
        avoid: Container[str] = frozenset(),
        order: Order = "",
        first_days: Mapping[str, FirstDay] | None = None,
    ) -> None:
        self._key = key
        self._order: Order = order
        self._window = (max_days, direction, weeks)
        self._first_days = first_days
        self._surrogates = Surrogates(key, avoid=avoid)

    def of(self, text: str, spans: Sequence[Span], subject: str | None) -> list[str]:
        """Return a surrogate for each span; what cannot be invented becomes a tag."""
        delta, year = self._delta(subject), year_of(text)
        written = [text[span.start : span.end] for span in spans]
        parts = [_without_article(span.kind, value) for span, value in zip(spans, written, strict=True)]
        return [
            article + self._one(span.kind, value, delta, year)
            for span, (article, value) in zip(spans, parts, strict=True)
        ]

    def _delta(self, subject: str | None) -> int | None:
        if subject is None or self._first_days is None:
            return delta_days(self._key, subject, *self._window) if subject is not None else None
        first = self._first_days.get(subject)
        return None if first is None else first.delta

    def _one(self, kind: str, written: str, delta: int | None, year: int) -> str:
        if kind in _DATES:
            return _moved(written, delta, self._order, year) or "[DATE]"
        if kind == "age":
            return "90+"
        if kind in GROUPS:
            return self._surrogates.of(kind, written)
        return f"[{TAGS.get(kind, kind.upper())}]"


def _moved(written: str, delta: int | None, order: Order, year: int) -> str | None:
    """Return a date moved in its own form; None for one that cannot be read in one way only.

    `year` is the one that the text names most often: a date without a year is moved in it.
    """
    if delta is None:
        return None
    readings = {shifted(written, delta, forms) for given, forms in _ORDERS.items() if order in ("", given)}
    if readings == {None}:
        return moved(written, delta, order, year)
    return readings.pop() if len(readings) == 1 else None


def _without_article(kind: str, written: str) -> tuple[str, str]:
    """Return the article before the name of a place or day, if any, and the name: `the RVI` is `RVI`."""
    article = _ARTICLE.match(written) if kind in _ARTICLED else None
    return (written[: article.end()], written[article.end() :]) if article else ("", written)


def _same(written: str) -> str:
    """Return what two spellings of one value share."""
    folded = unicodedata.normalize("NFKD", written.casefold())
    return "".join(char for char in folded if char.isalnum()) or written


def rewrite(text: str, spans: Sequence[Span], replacements: Sequence[str]) -> str:
    """Return the text with each span replaced; spans are disjoint and everything outside stays byte for byte."""
    if not spans:
        return text
    from presidio_anonymizer.entities import ConflictResolutionStrategy, OperatorConfig, RecognizerResult

    results, operators = [], {}
    for number, (span, new) in enumerate(zip(spans, replacements, strict=True)):
        entity = f"SPAN_{number}"
        results.append(RecognizerResult(entity, span.start, span.end, span.score))
        operators[entity] = OperatorConfig("custom", {"lambda": lambda _, new=new: new})
    rewritten = _engine().anonymize(
        text,
        results,
        operators,
        conflict_resolution=ConflictResolutionStrategy.REMOVE_INTERSECTIONS,
        merge_entities_with_spaces=False,
    )
    return str(rewritten.text)


@cache
def _engine() -> AnonymizerEngine:
    from presidio_anonymizer import AnonymizerEngine

    return AnonymizerEngine()
