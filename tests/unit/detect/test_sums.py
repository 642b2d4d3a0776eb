"""Sums of features: the same to the bit in whatever order and company they are first asked for."""

import numpy as np

from deid.detect import sums
from deid.detect.evidence import Words
from deid.detect.features import of_word
from deid.detect.sums import Sums

TEXT = "Brannigan rang from Otley Road on the 14th; KJM to chase. Dr Oyelaran saw her, Oyelaran's note follows.\nkjm"


def made() -> Sums:
    words = Words(TEXT, ())
    rows = {clue: row for row, clue in enumerate(sorted({clue for word, kind in zip(words.written, words.kinds, strict=True) for clue in of_word(word, kind)}))}  # fmt: skip  # noqa: E501
    table = np.random.default_rng(5).normal(size=(len(rows), 48)).astype(np.float32)
    return Sums(table, rows, of_word)


def test_a_word_has_the_same_sum_to_the_bit_however_it_was_first_asked_for() -> None:
    words = Words(TEXT, ())
    every = range(len(words.written))
    whole = made().of([(words, every)])
    alone, backwards = made(), made()
    assert np.array_equal(np.concatenate([alone.of([(words, [at])]) for at in every]), whole)
    assert np.array_equal(backwards.of([(words, every[::-1])])[::-1], whole)


def test_what_is_remembered_is_bounded_and_forgotten_sums_come_back_the_same() -> None:
    words = Words(TEXT, ())
    every = range(len(words.written))
    whole = made().of([(words, every)])
    small = made()
    for part in (small._alone, small._standing, small._company):
        part._sums = part._sums[:4].copy()
    for at in (*every, *every):
        assert np.array_equal(small.of([(words, [at])])[0], whole[at])
    assert all(len(part._at) <= sums.REMEMBERED for part in (small._alone, small._standing, small._company))
