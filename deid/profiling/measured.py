"""Headers in the form of a measurement or a count (`T5-T0 [s]`, `R 1000 Hz`, `#oocytes`) above small whole numbers.

Small whole numbers alone prove nothing: they may be house numbers, extensions, beds or ages. Beside such a header they
are kept where they repeat, begin with no zero and stay under a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from deid.model import DIRECT_KINDS
from deid.profiling.header import Hint, fold
from deid.profiling.look import Look
from deid.profiling.words import word_set

#: Numbers of repeated small columns lie below this; seconds and the like between two named times below the other.
_MOST, _MOST_BETWEEN = 1_000, 10_000
#: Filled cells may be told apart by at most this share of distinct values.
_MOST_UNIQUE = 0.8
#: Points of the header: with values that are possible at all they hold, whole labels of identifiers outweigh them.
_POINTS = 3.2
_CLEAR = 3.0
#: Units that no other rule knows: of time below a month, of sound. Years and months are ages as well.
_UNITS = r"(?:s|secs?|min|mins|h|hrs?|d|days?|w|wks?|weeks?|ms|khz|hz|db|dbhl|bpm|%|/ ?(?:min|h|d|day|wk|week))"
_BRACKETED = re.compile(rf"(?i)(?:\[{_UNITS}\]|(?<! )\((?!s\)){_UNITS}\)| \({_UNITS}\))\s*$")
_SOUND = re.compile(r"(?i)(?<![^\W_])\d+ ?k?hz(?![^\W_])")
_BETWEEN = re.compile(r"(?i)^\s*t ?\d{1,2} ?[-–] ?t ?\d{1,2}\b")
_COUNT = re.compile(
    r"(?i)^\s*(?:#\s*|(?:no|nr|num|number|count|anzahl|nombre)\b[. ]{0,2}(?:of|der|de)\s+)([^\W\d_]{3,})\s*$"
)
#: Nouns that are counted and that number nobody: what bodies, treatments and laboratories have.
_COUNTED = word_set("counted")
#: Abbreviations of counts: antral follicles.
_ABBREVIATED = frozenset({"afc"})
#: Kinds of identifiers that count headers seem to name: `No. of blocks` numbers no specimen.
_COUNTABLE = frozenset({"sample_id", "accession_number", "health_plan_number", "record_id"})
#: What a header with a unit may also seem to hold: no person, place, date or age.
_PLAIN = frozenset({"measurement", "number", "category", "time", "study_day", "sequence_number", "flag", "unit"})


def with_measured(name: str, found: Mapping[str, Hint], look: Look) -> dict[str, Hint]:
    """Return the hints of a name, with what its form says of small whole numbers."""
    direct = {kind for kind, hint in found.items() if kind in DIRECT_KINDS and hint.points >= _CLEAR}
    noun = _counted(name)
    if noun and direct <= _COUNTABLE and _is_small(look, _MOST):
        kept = {kind: hint for kind, hint in found.items() if kind not in _COUNTABLE}
        return {**kept, "number": Hint(_CLEAR + 1.0, f"count of {noun}")}
    if not _PLAIN.issuperset(found) or not look.values:
        return dict(found)
    unit = _BRACKETED.search(name) or _SOUND.search(name)
    if unit and (_is_small(look, _MOST) or (_BETWEEN.match(name) and _is_between(look))):
        best = max(_POINTS, found["measurement"].points if "measurement" in found else 0.0)
        return {**found, "measurement": Hint(best, "unit")}
    return dict(found)


def _counted(name: str) -> str:
    """Return what a header counts, '' where it counts nothing that we know."""
    count = _COUNT.match(name)
    noun = fold(count[1]) if count else ""
    return noun if noun in _COUNTED else fold(name.strip()) if fold(name.strip()) in _ABBREVIATED else ""


def strays_among_counts(look: Look) -> bool:
    """Whether nearly all cells are small whole numbers and some are something else: neither counts nor identifiers."""
    if len(look.numbers) < 2 or look.numeric == 1.0:
        return False
    whole = look.mask("integer") & ~look.mask("leading_zero")
    small = float(look.numbers.max()) < _MOST and float(look.numbers.min()) >= 0
    return small and float(look.counts[whole].sum()) >= 0.9 * float(look.counts.sum())


def _is_small(look: Look, most: int) -> bool:
    """Whether the values are whole numbers below a bound that repeat, without leading zeros or blocks of rows."""
    return _is_whole(look, most) and look.unique <= _MOST_UNIQUE and not look.in_blocks


def _is_between(look: Look) -> bool:
    """Whether the values can be the seconds between two times: of several lengths, none handed out one by one."""
    return _is_whole(look, _MOST_BETWEEN) and (look.unique <= _MOST_UNIQUE or look.widths >= 2) and not look.dense


def _is_whole(look: Look, most: int) -> bool:
    if not len(look.numbers) or look.share("integer") < 1.0 or look.share("leading_zero") or look.numbered:
        return False
    return float(look.numbers.min()) >= 0 and float(look.numbers.max()) < most
