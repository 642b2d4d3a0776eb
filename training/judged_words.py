"""What network and encoder learn from: the words of composed sentences and of hand-written notes, with their labels."""

# ruff: noqa: E501 - patterns are read as lines

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "benchmarks"))

from augment import Pools, variant  # noqa: E402
from faker import Faker  # noqa: E402
from invented_notes import Words as Lists  # noqa: E402

from deid.detect import evidence as evidence_of  # noqa: E402
from deid.detect import judging, lexicon, ner, plausible, screening  # noqa: E402
from deid.detect.detector import _BUILT_IN  # noqa: E402
from deid.model import Span  # noqa: E402

Note = dict[str, Any]
LABEL_OF = {
    **dict.fromkeys(("NAME_PATIENT", "NAME_DOCTOR", "NAME_STAFF", "NAME_RELATIVE"), "name"),
    **dict.fromkeys(("HOSPITAL", "ORGANIZATION", "LOCATION_CITY", "LOCATION_STREET"), "place"),
    **dict.fromkeys(("MRN", "SUBJECT_ID", "ACCESSION", "LICENSE", "VEHICLE", "HEALTH_PLAN", "SSN", "DEVICE", "SPECIMEN_ID"), "number"),
    "NAME_INITIALS": "initials", "USERNAME": "username", "DATE": "date", "AGE_90": "age",
}  # fmt: skip
LOCALES = ("en_US", "en_GB", "es_MX", "pt_BR", "fr_FR", "de_DE", "it_IT", "pl_PL", "nl_NL", "tr_TR", "en_IN", "vi_VN",
           "yo_NG", "id_ID", "cs_CZ", "fi_FI", "hu_HU", "en_IE", "en_US", "en_US", "en_GB")  # fmt: skip
FORGOTTEN_NAME, FORGOTTEN_TERM = 0.35, 0.3
WITHOUT_MODEL = 0.15


