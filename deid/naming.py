"""Names are values too: a file or column called after a person is renamed, after the pseudonym where there is one."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pyarrow as pa

from deid.collecting.needles import fold, windows
from deid.contracts import Context
from deid.decisions import Plan, Step, TablePlan
from deid.detect.lexicon import english_names, everyday_names, is_only_a_name
from deid.facts import Facts
from deid.keys import Key
from deid.model import DIRECT_KINDS, Role
from deid.profiling import dictionaries
from deid.profiling.header import words_of
from deid.profiling.numbered import number_in, numbers_of_records
from deid.profiling.screen import screen
from deid.profiling.vocabulary import is_known
from deid.transform.drop import Drop
from deid.transform.pseudonym import Pseudonym
from deid.values import hash64, positions
from deid.years import MONTH_NAMES

#: Days and months of a year in a header: `CRP 03.04.2021`, `visit_20210703`, `wt 12-Aug-21`, `Feb 2021`, `Mo 5.7.`.
_DATED = re.compile(
    r"(?i)(?<!\d)(?:19|20)\d{2}([-_./]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|[12]\d|3[01])\2(?:(?:19|20)?\d{2}(?!\d)|$)"
    rf"|(?<![^\W_])(?:(?:0?[1-9]|[12]\d|3[01])[-_ ]?)?(?:{MONTH_NAMES})[-_ ]?(?:(?:19|20)\d{{2}}|\d{{2}})(?!\d)"
    r"|(?<!\d)(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?!\d)"
)
_INITIALLED = re.compile(r"([A-Z][a-z]{3,}),? [A-Z]{1,2}\.?")
_CAPITALISED = re.compile(r"[A-Z][a-z]+")
#: Kinds of short identifiers that are looked for in texts beside the cells, from so many letters or digits on.
_TELLING = DIRECT_KINDS - {"initials", "site", "organisation", "city", "zip", "postcode", "state", "country"}
_SHORTEST = 4
Names = dict[str, dict[str, str]]


def released_names(plan: Plan, facts: Facts, key: Key) -> tuple[Plan, Names]:
    """Return the plan with safe table names, and by table the new name of each column that bears an identifier."""
    names: Names = {}
    tables = []
    for number, table in enumerate(plan.tables, 1):
        renamed = {}
        steps = []
        known, numbered = _numbered(plan, table, facts)
        for step in table.steps:
            steps.append(step)
            field = _field_named(step, facts, known) if step.released else None
            if field is not None and "path" in step.tags and step.role is not Role.QUASI:
                steps[-1] = replace(step, do="drop", transform=Drop(), why="the path itself bears an identifier")
            elif field is not None:
                renamed[step.column] = _pseudonym(plan, field, step.column, key)
            elif step.released and (step.column in numbered or _is_unsafe(plan, step.column)):
                renamed[step.column] = _numbered_name(step.position, table)
        names[table.table] = renamed
        unsafe = is_identifying(table.released_name, facts) or _is_number(plan, table.released_name, facts)
        released_name = f"table_{number}" if unsafe else table.released_name
        tables.append(replace(table, released_name=released_name, steps=tuple(steps)))
    return replace(plan, tables=tuple(tables)), names


def _field_named(step: Step, facts: Facts, known: frozenset[str]) -> str | None:
    """Return the field of the identifier that the name of a column holds or, as that of a sample, is."""
    field = _field_of(step.column, facts, whole=bool(step.bears))
    if field is None and step.column in known:
        return _short_field(step.column, facts)
    return field or step.field if step.bears else field


def released_plan(plan: Plan, names: Names) -> Plan:
    """Return the plan with every table and column under the name that it has in the release."""
    tables = []
    for table in plan.tables:
        renamed = names[table.table]
        public = table.released_name
        steps = tuple(replace(step, table=public, column=renamed.get(step.column, step.column)) for step in table.steps)
        tables.append(replace(table, table=public, steps=steps, subject=renamed.get(table.subject, table.subject)))
    return replace(plan, tables=tuple(tables))


def renaming_notes(plan: Plan, names: Names) -> tuple[str, ...]:
    """Say how many names were replaced because they read like a person, a number or an address of one."""
    columns = sum(new.startswith("column_") for renamed in names.values() for new in renamed.values())
    tables = sum(table.released_name != table.table for table in plan.tables)
    said = [(columns, "column"), (tables, "table")]
    return tuple(f"{n} name(s) of a {what} read like an identifier and were replaced" for n, what in said if n)


def is_identifying(name: str, facts: Facts) -> bool:
    """Whether a name holds a known identifier of the data, or reads like a person."""
    return _field_of(name, facts) is not None or reads_like_a_person(name)


def is_known_in(text: str, facts: Facts) -> bool:
    """Whether a text holds an identifier of the data that is long enough to be looked for everywhere."""
    return _field_of(text, facts) is not None


def bears_identifier(text: str, facts: Facts) -> bool:
    """Whether a text beside the cells holds a known identifier, reads like a person, or tells a day or a month.

    Single names and short numbers count too.
    """
    if is_identifying(text, facts) or _DATED.search(text):
        return True
    runs = pa.array([run for run in windows(fold(text)) if len(run) >= _SHORTEST], pa.string())
    hashed = hash64(runs, facts.hash_secret)
    naming = [hashes for kind, hashes in facts.needles.short.items() if kind in _TELLING]
    return any(bool((positions(hashes, hashed) >= 0).any()) for hashes in (facts.needles.words, *naming))


def reads_like_a_person(name: str) -> bool:
    """Whether a name holds an e-mail address, a telephone or social security number, or a known full name.

    Addresses of web pages name extensions of a standard, and no person.
    """
    if screen(pa.array([name, re.sub(r"[_-]+", " ", name)], pa.string())).keys() - {"url"}:
        return True
    words = words_of(name)
    given, family = dictionaries.given_names(), dictionaries.family_names()
    if any((a in given and b in family) or (a in family and b in given) for a, b in pairwise(words)):
        return True
    initialled = _INITIALLED.fullmatch(name)
    if initialled and is_only_a_name(initialled[1].lower()) and not is_known(initialled[1].lower()):
        return True
    return any(all(map(_is_name_alone, pair)) for pair in pairwise(_CAPITALISED.findall(name)))


def _is_unsafe(plan: Plan, name: str) -> bool:
    return reads_like_a_person(name) or _finer_than_year(plan, name)


def _numbered(plan: Plan, table: TablePlan, facts: Facts) -> tuple[frozenset[str], frozenset[str]]:
    """Return the released columns whose name is a known number, and these with such as, under Safe Harbor, may be one.

    A path is no such name, nor is the name of a sample, which is recoded.
    """
    names = [step.column for step in table.steps if step.released and "path" not in step.tags and not step.bears]
    known = frozenset(name for name in names if _is_known_number(name, facts))
    return known, known | numbers_of_records(names) if plan.policy.claims == "safe_harbor" else known


def _is_number(plan: Plan, name: str, facts: Facts) -> bool:
    """Whether the name of a table is a known number or, under Safe Harbor, may be one of a record."""
    return _is_known_number(name, facts) or (plan.policy.claims == "safe_harbor" and bool(numbers_of_records([name])))


def _is_known_number(name: str, facts: Facts) -> bool:
    """Whether a name is a number that identifies somebody in some table, however short."""
    number = number_in(name)
    places = (facts.needles.long, *facts.needles.short.values())
    hashed = hash64(pa.array([number], pa.string()), facts.hash_secret)
    return bool(number) and any(bool((positions(hashes, hashed) >= 0).any()) for hashes in places)


def _short_field(name: str, facts: Facts) -> str | None:
    """Return the field of a short number that a name is as a whole, where numbers of its kind are of one field."""
    hashed = hash64(pa.array([number_in(name)], pa.string()), facts.hash_secret)
    kinds = [kind for kind, hashes in facts.needles.short.items() if (positions(hashes, hashed) >= 0).any()]
    fields = {field for kind, field in facts.needles.kinds if kind in kinds and field}
    return fields.pop() if len(fields) == 1 and number_in(name) == name else None


def _numbered_name(position: int, table: TablePlan) -> str:
    """Return the name of a column by its place, which no other column of the table has."""
    name = f"column_{position + 1}"
    while any(step.column == name for step in table.steps if step.position != position):
        name += "_"
    return name


def _finer_than_year(plan: Plan, name: str) -> bool:
    """Whether a column is named after a day or month under Safe Harbor, which lets the year stay alone."""
    return plan.policy.claims == "safe_harbor" and bool(_DATED.search(name))


def _is_name_alone(word: str) -> bool:
    """Whether a capitalised word of a header is a usual name and no word of labels: `Lance`, `Weaver`."""
    plain = word.lower()
    return (plain in english_names() or plain in everyday_names()) and not is_known(plain)


def _field_of(name: str, facts: Facts, *, whole: bool = False) -> str | None:
    """Return the field of the longest identifier that a name holds, or is as a `whole`; else None."""
    runs = sorted(set(windows(fold(name))), key=lambda run: (-len(run), run))
    runs = [run for run in runs if not whole or run == re.sub(r"[\W_]+", "", fold(name))]
    found = positions(facts.needles.long, hash64(pa.array(runs, pa.string()), facts.hash_secret))
    hits = found[found >= 0]
    return facts.needles.kinds[int(facts.needles.long_kinds[hits[0]])][1] if len(hits) else None


def _pseudonym(plan: Plan, field: str, name: str, key: Key) -> str:
    step = next((step for step in plan.steps if step.field == field and step.do == "pseudonym"), None)
    transform = step.transform if step is not None else Pseudonym()
    context = Context("", name, field, key)
    return str(transform.apply(pa.array([name], pa.string()), context)[0].as_py())
