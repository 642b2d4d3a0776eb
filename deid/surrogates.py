"""Surrogates: invented values that look real, the same for the same value in every table and note of a release.

The only importer of Faker, which serves with its own seeded instance: its global state stays untouched. A surrogate
says nothing about the value, but two values may share one: to link records use pseudonyms.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Callable, Container, Mapping
from functools import cache

import faker.providers.person as person_providers
from faker import Faker

from deid.keys import Key
from deid.values import canonical

#: What can be invented, and the group that shares one map: a number is the same in a fax and in a phone column.
GROUPS: Mapping[str, str] = {
    **dict.fromkeys(("person_name", "given_name", "family_name", "clinician_name"), "name"),
    **dict.fromkeys(("phone", "fax"), "phone"),
    **dict.fromkeys(("record_number", "subject_id", "sample_id", "accession_number", "account_number"), "shape"),
    **dict.fromkeys(("health_plan_number", "licence_number", "device_id", "vehicle_id", "record_id"), "shape"),
    **dict.fromkeys(("initials", "postcode"), "shape"),
    **{kind: kind for kind in ("email", "username", "street_address", "city", "zip", "ssn", "uuid", "url")},
    **{kind: kind for kind in ("ip_address", "organisation", "site")},
}
KINDS = frozenset(GROUPS)
#: Words around names that name nobody.
_TITLES = re.compile(
    "mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|rev|fr|sr|jr|ii|iii|iv|md|do|phd|rn|np|pa|msc|bsc|mph|mbbs|frcp"
)
_PARTICLES = re.compile("van|von|der|den|dell?a?|di|da|dos|das|du|la|le|el|al|bin|ibn|ter|ten|zum?|und|y|e")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{2,})*")
_PHONE = re.compile(
    r"(?:(?:tel|phone|fax)[.:]*\s*)?(?P<number>[+(]*\d[\d\s().+/-]*?)\s*(?:(?:x|ext|extension|#)\.?\s*\d{1,6})?",
    re.IGNORECASE | re.ASCII,
)
_TRIES = 50
_CACHED = 100_000


class Surrogates:
    """Invents values under one key.

    `avoid` holds case-folded values and words of names that no surrogate may equal, as long as there is a choice.
    `field` keeps the maps of one column apart from all others; leave it empty, so that tables and notes agree.
    """

    def __init__(self, key: Key, field: str = "", avoid: Container[str] = frozenset()) -> None:
        self._key = key
        self._field = field
        self._avoid = avoid
        self._faker = Faker("en_US", use_weighting=False)
        self._known: dict[tuple[str, str], str] = {}

    def of(self, kind: str, text: str) -> str:
        """Return the surrogate of a text of a kind out of KINDS; never the text itself. Raises KeyError."""
        at = (GROUPS[kind], canonical(text))
        if at not in self._known:
            if len(self._known) >= _CACHED:
                self._known.clear()
            self._known[at] = self._invent(*at)
        return self._known[at]

    def _invent(self, group: str, text: str) -> str:
        if group == "name":
            return self._name(text)
        if group == "site" and (any(map(str.isdigit, text)) or len(text.split()) < 2):
            group = "shape"
        maker = _MAKERS.get(group)
        if maker is not None and (group not in _FORMED or _FORMED[group](text)):
            seed = _number(text)[-10:] if group == "phone" else _plain(text)
            return self._draw(group, seed, text, lambda fake: maker(fake, text))
        return self._draw("shape", _plain(text), text, lambda fake: _same_shape(fake, text))

    def _draw(self, group: str, seed: str, text: str, make: Callable[[Faker], str]) -> str:
        """Draw until the result is neither the text nor to be avoided; seeded by the key, whatever came before."""
        self._faker.seed_instance(int.from_bytes(self._key.subkey(f"surrogate/{group}", self._field).mac(seed), "big"))
        drawn = make(self._faker)
        for _ in range(_TRIES):
            if _plain(drawn) != _plain(text) and drawn.casefold() not in self._avoid:
                return drawn
            drawn = make(self._faker)
        return drawn if _plain(drawn) != _plain(text) else "x"

    def _name(self, text: str) -> str:
        """Replace every word of a name by itself, so that 'Jane Doe', 'DOE, JANE' and 'Ms. Doe' agree."""
        words = list(_WORD.finditer(text))
        drawn, end = [], 0
        for i, match in enumerate(words):
            written, after = match.group(), words[i + 1].group() if i + 1 < len(words) else ""
            possessive = written in ("s", "S") and text[: match.start()].endswith(("'", "’"))
            title = len(words) > 1 and _is_title(written, text[match.end() : match.end() + 1], text)
            kept = possessive or title or _is_particle(written, after)
            drawn += [text[end : match.start()], written if kept else _in_case(self._name_word(written), written)]
            end = match.end()
        changed = "".join(drawn) + text[end:]
        return changed if changed != text else self._name_word(_plain(text))

    def _name_word(self, written: str) -> str:
        plain = _plain(written)
        return self._draw("name", plain, plain, lambda fake: str(getattr(fake, _name_method(plain))()))


def _is_title(word: str, after: str, text: str) -> bool:
    """Whether a word is a title or degree; those that are also family names (Do, Pa) only where case tells."""
    plain = word.lower()
    if plain in {"fr", "rev"}:
        return after == "."
    return bool(_TITLES.fullmatch(plain)) and (
        plain not in {"do", "pa", "np", "rn"} or (word.isupper() and not text.isupper())
    )


def _is_particle(word: str, after: str) -> bool:
    """Whether a word is a particle before a name: 'de' in 'de Vries', but not Le in 'Anna Le' or 'Le, Anna'."""
    lower = word.islower() or (after.islower() and bool(_PARTICLES.fullmatch(after)))
    return bool(after) and lower and bool(_PARTICLES.fullmatch(word.lower()))


def _in_case(drawn: str, written: str) -> str:
    if len(written) > 1 and written.isupper():
        return drawn.upper()
    return drawn.lower() if written.islower() else drawn


def _name_method(plain: str) -> str:
    """Return which list of names a word belongs to: position does not count, for 'Doe, Jane' is also 'Jane Doe'."""
    if len(plain) == 1:
        return "random_uppercase_letter"
    female, male = _names()
    if plain in female and plain in male:
        return "first_name"
    return "first_name_female" if plain in female else "first_name_male" if plain in male else "last_name"


@cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """Return the female and the male given names of all languages that Faker knows.

    A name that is a family name in the United States and not among their given names counts as a family name.
    """
    lists: dict[str, set[str]] = {"first_names_female": set(), "first_names_male": set()}
    american: dict[str, set[str]] = {}
    for module in pkgutil.iter_modules(person_providers.__path__):
        if module.name == "en":  # an unsorted list, family names among its given names
            continue
        provider = importlib.import_module(f"{person_providers.__name__}.{module.name}").Provider
        for name in ("first_names_female", "first_names_male", "last_names"):
            found = getattr(provider, name, ())
            plain = {_plain(str(each)) for each in found} if not isinstance(found, property) else set()
            if module.name == "en_US":
                american[name] = plain
            if name in lists:
                lists[name] |= plain
    family = american["last_names"] - american["first_names_female"] - american["first_names_male"]
    return frozenset(lists["first_names_female"] - family), frozenset(lists["first_names_male"] - family)


def _plain(text: str) -> str:
    """Return what two spellings of one value share: letters and digits without case and accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in folded if letter.isalnum())
    return letters or text


