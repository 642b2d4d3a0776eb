"""Values of time, codes, genes, counters, measurements and units."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa

from deid.digit_dates import short_parts
from deid.profiling import checks
from deid.profiling.fit import AGAINST, DOUBT, LIKELY, NEVER, POSSIBLE, SILENT, STANDS, SURE, Fit, Test, graded, of
from deid.profiling.fits_general import NEAR_UNIQUE, SPEAKING
from deid.profiling.fits_places import topography
from deid.profiling.look import Look
from deid.years import reading


def date(look: Look) -> Fit:
    """Dates in any usual form; bare digits need a name that says so."""
    if pa.types.is_date(look.type) or pa.types.is_timestamp(look.type):
        return Fit(SURE, "the column's type is a date")
    share = look.dates
    every = look.share("iso_date", "slash_date", "month_date", "sas_date", "partial_date", "year")
    if share >= 0.9 or (every >= 0.95 and share >= 0.1):
        return Fit(SURE, of(max(share, every), "are dates", look))
    if share >= 0.5:
        return Fit(LIKELY, of(share, "are dates", look))
    if look.share("compact_date") >= 0.95:
        return Fit(LIKELY, of(look.share("compact_date"), "are eight digits that can be a date", look))
    if look.share("digits_year_last") >= 0.95:
        return Fit(
            LIKELY, of(look.share("digits_year_last"), "are eight digits that can be a date, the year last", look)
        )
    if look.share("six_digits") >= 0.95:
        return _of_six_digits(look)
    if look.share("partial_date", "year") >= 0.9:
        return Fit(POSSIBLE, of(look.share("partial_date", "year"), "are years or months", look))
    if look.share("integer") >= 0.95 and _serial(look):
        return Fit(POSSIBLE, "whole numbers that can be serial dates")
    return Fit(AGAINST, of(share, "are dates", look))


def _of_six_digits(look: Look) -> Fit:
    """Six digits are dates where one place of the year fits all of them, under a header that says so."""
    if reading(look.values):
        return Fit(LIKELY, "six digits that can be a date, the year in one place only")
    if all(map(_can_be_a_day, look.values)):
        return Fit(DOUBT, "six digits that can be dates in more than one order: state it, as with `format: '%d%m%y'`")
    return Fit(AGAINST, "six digits that are no dates")


def _can_be_a_day(text: str) -> bool:
    first, middle, last = short_parts(text) or (0, 0, 0)
    year_first = 1 <= middle <= 12 and 1 <= last <= 31
    return year_first or (1 <= min(first, middle) <= 12 and max(first, middle) <= 31)


def _serial(look: Look) -> bool:
    low, high = float(look.numbers.min()), float(look.numbers.max())
    return (low >= 8_000 and high <= 80_000) or (low >= 3e8 and high <= 5e9) or (low >= 3e11 and high <= 5e12)


def _could_be_dates(look: Look) -> bool:
    """Whether whole numbers read as eight digits of a date or as seconds since 1970."""
    if look.share("integer") < 0.95 or not len(look.numbers):
        return False
    return look.share("compact_date", "digits_year_last") >= 0.9 or (float(look.numbers.min()) >= 3e8 and _serial(look))


def year(look: Look) -> Fit:
    """Calendar years."""
    return graded(look, look.share("year"), "are years from 1800 to 2199", full=LIKELY)


def time(look: Look) -> Fit:
    """Clock times."""
    if pa.types.is_time(look.type):
        return Fit(SURE, "the column's type is a time of day")
    digits = look.share("compact_time")
    if digits >= 0.95:
        return Fit(POSSIBLE, of(digits, "are digits that can be hours, minutes and seconds", look))
    return graded(look, look.share("time"), "are times of day", full=SURE)


def diagnosis_code(look: Look) -> Fit:
    """ICD, ICD-O and SNOMED codes of diagnoses."""
    if look.share("year") >= 0.9:
        return Fit(AGAINST, "the values are years")
    if topography(look):
        return Fit(SURE, "all values are topography codes of tumours")
    dotted = look.share("icd10_dot")
    if dotted >= 0.5 and look.share("icd10") >= 0.9 and look.distinct >= 5 and len({v[0] for v in look.values}) >= 2:
        return Fit(STANDS, of(dotted, "are ICD-10 codes with a dot", look))
    share = look.share("icd10", "icd9", "icdo", "code_list")
    snomed = look.share_where(_snomed)
    if max(share, snomed) >= 0.6:
        return Fit(LIKELY, of(max(share, snomed), "have the shape of diagnosis codes", look))
    return Fit(
        SILENT if look.share("code_token") >= 0.9 and look.share("with_digit") >= 0.5 else AGAINST,
        "few values have the shape of a code",
    )


def _snomed(value: str) -> bool:
    return all(checks.snomed(part) for part in re.split(r"[|;,^~ ]+", value))


def code(look: Look) -> Fit:
    """Codes of published vocabularies, by check digit where they have one."""
    checked = {"LOINC": look.share_where(checks.loinc), "SNOMED CT": look.share_where(_snomed)}
    for name, share in checked.items():
        if share >= 0.9:
            return Fit(SURE if look.distinct >= 3 else LIKELY, of(share, f"pass the check digit of {name}", look))
    for shape, points in (("atc", STANDS), ("icdo", STANDS), ("ndc", LIKELY), ("nci", LIKELY)):
        if look.share(shape) >= 0.9 and (look.distinct >= 3 or shape in ("nci", "icdo")):
            return Fit(points, of(look.share(shape), f"are {shape.upper()} codes", look))
    return _no_code(look) or Fit(POSSIBLE, "the values are single tokens")


def _no_code(look: Look) -> Fit | None:
    speaking, names = max(look.documents, look.share(*SPEAKING)), max(look.full_name, look.given, look.family)
    if look.dates >= 0.5 or speaking >= 0.1 or names >= 0.3:
        return Fit(NEVER, "the values are dates, contacts, names or documents")
    if look.prose >= 0.3 or look.decimal >= 0.5:
        return Fit(AGAINST, "the values are sentences or fractions")
    if look.unique > 0.95 and look.numbered and not look.share_where(_snomed) >= 0.5:
        return Fit(DOUBT, "whole numbers that look handed out, each of which stands once")
    if look.unique > 0.95 and look.present >= 20:
        return Fit(NEAR_UNIQUE, f"{look.distinct} distinct values in {look.present} cells")
    if look.unfamiliar >= 0.5 and look.share("with_digit") < 0.2:
        return Fit(DOUBT, of(look.unfamiliar, "are words of no list, perhaps names", look))
    tokens = look.share("code_token", "code_list", "token")
    return Fit(DOUBT, of(tokens, "are single tokens", look)) if tokens < 0.6 else None


def code_system(look: Look) -> Fit:
    """Names and addresses of code systems."""
    published = look.share("published")
    if published >= 0.9:
        return Fit(STANDS, of(published, "are addresses of published vocabularies", look))
    share = look.share("system")
    return graded(
        look,
        share,
        "are names or addresses of code systems",
        full=LIKELY,
        otherwise=SILENT if look.dates < 0.3 else AGAINST,
    )


def gene_variant(look: Look) -> Fit:
    """Genes, variants, transcripts, positions, alleles."""
    named = look.share("hgvs")
    if named >= 0.9 and look.distinct >= 3:
        return Fit(SURE, of(named, "are HGVS or database names of variants", look))
    if look.nucleotides:
        return Fit(STANDS, of(look.share("nucleotides"), "are short sequences of bases", look))
    if look.words >= 3:
        return Fit(AGAINST, f"{look.words:.1f} words in a value on average")
    share = look.share("gene", "gene_symbol")
    if share >= 0.6:
        return Fit(LIKELY, of(share, "have the shape of genes, variants or positions", look))
    return Fit(AGAINST if look.dates >= 0.5 and look.distinct > 3 else SILENT)


def sequence_number(look: Look) -> Fit:
    """Counters within a subject or table."""
    if look.numeric < 0.9 or look.decimal >= 0.6:
        return Fit(AGAINST, of(look.numeric, "are numbers", look))
    if look.numbered and (look.share("leading_zero") >= 0.05 or float(look.numbers.min()) > 20):
        return Fit(AGAINST, "whole numbers that look handed out and do not begin at one")
    if look.dense:
        return Fit(LIKELY, "whole numbers without gaps")
    if look.unique >= 0.95 and look.present >= 12 and float(look.numbers.max()) > 3 * look.rows:
        return Fit(AGAINST, "every value stands once, far beyond the number of rows")
    return Fit(POSSIBLE, of(look.numeric, "are numbers", look))


def study_day(look: Look) -> Fit:
    """Days relative to a reference date."""
    if look.numeric < 0.9 or look.decimal >= 0.3:
        return Fit(AGAINST, of(look.numeric, "are numbers", look))
    return Fit(LIKELY if bool((look.numbers < 0).any()) else POSSIBLE, of(look.numeric, "are whole numbers", look))


def measurement(look: Look) -> Fit:
    """Numbers with or without unit or comparison."""
    if _could_be_dates(look):
        return Fit(AGAINST, "the whole numbers can be dates")
    if look.numbered:
        return Fit(AGAINST, "whole numbers that look handed out")
    if _pressures(look):
        return Fit(STANDS, "pairs of numbers as of blood pressures")
    share = look.share("number", "compared", "quantity", "ratio", "duration")
    if look.dates >= 0.5 or look.share(*SPEAKING) >= 0.1:
        return Fit(NEVER, "the values are dates or contacts")
    if look.prose >= 0.5:
        return Fit(AGAINST, of(look.prose, "read as sentences", look))
    return graded(look, share, "are numbers, with or without a unit or a comparison")


#: Systolic and diastolic pressures of anybody; pairs whose second figures vary less may be numbers with a year.
_PRESSURE = re.compile(r"(\d{2,3}) ?/ ?(\d{2,3})")
_SYSTOLIC, _DIASTOLIC = range(60, 261), range(30, 161)
_FEWEST_PAIRS, _LEAST_SPREAD, _FEWEST_SECONDS, _MOSTLY_ABOVE = 12, 25, 8, 0.9


def _pressures(look: Look) -> bool:
    """Whether all values can be blood pressures: both where pressures lie, nearly always the first above the second."""
    if look.present < _FEWEST_PAIRS or look.share("ratio") < 1.0:
        return False
    pairs = [match for match in map(_PRESSURE.fullmatch, look.values) if match]
    if len(pairs) < len(look.values):
        return False
    upper, lower = ([int(match[part]) for match in pairs] for part in (1, 2))
    spread = max(lower) - min(lower) >= _LEAST_SPREAD and len(set(lower)) >= _FEWEST_SECONDS
    fits = all(a in _SYSTOLIC and b in _DIASTOLIC for a, b in zip(upper, lower, strict=True))
    above = sum(a > b for a, b in zip(upper, lower, strict=True))
    return fits and spread and above >= _MOSTLY_ABOVE * len(pairs)


def number(look: Look) -> Fit:
    """Numbers of no special kind: fractions, or repeated with gaps."""
    if look.numeric < 0.95 or look.share("leading_zero") > 0.02:
        return Fit(AGAINST, of(look.numeric, "are numbers without a leading zero", look))
    if _could_be_dates(look):
        return Fit(AGAINST, "the whole numbers can be dates")
    if look.decimal >= 0.2:
        return Fit(STANDS, of(look.decimal, "have a fraction", look))
    if look.present < 12:
        return Fit(POSSIBLE, of(look.numeric, "are numbers", look))
    if look.in_blocks:
        return Fit(POSSIBLE, f"{look.distinct} numbers, each in one block of rows, as keys stand")
    low, high = float(look.numbers.min()), float(look.numbers.max())
    repeated = look.unique < 0.85
    small = high < 100 or (look.widths >= 2 and high < 1_000)
    if look.few and small and (look.distinct <= 20 or not look.dense):
        return Fit(STANDS, f"{look.distinct} small numbers, each repeated")
    if repeated and look.widths >= 2 and not look.dense and (low <= 0 or (look.widths >= 3 and high < 1e6)):
        return Fit(STANDS, f"{look.distinct} numbers of {look.widths} widths, repeated and with gaps")
    return Fit(POSSIBLE, of(look.numeric, "are numbers", look))


def unit(look: Look) -> Fit:
    """Units of measurement."""
    if look.numeric >= 0.5:
        return Fit(AGAINST, of(look.numeric, "are numbers", look))
    return graded(look, look.share("unit"), "are units of measurement", full=LIKELY, otherwise=SILENT)


FITS: Mapping[str, Test] = {
    "date": date,
    "year": year,
    "time": time,
    "diagnosis_code": diagnosis_code,
    "code": code,
    "code_system": code_system,
    "gene_variant": gene_variant,
    "sequence_number": sequence_number,
    "study_day": study_day,
    "measurement": measurement,
    "number": number,
    "unit": unit,
}
