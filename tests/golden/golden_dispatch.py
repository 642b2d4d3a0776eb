"""One table from (family, metric) of a golden vector to the measure of ours that answers it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from golden_vector import Vector

from deid.model import Measure, Status
from deid.registry import plugin
from deid.risk import (
    continuous,
    divergence,
    individual_risk,
    information_loss,
    log_linear,
    longitudinal,
    missing_values,
    population_uniqueness,
    propensity,
    special_uniques,
    thresholds,
)
from deid.risk.contribution import Contribution
from deid.risk.l_diversity import LDiversity
from deid.risk.t_closeness import TCloseness

Answer = Any


def answer(measure: Measure) -> Answer:
    """Return a measure's value, `inf` where no finite value exists, None where there is none."""
    if measure.value is None and measure.status is Status.OUT_OF_RANGE and measure.detail.get("infinite"):
        return float("inf")
    return measure.value


def metric(family: str, pattern: str, **options: Any) -> Callable[[Vector], Answer]:
    """Answer with one id of a registered metric; {sa} in the id is the sensitive attribute."""

    def run(vector: Vector) -> Answer:
        wanted = pattern.format(sa=vector.params.get("sa"))
        measures = plugin("metric", family)(**options).measure(vector.evidence())
        return answer({measure.id: measure for measure in measures}[wanted])

    return run


def recursive(vector: Vector) -> Answer:
    length = int(vector.params.get("l") or re.search(r"\(c,\s*(\d+)\)", vector.raw["metric"]).group(1))
    measures = LDiversity(lengths=(length,)).measure(vector.evidence())
    return answer({m.id: m for m in measures}[f"l.recursive_c.l{length}.{vector.params['sa']}"])


def hierarchical(vector: Vector) -> Answer:
    name = vector.params["sa"]
    measures = TCloseness(hierarchies={name: vector.params["hierarchy"]}).measure(vector.evidence())
    return answer({m.id: m for m in measures}[f"t.hier.{name}"])


def uniques(model: str) -> Callable[[Vector], Answer]:
    def run(vector: Vector) -> Answer:
        measures = population_uniqueness.estimates(vector.classes()[0].counts, float(vector.params["N"]))
        return answer({m.id: m for m in measures}[f"popuniq.{model}"])

    return run


def weighted(vector: Vector) -> tuple[np.ndarray, np.ndarray]:
    table, member = vector.classes()
    weights = np.array([float(cell) for cell in vector.column(vector.params["weight"])])
    return table.counts.astype(float), np.bincount(member, weights=weights)


def individual(form: Callable[..., np.ndarray]) -> Callable[[Vector], Answer]:
    def run(vector: Vector) -> Answer:
        if "F" in vector.params:
            return float(form([vector.params["f"]], [vector.params["F"]])[0])
        _, member = vector.classes()
        return form(*weighted(vector))[member].tolist()

    return run


def model_risk(which: int) -> Callable[[Vector], Answer]:
    def run(vector: Vector) -> Answer:
        terms = [re.findall(r"\w+", term) for term in vector.params["formula"].split(",")[0].split("+")]
        keys = vector.params.get("qi") or list(dict.fromkeys(name for term in terms for name in term))
        table, member = replace(vector, raw={**vector.raw, "params": {**vector.params, "qi": keys}}).classes()
        weights = np.array([float(cell) for cell in vector.column(vector.params["weight"])])
        inclusion = np.bincount(member, weights=1 / weights)
        fitted = log_linear.fitted_counts(table, terms)
        return None if fitted is None else log_linear.file_risk(table.counts, fitted, inclusion)[which]

    return run


def suda(vector: Vector) -> Answer:
    table, member = vector.classes()
    return special_uniques.suda_scores(table, vector.params.get("mode", "elliot"))[member].tolist()


def dis(vector: Vector) -> Answer:
    table, member = vector.classes()
    scores = special_uniques.suda_scores(table, vector.params.get("mode", "elliot"))[member]
    return special_uniques.dis_scores(scores, len(table.variables), vector.params["dis_fraction"]).tolist()


def known_events(vector: Vector) -> longitudinal.Power:
    events = json.loads((vector.folder / "tables" / f"{vector.names[0]}.json").read_text(encoding="utf-8"))
    return longitudinal.power(events, int(vector.params["m"]), ordered=bool(vector.params.get("ordered")))


def frequencies(vector: Vector) -> Answer:
    table, member = vector.classes()
    if vector.params.get("na") != "wildcard":
        return table.counts[member].tolist()
    return missing_values.wildcard_sizes(table, float(vector.params.get("alpha", 1)))[member].tolist()


