"""Families of measures that the report shows alike, and what it says where there is no figure."""

from __future__ import annotations

from collections.abc import Mapping

from deid.model import Status

STATUS_WORDS: Mapping[Status, str] = {
    Status.OK: "computed",
    Status.NOT_CONVERGED: "did not converge",
    Status.OUT_OF_RANGE: "out of range",
    Status.NOT_APPLICABLE: "not applicable",
    Status.NOT_COMPUTED: "not computed",
}
#: Measures that are shown as percentages.
SHARES = (
    "attack.singling_out",
    "attack.linkability",
    "attack.membership",
    "prosecutor.ra",
    "journalist.ra",
    "unique_share",
    "suppressed_share",
    "loss",
    "singling_out",
)
GROUP_FIGURES = ("classes", "average_class_size", "c_avg", "discernibility")
COUNTS = ("residual_identifiers", "unshifted_dates", "orphan_keys", "emptied_cells", "text_redacted_whole")
#: Figures of classes, not of people: they say what a class is like, not how many people are in question.
OF_CLASSES = ("k", "k_map", "l", "alpha_k", "delta_presence", "sets")
#: Distances of a class from the whole table; the larger ones tell how rare a value is in the whole table.
OF_RARITY = ("t", "beta", "delta_disclosure")
#: Figures worked out from the number of sample uniques, which they would give away.
OF_UNIQUES = ("popuniq", "indivrisk", "loglinear", "suda")
#: Figures of classes that are those of one group, not shares of a whole.
EXACT = ("k", "k_map", "sets", "missing", "l.distinct")
