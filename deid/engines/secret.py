"""How work travels to the workers of a cluster: the key goes with it, and nowhere else."""

from __future__ import annotations

import io
import pickle
from typing import Any

from deid.keys import Key


class Sealed:
    """The pickled work of a stage, key included. Its bytes never show in a repr, and it is opened on a worker."""

    __slots__ = ("_octets",)

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def opened(self) -> Any:
        """Return the work."""
        return pickle.loads(self._octets)  # noqa: S301 - made by `sealed` in the driver of this very run

    def __repr__(self) -> str:
        return "Sealed(hidden)"

    def __reduce__(self) -> tuple[Any, ...]:
        return Sealed, (self._octets,)


class _Sealing(pickle.Pickler):
    """Pickles keys, which refuse everywhere else."""

    def reducer_override(self, given: Any) -> Any:
        return (Key, given.carried()) if isinstance(given, Key) else NotImplemented


def sealed(work: Any) -> Sealed:
    """Return work in a form that may be sent to the workers of this run."""
    stream = io.BytesIO()
    _Sealing(stream, protocol=5).dump(work)
    return Sealed(stream.getvalue())
