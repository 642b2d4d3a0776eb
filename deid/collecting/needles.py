"""The direct identifiers of the input, as keyed hashes, and the windows of a text in which they are looked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.facts import Hashes, Needles
from deid.octets import letters_and_digits, runs_of_word
from deid.values import as_text, distinct, hash64, is_ascii, used_up

SHORTEST = 6
LONGEST_RUN = 5
_AT_ONCE = 1_000_000  # identifiers looked up at once
_TOKEN = re.compile(r"[^\W_]+")
#: Dates of one person may equal shifted dates of another; they are checked against their own subject instead.
NOT_SEARCHED = frozenset({"date", "birth_date", "death_date", "year", "time", "age", "sex", "race", "ethnicity"})


def folded(text: pa.Array) -> pa.Array:
    """Return text in lower case, compatibility forms resolved, accents and invisible characters dropped."""
    text = as_text(text)
    if is_ascii(text):
        return pc.ascii_lower(text)
    decomposed = pc.utf8_normalize(text, form="NFKD")
    return pc.utf8_lower(pc.replace_substring_regex(decomposed, r"[\p{Mn}\p{Cf}]+", ""))


def fold(text: str) -> str:
    """Fold one text as `folded` folds a column."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if unicodedata.category(char) not in ("Mn", "Cf")).lower()


def joined(text: pa.Array) -> pa.Array:
    """Return folded text with its letters and digits only."""
    if is_ascii(text):
        return letters_and_digits(text)
    return pc.replace_substring_regex(text, r"[^\pL\pN]+", "")


def token_counts(text: pa.Array) -> pa.Array:
    """Return how many runs of letters and digits each text has."""
    if text.null_count == 0 and is_ascii(text):
        return pa.array(runs_of_word(text))
    return pc.count_substring_regex(text, r"[\pL\pN]+")


def windows(text: str) -> Iterator[str]:
    """Yield the joined runs of 1 to 5 tokens of a folded text."""
    tokens = _TOKEN.findall(text)
    for start in range(len(tokens)):
        run = ""
        for token in tokens[start : start + LONGEST_RUN]:
            run += token
            if len(run) > 60:
                break
            yield run


#: Kinds of which a single word may name somebody wherever it stands.
_NAMING = frozenset({"person_name", "family_name", "clinician_name", "username"})


def _telling_words(texts: pa.Array) -> pa.Array:
    """Return those of folded single words that are neither words of the language nor eponyms."""
    from deid.detect.lexicon import eponyms, is_word

    return pa.array([text for text in texts.to_pylist() if not is_word(text) and text not in eponyms()], pa.string())


@dataclass
class NeedleCollector:
    """Takes in the direct identifiers of a column, batch by batch."""

    secret: bytes
    fields: dict[tuple[str, str], int] = field(default_factory=dict)
    long: list[tuple[Hashes, int]] = field(default_factory=list)
    short: dict[str, list[Hashes]] = field(default_factory=dict)
    not_searched: dict[str, int] = field(default_factory=dict)
    words: list[Hashes] = field(default_factory=list)

    def add(self, kind: str, name: str, column: pa.Array, *, counted_up: bool = False) -> None:
        """Note the distinct values of a batch: `kind` is what they are, `name` the field of their pseudonyms.

        Numbers that a database counted up are met by chance in any column, so they are searched for like short ones.
        """
        values = pc.unique(pc.drop_null(folded(column.dictionary_decode() if _encoded(column) else column)))
        if kind in NOT_SEARCHED:
            self.not_searched[kind] = self.not_searched.get(kind, 0) + len(values)
            return
        text = joined(values)
        tokens = token_counts(values)
        digits = pc.match_substring_regex(text, r"\pN")
        telling = pc.or_(digits, pc.greater(tokens, 1))
        is_long = pc.and_(pc.greater_equal(pc.utf8_length(text), SHORTEST), pc.and_(telling, not counted_up))
        index = self.fields.setdefault((kind, name), len(self.fields))
        self.long.append((distinct(hash64(text.filter(is_long), self.secret)), index))
        if kind in _NAMING:
            single = pc.and_not(pc.greater_equal(pc.utf8_length(text), SHORTEST), telling)
            self.words.append(distinct(hash64(_telling_words(text.filter(single)), self.secret)))
        rest = text.filter(pc.and_(pc.invert(is_long), pc.greater(pc.utf8_length(text), 0)))
        self.short.setdefault(kind, []).append(distinct(hash64(rest, self.secret)))
        if len(self.long) > 256:
            self._compact()

    def _compact(self) -> None:
        merged: dict[int, list[Hashes]] = {}
        for hashes, index in self.long:
            merged.setdefault(index, []).append(hashes)
        self.long = [(used_up(np.concatenate(parts)), index) for index, parts in merged.items()]
        self.short = {kind: [used_up(np.concatenate(parts))] for kind, parts in self.short.items()}
        self.words = [used_up(np.concatenate(self.words))] if self.words else []

    def frozen(self) -> Needles:
        """Return the sorted needles, and let go of what was gathered."""
        self._compact()
        gathered, self.long = self.long, []
        every = used_up(np.concatenate([part for part, _ in gathered] or [np.zeros(0, np.uint64)]))
        kinds = np.zeros(len(every), np.min_scalar_type(len(self.fields)))
        while gathered:  # of two columns with the same identifier the one taken in first counts
            part, index = gathered.pop()
            for start in range(0, len(part), _AT_ONCE):
                kinds[np.searchsorted(every, part[start : start + _AT_ONCE])] = index
        return Needles(
            every,
            kinds,
            {kind: parts[0] for kind, parts in sorted(self.short.items())},
            tuple(sorted(self.fields, key=lambda pair: self.fields[pair])),
            dict(sorted(self.not_searched.items())),
            self.words[0] if self.words else np.zeros(0, np.uint64),
        )


def _encoded(column: pa.Array) -> bool:
    return bool(pa.types.is_dictionary(column.type))
