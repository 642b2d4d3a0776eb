"""Who may import whom, and where each third-party name may stand."""

import ast
import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "deid").rglob("*.py"))

#: Third-party package -> the only places (files, or folders ending in /) that import it.
PLACES = {
    "presidio_analyzer": ("detect/",),
    "presidio_anonymizer": ("replacing.py",),
    "spacy": ("detect/",),
    "onnxruntime": ("detect/encoder.py",),
    "tldextract": ("detect/",),
    "phonenumbers": ("detect/", "profiling/"),
    "faker": ("surrogates.py", "detect/"),
    "sqlalchemy": ("database/",),
    "duckdb": ("database/",),
    "pg8000": ("database/",),
    "cryptography": ("transform/encrypt.py", "integer_keys.py"),
    "click": ("cli/",),
    "rich": ("cli/",),
    "yaml": ("policy/", "draft.py", "risk/thresholds.py"),
    "pydantic": ("policy/", "transform/__init__.py", "formats/fhir_validity.py"),
    "jinja2": ("report/",),
    "markupsafe": ("report/",),
    "pyreadstat": ("formats/",),
    "openpyxl": ("formats/",),
    "pyspark": ("engines/",),
    "fsspec": ("remote.py",),
    "scipy": ("risk/", "anonymise/"),
    "fhir": ("formats/fhir_validity.py",),
    "pandas": ("values.py", "face.py", "formats/", "engines/"),
}
#: Packages that any module may import.
ANYWHERE = {"numpy", "pyarrow"}


def test_contracts_are_kept() -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        broken = lint_imports(str(ROOT / ".importlinter"), no_cache=True)
    assert not broken, said.getvalue()


def imported(path: Path) -> Iterator[str]:
    """Top-level names of the packages that a module imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def allowed(place: str, package: str) -> bool:
    return any(place == where or (where.endswith("/") and place.startswith(where)) for where in PLACES[package])


@pytest.mark.parametrize("package", sorted(PLACES))
def test_third_party_names_stay_in_one_place(package: str) -> None:
    users = [path.relative_to(ROOT / "deid").as_posix() for path in MODULES if package in set(imported(path))]
    astray = [place for place in users if not allowed(place, package)]
    assert not astray, f"{package} is imported outside {PLACES[package]}: {astray}"


def test_every_third_party_name_has_a_place() -> None:
    import sys

    known = sys.stdlib_module_names | PLACES.keys() | ANYWHERE | {"deid"}
    strange = {(path.name, name) for path in MODULES for name in imported(path) if name not in known}
    assert not strange


def test_relative_imports_are_not_used() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), path.name
