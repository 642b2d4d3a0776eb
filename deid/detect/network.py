"""A small network of our own: what every word of a text can be, judged from its features and those of its neighbours.

Features of a word are looked up in a table and added up; three gated convolutions over three words each carry what
stands up to three words away. Weights are in `data/network.npz`, learnt by `training/train_network.py` from invented
notes. Architecture: bags of features as in fastText (Joulin et al. 2016), gates as in Dauphin et al. 2017.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from deid.detect.evidence import Words
from deid.detect.features import of_word
from deid.detect.sums import Floats, Sums

Places = npt.NDArray[np.int64]
#: What keeps the division by a standard deviation from failing.
SMALL = np.float32(1e-5)
#: Words that are multiplied at once: so few that one processor does it, and workers beside each other do not wait.
AT_ONCE = 16
_BESIDE = np.array([-1, 0, 1])


@dataclass(frozen=True)
class Network:
    """Weights as they are computed with.

    sums    what the features of a word say in all, words x width
    inner   width x hidden, and its bias
    layers  each: 3 hidden x 2 hidden, and its bias
    outer   hidden x labels, and its bias; `direct` is width x labels
    """

    sums: Sums
    inner: tuple[Floats, Floats]
    layers: tuple[tuple[Floats, Floats], ...]
    outer: tuple[Floats, Floats]
    direct: Floats


@cache
def network() -> Network:
    """Return the network that is shipped."""
    packed = resources.files("deid").joinpath("data", "network.npz").read_bytes()
    with np.load(BytesIO(packed), allow_pickle=False) as held:
        names = held["names"].tobytes().decode("utf-8").split("\n")
        table = held["table"].astype(np.float32) * held["scales"].astype(np.float32)[:, None]
        part = {name: held[name].astype(np.float32) for name in held.files if name not in ("names", "table", "scales")}
    depth = sum(name.startswith("layer") for name in part)
    return Network(
        Sums(table, {name: row for row, name in enumerate(names)}, of_word),
        (part["inner"], part["inner_bias"]),
        tuple((part[f"layer{at}"], part[f"bias{at}"]) for at in range(depth)),
        (part["outer"], part["outer_bias"]),
        part["direct"],
    )


def chances(texts: Sequence[Words], judged: Sequence[Sequence[int]]) -> Floats:
    """Return the probability of each label of the tagger for the judged words of all texts, one after the other.

    A word is judged the same, to the bit, whatever is judged beside it.
    """
    net = network()
    ends = np.cumsum([len(words.written) + 1 for words in texts])
    starts = np.concatenate(([1], ends + 1))  # one place between texts is nobody's
    there = np.zeros(starts[-1] + 1, bool)
    for start, words in zip(starts, texts, strict=False):
        there[start : start + len(words.written)] = True
    wanted = np.concatenate([start + np.asarray(own, np.int64) for start, own in zip(starts, judged, strict=False)])
    needed = [wanted]
    for _ in net.layers:
        needed.insert(0, _around(needed[0], there))
    places = [(here - start).tolist() for here, start in zip(_cut(needed[0], starts), starts, strict=False)]
    own = net.sums.of(list(zip(texts, places, strict=True)))
    hidden = np.maximum(_even(_times(own, net.inner[0]) + net.inner[1]), 0)
    for (weights, bias), (here, heard) in zip(net.layers, pairwise(needed), strict=True):
        row = np.zeros(len(there), np.int64)
        row[here] = np.arange(1, len(here) + 1)
        beside = np.concatenate([np.zeros((1, hidden.shape[1]), np.float32), hidden])  # row 0: what is in no text
        both = _times(beside[row[heard[:, None] + _BESIDE]].reshape(len(heard), len(weights)), weights) + bias
        value, gate = np.split(both, 2, axis=1)
        hidden = beside[row[heard]] + _even(value / (1 + np.exp(-gate)))
    own = own[np.searchsorted(needed[0], wanted)]
    sums = _times(hidden, net.outer[0]) + net.outer[1] + _times(own, net.direct)
    return shares(sums)


def shares(sums: Floats) -> Floats:
    """Return the probability of each label from the sums of each row."""
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    likely: Floats = powers / powers.sum(axis=1, keepdims=True)
    return likely


def _around(places: Places, there: npt.NDArray[np.bool_]) -> Places:
    """Return places with those beside them, as far as a word is there."""
    reach = np.zeros(len(there), bool)
    reach[(places[:, None] + _BESIDE).ravel()] = True
    return np.flatnonzero(reach & there)


def _cut(places: Places, starts: Places) -> list[Places]:
    """Return the places that lie in each text."""
    return np.split(places, np.searchsorted(places, starts[1:-1]))


def _times(figures: Floats, weights: Floats) -> Floats:
    """Return the product, always so many rows at once that a row comes out the same beside any others."""
    blocks = -(-len(figures) // AT_ONCE)
    filled = np.zeros((blocks * AT_ONCE, figures.shape[1]), np.float32)
    filled[: len(figures)] = figures
    product: Floats = filled.reshape(blocks, AT_ONCE, figures.shape[1]) @ weights
    return product.reshape(len(filled), weights.shape[1])[: len(figures)]


def _even(figures: Floats) -> Floats:
    """Return each row with mean 0 and variance 1."""
    centred = figures - figures.mean(axis=1, keepdims=True)
    even: Floats = centred / np.sqrt((centred * centred).mean(axis=1, keepdims=True) + SMALL)
    return even
