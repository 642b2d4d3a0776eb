"""Values about persons that many share: birth, age, sex, race and other demographic labels."""

from __future__ import annotations

from collections.abc import Mapping

from deid.profiling import dictionaries
from deid.profiling.dictionaries import SEX_CODES, SEX_WORDS, is_ethnicity, is_race
from deid.profiling.fit import AGAINST, DOUBT, LIKELY, POSSIBLE, SILENT, STANDS, SURE, Fit, Test, of, silent
from deid.profiling.look import Look


def birth_date(look: Look) -> Fit:
    """Dates, years, months or days of birth or death."""
    share = max(
        look.dates,
        look.share("iso_date", "slash_date", "month_date", "partial_date", "year", "compact_date", "sas_date"),
    )
    if share >= 0.6:
        return Fit(LIKELY, of(share, "are dates or years", look))
    small = look.share("integer") >= 0.9
    return (
        Fit(POSSIBLE, "whole numbers, as of months, days or serial dates")
        if small
        else Fit(AGAINST, of(share, "are dates", look))
    )


def age(look: Look) -> Fit:
    """Ages in numbers, with or without a unit."""
    texts = look.share("number", "age_text", "compared")
    bands = look.share("age_band") - look.share("compared")
    if look.share("age_band", "number", "age_text", "compared") >= 0.9 and bands > 0 and look.share("number"):
        return Fit(POSSIBLE, of(bands, "are bands, the others ages", look))
    if bands >= 0.5:
        return Fit(AGAINST, of(look.share("age_band"), "are bands", look))
    if texts < 0.7:
        return Fit(AGAINST, of(texts, "are numbers or ages", look))
    in_range = len(look.numbers) == 0 or bool(look.numbers.min() >= 0 and look.numbers.max() <= 130)
    return Fit(LIKELY, of(texts, "are numbers from 0 to 130", look)) if in_range else Fit(SILENT, "numbers beyond 130")


def age_band(look: Look) -> Fit:
    """Bands of ages, or few codes of them."""
    share = look.share("age_band")
    if share >= 0.6:
        return Fit(LIKELY, of(share, "are bands of numbers", look))
    return Fit(SILENT) if look.distinct <= 30 else Fit(AGAINST, f"{look.distinct} distinct values, few of them bands")


def sex(look: Look) -> Fit:
    """Sex and gender in words, letters or codes."""
    words, every = look.share_in(SEX_WORDS), look.share_in(SEX_WORDS | SEX_CODES)
    folded = set(look.folded)
    if every >= 0.8 and look.distinct <= 8:
        if len(folded & SEX_WORDS) >= 2:
            return Fit(SURE, of(words, "are words for sex or gender", look))
        if {"m", "f"} <= folded or {"m", "w"} <= folded:
            return Fit(STANDS + 0.3, "the values are the letters of the sexes")
        return Fit(LIKELY, of(every, "are codes or words for sex", look))
    if look.distinct > 12 or look.decimal >= 0.3 or look.dates >= 0.3:
        return Fit(AGAINST, f"{look.distinct} distinct values, few of them sexes")
    return _strange_labels(look) or Fit(SILENT)


def race(look: Look) -> Fit:
    """Categories of race."""
    return _labelled(look, look.share_where(is_race), "are race categories")


def ethnicity(look: Look) -> Fit:
    """Categories of ethnicity."""
    share = look.share_where(is_ethnicity)
    return _labelled(look, share, "are ethnicity categories")


def marital(look: Look) -> Fit:
    """Marital states."""
    return _labelled(look, look.share_in(dictionaries.MARITAL_WORDS), "are marital states")


def language(look: Look) -> Fit:
    """Languages by name or code."""
    share = look.share_where(
        lambda value: value.lower().replace("_", "-").partition("-")[0].strip() in dictionaries.LANGUAGES
    )
    fit = _labelled(look, share, "are languages")
    return Fit(min(fit.points, LIKELY), fit.said)


def _labelled(look: Look, share: float, what: str) -> Fit:
    if share >= 0.7:
        return Fit(STANDS if look.distinct >= 2 and share >= 0.9 else LIKELY, of(share, what, look))
    if share >= 0.3:
        return Fit(POSSIBLE, of(share, what, look))
    if look.decimal >= 0.3 or look.dates >= 0.3 or (look.prose >= 0.3 and not look.few):
        return Fit(AGAINST, "the values are fractions, dates or sentences")
    if look.identifier_like >= 0.5 or (look.unique > 0.8 and look.present >= 20):
        return Fit(AGAINST, f"{look.distinct} distinct values in {look.present} cells, no labels")
    return _strange_labels(look) or Fit(SILENT)


def _strange_labels(look: Look) -> Fit | None:
    """Doubt labels that are words of no list: places or persons under a header that is not theirs."""
    if look.distinct >= 3 and look.unfamiliar >= 0.6:
        return Fit(DOUBT, of(look.unfamiliar, "are words of no list", look))
    return None


FITS: Mapping[str, Test] = {
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
