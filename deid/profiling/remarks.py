"""Cells of comment lines that describe columns, and cells that may speak of somebody, of a day or of a place."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa

from deid.profiling.header import fold, words_of
from deid.profiling.look import Look, looks
from deid.profiling.spoken import spoken
from deid.profiling.suspects import suspect
from deid.profiling.tally import tallies_for
from deid.profiling.vocabulary import is_person_name
from deid.profiling.words import word_set

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
#: So many digits together are a number of a record, not of a scale or a release of one.
_DIGITS = re.compile(r"\d{5,}")


def describe_columns(cells: Sequence[str], names: Sequence[str]) -> list[bool]:
    """Return which cells describe a column and nothing else, by the screen of labels, judged each by itself.

    names  the columns of the table as they are released: their words tell nothing new
    """
    reduced = _without_known(cells, names)
    pairs = zip(cells, _each(cells), reduced, _each(reduced), strict=True)
    return [not (_speaks(cell, whole) or _strange(rest, look)) for cell, whole, rest, look in pairs]


def speak_of_somebody(cells: Sequence[str], names: Sequence[str]) -> list[bool]:
    """Return which labels name somebody, a place or the number of a record; words that no list holds are no doubt."""
    reduced = _without_known(cells, names)
    parts = zip(cells, _each(cells), _each(reduced), strict=True)
    return [
        _speaks(cell, whole) or bool(rest.values and (suspect(rest) or spoken(rest, terms=False, numbers=False)))
        for cell, whole, rest in parts
    ]


def _without_known(cells: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return the cells without the words of the released names and those that describe columns everywhere."""
    own = {word for name in names for word in words_of(name)} | {fold(w) for n in names for w in _WORD.findall(n)}
    known = own | word_set("describing")
    return [_WORD.sub(lambda word: "" if fold(word[0]) in known else word[0], cell) for cell in cells]


def _each(cells: Sequence[str]) -> list[Look]:
    """Return a look at every cell alone: each is a column of one row."""
    tallies = tallies_for(pa.schema([pa.field(str(i), pa.string()) for i in range(len(cells))]))
    for tally, cell in zip(tallies, cells, strict=True):
        tally.add(pa.array([cell], pa.string()))
    return looks(tallies)


def _speaks(cell: str, look: Look) -> bool:
    said = _DIGITS.search(cell) or suspect(look, terms=True)
    return bool(said or spoken(look, terms=True, numbers=False))


def _strange(rest: str, look: Look) -> bool:
    """Whether what is left without the words of columns holds a name, a place or a word that no vocabulary knows."""
    words = [fold(word) for word in _WORD.findall(rest)]
    if words and all(map(is_person_name, words)):
        return True
    return bool(look.values and (suspect(look) or spoken(look, terms=False, numbers=True)))
