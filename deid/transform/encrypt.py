"""Encrypt an identifier so that the holder of the key, and nobody else, can read it again."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from deid.cells import Distinct, secret
from deid.contracts import Context
from deid.errors import DataError, problem_kind
from deid.keys import Key
from deid.model import Role
from deid.registry import register

NOT_DECRYPTED = problem_kind(
    "D410",
    "cannot be decrypted",
    remedy="use the key, the release name and the field that the text was encrypted with; a changed text is refused",
)
_BLOCK = 16  # plain texts are padded to whole blocks, so that the length of a name is not shown
_END = b"\x80"


@register("transform", "encrypt")
@dataclass(frozen=True)
class Encrypt:
    """Encrypts every value with AES-256-SIV (RFC 5297): the same value gives the same text, a changed text is noticed.

    The field is authenticated with the value: a text moved into another column does not decrypt. `decrypt` is the way
    back. Base32 in lower case, 52 characters for values of up to 15 bytes.
    """

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    needs_key: ClassVar[bool] = True
    implies: ClassVar[Role | None] = Role.DIRECT
    summary: ClassVar[str] = "encrypted with AES-SIV, reversible with the owner's key alone"
    example: ClassVar[Mapping[str, Any]] = {}

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterable[str]:
        """Find nothing: there are no options."""
        return ()

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the encrypted values."""
        distinct = Distinct.of(column)
        cipher = _cipher(secret(context), context.field)
        field = context.field.encode()

        def encrypted(text: str) -> str:
            plain = text.encode("utf-8", "surrogatepass") + _END
            sealed = cipher.encrypt(plain + bytes(-len(plain) % _BLOCK), [field])
            return base64.b32encode(sealed).decode("ascii").rstrip("=").lower()

        return distinct.spread(distinct.each(encrypted), pa.string())


def decrypt(text: str, key: Key, field: str) -> str:
    """Return the value that `encrypt` hid, as text. Raises DataError for another key, field or a changed text."""
    padded = text.upper() + "=" * (-len(text) % 8)
    try:
        plain = _cipher(key, field).decrypt(base64.b32decode(padded), [field.encode()])
        return plain.rstrip(b"\0").removesuffix(_END).decode("utf-8", "surrogatepass")
    except (InvalidTag, ValueError, binascii.Error):
        raise DataError(NOT_DECRYPTED.at("the text is not of this key and field", field)) from None


def _cipher(key: Key, field: str) -> AESSIV:
    return AESSIV(key.subkey_bytes("encrypt", field, 64))
