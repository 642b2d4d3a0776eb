"""The options of a table's format, as the policy gives them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deid.errors import DataError, did_you_mean
from deid.formats.refusals import OPTION, UNREADABLE


def checked(path: Path, options: Mapping[str, Any], known: Mapping[str, type], noted: frozenset[str]) -> dict[str, Any]:
    """Return the options a user may give for a file that opens. Raises DataError for all that is wrong at once.

    `noted` are the names under which `inspect` itself notes what it found; handed back, they are passed over.
    """
    problems = [] if _opens(path) else [UNREADABLE.at("the file cannot be opened", path.name)]
    for name in sorted(set(options) - set(known) - noted):
        cause = f"option '{name}' is unknown; known: {', '.join(sorted(known)) or 'none'}"
        problems.append(OPTION.at(cause, path.name, hint=did_you_mean(name, known)))
    for name in sorted(set(options) & set(known)):
        if not isinstance(options[name], known[name]):
            problems.append(OPTION.at(f"option '{name}' must be of type {known[name].__name__}", path.name))
    if problems:
        raise DataError(problems)
    return {name: value for name, value in options.items() if name in known}


def _opens(path: Path) -> bool:
    try:
        path.open("rb").close()
    except OSError:
        return False
    return True
