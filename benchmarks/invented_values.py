"""Invented dates, numbers and places in the many forms in which people write them."""

# ruff: noqa: E501 - forms and lists are read as lines

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_MONTHS = ("January February March April May June July August September October November December").split()  # noqa: SIM905
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ONES = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
         "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NTH = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
        "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
        "twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth",
        "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first")  # fmt: skip


def _in_words(number: int) -> str:
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")


AGES_IN_WORDS: Sequence[str] = [
    *(_in_words(number) for number in range(100)),
    *("a hundred", "a hundred and one", "one hundred and two", "a hundred and three"),
]


@dataclass(frozen=True)
class Date:
    """A calendar date and the forms it can be written in."""

    year: int
    month: int
    day: int

    @classmethod
    def drawn(cls, rng: random.Random) -> Date:
        """Return a date between 1932 and 2024."""
        return cls(rng.randrange(2012, 2025) if rng.random() < 0.8 else rng.randrange(1932, 2000), rng.randrange(1, 13), rng.randrange(1, 29))  # fmt: skip

    @property
    def iso(self) -> str:
        """The date as yyyy-mm-dd."""
        return f"{self.year}-{self.month:02d}-{self.day:02d}"

    @property
    def nth(self) -> str:
        """The day as 1st, 2nd and so on."""
        tail = "th" if 10 < self.day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(self.day % 10, "th")
        return f"{self.day}{tail}"

    def whole(self, rng: random.Random) -> str:
        """Return day, month and year in some form."""
        name, two = _MONTHS[self.month - 1], f"{self.year % 100:02d}"
        forms = [f"{self.day} {name} {self.year}", f"{name} {self.day}, {self.year}", f"{name} {self.nth}, {self.year}", f"{self.nth} {name} {self.year}",
                 f"{self.nth} of {name}, {self.year}", self.iso, f"{self.day:02d}/{self.month:02d}/{self.year}", f"{self.month}/{self.day}/{two}",
                 f"{self.day}.{self.month}.{two}", f"{self.day}-{name[:3]}-{self.year}", f"{self.day} {name[:3]} '{two}", f"{name[:3]} {self.day} {self.year}"]  # fmt: skip
        return rng.choice(forms)

    def part(self, rng: random.Random) -> str:
        """Return day and month in some form."""
        name = _MONTHS[self.month - 1]
        return rng.choice([f"{self.day} {name}", f"{name} {self.day}", f"{name} {self.nth}", f"the {self.nth} of {name}", f"{self.nth} {name}", f"{self.day} {name[:3]}", f"{name[:3]} {self.nth}", f"{self.month}/{self.day}"])  # fmt: skip

    def words(self, rng: random.Random) -> str:
        """Return the date in words."""
        year = f"{_in_words(self.year // 100)} {_in_words(self.year % 100)}" if self.year < 2000 else f"two thousand and {_in_words(self.year % 100)}"  # fmt: skip
        month = _MONTHS[self.month - 1]
        return rng.choice([f"the {_NTH[self.day]} of {month} {year}", f"the {_NTH[self.day]} of {month}, {self.year}", f"{month} the {_NTH[self.day]}, {year}", f"{month} the {_NTH[self.day]}"])  # fmt: skip


#: Shapes of numbers: `9` a digit, `A` a capital, `a` a small letter.
_SHAPES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "mrn": ("MRN", ("9999999", "99-99-99", "A999999", "AA-999999", "999 9999", "00999999", "AA99999A")),
    "chart": ("MRN", ("99999", "A-99999", "999-99-9", "9999/99", "AAA9999")),
    "subj": ("SUBJECT_ID", ("99-999", "999-9999", "S-9999", "AAA-99-999", "9999-A-99", "99999")),
    "acc": ("ACCESSION", ("A99-99999", "AA-99-9999", "99999999", "R9999999", "99A-999AA9999")),
    "lic": ("LICENSE", ("A9999999", "99-99999", "AA 999999", "9999999", "A999-999-999")),
    "plate": ("VEHICLE", ("AA99 AAA", "9AAA999", "AAA-9999", "AAA 999", "A99 AAA", "99-AA-99")),
    "plan": ("HEALTH_PLAN", ("AAA999999999", "9999 9999 9999", "A99999999-99", "9AA9-AA9-AA99")),
    "ssn": ("SSN", ("999-99-9999", "AA 99 99 99 A", "999 99 9999")),
    "dev": ("DEVICE", ("AAA999999A", "99AA9999", "SN-9999-AA")),
    "spec": ("SPECIMEN_ID", ("S99-9999", "AA-9999-9", "99-S-99999", "AA999999")),
    "phone": ("PHONE", ("617-555-0199", "(415) 555-0199", "01632 960999", "555-0199", "+44 7700 900999", "212.555.0199", "07700 900 999", "5550199")),
    "fax": ("FAX", ("617 555 0199", "01632 960998", "+1 415 555 0199")),
    "pager": ("PAGER", ("9999", "99999", "999")),
    "ip": ("IP", ("10.99.9.99", "172.16.9.99", "192.168.9.99")),
}  # fmt: skip


