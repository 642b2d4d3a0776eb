"""A small encoder: what every word of a text can be, judged from all that stands up to a hundred words around it.

Three layers of attention over pieces of words (Vaswani et al. 2017), begun from the first layers of a public model of
general English (all-MiniLM-L6-v2, Apache-2.0; MiniLM: Wang et al. 2020) and trained on invented notes by
`training/train_encoder.py`. What lists and rules say of a word is added to its pieces. Weights are in
`data/encoder.npz`; products are of whole numbers of seven bits, which no processor's short sums overflow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from deid.detect.evidence import Words
from deid.detect.features import of_form, of_place
from deid.detect.network import Floats, shares
from deid.detect.pieces import BEGIN, END, Pieces

#: Pieces that are read at once: a word hears those of its own stretch.
STRETCH = 118
#: Figures that a piece of the table is kept in: four bits each, of which 0 is not used.
_HALF = 8


@dataclass(frozen=True)
class Encoder:
    """Weights as they are computed with.

    pieces     the vocabulary; `table` holds two figures of four bits a byte, `scales` the step of each row
    places     what is added by place in the stretch, places x width
    features   the row of each feature in `said`, features x bag, of which the last row is 0; `inject` is bag x width
    outer      width x labels, and its bias; `direct` is bag x labels
    session    the layers: stretch x width, looked up and added, to stretch x width
    """

    pieces: Pieces
    table: npt.NDArray[np.uint8]
    scales: Floats
    places: Floats
    features: Mapping[str, int]
    said: Floats
    inject: Floats
    outer: tuple[Floats, Floats]
    direct: Floats
    session: Any

    def looked_up(self, rows: Sequence[int]) -> Floats:
        """Return what the table holds of pieces."""
        packed = self.table[list(rows)]
        figures = np.empty((len(packed), 2 * packed.shape[1]), np.float32)
        figures[:, 0::2], figures[:, 1::2] = packed >> 4, packed & 15
        found: Floats = (figures - np.float32(_HALF)) * self.scales[list(rows)][:, None]
        return found


@dataclass(frozen=True)
class Stretch:
    """A run of words of one text: their numbers, the rows of the pieces, the word of each counted from the first."""

    words: range
    rows: tuple[int, ...] = field(repr=False)
    owners: tuple[int, ...] = field(repr=False)


@cache
def encoder() -> Encoder:
    """Return the encoder that is shipped."""
    import onnxruntime

    packed = resources.files("deid").joinpath("data", "encoder.npz").read_bytes()
    with np.load(BytesIO(packed), allow_pickle=False) as held:
        part = {name: held[name] for name in held.files}
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers beside each other do not wait
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(part["layers"].tobytes(), options, providers=["CPUExecutionProvider"])
    return Encoder(
        Pieces({piece: row for row, piece in enumerate(_lines(part["pieces"]))}),
        part["table"],
        part["scales"].astype(np.float32),
        part["places"].astype(np.float32),
        {name: row for row, name in enumerate(_lines(part["features"]))},
        np.pad(part["said"].astype(np.float32) * part["said_scales"].astype(np.float32)[:, None], ((0, 1), (0, 0))),
        part["inject"].astype(np.float32),
        (part["outer"].astype(np.float32), part["outer_bias"].astype(np.float32)),
        part["direct"].astype(np.float32),
        session,
    )


def _lines(octets: npt.NDArray[np.uint8]) -> list[str]:
    return octets.tobytes().decode("utf-8").split("\n")


def read(words: Words, asked: Sequence[int]) -> Floats:
    """Return the probability of each label of the tagger for each word, NaN where no word nearby was asked for.

    A word is judged the same, to the bit, whatever other words are asked for and whatever other texts are read.
    """
    own, wanted = encoder(), frozenset(asked)
    likely = np.full((len(words.written), own.direct.shape[1]), np.nan, np.float32)
    for stretch in stretches(words, own.pieces):
        if not wanted.isdisjoint(stretch.words):
            likely[stretch.words.start : stretch.words.stop] = _heard(own, words, stretch)
    return likely


def stretches(words: Words, pieces: Pieces) -> Iterator[Stretch]:
    """Yield the stretches of a text, cut between words; a word of very many pieces is read by its first ones."""
    rows: list[int] = []
    owners: list[int] = []
    first, current, begun = 0, -1, 0  # the first word, the current one, and where the pieces of that begin
    for row, owner in pieces.of(words.text, words.tokens):
        if owner > current:
            current, begun = owner, len(rows)
        if len(rows) >= STRETCH and begun:
            if current > first:
                yield Stretch(range(first, current), tuple(rows[:begun]), tuple(owners[:begun]))
            rows, owners = rows[begun:], [each - (current - first) if each >= 0 else -1 for each in owners[begun:]]
            first, begun = current, 0
        if len(rows) < STRETCH:
            rows.append(row)
            owners.append(owner - first if owner >= 0 else -1)
    if current >= first:
        yield Stretch(range(first, len(words.tokens)), tuple(rows), tuple(owners))


def _heard(own: Encoder, words: Words, stretch: Stretch) -> Floats:
    """Return the probabilities for the words of a stretch."""
    said = _said(own, words, stretch.words)
    begin, end = own.pieces.rows[BEGIN], own.pieces.rows[END]
    owners = np.array((-1, *stretch.owners, -1))
    held = owners >= 0
    given = own.looked_up((begin, *stretch.rows, end)) + own.places[: len(owners)]
    added = np.zeros_like(given)
    added[held] = (said @ own.inject)[owners[held]]
    (by_piece,) = own.session.run(None, {"given": given[None], "added": added[None]})
    begins = np.flatnonzero(np.diff(owners[held], prepend=-1))  # every word has a piece of its own
    counts = np.diff(begins, append=np.count_nonzero(held)).astype(np.float32)
    mean = np.add.reduceat(by_piece[0][held], begins, axis=0) / counts[:, None]
    return shares(mean @ own.outer[0] + own.outer[1] + said @ own.direct)


def _said(own: Encoder, words: Words, at: range) -> Floats:
    """Return what lists and rules say of words, by the square root of the number of features."""
    bags: list[int] = []
    begins: list[int] = []
    for place in at:
        begins.append(len(bags))
        bags += _form(words.written[place], words.kinds[place])
        bags += [own.features[clue] for clue in of_place(words, place) if clue in own.features]
        if len(bags) == begins[-1]:
            bags.append(len(own.said) - 1)  # a row of noughts
    counts = np.diff(begins, append=len(bags)).astype(np.float32)
    said: Floats = np.add.reduceat(own.said[bags], begins, axis=0)
    said /= np.sqrt(counts)[:, None]
    return said


@lru_cache(maxsize=30_000)
def _form(word: str, kind: str) -> tuple[int, ...]:
    """Return the rows of the features that a word has wherever it stands."""
    rows = encoder().features
    return tuple(rows[clue] for clue in of_form(word, kind) if clue in rows)
