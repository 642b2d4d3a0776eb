"""The hallway: calls the stages in order and holds no logic of its own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from deid import detect, spreading
from deid import recipe as recipes
from deid.collect import collect, excluded_subjects, excluded_texts
from deid.collecting.expected import check_expected
from deid.collecting.rows import rows_of
from deid.collecting.samples import without_excluded
from deid.commenting import commenting_notes, safely_commented, safely_labelled
from deid.contracts import Detector, Engine, TableInfo
from deid.database.address import Address
from deid.decisions import Plan, Policy, TablePlan
from deid.errors import DataError, Problem, ReleaseRefused, UsageError, problem_kind
from deid.facts import Facts
from deid.hierarchy import Recoding
from deid.keys import Key
from deid.linkage import with_register
from deid.memory import give_back
from deid.model import Profile, TableProfile
from deid.naming import Names, released_names, released_plan, renaming_notes
from deid.plan import resolve
from deid.population import with_population
from deid.profile import profile_table
from deid.recipe import Outside, Recipe
from deid.registry import plugin
from deid.release import Staging, check_outputs, staging
from deid.report import private_file, write_internal, write_report
from deid.report.inputs import ReportInputs, TextCounts
from deid.report.manifest import manifest
from deid.searching import burden, recode
from deid.source import CHANGED, Source, file_digest, open_source
from deid.targets import Target, open_target
from deid.treat import Treatment
from deid.verify import Verified, Written, verify
from deid.verifying.own import OWN_LEFT
from deid.verifying.residual import Scan
from deid.versions import versions
from deid.write import Counts, write_table

GATE_FAILED = problem_kind(
    "R101", "gate failed", remedy="treat the data more strongly, or have the owner change the gate"
)
GATE_UNEVALUATED = problem_kind(
    "R102", "gate not evaluated", remedy="see the reason; a gate without a figure counts as failed"
)
RESIDUAL = problem_kind(
    "R103",
    "identifier left in the output",
    remedy="drop, redact or pseudonymise the column named; `deid plan` shows what is done to it now",
)
#: The same in a text that was redacted: redacting it is not what mends it.
OWN_IDENTIFIER = replace(
    RESIDUAL,
    remedy="nothing that the record knows is left by itself: under `text:` leave out `known: false`, and take words of "
    "the record from `allow:` and this kind from `keep:` (there and in the redact step), or drop the column; where "
    "a column of that kind holds common words and no identifiers, give it another role",
)
INSIDE = problem_kind(
    "U213",
    "output inside the data",
    remedy="name a folder beside the data; the next run would take the release for a table",
)
LOCAL_ONLY = problem_kind("U260", "option of the local engine", remedy="leave out `--engine`, or the option")
ENGINE = "local"
Progress = Callable[[str, str, int], None]


@dataclass(frozen=True)
class Prepared:
    """What is known before any output: source, profile and plan."""

    source: Source
    profile: Profile
    plan: Plan


@dataclass(frozen=True)
class Release:
    """A finished release: where it is, what it holds, and what its owner should know of it (`warnings`)."""

    path: Path
    plan: Plan = field(repr=False)
    verified: Verified = field(repr=False)
    manifest: Mapping[str, Any] = field(repr=False)
    warnings: tuple[str, ...] = ()


def quiet(stage: str, table: str, rows: int) -> None:
    """Report progress to nobody."""


def prepare(
    data: Path | Address | Source,
    policy: Policy,
    *,
    progress: Progress = quiet,
    batch_rows: int | None = None,
    engine: Engine | None = None,
) -> Prepared:
    """Read the data once for their profile and decide every column. Raises with all problems of the stage."""
    source = data if isinstance(data, Source) else open_source(data, policy.ignore, policy.formats)
    if batch_rows is not None:
        source = replace(source, batch_rows=batch_rows)
    check_expected(source, policy.expects)
    profile = profile_source(source, progress) if engine is None else spreading.profile(engine, source)
    plan = resolve(policy, profile, source.tables)
    if policy.exclude_subjects:
        listed = excluded_texts(policy.exclude_subjects).to_pylist()
        left = without_excluded(source, plan, listed)
        if left is not source and left.tables != source.tables:
            source, profile = left, profile_source(left, progress)
            plan = resolve(policy, profile, source.tables)
    return Prepared(source, profile, plan)


def profile_source(source: Source, progress: Progress = quiet) -> Profile:
    """Profile every table. Raises DataError with the problems of all tables."""
    tables: list[TableProfile] = []
    problems: list[Problem] = []
    for table in source.tables:
        try:
            counted = _counted(source.batches(table), table.name, progress)
            tables.append(profile_table(table.name, counted, table.schema))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return Profile(tuple(tables))


def _counted(batches: Iterable[Any], table: str, progress: Progress) -> Iterable[Any]:
    for batch in batches:
        yield batch
        progress("profile", table, batch.num_rows)


def run(
    data: Path | Address | Source,
    policy: Policy,
    out: Path,
    *,
    key: Key,
    key_origin: str = "environment",
    output_format: str = "",
    private: Path | None = None,
    to: Address | None = None,
    batch_rows: int | None = None,
    jobs: int = 1,
    recipe: Path | None = None,
    freeze: Path | None = None,
    outside: Outside = "refuse",
    progress: Progress = quiet,
    run_facts: Mapping[str, Any] | None = None,
    engine: Engine | None = None,
) -> Release:
    """Take data to a release under a policy, or to nothing that looks like one; its tables go to a database with `to`.

    `jobs` processes collect, treat and verify rows. `recipe` holds the decisions of an earlier release, which count for
    this batch too; `outside` is what becomes of subjects that do not fit; `freeze` names the file of the next recipe.
    `engine` spreads what reads rows over its workers; the release is the same to the byte.

    Raises UsageError, PolicyError, DataError or ReleaseRefused.
    """
    check_outputs(out, private, output_format)
    key = key.for_release(policy.name)
    if isinstance(data, Path) and data.is_dir() and out.resolve().is_relative_to(data.resolve()):
        raise UsageError(INSIDE.at("the output folder lies in the data", out.name))
    if engine is not None:
        _check_engine(recipe, freeze, jobs)
    given = recipes.read(recipe, policy, key) if recipe is not None else None
    with staging(out) as stage, open_target(stage, to, output_format) as target, ExitStack() as opened:
        prepared = prepare(data, policy, progress=progress, batch_rows=batch_rows, engine=engine)
        plan, source = prepared.plan, prepared.source
        opened.callback(source.close)
        spread = engine if engine is not None else _processes(source, jobs)
        facts, parts = _collect(spread, source, plan, key, progress)
        give_back()
        facts = with_register(with_population(facts, plan, key), plan, key)
        plan, names = released_names(plan, facts, key)
        recoding = recode(plan, facts) if given is None else given.recoding(plan, facts, outside)
        frozen = _frozen(given, plan, facts, recoding) if freeze is not None else None
        earlier = given.earlier(facts) if given is not None else None
        treatments = _treatments(plan, facts, recoding, key, names, local=engine is None)
        written = _write(engine, source, parts, treatments, target, facts, stage, jobs, progress)
        treatments, facts = {}, facts.without_subjects()  # verification needs the room
        give_back()
        if source.digests() != dict(facts.digests):
            raise DataError(CHANGED.at("a file is not the one that was read first"))
        released = target.released(written.tables.values())
        read_back = verify if spread is None else partial(spreading.verify, spread)
        verified = read_back(written, released, plan, facts, recoding, source, earlier, stage.folder)
        inputs = _inputs(prepared, plan, names, facts, recoding, verified, written, target, key_origin)
        facts_of_run = dict(run_facts or {})
        write_report(stage.folder, inputs, run=facts_of_run)
        problems = _refusals(verified, written, facts, stage.folder)
        if private is not None:
            _keep_private(private, stage.folder, inputs, facts, facts_of_run)
        if problems:
            raise ReleaseRefused(problems)
        reports = {name: file_digest(stage.folder / name) for name in ("report.html", "report.json")}
        content = manifest(inputs, run={**facts_of_run, "reports": reports})  # they hold the times of the run
        text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        (stage.folder / "manifest.json").write_text(text, encoding="utf-8")
        target.commit(stage)
    if freeze is not None and frozen is not None:
        recipes.write(frozen, freeze, key)
    return Release(out, plan, verified, content, inputs.facts.warnings)


def _check_engine(recipe: Path | None, freeze: Path | None, jobs: int) -> None:
    """Refuse what only the local engine does. Raises UsageError with all options."""
    given = {"--recipe": recipe is not None, "--freeze": freeze is not None, "--jobs": jobs > 1}
    problems = [LOCAL_ONLY.at("the engine spreads the work itself", option) for option, is_so in given.items() if is_so]
    if problems:
        raise UsageError(problems)


def _processes(source: Source, jobs: int) -> Engine | None:
    """Return what spreads reading over processes: None where one is wanted, or tables are in no file."""
    return plugin("engine", ENGINE)(jobs=jobs) if jobs > 1 and not source.readers else None


def _frozen(given: Recipe | None, plan: Plan, facts: Facts, recoding: Recoding | None) -> Recipe:
    if given is None or recoding is None:
        return recipes.freeze(plan, facts, recoding)
    return given.extended(facts, recoding)


def _collect(
    engine: Engine | None, source: Source, plan: Plan, key: Key, progress: Progress
) -> tuple[Facts, tuple[spreading.Part, ...]]:
    def read(table: str, rows: int) -> None:
        progress("read", table, rows)

    return (
        (collect(source, plan, key, read), ()) if engine is None else spreading.collect(engine, source, plan, key, read)
    )


def _treatments(
    plan: Plan,
    facts: Facts,
    recoding: Recoding | None,
    key: Key,
    names: Mapping[str, Mapping[str, str]],
    *,
    local: bool,
) -> dict[str, Treatment]:
    detector = _detector(plan) if local else None  # workers build their own
    return {
        table.table: Treatment(plan, table, facts, recoding, key, detector, names.get(table.table, {}))
        for table in plan.tables
    }


def _write(
    engine: Engine | None,
    source: Source,
    parts: Sequence[spreading.Part],
    treatments: Mapping[str, Treatment],
    target: Target,
    facts: Facts,
    stage: Staging,
    jobs: int,
    progress: Progress,
) -> Written:
    commented = {
        name: safely_commented(source.table(name), each.table, each.names, facts) for name, each in treatments.items()
    }
    tables = {
        name: target.table(
            commented[name].table, each.table, safely_labelled(each.schema(source.table(name).schema), facts)
        )
        for name, each in treatments.items()
    }
    if engine is None:
        done = _locally(source, treatments, tables, target, facts, stage, jobs, progress)
    else:
        done = spreading.write(engine, parts, treatments, tables, target.open, stage.folder, progress)
    rows: dict[str, int] = {}
    counts = Counter({(name, "", "comments"): each.replaced for name, each in commented.items()})
    for name, number, counted in done:
        rows[name] = number
        for (column, what), count in counted.items():
            counts[name, column, what] += count
    return Written(tables, rows, dict(counts))


def _locally(
    source: Source,
    treatments: Mapping[str, Treatment],
    tables: Mapping[str, TableInfo],
    target: Target,
    facts: Facts,
    stage: Staging,
    jobs: int,
    progress: Progress,
) -> Iterator[tuple[str, int, Counts]]:
    for name, each in treatments.items():
        treated = _treated(source, each.table, each, facts, jobs, progress)
        yield name, *write_table(treated, tables[name], facts.rows[name], stage.folder, target.open)


def _treated(
    source: Source, table: TablePlan, treatment: Treatment, facts: Facts, jobs: int, progress: Progress
) -> Iterable[Any]:
    policy = treatment.plan.policy
    excluded = excluded_subjects(policy.exclude_subjects, facts.hash_secret)
    drop = policy.missing_subject == "drop_rows"
    rows = rows_of(source, table, facts.hash_secret, excluded, drop_missing=drop)
    for treated in plugin("engine", ENGINE)(jobs=jobs).map(rows, treatment):
        yield treated
        progress("write", table.table, treated.batch.num_rows)


def _detector(plan: Plan) -> Detector | None:
    if not any(step.do == "redact" for step in plan.steps):
        return None
    return detect.build_detector({**plan.policy.text, "recognisers": list(plan.policy.recognisers)})


def _inputs(
    prepared: Prepared,
    plan: Plan,
    names: Names,
    facts: Facts,
    recoding: Recoding | None,
    verified: Verified,
    written: Written,
    target: Target,
    key_origin: str,
) -> ReportInputs:
    """Gather what the report is made from; tables and columns bear the names that they have in the release."""
    files = target.files(written.tables.values())
    shifts: Counter[str] = Counter()
    for (_, _, what), count in written.counts.items():
        if what in ("dates", "unshifted", "partial_unchanged"):
            shifts[what] += count
    public = {table.table: table.released_name for table in plan.tables}
    return ReportInputs(
        plan=released_plan(plan, names),
        profile=prepared.profile,
        facts=replace(facts, warnings=(*facts.warnings, *_said(plan, names, written))),
        recoding=recoding,
        verdict=verified.verdict,
        before=facts.classes if facts.population is not None else facts.before,
        after=verified.after,
        rows_before={public[name]: rows for name, rows in facts.rows.items()},
        rows_after={public[name]: rows for name, rows in written.rows.items()},
        files=files,
        column_risks=verified.column_risks,
        burden=burden(facts.classes, recoding) if recoding is not None and facts.classes is not None else (),
        text=_text(plan, names, written),
        shifts=dict(shifts),
        cell_minimum=plan.policy.cell_minimum,
        versions=versions(),
        key_origin=key_origin,
    )


def _at_start(written: Written) -> tuple[str, ...]:
    """Say that somebody's dates stay as they were, where the first day of all is the start that all get."""
    if not any(count for (_, _, what), count in written.counts.items() if what == "at_start"):
        return ()
    return ("the dates of whoever started on the day that all subjects get are the true ones (PHUSE offset)",)


