"""From the policy's words to what the search needs: checked, with every problem at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from deid.anonymise.judge import Demands
from deid.anonymise.models import ClassModel, TableModel
from deid.anonymise.models.closeness import EqualDistance, HierarchicalDistance, OrderedDistance
from deid.anonymise.models.diversity import DistinctDiversity, EntropyDiversity, RecursiveDiversity
from deid.anonymise.models.likeness import BetaLikeness
from deid.anonymise.models.order import ranks, tree
from deid.anonymise.models.presence import DeltaPresence, PopulationClass
from deid.anonymise.models.whole import AverageRisk, PopulationUniqueness, SampleUniqueness
from deid.anonymise.quality import QUALITIES
from deid.anonymise.task import Floats, Task
from deid.classes import Counts
from deid.decisions import Anonymise, PrivacyModel
from deid.errors import PolicyError, Problem, did_you_mean, problem_kind
from deid.risk.population_uniqueness import estimates

BAD_DEMAND = problem_kind(
    "P510",
    "the anonymise part cannot be met by any data",
    remedy="give k as a whole number from 1, suppress_at_most from 0 to 1, weights above zero for quasi-identifiers",
)
UNKNOWN_MODEL = problem_kind(
    "P511",
    "unknown privacy model",
    remedy="use one of the models that `deid explain anonymise` lists",
    meaning="Models: l_diversity, t_closeness, beta_likeness, k_map, delta_presence, average_risk, maximum_risk, "
    "sample_uniqueness, population_uniqueness.",
)
BAD_PARAMETER = problem_kind(
    "P512",
    "wrong parameter of a privacy model",
    remedy="give the parameters that `deid explain anonymise` lists, within their range",
)
NO_ATTRIBUTE = problem_kind(
    "P513",
    "the model's attribute is not a sensitive attribute of these data",
    remedy="give a column the role sensitive_attribute, and name it in the model",
)
NOT_TOGETHER = problem_kind(
    "P521",
    "demands that do not go together",
    remedy="leave one of them out, or choose the other recoding",
    meaning="Sets of quasi-identifiers and wildcards for missing values are known to global recoding, with k and "
    "maximum_risk; a margin to global recoding; intervals and microaggregation to local recoding.",
)
BAD_SET = problem_kind(
    "P522",
    "set of quasi-identifiers not understood",
    remedy="name quasi-identifiers of these data, each in at least one set",
    meaning="A quasi-identifier that no adversary knows is none: give it another role.",
)
NO_POPULATION = problem_kind(
    "P514",
    "the model needs a population table",
    remedy="name a population table over the same quasi-identifiers, or leave the model out",
)

Parameters = Mapping[str, Any]


def demands(spec: Anonymise, task: Task) -> Demands:
    """Return what a policy demands of a task. Raises PolicyError with all problems."""
    problems = [*_general(spec, task), *_together(spec), *_set_problems(spec, task)]
    k = spec.k
    classes: list[ClassModel] = []
    table: list[TableModel] = []
    for number, model in enumerate(spec.models, start=1):
        place = f"anonymise.models[{number}] ({model.name})"
        found = list(_checked(model, task, place))
        problems += found
        if found:
            continue
        if model.name == "maximum_risk":
            k = max(k, math.ceil(1 / float(model.parameters["max"]) - 1e-9))
        elif model.name in _TABLE:
            table.append(_TABLE[model.name](model.parameters))
        else:
            classes.append(_CLASS[model.name](model, task))
    if problems:
        raise PolicyError(problems)
    limit = math.floor(spec.suppress_at_most * task.subjects + 1e-9)
    if any(isinstance(model, DeltaPresence) and model.lowest > 0 for model in classes):
        limit = 0  # a suppressed class would be absent from the release, which the lower bound forbids
    closed = not any(isinstance(model, PopulationUniqueness) for model in table)
    at = {axis.name.upper(): i for i, axis in enumerate(task.axes)}
    sets = tuple(tuple(sorted({at[name.upper()] for name in names})) for names in spec.sets)
    wildcard = spec.missing == "wildcard"
    return Demands(k, limit, tuple(classes), tuple(table), spec.quality, spec.weights, closed, sets, wildcard)


def _together(spec: Anonymise) -> Iterator[Problem]:
    """Yield what does not go together."""
    several = [
        name for name, given in (("sets", spec.sets), ("missing: wildcard", spec.missing == "wildcard")) if given
    ]
    if len(several) > 1:
        yield NOT_TOGETHER.at("sets and wildcards", "anonymise")
    others = sorted({model.name for model in spec.models} - {"maximum_risk"})
    for name in several:
        if spec.recoding == "local":
            yield NOT_TOGETHER.at(f"{name} and local recoding", "anonymise")
        if others:
            yield NOT_TOGETHER.at(f"{name} and {', '.join(others)}", "anonymise")
    if spec.margin is not None and spec.recoding == "local":
        yield NOT_TOGETHER.at("margin and local recoding", "anonymise.margin")
    if spec.recoding == "global":
        for name, given in (("notation", spec.notation != "hierarchy"), ("microaggregate", bool(spec.microaggregate))):
            if given:
                yield NOT_TOGETHER.at(f"{name} and global recoding", f"anonymise.{name}")


def _set_problems(spec: Anonymise, task: Task) -> Iterator[Problem]:
    names = {axis.name.upper(): axis.name for axis in task.axes}
    for number, given in enumerate(spec.sets, start=1):
        for name in given:
            if name.upper() not in names:
                hint = did_you_mean(name, names.values())
                yield BAD_SET.at(f"{name} is no quasi-identifier", f"anonymise.sets[{number}]", hint=hint)
    known = {name.upper() for given in spec.sets for name in given}
    for name in sorted(set(names) - known) if spec.sets else ():
        yield BAD_SET.at(f"{names[name]} stands in no set", "anonymise.sets")


def _general(spec: Anonymise, task: Task) -> Iterator[Problem]:
    if not isinstance(spec.k, int) or spec.k < 1:
        yield BAD_DEMAND.at("k is a whole number from 1", "anonymise.k")
    if not 0 <= spec.suppress_at_most <= 1:
        yield BAD_DEMAND.at("suppress_at_most is a share from 0 to 1", "anonymise.suppress_at_most")
    if spec.quality not in QUALITIES:
        hint = did_you_mean(spec.quality, QUALITIES)
        yield BAD_DEMAND.at(f"quality is one of {', '.join(QUALITIES)}", "anonymise.quality", hint=hint)
    names = [axis.name for axis in task.axes]
    for name, weight in spec.weights.items():
        if name not in names:
            yield BAD_DEMAND.at(f"{name} is no quasi-identifier", "anonymise.weights", hint=did_you_mean(name, names))
        elif not weight > 0:
            yield BAD_DEMAND.at(f"the weight of {name} is not above zero", "anonymise.weights")


def _checked(model: PrivacyModel, task: Task, place: str) -> Iterator[Problem]:
    """Return what is wrong with one model."""
    if model.name not in _RANGES:
        yield UNKNOWN_MODEL.at("there is no model of that name", place, hint=did_you_mean(model.name, _RANGES))
        return
    variants = _VARIANTS.get(model.name, ("",))
    variant = str(model.parameters.get("variant", variants[0]))
    if variant not in variants:
        yield BAD_PARAMETER.at(f"variant is one of {', '.join(variants)}", place)
    yield from _parameters(model, variant, place)
    if model.name in _VARIANTS and model.attribute not in task.sensitive:
        yield NO_ATTRIBUTE.at(f"{model.attribute or 'no attribute'} is not among the sensitive attributes", place)
    if model.name in ("k_map", "delta_presence") and task.population is None:
        yield NO_POPULATION.at("no population table is given", place)
    if variant == "hierarchical" and not isinstance(model.parameters.get("hierarchy"), Mapping):
        yield BAD_PARAMETER.at("hierarchy maps each value to the list of nodes above it", place)


def _parameters(model: PrivacyModel, variant: str, place: str) -> Iterator[Problem]:
    """Return what is wrong with the parameters of one model."""
    ranges = _RANGES[model.name]
    for name, (low, high, needed) in ranges.items():
        value = model.parameters.get(name)
        if value is None:
            if needed in (variant, "always"):
                yield BAD_PARAMETER.at(f"{name} is missing", place)
        elif isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            yield BAD_PARAMETER.at(f"{name} is not a number from {low:g} to {high:g}", place)
    allowed = {*ranges, "variant", "hierarchy"}
    for name in sorted(set(model.parameters) - allowed):
        yield BAD_PARAMETER.at(f"unknown parameter {name}", place, hint=did_you_mean(name, allowed))


_MANY = 1e12
#: parameters by model: lowest and highest value, and for which variant they are needed
_RANGES: Mapping[str, Mapping[str, tuple[float, float, str]]] = {
    "l_diversity": {"l": (1, _MANY, "always"), "c": (1e-9, _MANY, "recursive")},
    "t_closeness": {"t": (0, 1, "always")},
    "beta_likeness": {"beta": (1e-9, _MANY, "always")},
    "k_map": {"k": (1, _MANY, "always")},
    "delta_presence": {"min": (0, 1, "never"), "max": (0, 1, "always")},
    "average_risk": {"max": (1e-9, 1, "always")},
    "maximum_risk": {"max": (1e-9, 1, "always")},
    "sample_uniqueness": {"max": (0, 1, "always")},
    "population_uniqueness": {"max": (0, 1, "always"), "persons": (1, _MANY, "always")},
}
_VARIANTS: Mapping[str, tuple[str, ...]] = {
    "l_diversity": ("distinct", "entropy", "recursive"),
    "t_closeness": ("equal", "ordered", "hierarchical"),
    "beta_likeness": ("enhanced", "basic"),
}


def _overall(task: Task, attribute: str) -> Floats:
    """Return the share of each value of an attribute in the whole table."""
    histogram = task.sensitive[attribute]
    counts = np.bincount(histogram.codes, weights=histogram.counts, minlength=len(histogram.values))
    overall: Floats = counts / max(float(counts.sum()), 1.0)
    return overall


def _diversity(model: PrivacyModel, task: Task) -> ClassModel:
    variant, l_value = model.parameters.get("variant", "distinct"), model.parameters["l"]
    if variant == "entropy":
        return EntropyDiversity(model.attribute, float(l_value))
    if variant == "recursive":
        return RecursiveDiversity(model.attribute, float(model.parameters["c"]), int(l_value))
    return DistinctDiversity(model.attribute, math.ceil(l_value))


def _closeness(model: PrivacyModel, task: Task) -> ClassModel:
    variant, t = model.parameters.get("variant", "equal"), float(model.parameters["t"])
    overall = _overall(task, model.attribute)
    values = task.sensitive[model.attribute].values
    if variant == "ordered":
        return OrderedDistance(model.attribute, t, overall, ranks(values, overall))
    if variant == "hierarchical":
        return HierarchicalDistance(model.attribute, t, overall, tree(values, model.parameters["hierarchy"], overall))
    return EqualDistance(model.attribute, t, overall)


def _likeness(model: PrivacyModel, task: Task) -> ClassModel:
    enhanced = model.parameters.get("variant", "enhanced") == "enhanced"
    return BetaLikeness(
        model.attribute, float(model.parameters["beta"]), _overall(task, model.attribute), enhanced=enhanced
    )


def _presence(model: PrivacyModel, task: Task) -> ClassModel:
    return DeltaPresence(float(model.parameters.get("min", 0)), float(model.parameters["max"]))


def _map(model: PrivacyModel, task: Task) -> ClassModel:
    return PopulationClass(math.ceil(model.parameters["k"]))


def _population_uniqueness(given: Parameters) -> TableModel:
    persons = int(given["persons"])

    def uniques(sizes: Counts) -> float:
        """Return the largest available estimate of unique persons; where no model gives one, all could be."""
        found = {measure.id: measure.value for measure in estimates(sizes, persons)} if len(sizes) else {}
        value = found.get("popuniq.largest")
        return float(persons) if value is None else value

    return PopulationUniqueness(float(given["max"]), persons, uniques)


_CLASS: Mapping[str, Callable[[PrivacyModel, Task], ClassModel]] = {
    "l_diversity": _diversity,
    "t_closeness": _closeness,
    "beta_likeness": _likeness,
    "k_map": _map,
    "delta_presence": _presence,
}
_TABLE: Mapping[str, Callable[[Parameters], TableModel]] = {
    "average_risk": lambda given: AverageRisk(float(given["max"])),
    "sample_uniqueness": lambda given: SampleUniqueness(float(given["max"])),
    "population_uniqueness": _population_uniqueness,
}
