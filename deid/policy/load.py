"""Load a policy: read it and what it extends, check every line, merge."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from deid.decisions import Policy
from deid.errors import PolicyError, Problem, did_you_mean, problem_kind
from deid.policy.decide import decisions_of, finish
from deid.policy.document import EMPTY, UNREADABLE, Document, parse, read
from deid.policy.grammar import (
    AnchorPart,
    AnchorSourcePart,
    AnonymisePart,
    ColumnPart,
    CorrelationsPart,
    GatePart,
    LinkagePart,
    LongitudinalPart,
    MarginPart,
    MatchPart,
    ModelPart,
    PolicyPart,
    PopulationPart,
    RulePart,
    SurvivalPart,
)

UNKNOWN_KEY = problem_kind("P103", "unknown key", remedy="correct the spelling or remove the line")
WRONG_VALUE = problem_kind("P105", "wrong value", remedy="give a value of the kind that the message names")
EXTENDS = problem_kind(
    "P109",
    "extended policy not found",
    remedy="name a ready policy (`deid policies` lists them) or a file beside this one; no circles",
)
READY = Path(__file__).resolve().parent.parent / "policies"
_PARTS: Mapping[str, type] = {
    "rules": RulePart,
    "columns": ColumnPart,
    "tables": ColumnPart,
    "match": MatchPart,
    "gates": GatePart,
    "anonymise": AnonymisePart,
    "models": ModelPart,
    "margin": MarginPart,
    "population": PopulationPart,
    "longitudinal": LongitudinalPart,
    "anchor": AnchorPart,
    "sources": AnchorSourcePart,
    "survival": SurvivalPart,
    "linkage": LinkagePart,
    "correlations": CorrelationsPart,
}


def ready_policies() -> dict[str, Path]:
    """Return the ready policies that come with deid: name -> file."""
    return {path.stem: path for path in sorted(READY.glob("*.yaml"))}


def load(path: Path | str, *, drafts: bool = False) -> Policy:
    """Load a policy from a file, or a ready one by its name. Raises PolicyError with all problems at once.

    drafts  leave lines with `do: undecided` to the plan, which shows them among the decided ones and refuses then
    """
    file = Path(path)
    if not file.exists() and str(path) in ready_policies():
        file = ready_policies()[str(path)]
    if not file.exists():
        hint = did_you_mean(str(path), ready_policies())
        raise PolicyError(UNREADABLE.at("there is no such file and no ready policy of that name", file.name, hint=hint))
    return _load(read(file), str(file), drafts=drafts)


def load_text(text: str, name: str = "policy", folder: Path | None = None) -> Policy:
    """Load a policy from its YAML text; relative paths in it are looked for in `folder`."""
    return _load(parse(text, name, folder), name)


def _load(document: Document, path: str, *, drafts: bool = False) -> Policy:
    problems: list[Problem] = []
    chain = _chain(document, problems, ())
    parts = [(item, _validated(item, problems)) for item in chain]
    if problems:
        raise PolicyError(problems)
    typed = [(item, part) for item, part in parts if part is not None]
    return finish(typed, decisions_of(typed, drafts=drafts), document.folder, path)


def _chain(document: Document, problems: list[Problem], seen: tuple[str, ...]) -> list[Document]:
    """Return the document and what it extends, nearest first."""
    if not document.values:
        raise PolicyError(EMPTY.at("the file holds nothing", document.file))
    chain = [document]
    names = document.values.get("extends", [])
    for i, name in enumerate(names if isinstance(names, list) else []):
        place = document.place("extends", i)
        found = _find(str(name), document.folder)
        if found is None or str(found) in seen:
            shadowed = "this file bears the name of the ready policy: rename it" if name in ready_policies() else ""
            hint = did_you_mean(str(name), ready_policies()) if found is None else shadowed
            problems.append(EXTENDS.at("it is not found" if found is None else "it extends itself", place, hint=hint))
            continue
        chain += _chain(read(found), problems, (*seen, str(found)))
    return chain


def _find(name: str, folder: Path) -> Path | None:
    for candidate in (folder / name, folder / f"{name}.yaml", READY / f"{name}.yaml"):
        if candidate.is_file() and candidate.suffix in {".yaml", ".yml"}:
            return candidate.resolve()
    return None


def _validated(document: Document, problems: list[Problem]) -> PolicyPart | None:
    try:
        return PolicyPart.model_validate(_expanded(document.values))
    except ValidationError as error:
        problems += [_problem(document, item) for item in error.errors(include_input=False, include_url=False)]
        return None


def _expanded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write `ssn: drop` out as `ssn: {do: drop}`."""
    result = dict(values)
    if isinstance(result.get("columns"), dict):
        result["columns"] = {name: _column(value) for name, value in result["columns"].items()}
    if isinstance(result.get("tables"), dict):
        result["tables"] = {
            table: {name: _column(value) for name, value in columns.items()} if isinstance(columns, dict) else columns
            for table, columns in result["tables"].items()
        }
    return result


def _column(value: Any) -> Any:
    return {"do": value} if isinstance(value, str) else value


def _problem(document: Document, error: Mapping[str, Any]) -> Problem:
    location = tuple(part for part in error["loc"] if not _is_type_tag(part))
    place = document.place(*location)
    key = str(location[-1]) if location else ""
    if error["type"] == "extra_forbidden":
        return UNKNOWN_KEY.at(f"'{key}' is no key here", place, hint=did_you_mean(key, _keys_at(location[:-1])))
    if error["type"] == "missing":
        return WRONG_VALUE.at(f"'{key}' is missing", place)
    if not location:
        return UNREADABLE.at("the policy is not a mapping", place)
    return WRONG_VALUE.at(f"'{'.'.join(map(str, location))}': {error['msg'].lower()}", place)


def _is_type_tag(part: str | int) -> bool:
    """Pydantic adds the alternative of a union to the location."""
    return isinstance(part, str) and (part in {"str", "list[str]"} or part.startswith(("constrained-", "lax-or-")))


def _keys_at(location: tuple[str | int, ...]) -> list[str]:
    part = next((_PARTS[str(key)] for key in reversed(location) if str(key) in _PARTS), PolicyPart)
    return list(part.model_fields)  # type: ignore[attr-defined]
