"""The residual scan: known identifiers of the input, looked for in everything that was written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.collecting.needles import SHORTEST, fold, folded, joined, token_counts, windows
from deid.facts import Hashes, Needles
from deid.model import Finding
from deid.values import as_text, hash64, positions
from deid.verifying.packed import unpacked, worth_opening
from deid.verifying.printed import runs_of_report

_TOKEN = re.compile(r"[^\W_]+")
_NUMBER = r"^[\d.,+\-eE ]+$"
#: In a column of numbers an identifier of digits is met by chance; a copy of an id column is met in most cells.
CHANCE_SHARE, CHANCE_HITS, MOSTLY_NUMBERS = 0.2, 3, 0.9


@dataclass
class Scan:
    """Counts findings column by column; holds no value."""

    needles: Needles
    secret: bytes
    hits: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    searched: Counter[str] = field(default_factory=Counter)
    by_chance: int = 0

    def column(
        self, table: str, column: str, values: pa.Array, *, numeric: bool, id_column: bool, words: bool = True
    ) -> None:
        """Search the cells of one column of a batch. `words`: single words that name somebody count too."""
        distinct = as_text(pc.unique(pc.drop_null(values)))
        text = folded(distinct)
        self.searched["cells"] += len(values)
        if not len(distinct):
            return
        plain = joined(text)
        long_enough = pc.greater_equal(pc.utf8_length(plain), SHORTEST)
        found: Counter[str] = Counter()
        numbers = pc.match_substring_regex(text, _NUMBER)
        if numeric and (pc.sum(numbers).as_py() or 0) >= MOSTLY_NUMBERS * len(distinct):
            by_chance = pc.and_(long_enough, numbers)
            found = self._beyond_chance(plain.filter(by_chance), len(distinct))
            long_enough = pc.and_not(long_enough, by_chance)
        single = pc.less_equal(token_counts(text), 1)
        self._look(hash64(plain.filter(pc.and_(long_enough, single)), self.secret), found)
        self._windows(text.filter(pc.and_not(long_enough, single)).to_pylist(), found)
        self._packed(worth_opening(distinct).to_pylist(), found)
        for kind, count in found.items():
            self.hits[table, column, kind, "known identifier"] += count
        named = self._named(text) if words else 0
        if named:
            self.hits[table, column, "person_name", "surname or login, a single word"] += named
        if id_column:
            for kind, count in self._short(text.filter(single), text.filter(pc.invert(single))).items():
                self.hits[table, column, kind, "short identifier inside an id"] += count

    def _beyond_chance(self, numbers: pa.Array, distinct: int) -> Counter[str]:
        """Return the hits among numbers if they are more than chance explains; chance hits are only counted."""
        found: Counter[str] = Counter()
        self._look(hash64(numbers, self.secret), found)
        hits = sum(found.values())
        if hits >= CHANCE_HITS and hits >= CHANCE_SHARE * max(distinct, 1):
            return found
        self.by_chance += hits
        return Counter()

    def names(self, table: str, names: Iterable[str]) -> None:
        """Search names of files, tables and columns, and labels."""
        found: Counter[str] = Counter()
        self._windows([fold(name) for name in names], found)
        for kind, count in found.items():
            self.hits[table, "(names)", kind, "known identifier in a name"] += count

    def document(self, name: str, text: str) -> int:
        """Search a text such as the report; return the number of findings."""
        found: Counter[str] = Counter()
        runs = sorted(set(runs_of_report(text, len(self.needles.long))))
        self._look(hash64(pa.array(runs, pa.string()), self.secret), found)
        for kind, count in found.items():
            self.hits[name, "(text)", kind, "known identifier"] += count
        return sum(found.values())

    def findings(self) -> tuple[Finding, ...]:
        """Return what was found, in a fixed order."""
        return tuple(Finding(t, c, k, n, how) for (t, c, k, how), n in sorted(self.hits.items()))

    def _look(self, hashes: Hashes, found: Counter[str]) -> None:
        self.searched["windows"] += len(hashes)
        at = positions(self.needles.long, hashes)
        for index, count in zip(*np.unique(self.needles.long_kinds[at[at >= 0]], return_counts=True), strict=True):
            found[self.needles.kinds[int(index)][0]] += int(count)

    def _windows(self, texts: Iterable[str], found: Counter[str]) -> None:
        runs = sorted({run for text in texts for run in windows(text) if len(run) >= SHORTEST})
        self._look(hash64(pa.array(runs, pa.string()), self.secret), found)

    def _packed(self, texts: Iterable[str], found: Counter[str]) -> None:
        opened = [fold(inner) for text in texts for inner in unpacked(text)]
        if opened:
            self.searched["opened"] += len(opened)
            self._windows(opened, found)

    def _named(self, texts: pa.Array) -> int:
        """Count the distinct words of the texts that are somebody's surname or login and nothing else."""
        if not len(self.needles.words):
            return 0
        tokens = pc.unique(pc.list_flatten(pc.split_pattern_regex(texts, r"[^\pL\pN]+")))
        long_enough = tokens.filter(pc.greater_equal(pc.utf8_length(tokens), SHORTEST))
        return int((positions(self.needles.words, hash64(long_enough, self.secret)) >= 0).sum())

    def _short(self, words: pa.Array, texts: pa.Array) -> Mapping[str, int]:
        """Count the distinct tokens of folded texts that are short identifiers; `words` hold one token at most."""
        if not any(len(short) for short in self.needles.short.values()):
            return {}
        tokens = {token for text in texts.to_pylist() for token in _TOKEN.findall(text)}
        single = pc.unique(joined(words))
        every = pc.unique(pa.concat_arrays([single.filter(pc.not_equal(single, "")), pa.array(tokens, pa.string())]))
        hashes = hash64(every, self.secret)
        counts = {kind: int((positions(short, hashes) >= 0).sum()) for kind, short in self.needles.short.items()}
        return {kind: count for kind, count in counts.items() if count}
