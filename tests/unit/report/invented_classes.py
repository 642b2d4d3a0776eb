"""Releases made of invented people, one class by size, to see what a report of them gives away."""

from __future__ import annotations

from dataclasses import replace

from invented import table_of, trial

from deid.contracts import Evidence
from deid.hierarchy import Recoding
from deid.model import Measure
from deid.report.inputs import Burden, ColumnRisk, ReportInputs
from deid.risk import measure_all
from deid.risk.attacks import attack_classes
from deid.risk.utility import recoding_utility

#: A person: class, group, value of the sensitive attribute.
Person = tuple[str, str, str]


def people_of(sizes: list[int], likely: int, groups: int) -> list[Person]:
    """Return the people of classes of these sizes; about `likely` in ten hold the same value."""
    return [
        (f"a{i:03d}", f"g{i % groups}", "x" if (i * 7 + j) % 10 < likely else f"y{j % 3}")
        for i, size in enumerate(sizes)
        for j in range(size)
    ]


def release_of(people: list[Person], k: int, attacks: int = 80) -> ReportInputs:
    """Return a release of these people in which classes below k are suppressed, attacked so many times."""
    people = sorted(people)
    rows, values = [person[:2] for person in people], [person[2] for person in people]
    sizes = {row: rows.count(row) for row in set(rows)}
    kept = [sizes[row] >= k for row in rows]
    before = table_of(rows, ("A", "G"), {"S": values})
    after = table_of(
        [row for row, keep in zip(rows, kept, strict=True) if keep],
        ("A", "G"),
        {"S": [value for value, keep in zip(values, kept, strict=True) if keep]},
    )
    gone = before.counts < k
    lost = float(before.counts[gone].sum() / before.subjects)
    recoding = Recoding(("A", "G"), before.vocabularies, before.codes, gone, {"A": 0, "G": 0}, "test", lost)
    base = trial()
    names = sorted({row[1] for row in rows})
    burden = Burden("G", tuple(
        (g, sum(r[1] == g for r in rows), sum(r[1] == g and not keep for r, keep in zip(rows, kept, strict=True)))
        for g in names
    ))  # fmt: skip
    suppressed = len(rows) - sum(kept)
    was = {
        **measure_all(Evidence(before, threshold=1 / k)),
        **(attack_classes(before, before, seed=3, attacks=attacks) if attacks else {}),
    }
    now = {
        **measure_all(Evidence(after, suppressed=suppressed, threshold=1 / k)),
        **(attack_classes(before, after, recoding, seed=3, attacks=attacks) if attacks else {}),
        **recoding_utility(before, recoding, after),
        "suppressed_share": Measure("suppressed_share", suppressed / len(rows)),
        "loss": Measure("loss", recoding.loss),
    }
    alone = int(before.counts[before.counts == 1].sum())
    return replace(
        base,
        verdict=replace(base.verdict, before=was, after=now, gates=()),
        before=before,
        after=after,
        recoding=recoding,
        burden=(burden,),
        rows_before={"dm": len(rows), "ae": 1804, "notes": 611},
        rows_after={"dm": len(rows), "ae": 1804, "notes": 611},
        column_risks=(ColumnRisk("ae", "AESTDTC", len(rows), alone, min(alone + 7, len(rows)), False),),
    )
