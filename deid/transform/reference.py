"""Rewrite references between FHIR resources as the ids they refer to are rewritten."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote, unquote

import pyarrow as pa

from deid.cells import Distinct, secret
from deid.contracts import Context
from deid.fhir_types import RESOURCE_TYPES
from deid.keys import Key
from deid.model import Role
from deid.pseudonyms import id_pseudonyms, pseudonyms, uuid_pseudonyms
from deid.registry import register

_BASE = re.compile(r"(?P<base>https?://[^\s?#]+?)/(?P<rest>[A-Z][A-Za-z]+(?:[/?].*)?)", re.ASCII)
_TO_ID = re.compile(r"(?P<type>[A-Z][A-Za-z]+)/(?P<id>[^/?#\s]+)(?:/_history/(?P<version>[^/?#\s]+))?", re.ASCII)
_SEARCH = re.compile(r"(?P<type>[A-Z][A-Za-z]+)\?(?P<query>.+)", re.ASCII)
_SYSTEM = re.compile(r"(?:https?://|urn:(?:oid|uuid):)\S+")
#: Searches whose value is an identifier of the target, `system|value`.
_IDENTIFIER = frozenset({"identifier"})


@register("transform", "reference")
@dataclass(frozen=True)
class Reference:
    """Rewrites a FHIR reference, full url or request url so that it leads to the same resource under its new id.

    Ids become the pseudonyms that `do: pseudonym, uuids: true` gives them in the same `field`: `Patient/ID`,
    `urn:uuid:ID` (still a UUID), `urn:oid:ID` (still an OID), `#ID`, `https://SERVER/Patient/ID/_history/VERSION`
    (the server becomes a keyed name under .invalid), `Patient?identifier=SYSTEM|VALUE`. What is none of these becomes
    a pseudonym as a whole.

    identifiers  field of the pseudonyms of identifier values, for references by identifier
    types        resource types of other versions of FHIR that references may name
    """

    identifiers: str = "identifier"
    types: tuple[str, ...] = ()

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    needs_key: ClassVar[bool] = True
    implies: ClassVar[Role | None] = Role.DIRECT
    summary: ClassVar[str] = "reference rewritten to the new id of the same resource"
    example: ClassVar[Mapping[str, Any]] = {}
    example_cells: ClassVar[tuple[str, ...]] = (
        "Patient/1015",
        "urn:uuid:3f6c1a52-7d08-4f3e-9a55-0c1f7b2e4d60",
        "#p1",
        "https://hospital.example.org/fhir/Observation/7/_history/2",
        "Practitioner?identifier=http://example.org/staff|4711",
        "no reference",
    )

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterator[str]:
        """Find an empty field and names that are no types."""
        if not self.identifiers:
            yield "identifiers names the field of the pseudonyms of identifiers"
        if not all(re.fullmatch("[A-Z][A-Za-z]+", kind) for kind in self.types):
            yield "types are names of resource types, such as ProcessRequest"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the rewritten references."""
        distinct = Distinct.of(column)
        names = _Names(secret(context), context.field, self.identifiers, RESOURCE_TYPES.union(self.types))
        return distinct.spread(distinct.each(names.reference), pa.string())


@dataclass(frozen=True)
class _Names:
    """The new names of ids, servers and identifiers."""

    key: Key
    field: str
    identifiers: str
    types: frozenset[str]

    def reference(self, text: str) -> str:
        """Return the reference to the same resource under its new id."""
        if text.startswith("#"):
            return f"#{self._id(text[1:])}" if len(text) > 1 else text
        for scheme, new in (("urn:uuid:", self._id), ("urn:oid:", self._oid)):
            if text.startswith(scheme) and len(text) > len(scheme):
                return scheme + new(text.removeprefix(scheme))
        based = _BASE.fullmatch(text)
        if based and (rest := self._relative(based["rest"])) is not None:
            return f"https://{self._one(based['base'], 'server')}.invalid/{rest}"
        relative = self._relative(text)
        return self._id(text) if relative is None else relative

    def _relative(self, text: str) -> str | None:
        """Return the new form of a reference without a server; None where the text is none."""
        if text in self.types:
            return text
        to_id = _TO_ID.fullmatch(text)
        if to_id and to_id["type"] in self.types:
            version = f"/_history/{self._id(to_id['version'])}" if to_id["version"] else ""
            return f"{to_id['type']}/{self._id(to_id['id'])}{version}"
        search = _SEARCH.fullmatch(text)
        if search and search["type"] in self.types:
            return f"{search['type']}?{'&'.join(map(self._parameter, search['query'].split('&')))}"
        return None

    def _parameter(self, text: str) -> str:
        """Return one condition of a search: the name as it stands if it is a plain word, the value renamed."""
        name, _, value = text.partition("=")
        if not re.fullmatch(r"[a-z_:-]{1,40}", name):
            return f"_id={self._id(text)}"
        system, bar, token = unquote(value).rpartition("|")
        field = self.identifiers if name in _IDENTIFIER else self.field
        if bar and (not system or _SYSTEM.fullmatch(system)):
            return f"{name}={quote(system, safe=':/.')}|{self._one(token, field)}"
        return f"{name}={self._one(unquote(value), field)}"

    def _id(self, text: str) -> str:
        return id_pseudonyms(self.key, self.field, [text])[0]

    def _one(self, text: str, field: str) -> str:
        return pseudonyms(self.key, field, [text])[0] if field != self.field else self._id(text)

    def _oid(self, text: str) -> str:
        """Return an OID under 2.25, the arc of UUIDs."""
        return f"2.25.{uuid.UUID(uuid_pseudonyms(self.key, self.field, [text])[0]).int}"
