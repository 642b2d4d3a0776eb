"""The encoder: how it cuts words and texts, and that a word is judged the same whatever else is asked."""

import time

import numpy as np
import pytest

from deid.detect.encoder import STRETCH, encoder, read, stretches
from deid.detect.evidence import Words
from deid.detect.tagger import LABELS

NOTE = (
    "Brannigan rang from Otley Road on the 14th; KJM to chase. Metformin held, eGFR 62 mL/min, review with Dr Oyelaran."
)
LONG = " ".join(f"{NOTE} Visit {number}, seen by the team at Harkwell." for number in range(12))


def cut(text: str) -> list[str]:
    own = encoder().pieces
    names = {row: piece for piece, row in own.rows.items()}
    return [names[row] for row in own.of(text)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hospital", ["hospital"]),
        ("Zoë's", ["zoe", "'", "s"]),
        ("metforminx", ["met", "##form", "##in", "##x"]),
        ("12/3", ["12", "/", "3"]),
        ("病院", ["[UNK]"]),
        ("a" * 41, ["[UNK]"]),
    ],
)
def test_words_are_cut_into_the_longest_known_pieces(text: str, pieces: list[str]) -> None:
    assert cut(text) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        NOTE,
        LONG,
        "." * 300 + " Otley",
        "x" * 5_000,
        "ab/" * 400,
        f"{'-' * 200}{NOTE}{'-' * 400}",
        "l'a " * 300,
    ],
)
def test_every_word_stands_in_one_stretch_with_a_piece_of_its_own(text: str) -> None:
    words = Words(text, [])
    found = list(stretches(words, encoder().pieces))
    assert [at for stretch in found for at in stretch.words] == list(range(len(words.tokens)))
    for stretch in found:
        assert len(stretch.rows) == len(stretch.owners) <= STRETCH
        assert set(stretch.owners) - {-1} == set(range(len(stretch.words)))


def test_a_word_is_judged_the_same_to_the_bit_whatever_else_is_asked() -> None:
    words = Words(LONG, [])
    (whole,) = read([words], [range(len(words.tokens))])
    assert whole.shape == (len(words.tokens), len(LABELS))
    assert whole.sum(axis=1) == pytest.approx(1.0)
    for asked in ([3], [3, 200], [len(words.tokens) - 1]):
        (part,) = read([words], [asked])
        there = ~np.isnan(part[:, 0])
        assert there[asked].all()
        assert not there.all()
        assert np.array_equal(part[there], whole[there])


def test_a_text_is_read_the_same_to_the_bit_whatever_is_read_with_it() -> None:
    texts = [
        Words(f"{NOTE[start:]} {name} {'again ' * times}", [])
        for start in (0, 9, 14)
        for name in ("Otley", "Rosa", "of")
        for times in range(14)
    ]
    asked = [range(len(words.tokens)) for words in texts]
    together = read(texts, asked)
    for words, own, heard in zip(texts, asked, together, strict=True):
        assert np.array_equal(read([words], [own])[0], heard)
    for heard, again in zip(together, reversed(read(texts[::-1], asked[::-1])), strict=True):
        assert np.array_equal(heard, again)


def test_what_stands_around_a_word_is_heard() -> None:
    def chance(text: str, word: str) -> float:
        words = Words(text, [])
        return float(1 - read([words], [range(len(words.tokens))])[0][words.written.index(word), 0])

    assert chance("He stacks shelves at Boots most evenings and hates it.", "Boots") > 0.5
    assert chance("Boots and socks off, both feet examined, no ulcer seen.", "Boots") < 0.1


def test_time_grows_with_length() -> None:
    seconds = []
    for times in (4, 16):
        words = Words(LONG * times, [])
        started = time.process_time()
        read([words], [range(len(words.tokens))])
        seconds.append(time.process_time() - started)
    assert seconds[1] < 8 * seconds[0]
