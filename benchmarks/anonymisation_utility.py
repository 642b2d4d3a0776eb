"""What an anonymised table is still worth to a classifier: trained on the release, tested on held-back originals.

    python benchmarks/anonymisation_utility.py --data adult.csv --hierarchies DIR --target salary-class --k 5 --k 50

Seven tenths of the rows are anonymised with all columns as quasi-identifiers, the target too; a logistic regression
learns from them and is tested on the other three tenths as they were. With `--whole` the whole table is anonymised,
and its released rows are divided. `--weight NAME=2` makes a column count twice in the search; the loss that is printed
beside the AUC counts all columns alike. For a released cell one of the leaves under it is
drawn, each as likely as the other and three times for every row, so that released and original rows live in one space;
a leaf enters as one of many, a number also as itself and its square. Rows whose target was generalised teach nothing,
and are left out. The figure is the area under the ROC curve; differences below .003 are noise. Needs scikit-learn
(BSD), which deid itself does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
import pandas as pd
from anonymisation import class_table, encode, hierarchies_of
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from deid.anonymise import anonymise
from deid.classes import ClassTable
from deid.decisions import Anonymise
from deid.hierarchy import Hierarchy, Recoding

SEED = 20_260_102
COPIES = 3
Floats = npt.NDArray[np.float64]


def covered_by(hierarchy: Hierarchy, label: str | None, leaves: Sequence[str]) -> Floats:
    """Return 1 for each leaf under a released cell."""
    covered = np.zeros(len(leaves))
    own = {str(name): i for i, name in enumerate(leaves)}
    parts = [label] if label in own else str(label).split(" or ")
    if all(part in own for part in parts):
        covered[[own[str(part)] for part in parts]] = 1
        return covered
    low, high = _interval(label)
    for value, at in own.items():
        covered[at] = low is not None and high is not None and low <= float(value) < high
    if not covered.any():
        names = hierarchy.labels
        level = next(i for i in range(len(names)) if label in names[i])
        inside = np.flatnonzero(hierarchy.maps[level] == names[level].index(label))
        for code in inside:
            value = names[0][hierarchy.maps[0][code]]
            if value is not None:
                covered[own[value]] = 1
    return covered


def _interval(label: str | None) -> tuple[float | None, float | None]:
    text = str(label)
    if text.startswith("[") and text.endswith(")") and ", " in text:
        low, high = text[1:-1].split(", ")
        return float(low), float(high)
    if text.endswith("+"):
        return float(text[:-1]), float("inf")
    return None, None


def features(
    names: Sequence[str],
    columns: Sequence[Sequence[str | None]],
    chain: dict[str, Hierarchy],
    table: ClassTable,
    copies: int = 1,
) -> Floats:
    """Return rows of leaves, drawn under the cells of each row `copies` times."""
    parts = []
    random = np.random.default_rng(SEED)
    for name, cells in zip(names, columns, strict=True):
        words = table.vocabularies[table.variables.index(name)]
        leaves = [str(word) for word in words if word is not None]
        labels = sorted(set(cells), key=str)
        covered = np.stack([covered_by(chain[name], label, leaves) for label in labels])
        upto = np.cumsum(covered / covered.sum(axis=1, keepdims=True), axis=1)
        number = {label: i for i, label in enumerate(labels)}
        rows = np.tile([number[cell] for cell in cells], copies)
        drawn = (random.random(len(rows))[:, None] > upto[rows]).sum(axis=1).clip(0, len(leaves) - 1)
        shown = np.eye(len(leaves))[drawn]
        numbers = pd.to_numeric(pd.Series(leaves), errors="coerce").to_numpy()
        if not np.isnan(numbers).any():
            scaled = ((numbers - numbers.mean()) / numbers.std())[drawn]
            shown = np.column_stack([shown, scaled, scaled**2])
        parts.append(shown)
    return np.hstack(parts)


def released_rows(frame: pd.DataFrame, table: ClassTable, found: Recoding) -> pd.DataFrame:
    """Return the rows of the release in their order, the cells of suppressed ones empty."""
    lookup = {tuple(row): i for i, row in enumerate(table.codes)}
    numbers = []
    for name, words in zip(table.variables, table.vocabularies, strict=True):
        vocabulary, codes = encode(frame[name])
        place = {word: i for i, word in enumerate(words)}
        numbers.append(np.array([place.get(word, -1) for word in vocabulary])[codes])
    classes = np.array([lookup[tuple(row)] for row in np.column_stack(numbers)])
    cells = {
        name: np.where(found.suppressed[classes], None, np.array(labels, dtype=object)[found.codes[classes, i]])
        for i, (name, labels) in enumerate(zip(found.variables, found.labels, strict=True))
    }
    return pd.DataFrame(cells, dtype=object)


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--hierarchies", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--target", default="salary-class", show_default=True)
@click.option("--k", "sizes", multiple=True, type=int, default=(5, 50), show_default=True)
@click.option("--splits", default=1, show_default=True, help="random splits of which the mean is taken")
@click.option("--whole", is_flag=True, help="anonymise the whole table before it is split")
@click.option("--weight", "weights", multiple=True, help="such as education=3; the target is named here too")
@click.option("--json", "as_json", is_flag=True)
def main(
    data: Path,
    hierarchies: Path,
    target: str,
    sizes: tuple[int, ...],
    splits: int,
    weights: tuple[str, ...],
    **how: bool,
) -> None:
    """Measure the loss and the AUC of originals and of local and global releases."""
    frame = pd.read_csv(data, sep=";", dtype=object, keep_default_na=False)
    given = {name: float(value) for name, value in (text.split("=") for text in weights)}
    specs = {f"{name}, k {k}": spec for k in sizes for name, spec in settings(k, given).items()}
    result: dict[str, list[tuple[float, float]]] = {}
    kept = released(frame, hierarchies, specs) if how["whole"] else None
    for split in range(splits):
        order = np.random.default_rng(SEED + split).permutation(len(frame))
        cut = round(len(frame) * 0.7)
        train = frame.iloc[order[:cut]].reset_index(drop=True)
        test = frame.iloc[order[cut:]].reset_index(drop=True)
        here = order[:cut]
        rows = {name: (loss, rows.iloc[here]) for name, (loss, rows) in kept.items()} if kept else None
        releases = {"original": (0.0, train), **(rows or released(train, hierarchies, specs))}
        for name, (loss, release) in releases.items():
            result.setdefault(name, []).append((loss, auc(frame, release, test, hierarchies, target)))
    shown = {name: [round(float(value), 4) for value in np.mean(values, axis=0)] for name, values in result.items()}
    lines = "\n".join(f"{name:24} loss {loss:.4f}  AUC {area:.4f}" for name, (loss, area) in shown.items())
    click.echo(json.dumps(shown) if how["as_json"] else lines)


def settings(k: int, weights: Mapping[str, float]) -> dict[str, Anonymise]:
    """Return what is compared."""
    return {
        "local": Anonymise(k, 0.0, "local", weights=weights),
        "local, intervals": Anonymise(k, 0.0, "local", weights=weights, notation="interval"),
        "local, sets": Anonymise(k, 0.0, "local", weights=weights, notation="set"),
        "global, 5 %": Anonymise(k, 0.05, weights=weights),
    }


def released(
    frame: pd.DataFrame, folder: Path, specs: Mapping[str, Anonymise]
) -> dict[str, tuple[float, pd.DataFrame]]:
    """Return loss and rows of each release; a suppressed row, where there is one, has None in all cells."""
    table = class_table(frame, list(frame.columns), [])
    chain = hierarchies_of(table, folder)
    found = {name: anonymise(table, chain, spec) for name, spec in specs.items()}
    return {
        name: (float(np.mean(list(one.loss_by_variable.values()))), released_rows(frame, table, one))
        for name, one in found.items()
    }


def auc(frame: pd.DataFrame, release: pd.DataFrame, test: pd.DataFrame, folder: Path, target: str) -> float:
    """Return the area under the ROC curve on the test rows of a classifier that learnt from a release."""
    names = [name for name in frame.columns if name != target]
    whole = class_table(frame, list(frame.columns), [])
    domain = hierarchies_of(whole, folder)
    positive = sorted(frame[target].unique())[-1]
    original = features(names, [test[name].tolist() for name in names], domain, whole)
    known = release[release[target].isin(set(frame[target]))]
    given = features(names, [known[column].tolist() for column in names], domain, whole, COPIES)
    model = LogisticRegression(max_iter=2000).fit(given, np.tile(known[target] == positive, COPIES))
    return float(roc_auc_score(test[target] == positive, model.predict_proba(original)[:, 1]))


if __name__ == "__main__":
    main()
