"""Replace an identifier by a keyed pseudonym."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from deid.cells import Distinct, secret
from deid.contracts import Context
from deid.model import Role
from deid.pseudonyms import SHORTEST, id_pseudonyms, option_problems, pseudonym_column
from deid.registry import register
from deid.spelling import one_spelling


@register("transform", "pseudonym")
@dataclass(frozen=True)
class Pseudonym:
    """Gives every identifier a meaningless name, the same in all columns of the same `field`, so that tables join.

    length  letters shown, 4.2 bits each; at least 64 bits
    prefix  text before them
    uuids   a UUID becomes a UUID (without prefix), so that it is valid wherever one must stand, as in FHIR
    """

    length: int = SHORTEST
    prefix: str = ""
    uuids: bool = False

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    needs_key: ClassVar[bool] = True
    implies: ClassVar[Role | None] = Role.DIRECT
    summary: ClassVar[str] = "replaced by a keyed pseudonym (HMAC-SHA-256), the same for the same value"
    example: ClassVar[Mapping[str, Any]] = {"prefix": "P-"}

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterable[str]:
        """Find a length under 64 bits and prefixes that a spreadsheet would run."""
        return option_problems(self.length, self.prefix)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the pseudonyms; 1015, 1015.0 and '1015 ' have one, and so have 943 476 5919 and 9434765919."""
        distinct = Distinct.of(column)
        texts = [one_spelling(text) for text in distinct.texts if text is not None]
        options = (secret(context), context.field, texts, self.length, self.prefix)
        names = pa.array(id_pseudonyms(*options), pa.string()) if self.uuids else pseudonym_column(*options)
        missing = np.asarray([text is None for text in distinct.texts], bool)
        place = np.where(missing, len(names), np.cumsum(~missing) - 1)
        return pa.concat_arrays([names, pa.nulls(1, pa.string())]).take(pa.array(place[distinct.rows]))
