"""A look at the values of one column: shares of shapes and words among its distinct values, counts, ranges."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from deid.profiling import dictionaries
from deid.profiling.header import fold
from deid.profiling.panel import Panel
from deid.profiling.tally import Tally
from deid.profiling.words import word_set

#: Distinct values whose shapes are judged; evenly picked where a column has more.
MOST_JUDGED = 4_000
MOST_TOGETHER = 200_000
_FUNCTION_WORDS = word_set("function")
_NAME_PART = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TITLES = word_set("title")


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


class Look:
    """Facts about the values of one column. Shares are of distinct values unless a name says rows."""

    def __init__(
        self,
        tally: Tally,
        values: list[str],
        counts: npt.NDArray[np.int64],
        distinct: int,
        present: int,
        panel: Panel,
        position: int,
    ) -> None:
        self.type = tally.type
        self.rows = tally.rows
        self.missing = tally.missing
        self.full = tally.full
        self.runs = tally.runs
        self.values = values
        self.counts = counts
        self.distinct = distinct
        self.present = present
        self._panel = panel
        self._position = position

    def mask(self, shape: str) -> npt.NDArray[np.bool_]:
        """Return which of the judged values have a shape."""
        return self._panel.mask(shape, self._position)

    def share(self, *shapes: str) -> float:
        """Return the share of distinct values that have one of the shapes."""
        if not self.values:
            return 0.0
        hits = self.mask(shapes[0])
        for shape in shapes[1:]:
            hits = hits | self.mask(shape)
        return float(hits.mean())

    def share_where(self, test: Callable[[str], bool]) -> float:
        """Return the share of (at most 500) distinct values that pass a test, such as check digits."""
        values = self.values[:: max(1, -(-len(self.values) // 500))]
        return sum(test(value) for value in values) / len(values) if values else 0.0

    def row_share(self, *shapes: str) -> float:
        """Return the share of rows whose value has one of the shapes."""
        if not self.values:
            return 0.0
        hits = self.mask(shapes[0])
        for shape in shapes[1:]:
            hits = hits | self.mask(shape)
        return float(self.counts[hits].sum() / self.counts.sum())

    def share_in(self, words: frozenset[str]) -> float:
        """Return the share of distinct values that are, in plain letters, one of the words."""
        return sum(value in words for value in self.folded) / len(self.values) if self.values else 0.0

    @cached_property
    def folded(self) -> list[str]:
        """The judged values in plain lower-case letters."""
        return [fold(value) for value in self.values]

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
    def given(self) -> float:
        """Share of distinct values whose words are all given names."""
        return self._names(dictionaries.given_names())

    @cached_property
    def family(self) -> float:
        """Share of distinct values whose words are all family names."""
        return self._names(dictionaries.family_names())

    def _names(self, known: frozenset[str]) -> float:
        shaped = self.mask("one_name")
        hits = 0
        for value, fits in zip(self.folded, shaped, strict=True):
            parts = [part for part in _NAME_PART.findall(value) if len(part) > 1]
            hits += bool(fits and parts) and all(_known(part, known) for part in parts)
        return hits / len(self.values) if self.values else 0.0

    @cached_property
    def full_names(self) -> npt.NDArray[np.bool_]:
        """Which distinct values read as a full name: a given and a family name that are known, or a title and one."""
        given, family = dictionaries.given_names(), dictionaries.family_names()
        shaped, titled = self.mask("person"), self.mask("title")
        found = np.zeros(len(self.values), dtype=bool)
        for i in np.flatnonzero(shaped | titled):
            parts = [part for part in _NAME_PART.findall(self.folded[i]) if len(part) > 1 and part not in _TITLES]
            if not 1 <= len(parts) <= 4:
                continue
            firsts = [_known(part, given) for part in parts]
            lasts = [_known(part, family) for part in parts]
            both = any(a and b for k, a in enumerate(firsts) for m, b in enumerate(lasts) if k != m)
            known = sum(a or b for a, b in zip(firsts, lasts, strict=True))
            found[i] = (both and known >= len(parts) - 1) or bool(titled[i] and known)
        return found

    @cached_property
    def full_name(self) -> float:
        """Share of distinct values that read as a person's full name."""
        return float(self.full_names.mean()) if self.values else 0.0

    @cached_property
    def unfamiliar(self) -> float:
        """Share of distinct values that are capitalised words of which one stands in no word list: perhaps names."""
        return self._strange(lambda parts, known: any(len(p) > 3 and not k for p, k in zip(parts, known, strict=True)))

    @cached_property
    def strangers(self) -> float:
        """Share of distinct values that are two to four capitalised words of which none stands in a word list."""
        return self._strange(lambda parts, known: 2 <= len(parts) <= 4 and not any(known))

    def _strange(self, test: Callable[[list[str], list[bool]], bool]) -> float:
        from deid.detect.lexicon import is_word

        worded = self.mask("letters") | self.mask("person")
        picked = np.flatnonzero(worded)[:1_000]
        hits = 0
        for value in (self.values[i] for i in picked):
            parts = [part for part in _NAME_PART.findall(fold(value)) if part not in _TITLES]
            hits += value[0].isupper() and test(parts, [len(part) > 1 and is_word(part) for part in parts])
        return float(worded.mean()) * hits / len(picked) if len(picked) else 0.0

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
        return self.distinct > 30 and self.unique < 0.67 and self.runs <= 1.5 * self.distinct

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


def _known(part: str, names: frozenset[str]) -> bool:
    return (
        part in names
        or ("-" in part and all(piece in names for piece in part.split("-") if piece))
        or (("'" in part or "’" in part) and re.split("['’]", part)[-1] in names)
    )


def _number(text: str) -> float:
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text) and ("." in text or text.count(",") > 1):
        return float(text.replace(",", ""))
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return float("nan")
