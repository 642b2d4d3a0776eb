"""Values about persons: names, places, birth, age and the demographic labels."""

from __future__ import annotations

from collections.abc import Mapping

from deid.profiling import dictionaries
from deid.profiling.dictionaries import SEX_CODES, SEX_WORDS, is_ethnicity, is_race
from deid.profiling.fit import AGAINST, LIKELY, POSSIBLE, SILENT, STANDS, SURE, Fit, Test, graded, of, silent
from deid.profiling.fits_identity import plain_labels, yes_no
from deid.profiling.look import Look


def _no_name(look: Look) -> Fit | None:
    if look.numeric >= 0.5 or look.dates >= 0.5:
        return Fit(AGAINST, of(max(look.numeric, look.dates), "are numbers or dates", look))
    if yes_no(look):
        return Fit(AGAINST, "the values are yes and no")
    if look.prose >= 0.3:
        return Fit(AGAINST, of(look.prose, "read as sentences", look))
    return None


def person_name(look: Look) -> Fit:
    against = _no_name(look)
    if against:
        return against
    said = of(look.full_name, "are a known given name with a known family name, or follow a title", look)
    if look.full_name >= 0.6 and look.distinct >= 3:
        return Fit(SURE, said)
    single = max(look.given, look.family)
    if look.full_name >= 0.3 or single >= 0.5:
        return Fit(LIKELY, said if look.full_name >= 0.3 else of(single, "are known names", look))
    shaped = look.share("person", "one_name")
    if plain_labels(look):
        return Fit(SILENT, f"{look.distinct} labels, each repeated")
    return Fit(POSSIBLE, of(shaped, "have the shape of a name", look)) if shaped >= 0.7 else Fit(SILENT)


def clinician_name(look: Look) -> Fit:
    fit = person_name(look)
    titled = look.share("title")
    return Fit(max(fit.points, LIKELY), of(titled, "carry a title", look)) if titled >= 0.5 else fit


def given_name(look: Look) -> Fit:
    return _single(look, look.given, look.family, "given names")


def family_name(look: Look) -> Fit:
    return _single(look, look.family, look.given, "family names")


def _single(look: Look, share: float, other: float, what: str) -> Fit:
    against = _no_name(look)
    if against:
        return against
    if share >= 0.75 and share >= other and look.distinct >= 8 and look.words < 1.6:
        return Fit(STANDS, of(share, f"are known {what}", look))
    if share >= 0.4:
        return Fit(LIKELY, of(share, f"are known {what}", look))
    return Fit(POSSIBLE, of(look.share("one_name"), "have the shape of a name", look)) if look.share("one_name") >= 0.7 else Fit(SILENT)


def initials(look: Look) -> Fit:
    return graded(look, look.share("initials"), "are one to four capital letters", full=POSSIBLE, otherwise=AGAINST)


def street(look: Look) -> Fit:
    share = look.share("street")
    if share >= 0.5:
        return Fit(SURE, of(share, "are street addresses", look))
    if share >= 0.2:
        return Fit(LIKELY, of(share, "are street addresses", look))
    if look.decimal >= 0.3 or look.dates >= 0.5 or yes_no(look):
        return Fit(AGAINST, "the values are numbers, dates or yes and no")
    return Fit(SILENT)


def city(look: Look) -> Fit:
    if look.numeric >= 0.8 and look.decimal >= 0.3:
        return Fit(AGAINST, of(look.decimal, "are numbers with a fraction", look))
    if look.dates >= 0.5 or yes_no(look):
        return Fit(AGAINST, "the values are dates or yes and no")
    letters = look.share("letters")
    return Fit(POSSIBLE, of(letters, "are words", look)) if letters >= 0.7 else Fit(SILENT)


def zip_code(look: Look) -> Fit:
    if look.share("postcode_letters") >= 0.5:
        return Fit(AGAINST, of(look.share("postcode_letters"), "are postcodes with letters", look))
    share, short = look.share("zip"), look.share("zip", "zip_short")
    if share >= 0.6:
        return Fit(LIKELY, of(share, "are five digits, or nine", look))
    if short >= 0.8:
        return Fit(POSSIBLE, of(short, "are three to five digits, as of ZIP codes that lost a zero", look))
    return Fit(AGAINST, of(short, "are digits as of a ZIP code", look))


def postcode(look: Look) -> Fit:
    letters = look.share("postcode_letters")
    if letters >= 0.6:
        return Fit(STANDS if look.distinct >= 5 and letters >= 0.9 else LIKELY, of(letters, "are postcodes with letters", look))
    digits = look.share("postcode_digits", "postcode_letters", "zip")
    return graded(look, digits, "are four to seven digits", full=LIKELY)


def state(look: Look) -> Fit:
    share = look.share_in(dictionaries.us_states())
    if share >= 0.8:
        return Fit(STANDS if look.distinct >= 8 else LIKELY, of(share, "are US states", look))
    if look.numeric >= 0.5 or look.dates >= 0.5 or look.prose >= 0.3:
        return Fit(SILENT if look.share("integer") >= 0.9 else AGAINST, "the values are no words")
    return Fit(POSSIBLE) if look.share("letters") >= 0.8 and look.words <= 3 else Fit(SILENT)


