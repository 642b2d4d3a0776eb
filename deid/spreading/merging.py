"""What was gathered from the parts of the data, put together as if it had been gathered from the whole.

Parts are merged in their order, so that whatever depends on the order of appearance comes out alike.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from deid.collect import Collector
from deid.collecting.anchors import Anchors
from deid.collecting.events import Events
from deid.collecting.known import KnownCollector
from deid.collecting.needles import NeedleCollector
from deid.collecting.references import References
from deid.collecting.terms import TermPools
from deid.collecting.tuples import Tuples, Variable, Vocabulary
from deid.keys import Key
from deid.verify import Counts
from deid.verifying.columns import ColumnRisks
from deid.verifying.residual import Scan
from deid.verifying.shifts import ShiftedDays


def without_secrets(collector: Collector) -> Collector:
    """Return a collector that may travel: without the key and what was derived from it."""
    needles = replace(collector.needles, secret=b"")
    references = replace(collector.references, secret=b"")
    return replace(collector, key=cast(Key, None), secret=b"", needles=needles, references=references)


def merge(whole: Collector, part: Collector) -> None:
    """Add what a part of the data held."""
    _tuples(whole.tuples, part.tuples)
    for mine, other in ((whole.raw, part.raw), (whole.pools, part.pools)):
        for name, variable in other.items():
            _variable(mine.setdefault(name, Variable()), variable)
    whole.least |= part.least
    _needles(whole.needles, part.needles)
    _references(whole.references, part.references)
    _events(whole.events, part.events)
    _terms(whole.terms, part.terms)
    _anchors(whole.anchors, part.anchors)
    _known(whole.known, part.known)
    for counts, added in (
        (whole.rows, part.rows),
        (whole.missing, part.missing),
        (whole.dropped, part.dropped),
    ):
        for table, count in added.items():
            counts[table] = counts.get(table, 0) + count
    whole.excluded_rows += part.excluded_rows
    whole.excluded += part.excluded
    whole.loose += part.loose
    whole.problems += part.problems
    whole.shed()


def counts_without_secrets(scan: Scan, counts: Counts) -> tuple[Scan, Counts]:
    """Return what was found in written files as it may travel: counts and hashes, no needles and no secret."""
    needles = replace(scan.needles, long=_NONE, long_kinds=_NO_KINDS, short={}, words=_NONE)
    bare = replace(scan, needles=needles, secret=b"")
    columns = replace(counts.columns, secret=b"")
    references = replace(counts.references, secret=b"")
    return bare, replace(counts, columns=columns, references=references)


def merge_counts(scan: Scan, counts: Counts, part_scan: Scan, part: Counts) -> None:
    """Add what a part of the written files held."""
    scan.hits.update(part_scan.hits)
    scan.searched.update(part_scan.searched)
    scan.by_chance += part_scan.by_chance
    _tuples(counts.tuples, part.tuples)
    _columns(counts.columns, part.columns)
    counts.tuples.shed()
    counts.columns.shed(counts.tuples.number)
    _events(counts.events, part.events)
    _days(counts.days, part.days)
    _references(counts.references, part.references)


_NONE = np.zeros(0, np.uint64)
_NO_KINDS = np.zeros(0, np.int16)


def _tuples(whole: Tuples, part: Tuples) -> None:
    for mine, other in ((whole.quasi, part.quasi), (whole.sensitive, part.sensitive)):
        for name, variable in other.items():
            _variable(mine.setdefault(name, Variable()), variable)
    whole.subjects += part.subjects


def _renumbered(whole: Vocabulary, part: Vocabulary) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array([whole.codes.setdefault(value, len(whole.codes)) for value in part.codes], np.int32)


def _variable(whole: Variable, part: Variable) -> None:
    codes = _renumbered(whole.vocabulary, part.vocabulary)
    codes = codes.astype(np.min_scalar_type(len(whole.vocabulary.codes)))
    for table, pairs in part.pairs.items():
        whole.pairs.setdefault(table, []).extend((hashes, codes[own]) for hashes, own in pairs)


def _needles(whole: NeedleCollector, part: NeedleCollector) -> None:
    index = {at: whole.fields.setdefault(pair, len(whole.fields)) for pair, at in part.fields.items()}
    whole.long += [(hashes, index[at]) for hashes, at in part.long]
    for kind, hashes in part.short.items():
        whole.short.setdefault(kind, []).extend(hashes)
    whole.words += part.words
    for kind, count in part.not_searched.items():
        whole.not_searched[kind] = whole.not_searched.get(kind, 0) + count


def _references(whole: References, part: References) -> None:
    for place, keys in part.keys.items():
        mine = whole.keys.setdefault(place, type(keys)())
        for hashes, counts in keys.parts:
            mine.add(hashes, counts)


def _events(whole: Events, part: Events) -> None:
    codes = _renumbered(whole.vocabulary, part.vocabulary)
    whole.parts += [(hashes, codes[own]) for hashes, own in part.parts]


def _terms(whole: TermPools, part: TermPools) -> None:
    for name, variable in part.pools.items():
        _variable(whole.pools.setdefault(name, Variable()), variable)
    whole.least |= part.least


def _anchors(whole: Anchors, part: Anchors) -> None:
    for owner, day in part.days.items():
        whole.days[owner] = min(day, whole.days.get(owner, day))


def _known(whole: KnownCollector, part: KnownCollector) -> None:
    for owner, known in part.by_subject.items():
        whole.by_subject.setdefault(owner, set()).update(known)


def _columns(whole: ColumnRisks, part: ColumnRisks) -> None:
    for place, parts in part.parts.items():
        whole.parts.setdefault(place, []).extend(parts)
    whole.held += part.held
    whole.accepted |= part.accepted


def _days(whole: ShiftedDays, part: ShiftedDays) -> None:
    whole.window = max(whole.window, part.window)
    whole.bound = min(whole.bound, part.bound)
    whole.parts += part.parts
