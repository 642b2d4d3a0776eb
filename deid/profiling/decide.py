"""From the name and the values of a column to what it holds.

Points of the name (0 to 6.5) and of the values (-5 to 5) are added for each kind; a kind holds from 4 points on. A name
that points at a direct identifier is never overruled by a mere impression of the values: then the column is `unknown`,
which no rule of a ready policy claims, unless the values are plainly harmless (yes and no, few repeated labels).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deid.model import DIRECT_KINDS
from deid.profiling import fits_clinical, fits_general, fits_identity, fits_names, fits_people, fits_places
from deid.profiling.conventions import CONVENTION, convention
from deid.profiling.dictionaries import YES_NO
from deid.profiling.doubted import doubted
from deid.profiling.doubts import against_closed, is_version, may_be_people, of_procedures, of_stated_dates
from deid.profiling.evidence import Case, evidence, with_others
from deid.profiling.fit import AGAINST, HOLDS, LIKELY, NEVER, SURE, Fit, Test
from deid.profiling.header import Hint, fold, hints
from deid.profiling.look import Look
from deid.profiling.measured import strays_among_counts, with_measured
from deid.profiling.tally import Tally
from deid.profiling.vocabulary import clinical

_ROOMS = (fits_identity, fits_names, fits_places, fits_people, fits_clinical, fits_general)
FITS: Mapping[str, Test] = {kind: test for room in _ROOMS for kind, test in room.FITS.items()}
#: Kinds that the values alone can prove; every column is asked for them.
_SPEAKING = (
    *(
        "email",
        "url",
        "ip_address",
        "uuid",
        "ssn",
        "phone",
        "account_number",
        "device_id",
        "vehicle_id",
        "person_name",
        "initials",
    ),
    *("given_name", "family_name", "street_address", "postcode", "state", "country", "sex", "race", "ethnicity"),
    *("marital_status", "date", "time", "code", "diagnosis_code", "code_system", "gene_variant", "flag", "category"),
    *("number", "measurement", "constant", "free_text"),
)
#: A name from this many points on keeps a direct identifier in play against the values.
_CLEAR_HINT = 3.0
_LABEL_WORTH = 0.75
#: What mere impressions can take from a name that a published convention defines.
MOST_AGAINST_CONVENTION = -2.4


@dataclass(frozen=True)
class Neighbours:
    """What the rest of the table says: its naming conventions, whether it describes persons, rows."""

    dialects: frozenset[str] = frozenset({"any"})
    persons: bool = False
    barcodes: frozenset[str] = frozenset()
    rows: int = 0


def decide(
    name: str, label: str, tally: Tally, look: Look, neighbours: Neighbours
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what a column holds, best first, and the evidence, in counts."""
    if tally.rows == tally.missing:
        return ("empty",), (f"none of {tally.rows} cells is filled",)
    case = Case(look, _hints(name, label, look, neighbours))
    for kind in dict.fromkeys((*case.hints, *_SPEAKING)):
        fit = FITS[kind](look)
        hint = case.hints.get(kind)
        fit = against_closed(fit, hint, look) if kind == "category" else fit
        fit = of_procedures(fit, hint, look) if kind == "code" else fit
        fit = of_stated_dates(fit, name, look) if kind == "date" else fit
        case.fits[kind] = fit
        case.totals[kind] = _total(fit, hint)
    if case.hint("category") >= _CLEAR_HINT and case.fits["code"].points >= LIKELY:
        case.totals["code"] = max(case.totals["code"], case.hint("category") + 1.5)  # labels given as checked codes
    if "diagnosis_code" in case.hints and case.fits["diagnosis_code"].points >= LIKELY:
        case.totals["category"] -= LIKELY  # the same words name codes and their labels: the values tell which
    if is_version(case.hints.get("category"), look):
        case.totals["ip_address"] = NEVER
    best = _best(case)
    if best in ("accession_number", "health_plan_number") and "number" in case.hints and strays_among_counts(look):
        best = "unknown"  # a count with a cell of something else: no identifier to be replaced unasked
    doubt = doubted(name, best, case)
    if doubt == "initials":
        return ("initials",), ("the header speaks of staff, the values are initials",)
    if doubt:
        holds = with_others("unknown", case, tally)[:3]
        return holds, (f"some value may hold {doubt}", *evidence(holds, case, tally, False))
    holds = with_others(best, case, tally)
    if name in neighbours.barcodes and "sample_id" not in holds:
        holds = ("sample_id", *holds)
    return holds[:3], evidence(holds, case, tally, name in neighbours.barcodes)


def _total(fit: Fit, hint: Hint | None) -> float:
    """Add the points. What just suffices without a name counts as likely beside one; conventions outweigh doubts."""
    if hint is None:
        return fit.points
    beside = LIKELY if LIKELY < fit.points < SURE else fit.points
    if hint.defined and beside > NEVER:
        beside = max(beside, MOST_AGAINST_CONVENTION)
    return max(fit.points, hint.points + beside)


