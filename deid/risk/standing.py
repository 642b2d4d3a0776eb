"""What the measures mean that the verify stage counts on the release as a whole, and on every adversary's set."""

from __future__ import annotations

from deid.risk.beyond import Meaning

_OWN = "own definition"
_COUNT = "count; a gate of 0 lets none pass"

STANDING: tuple[Meaning, ...] = (
    Meaning(
        "residual_identifiers",
        "release",
        "Identifiers left in the release",
        "identifiers of the input found again in what was written: data, names and this report",
        "cells and names with a run of 1 to 5 tokens that equals a known identifier of the input",
        _COUNT,
        _OWN,
    ),
    Meaning(
        "singling_out",
        "release",
        "People singled out by undeclared columns",
        "people whom one undeclared kept column singles out by itself; columns that the policy accepts are left out",
        "max over columns of people with a value that nobody else has / people with a value",
        "share, 0 to 1",
        _OWN,
    ),
    Meaning(
        "suppressed_share",
        "release",
        "People suppressed",
        "people whose quasi-identifiers were suppressed, of all people",
        "suppressed people / people of the input",
        "share, 0 to 1",
        _OWN,
    ),
    Meaning(
        "loss",
        "release",
        "Information lost",
        "normalised certainty penalty (NCP), mean over quasi-identifiers: 0 nothing lost, 1 everything",
        "mean over people and quasi-identifiers of (leaves of the cell - 1) / (leaves - 1); suppressed people count 1",
        "share, 0 to 1",
        "Xu et al., KDD 2006",
    ),
    Meaning(
        "unshifted_dates",
        "release",
        "Dates equal to their own original",
        "dates that equal their own original after the shift",
        "cells of shifted columns whose released date is the one of the input",
        _COUNT,
        _OWN,
    ),
    Meaning(
        "orphan_keys",
        "release",
        "Keys without a row",
        "keys of the release that name no row of the table to which they refer",
        "cells of the columns that refer to another table whose key does not stand there",
        _COUNT,
        _OWN,
    ),
    Meaning(
        "text_redacted_whole",
        "release",
        "Texts redacted as a whole",
        "texts that could not be searched to their end and were redacted as a whole",
        "cells of free text for which detection failed",
        _COUNT,
        _OWN,
    ),
    Meaning(
        "sets.k",
        "adversaries",
        "Smallest group on any adversary's set",
        "k on the set of quasi-identifiers of the adversary who fares best",
        "min over sets of min f over the quasi-identifiers of the set",
        "subjects",
        "Sweeney 2002, on each set",
    ),
    Meaning(
        "sets.k.<N>",
        "adversaries",
        "Smallest group on one adversary's set",
        "k on the Nth set of quasi-identifiers of the policy",
        "min f over the quasi-identifiers of the set",
        "subjects",
        "Sweeney 2002, on each set",
    ),
    Meaning(
        "sets.highest_risk",
        "adversaries",
        "Highest risk over all adversaries' sets",
        "highest prosecutor risk of one person for the adversary who fares best",
        "1 / sets.k",
        "probability, 0 to 1",
        "El Emam 2013, on each set",
    ),
)
