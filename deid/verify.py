"""The verify stage: the written files, read back, measured and held against the gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid import risk
from deid.classes import ClassTable
from deid.collecting.events import Events
from deid.collecting.references import References
from deid.collecting.tuples import Owners, Tuples, Variable
from deid.contracts import Evidence, TableInfo
from deid.decisions import Gate, Plan, Step, TablePlan
from deid.facts import Facts, Hashes, Subjects
from deid.hierarchy import Recoding
from deid.memory import give_back
from deid.model import NAMED_PLACES, GateOutcome, Measure, Role, Status, Verdict
from deid.recipe import Cells, united
from deid.report.inputs import ColumnRisk
from deid.runs import Spill
from deid.source import Source
from deid.spelling import identifier_text
from deid.values import hash64
from deid.verifying import correlations
from deid.verifying.adversaries import sets_measures
from deid.verifying.attacked import attacked, linked
from deid.verifying.columns import ColumnRisks, is_undeclared, worst
from deid.verifying.residual import Scan
from deid.verifying.shifts import ShiftedDays
from deid.verifying.survival import compare

#: Kinds whose columns may hold numbers, in which an identifier of digits is met by chance.
NUMERIC_KINDS = frozenset(
    {
        "measurement",
        "number",
        "sequence_number",
        "study_day",
        "year",
        "age",
        "flag",
        "coordinates",
        "code",
        "diagnosis_code",
        "gene_variant",
        "genotype",
        "unknown",
    }
)
#: Columns whose output is invented or enciphered: a match there is chance, their own value is excluded by construction.
NOT_SEARCHED = frozenset({"surrogate", "encrypt"})
SHORT_SEARCHED = frozenset({"pseudonym", "remap_key", "recode_inside", "mask", "keep"})


@dataclass(frozen=True)
class Verified:
    """The verdict and what it rests on."""

    verdict: Verdict
    after: ClassTable | None
    column_risks: tuple[ColumnRisk, ...]


@dataclass(frozen=True)
class Written:
    """What pass two wrote and counted."""

    tables: Mapping[str, TableInfo]
    rows: Mapping[str, int]
    counts: Mapping[tuple[str, str, str], int]


@dataclass(frozen=True)
class Counts:
    """What is counted of the written subjects."""

    tuples: Tuples
    columns: ColumnRisks
    events: Events
    days: ShiftedDays
    references: References


def verify(
    written: Written,
    released: Source,
    plan: Plan,
    facts: Facts,
    recoding: Recoding | None,
    source: Source | None = None,
    earlier: Mapping[Cells, int] | None = None,
    folder: Path | None = None,
) -> Verified:
    """Read every written file and return the verdict. `released` is the source over the written files.

    `folder` is where hashes may be spilt that memory should not hold. `source` is the input, which only analyses that
    are repeated on the release (survival) need. `earlier` holds the released classes of earlier batches under a frozen
    recipe: risk is measured over all of them together.
    """
    scan, counts = Scan(facts.needles, facts.hash_secret), counting(plan, facts.hash_secret, folder)
    for table in plan.tables:
        read_table(table, written.tables[table.table], released, scan, counts, facts.hash_secret)
    return judged(written, released, plan, facts, recoding, source, scan, counts, earlier)


def counting(plan: Plan, secret: bytes, folder: Path | None = None) -> Counts:
    """Return counts that have seen nothing yet; without a folder to spill to, memory holds all of them."""
    columns = ColumnRisks(secret, spill=None if folder is None else Spill(folder))
    events, references = Events(plan.policy.longitudinal), References(plan.policy.references, secret)
    return Counts(Tuples(), columns, events, ShiftedDays(), references)


def judged(
    written: Written,
    released: Source,
    plan: Plan,
    facts: Facts,
    recoding: Recoding | None,
    source: Source | None,
    scan: Scan,
    counts: Counts,
    earlier: Mapping[Cells, int] | None = None,
) -> Verified:
    """Return the verdict once every written table was read."""
    tuples, events = counts.tuples, counts.events
    for table in plan.tables:
        scan.names(table.released_name, _names(table.released_name, written.tables[table.table]))
    countable = all(_is_countable(table) for table in plan.tables)
    give_back()
    after, subjects = _after(tuples, recoding) if countable else (None, None)
    tuples.quasi.clear()  # what grows with the rows goes as soon as it was counted: the measures need room
    tuples.sensitive.clear()
    risks = counts.columns.measured(tuples.universe(), subjects)
    tuples.universe().places.clear()
    everybody = united(after, earlier) if after is not None and earlier else after
    measures = _measures(plan, facts, recoding, everybody, written, countable)
    longitudinal = events.measures(subjects)
    del subjects
    tuples.let_go()
    give_back()
    measures |= {**longitudinal, **counts.days.measures(), **attacked(facts, facts.classes, after, recoding)}
    measures |= linked(facts, after, recoding)
    measures["residual_identifiers"] = _residual(scan, written)
    if plan.policy.references:
        orphans = sum(cells for _, _, _, cells in counts.references.orphans())
        measures["orphan_keys"] = Measure("orphan_keys", float(orphans))
    measures["singling_out"] = Measure("singling_out", worst(risks))
    lived, outlived = compare(plan, source, released) if source is not None else ({}, {})
    outlived |= correlations.compare(plan, source, released) if source is not None else {}
    measured, measures = {**before(plan, facts), **lived}, {**measures, **outlived}
    gates = tuple(_outcome(gate, measures) for gate in plan.policy.gates)
    searched = {**scan.searched, "met by chance in columns of numbers": scan.by_chance}
    not_searched = {**facts.needles.not_searched, **_left_unsearched(plan)}
    return Verified(Verdict(measured, measures, gates, scan.findings(), searched, not_searched), after, risks)


def before(plan: Plan, facts: Facts) -> dict[str, Measure]:
    """Return every measure of the data as they came."""
    table = facts.classes if facts.population is not None else facts.before  # a population is counted in base values
    if facts.uncounted and facts.population is None and facts.classes is not None:
        return {**_uncounted(facts.classes, _threshold(plan), facts.uncounted), **facts.events}
    if table is None or facts.classes is None:
        return dict(facts.events)
    evidence = Evidence(table, facts.population, threshold=_threshold(plan), fraction=_fraction(plan, facts.population))
    return {
        **risk.measure_all(evidence),
        **sets_measures(table, plan.policy.anonymise),
        **facts.events,
        **attacked(facts, table, table, None),
        **linked(facts, facts.classes, None),
    }


def _fraction(plan: Plan, population: ClassTable | None) -> float | None:
    """Return the share of the population that is in the data, where only that is known."""
    given = plan.policy.population
    return given.fraction if given is not None and population is None else None


def _names(table: str, info: TableInfo) -> list[str]:
    """Return what is written beside the cells: names, labels, comment lines before the header."""
    labels = [value.decode("utf-8", "replace") for item in info.schema for value in (item.metadata or {}).values()]
    comments = str(getattr(info.options.get("preamble"), "text", "")).splitlines()
    return [table, *info.schema.names, *labels, *comments]


def _is_countable(table: TablePlan) -> bool:
    """Return whether the rows of a released table can be counted as persons, or nothing of them is counted."""
    released = [step for step in table.steps if step.released]
    counted = any(step.role in (Role.QUASI, Role.SENSITIVE) for step in released)
    return not counted or table.rows_are_subjects or any(step.column == table.subject for step in released)


def read_table(table: TablePlan, info: TableInfo, released: Source, scan: Scan, counts: Counts, secret: bytes) -> None:
    """Read one written table, or a part of it: search its cells and count its subjects."""
    steps = [step for step in table.steps if step.released]
    at = next((i for i, step in enumerate(steps) if step.column == table.subject), None)
    names = info.schema.names
    first = released.starts.get(table.released_name, 0)
    for batch in released.batches(released.table(table.released_name)):
        hashes = None
        named = None
        if at is not None:
            subject = identifier_text(batch.column(at))
            named = pc.is_valid(subject) if subject.null_count else None  # rows about nobody count as no person
            hashes = hash64(subject if named is None else subject.filter(named), secret)
        elif table.rows_are_subjects:
            salt = hash64(pa.array([f"rows of {table.table}"]), secret)[0]
            hashes = np.arange(first, first + batch.num_rows, dtype=np.uint64) + salt
        owners = Owners.of(hashes) if hashes is not None else None
        if owners is not None:
            counts.tuples.add_subjects(owners)
        first += batch.num_rows
        for i, step in enumerate(steps):
            counts.references.add(step.table, step.column, batch.column(i))
            _scan_column(step, table.released_name, names[i], batch.column(i), scan)
            if hashes is not None and owners is not None:
                values = batch.column(i) if named is None else batch.column(i).filter(named)
                _count_column(step, names[i], table, values, hashes, owners, counts)
        counts.tuples.shed()
        counts.columns.shed(counts.tuples.number)


def _scan_column(step: Step, table: str, column: str, values: pa.Array, scan: Scan) -> None:
    if step.do in NOT_SEARCHED or (step.do == "redact" and getattr(step.transform, "style", "") == "surrogate"):
        return
    if "published" in step.accept:  # a vocabulary that anybody may look up; its words are also names
        return
    if step.do == "shift_date":  # another person's date is no finding; the own one is counted in pass two
        return
    kind = step.holds[0] if step.holds else ""
    if not {"vcf", "genotype"}.isdisjoint(step.tags):
        values = _fields(values)
    numeric = kind in NUMERIC_KINDS or not pa.types.is_string(values.type)
    id_column = step.role is Role.DIRECT and step.do in SHORT_SEARCHED
    words = step.do != "redact" and kind not in NAMED_PLACES and "identifier" not in step.accept
    scan.column(table, column, values, numeric=numeric, id_column=id_column, words=words)


def _fields(values: pa.Array) -> pa.Array:
    """Return the distinct fields that stand in the cells of a VCF, in each of which an identifier would stand whole."""
    fields: pa.Array = pc.unique(pc.list_flatten(pc.split_pattern_regex(pc.unique(pc.drop_null(values)), r"[;=:|,]")))
    return fields


def _count_column(
    step: Step,
    column: str,
    table: TablePlan,
    values: pa.Array,
    hashes: Hashes,
    owners: Owners,
    counts: Counts,
) -> None:
    tuples = counts.tuples
    counts.events.add(step, hashes, values)
    counts.days.add(step, hashes, values)
    if step.role is Role.QUASI and step.do != "derive":
        tuples.quasi.setdefault(step.variable, Variable()).add(table.table, owners, values)
    elif step.role is Role.SENSITIVE:
        tuples.sensitive.setdefault(step.variable, Variable()).add(table.table, owners, values)
    if is_undeclared(step):
        counts.columns.add(step, table.released_name, column, values, owners)


def _after(tuples: Tuples, recoding: Recoding | None) -> tuple[ClassTable | None, Subjects]:
    """Return the class table of what was written; blanked subjects are no class."""
    table, subjects = tuples.build({}, [])
    if table is None:
        return None, subjects
    if recoding is not None and recoding.suppressed.any():
        blank = (table.codes == 0).all(axis=1)
        return table.without(blank), subjects
    return table, subjects


def _threshold(plan: Plan) -> float:
    anonymise = plan.policy.anonymise
    return 1.0 / anonymise.k if anonymise is not None else 0.09


def _measures(
    plan: Plan, facts: Facts, recoding: Recoding | None, after: ClassTable | None, written: Written, countable: bool
) -> dict[str, Measure]:
    suppressed = 0
    if recoding is not None and facts.classes is not None:
        suppressed = int(facts.classes.counts[recoding.suppressed].sum())
    measures: dict[str, Measure] = {}
    if after is not None:
        people = recoding.population if recoding is not None else facts.population
        fraction = _fraction(plan, people)
        evidence = Evidence(after, people, suppressed=suppressed, threshold=_threshold(plan), fraction=fraction)
        measures |= {**risk.measure_all(evidence), **sets_measures(after, plan.policy.anonymise)}
    elif facts.classes is not None:
        reason = "the release holds no subject column" if not countable else "no subject is left"
        measures |= _uncounted(facts.classes, _threshold(plan), reason)
    subjects = max(facts.classes.subjects if facts.classes is not None else 0, 1)
    measures["suppressed_share"] = Measure("suppressed_share", suppressed / subjects)
    if recoding is not None:
        measures["loss"] = Measure("loss", recoding.loss)
    for name, counted in (
        ("unshifted_dates", "unshifted"),
        ("emptied_cells", "emptied"),
        ("text_redacted_whole", "redacted_whole"),
    ):
        total = sum(count for (_, _, what), count in written.counts.items() if what == counted)
        measures[name] = Measure(name, float(total))
    return measures


def _uncounted(like: ClassTable, threshold: float, reason: str) -> dict[str, Measure]:
    """Return every measure that there would be for a class table, without a figure."""
    names = risk.measure_all(Evidence(like, threshold=threshold))
    return {name: Measure(name, None, Status.NOT_COMPUTED, reason) for name in names}


def _residual(scan: Scan, written: Written) -> Measure:
    own = sum(count for (_, _, what), count in written.counts.items() if what == "own_identifier_left")
    return Measure("residual_identifiers", float(sum(scan.hits.values()) + own))


def _outcome(gate: Gate, measures: Mapping[str, Measure]) -> GateOutcome:
    missing = Measure(gate.id, None, Status.NOT_COMPUTED, "not measured on these data")
    measure = measures.get(gate.id, missing)
    value = measure.value
    if measure.interval is not None:
        value = measure.interval[1] if gate.op.startswith("<") else measure.interval[0]
    passed = (
        value is not None
        and {
            "<=": value <= gate.threshold + 1e-12,
            "<": value < gate.threshold,
            ">=": value >= gate.threshold - 1e-12,
            ">": value > gate.threshold,
        }[gate.op]
    )
    return GateOutcome(gate.id, measure, gate.op, gate.threshold, passed)


def _left_unsearched(plan: Plan) -> dict[str, int]:
    surrogates = sum(1 for step in plan.steps if step.do in NOT_SEARCHED)
    dates = sum(1 for step in plan.steps if step.do == "shift_date")
    published = sum(1 for step in plan.steps if "published" in step.accept)
    return {
        **({"columns of published vocabularies": published} if published else {}),
        "columns of surrogates or ciphertext": surrogates,
        "columns of shifted dates (checked against their own original)": dates,
    }
