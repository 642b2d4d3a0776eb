from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import tables

from deid.anonymise import anonymise
from deid.decisions import Anonymise, PrivacyModel
from deid.errors import DataError, PolicyError


def released(table, found):
    """Return the subjects and the sensitive values of each released tuple of texts."""
    sizes: Counter = Counter()
    for codes, count, gone in zip(found.codes, table.counts, found.suppressed, strict=True):
        if not gone:
            sizes[tuple(labels[c] for labels, c in zip(found.labels, codes, strict=True))] += int(count)
    return sizes


@settings(max_examples=100, deadline=None)
@given(tables(most=60), st.integers(1, 6), st.sampled_from([0, 0.1]))
def test_every_class_has_k_and_every_cell_covers_its_value(case, k, limit):
    table, hierarchies = case
    if k > table.subjects:
        with pytest.raises(DataError):
            anonymise(table, hierarchies, Anonymise(k, limit, "local"))
        return
    found = anonymise(table, hierarchies, Anonymise(k, limit, "local"))
    assert min(released(table, found).values()) >= k
    assert table.counts[found.suppressed].sum() <= limit * table.subjects
    for i, name in enumerate(table.variables):
        hierarchy = hierarchies[name]
        for code, cell, gone in zip(table.codes[:, i], found.codes[:, i], found.suppressed, strict=True):
            above = {hierarchy.labels[level][hierarchy.maps[level][code]] for level in range(hierarchy.height + 1)}
            assert gone or found.labels[i][cell] in above


@pytest.mark.parametrize(
    "model",
    [
        PrivacyModel("l_diversity", "ill", {"l": 2}),
        PrivacyModel("l_diversity", "ill", {"l": 1.8, "variant": "entropy"}),
        PrivacyModel("t_closeness", "ill", {"t": 0.3}),
        PrivacyModel("beta_likeness", "ill", {"beta": 1}),
    ],
)
@settings(max_examples=40, deadline=None)
@given(case=tables(most=40), k=st.integers(2, 3))
def test_models_hold_on_the_released_tuples(model, case, k):
    table, hierarchies = case
    try:
        found = anonymise(table, hierarchies, Anonymise(k, 0, "local", models=(model,)))
    except DataError:
        return  # the demand may be out of reach; the release is then refused
    after = table.without(found.suppressed)
    codes = found.codes[~found.suppressed]
    histogram = after.sensitive["ill"]
    _, member = np.unique(codes, axis=0, return_inverse=True)
    rows = np.zeros((int(member.max()) + 1, len(histogram.values)))
    np.add.at(rows, (member.reshape(-1)[histogram.classes], histogram.codes), histogram.counts)
    share = rows / rows.sum(axis=1, keepdims=True)
    whole = rows.sum(axis=0) / rows.sum()
    if model.name == "l_diversity" and "variant" not in model.parameters:
        assert ((rows > 0).sum(axis=1) >= 2).all()
    elif model.name == "l_diversity":
        logs = np.log(share, out=np.zeros_like(share), where=share > 0)
        assert (np.exp(-(share * logs).sum(axis=1)) >= 1.8 - 1e-9).all()
    elif model.name == "t_closeness":
        assert (np.maximum(share - whole, 0).sum(axis=1) <= 0.3 + 1e-9).all()
    else:
        logs = -np.log(whole, out=np.zeros_like(whole), where=whole > 0)
        assert (share <= whole * (1 + np.minimum(1, logs)) + 1e-9).all()


@settings(max_examples=5, deadline=None)
@given(tables(most=60))
def test_the_same_result_every_time(case):
    table, hierarchies = case
    spec = Anonymise(1, 0, "local")
    one, two = anonymise(table, hierarchies, spec), anonymise(table, hierarchies, spec)
    assert (one.codes == two.codes).all()
    with pytest.raises(PolicyError, match="P517"):
        anonymise(table, hierarchies, Anonymise(1, 0, "local", quality="precision"))
