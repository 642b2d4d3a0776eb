"""De-identify clinical tables and notes, prove k-anonymity, and write a release with its disclosure-risk report.

    import deid

    release = deid.run("trial/", "trial-sharing", "release/", key=deid.Key.load())
    frames, report = deid.deidentify({"dm": frame}, policy, key=deid.Key.load())

Errors: `DeidError` > `UsageError`, `PolicyError`, `DataError`, `ReleaseRefused`; each holds all its problems.
Names are loaded when they are first used, so that `import deid` and the command's help stay quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deid.errors import DataError, DeidError, PolicyError, Problem, ReleaseRefused, UsageError
    from deid.face import deidentify, dry_run, load_policy, run
    from deid.keys import Key
    from deid.model import Measure, Role, Verdict
    from deid.pipeline import Release
    from deid.registry import register
    from deid.versions import __version__

__all__ = [
    "DataError",
    "DeidError",
    "Key",
    "Measure",
    "PolicyError",
    "Problem",
    "Release",
    "ReleaseRefused",
    "Role",
    "UsageError",
    "Verdict",
    "__version__",
    "deidentify",
    "dry_run",
    "load_policy",
    "register",
    "run",
]

_HOMES = {
    "deid.errors": ("DataError", "DeidError", "PolicyError", "Problem", "ReleaseRefused", "UsageError"),
    "deid.face": ("deidentify", "dry_run", "load_policy", "run"),
    "deid.keys": ("Key",),
    "deid.model": ("Measure", "Role", "Verdict"),
    "deid.pipeline": ("Release",),
    "deid.registry": ("register",),
    "deid.versions": ("__version__",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'deid' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
