"""A small network of our own: what every word of a text can be, judged from its features and those of its neighbours.

Features of a word are looked up in a table and added up; three gated convolutions over three words each carry what
stands up to three words away. Weights are in `data/network.npz`, learnt by `training/train_network.py` from invented
notes. Architecture: bags of features as in fastText (Joulin et al. 2016), gates as in Dauphin et al. 2017.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

import numpy as np
import numpy.typing as npt

from deid.detect.evidence import Words
from deid.detect.features import features

Floats = npt.NDArray[np.float32]
#: What keeps the division by a standard deviation from failing.
SMALL = np.float32(1e-5)
#: Words that are multiplied at once: so few that one processor does it, and workers beside each other do not wait.
AT_ONCE = 16


@dataclass(frozen=True)
class Network:
    """Weights as they are computed with.

    rows    the row of each feature in `table`
    table   features x width: what each feature says
    inner   width x hidden, and its bias
    layers  each: 3 hidden x 2 hidden, and its bias
    outer   hidden x labels, and its bias; `direct` is width x labels
    """

    rows: Mapping[str, int]
    table: Floats
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
        {name: row for row, name in enumerate(names)},
        table,
        (part["inner"], part["inner_bias"]),
        tuple((part[f"layer{at}"], part[f"bias{at}"]) for at in range(depth)),
        (part["outer"], part["outer_bias"]),
        part["direct"],
    )


def chances(words: Words) -> Floats:
    """Return for each word of a text the probability of each label of the tagger."""
    net = network()
    bags = [[net.rows[clue] for clue in features(words, at) if clue in net.rows] for at in range(len(words.written))]
    summed = np.zeros((len(bags), net.table.shape[1]), np.float32)
    known = np.array([len(bag) for bag in bags])
    filled = np.flatnonzero(known)
    if len(filled):
        flat = np.array([row for bag in bags for row in bag])
        starts = np.concatenate(([0], np.cumsum(known[filled])[:-1]))
        summed[filled] = np.add.reduceat(net.table[flat], starts, axis=0)
    summed /= np.sqrt(np.maximum(known, 1), dtype=np.float32)[:, None]
    hidden = np.maximum(_even(_times(summed, net.inner[0]) + net.inner[1]), 0)
    for weights, bias in net.layers:
        beside = np.zeros((len(hidden) + 2, hidden.shape[1]), np.float32)
        beside[1:-1] = hidden
        both = _times(np.hstack([beside[:-2], hidden, beside[2:]]), weights) + bias
        value, gate = np.split(both, 2, axis=1)
        hidden = hidden + _even(value / (1 + np.exp(-gate)))
    sums = hidden @ net.outer[0] + net.outer[1] + summed @ net.direct
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    likely: Floats = powers / powers.sum(axis=1, keepdims=True)
    return likely


def _times(figures: Floats, weights: Floats) -> Floats:
    """Return the product, a few rows at a time."""
    parts = [figures[at : at + AT_ONCE] @ weights for at in range(0, len(figures), AT_ONCE)]
    return np.concatenate(parts) if parts else np.zeros((0, weights.shape[1]), np.float32)


def _even(figures: Floats) -> Floats:
    """Return each row with mean 0 and variance 1."""
    centred = figures - figures.mean(axis=1, keepdims=True)
    even: Floats = centred / np.sqrt((centred * centred).mean(axis=1, keepdims=True) + SMALL)
    return even