def number_of(slot: str, rng: random.Random) -> str:
    """Return an invented number of a kind in one of its shapes."""
    letters = "ABCDEFGHJKLMNPRSTUVWXY"
    shape = rng.choice(_SHAPES[slot][1])
    return "".join(rng.choice("123456789") if c == "9" else rng.choice(letters) if c == "A" else c for c in shape)


def _dated(slot: str, rng: random.Random) -> str | None:
    date = Date.drawn(rng)
    month = _MONTHS[date.month - 1]
    forms = {
        "date": lambda: date.whole(rng),
        "dob": lambda: Date(rng.randrange(1931, 2004), date.month, date.day).whole(rng),
        "md": lambda: date.part(rng),
        "my": lambda: rng.choice([f"{month} {date.year}", f"{date.month:02d}/{date.year}", f"{month[:3]} {date.year}", f"{month} of {date.year}"]),
        "weekday_md": lambda: f"{rng.choice(_DAYS)} {date.part(rng)}",
        "dateword": lambda: date.words(rng),
        "dateword_day": lambda: f"{_NTH[date.day]} of {month}",
    }  # fmt: skip
    return forms[slot]() if slot in forms else None


def value_of(slot: str, rng: random.Random, lists: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """Return the type of a slot that is no person and an invented value for it."""
    base = slot.rstrip("2")
    dated = _dated(base, rng)
    if dated is not None:
        return "DATE", dated
    if base in _SHAPES:
        return _SHAPES[base][0], number_of(base, rng)
    listed = {
        "city": ("LOCATION_CITY", "towns"),
        "org": ("ORGANIZATION", "companies"),
        "school": ("ORGANIZATION", "schools"),
    }
    if base in listed:
        return listed[base][0], rng.choice(lists[listed[base][1]])
    word, last = rng.choice(lists["words"]), rng.choice(lists["family"]).split()[-1].strip("'").lower()
    last = "".join(char for char in last if char.isalpha())
    makers = {
        "street": lambda: ("LOCATION_STREET", f"{rng.randrange(1, 180)}{rng.choice(['', '', 'A'])} {rng.choice(lists['roads'])}"),
        "housenumber": lambda: ("LOCATION_STREET", str(rng.randrange(2, 99))),
        "email": lambda: ("EMAIL", f"{last}.{word}@{rng.choice(lists['stems']).lower()}.{rng.choice(['example.org', 'example', 'test', 'example.net'])}"),
        "url": lambda: ("URL", f"https://{word}.{rng.choice(lists['stems']).lower()}.example/{rng.randrange(10, 99)}"),
        "user": lambda: ("USERNAME", rng.choice([f"{word}{rng.randrange(10, 99)}", f"{last}{word[0]}", f"{word}_{last}", f"{word[0]}{last}{rng.randrange(1, 9)}"])),
        "age": lambda: ("AGE_OK", str(rng.randrange(18, 89))),
        "age90": lambda: ("AGE_90", str(rng.randrange(90, 104))),
        "age90word": lambda: ("AGE_90", AGES_IN_WORDS[rng.randrange(90, 104)]),
        "year": lambda: ("YEAR", str(rng.randrange(1998, 2024))),
        "month": lambda: ("MONTH", rng.choice(_MONTHS)),
        "weekday": lambda: ("WEEKDAY", rng.choice(_DAYS)),
        "time": lambda: ("TIME", f"{rng.randrange(7, 23):02d}:{rng.randrange(60):02d}"),
    }  # fmt: skip
    return makers[base]()
