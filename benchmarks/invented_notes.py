"""Invented notes from sentences with slots: text, gold spans, clinical terms that must stay, the subject's own record.

A file of sentences has kinds of notes (`## name`) with lines `open:`, `body:` and `close:`. `{who.form}` is a slot,
`<words=kind>` a clinical term, `[a|b]` a choice, `\\n` a line break. Everything follows from the seed.
"""

# ruff: noqa: E501 - forms and lists are read as lines

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from invented_values import AGES_IN_WORDS, Date, number_of, value_of

_SLOT = re.compile(r"\{([\w.]+)\}|<([^<>=]+)=(\w+)>")
_PRONOUNS = {"f": ("she", "her", "her"), "m": ("he", "his", "him")}
_TYPES = {"p": "NAME_PATIENT", "d": "NAME_DOCTOR", "n": "NAME_STAFF", "k": "NAME_RELATIVE"}
_KIN = {"f": ("wife", "daughter", "sister", "mother"), "m": ("husband", "son", "brother", "father")}
_CLINICAL = ("drug", "eponym", "term")
_ALSO_A_WORD = 1 / 7
#: Slots that are neither right nor wrong to cover.
_NEUTRAL = {
    "age": "AGE_OK",
    "age_word": "AGE_OK",
    "year": "YEAR",
    "month": "MONTH",
    "weekday": "WEEKDAY",
    "time": "TIME",
}


@dataclass(frozen=True)
class Words:
    """The lists that persons and places are drawn from."""

    lists: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, path: Path) -> Words:
        """Read `[name]` sections of words between commas."""
        lists = {}
        for part in path.read_text(encoding="utf-8").split("\n[")[1:]:
            name, _, words = part.partition("]\n")
            lists[name] = tuple(word.strip() for word in words.replace("\n", ",").split(",") if word.strip())
        return cls(lists)


@dataclass(frozen=True)
class Person:
    """An invented person of a note."""

    first: str
    last: str
    sex: str
    relation: str

    @property
    def letters(self) -> str:
        plain = [re.sub(r"^(?:de la|van der|al-|bin|de)\s?", "", part, flags=re.IGNORECASE) for part in (self.first, self.last)]  # fmt: skip
        return "".join(part[0].upper() for part in plain)


def _cased(written: str, form: str) -> str:
    """Return a value in the case that its slot asks for."""
    return written.upper() if form.endswith("upper") else written.lower() if form.endswith("lower") else written


@dataclass
class Sheet:
    """One note while it is being written."""

    rng: random.Random
    words: Words
    people: dict[str, Person] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    text: str = ""
    spans: list[dict[str, Any]] = field(default_factory=list)
    traps: list[dict[str, Any]] = field(default_factory=list)
    neutral: list[dict[str, Any]] = field(default_factory=list)

    def write(self, template: str) -> None:
        """Append a sentence with its slots filled."""
        chosen = re.sub(
            r"\[([^\[\]{}<>|]*(?:\|[^\[\]{}<>|]*)+)\]", lambda m: self.rng.choice(m[1].split("|")), template
        )
        at = 0
        for slot in _SLOT.finditer(chosen):
            self.text += chosen[at : slot.start()].replace("\\n", "\n")
            at = slot.end()
            if slot[2]:
                self._mark(self.traps, slot[2], "kind", slot[3])
            else:
                self._fill(slot[1])
        self.text += chosen[at:].replace("\\n", "\n")

    def _mark(self, marks: list[dict[str, Any]], written: str, label: str, kind: str) -> None:
        marks.append({"start": len(self.text), "end": len(self.text) + len(written), label: kind})
        self.text += written

    def _fill(self, slot: str) -> None:
        who, _, form = slot.partition(".")
        if who[0] in _TYPES and (who[1:].isdigit() or who == "p"):
            self._person(who, form)
        elif who.removesuffix("_upper").removesuffix("_lower") in _CLINICAL:
            term = self.rng.choice(self.words.lists[who.split("_")[0]])
            self._mark(self.traps, _cased(term, who), "kind", who.split("_")[0])
        elif who.startswith("hosp"):
            self._mark(self.spans, self._place(who, form), "type", "HOSPITAL")
        else:
            self._value(slot)

    def person(self, who: str) -> Person:
        """Return the person of a slot, the same throughout the note."""
        if who not in self.people:
            sex = self.rng.choice("fm")
            first = self._name("women" if sex == "f" else "men")
            related = who[0] == "k" and self.rng.random() < 0.5
            last = self.person("p").last if related else self._name("family")
            self.people[who] = Person(first, last, sex, self.rng.choice(_KIN[sex]))
        return self.people[who]

    def _name(self, of: str) -> str:
        """Draw a name; one in seven is a common word too, such as Field or Grace."""
        return self.rng.choice(self.words.lists[f"{of}_words" if self.rng.random() < _ALSO_A_WORD else of])

    def _person(self, who: str, form: str) -> None:
        person, kind = self.person(who), _TYPES[who[0]]
        pronoun = dict(zip(("he", "his", "him"), _PRONOUNS[person.sex], strict=True))
        if form in ("he", "his", "him", "He", "His", "he_cap"):
            word = pronoun[form.removesuffix("_cap").lower()]
            self.text += word.capitalize() if form[0] == "H" or form == "he_cap" else word
        elif form in ("he_k1",):
            self.text += _PRONOUNS[self.person("k1").sex][0]
        elif form in ("relation", "relation_upper", "kinword"):
            word = self.person("k1").relation if form == "kinword" else person.relation
            self.text += word.upper() if form.endswith("upper") else word
        elif form in ("age_word", "Age_word"):
            word = AGES_IN_WORDS[self.rng.randrange(20, 89)]
            self._mark(self.neutral, word.capitalize() if form[0] == "A" else word, "kind", "AGE_OK")
        elif form.startswith("initials"):
            letters = person.letters if "lower" not in form else person.letters.lower()
            self._mark(self.spans, letters, "type", "NAME_INITIALS")
        elif form == "user":
            self._mark(self.spans, self.values.setdefault(who + form, self._user(person)), "type", "USERNAME")
        else:
            self._named(person, form, kind)

    def _named(self, person: Person, form: str, kind: str) -> None:
        if form.startswith(("mr_", "title")):
            doctor = kind == "NAME_DOCTOR" and form != "mr_last"
            title = self.rng.choice(["Dr ", "Dr. "] if doctor else ["Mr ", "Mr. "] if person.sex == "m" else ["Mrs ", "Ms "])  # fmt: skip
            self.text += title
            form = "last" if form in ("title", "title_last", "mr_last") else "full"
        if form in ("full", "full_upper", "full_lower"):
            written = f"{person.first} {person.last}"
        elif form == "finit":
            written = f"{person.first[0]}. {person.last}"
        elif form == "last2":
            written = self._name("family")
        elif form in ("first", "first_upper", "first_lower", "FIRST"):
            written = person.first
        else:
            written = person.last
        written = _cased(written, "upper" if form == "FIRST" else form)
        self._mark(self.spans, written, "type", kind)

    def _user(self, person: Person) -> str:
        first, last = (re.sub(r"[^a-z]", "", part.lower()) for part in (person.first, person.last))
        return self.rng.choice([f"{first[0]}{last[:7]}", f"{last[:6]}{first[0]}{self.rng.randrange(1, 99)}", f"{first}.{last}", f"{first[:3]}{last[:3]}"])  # fmt: skip

    def _place(self, who: str, form: str) -> str:
        stem = self.values.setdefault(who, self.rng.choice(self.words.lists["stems"] + self.words.lists["saints"]))
        saint = stem in self.words.lists["saints"]
        if form.startswith("full"):
            tail = self.values.setdefault(who + "full", self.rng.choice(["General Hospital", "Infirmary", "Memorial", "Medical Center", "Royal", "Cottage Hospital", "Health Centre", "Cancer Institute", "District General"]))  # fmt: skip
            written = f"St {stem}'s {tail}" if saint else f"{stem} {tail}"
        else:
            written = f"St {stem}'s" if saint else self.values.setdefault(who + "bare", self.rng.choice([stem, f"{stem} Vale", f"{stem} House"]))  # fmt: skip
        return _cased(written, form)

    def _value(self, slot: str) -> None:
        base = slot.removesuffix("_upper").removesuffix("_lower")
        kind, written = value_of(base, self.rng, self.words.lists)
        if base not in ("time", "time2", "md", "date", "age"):
            written = self.values.setdefault(base, written)
        written = _cased(written, slot)
        neutral = _NEUTRAL.get(base.rstrip("2"))
        self._mark(self.neutral if neutral else self.spans, written, "kind" if neutral else "type", neutral or kind)


