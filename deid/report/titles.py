"""Titles of measures in plain words, by id or by the first parts of an id."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deid.report.disclosure import printable

#: Titles of measures in plain words, by id or by the id's first part.
TITLES: Mapping[str, str] = {
    "k": "Smallest group (k)",
    "prosecutor.ra": "People at a risk above the threshold (prosecutor Ra)",
    "prosecutor.rb": "Highest risk of one person (prosecutor Rb)",
    "prosecutor.rc": "Average risk (prosecutor Rc)",
    "journalist.ra": "People at a risk above the threshold in the population (journalist Ra)",
    "journalist.rb": "Highest risk in the population (journalist Rb)",
    "journalist.rc": "Average risk in the population (journalist Rc)",
    "marketer": "Expected share of correct matches (marketer)",
    "unique_share": "People alone in their group (sample uniques)",
    "classes": "Number of groups",
    "average_class_size": "Average group size",
    "c_avg": "Average group size against k",
    "discernibility": "Discernibility",
    "suppressed_share": "People suppressed",
    "residual_identifiers": "Identifiers left in the release",
    "singling_out": "People singled out by undeclared columns",
    "k_map": "Smallest group in the population (k-map)",
    "sets.k": "Smallest group of any adversary (k on every set)",
    "sets.highest_risk": "Highest risk from any adversary",
    "qi.distinction": "Distinct combinations per person",
    "qi.separation": "Pairs of people told apart by all variables",
    "attack.singling_out": "Singling out",
    "attack.linkability": "Linkability",
    "attack.membership": "Membership",
    "shift.candidates.min": "Fewest date shifts that fit one person's dates",
    "shift.candidates.median": "Date shifts that fit a person's dates, median",
    "util.survival_gap": "Largest change of the survival curve",
    "util.pmse": "Original and released people told apart (propensity, pMSE)",
    "util.pmse_ratio": "The same against its expectation (pMSE ratio)",
    "util.correlation": "Largest change of a correlation",
    "attack.linkage": "Linkage with a register",
    "util.hazard_ratio": "Hazard ratio",
    "util.nue": "Information lost by all quasi-identifiers (entropy)",
    "loss": "Information lost",
    "unshifted_dates": "Dates equal to their own original",
    "orphan_keys": "Keys that name no row",
    "emptied_cells": "Cells emptied because they could not be read or are hidden",
    "text_redacted_whole": "Texts redacted as a whole",
}
#: Words for the first parts of ids, where nothing better is known.
_FAMILIES = {
    "l.distinct": "Distinct l-diversity",
    "l.entropy": "Entropy l-diversity",
    "l.recursive_c": "Recursive (c,l)-diversity, smallest c",
    "t.equal": "t-closeness, equal distance",
    "t.ordered": "t-closeness, ordered distance",
    "t.hier": "t-closeness, hierarchical distance",
    "alpha_k": "Largest share of one value in a group (alpha)",
    "attr.prior": "Guessing the value right without the release",
    "attr.posterior": "Guessing the value right from the group",
    "beta.basic": "Basic beta-likeness",
    "beta.enhanced": "Enhanced beta-likeness",
    "delta_disclosure.ln": "delta-disclosure",
    "delta_disclosure.strict": "delta-disclosure, strict",
    "contribution": "Fall of the average risk without",
    "qi.distinction": "Distinct values per person",
    "qi.separation": "Pairs of people told apart",
    "known.rb": "Highest risk, attacker knows",
    "known.rc": "Average risk, attacker knows",
    "missing.own_category": "A blank equals a blank",
    "missing.wildcard": "A blank equals anything",
    "missing.conservative": "A blank equals anything, for itself only",
    "popuniq": "Population uniques",
    "indivrisk": "Individual risk (Benedetti-Franconi)",
    "loglinear": "Log-linear model",
    "suda": "Special uniques (SUDA)",
    "delta_presence": "delta-presence",
    "sets.k": "Smallest group, adversary",
    "attack.inference": "Inference",
    "util.nue": "Information lost (entropy)",
    "util.hellinger": "Hellinger distance before and after",
    "util.kl": "Kullback-Leibler divergence before and after",
    "util.total_variation": "Total variation before and after",
    "longitudinal.max_risk": "Highest risk, known events beside the class",
    "longitudinal.unicity": "People whom known events single out in their class",
}


def title(name: str) -> str:
    """Return the title of a measure in plain words; what it is about stands after it."""
    if name in TITLES:
        return TITLES[name]
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        words = _FAMILIES.get(".".join(parts[:length]))
        if words is not None:
            return f"{words}: {_rest('.'.join(parts[length:]))}"
    return printable(name)


def _rest(text: str) -> str:
    known = re.fullmatch(r"m(\d+)", text)
    if known is None:
        return printable(text.replace("_", " ") if text.islower() else text)
    return "1 variable" if known[1] == "1" else f"{known[1]} variables"
