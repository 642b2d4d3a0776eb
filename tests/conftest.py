"""What several tests share: a key, the command, the folder of outside material."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

KEY = "3b7f0c2d9e8a4156b0c1d2e3f4051627a8b9cadbecfd0e1f2031425364758697"
OTHER_KEY = "c2d9e8a4156b0c1d2e3f4051627a8b9cadbecfd0e1f20314253647586973b7f0"
SHARED = Path(os.environ.get("DEID_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of outside material, or skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder of outside test material is not here")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def every_report_follows_the_schema() -> Iterator[None]:
    """Hold every report that is written in these tests, shareable or internal, against the published schema."""
    import deid.report

    validator, write = Draft202012Validator(deid.report.report_schema()), deid.report.json_text

    def checked(value: Mapping[str, Any]) -> str:
        text = write(value)
        wrong = [f"{error.json_path}: {error.validator}" for error in validator.iter_errors(json.loads(text))]
        assert not wrong, wrong
        return text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deid.report, "json_text", checked)
        yield


@pytest.fixture(scope="session")
def command() -> Callable[..., Result]:
    """Return a function that runs `deid` in this process with the test key."""
    from deid.cli import main

    def run(*arguments: object, key: str | None = KEY) -> Result:
        env = {"DEID_KEY": key} if key else {"DEID_KEY": None}
        return CliRunner().invoke(main, [str(argument) for argument in arguments], env=env)

    return run