def record(sheet: Sheet) -> dict[str, str]:
    """Return the table row of the note's own subject."""
    patient, rng, values = sheet.person("p"), sheet.rng, sheet.values
    row = {"first_name": patient.first, "last_name": patient.last, "dob": Date.drawn(rng).iso}
    row |= {"mrn": values.get("mrn") or number_of("mrn", rng), "phone": values.get("phone") or number_of("phone", rng)}
    row |= {
        "subject_id": values.get("subj") or number_of("subj", rng),
        "ssn": values.get("ssn") or number_of("ssn", rng),
    }
    row["street"] = values.get("street") or value_of("street", rng, sheet.words.lists)[1]
    row["city"] = values.get("city") or rng.choice(sheet.words.lists["towns"])
    return row


def read_kinds(path: Path) -> dict[str, dict[str, list[str]]]:
    """Return for each kind of note its openings, sentences and closings."""
    kinds: dict[str, dict[str, list[str]]] = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("## "):
            kinds[line[3:].strip()] = current = {"open": [], "body": [], "close": []}
        elif ":" in line and not line.startswith("#"):
            part, _, sentence = line.partition(": ")
            current[part.strip(":")].append(sentence)
    return kinds


def compose(sentences: Path, words: Path | Words, count: int, seed: str) -> list[dict[str, Any]]:
    """Return `count` notes, the kinds in turn; one in ten is of the kind without identifiers where there is one."""
    kinds, lists = read_kinds(sentences), words if isinstance(words, Words) else Words.read(words)
    usual = [name for name in kinds if name != "no_identifiers"]
    notes = []
    for number in range(count):
        rng = random.Random(f"{seed}:{number}")
        name = "no_identifiers" if number % 10 == 9 and "no_identifiers" in kinds else usual[number % len(usual)]
        sheet, parts = Sheet(rng, lists), kinds[name]
        body = rng.sample(parts["body"], k=min(len(parts["body"]), rng.randrange(4, 8)))
        for sentence in (rng.choice(parts["open"]), *body, rng.choice(parts["close"])):
            if sheet.text and not sheet.text[-1].isspace():
                sheet.text += " "
            sheet.write(sentence)
        spans = [span for span in sheet.spans if span["end"] > span["start"]]
        notes.append({"id": f"{seed}-{number:04d}", "note_type": name, "text": sheet.text, "spans": spans,
                      "traps": sheet.traps, "neutral": sheet.neutral, "known": record(sheet)})  # fmt: skip
    return notes
