"""Learn the weights of `deid/detect/network.py` from invented notes and write `deid/data/network.npz`.

    python training/train_network.py [--variants V] [--composed N] [--epochs E] [--seed S] [--without FILE ...]

Needs jax and optax, which nothing else of the project needs: `pip install jax optax`. The notes are written by hand
(training/notes), each beside variants with other identifiers, and composed (training/sentences.txt) with the places of
training/places.txt and the persons of Faker's locales (MIT). The lists forget a part of the names and clinical terms,
so that what is learnt is how a word is used and not a list. `--without t4 t5` leaves files of notes out, so that they
can be judged by weights that never saw them; the weights are then written to `network-held-out.npz` here.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import jax
import jax.numpy as jnp
import numpy as np
import optax
from invented_notes import compose
from judged_words import HERE, Note, labelled, lists, with_variants
from marked_notes import read_marked

from deid.detect.features import features
from deid.detect.network import SMALL
from deid.detect.tagger import LABELS

WIDTH, HIDDEN, DEPTH = 48, 96, 3
#: Features of a word that are read at most, words of a batch, and how often a feature must be seen.
FEATURES, BATCH, LEAST = 52, 3072, 12
#: What a word counts for: worth judging, open to a second opinion, settled by a rule.
JUDGED, OPEN, SETTLED = 1.0, 0.15, 0.05
DROPPED, FORGOTTEN, RATE, DECAY = 0.3, 0.25, 4e-3, 1e-4

Weights = dict[str, Any]
Read = tuple[list[tuple[str, ...]], list[int], list[float]]
Coded = tuple[np.ndarray, np.ndarray, np.ndarray]


def read(notes: Sequence[Note], seed: int) -> list[Read]:
    """Return features, label and weight of every word of each note."""
    place = {label: at for at, label in enumerate(LABELS)}
    return [
        (
            [features(words, at) for at in range(len(own))],
            [place[label] for label in own],
            [JUDGED if worth[at] else OPEN if words.open[at] else SETTLED for at in range(len(own))],
        )
        for words, own, worth in labelled(notes, seed)
        if own
    ]


def coded(notes: Sequence[Read], rows: dict[str, int]) -> list[Coded]:
    """Return notes as numbers; row 0 of the table is no feature."""
    made = []
    for clues, labels, weights in notes:
        table = np.zeros((len(clues), FEATURES), np.int32)
        for at, own in enumerate(clues):
            known = [rows[clue] for clue in own if clue in rows][:FEATURES]
            table[at, : len(known)] = known
        made.append((table, np.array(labels, np.int32), np.array(weights, np.float32)))
    return made


def batches(notes: Sequence[Coded], rng: random.Random) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield notes of a length together, filled up to a multiple of 32 words."""
    order = list(range(len(notes)))
    rng.shuffle(order)
    order.sort(key=lambda at: len(notes[at][1]) // 40)
    groups: list[list[int]] = [[]]
    for at in order:
        if groups[-1] and (len(groups[-1]) + 1) * _filled([notes[one] for one in [*groups[-1], at]]) > BATCH:
            groups.append([])
        groups[-1].append(at)
    rng.shuffle(groups)
    for group in groups:
        length = _filled([notes[at] for at in group])
        size = max(BATCH // length, len(group))
        table = np.zeros((size, length, FEATURES), np.int32)
        labels, weights, there = (np.zeros((size, length), kind) for kind in (np.int32, np.float32, np.float32))
        for row, at in enumerate(group):
            clues, own, worth = notes[at]
            table[row, : len(own)], labels[row, : len(own)], weights[row, : len(own)] = clues, own, worth
            there[row, : len(own)] = 1
        yield table, labels, weights, there


def _filled(notes: Sequence[Coded]) -> int:
    return -(-max(len(labels) for _, labels, _ in notes) // 32) * 32


def drawn(size: int, seed: int) -> Weights:
    """Return weights to begin with."""
    rng = np.random.default_rng(seed)

    def normal(*shape: int, by: float) -> jax.Array:
        return jnp.asarray(rng.normal(size=shape) * by, jnp.float32)

    weights: Weights = {
        "table": normal(size + 1, WIDTH, by=0.1),
        "inner": normal(WIDTH, HIDDEN, by=WIDTH**-0.5),
        "inner_bias": jnp.zeros(HIDDEN),
        "outer": normal(HIDDEN, len(LABELS), by=HIDDEN**-0.5),
        "outer_bias": jnp.zeros(len(LABELS)),
        "direct": normal(WIDTH, len(LABELS), by=0.1),
    }
    for at in range(DEPTH):
        weights[f"layer{at}"] = normal(3 * HIDDEN, 2 * HIDDEN, by=(3 * HIDDEN) ** -0.5)
        weights[f"bias{at}"] = jnp.zeros(2 * HIDDEN)
    return weights


def even(figures: jax.Array) -> jax.Array:
    """Return each row with mean 0 and variance 1, as the network does."""
    return (figures - figures.mean(-1, keepdims=True)) / jnp.sqrt(figures.var(-1, keepdims=True) + SMALL)


def forward(weights: Weights, table: jax.Array, there: jax.Array, key: jax.Array) -> jax.Array:
    """Return the sums of each label; a part of features and of what is passed on is dropped at random."""
    keys = jax.random.split(key, DEPTH + 2)
    known = (table > 0) & (jax.random.uniform(keys[0], table.shape) > FORGOTTEN)
    summed = (weights["table"][table] * known[..., None]).sum(2)
    summed /= jnp.sqrt(jnp.maximum(known.sum(-1, keepdims=True), 1))

    def thinned(hidden: jax.Array, own: jax.Array) -> jax.Array:
        return jnp.where(jax.random.uniform(own, hidden.shape) > DROPPED, hidden / (1 - DROPPED), 0)

    hidden = jax.nn.relu(even(summed @ weights["inner"] + weights["inner_bias"])) * there[..., None]
    hidden = thinned(hidden, keys[1])
    for at in range(DEPTH):
        edge = jnp.zeros_like(hidden[:, :1])
        beside = jnp.concatenate(
            [
                jnp.concatenate([edge, hidden[:, :-1]], 1),
                hidden,
                jnp.concatenate([hidden[:, 1:], edge], 1),
            ],
            -1,
        )
        value, gate = jnp.split(beside @ weights[f"layer{at}"] + weights[f"bias{at}"], 2, -1)
        hidden = thinned((hidden + even(value * jax.nn.sigmoid(gate))) * there[..., None], keys[2 + at])
    return hidden @ weights["outer"] + weights["outer_bias"] + summed @ weights["direct"]


def learnt(notes: Sequence[Coded], size: int, epochs: int, seed: int) -> Weights:
    """Return the weights that fit the notes."""
    weights, steps = drawn(size, seed), epochs * sum(1 for _ in batches(notes, random.Random(seed)))
    pace = optax.cosine_onecycle_schedule(steps + epochs, RATE, pct_start=0.15)
    rule = optax.adamw(pace, weight_decay=DECAY)
    state, key, rng = rule.init(weights), jax.random.PRNGKey(seed), random.Random(seed)

    def loss(weights: Weights, table: jax.Array, labels: jax.Array, worth: jax.Array, there: jax.Array, key: jax.Array) -> jax.Array:  # fmt: skip  # noqa: E501
        likely = jax.nn.log_softmax(forward(weights, table, there, key))
        own = jnp.take_along_axis(likely, labels[..., None], -1)[..., 0]
        return -(own * worth).sum() / jnp.maximum(worth.sum(), 1)

    @jax.jit
    def step(weights: Weights, state: Any, batch: Any, key: jax.Array) -> tuple[Weights, Any, jax.Array]:
        figure, slope = jax.value_and_grad(loss)(weights, *batch, key)
        change, state = rule.update(slope, state, weights)
        return optax.apply_updates(weights, change), state, figure

    for epoch in range(epochs):
        figures = []
        for batch in batches(notes, rng):
            key, own = jax.random.split(key)
            weights, state, figure = step(weights, state, batch, own)
            figures.append(float(figure))
        print(f"epoch {epoch + 1}: loss {np.mean(figures):.4f}", flush=True)
    return weights


def write(weights: Weights, names: Sequence[str], path: Path) -> None:
    """Write the weights: the table in whole numbers of a step of each row, the rest in half precision."""
    table = np.asarray(weights.pop("table"))[1:]
    scales = np.maximum(np.abs(table).max(axis=1), 1e-6) / 127
    held = {name: np.asarray(part, np.float16) for name, part in weights.items()}
    np.savez_compressed(
        path,
        names=np.frombuffer("\n".join(names).encode("utf-8"), np.uint8),
        table=np.round(table / scales[:, None]).astype(np.int8),
        scales=scales.astype(np.float32),
        **held,
    )
    print(f"{len(names):,} features, {path.stat().st_size:,} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=3, help="variants of each hand-written note")
    parser.add_argument("--composed", type=int, default=800, help="composed notes")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--without", nargs="*", default=[], help="files of notes to leave out")
    options = parser.parse_args()
    files = [path for path in sorted((HERE / "notes").glob("*.txt")) if path.stem not in options.without]
    words = lists(options.seed)
    notes = with_variants([note for path in files for note in read_marked(path)], words, options.variants, options.seed)
    notes += compose(HERE / "sentences.txt", words, options.composed, f"train{options.seed}")
    found = read(notes, options.seed)
    seen = Counter(clue for clues, _, _ in found for own in clues for clue in own)
    names = sorted(clue for clue, times in seen.items() if times >= LEAST)
    rows = {name: at + 1 for at, name in enumerate(names)}
    weights = learnt(coded(found, rows), len(names), options.epochs, options.seed)
    target = HERE / "network-held-out.npz" if options.without else HERE.parent / "deid" / "data" / "network.npz"
    write(weights, names, target)


if __name__ == "__main__":
    main()
