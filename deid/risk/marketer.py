"""Marketer risk: the share of the data that an attacker expects to match correctly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.outcome import Obstacle, figure, obstacle
from deid.risk.population import match


@register("metric", "marketer")
@dataclass(frozen=True)
class MarketerRisk:
    """Expected share of correct matches between the data and a population register.

    Variant: without a population table the sample is taken for the population, which gives classes / n, an upper
    bound; `detail["variant"]` says which of the two it is. Source: El Emam 2013; Dankar and El Emam 2010.
    """

    title: ClassVar[str] = "Marketer risk"
    formula: ClassVar[str] = "(1/n) sum f_j/F_j; without a population table F_j = f_j, that is classes / n"
    units: ClassVar[str] = "expected share of subjects, 0 to 1"
    source: ClassVar[str] = (
        "El Emam 2013; Dankar and El Emam 2010, A method for evaluating marketer re-identification risk"
    )
    ids: ClassVar[Mapping[str, str]] = {"marketer": "expected share of subjects matched correctly"}

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return the expected share of correct matches."""
        nothing = obstacle(evidence.table)
        if nothing:
            return nothing.measures(*self.ids)
        n = evidence.table.subjects
        if evidence.population is None:
            return (
                figure("marketer", len(evidence.table) / n, variant="sample taken for the population (upper bound)"),
            )
        matched = match(evidence)
        if isinstance(matched, Obstacle):
            return matched.measures(*self.ids)
        share = float((matched.sample / matched.population).sum() / n)
        return (figure("marketer", share, variant="population table"),)
