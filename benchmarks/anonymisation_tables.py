"""Local recoding beside plain Mondrian on public tables that come with installable packages.

    python benchmarks/anonymisation_tables.py --json

`anes96` (American National Election Study of 1996) and `randhie` (RAND health insurance experiment) are in the public
domain and come with statsmodels (BSD). Both programs release values of the same hierarchies, suppress nobody, and are
scored alike: normalised certainty penalty, mean over rows and variables. Plain Mondrian (LeFevre, DeWitt, Ramakrishnan
2006): strict, the widest variable first, cut at the median, lowest common ancestor as the cell.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt
import pandas as pd
import statsmodels.datasets
from anonymisation import class_table, written

from deid.anonymise import anonymise
from deid.anonymise.local.boxes import Side, boxes, sides
from deid.anonymise.task import build_task
from deid.decisions import Anonymise
from deid.hierarchies import build

Keys = npt.NDArray[np.int64]
#: Quasi-identifiers by table, with their hierarchies.
TABLES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "anes96": {
        "age": {"interval": 5},
        "educ": {"interval": 2},
        "income": {"interval": 3},
        "PID": {"interval": 2},
        "TVnews": {"interval": 2},
        "selfLR": {"interval": 2},
        "vote": {"suppress_only": True},
    },
    "randhie": {
        "mdvis": {"interval": 2, "widths": [2, 4, 8, 16, 32]},
        "lncoins": {"interval": 1},
        "idp": {"suppress_only": True},
        "physlm": {"interval": "0.25", "widths": ["0.25", "0.5", "1"]},
        "disea": {"interval": 5, "widths": [5, 10, 20]},
        "hlthg": {"suppress_only": True},
        "hlthf": {"suppress_only": True},
        "hlthp": {"suppress_only": True},
    },
}


def mondrian(parts: tuple[Side, ...], counts: Keys, k: int) -> Keys:
    """Return the class of each tuple; tuples are cut as wholes."""
    member = np.zeros(len(counts), np.int64)
    number = 0
    todo = [np.arange(len(counts))]
    while todo:
        inside = todo.pop()
        cut = next(_cuts(parts, counts, inside, k), None)
        if cut is None:
            member[inside] = number
            number += 1
        else:
            todo += [inside[cut], inside[~cut]]
    return member


def _cuts(parts: tuple[Side, ...], counts: Keys, inside: Keys, k: int) -> Iterator[npt.NDArray[np.bool_]]:
    """Yield the median cuts that leave k on both sides, the widest variable first."""
    wide = [float(side.cost(*_ends(side.codes[inside]))[0]) for side in parts]
    for i in np.argsort(wide, kind="stable")[::-1]:
        codes, weight = parts[i].codes[inside], counts[inside]
        order = np.argsort(codes, kind="stable")
        middle = codes[order][np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)]
        for lower in (codes <= middle, codes < middle):
            if min(weight[lower].sum(), weight[~lower].sum()) >= k:
                yield lower


def _ends(codes: Keys) -> tuple[Keys, Keys]:
    return np.array([codes.min()]), np.array([codes.max()])


def measured(name: str, k: int) -> dict[str, Any]:
    """Return the loss of both on one table."""
    data = getattr(statsmodels.datasets, name).load_pandas().data
    specs = TABLES[name]
    frame = pd.DataFrame({column: [f"{value:.10g}" for value in data[column]] for column in specs}, dtype=object)
    table = class_table(frame, list(specs), [])
    chain = {
        column: build(specs[column], words, folder=Path(), name=column)
        for column, words in zip(table.variables, table.vocabularies, strict=True)
    }
    task = build_task(table, chain)
    parts = sides(task, {})
    member = mondrian(parts, task.counts, k)
    plain = boxes(parts, task.counts, member, int(member.max()) + 1)
    start = time.process_time()
    ours = anonymise(table, chain, Anonymise(k, 0.0, "local"))
    seconds = time.process_time() - start
    narrow = anonymise(table, chain, Anonymise(k, 0.0, "local", notation="interval"))
    sets = anonymise(table, chain, Anonymise(k, 0.0, "local", notation="set"))
    assert plain.weight.min() >= k
    assert written(table, ours)["smallest_class"] >= k
    assert written(table, narrow)["smallest_class"] >= k
    assert written(table, sets)["smallest_class"] >= k
    return {
        "table": name,
        "rows": len(frame),
        "quasi_identifiers": len(specs),
        "k": k,
        "mondrian": round(float((plain.cost * plain.weight).sum() / task.subjects), 4),
        "local": round(ours.loss, 4),
        "local_intervals": round(narrow.loss, 4),
        "local_sets": round(sets.loss, 4),
        "seconds": round(seconds, 2),
    }


@click.command()
@click.option("--k", "sizes", multiple=True, type=int, default=(2, 5, 11, 50), show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(sizes: tuple[int, ...], as_json: bool) -> None:
    """Print the loss of plain Mondrian and of local recoding by table and k."""
    rows = [measured(name, k) for name in TABLES for k in sizes]
    click.echo(json.dumps(rows) if as_json else pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
