"""The one registry of plug-ins: transforms, metrics, formats, recognisers and engines."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points
from typing import Any, TypeVar

T = TypeVar("T")

ROOMS = {
    "transform": "deid.transform",
    "metric": "deid.risk",
    "format": "deid.formats",
    "recogniser": "deid.detect",
    "engine": "deid.engines",
}
ENTRY_POINT_GROUP = "deid.plugins"
_PLUGINS: dict[str, dict[str, Any]] = {kind: {} for kind in ROOMS}


def register(kind: str, name: str) -> Callable[[type[T]], type[T]]:
    """Class decorator: make a plug-in known under a name that policies and reports use."""

    def add(cls: type[T]) -> type[T]:
        if name in _PLUGINS[kind]:
            raise ValueError(f"{kind} {name!r} is registered twice")
        _PLUGINS[kind][name] = cls
        return cls

    return add


@cache
def _load() -> None:
    """Import every module of every room, then the plug-ins of other distributions."""
    for package in ROOMS.values():
        root = importlib.import_module(package)
        for module in pkgutil.iter_modules(root.__path__, package + "."):
            importlib.import_module(module.name)
    for point in entry_points(group=ENTRY_POINT_GROUP):
        point.load()


def plugins(kind: str) -> dict[str, Any]:
    """Return every plug-in class of a kind by name, sorted."""
    _load()
    return dict(sorted(_PLUGINS[kind].items()))


def plugin(kind: str, name: str) -> Any:
    """Return one plug-in class. Raises KeyError when there is none of that name."""
    _load()
    return _PLUGINS[kind][name]