def score(kind: str) -> Callable[[Vector], Answer]:
    def run(vector: Vector) -> Answer:
        return answer({m.id: m for m in Contribution().measure(vector.evidence())}[f"qi.{kind}"])

    return run


def groups_of(vector: Vector, attribute: str, level: int) -> list[list[str]]:
    """Return the groups of an attribute: given, a sibling's (level 1), single values (0) or all together (above)."""
    values = sorted(set(vector.column(attribute)))
    if level == 0:
        return [[value] for value in values]
    if level == 1:
        for sibling in (vector.raw, *vector.siblings):
            if sibling["params"].get("attr") == attribute and "groups" in sibling["params"]:
                return sibling["params"]["groups"]
    return [values]


def leaves(vector: Vector, attribute: str, groups: list[list[str]]) -> tuple[list[int], int]:
    column = vector.column(attribute)
    return [len(next(group for group in groups if cell in group)) for cell in column], sum(map(len, groups))


def ncp(vector: Vector) -> Answer:
    groups = vector.params.get("groups") or groups_of(vector, vector.params["attr"], int(vector.params.get("level", 1)))
    return answer(information_loss.ncp_categorical(*leaves(vector, vector.params["attr"], groups)))


def losses(vector: Vector) -> tuple[list[float], list[int]]:
    parts = [leaves(vector, name, groups_of(vector, name, level)) for name, level in vector.params["levels"].items()]
    return [answer(information_loss.ncp_categorical(*part)) for part in parts], [total for _, total in parts]


def average_size(vector: Vector) -> Answer:
    """C_avg against the k asked for, where the vector names one, else against the k reached."""
    if "k" in vector.params:
        return metric("class_quality", "average_class_size")(vector) / vector.params["k"]
    return metric("class_quality", "c_avg")(vector)


def entropy(vector: Vector) -> Answer:
    return answer(information_loss.entropy_loss(vector.column(vector.params["attr"]), vector.params["gen"]))


def numeric(function: Callable[..., Any], *keys: str) -> Callable[[Vector], Answer]:
    def run(vector: Vector) -> Answer:
        found = function(vector.matrix(0), vector.matrix(1), *(vector.params[key] for key in keys))
        return answer(found) if isinstance(found, Measure) else [answer(measure) for measure in found]

    return run


def pmse(vector: Vector) -> Measure:
    params = vector.params
    if "counts" not in params:
        params = next(s["params"] for s in vector.siblings if "counts" in s["params"])
    counts = params["counts"]
    return propensity.pmse_cells([cell["original"] for cell in counts], [cell["released"] for cell in counts])


def expected_pmse(vector: Vector) -> Measure:
    k, records, share = (vector.params[key] for key in ("k", "N", "c"))
    fixed = "permutation" if "permut" in json.dumps([vector.raw["metric"], vector.params]) else "original_fixed"
    return propensity.null_expectation(int(k), int(records), float(share), fixed)


def compare(function: Callable[..., Measure]) -> Callable[[Vector], Answer]:
    return lambda vector: answer(function(vector.params["P"], vector.params["Q"]))


