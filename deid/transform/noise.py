"""Add noise to numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite, log, sqrt
from statistics import NormalDist
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa

from deid.cells import NO_SUBJECT, NOT_A_NUMBER, OUT_OF_TYPE, Distinct, OnError, refuse, secret, subjects, without
from deid.contracts import Context
from deid.decimals import as_type, number_type, places, read_decimal, write_decimal
from deid.keys import Subkey
from deid.model import Role
from deid.registry import register

_STEPS = 2**53


@register("transform", "noise")
@dataclass(frozen=True)
class Noise:
    """Perturbs numbers: adds a random amount of mean 0 that the key draws for each subject and value.

    The same value of the same subject gets the same amount, so that repeats do not average the noise away. Written
    decimals stay as many; whole numbers stay whole. A perturbation, not differential privacy: no epsilon is claimed.

    sd            standard deviation, in the unit of the column
    distribution  laplace or normal
    minimum, maximum  bounds that no perturbed number passes, such as 0 for a length of stay
    missing       codes that mean 'not known'; they become missing
    on_error      suppress empties cells that are no numbers, instead of refusing the column
    """

    sd: float
    distribution: Literal["laplace", "normal"] = "laplace"
    minimum: float | None = None
    maximum: float | None = None
    missing: tuple[str, ...] = ()
    on_error: OnError = "refuse"

    per_value: ClassVar[bool] = False
    needs_subject: ClassVar[bool] = True
    needs_key: ClassVar[bool] = True
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "perturbed by keyed noise"
    example: ClassVar[Mapping[str, Any]] = {"sd": 2.5}
    example_cells: ClassVar[tuple[str, ...]] = ("12", "89.50", "-3.25", "140", "7")

    def columns(self) -> tuple[str, ...]:
        """Need no other column than the subject."""
        return ()

    def problems(self) -> Iterator[str]:
        """Find noise without width and bounds that exclude each other."""
        if not (isfinite(self.sd) and 0 < self.sd < 1e12):
            yield "sd must be a positive number"
        bounds = [bound for bound in (self.minimum, self.maximum) if bound is not None]
        if not all(map(isfinite, bounds)) or bounds != sorted(bounds):
            yield "minimum must be a number not above maximum"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the same type for numbers, else text."""
        return number_type(input_type)

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the perturbed numbers; each distinct pair of subject and value is worked out once."""
        cells = without(Distinct.of(column), self.missing)
        owners = subjects(context)
        subkey = secret(context).subkey("noise", context.field)
        numbers = [None if text is None else read_decimal(text) for text in cells.texts]
        width = len(owners.texts)
        pairs, row, count = np.unique(cells.rows * width + owners.rows, return_inverse=True, return_counts=True)
        texts: list[str | None] = []
        orphans = 0
        for pair, rows in zip(pairs.tolist(), count.tolist(), strict=True):
            value, owner = numbers[pair // width], owners.texts[pair % width]
            orphans += rows * (value is not None and owner is None)
            texts.append(None if value is None or owner is None else self._perturbed(value, owner, subkey))
        kind = number_type(column.type)
        results = as_type(texts, kind)
        lost = (np.asarray(results.is_null()) & np.asarray([text is not None for text in texts], bool)) @ count
        found = {NOT_A_NUMBER: cells.failures(numbers), NO_SUBJECT: orphans, OUT_OF_TYPE: int(lost)}
        refuse(found, context, self.on_error)
        return results.take(pa.array(row.reshape(-1)))

    def _perturbed(self, value: Decimal, subject: str, subkey: Subkey) -> str:
        drawn = subkey.integer(f"{subject}\x1f{value.normalize()}", _STEPS)
        uniform = (drawn + 0.5) / _STEPS
        if self.distribution == "normal":
            amount = NormalDist(0, self.sd).inv_cdf(uniform)
        else:
            scale = self.sd / sqrt(2)
            amount = scale * log(2 * uniform) if uniform < 0.5 else -scale * log(2 * (1 - uniform))
        moved = value + Decimal(amount)
        if self.minimum is not None:
            moved = max(moved, Decimal(repr(self.minimum)))
        if self.maximum is not None:
            moved = min(moved, Decimal(repr(self.maximum)))
        return write_decimal(moved, places(value))

    def describe(self) -> str:
        """Say what is done, in one line."""
        return f"perturbed by {self.distribution} noise of standard deviation {self.sd:g}, the same for the same value"
