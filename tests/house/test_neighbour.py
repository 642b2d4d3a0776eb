"""The other distribution named deid is noticed."""

from pathlib import Path

import pytest

from deid import neighbour


def test_alone() -> None:
    assert neighbour.check() is None


def test_neighbour_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "deid-0.4.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: deid\nVersion: 0.4.1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    problem = neighbour.check()
    assert problem is not None
    assert problem.code == "U210"
    assert "0.4.1" in problem.cause
