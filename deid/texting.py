"""Notes without tables: `deid text` redacts them or lists what it finds, `deid evaluate` scores detection on them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from deid.contracts import Context, DetectionFailed, Detector
from deid.decisions import Policy
from deid.detect import build_detector
from deid.detect.pooled import PooledDetector
from deid.errors import DataError, problem_kind
from deid.keys import Key
from deid.model import Known, Span
from deid.text_evaluate import Labelled, Share, evaluate, known_of
from deid.transform.redact import Redact

NOTES_UNREADABLE = problem_kind(
    "D642",
    "notes unreadable",
    remedy="write one JSON object a line: id, text and, where there is one, known: the record of the note's subject",
    meaning="Notes are read one JSON object a line; a line is no JSON or holds no text. Nothing was written.",
)
#: What findings are called in the files of outside scorers; kinds that are not listed are ids.
TYPES: Mapping[str, str] = {
    **dict.fromkeys(("person_name", "given_name", "family_name", "clinician_name"), "NAME"),
    "initials": "INITIALS", "username": "USERNAME", "phone": "PHONE", "fax": "FAX", "email": "EMAIL", "url": "URL",
    "ip_address": "IP", "ssn": "SSN", "date": "DATE", "birth_date": "DATE", "death_date": "DATE", "age": "AGE",
    "city": "LOCATION", "site": "HOSPITAL", "organisation": "ORGANIZATION", "street_address": "STREET", "zip": "ZIP",
    "postcode": "ZIP", "country": "COUNTRY", "state": "STATE", "ethnicity": "NRP",
}  # fmt: skip
_SHARES = (
    "recall",
    "character_precision",
    "character_recall",
    "notes_fully_clean",
    "notes_without_direct_identifier",
    "clinical_terms_touched",
    "notes_without_identifiers_touched",
)
Style = Literal["tag", "redact", "surrogate"]
Mode = Literal["balanced", "max_recall"]
#: Notes that are read, redacted and written at a time.
AT_ONCE = 1_024


@dataclass(frozen=True)
class Note:
    """A note, what the record of its subject knows, and whose it is (the shift of its dates follows the subject)."""

    id: str
    text: str = field(repr=False)
    known: tuple[Known, ...] = field(default=(), repr=False)
    subject: str | None = field(default=None, repr=False)


def read_notes(lines: Iterable[str]) -> list[Note]:
    """Read notes, one JSON object a line. Raises DataError naming every line that cannot be used."""
    notes, problems = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            notes.append(_note(json.loads(line), number))
        except (ValueError, KeyError, TypeError, AttributeError):
            problems.append(NOTES_UNREADABLE.at("the line is no note", f"line {number}"))
    if problems:
        raise DataError(problems)
    return notes


def _note(given: Mapping[str, Any], number: int) -> Note:
    if not isinstance(given["text"], str):
        raise TypeError
    record = given.get("known") or {}
    subject = given.get("subject") or record.get("subject_id") or given.get("id")
    owner = None if subject is None else str(subject)
    return Note(str(given.get("id", number)), given["text"], tuple(known_of(record)), owner)


@contextmanager
def detector_of(policy: Policy | None, mode: Mode | None, jobs: int) -> Iterator[Detector]:
    """Give the detector of a policy's text block, or the usual one, in one process or several."""
    options: dict[str, Any] = {} if policy is None else {**policy.text, "recognisers": list(policy.recognisers)}
    detector = build_detector({**options, "mode": mode} if mode else options)
    if jobs < 2:
        yield detector
        return
    pooled = PooledDetector.open(detector, jobs)
    try:
        yield pooled
    finally:
        pooled.close()


