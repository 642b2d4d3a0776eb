"""Two releases side by side: what changed, and what somebody learns who holds both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deid.errors import Problem, problem_kind
from deid.measuring import release_document
from deid.report.disclosure import Cell, Disclosure
from deid.source import open_source
from deid.values import as_text

JOINT_SMALL = problem_kind(
    "R520",
    "two releases together fall below k",
    meaning="Whoever holds both and can link them sees smaller groups than either shows.",
    remedy="use another name for the release, so that its pseudonyms differ, or keep the recoding of the older one",
)
Cells = tuple[str | None, ...]


def compare(old: Path, new: Path) -> dict[str, Any]:
    """Return what changed between two releases in plan, gates and measures, and their joint view.

    Raises UsageError where one of the folders is no release.
    """
    reports = [release_document(folder, "report.json") for folder in (old, new)]
    manifests = [release_document(folder, "manifest.json") for folder in (old, new)]
    return {
        "policy": {"same": reports[0]["policy"]["sha256"] == reports[1]["policy"]["sha256"]},
        "columns": _differences(*(_columns(report) for report in reports)),
        "gates": _differences(*(_gates(report) for report in reports)),
        "measures": _differences(*(_measures(report) for report in reports)),
        "joint": _joint((old, new), reports, manifests),
    }


def joint_refused(found: Mapping[str, Any], least: int | None) -> list[Problem]:
    """Return the problem that the joint view falls below a k, where one is asked for; none that cannot be judged."""
    sizes = [found["joint"][name] for name in ("k", "k_only_in_one") if found["joint"][name] is not None]
    if least is None or not sizes or min(sizes) >= least:
        return []
    return [JOINT_SMALL.at(f"the smallest group is {min(sizes)}, below {least}")]


def _differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"what": name, "old": old.get(name, "not there"), "new": new.get(name, "not there")}
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _columns(report: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for column in report["columns"]:
        options = ", ".join(f"{name} {text}" for name, text in column["options"].items())
        said = f"{column['role']}, {column['do']}" + (f" ({options})" if options else "")
        found[f"{column['table']}.{column['name']}" if column["released"] else column["name"]] = said
    return found


def _gates(report: Mapping[str, Any]) -> dict[str, str]:
    return {gate["id"]: f"{gate['outcome']}, {gate['text']}, {gate['condition']}" for gate in report["gates"]}


def _measures(report: Mapping[str, Any]) -> dict[str, str]:
    rows = [*report["risk"]["measures"], *report["utility"], *report["longitudinal"]["measures"]]
    rows += [row for group in report["risk"]["further"] for row in group["measures"]]
    rows += [row for entry in report["attribute"] for row in entry["measures"]]
    found = {row["id"]: row["after"]["text"] for row in rows}
    return found | {row["id"]: row["after"]["rate"]["text"] for row in report["attacks"]["tried"]}


def _joint(folders: tuple[Path, Path], reports: list[Any], manifests: list[Any]) -> dict[str, Any]:
    """Return how many people stand in both releases and the smallest group of whoever holds both."""
    rules = Disclosure(max(report["disclosure"]["cell_min"] for report in reports))
    if not all(manifest.get("subject_columns") for manifest in manifests):
        return {"summary": "a release names no subject, so they cannot be linked by one", "people": {}, **_NOTHING}
    held = [_people(*parts) for parts in zip(folders, reports, manifests, strict=True)]
    shared = held[0].keys() & held[1].keys()
    people = _counts(len(held[0]), len(held[1]), len(shared), rules)
    if not shared:
        return {"summary": "their pseudonyms do not link: no subject stands in both", "people": people, **_NOTHING}
    both = Counter((held[0][one], held[1][one]) for one in shared)
    known = [count for (old, new), count in both.items() if any(old) or any(new)]
    alone = Counter((i, cells) for i in (0, 1) for one, cells in held[i].items() if one not in shared and any(cells))
    return {
        "summary": "their pseudonyms link: whoever holds both can join them person by person",
        "people": people,
        "k": min(known, default=None),
        "k_only_in_one": min(alone.values(), default=None),
    }


_NOTHING: Mapping[str, Any] = {"k": None, "k_only_in_one": None}


def _people(folder: Path, report: Mapping[str, Any], manifest: Mapping[str, Any]) -> dict[str, Cells]:
    """Return the released quasi-identifiers of every subject."""
    quasi = [c for c in report["columns"] if c["role"] == "quasi_identifier" and c["released"] and c["do"] != "derive"]
    variables = list(dict.fromkeys(column["variable"] for column in quasi))
    released = open_source(folder / "data")
    found: dict[str, list[str | None]] = {}
    for table in released.tables:
        subject = manifest["subject_columns"].get(table.name)
        if subject not in table.schema.names:
            continue
        own = {c["name"]: variables.index(c["variable"]) for c in quasi if c["table"] == table.name}
        for batch in released.batches(table):
            names = as_text(batch.column(batch.schema.get_field_index(subject))).to_pylist()
            for name in names:
                if name is not None:
                    found.setdefault(name, [None] * len(variables))
            for column, place in own.items():
                cells = as_text(batch.column(batch.schema.get_field_index(column))).to_pylist()
                for name, cell in zip(names, cells, strict=True):
                    if name is not None and cell:
                        found[name][place] = cell
    return {name: tuple(cells) for name, cells in found.items()}


def _counts(old: int, new: int, both: int, rules: Disclosure) -> dict[str, dict[str, Any]]:
    """Return the counts of people; where one would be small, none that it follows from."""
    parts = {"both": both, "the_old_only": old - both, "the_new_only": new - both}
    hidden = any(rules.small(count) for count in parts.values()) or rules.small(abs(old - new))
    cells: dict[str, Cell] = {"the_old": rules.count(old), "the_new": rules.count(new)}
    if rules.small(abs(old - new)):
        cells["the_new"] = rules.derivable()
    for name, count in parts.items():
        cells[name] = rules.count(count) if not hidden or rules.small(count) else rules.derivable()
    return {name: cell.plain() for name, cell in cells.items()}
