"""Learn the weights of `deid/detect/tagger.py` from invented sentences and write `deid/data/tagger.tsv.gz`.

    python training/train_tagger.py [--notes N] [--seed S] [--held-out]

Text: training/sentences.txt with the places of training/places.txt and the persons of Faker's locales (MIT). Names are
forgotten by the lists for a part of the words, and so are clinical terms, so that what is learnt is the evidence around
a word and not a list. `--held-out` leaves kinds of notes out in turn and prints how well they are found; it writes nothing.
"""

# ruff: noqa: E501 - patterns are read as lines

from __future__ import annotations

import argparse
import gzip
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "benchmarks"))

import numpy as np  # noqa: E402
from faker import Faker  # noqa: E402
from invented_notes import Words as Lists  # noqa: E402
from invented_notes import compose, read_kinds  # noqa: E402
from sklearn.feature_extraction import DictVectorizer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

from deid.detect import evidence as evidence_of  # noqa: E402
from deid.detect import lexicon, plausible, tagger  # noqa: E402
from deid.detect.detector import _BUILT_IN  # noqa: E402
from deid.model import Span  # noqa: E402

LABEL_OF = {
    **dict.fromkeys(("NAME_PATIENT", "NAME_DOCTOR", "NAME_STAFF", "NAME_RELATIVE"), "name"),
    **dict.fromkeys(("HOSPITAL", "ORGANIZATION", "LOCATION_CITY", "LOCATION_STREET"), "place"),
    **dict.fromkeys(("MRN", "SUBJECT_ID", "ACCESSION", "LICENSE", "VEHICLE", "HEALTH_PLAN", "SSN", "DEVICE", "SPECIMEN_ID"), "number"),
    "NAME_INITIALS": "initials", "USERNAME": "username",
}  # fmt: skip
LOCALES = ("en_US", "en_GB", "es_MX", "pt_BR", "fr_FR", "de_DE", "it_IT", "pl_PL", "nl_NL", "tr_TR", "en_IN", "vi_VN",
           "yo_NG", "id_ID", "cs_CZ", "fi_FI", "hu_HU", "en_IE", "en_US", "en_US", "en_GB")  # fmt: skip
FORGOTTEN_NAME, FORGOTTEN_TERM = 0.35, 0.3


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


def examples(notes: Sequence[dict[str, Any]], seed: int) -> tuple[list[list[str]], list[str], list[str]]:
    """Return evidence, label and kind of note for every word that is worth judging."""
    evidence, labels, kinds = [], [], []
    for number, note in enumerate(notes):
        rng = random.Random(f"{seed}:{number}")
        text, spans = note["text"], note["spans"]
        forgotten = _forgotten(note, rng)
        found = [
            span
            for recogniser in _BUILT_IN.values()
            for span in recogniser.find(text)
            if not (_touches(text, span, forgotten) and (span.score < 0.6 or rng.random() < 0.3))
        ]
        words = evidence_of.Words(text, found, forgotten)
        marks = [(s["start"], s["end"], LABEL_OF.get(s["type"], "other")) for s in spans]
        marks += [(s["start"], s["end"], "other") for s in note["neutral"]]
        for at, token in enumerate(words.tokens):
            if tagger.could_be_marked(token.group()) or token.group() in forgotten:
                evidence.append(words.evidence(at))
                labels.append(
                    next((name for start, end, name in marks if start < token.end() and token.start() < end), "none")
                )
                kinds.append(note["note_type"])
    return evidence, labels, kinds


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


def fitted(evidence: Sequence[Sequence[str]], labels: Sequence[str], least: int = 3) -> dict[str, list[float]]:
    """Return the weights of each piece of evidence that was seen often enough."""
    seen = Counter(clue for clues in evidence for clue in clues)
    vectorizer = DictVectorizer(sort=True)
    matrix = vectorizer.fit_transform({clue: 1.0 for clue in clues if seen[clue] >= least} for clues in evidence)
    model = LogisticRegression(C=0.3, max_iter=120, tol=1e-3)
    model.fit(matrix, labels)
    order = [list(model.classes_).index(label) for label in tagger.LABELS]
    names = vectorizer.get_feature_names_out()
    table = {name: [float(model.coef_[row][at]) for row in order] for at, name in enumerate(names)}
    table["bias"] = [float(model.intercept_[row]) for row in order]
    return table


def write(table: dict[str, list[float]], path: Path) -> None:
    """Write the weights in hundredths; what weighs less than five of them is left out."""
    kept = {name: row for name, row in table.items() if max(map(abs, row)) >= 0.05 or name == "bias"}
    lines = [f"{name}\t{' '.join(str(round(100 * value)) for value in row)}" for name, row in sorted(kept.items())]
    path.write_bytes(gzip.compress("\n".join(lines).encode("utf-8"), mtime=0))
    print(f"{len(kept):,} pieces of evidence, {path.stat().st_size:,} bytes")


def held_out(evidence: Sequence[Sequence[str]], labels: Sequence[str], kinds: Sequence[str]) -> None:
    """Leave a third of the kinds of notes out in turn and print how well their words are judged."""
    names = sorted(set(kinds))
    for turn in range(3):
        out = set(names[turn::3])
        inside = [i for i, kind in enumerate(kinds) if kind not in out]
        table = fitted([evidence[i] for i in inside], [labels[i] for i in inside])
        rows = {name: row for row, name in enumerate(table)}
        learnt = (rows, np.array(list(table.values()), np.float32))
        tagger.weights = lambda learnt=learnt: learnt  # type: ignore[assignment]
        tested = [i for i, kind in enumerate(kinds) if kind in out]
        likely = tagger.chances([evidence[i] for i in tested])
        for threshold in (tagger.CAREFUL, tagger.BALANCED, 0.7):
            counts: Counter[tuple[str, str]] = Counter()
            for i, row in zip(tested, likely, strict=True):
                counts[labels[i], str(bool(1 - row[0] - row[-1] > threshold))] += 1
            shares = {
                label: counts[label, "True"] / max(1, counts[label, "True"] + counts[label, "False"])
                for label in tagger.LABELS
            }
            print(turn, threshold, " ".join(f"{label} {share:.3f}" for label, share in shares.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=2_400)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--held-out", action="store_true")
    options = parser.parse_args()
    print(len(read_kinds(HERE / "sentences.txt")), "kinds of notes")
    notes = compose(HERE / "sentences.txt", lists(options.seed), options.notes, f"train{options.seed}")
    evidence, labels, kinds = examples(notes, options.seed)
    print(len(labels), Counter(labels))
    if options.held_out:
        held_out(evidence, labels, kinds)
        return
    write(fitted(evidence, labels), HERE.parent / "deid" / "data" / "tagger.tsv.gz")


if __name__ == "__main__":
    main()
