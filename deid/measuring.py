"""Measures without a release: the risk of any dataset, a second look at a release, the report as text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from deid.collect import TOO_MANY_CLASSES, collect
from deid.database.address import Address
from deid.database.digests import as_csv
from deid.decisions import Plan, Policy
from deid.errors import DataError, PolicyError, Problem, ReleaseRefused, UsageError, problem_kind
from deid.keys import Key
from deid.linkage import with_register
from deid.model import Measure
from deid.pipeline import RESIDUAL, prepare
from deid.plan import NO_QUASI
from deid.population import with_population
from deid.report import render_markdown
from deid.source import Source, file_digest, open_source
from deid.verify import before
from deid.verifying.residual import Scan

NO_RELEASE = problem_kind(
    "U209", "no release there", remedy="give the folder of a finished release; it holds manifest.json"
)
ELSEWHERE = problem_kind(
    "U228", "tables of the release are in a database", remedy="name it with `--to`, as when the release was made"
)
ALTERED = problem_kind("R104", "release altered", remedy="do not share it; make it again from the data")
_BESIDE = ("report.html", "report.json", "manifest.json")
IN_DATABASE = "database/"
Progress = Callable[[str, str, int], None]


def measure_data(data: Path | Address | Source, policy: Policy, progress: Progress) -> dict[str, Measure]:
    """Return every measure of a dataset as it is, over the quasi-identifiers of the policy. Raises PolicyError."""
    prepared = prepare(data, policy, progress=progress)
    if not prepared.plan.quasi_identifiers:
        raise PolicyError(NO_QUASI.at("the policy declares no quasi-identifier", policy.path))
    key = Key.from_hex(Key.new())
    facts = collect(prepared.source, prepared.plan, key, lambda t, n: progress("read", t, n))
    if facts.uncounted:
        raise DataError(TOO_MANY_CLASSES.at(facts.uncounted, "class table"))
    facts = with_register(with_population(facts, prepared.plan, key), prepared.plan, key)
    assert facts.classes is not None
    return before(prepared.plan, facts)


def verify_release(
    release: Path, against: Path | Address, policy: Policy, progress: Progress, to: Address | None = None
) -> dict[str, Any]:
    """Search a release for the identifiers of the data it was made from. Raises ReleaseRefused with all findings.

    `to` is the database that holds its tables, where they are no files.
    """
    manifest = release_document(release, "manifest.json")
    files, run = manifest.get("files"), manifest.get("run")
    reports = run.get("reports") if isinstance(run, dict) else None
    if not isinstance(files, dict) or not isinstance(reports, dict):
        raise UsageError(NO_RELEASE.at("manifest.json lists no files", release.name))
    held = {name.removeprefix(IN_DATABASE): files[name] for name in files if name.startswith(IN_DATABASE)}
    if held and to is None:
        raise UsageError(ELSEWHERE.at("its tables went to a database", release.name))
    beside = {name: digest for name, digest in files.items() if not name.startswith(IN_DATABASE)}
    problems = list(_altered(release, {**beside, **reports}))
    made_by = manifest.get("policy")
    if not isinstance(made_by, dict) or made_by.get("sha256") != policy.digest:
        problems.append(ALTERED.at("the manifest names another policy than the one given", policy.name))
    prepared = prepare(against, policy, progress=progress)
    facts = collect(prepared.source, prepared.plan, Key.from_hex(Key.new()), lambda t, n: progress("read", t, n))
    scan = Scan(facts.needles, facts.hash_secret)
    try:
        problems += _search(scan, _tables(release, policy, to if held else None), prepared.plan, held, progress)
    except DataError:
        if not problems:
            raise
        problems.append(
            ALTERED.at("what was altered can no longer be read as a table, so it was not searched", release.name)
        )
    for name in _BESIDE:
        scan.document(name, (release / name).read_text("utf-8"))
    for finding in scan.findings():
        cause = f"{finding.count} value(s) of kind {finding.kind}: {finding.how}"
        problems.append(RESIDUAL.at(cause, f"{finding.table}.{finding.column}"))
    if problems:
        raise ReleaseRefused(problems)
    return {"files": len(files), "cells": scan.searched["cells"], "passed": True}


def _altered(release: Path, files: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is not as the manifest says: files changed, missing or unknown to it."""
    for name, digest in files.items():
        path = release / name
        if not path.is_file() or file_digest(path) != digest:
            yield ALTERED.at("the file is missing or not as the manifest says", name)
    there = {path.relative_to(release).as_posix() for path in release.rglob("*") if not path.is_dir()}
    for name in sorted(there - {*files, *_BESIDE}):
        yield ALTERED.at("the manifest does not know the file", name)


def _tables(release: Path, policy: Policy, to: Address | None) -> Source:
    if to is not None:
        return open_source(to)
    empty = [path.name for path in (release / "data").glob("*") if path.stat().st_size == 0]
    formats = {
        name: {key: value for key, value in given.items() if key != "carriers"}
        for name, given in policy.formats.items()
    }
    return open_source(release / "data", empty, formats)  # what was left out of the input is not left out again


def _search(scan: Scan, released: Source, plan: Plan, held: Mapping[str, str], progress: Progress) -> Iterator[Problem]:
    """Search every released table; yield those of a database (`held`: digest by name) that are not as they were."""
    published = {(t.released_name, step.column) for t in plan.tables for step in t.steps if "published" in step.accept}
    for table in released.tables:
        scan.names(table.name, [table.name, *table.schema.names])
        digest = hashlib.sha256()
        for batch in released.batches(table):
            for field, column in zip(table.schema, batch.columns, strict=True):
                if (table.name, field.name) not in published:
                    scan.column(table.name, field.name, column, numeric=not _is_text(field.type), id_column=False)
            if held:
                digest.update(as_csv(batch))
            progress("search", table.name, batch.num_rows)
        if held and held.get(table.name) != digest.hexdigest():
            yield ALTERED.at("the table is not as the manifest says", table.name)
    for name in sorted(set(held) - {table.name for table in released.tables}):
        yield ALTERED.at("the table is missing in the database", name)
    released.close()


def read_report(release: Path, form: str) -> str:
    """Return the report of a release as Markdown or JSON. Raises UsageError where there is none."""
    content = release_document(release, "report.json")
    if form == "json":
        return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return render_markdown(content)


def release_document(release: Path, name: str) -> dict[str, Any]:
    """Return report.json or manifest.json of a release. Raises UsageError where it is missing or broken."""
    try:
        content: dict[str, Any] = json.loads((release / name).read_text("utf-8"))
    except (OSError, ValueError):
        raise UsageError(NO_RELEASE.at(f"{name} is missing or cannot be read", release.name)) from None
    return content


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
