"""Names of persons among the values of a column, and words that could be such."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

import numpy as np
import numpy.typing as npt

from deid.profiling import dictionaries
from deid.profiling.header import fold
from deid.profiling.judged import Judged
from deid.profiling.words import word_set

_NAME_PART = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
#: Lower-case letters with at most one dot, a number behind: what people sign in with.
_LOGIN = re.compile(r"(?P<name>[a-z]+(?:\.[a-z]+)?)\d{0,3}$")
#: Shorter surnames stand inside too many words.
_SURNAME = 4
_TITLES = word_set("title")
#: Second words of micro-organisms, which are written like a surname behind an initial.
_SPECIES = word_set("species")


class Names(Judged):
    """Shares of the judged values that are names: known given names, family names, both together, unknown words."""

    @cached_property
    def given(self) -> float:
        """Share of distinct values whose words are all given names."""
        return self._names(dictionaries.given_names())

    @cached_property
    def family(self) -> float:
        """Share of distinct values whose words are all family names."""
        return self._names(dictionaries.family_names())

    def _names(self, known: frozenset[str]) -> float:
        shaped = self.mask("one_name")
        hits = 0
        for value, fits in zip(self.folded, shaped, strict=True):
            parts = [part for part in _NAME_PART.findall(value) if len(part) > 1]
            hits += bool(fits and parts) and all(_known(part, known) for part in parts)
        return hits / len(self.values) if self.values else 0.0

    @cached_property
    def full_names(self) -> npt.NDArray[np.bool_]:
        """Which distinct values read as a full name: known given and family names, title or initial and name."""
        from deid.detect.lexicon import is_word

        given, family = dictionaries.given_names(), dictionaries.family_names()
        shaped, titled, initialled = self.mask("person"), self.mask("title"), self.mask("initialled")
        found = np.zeros(len(self.values), dtype=bool)
        for i in np.flatnonzero(shaped | titled | initialled):
            parts = [part for part in _NAME_PART.findall(self.folded[i]) if len(part) > 1 and part not in _TITLES]
            if not 1 <= len(parts) <= 4:
                continue
            firsts = [_known(part, given) for part in parts]
            lasts = [_known(part, family) for part in parts]
            both = any(a and b for k, a in enumerate(firsts) for m, b in enumerate(lasts) if k != m)
            known = sum(a or b for a, b in zip(firsts, lasts, strict=True))
            strange = any(not is_word(part) for part in parts)
            found[i] = (both and known >= len(parts) - 1) or bool(titled[i] and (known or strange))
            found[i] |= bool(initialled[i]) and not _SPECIES.intersection(parts)
        return found

    @cached_property
    def full_name(self) -> float:
        """Share of distinct values that read as a person's full name."""
        return float(self.full_names.mean()) if self.values else 0.0

    @cached_property
    def kin_named(self) -> float:
        """Share of distinct values that speak of a relative or companion beside a capitalised word of no list."""
        from deid.detect.lexicon import is_word

        kin = word_set("kin")

        def names_somebody(value: str) -> bool:
            parts = re.findall(r"[^\W\d_]+", value)
            strange = (part for part in parts[1:] if part[:1].isupper() and part[1:].islower() and len(part) > 2)
            return any(part.lower() in kin for part in parts) and any(not is_word(part.lower()) for part in strange)

        return sum(map(names_somebody, self.values)) / len(self.values) if self.values else 0.0

    @cached_property
    def logins(self) -> float:
        """Share of distinct values that join an initial or a given name to a family name, as logins do: `mmueller`."""
        from deid.detect.lexicon import is_word

        family = dictionaries.family_names()

        def is_login(value: str) -> bool:
            match = _LOGIN.match(value)
            if match is None or (value.isalpha() and is_word(value)):
                return False
            letters = match["name"]
            spelt = {letters[1:], letters[:-1], letters.partition(".")[2], letters.partition(".")[0]}
            return any(_spelling(name) in family or name in family for name in spelt if len(name) >= _SURNAME)

        return sum(map(is_login, self.values)) / len(self.values) if self.values else 0.0

    @cached_property
    def unfamiliar(self) -> float:
        """Share of distinct values that are capitalised words of which one stands in no word list: perhaps names."""
        return self._strange(lambda parts, known: any(len(p) > 3 and not k for p, k in zip(parts, known, strict=True)))

    @cached_property
    def wordless(self) -> float:
        """Share of distinct values that are one lower-case word of no list, as logins and short names of staff are."""
        from deid.detect.lexicon import is_word

        single = (value.isalpha() and value.islower() and len(value) >= 3 for value in self.values)
        hits = sum(one and not is_word(value) for one, value in zip(single, self.values, strict=True))
        return hits / len(self.values) if self.values else 0.0

    @cached_property
    def strangers(self) -> float:
        """Share of distinct values that are two to four capitalised words of which none stands in a word list."""
        return self._strange(lambda parts, known: 2 <= len(parts) <= 4 and not any(known))

    def _strange(self, test: Callable[[list[str], list[bool]], bool]) -> float:
        from deid.detect.lexicon import is_word

        worded = self.mask("letters") | self.mask("person")
        picked = np.flatnonzero(worded)[:1_000]
        hits = 0
        for value in (self.values[i] for i in picked):
            parts = [part for part in _NAME_PART.findall(fold(value)) if part not in _TITLES]
            hits += value[0].isupper() and test(parts, [len(part) > 1 and is_word(part) for part in parts])
        return float(worded.mean()) * hits / len(picked) if len(picked) else 0.0

    @cached_property
    def plain_words(self) -> bool:
        """Whether every value is one or two lower-case words of ordinary language, and none of them a name."""
        from deid.detect.lexicon import is_name, is_word

        given, family = dictionaries.given_names(), dictionaries.family_names()
        return bool(self.values) and all(
            value.islower()
            and 1 <= len(parts) <= 2
            and all(p.isalpha() and is_word(p) and p not in given and p not in family and not is_name(p) for p in parts)
            for value, parts in ((value, value.split()) for value in self.values[:100])
        )


def _spelling(name: str) -> str:
    """Return the folded form of a name whose umlauts were spelt out."""
    return re.sub(r"([aou])e", r"\1", name)


def _known(part: str, names: frozenset[str]) -> bool:
    return (
        part in names
        or ("-" in part and all(piece in names for piece in part.split("-") if piece))
        or (("'" in part or "’" in part) and re.split("['’]", part)[-1] in names)
    )
