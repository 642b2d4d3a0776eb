"""What measures mean that need rows, two datasets or an attack, and so come from functions instead of metrics."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """Id pattern, family, title, what it says, formula, units and source of a measure."""

    id: str
    family: str
    title: str
    meaning: str
    formula: str
    units: str
    source: str


#: Beginnings of ids that only the library gives, for they need files that a run does not have.
LIBRARY_ONLY = ("drisk.",)
_WP216 = "Article 29 Working Party, Opinion 05/2014 on anonymisation techniques (WP216)"
_RATE = "probability, 0 to 1, with a Wilson interval; hold the upper bound against a threshold"
_LONG = "Terrovitis, Mamoulis, Kalnis, PVLDB 2008; El Emam and Arbuckle 2013; de Montjoye et al. 2013"

_EXCESS = "success rate minus that of the control group"
_CONTROL = (
    "the control group are people who are not in the data, where the policy names a population (for linkage: a "
    "register). Where it names none, and for inference always, because nobody knows the sensitive values of strangers, "
    "they are the same persons, each after their own record was taken out of the release, which is what people like "
    "them fare whose record is not there (for singling out: descriptions written column by column without a record)"
)

MEANINGS: tuple[Meaning, ...] = (
    *(
        Meaning(
            f"attack.{name}.excess",
            "attacks",
            f"{title}, excess over the control group",
            f"what the attack gains from a person's own record: {_CONTROL}",
            _EXCESS,
            "difference of probabilities, -1 to 1, with Newcombe's interval",
            f"{_WP216}; Newcombe 1998",
        )
        for name, title in (
            ("singling_out", "Singling out"),
            ("linkability", "Linkability"),
            ("inference.<ATTR>", "Inference"),
            ("linkage", "Linkage with an external file"),
            ("membership", "Membership"),
        )
    ),
    Meaning(
        "attack.singling_out",
        "attacks",
        "Singling out",
        "share of predicates made from the release that isolate one original record",
        "predicates matching exactly one original record / predicates; excess: minus the same on strangers",
        _RATE,
        f"{_WP216}; Cohen and Nissim, PNAS 2020",
    ),
    Meaning(
        "attack.linkability",
        "attacks",
        "Linkability",
        "chance to join two fragments of a person's data by way of the release",
        "sum over persons of the chance of the right fragment among the nearest / persons",
        _RATE,
        f"{_WP216}; Domingo-Ferrer and Torra 2001",
    ),
    Meaning(
        "attack.inference.<ATTR>",
        "attacks",
        "Inference",
        "chance to guess a sensitive value from the released rows nearest to what is known",
        "right guesses by the most frequent value among the nearest released rows / persons",
        _RATE,
        f"{_WP216}; Yeom et al., CSF 2018",
    ),
    Meaning(
        "attack.linkage",
        "attacks",
        "Linkage with an external file",
        "chance that the best match of an external record is the right one",
        "sum over external records of the chance of the right row among the nearest / records",
        _RATE,
        "Winkler 2004; Domingo-Ferrer and Torra 2001",
    ),
    Meaning(
        "attack.membership",
        "attacks",
        "Membership",
        "share of members recognised by their closeness to the release; the excess is TPR - FPR",
        "members at most a threshold away from the nearest released row; threshold chosen on the other half",
        _RATE,
        "Yeom et al., CSF 2018",
    ),
    Meaning(
        "longitudinal.max_risk.m<N>",
        "longitudinal",
        "Risk from known events",
        "highest risk of a person of whom N events are known",
        "1 / min over subsets S of N events of the number of persons who have S",
        "probability, 0 to 1",
        _LONG,
    ),
    Meaning(
        "longitudinal.unicity.m<N>",
        "longitudinal",
        "Unicity",
        "share of persons whom some N of their events single out",
        "persons with a subset of N events that nobody else has / persons",
        "share, 0 to 1",
        _LONG,
    ),
    Meaning(
        "shift.candidates.min",
        "shift_residual",
        "Date shifts left possible",
        "fewest shifts that fit a person's released dates, given when visits can take place",
        "number of shifts in the window for which every date falls on a possible day",
        "shifts",
        "own definition",
    ),
    Meaning(
        "shift.candidates.median",
        "shift_residual",
        "Date shifts left possible, median",
        "median over persons of the shifts that fit their released dates",
        "number of shifts in the window for which every date falls on a possible day",
        "shifts",
        "own definition",
    ),
    Meaning(
        "drisk.interval",
        "continuous",
        "Interval disclosure",
        "share of records whose every released number lies close to its original",
        "share of records with |x' - x| <= k sd in every column",
        "share, 0 to 1",
        "Templ 2008",
    ),
    Meaning(
        "util.nue.<QI>",
        "utility",
        "Non-uniform entropy loss",
        "share of the information of a column that generalisation and suppression took",
        "sum log2 Pr(original given released) / sum log2 Pr(original)",
        "share, 0 to 1",
        "De Waal and Willenborg 1999; Gionis and Tassa 2009",
    ),
    Meaning(
        "util.nue",
        "utility",
        "Non-uniform entropy loss, mean over quasi-identifiers",
        "share of the information of the quasi-identifiers that generalisation and suppression took",
        "mean over quasi-identifiers of util.nue.<QI>",
        "share, 0 to 1",
        "De Waal and Willenborg 1999; Gionis and Tassa 2009",
    ),
    *(
        Meaning(
            f"util.{name}.<ATTR>",
            "utility",
            f"{title} of a sensitive attribute before and after",
            "how far suppression moved the distribution of the attribute",
            formula,
            units,
            source,
        )
        for name, title, formula, units, source in (
            ("hellinger", "Hellinger distance", "(1/sqrt2) |sqrt p - sqrt q|", "distance, 0 to 1", "Hellinger 1909"),
            ("kl", "Kullback-Leibler divergence", "sum p ln(p/q)", "nats, from 0", "Kullback and Leibler 1951"),
            ("total_variation", "Total variation", "sum |p - q| / 2", "share, 0 to 1", "standard"),
        )
    ),
    Meaning(
        "util.pmse",
        "utility",
        "Propensity score error",
        "how well a model tells original from released records",
        "(1/N) sum (p_i - c)^2; ratio: divided by its expectation for a perfect release",
        "squared probability; the ratio is 1 at best",
        "Woo et al. 2009; Snoke et al., JRSS-A 2018",
    ),
    Meaning(
        "util.pmse_ratio",
        "utility",
        "Propensity score error against its expectation",
        "how much better a model tells original from released records than it would from a release drawn anew",
        "util.pmse / ((k-1) (1-c)^2 c / N), k cells, c the share of released records (Snoke's null, original fixed)",
        "ratio; 1 is what a release drawn anew would give",
        "Snoke et al., JRSS-A 2018",
    ),
    Meaning(
        "util.correlation",
        "utility",
        "Change of correlations",
        "largest change of a Pearson correlation between the columns that the policy names",
        "max over pairs of |r_before - r_after|, over complete rows of each side",
        "difference of correlations, 0 to 2",
        "standard; Pearson 1895",
    ),
    Meaning(
        "util.survival_gap",
        "utility",
        "Change of the survival curve",
        "largest vertical distance of the Kaplan-Meier curves before and after",
        "max_t |S_before(t) - S_after(t)|",
        "share, 0 to 1",
        "Kaplan and Meier 1958",
    ),
    Meaning(
        "util.hazard_ratio",
        "utility",
        "Hazard ratio",
        "hazard ratio of one covariate by Cox's partial likelihood with Efron's ties",
        "exp(beta) at the maximum of the partial likelihood",
        "ratio, with a 95 % interval",
        "Cox 1972; Efron 1977",
    ),
)
