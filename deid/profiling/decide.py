"""From the name and the values of a column to what it holds.

Points of the name (0 to 6.5) and of the values (-5 to 5) are added for each kind; a kind holds from 4 points on. A name that
points at a direct identifier is never overruled by a mere impression of the values: then the column is `unknown`,
which no rule of a ready policy claims, unless the values are plainly harmless (yes and no, few repeated labels).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deid.model import DIRECT_KINDS
from deid.profiling import fits_clinical, fits_identity, fits_people
from deid.profiling.conventions import CONVENTION, convention
from deid.profiling.fit import HOLDS, LIKELY, SURE, Fit, Test, of
from deid.profiling.header import Hint, fold, hints, words_of
from deid.profiling.look import Look
from deid.profiling.tally import Tally

FITS: Mapping[str, Test] = {**fits_identity.FITS, **fits_people.FITS, **fits_clinical.FITS}
#: Kinds that the values alone can prove; every column is asked for them.
_SPEAKING = (
    "email", "url", "ip_address", "uuid", "ssn", "phone", "account_number", "device_id", "vehicle_id", "person_name", "given_name",
    "family_name", "street_address", "postcode", "state", "country", "sex", "race", "ethnicity", "marital_status", "date", "time", "code",
    "diagnosis_code", "code_system", "gene_variant", "flag", "category", "number", "constant", "free_text",
)  # fmt: skip
#: A name from this many points on keeps a direct identifier in play against the values.
_CLEAR_HINT = 3.0
#: A second direct kind this close to the first is named too.
_CLOSE = 1.0
_LABEL_WORTH = 0.75


@dataclass(frozen=True)
class Neighbours:
    """What the rest of the table says: its naming conventions, whether it describes persons, rows."""

    dialects: frozenset[str] = frozenset({"any"})
    persons: bool = False
    barcodes: frozenset[str] = frozenset()
    rows: int = 0


@dataclass
class _Case:
    """The points of one column by kind, while they are gathered."""

    look: Look
    hints: dict[str, Hint]
    fits: dict[str, Fit] = field(default_factory=dict)
    totals: dict[str, float] = field(default_factory=dict)


def decide(name: str, label: str, tally: Tally, look: Look, neighbours: Neighbours) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what a column holds, best first, and the evidence, in counts."""
    if tally.rows == tally.missing:
        return ("empty",), (f"none of {tally.rows} cells is filled",)
    case = _Case(look, _hints(name, label, look, neighbours))
    for kind in dict.fromkeys((*case.hints, *_SPEAKING)):
        fit = FITS[kind](look)
        hint = case.hints.get(kind)
        case.fits[kind] = fit
        case.totals[kind] = _total(fit, hint)
    if "diagnosis_code" in case.hints and case.fits["diagnosis_code"].points >= LIKELY:
        case.totals["category"] -= LIKELY  # the same words name codes and their labels: the values tell which
    best = _best(case)
    holds = _with_others(best, case, tally)
    if name in neighbours.barcodes and "sample_id" not in holds:
        holds = ("sample_id", *holds)
    return holds[:3], _evidence(holds, case, tally, name in neighbours.barcodes)


def _total(fit: Fit, hint: Hint | None) -> float:
    """Add the points. What just suffices without a name counts as likely beside one."""
    if hint is None:
        return fit.points
    beside = LIKELY if LIKELY < fit.points < SURE else fit.points
    return max(fit.points, hint.points + beside)


def _hints(name: str, label: str, look: Look, neighbours: Neighbours) -> dict[str, Hint]:
    found = dict(hints(name))
    for kind, hint in hints(label).items():
        points = _LABEL_WORTH * hint.points
        if points > found.get(kind, Hint(0, "")).points:
            found[kind] = Hint(points, f"label: {hint.words}")
    known = convention(name, neighbours.dialects)
    if known:
        found = {kind: Hint(min(hint.points, 2.0), hint.words) for kind, hint in found.items()}
        kind = "free_text" if known[0] == "verbatim" else known[0]
        found[kind] = Hint(CONVENTION, f"{known[1]} convention")
        if known[0] == "verbatim":
            found["category"] = Hint(2.0, f"{known[1]} convention")
    if neighbours.persons and words_of(name) and {fold(name).strip("_ ")} & _BARE_NAMES:
        found["person_name"] = Hint(4.5, "beside other particulars of persons")
    coded = found.get("category")
    if coded and coded.points >= _CLEAR_HINT:
        found["code"] = max(found.get("code", Hint(0, "")), Hint(coded.points - 1.5, coded.words), key=lambda h: h.points)
    if max((found[kind].points for kind in ("age", "birth_date") if kind in found), default=0.0) >= 5.0:
        found.pop("measurement", None)
    if "genomics" not in neighbours.dialects and "gene_variant" in found and found["gene_variant"].points < HOLDS:
        del found["gene_variant"]
    if "genomics" in neighbours.dialects and not any(found[kind].points >= _CLEAR_HINT for kind in DIRECT_KINDS & set(found)):
        found["gene_variant"] = max(found.get("gene_variant", Hint(0, "")), Hint(HOLDS, "genomic table"), key=lambda h: h.points)
    if "study" in found:
        hint = found.pop("study")
        kind = _study(look, known is not None)
        found[kind] = max(hint, found.get(kind, hint), key=lambda h: h.points)
    return found


