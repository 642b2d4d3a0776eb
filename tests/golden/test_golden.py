"""Every golden vector in the folder that DEID_GOLDEN names (default ../shared/golden) has our measure's answer."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from golden_dispatch import measure_for
from golden_vector import Vector

FOLDER = Path(os.environ.get("DEID_GOLDEN", Path(__file__).parents[2] / "../shared/golden"))


def _vectors() -> list[Vector]:
    found = []
    for path in sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []:
        content = json.loads(path.read_text(encoding="utf-8"))
        vectors = tuple(content["vectors"]) if isinstance(content, dict) and "vectors" in content else ()
        found += [Vector(FOLDER, raw, vectors) for raw in vectors]
    return found


VECTORS = _vectors()


def _agrees(got: Any, expected: Any, tolerance: float) -> bool:
    if expected is None or got is None:
        return got is expected
    if isinstance(expected, bool):
        return bool(got) is expected and isinstance(got, bool)
    if isinstance(expected, dict):
        return set(got) == set(expected) and all(_agrees(got[key], expected[key], tolerance) for key in expected)
    if isinstance(expected, list):
        return len(got) == len(expected) and all(map(_agrees, got, expected, [tolerance] * len(expected)))
    if expected == "inf":
        return math.isinf(got)
    return abs(got - expected) <= tolerance * max(1.0, abs(expected))


@pytest.mark.skipif(not VECTORS, reason="no golden vectors in the folder")
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.raw["id"])
def test_golden_vector(vector: Vector) -> None:
    family, name = vector.raw.get("family", ""), vector.raw["metric"]
    run = measure_for(family, name)
    assert run is not None, f"no measure answers {family} / {name}"
    got = run(vector)
    assert _agrees(got, vector.raw["expected"], vector.raw["tolerance"]), got
