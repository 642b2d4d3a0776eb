"""Features of every word of a text that the network reads: the word, its form, what lists and rules say of it."""

from __future__ import annotations

import re

from deid.detect.evidence import Words, spelling

_DIGIT, _SMALL, _CAPITAL = re.compile(r"[0-9]"), re.compile(r"[a-z]"), re.compile(r"[A-Z]")


def features(words: Words, at: int) -> tuple[str, ...]:
    """Return the features of one word: those of the word alone, and those of its place in the text."""
    return (*of_word(words.written[at], words.kinds[at]), *of_place(words, at))


def of_place(words: Words, at: int) -> list[str]:
    """Return what is said of a word by its place in the text."""
    known = words.placed.get(at)
    if known is None:
        known = words.placed[at] = _placed(words, at)
    return known


def _placed(words: Words, at: int) -> list[str]:
    own, low = words.kinds[at], words.written[at].lower()
    placed = [
        f"R{words.rules[at]}",
        f"G{words.gaps[at]}",
        f"H{words.gaps[at + 1]}",
        f"N{min(words.again[low], 4)}",
        f"V{words.lines[at]}",
        f"T{words.tone}",
        f"Q{words.near[at]}",
    ]
    if words.model[at]:
        placed.append(f"M{words.model[at]}")
    if words.weak[at]:
        placed.append(f"q{words.weak[at]}")
    if low in words.titled:
        placed.append("titled")
    if own[0] in "TM" and low in words.lowered:
        placed.append("low")
    if words.may_sign(at):
        placed.append("acr")
    return placed


def of_form(word: str, kind: str) -> tuple[str, ...]:
    """Return what a word's form and the lists say of it, whatever word it is."""
    return (f"K{kind}", f"C{kind[0]}", f"L{min(len(word), 10)}", *(f"F{flag}" for flag in kind[1:]))


def of_word(word: str, kind: str) -> tuple[str, ...]:
    """Return the features of a word wherever it stands; `kind` is what the lists know of it."""
    low = word.lower()
    found = [f"K{kind}", f"C{kind[0]}", f"L{min(len(word), 10)}", f"W{low}"]
    if kind[0] == "#":
        return (*found, "S" + _DIGIT.sub("9", _SMALL.sub("a", _CAPITAL.sub("A", word)))[:12])
    edged = f"<{low[:30]}>"
    found += [f"F{flag}" for flag in kind[1:]]
    found += [f"e{low[-3:]}", f"e2{low[-2:]}", f"e4{low[-4:]}", f"i{low[:3]}", f"i2{low[:2]}"]
    found += [f"3{edged[at : at + 3]}" for at in range(len(edged) - 2)]
    if len(word) <= 7:
        found.append(f"X{spelling(word)}")
    return tuple(found)