def redacted(notes: Sequence[Note], detector: Detector, style: Style, key: Key | None) -> Iterator[str]:
    """Yield each note with its identifiers replaced; a note that could not be searched is replaced whole."""
    transform = Redact(style=style)
    for start in range(0, len(notes), AT_ONCE):
        part = notes[start : start + AT_ONCE]
        owners = [note.subject if note.subject is not None else f"note {start + at}" for at, note in enumerate(part)]
        known: dict[str, tuple[Known, ...]] = {}
        for owner, note in zip(owners, part, strict=True):
            known[owner] = tuple(dict.fromkeys((*known.get(owner, ()), *note.known)))
        context = Context("notes", "text", "text", key=key, subject=pa.array(owners), known=known, detector=detector)
        yield from transform.apply(pa.array([note.text for note in part], pa.string()), context).to_pylist()


def findings(notes: Sequence[Note], detector: Detector) -> Iterator[dict[str, Any]]:
    """Yield for each note its id and the spans found in it; a note that could not be searched is one span."""
    for start in range(0, len(notes), AT_ONCE):
        part = notes[start : start + AT_ONCE]
        for note, spans in zip(part, _found(part, detector), strict=True):
            meant = [Span(0, len(note.text), "unknown", 1.0, "whole")] if spans is None else spans
            listed = [{"start": span.start, "end": span.end, "type": TYPES.get(span.kind, "ID")} for span in meant]
            yield {"id": note.id, "spans": listed}


def _found(notes: Sequence[Note], detector: Detector) -> list[list[Span] | None]:
    try:
        return list(detector.find_all([note.text for note in notes], [note.known for note in notes]))
    except DetectionFailed:
        if len(notes) == 1:
            return [None]
    middle = len(notes) // 2
    return _found(notes[:middle], detector) + _found(notes[middle:], detector)


def scored(notes: Sequence[Labelled], detector: Detector, *, record: bool) -> dict[str, Any]:
    """Return how well the identifiers of labelled notes are found, each share with its interval at 95 %."""
    score = evaluate(notes, detector, record=record, batch=AT_ONCE)
    missed = score.expected_missed(1_000)
    return {
        "notes": len(notes),
        "record_used": record and any(note.known for note in notes),
        "recall": _share(score.recall),
        "character_precision": _share(score.char_precision),
        "character_recall": _share(score.char_recall),
        "notes_fully_clean": _share(score.clean),
        "notes_without_direct_identifier": _share(score.clean_direct),
        "clinical_terms_touched": _share(score.traps),
        "notes_without_identifiers_touched": _share(score.touched_without),
        "notes_given_up": score.failed,
        "expected_missed_of_1000_replaced": None if missed is None else [round(number, 1) for number in missed],
        "recall_by_type": {name: _share(share) for name, share in score.by_type.items()},
        "touched_by_kind_of_term": {name: _share(share) for name, share in score.by_trap.items()},
    }


def _share(share: Share) -> dict[str, Any] | None:
    """Return a share as numbers; None where there was nothing to count."""
    if share.value is None or share.interval is None:
        return None
    low, high = share.interval
    return {"share": round(share.value, 4), "low": round(low, 4), "high": round(high, 4), "of": share.whole}


def score_listing(scored_notes: Mapping[str, Any]) -> str:
    """Return a score as text."""
    lines = [f"{scored_notes['notes']} labelled notes{', with their records' if scored_notes['record_used'] else ''}"]
    lines += [f"{name.replace('_', ' '):36} {_shown(scored_notes[name])}" for name in _SHARES]
    missed = scored_notes["expected_missed_of_1000_replaced"]
    if missed is not None:
        lines.append(f"expected to be missed beside 1,000 replaced identifiers: {missed[0]:.1f} to {missed[1]:.1f}")
    for title in ("recall_by_type", "touched_by_kind_of_term"):
        if scored_notes[title]:
            lines += ["", title.replace("_", " ")]
            lines += [f"  {name:34} {_shown(share)}" for name, share in scored_notes[title].items()]
    return "\n".join(lines) + "\n"


def _shown(share: Mapping[str, Any] | None) -> str:
    if share is None:
        return "nothing to count"
    return f"{share['share']:.4f}  [{share['low']:.4f} {share['high']:.4f}]  of {share['of']}"


__all__ = ["TYPES", "Note", "detector_of", "findings", "read_notes", "redacted", "score_listing", "scored"]
