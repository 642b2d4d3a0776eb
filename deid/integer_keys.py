"""Keyed permutations of the keys of a database: every whole number becomes another one, and no two become the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from deid.keys import Key

#: Keys below 2**30 become keys from 2**30 to 2**31 - 1, which a 32-bit column holds; larger ones, below 2**62, become
#: keys from 2**62 to 2**63 - 1. The ranges do not meet, so a key means the same in columns of either width.
SMALL_BITS, LARGE_BITS = 30, 62
ROUNDS = 10

Numbers = npt.NDArray[np.uint64]


def remapped(key: Key, field: str, values: Numbers) -> Numbers:
    """Return the new key of each old one, all below 2**62; columns that share `field` share the permutation.

    A balanced Feistel network of ten rounds, AES-256 under a subkey of the field as the round function. A bijection,
    so that nothing need be remembered and nothing can collide.
    """
    cipher = _rounds(key, field)
    small = values < np.uint64(1 << SMALL_BITS)
    result = np.empty_like(values)
    for bits, chosen in ((SMALL_BITS, small), (LARGE_BITS, ~small)):
        if chosen.any():
            result[chosen] = _permuted(cipher, values[chosen], bits) + np.uint64(1 << bits)
    return result


def _rounds(key: Key, field: str) -> Cipher[modes.ECB]:
    """Return AES as a function of single blocks: round and half are the block, so no pattern of a text can show."""
    return Cipher(algorithms.AES(key.subkey_bytes("remap_key", field)), modes.ECB())  # noqa: S305


def _permuted(cipher: Cipher[modes.ECB], values: Numbers, bits: int) -> Numbers:
    half = np.uint64(bits // 2)
    mask = (np.uint64(1) << half) - np.uint64(1)
    left, right = values >> half, values & mask
    for number in range(ROUNDS):
        left, right = right, left ^ (_drawn(cipher, right, number, bits) & mask)
    return (left << half) | right


def _drawn(cipher: Cipher[modes.ECB], half: Numbers, number: int, bits: int) -> Numbers:
    blocks = np.empty((len(half), 2), "<u8")
    blocks[:, 0] = bits * 256 + number
    blocks[:, 1] = half
    encryptor = cipher.encryptor()
    sealed = encryptor.update(blocks.tobytes()) + encryptor.finalize()
    return np.frombuffer(sealed, "<u8").reshape(-1, 2)[:, 0].astype(np.uint64)
