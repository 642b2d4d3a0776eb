"""Values of time, codes, measurements, and of nothing in particular: flags, categories, numbers, prose."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa

from deid.profiling import checks
from deid.profiling.dictionaries import SURE_YES_NO, YES_NO
from deid.profiling.fit import AGAINST, DOUBT, LIKELY, POSSIBLE, SILENT, STANDS, SURE, Fit, Test, graded, of
from deid.profiling.look import Look

#: Labels that hardly repeat are rarely a category, unless the name is sure of it.
NEAR_UNIQUE = -2.0
#: Several words, mostly different, without being sentences.
WORDY = 2.0


def date(look: Look) -> Fit:
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
    if look.share("partial_date", "year") >= 0.9:
        return Fit(POSSIBLE, of(look.share("partial_date", "year"), "are years or months", look))
    if look.share("integer") >= 0.95 and _serial(look):
        return Fit(POSSIBLE, "whole numbers that can be serial dates")
    return Fit(AGAINST, of(share, "are dates", look))


def _serial(look: Look) -> bool:
    low, high = float(look.numbers.min()), float(look.numbers.max())
    return (8_000 <= low and high <= 80_000) or (3e8 <= low and high <= 5e9) or (3e11 <= low and high <= 5e12)


def _could_be_dates(look: Look) -> bool:
    """Whether whole numbers read as YYYYMMDD or as seconds since 1970."""
    if look.share("integer") < 0.95 or not len(look.numbers):
        return False
    return look.share("compact_date") >= 0.9 or (float(look.numbers.min()) >= 3e8 and _serial(look))


def year(look: Look) -> Fit:
    return graded(look, look.share("year"), "are years from 1800 to 2199", full=LIKELY)


def time(look: Look) -> Fit:
    if pa.types.is_time(look.type):
        return Fit(SURE, "the column's type is a time of day")
    return graded(look, look.share("time"), "are times of day", full=SURE)


def diagnosis_code(look: Look) -> Fit:
    dotted = look.share("icd10_dot")
    if dotted >= 0.5 and look.share("icd10") >= 0.9 and look.distinct >= 5 and len({v[0] for v in look.values}) >= 2:
        return Fit(STANDS, of(dotted, "are ICD-10 codes with a dot", look))
    share = look.share("icd10", "icd9", "icdo", "code_list")
    snomed = look.share_where(_snomed)
    if max(share, snomed) >= 0.6:
        return Fit(LIKELY, of(max(share, snomed), "have the shape of diagnosis codes", look))
    return Fit(SILENT if look.share("code_token") >= 0.9 and look.share("with_digit") >= 0.5 else AGAINST, "few values have the shape of a code")


_SPEAKING = ("email", "address_of_web", "ip", "ssn", "phone_strict", "uuid", "street")


def _snomed(value: str) -> bool:
    return all(checks.snomed(part) for part in re.split(r"[|;,^~ ]+", value))


def code(look: Look) -> Fit:
    checked = {"LOINC": look.share_where(checks.loinc), "SNOMED CT": look.share_where(_snomed)}
    for name, share in checked.items():
        if share >= 0.9:
            return Fit(SURE if look.distinct >= 3 else LIKELY, of(share, f"pass the check digit of {name}", look))
    if look.share("nci") >= 0.9:
        return Fit(LIKELY, of(look.share("nci"), "have the shape of NCI Thesaurus codes", look))
    if look.share("atc") >= 0.9 and look.distinct >= 3:
        return Fit(STANDS, of(look.share("atc"), "are ATC codes", look))
    if look.share("ndc") >= 0.9 and look.distinct >= 3:
        return Fit(LIKELY, of(look.share("ndc"), "are NDC codes", look))
    if look.prose >= 0.3 or look.dates >= 0.5 or look.decimal >= 0.5 or look.share(*_SPEAKING) >= 0.1:
        return Fit(AGAINST, "the values are sentences, dates, fractions or contacts")
    tokens = look.share("code_token", "code_list", "token")
    if tokens < 0.6:
        return Fit(DOUBT, of(tokens, "are single tokens", look))
    return Fit(POSSIBLE, of(tokens, "are single tokens", look))


def code_system(look: Look) -> Fit:
    published = look.share("published")
    if published >= 0.9:
        return Fit(STANDS, of(published, "are addresses of published vocabularies", look))
    share = look.share("system")
    return graded(look, share, "are names or addresses of code systems", full=LIKELY, otherwise=SILENT if look.dates < 0.3 else AGAINST)


def gene_variant(look: Look) -> Fit:
    named = look.share("hgvs")
    if named >= 0.9 and look.distinct >= 3:
        return Fit(SURE, of(named, "are HGVS or database names of variants", look))
    share = look.share("gene", "gene_symbol")
    if share >= 0.6:
        return Fit(LIKELY, of(share, "have the shape of genes, variants or positions", look))
    return Fit(AGAINST if look.dates >= 0.5 and look.distinct > 3 else SILENT)


def sequence_number(look: Look) -> Fit:
    if look.numeric < 0.9 or look.decimal >= 0.6:
        return Fit(AGAINST, of(look.numeric, "are numbers", look))
    if look.dense:
        return Fit(LIKELY, "whole numbers without gaps")
    if look.unique >= 0.95 and look.present >= 12 and float(look.numbers.max()) > 3 * look.rows:
        return Fit(AGAINST, "every value stands once, far beyond the number of rows")
    return Fit(POSSIBLE, of(look.numeric, "are numbers", look))


def study_day(look: Look) -> Fit:
    if look.numeric < 0.9 or look.decimal >= 0.3:
        return Fit(AGAINST, of(look.numeric, "are numbers", look))
    return Fit(LIKELY if bool((look.numbers < 0).any()) else POSSIBLE, of(look.numeric, "are whole numbers", look))


def measurement(look: Look) -> Fit:
    if _could_be_dates(look):
        return Fit(AGAINST, "the whole numbers can be dates")
    share = look.share("number", "compared", "quantity", "ratio", "duration")
    if look.dates >= 0.5 or look.prose >= 0.5:
        return Fit(AGAINST, "the values are dates or sentences")
    return graded(look, share, "are numbers, with or without a unit or a comparison")


def number(look: Look) -> Fit:
    if look.numeric < 0.95 or look.share("leading_zero") > 0.02:
        return Fit(AGAINST, of(look.numeric, "are numbers without a leading zero", look))
    if _could_be_dates(look):
        return Fit(AGAINST, "the whole numbers can be dates")
    if look.decimal >= 0.2:
        return Fit(STANDS, of(look.decimal, "have a fraction", look))
    if look.present < 12:
        return Fit(POSSIBLE, of(look.numeric, "are numbers", look))
    low, high = float(look.numbers.min()), float(look.numbers.max())
    repeated = look.unique < 0.75
    small = high < 100 or (look.widths >= 2 and high < 1_000)
    if look.few and small and (look.distinct <= 20 or not look.dense):
        return Fit(STANDS, f"{look.distinct} small numbers, each repeated")
    if repeated and look.widths >= 2 and not look.dense and (low <= 0 or (look.widths >= 3 and high < 1e6)):
        return Fit(STANDS, f"{look.distinct} numbers of {look.widths} widths, repeated and with gaps")
    return Fit(POSSIBLE, of(look.numeric, "are numbers", look))


def unit(look: Look) -> Fit:
    if look.numeric >= 0.5:
        return Fit(AGAINST, of(look.numeric, "are numbers", look))
    return graded(look, look.share("unit"), "are units of measurement", full=LIKELY, otherwise=SILENT)


def flag(look: Look) -> Fit:
    if pa.types.is_boolean(look.type):
        return Fit(SURE, "the column's type is true or false")
    if look.distinct > 4 or look.share_in(YES_NO) < 1.0:
        return Fit(AGAINST, "the values are not yes and no")
    words = look.share_in(SURE_YES_NO)
    if words == 1.0 and (look.distinct == 2 or "y" in look.folded or "yes" in look.folded):
        return Fit(SURE, "the values are yes and no, or yes alone")
    return Fit(STANDS if look.distinct >= 2 and look.present >= 12 else POSSIBLE, "the values can be yes and no")


def category(look: Look) -> Fit:
    speaking = look.share(*_SPEAKING)
    if speaking >= 0.1:
        return Fit(AGAINST, of(speaking, "are contacts or identifiers", look))
    names = max(look.given, look.family, look.full_name)
    if names >= 0.3 and look.distinct >= 3:
        return Fit(AGAINST, of(names, "are known names of persons", look))
    if look.dates >= 0.5 or look.identifier_like >= 0.5:
        return Fit(AGAINST, of(max(look.dates, look.identifier_like), "are dates or look like identifiers", look))
    if look.share("tnm") >= 0.8:
        return Fit(STANDS if look.distinct >= 3 else LIKELY, of(look.share("tnm"), "are TNM or stage labels", look))
    if look.numeric >= 0.9 and (look.decimal >= 0.3 or look.distinct > 30):
        return Fit(AGAINST, of(look.numeric, "are numbers", look))
    if look.few:
        if look.distinct < 2:
            return Fit(SILENT)
        numeric = look.numeric >= 0.9
        return Fit(LIKELY if numeric else STANDS, f"{look.distinct} labels in {look.present} cells, each repeated")
    if look.present >= 20 and look.unique > 0.8:
        return Fit(NEAR_UNIQUE, f"{look.distinct} distinct values in {look.present} cells")
    short = look.longest_judged <= 80 and look.prose < 0.3
    return Fit(POSSIBLE if short and look.share("with_digit") < 0.5 else SILENT)


def constant(look: Look) -> Fit:
    if look.distinct != 1 or look.present < 10 or look.share("identifier") * (len(look.values[0]) > 4) or look.dates:
        return Fit(AGAINST)
    if look.full_name or (max(look.given, look.family) and look.words < 4):
        return Fit(AGAINST, "the value reads as a name")
    return Fit(STANDS - 0.1, f"one value in {look.present} cells")


def free_text(look: Look) -> Fit:
    if look.numeric >= 0.8 or look.dates >= 0.8:
        return Fit(AGAINST, "the values are numbers or dates")
    if look.distinct <= 3 and look.share_in(YES_NO) == 1.0:
        return Fit(AGAINST, "the values are yes and no")
    if look.prose >= 0.4 and look.words >= 5 and not look.few:
        return Fit(STANDS + 0.3, of(look.prose, "read as sentences", look))
    if look.few and look.distinct <= 30 and look.prose < 0.5:
        return Fit(DOUBT, f"{look.distinct} labels, each repeated")
    if look.words >= 3 and look.unique >= 0.3:
        return Fit(WORDY, f"{look.words:.1f} words in a value on average")
    return Fit(SILENT)


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
    "flag": flag,
    "category": category,
    "constant": constant,
    "free_text": free_text,
}
