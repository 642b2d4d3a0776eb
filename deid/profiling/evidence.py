"""What a column holds beside the best reading, and the evidence for all of it, in counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from deid.model import DIRECT_KINDS, NAMED_PLACES
from deid.profiling.described import described
from deid.profiling.fit import HOLDS, LIKELY, NEVER, Fit, of
from deid.profiling.header import Hint
from deid.profiling.look import Look
from deid.profiling.strays import strays
from deid.profiling.tally import Tally

#: A second direct kind this close to the first is named too.
_CLOSE = 1.0
#: Kinds of labels and numbers, among which a cell that names a person is a stray.
_LABELS = frozenset(
    {
        *("category", "constant", "code", "diagnosis_code", "number", "measurement", "sex", "race", "ethnicity"),
        *("flag", "sequence_number", "unit", "year", "time", "study_day", "marital_status", "language", "age_band"),
    }
)
_DATES = ("holds_date", "iso_date", "sas_date")


@dataclass
class Case:
    """The points of one column by kind, while they are gathered."""

    look: Look
    hints: dict[str, Hint]
    fits: dict[str, Fit] = field(default_factory=dict)
    totals: dict[str, float] = field(default_factory=dict)

    def hint(self, kind: str) -> float:
        """Return the points of the name for a kind."""
        return self.hints[kind].points if kind in self.hints else 0.0


def with_others(best: str, case: Case, tally: Tally) -> tuple[str, ...]:
    """Add direct identifiers that came close, that few values hold, or that a few names betray."""
    holds = [best]
    close = [
        kind
        for kind, points in sorted(case.totals.items(), key=lambda item: (-item[1], item[0]))
        if kind in DIRECT_KINDS
        and points >= max(HOLDS, case.totals.get(best, 0.0) - _CLOSE)
        and case.fits[kind].points >= LIKELY
    ]
    holds += [kind for kind in close if kind not in holds]
    if best not in ("url", "code_system", "gene_variant", "email", "phone", "fax", "ssn", "ip_address"):
        seen = {kind for kind, count in tally.screened.items() if count and case.totals.get(kind, 0.0) > NEVER}
        holds += sorted(seen.difference(holds))
    if (
        best in ("category", "constant", "code", "diagnosis_code", "occupation", "unknown")
        and case.look.full_names.any()
    ):
        holds += [kind for kind in ("person_name",) if kind not in holds]
    if (
        best in {"category", "constant", *NAMED_PLACES}
        and case.look.mask("street").any()
        and "street_address" not in holds
    ):
        holds.append("street_address")
    if best in _LABELS and "person_name" not in holds and strays(case.look, defined=_defined(best, case)):
        holds.append("person_name")
    if best in ("category", "code", "measurement", "unknown") and case.look.share(*_DATES):
        holds.append("date")
    return tuple(holds)


def _defined(kind: str, case: Case) -> bool:
    return kind in case.hints and case.hints[kind].defined


def evidence(holds: tuple[str, ...], case: Case, tally: Tally, barcode: bool) -> tuple[str, ...]:
    """Return the sentences that say why, in counts and shares, never in values."""
    look = case.look
    said = [described(look)] if holds[0] == "unknown" else []
    for kind in holds:
        hint = case.hints.get(kind)
        if hint:
            said.append(f"the name says {kind} ({hint.points:g} points)")
        fit = case.fits.get(kind)
        if fit and fit.said and fit.points:
            said.append(f"{fit.said} ({fit.points:+g} for {kind})")
    if holds[0] == "unknown":
        named = sorted(case.hints.items(), key=lambda item: (-item[1].points, item[0]))[:2]
        said += [f"the name may say {kind} ({hint.points:g} points)" for kind, hint in named]
        said += [
            f"{case.fits[kind].said} ({case.fits[kind].points:+g} for {kind})"
            for kind, _ in named
            if case.fits[kind].said
        ]
    for kind, count in sorted(tally.screened.items()):
        if kind in holds:
            said.append(f"{count} of {tally.rows} cells hold the shape of {kind}")
    if "person_name" in holds[1:]:
        said.append(of(float(look.full_names.mean()), "read as a person's full name", look))
        said.append(f"{strays(look)} of {len(look.values)} distinct values are strange among the others, perhaps names")
    if barcode:
        said.append("the column's own name has the shape of a sample's")
    distinct = f"{tally.missing} of {tally.rows} cells are empty; {look.distinct} distinct values"
    return (*dict.fromkeys(filter(None, said)), distinct)