def country(look: Look) -> Fit:
    share = look.share_in(dictionaries.countries())
    names = share >= 0.9 and look.distinct >= 4 and sum(len(v) for v in look.values) > 4 * len(look.values)
    if share >= 0.7:
        return Fit(STANDS if names else LIKELY, of(share, "are countries", look))
    if look.dates >= 0.5 or look.decimal >= 0.3 or look.prose >= 0.3:
        return Fit(AGAINST, "the values are dates, fractions or sentences")
    return Fit(SILENT)


def coordinates(look: Look) -> Fit:
    share = look.share("decimal_degrees")
    return graded(look, share, "are decimal degrees", full=LIKELY, otherwise=SILENT if look.numeric >= 0.5 else AGAINST)


def place(look: Look) -> Fit:
    """Sites and organisations: any label or number but dates, fractions, yes and no."""
    if look.dates >= 0.5 or look.decimal >= 0.3 or yes_no(look):
        return Fit(AGAINST, "the values are dates, fractions or yes and no")
    return Fit(SILENT)


def birth_date(look: Look) -> Fit:
    share = max(look.dates, look.share("iso_date", "slash_date", "month_date", "partial_date", "year", "compact_date", "sas_date"))
    if share >= 0.6:
        return Fit(LIKELY, of(share, "are dates or years", look))
    small = look.share("integer") >= 0.9
    return Fit(POSSIBLE, "whole numbers, as of months, days or serial dates") if small else Fit(AGAINST, of(share, "are dates", look))


def age(look: Look) -> Fit:
    texts = look.share("number", "age_text", "compared")
    if look.share("age_band") - look.share("compared") >= 0.5:
        return Fit(AGAINST, of(look.share("age_band"), "are bands", look))
    if texts < 0.7:
        return Fit(AGAINST, of(texts, "are numbers or ages", look))
    in_range = len(look.numbers) == 0 or bool(look.numbers.min() >= 0 and look.numbers.max() <= 130)
    return Fit(LIKELY, of(texts, "are numbers from 0 to 130", look)) if in_range else Fit(SILENT, "numbers beyond 130")


def age_band(look: Look) -> Fit:
    share = look.share("age_band")
    if share >= 0.6:
        return Fit(LIKELY, of(share, "are bands of numbers", look))
    return Fit(SILENT) if look.distinct <= 30 else Fit(AGAINST, f"{look.distinct} distinct values, few of them bands")


def sex(look: Look) -> Fit:
    words, every = look.share_in(SEX_WORDS), look.share_in(SEX_WORDS | SEX_CODES)
    folded = set(look.folded)
    if every >= 0.8 and look.distinct <= 8:
        if len(folded & SEX_WORDS) >= 2:
            return Fit(SURE, of(words, "are words for sex or gender", look))
        if {"m", "f"} <= folded or {"m", "w"} <= folded:
            return Fit(STANDS, "the values are the letters of the sexes")
        return Fit(LIKELY, of(every, "are codes or words for sex", look))
    if look.distinct > 12 or look.decimal >= 0.3 or look.dates >= 0.3:
        return Fit(AGAINST, f"{look.distinct} distinct values, few of them sexes")
    return Fit(SILENT)


def race(look: Look) -> Fit:
    return _labelled(look, look.share_where(is_race), "are race categories")


def ethnicity(look: Look) -> Fit:
    share = look.share_where(is_ethnicity)
    return _labelled(look, share, "are ethnicity categories")


def marital(look: Look) -> Fit:
    return _labelled(look, look.share_in(dictionaries.MARITAL_WORDS), "are marital states")


def language(look: Look) -> Fit:
    share = look.share_where(lambda value: value.lower().replace("_", "-").partition("-")[0].strip() in dictionaries.LANGUAGES)
    fit = _labelled(look, share, "are languages")
    return Fit(min(fit.points, LIKELY), fit.said)


def _labelled(look: Look, share: float, what: str) -> Fit:
    if share >= 0.7:
        return Fit(STANDS if look.distinct >= 2 and share >= 0.9 else LIKELY, of(share, what, look))
    if share >= 0.3:
        return Fit(POSSIBLE, of(share, what, look))
    if look.decimal >= 0.3 or look.dates >= 0.3 or look.prose >= 0.3:
        return Fit(AGAINST, "the values are fractions, dates or sentences")
    return Fit(SILENT)


FITS: Mapping[str, Test] = {
    "person_name": person_name,
    "clinician_name": clinician_name,
    "given_name": given_name,
    "family_name": family_name,
    "initials": initials,
    "street_address": street,
    "city": city,
    "zip": zip_code,
    "postcode": postcode,
    "state": state,
    "country": country,
    "coordinates": coordinates,
    "site": place,
    "organisation": place,
    "birth_date": birth_date,
    "death_date": birth_date,
    "age": age,
    "age_band": age_band,
    "sex": sex,
    "race": race,
    "ethnicity": ethnicity,
    "marital_status": marital,
    "language": language,
    "religion": silent,
    "occupation": silent,
    "education": silent,
}
