"""Variants of hand-written notes: every identifier swapped for another value of its kind, in the form it was written in.

What is learnt from a note is then the language around its identifiers and not who or what stands there.
"""

# ruff: noqa: E501 - forms are read as lines

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deid.detect import lexicon
from deid.detect.reading import PARTICLES

Note = dict[str, Any]
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{2,})?")
_PERSONS = ("NAME_PATIENT", "NAME_DOCTOR", "NAME_STAFF", "NAME_RELATIVE")
_POOLED = ("HOSPITAL", "ORGANIZATION", "LOCATION_CITY", "LOCATION_STREET")
_SHAPED = ("MRN", "SUBJECT_ID", "ACCESSION", "LICENSE", "VEHICLE", "HEALTH_PLAN", "SSN", "DEVICE", "SPECIMEN_ID",
           "PHONE", "FAX", "PAGER", "ACCOUNT", "BIOMETRIC", "LOCATION_ZIP", "IP")  # fmt: skip
_KEPT = 0.25
_WORDLIKE = 0.22


@dataclass(frozen=True)
class Pools:
    """What identifiers are swapped for: names by place in a name, places by type, clinical terms by kind."""

    names: Mapping[str, Sequence[str]]
    places: Mapping[str, Sequence[str]]
    terms: Mapping[str, Sequence[str]]

    @classmethod
    def of(
        cls, notes: Sequence[Note], names: Mapping[str, Sequence[str]], places: Mapping[str, Sequence[str]]
    ) -> Pools:
        """Gather what the notes themselves hold, beside lists of names and places."""
        held: dict[str, list[str]] = {kind: list(places.get(kind, ())) for kind in _POOLED}
        terms: dict[str, list[str]] = {}
        for note in notes:
            for span in note["spans"]:
                if span["type"] in held:
                    held[span["type"]] += [note["text"][span["start"] : span["end"]]] * 3
            for trap in note["traps"]:
                terms.setdefault(trap["kind"], []).append(note["text"][trap["start"] : trap["end"]])
        return cls(names, held, terms)


@dataclass
class Swap:
    """The new values of one variant: the same word becomes the same word throughout a note."""

    rng: random.Random
    pools: Pools
    words: dict[str, str] = field(default_factory=dict)
    values: dict[tuple[str, str], str] = field(default_factory=dict)

    def value(self, kind: str, written: str) -> str:
        """Return what stands for an identifier in this variant."""
        key = (kind[:4], written.lower())
        if key not in self.values:
            self.values[key] = self._drawn(kind, written)
        return _cased_like(self.values[key], written)

    def _drawn(self, kind: str, written: str) -> str:
        if kind in _PERSONS:
            return self._person(written)
        if self.rng.random() < _KEPT:
            return written
        if kind in _POOLED:
            return self.rng.choice(self.pools.places[kind] or [written])
        if kind in _SHAPED:
            return "".join(map(self._figure, written))
        if kind == "NAME_INITIALS":
            return re.sub(r"[A-Za-z]", lambda m: self._letter(m.group()), written)
        return written

    def _figure(self, char: str) -> str:
        return str(self.rng.randrange(10)) if char.isdigit() else char

    def _letter(self, char: str) -> str:
        drawn = self.rng.choice("ABCDEFGHIJKLMNOPRSTVW")
        return drawn if char.isupper() else drawn.lower()

    def _person(self, written: str) -> str:
        words = list(_WORD.finditer(written))
        new, at = "", 0
        for number, word in enumerate(words):
            new += written[at : word.start()]
            new += self._name(word.group(), number, len(words), "," in written[word.end() : word.end() + 1])
            at = word.end()
        return new + written[at:]

    def _name(self, word: str, number: int, of: int, comma: bool) -> str:
        plain = lexicon.fold_word(word)
        if len(word) == 1:
            return self._letter(word)
        if plain in PARTICLES or plain in (
            "bint",
            "o",
            "mc",
            "uncle",
            "auntie",
            "aunt",
            "nana",
            "granny",
            "ma",
            "wm",
            "jr",
            "sr",
        ):
            return word
        if plain not in self.words:
            family = comma or (number > 0 and number == of - 1) or (of == 1 and plain not in lexicon.given_names())
            likely_word = self.rng.random() < _WORDLIKE
            pool = ("family" if family else "given") + ("_words" if likely_word else "")
            self.words[plain] = self.rng.choice(self.pools.names[pool])
        return _cased_like(self.words[plain], word)


def _cased_like(value: str, pattern: str) -> str:
    if len(pattern) > 1 and pattern.isupper():
        return value.upper()
    return value.lower() if pattern.islower() else value


def variant(note: Note, pools: Pools, rng: random.Random) -> Note:
    """Return a note with its identifiers, and some of its clinical terms, swapped; one in eight in another casing."""
    swap = Swap(rng, pools)
    marks = sorted(
        [(mark, name) for name in ("spans", "traps", "neutral") for mark in note[name]],
        key=lambda pair: pair[0]["start"],
    )
    made: Note = {"id": note["id"], "note_type": note["note_type"], "spans": [], "traps": [], "neutral": []}
    text, at = "", 0
    for mark, name in marks:
        written = note["text"][mark["start"] : mark["end"]]
        text += note["text"][at : mark["start"]]
        at = mark["end"]
        if name == "spans":
            written = swap.value(mark["type"], written)
        elif name == "traps" and rng.random() < 0.5:
            written = _cased_like(rng.choice(pools.terms[mark["kind"]]), written)
        made[name].append({**mark, "start": len(text), "end": len(text) + len(written)})
        text += written
    made["text"] = _recased(text + note["text"][at:], rng)
    return made


def _recased(text: str, rng: random.Random) -> str:
    draw = rng.random()
    changed = text.lower() if draw < 0.09 else text.upper() if draw < 0.13 else text
    return changed if len(changed) == len(text) else text
