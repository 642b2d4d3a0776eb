"""The last figures of a number of the record: `ending 4471`, `...4471`, where the whole number is nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from deid.model import Known, Span

#: Kinds of the record whose last four figures point at their owner.
_NUMBERS = frozenset(
    {
        *("record_number", "ssn", "phone", "fax", "account_number", "health_plan_number", "licence_number"),
        *("device_id", "sample_id", "accession_number", "subject_id"),
    }
)
#: A number of fewer figures is looked for whole only.
_LONG = 7
_TOKEN = re.compile(
    r"(?<![\w.,/])(?:\.{3}|[-–…x*#]{0,4})(?P<id>\d{4})(?![\w%]|[.,:/]\d|\s?(?:mg|mcg|ml|kg|g\b|cm|mm|units?|iu\b|hours?|hrs?|kcal|steps|l\b))",
    re.IGNORECASE,
)


def last_digits(text: str, facts: Iterable[Known]) -> Iterator[Span]:
    """Yield where the last four figures of a long number stand alone in a text, and are no quantity or round number."""
    ends: dict[str, str] = {}
    for fact in facts:
        digits = "".join(filter(str.isdigit, fact.text))
        if fact.kind in _NUMBERS and len(digits) >= _LONG and not digits.endswith("00"):
            ends.setdefault(digits[-4:], fact.kind)
    if not ends:
        return
    for match in _TOKEN.finditer(text):
        if match["id"] in ends:
            yield Span(match.start("id"), match.end("id"), ends[match["id"]], 0.8, "known")