def _same_shape(fake: Faker, text: str) -> str:
    """Letters for letters in their case, digits for digits (the first not 0 unless it was), the rest as it was."""
    drawn = []
    for i, letter in enumerate(text):
        if letter.isdigit():
            leading = letter != "0" and not text[max(i - 1, 0) : i].isdigit()
            drawn.append(str(fake.random_int(1 if leading else 0, 9)))
        elif letter.isalpha():
            new = fake.random_lowercase_letter()
            drawn.append(new.upper() if letter.isupper() else new)
        else:
            drawn.append(letter)
    return "".join(drawn)


def _fill(text: str, digits: str) -> str:
    """Put digits into the places of the digits of a text."""
    supply = iter(digits)
    return "".join(next(supply) if letter.isdigit() else letter for letter in text)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _number(text: str) -> str:
    """Return the digits of a phone number without its extension, or '' when the text is none of this country."""
    match = _PHONE.fullmatch(text)
    digits = "".join(filter(str.isdigit, match["number"])) if match else ""
    return digits if len(digits) in (7, 10) or (len(digits) == 11 and digits[0] == "1") else ""


def _phone(fake: Faker, text: str) -> str:
    """Draw a number of the range 555-0100 to 555-0199, which is set aside for fiction; written as the text is."""
    count = len(_number(text))
    area = f"{fake.random_int(2, 9)}{fake.random_int(0, 8)}{fake.random_int(2, 9)}" if count >= 10 else ""
    number = f"{area}55501{fake.random_int(0, 99):02d}"
    extension = "".join(str(fake.random_int(0, 9)) for _ in range(_digits(text) - count))
    return _fill(text, "1" * (count == 11) + number + extension)


def _ssn(fake: Faker, text: str) -> str:
    """Draw a number of an area that is never issued (9xx), in a group that is no taxpayer number (10 to 49)."""
    return _fill(text, f"9{fake.random_int(0, 99):02d}{fake.random_int(10, 49)}{fake.random_int(1, 9999):04d}")


def _uuid(fake: Faker, text: str) -> str:
    drawn = str(fake.uuid4(cast_to=str))
    drawn = drawn if "-" in text else drawn.replace("-", "")
    return drawn.upper() if text.isupper() else drawn


def _ip(fake: Faker, text: str) -> str:
    """Draw an address of the ranges set aside for documentation."""
    if ":" in text:
        return f"2001:db8::{fake.random_int(1, 0xFFFF):x}:{fake.random_int(1, 0xFFFF):x}"
    return f"{fake.random_element(('192.0.2', '198.51.100', '203.0.113'))}.{fake.random_int(1, 254)}"


_MAKERS: Mapping[str, Callable[[Faker, str], str]] = {
    "phone": _phone,
    "ssn": _ssn,
    "uuid": _uuid,
    "ip_address": _ip,
    "email": lambda fake, text: str(fake.ascii_safe_email()),
    "username": lambda fake, text: str(fake.user_name()),
    "street_address": lambda fake, text: _in_case(str(fake.street_address()), text),
    "city": lambda fake, text: _in_case(str(fake.city()), text),
    "zip": lambda fake, text: _fill(text, str(fake.zipcode()) + f"{fake.random_int(0, 9999):04d}"),
    "url": lambda fake, text: f"https://example.org/{fake.bothify('????####').lower()}",
    "organisation": lambda fake, text: _in_case(str(fake.company()), text),
    "site": lambda fake, text: _in_case(f"{fake.last_name()} Medical Center", text),
}
#: Where a maker needs a written form; what has another form keeps its shape.
_FORMED: Mapping[str, Callable[[str], bool]] = {
    "phone": lambda text: bool(_number(text)),
    "ssn": lambda text: _digits(text) == 9 and not any(map(str.isalpha, text)),
    "uuid": lambda text: len(_plain(text)) == 32,
    "zip": lambda text: _digits(text) in (5, 9) and not any(map(str.isalpha, text)),
}
