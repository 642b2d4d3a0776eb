"""The bench on which the stages are tested."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.pipeline.trial import Bench


@pytest.fixture
def bench(tmp_path: Path, command: Callable[..., Result]) -> Bench:
    """Return an empty bench."""
    return Bench(tmp_path, command)
