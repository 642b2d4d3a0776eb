"""A look at the values of one column: shares of shapes and words among its distinct values, counts, ranges."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from deid.profiling import dictionaries
from deid.profiling.names import Names
from deid.profiling.panel import Panel
from deid.profiling.tally import Tally
from deid.profiling.words import word_set

#: Distinct values whose shapes are judged; evenly picked where a column has more.
MOST_JUDGED = 4_000
MOST_TOGETHER = 200_000
_FUNCTION_WORDS = word_set("function")


def looks(tallies: Sequence[Tally]) -> list[Look]:
    """Return a look at every column of a table; wide tables are judged by fewer values a column."""
    most = max(50, min(MOST_JUDGED, MOST_TOGETHER // max(1, len(tallies))))
    judged = [_judged(tally, most) for tally in tallies]
    panel = Panel([values for values, _, _, _ in judged])
    return [Look(tally, *parts, panel, i) for i, (tally, parts) in enumerate(zip(tallies, judged, strict=True))]


def _judged(tally: Tally, most: int) -> tuple[list[str], npt.NDArray[np.int64], int, int]:
    """Return evenly picked distinct values with their counts, how many there are, and in how many cells.

    Cells that only say 'missing' ('[Not Available]', 'unknown') are left aside, unless there is nothing else.
    """
    kept = {v: c for v, c in tally.values.items() if v.lower() not in dictionaries.MISSING_WORDS} or dict(tally.values)
    everything = [*kept.items(), *tally.late.items()]
    picked = everything[:: max(1, -(-len(everything) // most))]
    values = [value.partition("\x00")[0] for value, _ in picked]
    return values, np.array([count for _, count in picked], dtype=np.int64), len(kept), sum(kept.values())


class Look(Names):
    """Facts about the values of one column. Shares are of distinct values unless a name says rows."""

    @cached_property
    def numbers(self) -> npt.NDArray[np.float64]:
        """The judged values that are numbers."""
        texts = [value for value, hit in zip(self.values, self.mask("number"), strict=True) if hit]
        return np.array([_number(text) for text in texts], dtype=np.float64)

    @cached_property
    def unique(self) -> float:
        """Share of filled cells that would remain if each value stood once."""
        return self.distinct / self.present if self.present else 0.0

    @cached_property
    def numeric(self) -> float:
        """Share of distinct values that are numbers."""
        return self.share("number")

    @cached_property
    def decimal(self) -> float:
        """Share of distinct values that are numbers with a fraction."""
        return float((self.mask("number") & ~self.mask("integer")).mean()) if self.values else 0.0

    @cached_property
    def widths(self) -> int:
        """Number of different lengths among the distinct values."""
        return len({len(value) for value in self.values})

    @cached_property
    def words(self) -> float:
        """Mean number of words in a distinct value."""
        return sum(len(value.split()) for value in self.values) / len(self.values) if self.values else 0.0

    @cached_property
    def longest_judged(self) -> int:
        """Letters of the longest judged value."""
        return max((len(value) for value in self.values), default=0)

    @cached_property
    def prose(self) -> float:
        """Share of distinct values that read as sentences: four words and more with function words, or a full stop."""
        if not self.values:
            return 0.0
        sentences = self.mask("sentence")
        found = 0
        for value, ends in zip(self.values, sentences, strict=True):
            parts = value.lower().split()
            found += len(parts) >= 4 and (bool(ends) or any(part.strip(",.;:") in _FUNCTION_WORDS for part in parts))
        return found / len(self.values)

    @cached_property
    def dates(self) -> float:
        """Share of distinct values that are dates written out (not bare digits)."""
        return self.share("iso_date", "slash_date", "month_date", "sas_date")

    @cached_property
    def few(self) -> bool:
        """Whether few labels are repeated many times: at least 12 filled cells, each label three times and more."""
        return (
            not self.full
            and self.present >= 12
            and self.distinct * 3 <= self.present
            and (self.distinct <= 60 or self.distinct * 20 <= self.present)
        )

    @cached_property
    def numbered(self) -> bool:
        """Whether whole numbers look handed out: leading zeros, no gaps, or five digits and more of one width."""
        if self.share("integer") < 0.98 or self.present < 20:
            return False
        if self.share("leading_zero") >= 0.05:
            return True
        return self.unique >= 0.9 and (self.dense or (self.widths == 1 and len(self.values[0]) >= 5))

    @cached_property
    def in_blocks(self) -> bool:
        """Whether many values each fill one block of rows, as the key of a table with several rows a subject does."""
        enough = self.distinct > 30 or (self.distinct >= 12 and self.serial)
        return enough and self.unique < 0.67 and self.runs <= 1.5 * self.distinct

    @cached_property
    def serial(self) -> bool:
        """Whether all values are one pattern of letters around a running number of three digits and more."""
        if self.share("identifier") < 1.0:
            return False
        patterns = {re.sub(r"\d+", "0", value) for value in self.values}
        return len(patterns) == 1 and next(iter(patterns)).count("0") == 1 and next(iter(patterns)) != "0"

    @cached_property
    def documents(self) -> float:
        """Share of distinct values that are XML, JSON, HL7 messages, paths of files; HTML is a note."""
        found = (self.mask("document") & ~self.mask("html")) | self.mask("path")
        return float(found.mean()) if self.values else 0.0

    @cached_property
    def nucleotides(self) -> bool:
        """Whether the values are short sequences of bases: indices, primers, molecular identifiers."""
        return self.distinct >= 3 and self.share("nucleotides") >= 0.9

    @cached_property
    def versions(self) -> bool:
        """Whether few repeated values can be versions; of addresses some part would be above 99 in some value."""
        return self.share("version") >= 0.9 and self.distinct <= 50 and self.unique <= 0.5

    @cached_property
    def dense(self) -> bool:
        """Whether whole numbers fill their range, as running numbers do."""
        if not len(self.numbers) or self.decimal or self.numeric < 0.98:
            return False
        spread = float(self.numbers.max() - self.numbers.min()) + 1
        return spread <= 1.3 * len(self.values)

    @cached_property
    def identifier_like(self) -> float:
        """Share of distinct values that are one token of five letters and more, with three digits in a row."""
        hits = (
            self.mask("identifier")
            & self.mask("token")
            & np.array([len(value) >= 5 for value in self.values], dtype=bool)
        )
        hits = hits & ~self.mask("iso_date") & ~self.mask("slash_date") & ~(self.mask("number") & ~self.mask("integer"))
        return float(hits.mean()) if self.values else 0.0


def _number(text: str) -> float:
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text) and ("." in text or text.count(",") > 1):
        return float(text.replace(",", ""))
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return float("nan")
