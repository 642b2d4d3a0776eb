"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
import sys

import pyarrow as pa

#: glibc alone keeps the pages of small arrays that were freed between others, and has a function that lets them go.
_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None


def give_back() -> None:
    """Let the system have what was freed, so that the next stage's arrays do not come on top of it."""
    pa.default_memory_pool().release_unused()
    if _TRIM is not None:
        _TRIM(0)
