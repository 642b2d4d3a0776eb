"""The optimum on the Adult table; two independent programs agree on these figures. Skipped where it is absent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deid.anonymise import anonymise
from deid.classes import build
from deid.decisions import Anonymise, PrivacyModel
from deid.hierarchies import build as build_hierarchy

FOLDER = Path(__file__).parents[4] / "shared" / "adult"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the Adult table is not here")
NAMES = ["sex", "age", "race", "marital-status", "education"]
NAMES += ["native-country", "workclass", "occupation", "salary-class"]


@pytest.fixture(scope="module")
def frame():
    return pd.read_csv(FOLDER / "adult.csv", sep=";", dtype=object, keep_default_na=False)


def encoded(frame, attribute=None):
    def column(name):
        codes, values = pd.factorize(frame[name], sort=True)
        return (None, *values), (codes + 1).astype(np.int32)

    names = [name for name in NAMES if name != attribute]
    columns = [column(name) for name in names]
    sensitive = {attribute: (*column(attribute),)} if attribute else {}
    rows = np.arange(len(frame), dtype=np.int32)
    sensitive = {name: (values, rows, codes) for name, (values, codes) in sensitive.items()}
    table, _ = build(names, [v for v, _ in columns], np.column_stack([c for _, c in columns]), sensitive)
    chain = {
        name: build_hierarchy({"file": f"adult_hierarchy_{name}.csv"}, values, folder=FOLDER, name=name)
        for name, (values, _) in zip(names, columns, strict=True)
    }
    return table, chain


def smallest(table, found):
    cells = pd.DataFrame(
        {name: np.array(found.labels[i], dtype=object)[found.codes[:, i]] for i, name in enumerate(found.variables)}
    )
    kept = cells.assign(subjects=table.counts)[~found.suppressed]
    return kept.groupby(list(found.variables), dropna=False)["subjects"].sum().min()


@pytest.mark.parametrize(
    ("k", "limit", "loss", "suppressed"),
    [
        (5, 0, 0.635543846704, 0),
        (5, 0.05, 0.269634662789, 1346),
        (5, 1, 0.227700323257, 2553),
        (2, 0.05, 0.175269, 1350),
        (11, 0.05, 0.329523, 1507),
        (50, 0.05, 0.462660, 1402),
    ],
)
def test_k_anonymity(frame, k, limit, loss, suppressed):
    table, chain = encoded(frame)
    found = anonymise(table, chain, Anonymise(k, limit))
    assert found.loss == pytest.approx(loss, abs=6e-7)
    assert table.counts[found.suppressed].sum() == suppressed
    assert smallest(table, found) >= k
    assert found.alternatives


@pytest.mark.parametrize(
    ("model", "suppressed"),
    [
        (PrivacyModel("l_diversity", "occupation", {"l": 3}), 1400),
        (PrivacyModel("l_diversity", "salary-class", {"l": 2}), 1282),
        (PrivacyModel("t_closeness", "occupation", {"t": 0.2}), 235),
        (PrivacyModel("t_closeness", "salary-class", {"t": 0.2}), 1022),
        (PrivacyModel("l_diversity", "occupation", {"l": 3, "variant": "entropy"}), 1174),
    ],
)
def test_attribute_models(frame, model, suppressed):
    table, chain = encoded(frame, model.attribute)
    found = anonymise(table, chain, Anonymise(5, 0.05, models=(model,)))
    assert table.counts[found.suppressed].sum() == suppressed
    assert smallest(table, found) >= 5


@pytest.mark.parametrize(("k", "most"), [(5, 0.0535), (50, 0.159)])
def test_local_recoding(frame, k, most):
    table, chain = encoded(frame)
    found = anonymise(table, chain, Anonymise(k, 0, "local"))
    assert found.loss <= most
    assert smallest(table, found) >= k
    assert not found.suppressed.any()
