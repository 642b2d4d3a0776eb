"""Resource types that a policy leaves out, and which references lead to resources of theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deid.fhir_types import RESOURCE_TYPES
from deid.formats.fhir_layout import RESOURCE
from deid.model import LEFT_OUT, NAMING, REFERENCES_LEFT_OUT, RESOURCES_LEFT_OUT, UNSEARCHABLE

#: What columns end with whose cells the writer has no place for.
SUFFIX = "(left out)"
_NAMED = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)(?:/[^/?#]+(?:/_history/[^/]+)?|\?.*)?$")


@dataclass(frozen=True)
class LeftOut:
    """The types that are left out; `by_url` says of which type the entries of a Bundle are, `inner` contained ones."""

    types: frozenset[str] = frozenset()
    by_url: Mapping[str, str] = field(default_factory=dict, repr=False)
    inner: Mapping[str, str] = field(default_factory=dict, repr=False)

    def within(self, resource: Mapping[str, Any]) -> LeftOut:
        """Return the same for one resource, whose contained ones are referred to as `#id`."""
        if not self.types:
            return self
        contained = resource.get("contained")
        parts = [part for part in contained if isinstance(part, dict)] if isinstance(contained, list) else []
        return LeftOut(self.types, self.by_url, {f"#{part.get('id')}": str(part.get(RESOURCE)) for part in parts})

    def is_led_to_by(self, reference: Mapping[str, Any]) -> bool:
        """Whether a Reference leads to a resource of such a type: by what it names, else by the type it states."""
        text = reference.get("reference")
        if not self.types or not isinstance(text, str):
            return False
        named = _NAMED.search(text)
        kind = self.by_url.get(text) or self.inner.get(text)
        if kind is None and named and named[1] in RESOURCE_TYPES | self.types:
            kind = named[1]
        return (kind or reference.get("type")) in self.types


def types_by_url(entries: list[Any]) -> dict[str, str]:
    """Return, by the full url of each entry of a Bundle, the type of its resource."""
    found: dict[str, str] = {}
    for entry in entries:
        resource, url = (entry.get("resource"), entry.get("fullUrl")) if isinstance(entry, dict) else (None, None)
        if isinstance(resource, dict) and isinstance(url, str):
            found[url] = str(resource.get(RESOURCE))
    return found


def tags_of(column: str, types: frozenset[str]) -> str:
    """Return what rules and counts may know of a column, in words separated by blanks."""
    found = ["path"]
    if column.endswith(f".display{SUFFIX}"):
        found += [LEFT_OUT, NAMING]
    elif column.endswith(SUFFIX):
        found += [LEFT_OUT, RESOURCES_LEFT_OUT if column.removesuffix(SUFFIX) in types else REFERENCES_LEFT_OUT]
    elif column.partition(".")[0] in types:
        found.append(LEFT_OUT)
    if column.endswith("(binary)"):
        found.append(UNSEARCHABLE)
    return " ".join(found)
