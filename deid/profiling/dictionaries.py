"""Known words: names of persons, countries, states, languages, and the labels of demographic variables.

Names come from Faker's locale providers (MIT) when they are first asked for; US states and countries likewise. The
labels of race and ethnicity follow OMB Directive 15 and the CDC code set that HL7 uses (2106-3 = White).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module

from deid.profiling.header import fold
from deid.profiling.words import word_set

_NAME_LOCALES = (
    *(
        "cs_CZ",
        "da_DK",
        "de_DE",
        "en_GB",
        "en_IN",
        "en_KE",
        "en_NG",
        "en_PK",
        "en_US",
        "es_ES",
        "es_MX",
        "fi_FI",
        "fr_FR",
    ),
    *("ga_IE", "hu_HU", "id_ID", "it_IT", "nl_NL", "no_NO", "pl_PL", "pt_BR", "ro_RO", "sv_SE", "tr_TR", "vi_VN"),
)
_COUNTRY_LOCALES = ("en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL")
_TOWN_LOCALES = (
    *("cs_CZ", "da_DK", "de_AT", "de_CH", "de_DE", "en_IN", "fi_FI", "it_IT", "nl_BE", "nl_NL", "pl_PL", "pt_PT"),
    *("ro_RO", "sk_SK", "sv_SE"),
)
_MORE_COUNTRIES = {
    "usa",
    "us",
    "uk",
    "england",
    "scotland",
    "wales",
    "united states",
    "russia",
    "south korea",
    "vietnam",
}
#: Cells that say that a value is missing: they are counted, and left aside when shapes are judged.
MISSING_WORDS = word_set("missing")
YES_NO = word_set("yes_no")
#: Yes and no in words or their first letters, without 0 and 1, positive and negative.
SURE_YES_NO = word_set("sure_yes_no")
SEX_WORDS = word_set("sex")
SEX_CODES = word_set("sex_code")
MARITAL_WORDS = word_set("marital")
LANGUAGES = word_set("language")


def _person_lists(attribute: str) -> Iterator[str]:
    for locale in _NAME_LOCALES:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for suffix in ("", "_male", "_female"):
            yield from getattr(provider, attribute + suffix, ())


@cache
def ordinary_words() -> frozenset[str]:
    """Return folded words of ordinary language, which are no evidence of a person."""
    lorem = import_module("faker.providers.lorem.en_US").Provider.word_list
    return word_set("ordinary") | {fold(word) for word in lorem}


def _names(values: Iterable[str]) -> frozenset[str]:
    parts = {part for value in values for part in re.split(r"[\s.'’-]+", fold(value)) if len(part) > 2}
    return frozenset(parts - ordinary_words())


@cache
def given_names() -> frozenset[str]:
    """Return folded given names of 25 Latin-script locales."""
    return _names(_person_lists("first_names"))


@cache
def family_names() -> frozenset[str]:
    """Return folded family names of 25 Latin-script locales."""
    return _names(_person_lists("last_names"))


@cache
def us_states() -> frozenset[str]:
    """Return folded names and abbreviations of US states and territories."""
    provider = import_module("faker.providers.address.en_US").Provider
    every = (*provider.states, *provider.known_usps_abbr, "District of Columbia", "Puerto Rico")
    return frozenset(fold(state) for state in every)


@cache
def countries() -> frozenset[str]:
    """Return folded names (in five languages) and two- and three-letter codes of countries."""
    found = {*_MORE_COUNTRIES, "united states of america"}
    for locale in _COUNTRY_LOCALES:
        provider = import_module(f"faker.providers.address.{locale}").Provider
        found.update(fold(name) for name in provider.countries)
        found.update(fold(code) for code in (*provider.alpha_2_country_codes, *provider.alpha_3_country_codes))
    return frozenset(found)


@cache
def towns() -> frozenset[str]:
    """Return folded names of towns: of 13 countries from Faker, of the large cities of 8 more from our own list."""
    found: set[str] = set(word_set("town"))
    for locale in _TOWN_LOCALES:
        provider = import_module(f"faker.providers.address.{locale}").Provider
        found.update(fold(name) for name in provider.cities)
    return frozenset(found - ordinary_words())


def is_race(label: str) -> bool:
    """Whether a label consists of the words of race categories, or is a published code of one."""
    folded = fold(label)
    if folded in word_set("race_code"):
        return True
    words = set(re.findall(r"[a-z]+", folded))
    strong = word_set("race")
    return bool(words & strong) and words <= strong | word_set("race_other")


def is_ethnicity(label: str) -> bool:
    """Whether a label consists of the words of ethnicity categories, or is a published code of one."""
    folded = fold(label)
    if folded in word_set("ethnicity_code"):
        return True
    words = set(re.findall(r"[a-z]+", folded))
    strong = word_set("ethnicity")
    return bool(words & strong) and words <= strong | word_set("ethnicity_other")
