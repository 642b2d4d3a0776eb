"""Population size of each class of the sample, from a class table of the population over the same variables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from deid.classes import ClassTable, Codes, group
from deid.contracts import Evidence
from deid.model import Status
from deid.risk.outcome import Obstacle

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Matched:
    """Subjects in sample (f) and population (F), by class. `absent` counts population classes without a sample."""

    sample: Ints
    population: Ints
    absent: int


def match(evidence: Evidence) -> Matched | Obstacle:
    """Return f and F for every class of the sample, or why they cannot be given.

    A class that counts more subjects in the sample than in the population shows that the two were not coded alike, or
    that the one is no part of the other; any risk computed from it would be wrong, so none is.
    """
    table, population = evidence.table, evidence.population
    if population is None:
        return Obstacle(Status.NOT_COMPUTED, "no population table is given")
    if set(population.variables) != set(table.variables):
        return Obstacle(Status.NOT_COMPUTED, "the population table is not over the same quasi-identifiers")
    if population.variables != table.variables:
        population = population.project(table.variables)
    counts = _population_counts(table, population)
    short = int((counts < table.counts).sum())
    if short:
        return Obstacle(Status.NOT_COMPUTED, f"{short} classes hold more subjects in the sample than in the population")
    return Matched(table.counts, counts, len(population) - len(table))


def population_size(evidence: Evidence) -> float | None:
    """Return N: subjects of the population table, or what the stated sampling fraction gives, or None."""
    if evidence.population is not None:
        return float(evidence.population.subjects)
    if evidence.fraction is not None and 0.0 < evidence.fraction <= 1.0:
        return (evidence.table.subjects + evidence.suppressed) / evidence.fraction
    return None


def _population_counts(table: ClassTable, population: ClassTable) -> Ints:
    """Find each tuple of the sample among those of the population by its text, not by its codes."""
    translated = np.empty_like(population.codes)
    for i, words in enumerate(table.vocabularies):
        code_of = {word: code for code, word in enumerate(words)}
        lookup = np.array([code_of.get(word, -1) for word in population.vocabularies[i]] or [-1], np.int32)
        translated[:, i] = lookup[population.codes[:, i]]
    known = (translated >= 0).all(axis=1)
    stacked: Codes = np.vstack([table.codes, translated[known]]).astype(np.int32)
    distinct, member = group(stacked, [len(words) for words in table.vocabularies])
    sizes = np.zeros(len(distinct), np.int64)
    np.add.at(sizes, member[len(table) :], population.counts[known])
    return sizes[member[: len(table)]]
