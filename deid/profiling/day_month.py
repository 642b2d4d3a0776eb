"""Days and months without a year among numbers: `29/06` as a blood pressure, `29.07` as a temperature."""

from __future__ import annotations

import re

from deid.profiling.look import Look

_PAIR = re.compile(r"(\d{1,2}) ?/ ?(\d{1,2})|(\d{1,2})\.(\d\d)")
#: So many different ones tell; scores out of a few numbers, and measures of one decimal place, are none.
_FEWEST, _SPREAD = 5, 4
_DAYS, _MONTHS = 31, 12
#: Blood pressure in mmHg: the first number is the larger, and a living one is not below this.
_SYSTOLIC = 50


def days_and_months(look: Look) -> str:
    """Return a doubt about pairs of numbers of which all can be a day and a month; '' where one cannot be."""
    matches = [_PAIR.fullmatch(value) for value in look.values]
    pairs = [(m[1] or m[3], m[2] or m[4]) for m in matches if m]
    if len(pairs) < max(_FEWEST, 0.9 * len(matches)):
        return ""
    first, second = [int(a) for a, _ in pairs], [int(b) for _, b in pairs]
    spread = len(set(first)) >= _SPREAD and len(set(second)) >= _SPREAD
    padded = sum(a[0] == "0" or b[0] == "0" for a, b in pairs) * 2 >= len(pairs)
    dated = any(_dates(days, months) for days, months in ((first, second), (second, first)))
    beyond = max(*first, *second) > _MONTHS
    pressure = all(high > low and high >= _SYSTOLIC for high, low in zip(first, second, strict=True))
    return (
        "pairs of numbers that can be a day and a month"
        if spread and dated and (beyond or padded) and not pressure
        else ""
    )


def _dates(days: list[int], months: list[int]) -> bool:
    return all(1 <= day <= _DAYS for day in days) and all(1 <= month <= _MONTHS for month in months)