def lists(seed: int) -> Lists:
    """Return the places of the training sentences, and persons drawn from Faker or made of syllables."""
    places = dict(Lists.read(HERE / "places.txt").lists)
    rng = random.Random(seed)
    drawn: dict[str, list[str]] = {"women": [], "men": [], "family": []}
    for locale in LOCALES:
        fake = Faker(locale)
        fake.seed_instance(seed)
        drawn["women"] += [fake.first_name_female() for _ in range(60)]
        drawn["men"] += [fake.first_name_male() for _ in range(60)]
        drawn["family"] += [fake.last_name() for _ in range(120)]
    starts, ends = (
        [
            "Ba",
            "Che",
            "Dro",
            "El",
            "Fa",
            "Gri",
            "Ho",
            "Ja",
            "Ka",
            "Lu",
            "Mo",
            "Ne",
            "Oba",
            "Pra",
            "Qua",
            "Ri",
            "Sha",
            "Tu",
            "Ve",
            "Wy",
            "Xa",
            "Ye",
            "Zo",
        ],
        [
            "bo",
            "dar",
            "ffin",
            "gale",
            "hari",
            "kov",
            "lind",
            "moto",
            "nesh",
            "quist",
            "rath",
            "shaw",
            "tsu",
            "vani",
            "wick",
            "yama",
            "zek",
            "nnel",
            "ster",
        ],
    )
    for name in drawn:
        drawn[name] += [rng.choice(starts) + rng.choice(["", "la", "ri", "no"]) + rng.choice(ends) for _ in range(300)]
    plain = {
        name: tuple(w for w in words if re.fullmatch(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*", w))
        for name, words in drawn.items()
    }
    everyday = sorted(lexicon.everyday_names())
    words = tuple(word.capitalize() for word in everyday)
    return Lists(
        {
            **places,
            **plain,
            "family_words": words,
            "women_words": tuple(w for w in words if w.lower() in lexicon.given_names()),
            "men_words": tuple(w for w in words if w.lower() in lexicon.given_names()),
            **terms(),
        }
    )


def with_variants(notes: Sequence[Note], drawn: Lists, variants: int, seed: int) -> list[Note]:
    """Return hand-written notes, each followed by variants with other identifiers."""
    pools, rng = Pools.of(notes, *_identifiers(drawn)), random.Random(seed)
    return [*notes, *(variant(note, pools, rng) for _ in range(variants) for note in notes)]


def _identifiers(drawn: Lists) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return what the identifiers of hand-written notes are swapped for: names by place in a name, places by type."""
    held = drawn.lists
    names = {"given": held["women"] + held["men"], "family": held["family"], "family_words": held["family_words"],
             "given_words": held["women_words"] + held["men_words"]}  # fmt: skip
    places = {"LOCATION_CITY": held["towns"], "HOSPITAL": held["stems"], "ORGANIZATION": held["companies"] + held["schools"]}  # fmt: skip
    return names, places


def terms() -> dict[str, tuple[str, ...]]:
    """Return clinical terms of our lists by what they are, as they are written in running text."""
    listed = sorted(lexicon.clinical_terms())
    drugs = [term for term in listed if plausible._DRUG.fullmatch(term)]
    eponyms = sorted({name.title() for name in lexicon.eponyms() if " " not in name})
    rest = [term for term in listed if term not in drugs]
    cased = [
        case(term) for term in rest for case in (str, str.title, str.upper) if case is not str.upper or len(term) < 6
    ]
    return {"drug": (*drugs, *(drug.title() for drug in drugs)), "eponym": tuple(eponyms), "term": tuple(cased)}


def labelled(
    notes: Sequence[Note], seed: int, *, model: bool = True
) -> Iterator[tuple[evidence_of.Words, list[str], list[bool]]]:
    """Yield the words of each note, the label of each word, and whether it is worth judging.

    Where `model` is no, only the rules were asked, as they are when the encoder reads a text.
    """
    for number, (note, found) in enumerate(zip(notes, _found(notes, model=model), strict=True)):
        words, forgotten = _words(note, found, random.Random(f"{seed}:{number}"))
        marks = [(s["start"], s["end"], LABEL_OF.get(s["type"], "other")) for s in note["spans"]]
        marks += [(s["start"], s["end"], "other") for s in note["neutral"]]
        judged = set(judging.judged(words))
        labels = [
            next((name for start, end, name in marks if start < token.end() and token.start() < end), "none")
            for token in words.tokens
        ]
        yield words, labels, [at in judged or token.group() in forgotten for at, token in enumerate(words.tokens)]


def _found(notes: Sequence[Note], *, model: bool) -> list[list[Span]]:
    """Return what the rules and, where asked for, the language model find in each note."""
    texts = [note["text"] for note in notes]
    found = [[span for recogniser in _BUILT_IN.values() for span in recogniser.find(text)] for text in texts]
    if not model:
        return found
    entities = ner.entities([ner.Asked(text, spans) for text, spans in zip(texts, found, strict=True)])
    return [
        [*spans, *screening.screened(text, listed)] for text, spans, listed in zip(texts, found, entities, strict=True)
    ]


def _words(note: Note, found: Sequence[Span], rng: random.Random) -> tuple[evidence_of.Words, dict[str, str]]:
    """Return the words of a note as they are judged in it: lists, rules and model forget some of its words."""
    forgotten, without_model = _forgotten(note, rng), rng.random() < WITHOUT_MODEL
    kept = [
        span
        for span in found
        if not (span.recogniser == "ner" and without_model)
        and (
            span.recogniser == "ner"
            or not (_touches(note["text"], span, forgotten) and (span.score < 0.6 or rng.random() < 0.3))
        )
    ]
    return evidence_of.Words(note["text"], kept, forgotten), forgotten


def _forgotten(note: dict[str, Any], rng: random.Random) -> dict[str, str]:
    """Choose words that the lists shall not know in this note, with the kind that they then have."""
    kinds = {}
    for mark in [*note["spans"], *note["traps"]]:
        share = FORGOTTEN_TERM if "kind" in mark else FORGOTTEN_NAME
        for token in evidence_of.WORD.finditer(note["text"], mark["start"], mark["end"]):
            word = token.group()
            if word.isalpha() and len(word) > 3 and "w" not in evidence_of.kind_of(word) and rng.random() < share:
                kinds[word] = re.match(r"[lUTM]", evidence_of.kind_of(word)).group()  # type: ignore[union-attr]
    return kinds


def _touches(text: str, span: Span, words: dict[str, str]) -> bool:
    return any(word in words for word in evidence_of.WORD.findall(text[span.start : span.end]))
