"""The optional check that released resources are valid: the R4B models of `fhir.resources` (extra `fhir`)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deid.errors import DataError, Problem, problem_kind
from deid.formats.fhir_layout import RESOURCE
from deid.formats.refusals import OPTION

INVALID_FHIR = problem_kind(
    "D373",
    "released resource is not valid FHIR R4B",
    remedy="keep or replace the elements named instead of dropping them, or mend the input where it lacks them",
    meaning="With the option `validate`, nothing is released that the models of R4B do not accept.",
)
_MOST = 20


def check(path: Path, layout: str) -> None:
    """Raise DataError with the elements of a written file that are not valid, by path; never with a value."""
    try:
        from fhir.resources.R4B import get_fhir_model_class
        from pydantic import ValidationError
    except ImportError:
        raise DataError(OPTION.at("option 'validate' needs the extra `fhir`", path.name)) from None
    found: Counter[str] = Counter()
    for resource in _resources(path, layout):
        try:
            get_fhir_model_class(resource[RESOURCE]).model_validate_json(json.dumps(resource))
        except ValidationError as error:
            found.update({_path(resource[RESOURCE], part["loc"]) for part in error.errors(include_input=False)})
        except (KeyError, LookupError, ValueError):
            found[resource[RESOURCE]] += 1
    if found:
        raise DataError(_problems(found, path.name))


def _resources(path: Path, layout: str) -> Iterator[dict[str, Any]]:
    if layout == "ndjson":
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines)
        return
    whole = json.loads(path.read_text("utf-8"))
    yield from (entry["resource"] for entry in whole.get("entry", []) if "resource" in entry)
    yield {key: value for key, value in whole.items() if key != "entry"} if layout == "bundle" else whole


def _path(kind: str, place: tuple[int | str, ...]) -> str:
    """Return the path of an element without list indices."""
    return ".".join([kind, *(part for part in place if isinstance(part, str))])


def _problems(found: Counter[str], name: str) -> Iterator[Problem]:
    for path, count in sorted(found.items())[:_MOST]:
        yield INVALID_FHIR.at(f"{path} in {count} resource(s)", name)
    if len(found) > _MOST:
        yield INVALID_FHIR.at(f"{len(found) - _MOST} more elements", name)
