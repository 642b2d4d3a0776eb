"""Numbers as the report words them."""

from __future__ import annotations

from deid.report.disclosure import Cell, grouped


def probability(value: float) -> Cell:
    """Return a risk as a decimal and as one in so many."""
    if value <= 0:
        return Cell(0, "0")
    # "one", not "1": digits that stand beside each other may read as somebody's record number in a search
    text = "1, certain" if value >= 1 else f"{significant(value)}, one in {significant(1 / value, 2)}"
    return Cell(round(value, 4), text)


def number(value: float, digits: int = 3) -> Cell:
    """Return a figure to so many significant digits."""
    rounded = float(f"{value:.{digits}g}")
    return Cell(rounded, significant(rounded, digits))


def significant(value: float, digits: int = 3) -> str:
    """Return a number to so many significant digits, without an exponent where it can be read without."""
    if abs(value) >= 100:
        return grouped(round(value))
    text = f"{value:.{digits}g}"
    return text if "e" not in text else f"{value:.6f}".rstrip("0")
