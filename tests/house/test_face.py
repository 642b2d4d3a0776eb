"""The public face: sorted, importable, its version the distribution's."""

import tomllib
from importlib.resources import files
from pathlib import Path

import deid

ROOT = Path(__file__).parents[2]


def test_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if hasattr(deid, "__version__"):
        assert deid.__version__ == project["version"]
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_face_is_sorted_and_importable() -> None:
    names = list(getattr(deid, "__all__", []))
    assert names == sorted(names)
    assert not [name for name in names if not hasattr(deid, name)]


def test_every_package_file_is_declared_as_package_data() -> None:
    """A file that is not Python code goes into the wheel only if a pattern of pyproject.toml names it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["deid"]
    package = ROOT / "deid"
    declared = {path for pattern in patterns for path in package.glob(pattern)}
    others = {p for p in package.rglob("*") if p.is_file() and p.suffix not in {".py", ".pyc"}}
    assert not sorted(str(path.relative_to(package)) for path in others - declared)


def test_demo_policy_can_be_read_from_the_package() -> None:
    assert files("deid").joinpath("demo/policy.yaml").read_text(encoding="utf-8").startswith("#")
