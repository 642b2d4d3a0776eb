"""Journalist risk: the attacker finds the target in the population and does not know whether it is in the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.outcome import Obstacle, figure, obstacle
from deid.risk.population import match


@register("metric", "journalist")
@dataclass(frozen=True)
class JournalistRisk:
    """Risk 1/F over the population size F of the classes that stand in the sample.

    Variants: Ra is strict as for the prosecutor; Rc is a maximum of two terms, not a mean. Needs a population table;
    without one there is no value (the prosecutor risk bounds it from above). Source: El Emam 2013.
    """

    title: ClassVar[str] = "Journalist risk"
    formula: ClassVar[str] = (
        "Ra = (1/n) sum f_j [1/F_j > tau]; Rb = 1 / min F_j; Rc = max(classes / sum F_j, (1/n) sum f_j/F_j)"
    )
    units: ClassVar[str] = "probability, 0 to 1"
    source: ClassVar[str] = "El Emam 2013, Guide to the De-Identification of Personal Health Information"
    ids: ClassVar[Mapping[str, str]] = {
        "journalist.ra": "share of subjects whose risk 1/F in the population is strictly above the threshold tau",
        "journalist.rb": "highest risk of any subject: 1 / smallest population class among those in the sample",
        "journalist.rc": "average risk: the larger of classes / sum F and the mean over subjects of 1/F",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return Ra, Rb and Rc against the population table."""
        nothing = obstacle(evidence.table)
        if nothing:
            return nothing.measures(*self.ids)
        matched = match(evidence)
        if isinstance(matched, Obstacle):
            return matched.measures(*self.ids)
        f, population = matched.sample, matched.population
        n = int(f.sum())
        risky = int(f[1.0 / population > evidence.threshold].sum())
        mean = float((f / population).sum() / n)
        return (
            figure("journalist.ra", risky / n, tau=evidence.threshold, comparison="1/F > tau", subjects=risky),
            figure("journalist.rb", 1 / int(population.min())),
            figure("journalist.rc", max(len(f) / int(population.sum()), mean)),
        )
