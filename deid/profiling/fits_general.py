"""Values of nothing in particular: yes and no, repeated labels, one value throughout, prose."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from deid.profiling import dictionaries
from deid.profiling.dictionaries import SURE_YES_NO, YES_NO
from deid.profiling.fit import AGAINST, DOUBT, LIKELY, NEVER, POSSIBLE, SILENT, STANDS, SURE, Fit, Test, of
from deid.profiling.fits_places import payer_types
from deid.profiling.look import Look
from deid.profiling.vocabulary import clinical

#: Labels that hardly repeat are rarely a category, unless the name is sure of it.
NEAR_UNIQUE = -2.0
#: Words that no list holds are rarely labels, unless the name is sure of it.
STRANGERS = -2.4
#: Several words, mostly different, without being sentences.
WORDY = 2.0
#: Shapes of contacts and identifiers: a tenth of such values is no category and no code.
SPEAKING = ("email", "address_of_web", "ip", "ssn", "phone_strict", "uuid", "street")


def flag(look: Look) -> Fit:
    """Yes and no."""
    if pa.types.is_boolean(look.type):
        return Fit(SURE, "the column's type is true or false")
    if look.distinct > 4 or look.share_in(YES_NO) < 1.0:
        return Fit(AGAINST, "the values are not yes and no")
    words = look.share_in(SURE_YES_NO)
    if words == 1.0 and (look.distinct == 2 or "y" in look.folded or "yes" in look.folded):
        return Fit(SURE, "the values are yes and no, or yes alone")
    return Fit(STANDS if look.distinct >= 2 and look.present >= 12 else POSSIBLE, "the values can be yes and no")


def category(look: Look) -> Fit:
    """Few repeated labels; in small tables short labels under a name that says so."""
    if look.share("sequence_type") == 1.0 and 2 <= look.distinct <= 200 and look.values[0][0].isupper():
        return Fit(STANDS, "the values are sequence types of bacteria")
    against = _no_category(look)
    if against:
        return against
    if look.share("tnm") >= 0.8:
        return Fit(STANDS if look.distinct >= 3 else LIKELY, of(look.share("tnm"), "are TNM or stage labels", look))
    if clinical(look):
        return Fit(STANDS, "the values are clinical terms")
    if look.share("grade") == 1.0:
        return Fit(STANDS, "the values are counts of pregnancies, or grades of retinopathy")
    if payer_types(look):
        return Fit(STANDS, "the values are types of payers")
    if look.few:
        return _repeated(look)
    if look.present >= 20 and look.unique > 0.8:
        return Fit(NEAR_UNIQUE, f"{look.distinct} distinct values in {look.present} cells")
    if look.present < 12 and look.plain_words:
        return Fit(STANDS, f"{look.distinct} plain words of ordinary language")
    short = look.longest_judged <= 80 and look.prose < 0.3
    return Fit(POSSIBLE if short and look.share("with_digit") < 0.5 else SILENT)


def _no_category(look: Look) -> Fit | None:
    against = _persons(look)
    if against:
        return against
    days = look.share("day_and_month")
    if days >= 0.3:
        return Fit(NEVER, of(days, "are days of a month", look))
    if look.documents >= 0.1:
        return Fit(NEVER, of(look.documents, "are documents of their own, or paths of files", look))
    if look.dates >= 0.5 or look.share("dotted") >= 0.5:
        return Fit(NEVER, of(max(look.dates, look.share("dotted")), "are dates, or capital letters with dots", look))
    if look.identifier_like >= 0.5:
        return Fit(AGAINST, of(look.identifier_like, "look like identifiers", look))
    if look.numeric >= 0.9 and (look.decimal >= 0.3 or look.distinct > (100 if look.few else 30)):
        return Fit(AGAINST, of(look.numeric, "are numbers", look))
    if look.share("foreign") >= 0.3:
        return Fit(STRANGERS, of(look.share("foreign"), "are in letters that no word list covers", look))
    if look.distinct >= 8 and look.strangers >= 0.5:
        return Fit(STRANGERS, of(look.strangers, "are several words of no list, perhaps names", look))
    return None


def _persons(look: Look) -> Fit | None:
    """Contacts, names of persons and towns, logins, relatives: no labels."""
    speaking = look.share(*(kind for kind in SPEAKING if kind != "ip" or not look.versions))
    if speaking >= 0.1:
        return Fit(NEVER, of(speaking, "are contacts or identifiers", look))
    if look.share("caret_name") >= 0.5:
        return Fit(NEVER, of(look.share("caret_name"), "are words parted by circumflexes", look))
    names = max(look.given, look.family, look.full_name)
    if names >= 0.3 and look.distinct >= 3:
        return Fit(NEVER, of(names, "are known names of persons", look))
    people = look.share_in(dictionaries.towns()) if look.values and look.values[0][:1].isupper() else look.logins
    if people >= 0.5 and look.distinct >= 3:
        return Fit(NEVER, of(people, "are names of towns, or an initial with a surname as of logins", look))
    kin = look.kin_named
    if kin:
        return Fit(NEVER, of(kin, "seem to name a relative", look))
    return None


def _repeated(look: Look) -> Fit:
    if look.distinct < 2:
        return Fit(SILENT)
    said = f"{look.distinct} labels in {look.present} cells, each repeated"
    if look.in_blocks:
        return Fit(POSSIBLE, f"{said}, in one block of rows, as keys stand")
    strange = max(look.unfamiliar, look.wordless) if look.distinct >= 3 else look.unfamiliar
    if strange >= (0.5 if look.distinct >= 3 else 0.9):
        return Fit(POSSIBLE, f"{said}; {of(strange, 'are words of no list, perhaps names', look)}")
    return Fit(LIKELY if look.numeric >= 0.9 else STANDS, said)


def constant(look: Look) -> Fit:
    """One value throughout."""
    if look.distinct != 1 or look.present < 10 or look.share("identifier") * (len(look.values[0]) > 4) or look.dates:
        return Fit(AGAINST)
    if look.kin_named or look.documents or look.share("foreign"):
        return Fit(AGAINST, "the value may speak of a person")
    if look.full_name or (max(look.given, look.family) and look.words < 4):
        return Fit(AGAINST, "the value reads as a name")
    return Fit(STANDS - 0.1, f"one value in {look.present} cells")


def free_text(look: Look) -> Fit:
    """Sentences, or several words that hardly repeat."""
    if look.dates >= 0.8:
        return Fit(NEVER, of(look.dates, "are dates", look))
    if look.numeric >= 0.8 or look.share("age_text") >= 0.6:
        return Fit(AGAINST, of(max(look.numeric, look.share("age_text")), "are numbers or ages", look))
    if look.distinct <= 3 and look.share_in(YES_NO) == 1.0:
        return Fit(AGAINST, "the values are yes and no")
    if look.documents >= 0.1:
        return Fit(DOUBT, of(look.documents, "are documents of their own, or paths of files", look))
    if look.words < 1.2 and look.unique >= 0.5 and look.distinct >= 12:
        return Fit(DOUBT, "the values are single words, most of them different")
    if look.present >= 12 and look.distinct >= 8 and (look.identifier_like >= 0.8 or look.strangers >= 0.5):
        return Fit(DOUBT, "the values look like identifiers or names")
    if look.prose >= 0.4 and look.words >= 5 and not look.few:
        return Fit(STANDS + 0.3, of(look.prose, "read as sentences", look))
    if look.few and look.distinct <= 30 and look.prose < 0.5:
        return Fit(DOUBT, f"{look.distinct} labels, each repeated")
    if look.words >= 3 and look.unique >= 0.3:
        return Fit(WORDY, f"{look.words:.1f} words in a value on average")
    return Fit(SILENT)


FITS: Mapping[str, Test] = {
    "flag": flag,
    "category": category,
    "constant": constant,
    "free_text": free_text,
}