_BARE_NAMES = frozenset({"name", "nom", "nombre", "naam", "nome", "namn", "navn"})


def _study(look: Look, cdisc: bool) -> str:
    """A study identifier is one for all rows, or few; REDCap gives that name to the record of each participant."""
    if cdisc or (look.few and look.distinct <= 10) or (look.distinct == 1 and look.present >= 10):
        return "category"
    return "subject_id" if look.present >= 12 else "record_id"


def _best(case: _Case) -> str:
    ranked = sorted(case.totals.items(), key=lambda item: (-item[1], -_hint(case, item[0]), item[0]))
    kind, points = ranked[0]
    if points < HOLDS:
        return "unknown"
    if kind not in DIRECT_KINDS and not _harmless(kind, case):
        clear = max((hint.points for other, hint in case.hints.items() if other in DIRECT_KINDS), default=0.0)
        if clear >= _CLEAR_HINT and clear > _hint(case, kind) - (case.fits[kind].points < LIKELY) * 0.4:
            return "unknown"
    if kind == "category" and case.look.distinct == 1 and case.totals.get("constant", 0) >= HOLDS:
        return "constant"
    return kind


def _hint(case: _Case, kind: str) -> float:
    return case.hints[kind].points if kind in case.hints else 0.0


def _harmless(kind: str, case: _Case) -> bool:
    """Whether the values cannot be the identifier that the name speaks of."""
    look = case.look
    if kind == "flag":
        return case.fits["flag"].points >= SURE
    if kind in ("number", "measurement"):
        return look.decimal >= 0.5 and _hint(case, "licence_number") + _hint(case, "zip") > 0
    return kind in ("category", "sex", "race", "ethnicity") and fits_identity.plain_labels(look)


def _with_others(best: str, case: _Case, tally: Tally) -> tuple[str, ...]:
    """Add direct identifiers that came close, that few values hold, or that a few names betray."""
    holds = [best]
    close = [
        kind
        for kind, points in sorted(case.totals.items(), key=lambda item: (-item[1], item[0]))
        if kind in DIRECT_KINDS and points >= max(HOLDS, case.totals.get(best, 0.0) - _CLOSE) and case.fits[kind].points >= LIKELY
    ]
    holds += [kind for kind in close if kind not in holds]
    if best not in ("url", "code_system", "gene_variant", "email", "phone", "fax", "ssn", "ip_address"):
        holds += [kind for kind, count in sorted(tally.screened.items()) if count and kind not in holds]
    if best in ("category", "constant", "code", "diagnosis_code", "occupation", "unknown") and case.look.full_names.any():
        holds += [kind for kind in ("person_name",) if kind not in holds]
    if best in ("category", "constant", "site", "organisation", "city") and case.look.mask("street").any() and "street_address" not in holds:
        holds.append("street_address")
    if best == "category" and case.look.mask("holds_date").any():
        holds.append("date")
    return tuple(holds)


def _evidence(holds: tuple[str, ...], case: _Case, tally: Tally, barcode: bool) -> tuple[str, ...]:
    look = case.look
    said = []
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
        said += [f"{case.fits[kind].said} ({case.fits[kind].points:+g} for {kind})" for kind, _ in named if case.fits[kind].said]
    for kind, count in sorted(tally.screened.items()):
        if kind in holds:
            said.append(f"{count} of {tally.rows} cells hold the shape of {kind}")
    if "person_name" in holds[1:]:
        said.append(of(float(look.full_names.mean()), "read as a person's full name", look))
    if barcode:
        said.append("the column's own name has the shape of a sample's")
    distinct = f"{tally.missing} of {tally.rows} cells are empty; {look.distinct} distinct values"
    return (*dict.fromkeys(said), distinct)
