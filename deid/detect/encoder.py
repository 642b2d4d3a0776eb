"""A small encoder: what every word of a text can be, judged from all that stands up to a hundred words around it.

Three layers of attention over pieces of words (Vaswani et al. 2017), begun from the first layers of a public model of
general English (all-MiniLM-L6-v2, Apache-2.0; MiniLM: Wang et al. 2020) and trained on invented notes by
`training/train_encoder.py`; the half of each layer on which the labels hung least was left out on the way. What lists
and rules say of a word is added to its pieces. Weights are in `data/encoder.npz`; products are of whole numbers of
seven bits, which no processor's short sums overflow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from deid.detect.evidence import Words
from deid.detect.features import of_form
from deid.detect.network import shares
from deid.detect.pieces import BEGIN, END, Pieces
from deid.detect.sums import Floats, Sums

#: Pieces that are read at once: a word hears those of its own stretch.
STRETCH = 118
#: Pieces of stretches of one length that are computed together: as many as stay near the processor.
TOGETHER = 256
#: Figures that a piece of the table is kept in: four bits each, of which 0 is not used.
_HALF = 8


@dataclass(frozen=True)
class Encoder:
    """Weights as they are computed with.

    pieces    the vocabulary; `table` holds its figures, pieces x width, `scales` the step of each row
    places    what is added by place in the stretch, places x width
    said      what lists and rules say of a word, words x bag
    session   the layers: what pieces and features say, texts x pieces x width and bag, to sums of the labels
    labels    how many labels there are
    """

    pieces: Pieces
    table: npt.NDArray[np.int8]
    scales: Floats
    places: Floats
    said: Sums
    session: Any
    labels: int

    def looked_up(self, rows: npt.NDArray[np.int64]) -> Floats:
        """Return what the table holds of pieces, texts x pieces."""
        found: Floats = self.table[rows] * self.scales[rows][..., None]
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
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC  # more would be slower
    session = onnxruntime.InferenceSession(part["layers"].tobytes(), options, providers=["CPUExecutionProvider"])
    return Encoder(
        Pieces({piece: row for row, piece in enumerate(_lines(part["pieces"]))}),
        _figures(part["table"]),
        part["scales"].astype(np.float32),
        part["places"].astype(np.float32),
        Sums(
            part["said"].astype(np.float32) * part["said_scales"].astype(np.float32)[:, None],
            {name: row for row, name in enumerate(_lines(part["features"]))},
            of_form,
        ),
        session,
        session.get_outputs()[0].shape[-1],
    )


def _figures(packed: npt.NDArray[np.uint8]) -> npt.NDArray[np.int8]:
    """Return the figures of which a byte holds two."""
    figures = np.empty((len(packed), 2 * packed.shape[1]), np.int8)
    figures[:, 0::2], figures[:, 1::2] = packed >> 4, packed & 15
    return figures - np.int8(_HALF)


def _lines(octets: npt.NDArray[np.uint8]) -> list[str]:
    return octets.tobytes().decode("utf-8").split("\n")


def read(texts: Sequence[Words], asked: Sequence[Sequence[int]]) -> list[Floats]:
    """Return for each text the probability of each label of the tagger for each word, NaN where none nearby is asked.

    A word is judged the same, to the bit, whatever other words are asked for and whatever other texts are read.
    """
    own = encoder()
    likely = [np.full((len(words.written), own.labels), np.nan, np.float32) for words in texts]
    listed = [
        (number, stretch)
        for number, (words, wanted) in enumerate(zip(texts, map(frozenset, asked), strict=True))
        for stretch in (stretches(words, own.pieces) if wanted else ())
        if not wanted.isdisjoint(stretch.words)
    ]
    said = own.said.of([(texts[number], stretch.words) for number, stretch in listed])
    said = np.concatenate([said, np.zeros((1, said.shape[1]), np.float32)])  # the last row is of pieces of no word
    first = 0
    of_length: dict[int, list[tuple[int, Stretch, int]]] = {}
    for number, stretch in listed:
        of_length.setdefault(len(stretch.rows), []).append((number, stretch, first))
        first += len(stretch.words)
    for length, alike in of_length.items():
        at_once = max(1, TOGETHER // length)
        for start in range(0, len(alike), at_once):
            batch = alike[start : start + at_once]
            heard = _heard(own, [stretch for _, stretch, _ in batch], [place for *_, place in batch], said)
            for (number, stretch, _), chances in zip(batch, heard, strict=True):
                likely[number][stretch.words.start : stretch.words.stop] = chances
    return likely


def stretches(words: Words, pieces: Pieces) -> Iterator[Stretch]:
    """Yield the stretches of a text, cut between words; a word of very many pieces is read by its first ones."""
    rows: list[int] = list(pieces.of(words.between[0]))
    owners = [-1] * len(rows)
    first = 0
    for at, (word, after) in enumerate(zip(words.written, words.between[1:], strict=True)):
        own, further = pieces.of(word), pieces.of(after)
        if rows and len(rows) + len(own) + len(further) > STRETCH:
            if at > first:
                yield Stretch(range(first, at), tuple(rows), tuple(owners))
            rows, owners, first = [], [], at
        rows += (*own, *further)
        owners += [at - first] * len(own) + [-1] * len(further)
        if len(rows) > STRETCH:
            del rows[STRETCH:], owners[STRETCH:]
    if words.written:
        yield Stretch(range(first, len(words.written)), tuple(rows), tuple(owners))


def _heard(own: Encoder, batch: Sequence[Stretch], firsts: Sequence[int], said: Floats) -> list[Floats]:
    """Return the probabilities for the words of stretches of one length; `said` holds theirs from `firsts` on."""
    begin, end, nobody = own.pieces.rows[BEGIN], own.pieces.rows[END], len(said) - 1
    rows, owners = (np.zeros((len(batch), len(batch[0].rows) + 2), np.int64) for _ in range(2))
    rows[:, 0], rows[:, -1], owners[:, 0], owners[:, -1] = begin, end, -1, -1
    rows[:, 1:-1], owners[:, 1:-1] = [stretch.rows for stretch in batch], [stretch.owners for stretch in batch]
    owners = np.where(owners >= 0, owners + np.array(firsts)[:, None], nobody)
    given = own.looked_up(rows)
    given += own.places[: rows.shape[1]]
    (sums,) = own.session.run(None, {"given": given, "said": said[owners]})
    held = owners.ravel()
    begins = np.flatnonzero(np.diff(held[held < nobody], prepend=-1))  # every word has a piece of its own
    counts = np.diff(begins, append=np.count_nonzero(held < nobody)).astype(np.float32)
    mean = np.add.reduceat(sums.reshape(-1, own.labels)[held < nobody], begins, axis=0) / counts[:, None]
    ends = np.cumsum([len(stretch.words) for stretch in batch])
    return np.split(shares(mean.astype(np.float32, copy=False)), ends[:-1])
