"""The collect stage, pass one: read everything, write nothing, freeze the Facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.classes import ClassTable
from deid.collecting.anchors import Anchors
from deid.collecting.coarsening import Coarsening, coarsening, said, why_uncounted
from deid.collecting.events import Events
from deid.collecting.known import KnownCollector, known_kind, text_tables
from deid.collecting.needles import NeedleCollector
from deid.collecting.references import References
from deid.collecting.rows import Rows, rows_of
from deid.collecting.terms import TermPools
from deid.collecting.tuples import Change, Owners, Tuples, Universe, Variable
from deid.contracts import Context
from deid.decisions import Plan, Step, TablePlan
from deid.errors import DataError, DeidError, Problem, UsageError, problem_kind
from deid.facts import Facts, Hashes
from deid.keys import Key
from deid.memory import give_back
from deid.model import REFERENCES_LEFT_OUT, RESOURCES_LEFT_OUT, UNSEARCHABLE, Role
from deid.source import Source
from deid.spelling import one_spelling
from deid.values import canonical, canonical_text, distinct, hash64, on_distinct

SUBJECT_MISSING = problem_kind(
    "D202",
    "rows without a subject",
    remedy="where another column names the person, name it with `subject: COLUMN` (or a list, one a table); else "
    "complete the column, or say `missing_subject: drop_rows`; `keep_rows` where the rows are about nobody",
)
EXCLUDE_LIST = problem_kind(
    "U204", "list of excluded subjects cannot be read", remedy="give a text file with one subject a line, in UTF-8"
)
EXCLUDED_OTHERWISE = problem_kind(
    "D210",
    "excluded subject written otherwise in the data",
    remedy="write the list as the data write their subjects",
    meaning="A subject who is to be left out would stay in because '1' is not '00001'.",
)
TOO_MANY_CLASSES = problem_kind(
    "D211",
    "more distinct tuples of quasi-identifiers than the budget",
    remedy="coarsen the columns with the most values before the search (`do: date_part`, `round`, `zip3`), drop one, "
    "or raise `class_budget:` in the policy where the memory suffices",
    meaning="The class table is held in memory and every search and measure works on it; it takes 24 octets a tuple, 4 "
    "for each quasi-identifier above the fourth, and several times that in measures. For a global recoding the columns "
    "are counted at a coarser level of their hierarchies instead, where one suffices; a local recoding, `population:`, "
    "`linkage:` and `deid risk` need the values as they are.",
)
#: Transforms that need pass one's vocabulary of frequent values.
POOLED = "pool_rare"
#: What is said of the cells of dropped columns, by the tag of the column.
SAID = {
    RESOURCES_LEFT_OUT: "resource(s) of types that are left out were removed",
    REFERENCES_LEFT_OUT: "reference(s) to resources of these types were removed; an identifier beside one stays",
    UNSEARCHABLE: "attachment(s) that cannot be searched (PDF, RTF, images ...) were removed",
}
_BATCHES = 16  # whose subjects may wait to be put together


@dataclass
class Collector:
    """Everything that pass one gathers, over all tables; `missing` counts rows without a subject."""

    plan: Plan
    key: Key
    secret: bytes
    needles: NeedleCollector
    references: References
    tuples: Tuples = field(default_factory=Tuples)
    raw: dict[str, Variable] = field(default_factory=dict)
    events: Events = field(default_factory=Events)
    terms: TermPools = field(default_factory=TermPools)
    anchors: Anchors = field(default_factory=lambda: Anchors(None))
    known: KnownCollector = field(default_factory=KnownCollector)
    pools: dict[str, Variable] = field(default_factory=dict)
    least: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    excluded_rows: int = 0
    excluded: list[Hashes] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)
    loose: list[Hashes] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def shed(self) -> None:
        """Hold once what stands in many batches."""
        self.tuples.shed(*self.raw.values(), *self.pools.values(), *self.terms.pools.values())
        for parts in (self.excluded, self.loose):
            if len(parts) > _BATCHES and sum(map(len, parts[1:])) > len(parts[0]):
                parts[:] = [distinct(np.concatenate(parts))]


def collect(
    source: Source, plan: Plan, key: Key, progress: Callable[[str, int], None] = lambda table, rows: None
) -> Facts:
    """Read every table once and return the Facts. Raises DataError with all problems."""
    collector = begun(plan, key)
    digests = source.digests()
    take_in_samples(source, collector)
    for table in plan.tables:
        read_table(source, table, collector, progress)
    take_in_names(collector)
    for table in plan.only_searched:
        read_table(source, table, collector, progress)
    return frozen(collector, digests)


def begun(plan: Plan, key: Key) -> Collector:
    """Return a collector that has seen nothing yet."""
    secret = key.subkey_bytes("join")
    needles, references = NeedleCollector(secret), References(plan.policy.references, secret)
    events, anchors = Events(plan.policy.longitudinal), Anchors(plan.policy.anchor)
    return Collector(plan, key, secret, needles, references, events=events, anchors=anchors)


def read_table(
    source: Source,
    table: TablePlan,
    collector: Collector,
    progress: Callable[[str, int], None] = lambda table, rows: None,
) -> None:
    """Take in a table, of those that are left out the identifiers only; what is wrong with it is noted."""
    plan, secret = collector.plan, collector.secret
    wanted = bool(text_tables(plan))
    try:
        if any(table.table == left_out.table for left_out in plan.only_searched):
            _search_for(source, table, collector, wanted, progress)
        else:
            _read(source, table, collector, excluded_subjects(plan.policy.exclude_subjects, secret), wanted, progress)
    except DeidError as error:
        collector.problems += error.problems


def take_in_samples(source: Source, collector: Collector) -> None:
    """Take in the samples of excluded people, who were taken out of variant files: they are looked for all the same."""
    for table in source.tables:
        names = pa.array(sorted(table.options.get("without", ())), pa.string())
        if "without" in table.options:
            collector.cut.append(table.name)
            listed = excluded_subjects(collector.plan.policy.exclude_subjects, collector.secret)
            hashes = hash64(canonical_text(names), collector.secret)
            collector.excluded.append(distinct(hashes[np.isin(hashes, listed)]))
            collector.needles.add("sample_id", "sample", names)


def take_in_names(collector: Collector) -> None:
    """Take in column names that identify, after all released cells, so that an identifier of a table keeps its map."""
    people = any(table.subject for table in collector.plan.tables)
    for step in collector.plan.steps:
        if step.bears:
            collector.needles.add(step.bears, step.field, pa.array([step.column]))
            if not people:
                collector.loose.append(hash64(_loose(pa.array([step.column])), collector.secret))


def frozen(collector: Collector, digests: Mapping[str, str]) -> Facts:
    """Return the Facts once every table was taken in. Raises DataError with all problems."""
    plan, secret = collector.plan, collector.secret
    needles = collector.needles.frozen()
    unmatched = _unmatched(collector)
    alike = _alike(collector)
    collector.loose.clear()
    disagreements: list[Problem] = []
    pools = {
        name: _frequent(variable, collector.tuples.universe(), collector.least[name])
        for name, variable in collector.pools.items()
    }
    pooled = {step.variable: _pooling(step, pools) for step in plan.steps if step.do == POOLED}
    give_back()
    coarser = _fitted(collector, pooled)
    changes = pooled if coarser is None else {**pooled, **coarser.changes}
    classes, subjects = collector.tuples.build(plan.policy.counts_from, disagreements, changes)
    if plan.policy.anonymise is not None and plan.policy.disagreeing_copies == "refuse":
        collector.problems += disagreements
    raw = _raw(collector, set(pooled)) if coarser is None else None
    uncounted = why_uncounted(plan, coarser, raw)
    raw = None if uncounted else raw
    collector.problems += _beyond_budget(plan, raw, classes)
    if plan.policy.orphans == "refuse":
        collector.problems += collector.references.problems()
    collector.problems += _without_subject(collector)
    if collector.problems:
        raise DataError(collector.problems)
    return Facts(
        classes=classes,
        raw=raw,
        subjects=subjects,
        needles=needles,
        hash_secret=secret,
        known=collector.known.frozen(),
        pools={**pools, **collector.terms.cuts(collector.tuples.universe())},
        rows=collector.rows,
        digests=digests,
        excluded_subjects=len(distinct(np.concatenate(collector.excluded))) if collector.excluded else 0,
        excluded_rows=collector.excluded_rows,
        dropped_rows=collector.missing if plan.policy.missing_subject == "drop_rows" else {},
        events=collector.events.measures(subjects),
        first_days=collector.anchors.first_days(),
        coarsened=coarser.hierarchies if coarser is not None else {},
        uncounted=uncounted,
        warnings=(
            *said(uncounted, coarser),
            *unmatched,
            *_written_alike(collector, len(subjects) - alike),
            *map(_measured_with_one, disagreements),
            *_orphans(collector),
            *_cut(collector),
            *_dropped(collector),
        ),
    )


def _beyond_budget(plan: Plan, *tables: ClassTable | None) -> list[Problem]:
    """Return what is wrong with a class table of more tuples than the policy allows; the larger one is named."""
    table = max((table for table in tables if table is not None), key=len, default=None)
    if table is None or len(table) <= plan.policy.class_budget:
        return []
    sizes = sorted(
        zip(table.variables, map(len, table.vocabularies), strict=True), key=lambda pair: (-pair[1], pair[0])
    )
    values = ", ".join(f"{name} has {size - 1} values" for name, size in sizes)
    cause = f"{len(table)} distinct tuples, {plan.policy.class_budget} allowed; {values}"
    return [TOO_MANY_CLASSES.at(cause, "class table")]


def _fitted(collector: Collector, changes: Mapping[str, Change]) -> Coarsening | None:
    """Return what has to be counted coarser; a hierarchy that does not fit the data is noted."""
    try:
        return coarsening(collector.tuples, collector.plan, changes)
    except DeidError as error:
        collector.problems += error.problems
        return None


def _raw(collector: Collector, pooled: set[str]) -> ClassTable | None:
    """Return the class table of the values as they came, where it is another one than the search starts from."""
    tuples = collector.tuples
    if not collector.raw and not pooled & set(tuples.quasi):
        return None
    quasi = {name: collector.raw.get(name, variable) for name, variable in tuples.quasi.items()}
    table, _ = Tuples(quasi, tuples.sensitive, tuples.subjects, tuples.all).build(collector.plan.policy.counts_from, [])
    return table


def excluded_subjects(file: str, secret: bytes) -> Hashes:
    """Return the hashes of the subjects that a file lists, one a line."""
    return distinct(hash64(excluded_texts(file), secret))


def excluded_texts(file: str) -> pa.Array:
    """Return the subjects that a file lists in canonical spelling, sorted. Raises UsageError."""
    if not file:
        return pa.array([], pa.string())
    try:
        lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UsageError(EXCLUDE_LIST.at("the file cannot be read", f"exclude_subjects: {Path(file).name}")) from None
    return pa.array(sorted({one_spelling(canonical(line)) for line in lines if canonical(line)}), pa.string())


def _unmatched(collector: Collector) -> tuple[str, ...]:
    """Say how many listed subjects are not in the data; one that is there in another spelling is a problem."""
    listed = excluded_texts(collector.plan.policy.exclude_subjects)
    found = np.concatenate(collector.excluded) if collector.excluded else np.zeros(0, np.uint64)
    missing = listed.filter(pa.array(~np.isin(hash64(listed, collector.secret), found), pa.bool_()))
    if not len(missing):
        return ()
    there = np.concatenate(collector.loose) if collector.loose else np.zeros(0, np.uint64)
    alike = int(np.isin(hash64(_loose(missing), collector.secret), there).sum())
    if alike:
        cause = f"{alike} listed subject(s) stand in the data in another spelling (case, blanks, leading zeros)"
        collector.problems.append(EXCLUDED_OTHERWISE.at(cause, "exclude_subjects"))
    return (f"{len(missing)} of {len(listed)} subject(s) listed for exclusion are not in the data",)


def _read(
    source: Source,
    table: TablePlan,
    collector: Collector,
    excluded: Hashes,
    wanted: bool,
    progress: Callable[[str, int], None],
) -> None:
    policy = collector.plan.policy
    for rows in rows_of(source, table, collector.secret, excluded, drop_missing=policy.missing_subject == "drop_rows"):
        collector.rows[table.table] = collector.rows.get(table.table, 0) + rows.batch.num_rows
        collector.excluded_rows += len(rows.excluded)
        collector.excluded.append(distinct(rows.excluded))
        if rows.without_subject:
            collector.missing[table.table] = collector.missing.get(table.table, 0) + rows.without_subject
        named = rows.of_somebody()
        owners = Owners.of(named.hashes) if named.hashes is not None else None
        for step in table.steps:
            _column(step, named, owners, collector)
            _needles(step, rows, collector)
            _count_dropped(step, rows, collector)
            if step.do not in ("drop", "suppress"):
                collector.references.add(step.table, step.column, rows.batch.column(step.position))
        collector.anchors.add(table.table, named)
        collector.terms.add(table, named, owners)
        if owners is not None:
            collector.tuples.add_subjects(owners)
        if rows.subject is not None:
            collector.loose.append(distinct(hash64(_loose(rows.subject), collector.secret)))
        if wanted:
            collector.known.add(table, rows.batch, rows.subject)
        collector.shed()
        progress(table.table, rows.batch.num_rows)
    collector.rows.setdefault(table.table, 0)


def _search_for(
    source: Source, table: TablePlan, collector: Collector, wanted: bool, progress: Callable[[str, int], None]
) -> None:
    """Take the identifiers of a table that is left out, so that they are looked for in what is released."""
    for rows in rows_of(source, table, collector.secret, np.zeros(0, np.uint64)):
        for step in table.steps:
            if step.role is Role.DIRECT:
                collector.needles.add(known_kind(step), step.field, rows.batch.column(step.position))
        if wanted:
            collector.known.add(table, rows.batch, rows.subject)
        progress(table.table, rows.batch.num_rows)


def _without_subject(collector: Collector) -> list[Problem]:
    policy = collector.plan.policy
    if policy.missing_subject != "refuse":
        return []
    subjects = {table.table: table.subject for table in collector.plan.tables}
    chosen = ": `subject: auto` took this column for the person's" if policy.subject == ("auto",) else ""
    return [
        SUBJECT_MISSING.at(f"{missing} row(s) name no subject{chosen}", f"{table}.{subjects[table]}")
        for table, missing in collector.missing.items()
    ]


def _column(step: Step, rows: Rows, owners: Owners | None, collector: Collector) -> None:
    column = rows.batch.column(step.position)
    if rows.hashes is not None:
        collector.events.add(step, rows.hashes, column)
    if owners is not None and step.released and step.do != "derive":
        if step.role is Role.QUASI:
            variable = collector.tuples.quasi.setdefault(step.variable, Variable())
            base = base_values(step, column, collector.key)
            variable.add(step.table, owners, base)
            if base is not column:
                collector.raw.setdefault(step.variable, Variable()).add(step.table, owners, column)
        elif step.role is Role.SENSITIVE:
            variable = collector.tuples.sensitive.setdefault(step.variable, Variable())
            variable.add(step.table, owners, column)
        if step.do == POOLED:
            collector.pools.setdefault(step.variable, Variable()).add(step.table, owners, column)
            collector.least[step.variable] = int(getattr(step.transform, "at_least"))  # noqa: B009


def _count_dropped(step: Step, rows: Rows, collector: Collector) -> None:
    """Count the cells of a dropped column whose number the report says."""
    for tag in SAID.keys() & step.tags if step.do == "drop" else ():
        column = rows.batch.column(step.position)
        collector.dropped[tag] = collector.dropped.get(tag, 0) + len(column) - column.null_count


def _needles(step: Step, rows: Rows, collector: Collector) -> None:
    if step.role is Role.DIRECT and "genotype" not in step.tags:  # no cell of theirs names anybody by itself
        for batch in (rows.batch, rows.gone):  # whoever is left out is looked for all the same
            if batch is not None:
                values, counted_up = batch.column(step.position), step.do == "remap_key"
                collector.needles.add(known_kind(step) or "unknown", step.field, values, counted_up=counted_up)


def base_values(step: Step, column: pa.Array, key: Key) -> pa.Array:
    """Return the values of a quasi-identifier that the search starts from: after its own transform, if it has one.

    Rare values are pooled later, when it is known which are.
    """
    unchanged = step.do == "keep" and not getattr(step.transform, "only", "")
    if unchanged or step.do in ("generalise", POOLED) or not step.transform.per_value:
        return column
    kind, tags = step.holds[0] if step.holds else "", frozenset(step.tags)
    context = Context(step.table, step.column, step.field, key, kind=kind, tags=tags)
    return on_distinct(column, lambda values: step.transform.apply(values, context))


def _pooling(step: Step, pools: Mapping[str, frozenset[str]]) -> Change:
    context = Context(step.table, step.column, step.field, vocabulary=pools.get(step.variable, frozenset()))
    return lambda values: step.transform.apply(values, context)


def _frequent(variable: Variable, universe: Universe, least: int) -> frozenset[str]:
    _, codes = variable.all_pairs(universe)
    counts = np.bincount(codes, minlength=len(variable.vocabulary.codes))
    return frozenset(value for value, code in variable.vocabulary.codes.items() if value and counts[code] >= least)


def _orphans(collector: Collector) -> tuple[str, ...]:
    """Say which keys of the input name no row; small numbers could be of a single person and are not printed."""
    least = collector.plan.policy.cell_minimum
    return tuple(
        f"{'.'.join(place)}: {cells if cells >= least else 'a few'} cell(s) with keys that have no row in "
        f"{'.'.join(target)}"
        for place, target, _, cells in collector.references.orphans()
    )


def _cut(collector: Collector) -> tuple[str, ...]:
    if not collector.cut:
        return ()
    cause = "without the samples of excluded subjects, alleles that they alone carried, and counts that they were in"
    return (f"{len(collector.cut)} variant file(s) released {cause}",)


def _dropped(collector: Collector) -> tuple[str, ...]:
    """Say how much of what was dropped is missed by somebody who counts; a few are not printed."""
    least = collector.plan.policy.cell_minimum
    counted = ((collector.dropped.get(tag, 0), what) for tag, what in SAID.items())
    return tuple(f"{count if count >= least else 'a few'} {what}" for count, what in counted if count)


def _loose(subject: pa.Array) -> pa.Array:
    return pc.utf8_ltrim(pc.utf8_lower(pc.replace_substring_regex(subject, r"\s+", "")), "0")


def _measured_with_one(problem: Problem) -> str:
    """Say what a disagreement means where nothing is anonymised and the class table is only measured."""
    return f"{problem.place}: {problem.cause}; one of them is counted"


def _alike(collector: Collector) -> int:
    """Return how many subjects there are once case, blanks and leading zeros do not count."""
    return len(distinct(np.concatenate(collector.loose))) if collector.loose else 0


def _written_alike(collector: Collector, number: int) -> tuple[str, ...]:
    if number <= 0 or not any(table.subject for table in collector.plan.tables):
        return ()
    if any(table.rows_are_subjects for table in collector.plan.tables):
        return ()
    return (
        f"{number} subject identifier(s) differ from another only by case, blanks or leading zeros: each "
        "spelling counts as a person of its own and has a pseudonym of its own, so that rows do not join; where they "
        "are one person, write the identifier in one way in all tables of the input",
    )
