"""Learn the weights of `deid/detect/tagger.py` from invented sentences and write `deid/data/tagger.tsv.gz`.

    python training/train_tagger.py [--notes N] [--variants V] [--seed S] [--held-out]

Text: notes written by hand with their identifiers marked (training/notes), each beside variants with other identifiers,
and composed notes (training/sentences.txt) with the places of training/places.txt and the persons of Faker's locales
(MIT). Names are forgotten by the lists for a part of the words, and so are clinical terms, so that what is learnt is the evidence around
a word and not a list. `--held-out` leaves kinds of notes out in turn and prints how well they are found; it writes nothing.
"""

# ruff: noqa: E501 - patterns are read as lines

from __future__ import annotations

import argparse
import gzip
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import numpy as np
from augment import Pools, variant
from invented_notes import Words as Lists
from invented_notes import compose
from judged_words import HERE, Note, examples, identifiers, lists
from marked_notes import read_folder
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from deid.detect import tagger

#: What an example of a composed sentence counts for beside one of a hand-written note.
COMPOSED_WEIGHT = 0.3


def fitted(
    evidence: Sequence[Sequence[str]], labels: Sequence[str], weights: Sequence[float], least: int = 3
) -> dict[str, list[float]]:
    """Return the weights of each piece of evidence that was seen often enough."""
    seen = Counter(clue for clues in evidence for clue in clues)
    vectorizer = DictVectorizer(sort=True)
    matrix = vectorizer.fit_transform({clue: 1.0 for clue in clues if seen[clue] >= least} for clues in evidence)
    model = LogisticRegression(C=0.3, max_iter=200, tol=1e-3)
    model.fit(matrix, labels, sample_weight=np.array(weights))
    order = [list(model.classes_).index(label) for label in tagger.LABELS]
    names = vectorizer.get_feature_names_out()
    table = {name: [float(model.coef_[row][at]) for row in order] for at, name in enumerate(names)}
    table["bias"] = [float(model.intercept_[row]) for row in order]
    return table


def with_variants(notes: Sequence[Note], drawn: Lists, variants: int, seed: int) -> list[Note]:
    """Return hand-written notes, each followed by variants with other identifiers."""
    pools, rng = Pools.of(notes, *identifiers(drawn)), random.Random(seed)
    return [*notes, *(variant(note, pools, rng) for _ in range(variants) for note in notes)]


def write(table: dict[str, list[float]], path: Path) -> None:
    """Write the weights in hundredths; what weighs less than five of them is left out."""
    kept = {name: row for name, row in table.items() if max(map(abs, row)) >= 0.05 or name == "bias"}
    lines = [f"{name}\t{' '.join(str(round(100 * value)) for value in row)}" for name, row in sorted(kept.items())]
    path.write_bytes(gzip.compress("\n".join(lines).encode("utf-8"), mtime=0))
    print(f"{len(kept):,} pieces of evidence, {path.stat().st_size:,} bytes")


def held_out(options: argparse.Namespace, drawn: Lists, composed: tuple[list[list[str]], list[str]]) -> None:
    """Leave a third of the hand-written notes out in turn and print how well their words are judged."""
    notes = read_folder(HERE / "notes")
    for turn in range(3):
        inside = [note for at, note in enumerate(notes) if at % 3 != turn]
        table = learnt(with_variants(inside, drawn, options.variants, options.seed), composed, options.seed)
        rows = {name: row for row, name in enumerate(table)}
        weights = np.array(list(table.values()), np.float32)
        tagger.weights = lambda rows=rows, weights=weights: (rows, weights)  # type: ignore[assignment]
        evidence, labels = examples(notes[turn::3], 0)
        likely = tagger.weighed(evidence)
        for threshold in (tagger.CAREFUL, tagger.BALANCED, 0.7):
            marked = 1 - likely[:, 0] - likely[:, -1] > threshold
            shares = {
                label: float(np.mean([mark for mark, own in zip(marked, labels, strict=True) if own == label] or [0.0]))
                for label in tagger.LABELS
            }
            print(turn, threshold, " ".join(f"{label} {share:.3f}" for label, share in shares.items()))


def learnt(notes: Sequence[Note], composed: tuple[list[list[str]], list[str]], seed: int) -> dict[str, list[float]]:
    """Return the weights learnt from hand-written and composed notes together."""
    evidence, labels = examples(notes, seed)
    print(len(labels), Counter(labels))
    weights = [1.0] * len(labels) + [COMPOSED_WEIGHT] * len(composed[1])
    return fitted([*evidence, *composed[0]], [*labels, *composed[1]], weights)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=1_500, help="composed notes")
    parser.add_argument("--variants", type=int, default=6, help="variants of each hand-written note")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--held-out", action="store_true")
    options = parser.parse_args()
    drawn = lists(options.seed)
    composed = examples(compose(HERE / "sentences.txt", drawn, options.notes, f"train{options.seed}"), options.seed)
    if options.held_out:
        held_out(options, drawn, composed)
        return
    notes = with_variants(read_folder(HERE / "notes"), drawn, options.variants, options.seed)
    write(learnt(notes, composed, options.seed), HERE.parent / "deid" / "data" / "tagger.tsv.gz")


if __name__ == "__main__":
    main()