def _said(plan: Plan, names: Names, written: Written) -> tuple[str, ...]:
    """Say what happened to names and cells that the plan does not tell."""
    replaced = sum(count for (_, _, what), count in written.counts.items() if what == "comments")
    return (
        *renaming_notes(plan, names),
        *commenting_notes(replaced),
        *_emptied(plan, names, written),
        *_at_start(written),
    )


def _emptied(plan: Plan, names: Names, written: Written) -> tuple[str, ...]:
    """Say which columns lost cells that could not be read, or that the policy hides."""
    public = {table.table: table.released_name for table in plan.tables}
    return tuple(
        f"{public[table]}.{names[table].get(column, column)}: {count} cell(s) emptied"
        for (table, column, what), count in sorted(written.counts.items())
        if what == "emptied" and count
    )


def _text(plan: Plan, names: Names, written: Written) -> tuple[TextCounts, ...]:
    result = []
    public = {table.table: table.released_name for table in plan.tables}
    for step in plan.steps:
        if step.do == "redact":
            own = {what: n for (t, c, what), n in written.counts.items() if (t, c) == (step.table, step.column)}
            kinds = {what.removeprefix("kind:"): n for what, n in sorted(own.items()) if what.startswith("kind:")}
            counts = (own.get("cells", 0), own.get("changed", 0), own.get("redacted_whole", 0))
            column = names[step.table].get(step.column, step.column)
            result.append(TextCounts(public[step.table], column, *counts, kinds))
    return tuple(result)


