"""Numbers as SAS transport files hold them: IBM System/370 floating point, big-endian.

Sign (1 bit), exponent of 16 with excess 64 (7 bits), fraction in [1/16, 1) (56 bits). A double has 53 bits of
mantissa and loses at most 3 to the alignment on hexadecimal digits, so every double within the range is exact.
Source: SAS technical note TS-140, "The Record Layout of a Data Set in SAS Transport (XPORT) Format".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

MISSING = 0x2E << 56


def to_ibm(numbers: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """Return the numbers as rows of 8 octets, and which of them the format cannot hold (infinite, or out of range).

    Not-a-number is written as the missing value `.`; the range is about 5.4e-79 to 7.2e75.
    """
    missing = np.isnan(numbers)
    mantissa, exponent = np.frexp(np.where(np.isfinite(numbers), np.abs(numbers), 0.0))
    hexadecimal = -(-exponent // 4)
    shift = (4 * hexadecimal - exponent).astype(np.uint64)
    fraction = (mantissa * 2.0**53).astype(np.uint64) << (np.uint64(3) - shift)
    biased = hexadecimal + 64
    zero = mantissa == 0.0
    outside = np.isinf(numbers) | (~zero & ((biased < 0) | (biased > 127)))
    bits = np.where(numbers < 0, np.uint64(1) << np.uint64(63), np.uint64(0))
    bits |= np.clip(biased, 0, 127).astype(np.uint64) << np.uint64(56)
    bits |= fraction
    bits[zero | outside] = 0
    bits[missing] = MISSING
    return bits.astype(">u8").view(np.uint8).reshape(-1, 8), outside


def octets_needed(octets: npt.NDArray[np.uint8]) -> int:
    """Return how many leading octets hold all of the numbers exactly; SAS takes 2 to 8."""
    used = np.flatnonzero(octets.any(axis=0))
    return max(2, int(used[-1]) + 1 if len(used) else 0)
