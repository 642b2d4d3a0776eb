"""The example that releases SDTM, FHIR, notes and a VCF of the same patients: one name, one shift, in all of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import Result

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "one_patient_many_standards"


@pytest.fixture
def both(tmp_path: Path, command: Callable[..., Result]) -> tuple[Path, Path]:
    data, out = tmp_path / "data", tmp_path / "out"
    subprocess.run([sys.executable, str(EXAMPLE / "make_data.py"), str(data)], check=True)
    result = command("run", data, "--policy", EXAMPLE / "policy.yaml", "--out", out)
    assert result.exit_code == 0, result.output
    return data, out / "data"


def resources(folder: Path, kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{kind}.ndjson").read_text("utf-8").splitlines()]


def facts(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Return by subject what the standards say: event in SDTM and FHIR, whether the note tells that day, sex twice."""
    tables = [pd.read_csv(folder / f"{name}.csv", dtype=str).set_index("USUBJID") for name in ("ae", "dm", "notes")]
    events, sexes, notes = tables[0]["AESTDTC"], tables[1]["SEX"], tables[2]["NOTE"]
    genders = {r["id"]: r["gender"] for r in resources(folder, "Patient")}
    conditions = resources(folder, "Condition")
    onset = {r["subject"]["reference"].removeprefix("Patient/"): r["onsetDateTime"] for r in conditions}
    assert set(genders) == set(onset) == set(events.index) == set(sexes.index) == set(notes.index)
    return {s: (events[s], onset[s], events[s] in notes[s], sexes[s], genders[s]) for s in genders}


def test_a_patient_has_one_name_and_one_shift_in_every_standard(both: tuple[Path, Path]) -> None:
    data, out = both
    before, after = facts(data), facts(out)
    assert len(after) == len(before) == 12
    assert not set(before) & set(after)
    for event, onset, noted, sex, gender in after.values():
        assert event == onset
        assert noted
        assert str(gender)[0].upper() == sex
    assert {fact[0] for fact in before.values()} != {fact[0] for fact in after.values()}


def test_samples_of_the_vcf_are_those_of_the_table(both: tuple[Path, Path]) -> None:
    _, out = both
    lines = (out / "tumours.vcf").read_text("utf-8").splitlines()
    names = next(line for line in lines if line.startswith("#CHROM")).split("\t")[9:]
    assert set(names) == set(pd.read_csv(out / "samples.csv")["SAMPLE"])
    assert len(lines) == 20 + 3


def test_nobody_is_named_anywhere(both: tuple[Path, Path]) -> None:
    data, out = both
    sys.path.insert(0, str(EXAMPLE))
    from make_data import patients  # type: ignore[import-not-found]

    text = "".join(path.read_text("utf-8") for path in sorted(out.parent.rglob("*")) if path.is_file())
    for person in patients():
        for what in ("USUBJID", "family", "given", "born", "sample"):
            assert person[what] not in text, what
    assert (data / "dm.csv").is_file()
