"""The draft policy of `deid init`: every column of the data with a suggestion and, beside it, the evidence.

The owner confirms or changes every line; what the profile could not tell is `undecided`, and refused until decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from deid.model import DIRECT_KINDS, ColumnProfile, Profile, TableProfile
from deid.profiling.subjects import names_kin, ranked_subjects

_BANDS = "{interval: 5, top: 90}"
_ALL_OR_NOTHING = "{suppress_only: true}"


def _coarse(hierarchy: str) -> str:
    return f"role: quasi_identifier, do: generalise, hierarchy: {hierarchy}"


_DROP = "role: direct_identifier, do: drop"
_PSEUDONYM = "role: direct_identifier, do: pseudonym"
_POOL = "role: insensitive, do: pool_rare, at_least: 11"
_SHIFT = "role: insensitive, do: shift_date, max_days: 364"
_YEAR = "role: insensitive, do: date_part, to: year"
_KEEP = "role: insensitive, do: keep"
_UNDECIDED = "do: undecided"
#: What is suggested by kind. Direct identifiers that are not listed are dropped, all other kinds wait for a decision.
_SUGGESTIONS: Mapping[str, str] = {
    **dict.fromkeys(("subject_id", "sample_id", "accession_number", "uuid", "record_id"), _PSEUDONYM),
    **dict.fromkeys(("city", "postcode", "site", "organisation", "birth_date", "age_band"), _DROP),
    "zip": _coarse("zip3"),
    "state": _coarse(_ALL_OR_NOTHING),
    "country": _coarse("country_region"),
    "age": _coarse(_BANDS),
    "sex": _coarse("sex"),
    "race": _coarse("race_us"),
    "ethnicity": _coarse(_ALL_OR_NOTHING),
    "marital_status": _coarse(_ALL_OR_NOTHING),
    "language": _coarse(_ALL_OR_NOTHING),
    **dict.fromkeys(("occupation", "education", "religion"), _POOL),
    "free_text": "role: free_text, do: redact",
    "empty": "role: insensitive, do: drop",
    "unknown": _UNDECIDED,
}
_DATES = ("date", "death_date")
_NOTES: Mapping[str, str] = {
    "birth_date": "or date_part to year, as a quasi_identifier",
    "age_band": "or derive it from the age, so that the two cannot be intersected",
    "zip": "or zip3",
}
#: Kinds that can name the person where no better column does, the likeliest first.
_ELSE = ("health_plan_number", "ssn", "record_id")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})


def draft_policy(
    profile: Profile,
    *,
    name: str,
    data: str,
    ignore: Sequence[str] = (),
    formats: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """Return a commented YAML policy for these data: one line a column with a suggestion and its evidence.

    `data` is what the draft is said to be made from, `ignore` and `formats` how it was read. Comments hold counts,
    never values of the data.
    """
    subject, where = guess_subject(profile)
    lines = [*_head(name, data), *_subject_lines(profile, subject, where), "unlisted: refuse"]
    lines += [f"ignore: [{', '.join(map(scalar, ignore))}]"] if ignore else []
    lines += ["formats:"] if formats else []
    for pattern, options in (formats or {}).items():
        lines.append(f"  {scalar(pattern)}: {{{', '.join(f'{name}: {scalar(v)}' for name, v in options.items())}}}")
    lines += ["", "tables:"]
    quasi = False
    for table in profile.tables:
        lines += ["", f"  {scalar(table.name)}:  # {table.rows} rows{_missing_subject(table, subject)}"]
        has_subject = any(column.column.casefold() == subject.casefold() for column in table.columns)
        for column in table.columns:
            decision, note = _suggest(column, subject, has_subject)
            quasi = quasi or "quasi_identifier" in decision
            lines.append(f"    {scalar(column.column)}: {{{decision}}}  # {note}{_said(column)}")
        if not table.columns:
            lines[-1] = f"  {scalar(table.name)}: {{}}"
    return "\n".join([*lines, "", *_tail(quasi and bool(subject))]) + "\n"


def guess_subject(profile: Profile) -> tuple[str, int]:
    """Return the column that most probably names the person in most tables, and in how many; '' where none does."""
    columns = [column for table in profile.tables for column in table.columns]
    others = [c.column.casefold() for kind in _ELSE for c in columns if c.holds[0] == kind and not names_kin(c.column)]
    best = next(iter((*ranked_subjects(profile), *others)), "")
    named = [column.column for column in columns if column.column.casefold() == best]
    return (named[0], len(named)) if named else ("", 0)


def _head(name: str, data: str) -> Iterator[str]:
    yield f"# A draft made from {comment(data)}. Nothing is decided before you have read it:"
    yield "#   - nothing is kept by default: `do: undecided` is refused until you write what is to be done;"
    yield "#   - `suggested:` in a comment is a line that you can take over once you agree;"
    yield "#   - the comment beside a line says what the column seems to hold, and why."
    yield "deid: 1"
    yield f"name: {scalar(name)}"


def _subject_lines(profile: Profile, subject: str, where: int) -> Iterator[str]:
    if subject:
        yield f"subject: {scalar(subject)}  # confirm: stands in {where} of {len(profile.tables)} tables"
    else:
        yield "subject: auto  # no column seems to name the person: write its name here, if there is one"


def _missing_subject(table: TableProfile, subject: str) -> str:
    if not subject or any(column.column.casefold() == subject.casefold() for column in table.columns):
        return ""
    return ", without the subject column"


def _suggest(column: ColumnProfile, subject: str, has_subject: bool) -> tuple[str, str]:
    """Return the decision for a column and a note that stands before the evidence."""
    kind = column.holds[0]
    if subject and column.column.casefold() == subject.casefold():
        return _PSEUDONYM, "the subject; "
    others = sorted(DIRECT_KINDS.intersection(column.holds[1:]))
    if kind not in DIRECT_KINDS and kind != "free_text" and others:
        return _UNDECIDED, f"some cells seem to hold {', '.join(others)}; "
    if kind in _DATES:
        return (_SHIFT, "") if has_subject else (_YEAR, "dates shift by subject, and the table has none; ")
    default = _DROP if kind in DIRECT_KINDS else _KEEP
    decision = _SUGGESTIONS.get(kind, default)
    note = f"{_NOTES[kind]}; " if kind in _NOTES else ""
    if decision in (_KEEP, _POOL):  # nothing is kept by default
        return _UNDECIDED, f"suggested: {{{decision}}}; {note}"
    return decision, note


def _said(column: ColumnProfile) -> str:
    return comment(f"{', '.join(column.holds)}: {'; '.join(column.evidence)}")


def _tail(measurable: bool) -> Iterator[str]:
    if measurable:
        yield "anonymise: {k: 11, suppress_at_most: 0.05}  # confirm: smallest class, largest share suppressed"
    else:
        yield "# anonymise: {k: 11, suppress_at_most: 0.05}  # needs a subject and a quasi_identifier"
    yield "gates:"
    yield "  residual_identifiers: {max: 0}"
    yield "context:"
    yield "  recipient: to be written"
    yield "  purpose: to be written"


def comment(text: str) -> str:
    """Return text that stays on one line."""
    return "".join(char if char.isprintable() else " " for char in text)


def scalar(text: str, *, quoted: bool = False) -> str:
    """Return a name as a YAML scalar, in quotes where YAML would read something else or where they are asked for."""
    if not quoted and _PLAIN.fullmatch(text) and text.casefold() not in _YAML_WORDS:
        return text
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return char if char.isprintable() else f"\\U{ord(char):08x}"