def _refusals(verified: Verified, written: Written, facts: Facts, folder: Path) -> list[Problem]:
    """Return why nothing may be released: a gate failed, or data or report hold an identifier."""
    scan = Scan(facts.needles, facts.hash_secret)
    for name in ("report.html", "report.json"):
        scan.document(name, (folder / name).read_text("utf-8"))
    problems = [_problem(outcome) for outcome in verified.verdict.gates if not outcome.passed]
    for finding in (*verified.verdict.findings, *scan.findings()):
        place = f"{finding.table}.{finding.column}"
        problems.append(RESIDUAL.at(f"{finding.count} value(s) of kind {finding.kind}: {finding.how}", place))
    for (table, column, what), count in sorted(written.counts.items()):
        if what == "own_identifier_left" and count:
            problems.append(
                OWN_IDENTIFIER.at(own_kinds(written, table, column), f"{written.tables[table].name}.{column}")
            )
    return problems


def own_kinds(written: Written, table: str, column: str) -> str:
    """Say how many identifiers of which kinds the texts of a column still hold of their own subjects."""
    kinds = sorted(
        (what.removeprefix(OWN_LEFT), count)
        for (t, c, what), count in written.counts.items()
        if (t, c) == (table, column) and what.startswith(OWN_LEFT) and count
    )
    named = ", ".join(f"{count} of kind {kind}" for kind, count in kinds)
    return f"identifiers of a text's own subject are left in it: {named}"


def _keep_private(private: Path, folder: Path, inputs: ReportInputs, facts: Facts, run: Mapping[str, Any]) -> None:
    """Write what only the owner may see: the internal report beside the shareable one; never one with an identifier."""
    write_internal(private, inputs, run=run)
    for name in ("report.html", "report.json"):
        private_file(private / name, (folder / name).read_bytes())
    for path in (*private.glob("report.*"), *private.glob("report-internal.*")):
        if Scan(facts.needles, facts.hash_secret).document(path.name, path.read_text("utf-8")):
            path.unlink()


def _problem(outcome: Any) -> Problem:
    if outcome.measure.value is None:
        return GATE_UNEVALUATED.at(outcome.measure.reason or "no figure", f"gate {outcome.gate}")
    measured = f"{outcome.measure.value:.6g}"
    if outcome.measure.interval is not None:
        bound = outcome.measure.interval[1 if outcome.op.startswith("<") else 0]
        measured = f"{measured} with the bound {bound:.4g} of its interval"
    return GATE_FAILED.at(f"{measured} is not {outcome.op} {outcome.threshold:g}", f"gate {outcome.gate}")
