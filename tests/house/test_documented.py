"""Every command, plug-in and problem code stands in docs/reference.md, which is written from the code."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from deid.errors import problem_kinds
from deid.registry import plugins

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference.md"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.load_everything()
    return module


def test_reference_is_up_to_date() -> None:
    """In a process of its own: what other tests register must not stand in the page."""
    script = str(ROOT / "docs" / "make_reference.py")
    done = subprocess.run([sys.executable, script, "--check"], env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, "run: python docs/make_reference.py"


def test_every_plugin_is_documented(maker: ModuleType) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for kind in ("transform", "metric", "format", "recogniser"):
        ours = [name for name, cls in plugins(kind).items() if cls.__module__.startswith("deid.")]
        assert not [name for name in ours if f"`{name}`" not in page], kind


def test_every_problem_code_is_documented_with_a_remedy(maker: ModuleType) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for code, kind in problem_kinds().items():
        assert re.fullmatch(r"[UPDRX]\d{3}", code)
        assert f"**{code}**" in page
        assert kind.remedy
        assert kind.title


def test_every_command_is_documented_in_readme_and_reference(maker: ModuleType) -> None:
    cli = pytest.importorskip("deid.cli")
    page = PAGE.read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, command in maker._leaves(cli.main.commands):
        assert f"### `deid {name}`" in page
        assert f"deid {name.split()[0]}" in readme, name
        assert command.help, name


def test_every_plugin_says_what_it_is() -> None:
    for kind in ("transform", "metric", "format", "recogniser", "engine"):
        for name, cls in plugins(kind).items():
            if cls.__module__.startswith("deid."):
                assert (cls.__doc__ or "").strip(), f"{kind} {name}"
