"""Global and local recoding of any table in ARX's file layout: levels, loss, suppressed, time in group-bys.

    python benchmarks/anonymisation.py --data adult.csv --hierarchies DIR --k 5 --suppress 0.05 --json

The table and the hierarchies are CSV files separated by semicolons; the hierarchy of column NAME is the file of the
folder whose name ends in `NAME.csv`, one line a leaf, the leaf first. Times are CPU seconds, the least of `--repeat`
runs; the unit is one pandas group-by of the quasi-identifiers as object-dtype strings, in the same process. `--rows`
draws that many rows from the table with a tenth of the cells taken from another row, so that larger tables can be made.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
import numpy as np
import pandas as pd

from deid.anonymise import anonymise, search
from deid.anonymise.task import build_task
from deid.classes import ClassTable, build
from deid.decisions import Anonymise, PrivacyModel
from deid.hierarchies import build as build_hierarchy
from deid.hierarchy import Hierarchy, Recoding

T = TypeVar("T")
SEED = 20_260_101


def timed(job: Callable[[], T], repeat: int) -> tuple[T, float]:
    """Return the result of a job and the least CPU time that it took."""
    best = float("inf")
    for _ in range(repeat):
        start = time.process_time()
        result = job()
        best = min(best, time.process_time() - start)
    return result, best


def encode(column: pd.Series) -> tuple[tuple[str | None, ...], np.ndarray]:
    """Return the sorted vocabulary behind None, and the code of each row."""
    seen, values = pd.factorize(column.to_numpy())
    order = sorted(range(len(values)), key=values.__getitem__)
    code = np.empty(len(order), np.int32)
    code[order] = np.arange(1, len(order) + 1)
    return (None, *(values[i] for i in order)), code[seen]


def class_table(frame: pd.DataFrame, names: Sequence[str], sensitive: Sequence[str]) -> ClassTable:
    """Return the class table of a frame whose rows are subjects."""
    columns = [encode(frame[name]) for name in names]
    codes = np.column_stack([codes for _, codes in columns])
    subjects = np.arange(len(frame), dtype=np.int32)
    values = {name: (vocabulary, subjects, c) for name in sensitive for vocabulary, c in [encode(frame[name])]}
    return build(names, [vocabulary for vocabulary, _ in columns], codes, values)[0]


def resampled(frame: pd.DataFrame, rows: int) -> pd.DataFrame:
    """Return a table of as many rows, drawn with replacement, a tenth of the cells from another row."""
    random = np.random.default_rng(SEED)
    base = random.integers(0, len(frame), rows)
    other = random.integers(0, len(frame), rows)
    return pd.DataFrame(
        {name: frame[name].to_numpy()[np.where(random.random(rows) < 0.1, other, base)] for name in frame.columns},
        dtype=object,  # pandas 3 would turn them into Arrow strings
    )


def hierarchies_of(table: ClassTable, folder: Path) -> dict[str, Hierarchy]:
    """Return the hierarchy of each variable from the file whose name ends in its name."""
    found = {}
    for name, vocabulary in zip(table.variables, table.vocabularies, strict=True):
        files = sorted((path.name for path in folder.glob("*.csv") if path.stem.endswith(name)), key=len)
        if not files:
            raise click.UsageError(f"no hierarchy file for column {name}")
        found[name] = build_hierarchy({"file": files[0]}, vocabulary, folder=folder, name=name)
    return found


def model_of(text: str) -> PrivacyModel:
    """Read `l_diversity:occupation:l=3` or `t_closeness:occupation:t=0.2,variant=equal`."""
    name, attribute, *rest = text.split(":")
    given: dict[str, Any] = dict(part.split("=", 1) for part in ",".join(rest).split(",") if part)
    return PrivacyModel(name, attribute, {k: v if k == "variant" else float(v) for k, v in given.items()})


def written(table: ClassTable, found: Recoding) -> dict[str, int]:
    """Group what would be written, apart from the search: smallest class and number of classes."""
    shown = {
        name: np.array(labels, dtype=object)[found.codes[:, i]]
        for i, (name, labels) in enumerate(zip(found.variables, found.labels, strict=True))
    }
    frame = pd.DataFrame(shown).assign(subjects=table.counts)[~found.suppressed]
    sizes = frame.groupby(list(found.variables), dropna=False)["subjects"].sum()
    return {"smallest_class": int(sizes.min()), "classes": len(sizes)}


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--hierarchies", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--k", default=5, show_default=True)
@click.option("--suppress", default=0.0, show_default=True, help="largest share of rows suppressed")
@click.option("--model", multiple=True, help="such as t_closeness:occupation:t=0.2")
@click.option("--quasi", default="", help="comma-separated columns; all but the models' attributes unless given")
@click.option("--recoding", type=click.Choice(["global", "local"]), default="global", show_default=True)
@click.option("--notation", type=click.Choice(["hierarchy", "interval", "set"]), default="hierarchy", show_default=True)
@click.option("--quality", default="loss", show_default=True)
@click.option("--budget", default=60.0, show_default=True, help="seconds for a search that cannot prove its optimum")
@click.option("--rows", default=0, help="resample the table to this many rows")
@click.option("--repeat", default=3, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="write the released table here")
@click.option("--json", "as_json", is_flag=True)
def main(data: Path, hierarchies: Path, model: tuple[str, ...], quasi: str, as_json: bool, **options: Any) -> None:
    """Measure one anonymisation."""
    frame = pd.read_csv(data, sep=";", dtype=object, keep_default_na=False)
    if options["rows"]:
        frame = resampled(frame, options["rows"])
    models = tuple(model_of(text) for text in model)
    sensitive = sorted({m.attribute for m in models if m.attribute})
    names = quasi.split(",") if quasi else [name for name in frame.columns if name not in sensitive]
    spec = Anonymise(
        options["k"],
        options["suppress"],
        options["recoding"],
        quality=options["quality"],
        models=models,
        time_budget=options["budget"],
        notation=options["notation"],
    )
    repeat = options["repeat"]
    _, unit = timed(lambda: frame.groupby(names).size(), repeat)
    table, encoding = timed(lambda: class_table(frame, names, sensitive), repeat)
    chain = hierarchies_of(table, hierarchies)
    if spec.recoding == "global":
        (judge, found), searching = timed(lambda: search(build_task(table, chain), spec), repeat)
        counted = {"nodes": found.nodes, "nodes_checked": judge.judged, "proven": found.proven, "bound": found.bound}
        recoding = anonymise(table, chain, spec)
    else:
        recoding, searching = timed(lambda: anonymise(table, chain, spec), repeat)
        counted = {}
    result = {
        "rows": len(frame),
        "distinct": len(table),
        "levels": dict(recoding.levels) if recoding.levels else None,
        "loss": recoding.loss,
        "suppressed": int(table.counts[recoding.suppressed].sum()),
        **counted,
        **written(table, recoding),
        "group_by_s": unit,
        "encode_s": encoding,
        "search_s": searching,
        "group_bys": (encoding + searching) / unit,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if options["out"]:
        _write(frame, table, recoding, options["out"])
    lines = (f"{name:15} {value}" for name, value in result.items())
    click.echo(json.dumps(result) if as_json else "\n".join(lines))


def _write(frame: pd.DataFrame, table: ClassTable, recoding: Recoding, path: Path) -> None:
    """Write the released table in the order of the input, '*' in every quasi-identifier of suppressed rows."""
    lookup = {tuple(row): i for i, row in enumerate(table.codes)}
    rows = np.column_stack([encode(frame[name])[1] for name in table.variables])
    classes = np.array([lookup[tuple(row)] for row in rows])
    released = frame.copy()
    for i, name in enumerate(table.variables):
        cells = np.array(recoding.labels[i], dtype=object)[recoding.codes[:, i]]
        released[name] = np.where(recoding.suppressed, "*", cells)[classes]
    released.to_csv(path, sep=";", index=False)


if __name__ == "__main__":
    main()
