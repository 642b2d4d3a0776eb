"""Scoring of found identifiers against labelled notes: recall, precision, clean notes, each with its interval.

Only letters and digits count. A labelled identifier is found when each of them is covered: nothing leaks.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deid.contracts import DetectionFailed, Detector
from deid.errors import DataError, problem_kind
from deid.model import KINDS, Known, Span

GOLD_UNREADABLE = problem_kind(
    "D641",
    "labelled notes unreadable",
    remedy="write one JSON object a line: id, text, spans with start, end and type; optional: known, traps, neutral",
    meaning="An evaluation needs labelled notes; a line is no JSON, lacks a text, or a span lies outside its text.",
)
#: Names of a structured record's fields and the kind that each holds, where a note brings its own record.
RECORD_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("first_name", "middle_name", "nickname", "preferred_name", "forename"), "given_name"),
    **dict.fromkeys(("last_name", "surname", "maiden_name", "former_name"), "family_name"),
    **dict.fromkeys(("name", "full_name"), "person_name"),
    **dict.fromkeys(("mrn", "nhs_number", "chart_number", "patient_id"), "record_number"),
    **dict.fromkeys(("dob", "date_of_birth"), "birth_date"),
    **dict.fromkeys(("mobile", "telephone", "pager"), "phone"),
    "health_plan": "health_plan_number",
    "account": "account_number",
    "accession": "accession_number",
    "licence": "licence_number",
    "license": "licence_number",
    "specimen_id": "sample_id",
    "device": "device_id",
    "vehicle": "vehicle_id",
    **dict.fromkeys(("employer", "school", "organization"), "organisation"),
    "hospital": "site",
    "address": "street_address",
    **{name: name for name in ("ssn", "phone", "fax", "email", "city", "zip", "subject_id", "site")},
    **{name: name for name in ("person_name", "initials")},
    "street": "street_address",
    "clinician": "clinician_name",
}  # fmt: skip
_DIRECT_WORDS = (
    *("NAME", "PERSON", "INITIALS", "USERNAME", "PHONE", "FAX", "PAGER", "EMAIL", "URL", "IP", "CONTACT", "STREET"),
    *("MRN", "SSN", "ID", "ACCESSION", "ACCOUNT", "LICENSE", "LICENCE", "PLAN", "DEVICE", "VEHICLE", "SPECIMEN"),
    *("RECORD", "CARD", "IBAN", "UUID", "BIOMETRIC"),
)


@dataclass(frozen=True)
class Labelled:
    """A note with what stands in it: identifiers, clinical terms that must stay, stretches that do not count."""

    id: str
    text: str = field(repr=False)
    spans: tuple[tuple[int, int, str], ...]
    traps: tuple[tuple[int, int, str], ...] = ()
    neutral: tuple[tuple[int, int, str], ...] = ()
    known: tuple[Known, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Share:
    """Part of a whole with its Wilson interval at 95 %."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share, None where there is nothing to count."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson score interval at 95 %."""
        return wilson(self.part, self.whole) if self.whole else None


@dataclass(frozen=True)
class TextScore:
    """How well identifiers were found.

    recall            identifiers covered in full
    by_type           the same for each type of the labels
    char_precision    of the covered letters and digits, those that belong to an identifier
    clean             notes with identifiers in which none is left; clean_direct: no name, contact, number or street
    traps             clinical terms that were touched
    untouched_notes   notes without identifiers in which something was covered
    failed            notes that could not be searched and count as covered whole
    """

    recall: Share
    by_type: Mapping[str, Share]
    char_precision: Share
    char_recall: Share
    clean: Share
    clean_direct: Share
    traps: Share
    by_trap: Mapping[str, Share]
    touched_without: Share
    failed: int = 0

    def expected_missed(self, found: int) -> tuple[float, float] | None:
        """Return how many identifiers a release of `found` replaced ones is expected to have missed, as an interval."""
        interval = self.recall.interval
        if interval is None or interval[0] <= 0:
            return None
        return found * (1 - interval[1]) / interval[1], found * (1 - interval[0]) / interval[0]


def wilson(part: int, whole: int, z: float = 1.959964) -> tuple[float, float]:
    """Return the Wilson score interval of a share (Wilson 1927)."""
    share, z2 = part / whole, z * z
    centre = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = z / (1 + z2 / whole) * math.sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    return max(0.0, centre - half), min(1.0, centre + half)


def read_labelled(path: Path) -> list[Labelled]:
    """Read labelled notes. Raises DataError naming every line that cannot be used."""
    notes, problems = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            notes.append(_labelled(json.loads(line), number))
        except (ValueError, KeyError, TypeError):
            problems.append(GOLD_UNREADABLE.at("the line is no labelled note", f"{path.name}:{number}"))
    if problems:
        raise DataError(problems)
    return notes


def _labelled(given: Mapping[str, Any], number: int) -> Labelled:
    text = given["text"]
    if not isinstance(text, str):
        raise TypeError
    regions = {}
    for name, kind in (("spans", "type"), ("traps", "kind"), ("neutral", "kind")):
        listed = tuple((int(item["start"]), int(item["end"]), str(item[kind])) for item in given.get(name, ()))
        if any(not 0 <= start <= end <= len(text) for start, end, _ in listed):
            raise ValueError
        regions[name] = listed
    known = tuple(known_of(given.get("known") or {}))
    return Labelled(str(given.get("id", number)), text, regions["spans"], regions["traps"], regions["neutral"], known)


def known_of(record: Mapping[str, Any]) -> Iterator[Known]:
    """Yield what a structured record, given beside a note, knows of its subject; fields of no known kind are left."""
    for name, value in record.items():
        kind = RECORD_KINDS.get(name, name if name in KINDS else "")
        if kind and value:
            yield from (Known(kind, str(item)) for item in (value if isinstance(value, list) else [value]))


def evaluate(notes: Sequence[Labelled], detector: Detector, *, record: bool = True, batch: int = 64) -> TextScore:
    """Run a detector over labelled notes and score it; `record`: hand it what each note brings as its own record."""
    found: list[list[Span] | None] = []
    for start in range(0, len(notes), batch):
        found += _found(notes[start : start + batch], detector, record)
    return score(notes, found)


def _found(notes: Sequence[Labelled], detector: Detector, record: bool) -> list[list[Span] | None]:
    try:
        return list(detector.find_all([note.text for note in notes], [note.known if record else () for note in notes]))
    except DetectionFailed:
        if len(notes) == 1:
            return [None]
    middle = len(notes) // 2
    return _found(notes[:middle], detector, record) + _found(notes[middle:], detector, record)


def score(notes: Iterable[Labelled], found: Iterable[Sequence[Span] | None]) -> TextScore:
    """Score the spans found in each note; None stands for a note that was given up and counts as covered whole."""
    tally: Counter[str] = Counter()
    types: Counter[tuple[str, str]] = Counter()
    for note, spans in zip(notes, found, strict=True):
        covered = _places(
            note.text, [(0, len(note.text), "")] if spans is None else [(s.start, s.end, s.kind) for s in spans]
        )
        tally["failed"] += spans is None
        _count_characters(note, covered, tally)
        _count_spans(note, covered, bool(spans) or spans is None, tally, types)
    return TextScore(
        recall=Share(tally["full"], tally["spans"]),
        by_type=_by_name(types, "full", "n"),
        char_precision=Share(tally["right"], tally["right"] + tally["wrong"]),
        char_recall=Share(tally["right"], tally["gold"]),
        clean=Share(tally["clean"], tally["notes"]),
        clean_direct=Share(tally["clean_direct"], tally["notes"]),
        traps=Share(tally["trap_hit"], tally["trap"]),
        by_trap=_by_name(types, "trap_hit", "trap"),
        touched_without=Share(tally["touched"], tally["without"]),
        failed=tally["failed"],
    )  # fmt: skip


def _by_name(types: Mapping[tuple[str, str], int], part: str, whole: str) -> dict[str, Share]:
    names = sorted({name for what, name in types if what == whole})
    return {name: Share(types[part, name], types[whole, name]) for name in names}


def _places(text: str, regions: Iterable[tuple[int, int, str]]) -> set[int]:
    """Return the places of the letters and digits of some stretches."""
    return {place for start, end, _ in regions for place in range(start, end) if text[place].isalnum()}


def _count_characters(note: Labelled, covered: set[int], tally: Counter[str]) -> None:
    gold, neutral = _places(note.text, note.spans), _places(note.text, note.neutral)
    tally.update(gold=len(gold), right=len(gold & covered), wrong=len(covered - gold - neutral))


def _count_spans(
    note: Labelled, covered: set[int], touched: bool, tally: Counter[str], types: Counter[tuple[str, str]]
) -> None:
    clean = clean_direct = True
    for span in note.spans:
        places, name = _places(note.text, [span]), span[2]
        if not places:
            continue
        full = places <= covered
        tally.update(spans=1, full=full)
        types.update({("n", name): 1, ("full", name): int(full)})
        clean &= full
        clean_direct &= full or not _is_direct(name)
    for start, end, name in note.traps:
        hit = bool(_places(note.text, [(start, end, name)]) & covered)
        tally.update(trap=1, trap_hit=hit)
        types.update({("trap", name): 1, ("trap_hit", name): int(hit)})
    if note.spans:
        tally.update(notes=1, clean=clean, clean_direct=clean_direct)
    else:
        tally.update(without=1, touched=touched)


def _is_direct(name: str) -> bool:
    words = name.upper().split("_")
    return any(word in words for word in _DIRECT_WORDS) or name.upper() in _DIRECT_WORDS
