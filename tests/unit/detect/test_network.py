"""The network: what it holds of words from what stands around them, and weights that fit its labels."""

from __future__ import annotations

import numpy as np
import pytest

from deid.detect.evidence import Words
from deid.detect.features import features
from deid.detect.network import Floats, network
from deid.detect.network import chances as chances_of
from deid.detect.tagger import LABELS

NOTE = "tube 8.0 at 23, tolerating feeds.\nfamily updated, kept npo after 4\njwk"


def chances(words: Words) -> Floats:
    """Return the chances of every word of one text."""
    return chances_of([words], [range(len(words.written))])


def test_the_chances_of_a_word_add_up_to_one() -> None:
    words = Words(NOTE, ())
    likely = chances(words)
    assert likely.shape == (len(words.written), len(LABELS))
    assert likely.sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_letters_that_sign_a_note_are_likelier_initials_than_the_same_letters_within_it() -> None:
    signed, within = Words(NOTE, ()), Words("tube 8.0 at 23, jwk tolerating feeds.\nfamily updated", ())
    column = LABELS.index("initials")
    assert chances(signed)[signed.written.index("jwk"), column] > chances(within)[within.written.index("jwk"), column]
    assert chances(signed)[signed.written.index("jwk"), column] > 0.5


def test_words_without_a_known_feature_are_judged_by_their_neighbours() -> None:
    assert chances(Words("§§ ??", ())).shape == (0, len(LABELS))
    assert np.isfinite(chances(Words("Ѫ ᛒ 𐍈", ()))).all()


def test_a_word_is_judged_the_same_whatever_is_judged_beside_it() -> None:
    texts = [Words(text, ()) for text in (NOTE, "", "jwk", f"{NOTE} {NOTE}", "Seen by Dr Ostrander\nwith his son")]
    some = [[at for at in range(len(words.written)) if at % 3] for words in texts]
    alone = [chances(words)[own] for words, own in zip(texts, some, strict=True)]
    assert (chances_of(texts, some) == np.concatenate(alone)).all()
    assert (chances_of(texts[::-1], some[::-1]) == np.concatenate(alone[::-1])).all()


def test_the_weights_fit_each_other() -> None:
    net = network()
    assert net.sums.of([(Words(NOTE, ()), [0, 2])]).shape == (2, net.inner[0].shape[0])
    assert net.outer[0].shape == (net.inner[0].shape[1], len(LABELS))
    assert all(weights.shape == (3 * len(bias) // 2, len(bias)) for weights, bias in net.layers)


def test_features_say_how_a_word_is_written_and_what_stands_around_it() -> None:
    words = Words("Call McRae re: bloods", ())
    own = features(words, 1)
    assert {"Wmcrae", "XAaAaa", "G ", "H "} <= set(own)
