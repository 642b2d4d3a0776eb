"""Features of every word of a text that the network reads: the word, its form, what lists and rules say of it."""

from __future__ import annotations

import re

from deid.detect.evidence import Company, Standing, Words, spelling

_DIGIT, _SMALL, _CAPITAL = re.compile(r"[0-9]"), re.compile(r"[a-z]"), re.compile(r"[A-Z]")


def features(words: Words, at: int) -> tuple[str, ...]:
    """Return the features of one word: those of the word alone, and those of its place in the text."""
    return (*of_word(words.written[at], words.kinds[at]), *of_place(words, at))


def of_place(words: Words, at: int) -> list[str]:
    """Return what is said of a word by its place in the text."""
    return [*of_standing(words.standing[at]), *of_company(words.company[at])]


def of_standing(standing: Standing) -> list[str]:
    """Return the features of how a word stands in the text."""
    return [f"{name}{said}" for name, said in zip("RGHNVT", standing, strict=True)]


def of_company(company: Company) -> list[str]:
    """Return the features of what is held of a word here and elsewhere in the text."""
    near, model, weak, marks = company
    said = [f"Q{near}"]
    if model:
        said.append(f"M{model}")
    if weak:
        said.append(f"q{weak}")
    return [*said, *marks]


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
