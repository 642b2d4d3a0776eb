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

_NAME_LOCALES = (
    "cs_CZ da_DK de_DE en_GB en_IN en_KE en_NG en_PK en_US es_ES es_MX fi_FI fr_FR ga_IE hu_HU id_ID it_IT nl_NL "
    "no_NO pl_PL pt_BR ro_RO sv_SE tr_TR vi_VN"
).split()
#: Cells that say that a value is missing: they are counted, and left aside when shapes are judged.
MISSING_WORDS = frozenset(
    "na n/a n.a. nan null none nil - -- --- . .. ? unknown unk unkn u not-asked not_asked asked-unknown asku missing refused declined "
    "undefined undef unspecified unbekannt inconnu desconocido n/k nk nr n.k. #n/a #value! <na> [na] [null] []".split()
) | frozenset(
    {
        "not available", "[not available]", "not applicable", "[not applicable]", "not reported", "not known", "not recorded",
        "not done", "[unknown]", "[not evaluated]", "not evaluated", "not stated", "not asked", "keine angabe", "k.a.", "no data",
        "not specified", "prefer not to say", "temp unknown", "no information", "not provided", "patient refused", "not given",
    }
)  # fmt: skip
YES_NO = frozenset(
    "y n yes no true false t f 1 0 x ja nein j oui non o si sí s nee ano ne tak nie checked unchecked present absent positive negative "
    "not_applicable sim nao não hai".split()
)
SURE_YES_NO = frozenset("y n yes no true false ja nein oui non si sí sim não nao checked unchecked".split())
SEX_WORDS = frozenset(
    "male female man woman men women boy girl mannlich weiblich maennlich homme femme masculin feminin hombre mujer masculino femenino feminino "
    "maschio femmina uomo donna masculine feminine intersex divers nonbinary non-binary transgender transmale transfemale".split()
)
SEX_CODES = frozenset("m f w d h x u o i 0 1 2 3 9 unk oth other ambiguous undifferentiated unknown v 8507 8532".split())
MARITAL_WORDS = frozenset(
    "single married divorced widowed widow widower separated partnered cohabiting unmarried never-married ledig verheiratet geschieden "
    "verwitwet celibataire marie mariee divorce divorcee veuf veuve soltero soltera casado casada divorciado viudo viuda spouse".split()
)
LANGUAGES = frozenset(
    "en es fr de it pt nl pl ru zh ja ko ar hi vi tl tr sv da no fi cs hu ro el he fa ur bn pa th uk eng spa fra fre deu ger ita por chi zho "
    "jpn kor ara hin vie rus english spanish french german italian portuguese dutch polish russian chinese mandarin cantonese "
    "japanese korean arabic hindi vietnamese tagalog turkish swedish danish norwegian finnish greek hebrew persian farsi urdu "
    "bengali punjabi thai ukrainian somali deutsch englisch franzosisch turkisch anglais francais espanol creole sign".split()
)
_RACE_STRONG = frozenset(
    "white black asian indian alaska hawaiian pacific caucasian multiracial biracial islander chinese japanese korean vietnamese filipino "
    "maori aboriginal hawaii mixed afro african native weiss schwarz asiatisch blanc noir".split()
)
_RACE_OTHER = frozenset(
    "or and american other unknown race races two more multiple than one not reported of any background hispanic latino non nonhispanic "
    "origin to specify declined answer british irish eastern middle north south east arab some only refused nonwhite an in combination a torres strait".split()
)
_ETHNIC_STRONG = frozenset("hispanic latino latina latinx nonhispanic mexican puerto cuban spanish".split())
_ETHNIC_OTHER = frozenset("not non or of origin rican unknown other reported american central south to declined no yes".split())
RACE_CODES = frozenset({"1002-5", "2028-9", "2054-5", "2076-8", "2106-3", "2131-1", "8527", "8516", "8515", "8657", "8557", "8522", "asku", "unk"})
ETHNIC_CODES = frozenset({"2135-2", "2186-5", "38003563", "38003564"})
#: Ordinary words that are also names: they say nothing about persons. Faker's list of common English words is added.
_ORDINARY = frozenset(
    "angel april august autumn baker basil berry bishop bone booth brain breath brook brooks bull bush butcher carpenter case chad charity "
    "charlotte china christian clay cook cool cork cross dale dawn day dean destiny diamond doe dose drew duke early eden emerald eve ever faith "
    "farmer field fisher florence ford forest fox frank gene georgia grace grant grave gray green grey guy hall hand harmony hazel head heart "
    "heath heaven heather hill holly hope hunter iris israel ivory ivy jack jade jasmine jewel jordan journey joy june justice king knight "
    "kidney lake lane lance law leaf leg lily long love low lung major malta man mark marks mason may medina melody mercy miles mild miller "
    "monday moon morning moss mouth ms myrtle neck nick north noble nova olive page paige paris parish park parker patience penny pearl "
    "piper pollen pope porter price pride prince queen rain ray read red reed rich rick river robin rock rod rose rowan royal ruby rusty "
    "sage sandy savage scarlet scott sean serenity shade sharp sharpe short silver sky skin small smith-wesson snow south spring star stark sterling stone "
    "storm story strange strong summer summers sunday sunny sweet sydney taylor-made temple toe tongue tucker unity van victor violet "
    "virginia wall ward warner water way wells west white will willow winter wise wolf wood woods young carry sing song nail eye bird hip colon "
    "placebo low high normal abnormal left right both upper lower open close none done male female adrenal sole ng mac ale ion bun gas gut "
    "art bill bob bud can care carol chance chase cherry chip cliff coral crystal daisy dolly don drake earl ginger glen gold gray harry-potter "
    "high home honey hugh ice jay jerry-can joker junior kay kit lady lee leo liberty lord luna mac max melon mike mini misty ocean pat peace pete "
    "phoenix poppy rex rob sal sally sam saint shelly sherry skip sol stella sue ted tiger tim tom tommy tony trinity usa val vera viola wade walker "
    "weeks wills york zion positive negative stable partial complete severe moderate active alive dead married single divorced".split()
)


def _person_lists(attribute: str) -> Iterator[str]:
    for locale in _NAME_LOCALES:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for suffix in ("", "_male", "_female"):
            yield from getattr(provider, attribute + suffix, ())


@cache
def ordinary_words() -> frozenset[str]:
    """Return folded words of ordinary language, which are no evidence of a person."""
    lorem = import_module("faker.providers.lorem.en_US").Provider.word_list
    return _ORDINARY | {fold(word) for word in lorem}


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
    found = {"usa", "us", "uk", "england", "scotland", "wales", "united states", "united states of america", "russia", "south korea", "vietnam"}
    for locale in ("en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL"):
        provider = import_module(f"faker.providers.address.{locale}").Provider
        found.update(fold(name) for name in provider.countries)
        found.update(fold(code) for code in (*provider.alpha_2_country_codes, *provider.alpha_3_country_codes))
    return frozenset(found)


def is_race(label: str) -> bool:
    """Whether a label consists of the words of race categories, or is a published code of one."""
    folded = fold(label)
    if folded in RACE_CODES:
        return True
    words = set(re.findall(r"[a-z]+", folded))
    return bool(words & _RACE_STRONG) and words <= _RACE_STRONG | _RACE_OTHER


def is_ethnicity(label: str) -> bool:
    """Whether a label consists of the words of ethnicity categories, or is a published code of one."""
    folded = fold(label)
    if folded in ETHNIC_CODES:
        return True
    words = set(re.findall(r"[a-z]+", folded))
    return bool(words & _ETHNIC_STRONG) and words <= _ETHNIC_STRONG | _ETHNIC_OTHER
