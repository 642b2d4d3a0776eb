"""Prosecutor risk: the attacker knows that the target is in the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.outcome import figure, obstacle


@register("metric", "prosecutor")
@dataclass(frozen=True)
class ProsecutorRisk:
    """Risk 1/f of each subject in a class of f subjects: share above tau (Ra), highest (Rb), average (Rc).

    Variants: Ra counts 1/f strictly above tau, so a class of 5 passes tau = 0.2; Rc is the mean over subjects, not over
    classes. Source: El Emam, Guide to the De-Identification of Personal Health Information, 2013.
    """

    title: ClassVar[str] = "Prosecutor risk"
    formula: ClassVar[str] = "Ra = (1/n) sum f_j [1/f_j > tau]; Rb = 1 / min f_j; Rc = classes / n"
    units: ClassVar[str] = "probability, 0 to 1"
    source: ClassVar[str] = "El Emam 2013, Guide to the De-Identification of Personal Health Information"
    ids: ClassVar[Mapping[str, str]] = {
        "prosecutor.ra": "share of subjects whose risk 1/f is strictly above the threshold tau",
        "prosecutor.rb": "highest risk of any subject: 1 / smallest class",
        "prosecutor.rc": "average risk: mean over subjects of 1/f = classes / subjects",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return Ra, Rb and Rc on the class table."""
        nothing = obstacle(evidence.table)
        if nothing:
            return nothing.measures(*self.ids)
        sizes = evidence.table.counts
        n = int(sizes.sum())
        at_risk = int(sizes[above(sizes, evidence.threshold)].sum())
        return (
            figure("prosecutor.ra", at_risk / n, tau=evidence.threshold, comparison="1/f > tau", subjects=at_risk),
            figure("prosecutor.rb", 1 / int(sizes.min())),
            figure("prosecutor.rc", len(sizes) / n, mean_over="subjects"),
        )


def above(sizes: np.typing.NDArray[np.int64], tau: float) -> np.typing.NDArray[np.bool_]:
    """Return which classes have a risk 1/f strictly above tau; 1/f is compared as it is computed."""
    return np.asarray(1.0 / sizes > tau)
