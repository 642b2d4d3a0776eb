"""Tables of a database are streamed: what ten times the rows cost in time and memory."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("duckdb")

from tests.omop.large import Cost, cost, load


def released(folder: Path, number: int) -> Cost:
    folder.mkdir()
    return cost(load("duckdb", str(folder / "in.db"), number), f"duckdb:///{folder / 'out.db'}", folder)


@pytest.mark.slow
def test_a_hundred_thousand_measurements(tmp_path: Path) -> None:
    """Seconds of the processor, which other work on the machine does not stretch much; start and 38 tables count."""
    small, large = released(tmp_path / "small", 10_000), released(tmp_path / "large", 100_000)
    assert large.processor - small.processor < 5, (small, large)


@pytest.mark.slow
def test_memory_does_not_depend_on_the_rows(tmp_path: Path) -> None:
    """The same people with ten times the measurements; both tables are longer than what is held of one.

    The lesser of two runs: threads hold their arrays at times that differ; what rows need is in both.
    """
    small, large = (
        min(released(tmp_path / f"{number}-{again}", number).memory for again in range(2))
        for number in (150_000, 1_500_000)
    )
    assert large < 1.1 * small, (small, large)
