"""Numbers in text: read exactly, written one way."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation

from deid.errors import DataError, problem_kind

NOT_NUMBERS = problem_kind(
    "D506",
    "values are not numbers",
    remedy="mend the values, or use a hierarchy of groups or a file for this column",
    meaning="A hierarchy of intervals needs a plain number in every cell that is not missing.",
)


def decimal(value: object) -> Decimal | None:
    """Return a finite number exactly, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 40 else None


def decimals(values: Sequence[str], place: str) -> list[Decimal]:
    """Return all values as numbers. Raises DataError with the number of distinct values that are none."""
    numbers = [decimal(value) for value in values]
    bad = sum(1 for number in numbers if number is None)
    if bad:
        raise DataError(NOT_NUMBERS.at(f"{bad} of {len(values)} distinct values are not numbers", place))
    return [number for number in numbers if number is not None]


def written(number: Decimal) -> str:
    """Return a number without exponent and trailing zeros: 35, 0.5, -2."""
    if number == 0:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def below(number: Decimal, width: Decimal, anchor: Decimal) -> Decimal:
    """Return the start of the interval that holds a number."""
    return anchor + ((number - anchor) / width).to_integral_value(ROUND_FLOOR) * width


def above(number: Decimal, width: Decimal, anchor: Decimal) -> Decimal:
    """Return the least interval border that is not below a number."""
    return anchor + ((number - anchor) / width).to_integral_value(ROUND_CEILING) * width
