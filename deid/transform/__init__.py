"""Transforms: change a column. One file each; `build` makes one from the options of a policy."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, ClassVar, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from deid import registry
from deid.contracts import Transform
from deid.errors import did_you_mean


def build(name: str, options: Mapping[str, Any]) -> Transform | list[str]:
    """Return the transform of that name with its options, or everything that is wrong with them, a sentence each."""
    try:
        cls = registry.plugin("transform", name)
    except KeyError:
        return [f"there is no transform '{name}' {did_you_mean(name, registry.plugins('transform'))}".rstrip()]
    problems: list[str] = []
    given = dict(options)
    from_options = getattr(cls, "from_options", None)
    if from_options is not None:
        given, problems = from_options(given, build)
    known = _option_types(cls)
    problems += [_unknown(option, known) for option in given if option not in known]
    problems += [f"option '{field}' is missing" for field in _required(cls) if field not in given]
    checked: dict[str, Any] = {}
    for option in known:
        if option in given:
            value = _checked(option, given[option], known[option])
            problems += value if isinstance(value, _Wrong) else []
            checked[option] = value
    if problems:
        return problems
    transform: Transform = cls(**checked)
    return list(transform.problems()) or transform


def describe(transform: Transform) -> str:
    """Return one line for the plan: what the transform does with its options."""
    own = getattr(transform, "describe", None)
    return str(own()) if own is not None else transform.summary


class _Wrong(list[str]):
    """Sentences about one option."""


def _checked(option: str, value: Any, adapter: TypeAdapter[Any] | None) -> Any:
    """Return the value as the type that the option has; no text is taken for a number, no number for text."""
    if isinstance(value, list):
        value = tuple(value)
    if isinstance(value, date):  # YAML reads 2024-01-01 as a date
        value = value.isoformat()
    if adapter is None:
        return value
    try:
        return adapter.validate_python(value, strict=True)
    except ValidationError as error:
        said = [item["msg"].removeprefix("Input ") for item in error.errors(include_input=False)]
        causes = dict.fromkeys(cause.replace("valid tuple", "list") for cause in said)
    return _Wrong([f"option '{option}' {', or '.join(causes)}"])


@cache
def _option_types(cls: type[Any]) -> dict[str, TypeAdapter[Any] | None]:
    """Return a checker for every option; None where the class builds it itself."""
    hints = get_type_hints(cls, include_extras=True)
    names = [field.name for field in dataclasses.fields(cls) if field.init]
    built = {"cases"} if hasattr(cls, "from_options") else set()
    return {
        name: None if name in built else TypeAdapter(hints[name])
        for name in names
        if get_origin(hints[name]) is not ClassVar
    }


def _required(cls: type[Any]) -> list[str]:
    nothing = dataclasses.MISSING
    return [
        field.name
        for field in dataclasses.fields(cls)
        if field.init and field.default is nothing and field.default_factory is nothing
    ]


def _unknown(option: str, known: Mapping[str, Any]) -> str:
    hint = did_you_mean(option, known)
    listed = f"known are {', '.join(sorted(known))}" if known else "there are none"
    return f"unknown option '{option}' ({hint or listed})"
