"""The plan stage: Policy x Profile -> Plan, one Step for every column, every problem at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

import pyarrow as pa

from deid.collecting.anchors import anchor_problems
from deid.collecting.events import event_problems
from deid.contracts import TableInfo
from deid.data_model import ModelColumn
from deid.decisions import Decision, Match, Plan, Policy, Step, TablePlan
from deid.errors import Problem, did_you_mean, problem_kind
from deid.formats.columns import UNREAD
from deid.formats.refusals import COLUMN_TYPE
from deid.model import DIRECT_KINDS, LEFT_OUT, NAMING, ColumnProfile, Profile, Role, TableProfile
from deid.policy.decide import UNDECIDED
from deid.policy.load import READY
from deid.profiling.subjects import ranked_subjects
from deid.transform.by_name import ByName, resolve_by_name
from deid.transform.drop import Drop
from deid.undecided import PlanRefused, Undecided, identifiers_kept, pasted, said, undecided_of

UNLISTED = problem_kind(
    "P201",
    "column without a decision",
    remedy="add a line for it under `tables:` (the lines after the problems can be pasted) or under `columns:`, or a "
    "rule that claims it; `unlisted: drop` leaves such columns out, but not what P204 names",
    meaning="A column is kept only by an explicit line, or by a rule with positive evidence of what it holds.",
)
NO_SUCH_COLUMN = problem_kind("P202", "column not in the data", remedy="correct the name or remove the line")
NO_SUCH_TABLE = problem_kind("P203", "table not in the data", remedy="correct the name or remove the lines")
DIRECT_KEPT = problem_kind(
    "P204",
    "direct identifier kept",
    remedy="drop, mask or pseudonymise it by a line under `tables:`; if the profile is mistaken, keep it by a line "
    "with `accept: [identifier]` and say why",
    meaning="No risk figure means anything while a direct identifier stays in.",
)
NO_SUBJECT = problem_kind(
    "P205", "no subject column", remedy="name the column with `subject:`", meaning="Counts are of persons, not rows."
)
NO_QUASI = problem_kind(
    "P206",
    "nothing to anonymise",
    remedy="give the columns that an attacker may know `role: quasi_identifier`, or remove `anonymise:`",
    meaning="k-anonymity over no quasi-identifier would be reported as the number of subjects.",
)
NOT_PER_VALUE = problem_kind(
    "P207",
    "transform not allowed for a quasi-identifier",
    remedy="use generalise, keep or another transform of single values",
)
DERIVE_SOURCE = problem_kind(
    "P208", "derived from nothing", remedy="name a quasi-identifier of this release as `source:`"
)
NEEDS_SUBJECT = problem_kind(
    "P209",
    "transform needs a subject",
    remedy="name the table's subject column with `subject:`, or treat the column without one (date_part, drop)",
)
NO_AGREEMENT = problem_kind(
    "P210",
    "data use agreement not complete",
    remedy="name every core term under `context: dua:`",
    meaning="A limited data set is not de-identified; 45 CFR 164.514(e)(4) lets it go only under an agreement.",
)
NOT_IN_MODEL = problem_kind(
    "P211",
    "not in the data model",
    remedy="convert the data to the version that the policy is for, leave the table or column out of the data, or "
    "decide it under `tables:` of a policy of your own",
    meaning="What a standard does not know, an older or newer version of it or a local extension, could hold anything.",
)
GENOTYPES = problem_kind(
    "P213",
    "genotypes in an open release",
    remedy="drop the columns tagged genotype, or say `context: {access: controlled}` where the recipients are bound",
    meaning="A few dozen germline variants name a person to whoever holds another sample; no recoding changes that.",
)
OTHER_DATA = problem_kind(
    "P214",
    "policy made for other data",
    remedy="take `hipaa-safe-harbor` or `gdpr-pseudonymised`, which go by what a column holds, or have `deid init` "
    "draft a policy for these data; where the person has another name here, say so under `subject:`",
    meaning="A policy that goes by the names of a standard decides nothing about tables that do not follow it.",
)
#: Subject columns that a standard names, and the standard.
_STANDARDS: Mapping[str, str] = {"usubjid": "SDTM and ADaM", "person_id": "the OMOP CDM"}
DUA_TERMS = (
    "permitted_uses",
    "permitted_recipients",
    "no_further_use",
    "safeguards",
    "report_breach",
    "bind_agents_and_subcontractors",
    "no_reidentification",
    "no_contact",
)
_TYPES: Mapping[str, Callable[[pa.DataType], bool]] = {
    "text": lambda kind: bool(pa.types.is_string(kind) or pa.types.is_large_string(kind)),
    "number": lambda kind: bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)),
    "date": lambda kind: bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind)),
    "boolean": lambda kind: bool(pa.types.is_boolean(kind)),
}


def resolve(policy: Policy, profile: Profile, tables: Iterable[TableInfo]) -> Plan:
    """Decide every column of every table. Raises PolicyError with all problems at once."""
    infos = {table.name: table for table in tables}
    dropped = tuple(t.name for t in profile.tables if _matches(t.name, policy.drop_tables))
    problems = _misnamed(policy, profile)
    plans, left = [], _Left([], [])
    subjects = _subject_columns(policy, profile)
    for number, table in enumerate(profile.tables, 1):
        if table.name not in dropped:
            plans.append(_table(policy, table, infos[table.name], subjects[table.name], number, problems, left))
    left_out = (_left_out(table, subjects[table.name]) for table in profile.tables if table.name in dropped)
    plan = Plan(policy, tuple(plans), dropped, tuple(left_out))
    plan = _resolve_by_name(plan)
    problems += _whole(plan)
    if problems:
        problems = _other_data(policy, profile) + problems
        advice = _advice(policy, left.lines) if left.lines else ""
        raise PlanRefused(problems, plan, left.undecided, advice)
    return plan


def _advice(policy: Policy, lines: Sequence[tuple[str, str, str]]) -> str:
    own = f"{Path(policy.path).name}:"
    decided = (decision for columns in policy.tables.values() for decision in columns.values())
    has_tables = any(decision.place.startswith(own) for decision in decided)
    ready = policy.folder.resolve() == READY.resolve()
    return pasted(policy.path, lines, ready=ready, has_tables=has_tables)


@dataclass
class _Left:
    """Columns that nothing decides, and lines (table, column, what it seems to hold) that would decide what is open."""

    undecided: list[Undecided]
    lines: list[tuple[str, str, str]]


def _table(
    policy: Policy,
    profile: TableProfile,
    info: TableInfo,
    subject: str,
    number: int,
    problems: list[Problem],
    left: _Left,
) -> TablePlan:
    steps = []
    names = {column.column for column in profile.columns}
    for column in profile.columns:
        decision, source = _decision(policy, profile, column, info.schema.field(column.position).type)
        if LEFT_OUT in column.tags:
            decision, source = _of_a_left_out_type(decision, column), "formats"
        if decision is None:
            problem = _unlisted(policy, profile, column)
            problems += [problem] if problem not in problems else []  # a table that is not known is named once
            left.undecided.append(undecided_of(column))
            if problem.kind is UNLISTED:
                left.lines.append((profile.name, column.column, said(column)))
            continue
        if decision.transform is None:  # `do: undecided`, as `deid init` writes it
            problems.append(UNDECIDED.at(f"{profile.name}.{column.column} has no decision yet", decision.place))
            left.undecided.append(undecided_of(column))
            continue
        step = _step(decision, source, column, subject, names)
        unread = (info.schema.field(column.position).metadata or {}).get(UNREAD)
        if unread is not None and step.released:
            cause = f"the column is {unread.decode()}, and its cells are not read"
            problems.append(COLUMN_TYPE.at(cause, f"{profile.name}.{column.column}"))
        searched = policy.anonymise is not None
        found = _kept(policy, step, decision, column)
        if found and not source.endswith("(tables)"):
            left.lines += [(profile.name, column.column, found[0].cause)]
        problems += found
        problems += _step_problems(step, subject, searched=searched)
        problems += _open_genotypes(policy, step)
        steps.append(step)
    counted = any(step.role in (Role.QUASI, Role.SENSITIVE) and step.released for step in steps)
    name = profile.name if not re.search(r"\d{5}", profile.name) else f"table_{number}"
    return TablePlan(profile.name, subject, tuple(steps), name, counted and not subject)


def _of_a_left_out_type(decision: Decision | None, column: ColumnProfile) -> Decision:
    """Drop a column of resources that the format leaves out; what identifies somebody there is still looked for."""
    why = "its resource type is left out"
    if decision is not None:
        direct = decision.role is Role.DIRECT or getattr(decision.transform, "implies", None) is Role.DIRECT
        role = Role.DIRECT if direct else None
        return replace(decision, do="drop", role=role, options={}, why=why, transform=Drop())
    named = NAMING in column.tags or (bool(column.holds) and column.holds[0] in DIRECT_KINDS - {"record_id"})
    return Decision("drop", Role.DIRECT if named else None, {}, why, "formats", transform=Drop())


def _left_out(profile: TableProfile, subject: str) -> TablePlan:
    """Plan a table that is dropped: its direct identifiers, numbers of records apart, are searched for."""
    direct = DIRECT_KINDS - {"record_id"}
    steps = []
    for column in profile.columns:
        role = Role.DIRECT if column.holds and column.holds[0] in direct else None
        decision = Decision("drop", role, {}, "the table is left out", "drop_tables", transform=Drop())
        steps.append(_step(decision, "drop_tables", column, subject))
    return TablePlan(profile.name, subject, tuple(steps), profile.name)


def _unlisted(policy: Policy, profile: TableProfile, column: ColumnProfile) -> Problem:
    model = policy.data_model
    if model is not None and profile.name.casefold() not in model.tables():
        hint = did_you_mean(profile.name.casefold(), model.tables())
        return NOT_IN_MODEL.at(f"'{model.name}' has no such table", profile.name, hint=hint)
    if model is not None and model.column(profile.name, column.column) is None:
        own = [name for table, name in model.columns if table == profile.name.casefold()]
        hint = did_you_mean(column.column.casefold(), own)
        return NOT_IN_MODEL.at(
            f"'{model.name}' has no such column in this table", f"{profile.name}.{column.column}", hint=hint
        )
    near = did_you_mean(column.column, [name for name in policy.columns if name != column.column])
    cause = f"no line and no rule claims it; {said(column)}"
    return UNLISTED.at(cause, f"{profile.name}.{column.column}", hint=near)


def _decision(
    policy: Policy, table: TableProfile, column: ColumnProfile, kind: pa.DataType
) -> tuple[Decision | None, str]:
    """Return the decision that counts, explicit lines before rules, and where it stands."""
    explicit = next((lines for name, lines in policy.tables.items() if name.casefold() == table.name.casefold()), {})
    if column.column in explicit:
        return explicit[column.column], f"{explicit[column.column].place} (tables)"
    if column.column in policy.columns:
        return policy.columns[column.column], f"{policy.columns[column.column].place} (columns)"
    known = policy.data_model.column(table.name, column.column) if policy.data_model is not None else None
    for rule in policy.rules:
        if _applies(rule.match, table, column, kind, known):
            if rule.transform is None:  # `do: unlisted`
                break
            return rule, f"{rule.place} (rule)"
    if policy.unlisted == "drop":
        return Decision(
            "drop", None, {}, "no line and no rule claims it", policy.path, transform=Drop()
        ), "unlisted: drop"
    return None, ""


def _applies(
    match: Match, table: TableProfile, column: ColumnProfile, kind: pa.DataType, known: ModelColumn | None
) -> bool:
    conditions = (
        match.name is None or _matches(column.column, match.name),
        match.holds is None or (bool(column.holds) and column.holds[0] in match.holds),
        match.table is None or _matches(table.name, match.table),
        match.domain is None or _matches(table.domain or "-", match.domain),
        match.type is None or any(_TYPES[name](kind) for name in match.type if name in _TYPES),
        match.classed is None or (known is not None and known.kind in match.classed),
        match.tagged is None or any(tag in match.tagged for tag in column.tags),
        match.distinct_at_most is None
        or (not column.distinct_is_lower_bound and column.distinct <= match.distinct_at_most),
    )
    return all(conditions)


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns)


def _step(decision: Decision, source: str, column: ColumnProfile, subject: str, columns: Collection[str] = ()) -> Step:
    assert decision.transform is not None
    transform = decision.transform
    if hasattr(transform, "at"):  # what it needs stands beside the column, whatever that is called
        transform = transform.at(column.column, columns)
    is_subject = column.column == subject
    return Step(
        table=column.table,
        column=column.column,
        position=column.position,
        role=decision.role,
        do=decision.do,
        transform=transform,
        why=decision.why,
        source=source,
        holds=column.holds,
        variable=decision.variable or column.column.upper(),
        field=decision.field or _own_field(column, is_subject),
        accept=decision.accept,
        evidence=column.evidence,
        tags=column.tags,
        bears=column.bears,
    )


def _open_genotypes(policy: Policy, step: Step) -> list[Problem]:
    kept = "genotype" in step.tags and step.released and step.do != "suppress"
    if not kept or policy.context.get("access") == "controlled":
        return []
    return [GENOTYPES.at(f"'{step.do}' would release genotypes", f"{step.table}.{step.column}")]


def _own_field(column: ColumnProfile, is_subject: bool) -> str:
    """Return the map of pseudonyms of a column that the policy gives none; names of samples share one."""
    if column.bears:
        return column.bears.removesuffix("_id")
    return "subject" if is_subject else column.column.casefold()


def _kept(policy: Policy, step: Step, decision: Decision, column: ColumnProfile) -> list[Problem]:
    """Find identifiers that would be kept, under Safe Harbor also dates among labels: 164.514(b)(2)(i)(C)."""
    if step.do not in ("keep", "round", "noise", "pool_rare", "pool_terms") or "identifier" in step.accept:
        return []
    cause = f"'{step.do}' would release it, and its role is direct_identifier"
    if step.role is not Role.DIRECT:
        cause = identifiers_kept(column, dates=policy.claims == "safe_harbor" and step.do == "keep")
    return [DIRECT_KEPT.at(cause, f"{step.table}.{step.column}", hint=decision.place)] if cause else []


def _step_problems(step: Step, subject: str, *, searched: bool) -> list[Problem]:
    place = f"{step.table}.{step.column}"
    problems = []
    if step.transform.needs_subject and not subject and step.do != "redact":
        problems.append(NEEDS_SUBJECT.at(f"'{step.do}' works per subject, and the table names none", place))
    counted = step.role is Role.QUASI and step.released and step.do not in ("generalise", "derive")
    if searched and counted and not step.transform.per_value:
        problems.append(NOT_PER_VALUE.at(f"'{step.do}' depends on more than the value", place))
    return problems


def _other_data(policy: Policy, profile: Profile) -> list[Problem]:
    """Find that no table has the subject column of the standard whose names the policy goes by."""
    named = {name.casefold() for name in policy.subject} & set(_STANDARDS)
    there = {column.column.casefold() for table in profile.tables for column in table.columns}
    if not named or not there.isdisjoint(name.casefold() for name in policy.subject):
        return []
    standards = ", ".join(_STANDARDS[name] for name in sorted(named))
    columns = ", ".join(name for name in policy.subject)
    cause = f"'{policy.name}' goes by the names of {standards}, and no table has its subject column {columns}"
    return [OTHER_DATA.at(cause, policy.path)]


def _misnamed(policy: Policy, profile: Profile) -> list[Problem]:
    """Explicit lines must meet a table and a column; a typo would otherwise leave the column to a rule."""
    problems = []
    names = {table.name.casefold(): table for table in profile.tables}
    every = sorted({column.column for table in profile.tables for column in table.columns})
    for column, decision in policy.columns.items():
        if column not in every:
            problems.append(
                NO_SUCH_COLUMN.at(f"no table has a column '{column}'", decision.place, hint=did_you_mean(column, every))
            )
    for table, lines in policy.tables.items():
        found = names.get(table.casefold())
        for column, decision in lines.items():
            if found is None:
                hint = did_you_mean(table, [t.name for t in profile.tables])
                problems.append(NO_SUCH_TABLE.at(f"there is no table '{table}'", decision.place, hint=hint))
                break
            own = [item.column for item in found.columns]
            if column not in own:
                cause = f"table '{table}' has no column '{column}'"
                problems.append(NO_SUCH_COLUMN.at(cause, decision.place, hint=did_you_mean(column, own)))
    return problems


def _subject_columns(policy: Policy, profile: Profile) -> dict[str, str]:
    """Return for each table the column that names the person, or ''."""
    wanted = ranked_subjects(profile) if policy.subject == ("auto",) else [name.casefold() for name in policy.subject]
    found = {}
    for table in profile.tables:
        by_name = {column.column.casefold(): column.column for column in table.columns}
        found[table.name] = next((by_name[name] for name in wanted if name in by_name), "")
    return found


def _resolve_by_name(plan: Plan) -> Plan:
    """Let `by_name` with `as_column` treat a value as the column of that name is treated in this plan."""
    treated = {(step.table.casefold(), step.column): step for step in plan.steps}
    everywhere = {step.column: step for step in plan.steps}

    def resolved(step: Step) -> Step:
        if not isinstance(step.transform, ByName):
            return step
        return replace(step, transform=resolve_by_name(step.transform, treated, everywhere))

    tables = tuple(replace(table, steps=tuple(resolved(step) for step in table.steps)) for table in plan.tables)
    return replace(plan, tables=tables)


def _agreement(policy: Policy) -> list[Problem]:
    """Find core terms of the data use agreement that a limited data set lacks, 45 CFR 164.514(e)(4)."""
    if policy.claims != "limited_data_set":
        return []
    terms = policy.context.get("dua")
    given = terms if isinstance(terms, dict) else {}
    missing = [term for term in DUA_TERMS if not str(given.get(term) or "").strip()]
    if not missing:
        return []
    cause = f"`context: dua:` lacks {', '.join(missing)}"
    return [NO_AGREEMENT.at(cause, policy.path)]


def _whole(plan: Plan) -> list[Problem]:
    """Check what can only be seen over all tables."""
    problems = [*_agreement(plan.policy), *event_problems(plan), *anchor_problems(plan)]
    place = plan.policy.path
    if plan.policy.anonymise is not None and not plan.quasi_identifiers:
        problems.append(NO_QUASI.at("`anonymise:` is given but no column is a quasi-identifier", place))
    variables = set(plan.quasi_identifiers)
    for step in plan.steps:
        source = getattr(step.transform, "source", None)
        if step.do == "derive" and (source is None or source.upper() not in {v.upper() for v in variables}):
            problems.append(DERIVE_SOURCE.at("its source is no quasi-identifier here", f"{step.table}.{step.column}"))
    for table in plan.tables:
        missing = [step for step in table.steps if step.column == table.subject and not step.released]
        if missing and len(plan.tables) > 1 and plan.policy.anonymise is not None:
            cause = "the subject column is dropped, so that released rows cannot be counted as persons"
            problems.append(NO_SUBJECT.at(cause, f"{table.table}.{table.subject}", hint="pseudonymise it"))
    return problems
