"""The secret key and what is derived from it.

One key of 256 bits gives, by HMAC-SHA-256, an independent subkey for every purpose, field and release, so that a
pseudonym of one column says nothing about another column, and two releases cannot be joined by their pseudonyms.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from deid.errors import UsageError, problem_kind

KEY_MISSING = problem_kind(
    "U201",
    "no key",
    remedy="put 64 hexadecimal digits into DEID_KEY or a file named with --key-file; `deid key new` makes one",
    meaning="Pseudonyms, surrogates and date shifts come from a secret key. Without one they could be guessed.",
)
KEY_WEAK = problem_kind(
    "U202",
    "weak or malformed key",
    remedy="use a key made by `deid key new`: 64 hexadecimal digits, at least 16 distinct",
    meaning="A short or repetitive key lets an attacker try every pseudonym.",
)
ENVIRONMENT = "DEID_KEY"
_SHAPE = re.compile(r"[0-9a-fA-F]{64}")
_BLOCK = 64  # octets that SHA-256 takes in at a time
Words = npt.NDArray[np.uint64]


class Subkey:
    """A derived key for one purpose; its bytes never show in a repr, a pickle or an error."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, secret: bytes) -> None:
        # RFC 2104, the padded key hashed once: half the time of hmac.new for texts as short as identifiers are
        padded = (secret if len(secret) <= _BLOCK else hashlib.sha256(secret).digest()).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(octet ^ 0x36 for octet in padded))
        self._outer = hashlib.sha256(bytes(octet ^ 0x5C for octet in padded))

    def mac(self, text: str) -> bytes:
        """Return HMAC-SHA-256 of the text, 32 bytes."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text.encode("utf-8", "surrogatepass"))
        outer.update(inner.digest())
        return outer.digest()

    def words(self, texts: Sequence[str]) -> Words:
        """Return the codes of many texts as rows of four 64-bit integers, the most significant first."""
        macs = b"".join(map(self.mac, texts))
        return np.frombuffer(macs, ">u8").reshape(len(texts), 4).astype(np.uint64)

    def integers(self, texts: Sequence[str], below: int) -> Words:
        """Return `integer` of many texts; `below` is under 2**31."""
        words, modulus = self.words(texts), np.uint64(below)
        rest = np.zeros(len(texts), np.uint64)
        for i in range(words.shape[1]):  # Horner's rule to the base 2**64
            rest = (rest * np.uint64(2**64 % below) + words[:, i] % modulus) % modulus
        return rest

    def integer(self, text: str, below: int) -> int:
        """Return a keyed integer in [0, below), uniform but for a bias under below / 2**256."""
        return int.from_bytes(self.mac(text), "big") % below

    def __repr__(self) -> str:
        return "Subkey(hidden)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never pickled")


class Key:
    """The secret of one owner, bound to a release once `for_release` was called."""

    __slots__ = ("_release", "_secret")

    def __init__(self, secret: bytes, release: str = "") -> None:
        self._secret = secret
        self._release = release

    @classmethod
    def from_hex(cls, text: str) -> Key:
        """Read a key from 64 hexadecimal digits. Raises UsageError when malformed or repetitive."""
        text = text.strip()
        if not _SHAPE.fullmatch(text):
            raise UsageError(KEY_WEAK.at("the key is not 64 hexadecimal digits"))
        secret = bytes.fromhex(text)
        if len(set(secret)) < 8:
            raise UsageError(KEY_WEAK.at("the key repeats itself"))
        return cls(secret)

    @classmethod
    def load(cls, file: Path | None = None) -> Key:
        """Read the key from a file, else from DEID_KEY. Raises UsageError when there is none or it is weak."""
        if file is not None:
            try:
                return cls.from_hex(file.read_text(encoding="ascii"))
            except (OSError, UnicodeDecodeError):
                raise UsageError(KEY_MISSING.at("the key file cannot be read", str(file))) from None
        text = os.environ.get(ENVIRONMENT, "")
        if not text:
            raise UsageError(KEY_MISSING.at(f"{ENVIRONMENT} is not set and no --key-file is given"))
        return cls.from_hex(text)

    @staticmethod
    def new() -> str:
        """Return a fresh key as 64 hexadecimal digits."""
        return secrets.token_hex(32)

    def for_release(self, name: str) -> Key:
        """Return the same key bound to a release: other names give other subkeys."""
        return Key(self._secret, name)

    def carried(self) -> tuple[bytes, str]:
        """Return what a worker of this run needs to make the same key; it must reach no file, plan or log."""
        return self._secret, self._release

    def subkey_bytes(self, purpose: str, field: str = "", length: int = 32) -> bytes:
        """Return raw key material for ciphers: up to 64 bytes for one purpose, field and release."""
        label = "\x1f".join(("deid/1", self._release, purpose, field)).encode()
        return hmac.digest(self._secret, label, "sha512")[:length]

    def subkey(self, purpose: str, field: str = "") -> Subkey:
        """Return the subkey for one purpose and field, such as ("pseudonym", "USUBJID")."""
        return Subkey(self.subkey_bytes(purpose, field))

    def __repr__(self) -> str:
        return "Key(hidden)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never pickled")