def _hints(name: str, label: str, look: Look, neighbours: Neighbours) -> dict[str, Hint]:
    """Gather what name, label, convention and the rest of the table say, the best of each kind."""
    found = dict(hints(name))
    for kind, hint in hints(label).items():
        _raise(found, kind, _LABEL_WORTH * hint.points, f"label: {hint.words}")
    known = convention(name, neighbours.dialects)
    if known and "___" in name and look.share_in(YES_NO) < 1.0:
        known = None  # the boxes of a question hold yes and no, whatever the header looks like
    if known and known[0] == "unspoken":
        return {}
    if known:
        found = {kind: Hint(min(hint.points, 2.0), hint.words) for kind, hint in found.items()}
        found |= _conventional(*known)
    if neighbours.persons and fold(name).strip("_ ") in _BARE_NAMES:
        _raise(found, "person_name", 4.5, "beside other particulars of persons")
    if "study" in found:
        _raise(found, _study(look, known is not None), found.pop("study").points, "study identifier")
    return _settled(with_measured(name, found, look) if known is None else found, neighbours)


def _conventional(kind: str, dialect: str) -> dict[str, Hint]:
    """Return the points of a convention; `verbatim` stands for reported terms and values of any sort."""
    said = f"{dialect} convention"
    if kind == "verbatim":
        return {"free_text": Hint(CONVENTION, said, True), "category": Hint(2.0, said)}
    return {kind: Hint(CONVENTION, said, True)}


def _settled(found: dict[str, Hint], neighbours: Neighbours) -> dict[str, Hint]:
    """Settle which of several readings of one name counts, by the name's other readings and by the table."""
    if max((found[kind].points for kind in ("age", "birth_date") if kind in found), default=0.0) >= 5.0:
        found.pop("measurement", None)
    genomic = "genomics" in neighbours.dialects
    if not genomic and found.get("gene_variant", Hint(HOLDS, "")).points < HOLDS:
        del found["gene_variant"]
    if genomic and not any(found[kind].points >= _CLEAR_HINT for kind in DIRECT_KINDS & set(found)):
        _raise(found, "gene_variant", HOLDS, "genomic table")
    return found


def _raise(found: dict[str, Hint], kind: str, points: float, words: str) -> None:
    if points > found.get(kind, Hint(0, "")).points:
        found[kind] = Hint(points, words)


_BARE_NAMES = frozenset({"name", "nom", "nombre", "naam", "nome", "namn", "navn"})


def _study(look: Look, cdisc: bool) -> str:
    """Return what a study identifier is here: of few studies a category, else REDCap's name for a participant."""
    if cdisc or (look.few and look.distinct <= 10) or (look.distinct == 1 and look.present >= 10):
        return "category"
    return "subject_id" if look.present >= 12 else "record_id"


def _best(case: Case) -> str:
    ranked = sorted(case.totals.items(), key=lambda item: (-item[1], -case.hint(item[0]), item[0]))
    kind, points = ranked[0]
    if points < HOLDS:
        return "unknown"
    if kind not in DIRECT_KINDS and not _harmless(kind, case):
        clear = max((hint.points for other, hint in case.hints.items() if other in DIRECT_KINDS), default=0.0)
        if clear >= _CLEAR_HINT and clear > case.hint(kind) - (case.fits[kind].points < LIKELY) * 0.4:
            return "unknown"
    if kind == "category" and case.look.distinct == 1 and case.totals.get("constant", 0) >= HOLDS:
        return "constant"
    return kind


def _harmless(kind: str, case: Case) -> bool:
    """Whether the values cannot be the identifier that the name speaks of."""
    look = case.look
    if kind == "flag":
        return case.fits["flag"].points >= SURE
    if kind in ("number", "measurement"):
        return look.decimal >= 0.5 and case.hint("licence_number") + case.hint("zip") > 0
    if kind == "gene_variant":
        return look.nucleotides
    if kind == "diagnosis_code":
        return fits_places.topography(look)
    if kind == "category" and (fits_places.payer_types(look) or look.share("grade") == 1.0 or clinical(look)):
        return True
    if kind == "free_text":  # it is redacted, whatever the header calls it
        return case.fits[kind].points >= fits_general.WORDY and _no_token(case)
    labels = kind in ("category", "sex", "race", "ethnicity") and fits_identity.plain_labels(look)
    return labels and not may_be_people(case.hints, case.fits, look, _CLEAR_HINT)


def _no_token(case: Case) -> bool:
    """Whether the header speaks of a subject alone, and the values are no tokens: the subject line of a message."""
    clear = [kind for kind, hint in case.hints.items() if kind in DIRECT_KINDS and hint.points >= _CLEAR_HINT]
    return clear == ["subject_id"] and case.fits["subject_id"].points <= AGAINST