#: family, pattern of the metric's name, measure; the first that fits answers.
DISPATCH: tuple[tuple[str, str, Callable[[Vector], Answer]], ...] = (
    ("k-anonymity", r"k.?map", metric("k_map", "k_map")),
    ("k-anonymity", r"k", metric("class_sizes", "k")),
    ("reidentification", r"prosecutor ra", metric("prosecutor", "prosecutor.ra")),
    ("reidentification", r"prosecutor rb", metric("prosecutor", "prosecutor.rb")),
    ("reidentification", r"prosecutor rc", metric("prosecutor", "prosecutor.rc")),
    ("reidentification", r".*uni", metric("class_sizes", "unique_share")),
    ("reidentification", r"journalist ra", metric("journalist", "journalist.ra")),
    ("reidentification", r"journalist rb", metric("journalist", "journalist.rb")),
    ("reidentification", r"journalist rc", metric("journalist", "journalist.rc")),
    ("reidentification", r"marketer", metric("marketer", "marketer")),
    ("reidentification", r"k.?map", metric("k_map", "k_map")),
    ("membership", r".*(upper|max)", metric("delta_presence", "delta_presence.max")),
    ("membership", r".*(lower|min)", metric("delta_presence", "delta_presence.min")),
    ("membership", r"k.?map", metric("k_map", "k_map")),
    ("l-diversity", r"distinct", metric("l_diversity", "l.distinct.{sa}")),
    ("l-diversity", r"entropy", metric("l_diversity", "l.entropy.{sa}")),
    ("l-diversity", r".*recursive", recursive),
    ("(alpha,k)", r"alpha", metric("alpha_k", "alpha_k.{sa}")),
    ("(alpha,k)", r"k", metric("class_sizes", "k")),
    ("t-closeness", r".*ordered", metric("t_closeness", "t.ordered.{sa}")),
    ("t-closeness", r".*hierarch", hierarchical),
    ("t-closeness", r".*", metric("t_closeness", "t.equal.{sa}")),
    ("beta-likeness", r".*basic", metric("beta_likeness", "beta.basic.{sa}")),
    ("beta-likeness", r".*enhanced", metric("beta_likeness", "beta.enhanced.{sa}")),
    ("delta-disclosure", r".*strict", metric("delta_disclosure", "delta_disclosure.strict.{sa}")),
    ("delta-disclosure", r".*delta", metric("delta_disclosure", "delta_disclosure.ln.{sa}")),
    ("attribute inference", r".*prior", metric("attribute_inference", "attr.prior.{sa}")),
    ("attribute inference", r".*posterior", metric("attribute_inference", "attr.posterior.{sa}")),
    ("population uniqueness", r".*pitman", uniques("pitman")),
    ("population uniqueness", r".*zayatz", uniques("zayatz")),
    ("population uniqueness", r".*(snb|negative)", uniques("snb")),
    ("population uniqueness", r".*dankar", uniques("dankar")),
    ("individual risk", r".*expected", lambda v: individual_risk.expected_reidentifications(*weighted(v))),
    ("individual risk", r".*approx", individual(individual_risk.approximate_risk)),
    ("individual risk", r".*", individual(individual_risk.posterior_risk)),
    ("model-based risk", r".*gr1", model_risk(0)),
    ("model-based risk", r".*gr2", model_risk(1)),
    ("special uniques", r".*dis", dis),
    ("special uniques", r".*suda", suda),
    ("longitudinal", r".*(unicity|unique)", lambda v: answer(known_events(v).measures()[1])),
    ("longitudinal", r".*worst", lambda v: dict(known_events(v).risks)),
    ("missing values", r".*", frequencies),
    ("threshold convention", r".*(smallest|minim).* k", lambda v: thresholds.smallest_k(v.params["threshold"])),
    ("threshold convention", r".*<=", lambda v: thresholds.within(v.params["k"], v.params["threshold"])),
    ("threshold convention", r".*<", lambda v: thresholds.within(v.params["k"], v.params["threshold"], strictly=True)),
    ("quasi-identifier scoring", r".*distinction", score("distinction")),
    ("quasi-identifier scoring", r".*separation", score("separation")),
    ("continuous disclosure", r".*", numeric(continuous.interval_disclosure, "k")),
    ("utility", r"ncp", ncp),
    ("utility", r".*granularity", lambda v: answer(information_loss.granularity_weighted(*losses(v)))),
    ("utility", r".*gcp", lambda v: answer(information_loss.gcp(losses(v)[0]))),
    ("utility", r"discern", metric("class_quality", "discernibility")),
    ("utility", r"c_avg", average_size),
    ("utility", r".*entropy", entropy),
    ("utility", r"il1s mean", lambda v: numeric(continuous.il1s)(v)[1]),
    ("utility", r"il1s", lambda v: numeric(continuous.il1s)(v)[0]),
    ("utility", r"il1", numeric(continuous.il1)),
    ("utility", r".*eigen", numeric(continuous.eigenvalue_loss)),
    ("utility", r".*kl", compare(divergence.kullback_leibler)),
    ("utility", r".*hellinger", compare(divergence.hellinger)),
    ("utility", r".*jensen", compare(divergence.jensen_shannon)),
    ("utility", r".*ratio", lambda v: answer(propensity.pmse_ratio(pmse(v), expected_pmse(v)))),
    ("utility", r".*e0", lambda v: answer(expected_pmse(v))),
    ("utility", r"pmse", lambda v: answer(pmse(v))),
)


def measure_for(family: str, name: str) -> Callable[[Vector], Answer] | None:
    """Return the measure that answers vectors of this family and metric."""
    for wanted, pattern, run in DISPATCH:
        if wanted == family and re.match(pattern, name, re.IGNORECASE):
            return run
    return None
