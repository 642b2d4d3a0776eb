"""What the shareable report may say: the one place where figures about people become text.

The rules, as the report itself states them:
1. A count of persons from 1 to `minimum - 1` is never shown; zero is.
2. Nothing is shown from which such a count follows: neither from totals, nor as a percentage, nor as the difference
   of two shown figures (before minus after, with minus without).
3. Probabilities and ratios within the worst group are shown: k and 1/k say that some group has k members, not which
   one, nor how many such groups there are.
4. No value of the data, no example, no label held by fewer than `minimum` persons, no name of a dropped column.
The way to rule 2 is to leave figures out until every difference of two shown figures is zero or at least `minimum`,
so that nothing small is left to be derived. Source of the threshold: CMS cell size suppression policy (11).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

NOT_SHOWN = "not shown"
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25)


@dataclass(frozen=True)
class Cell:
    """One printed figure. `value` is the number as printed, None where there is none.

    hidden: "small" (a count below the minimum), "derivable" (it would reveal one), "" (nothing is hidden).
    """

    value: float | int | None
    text: str
    hidden: str = ""

    def plain(self) -> dict[str, Any]:
        """Return the cell as it stands in the JSON twin."""
        return {"value": self.value, "text": self.text, "hidden": self.hidden}


@dataclass(frozen=True)
class Disclosure:
    """The small-cell rules for one minimum; 1 switches them off."""

    minimum: int = 11

    def small(self, count: int) -> bool:
        """Return whether a count of persons may not be shown."""
        return 0 < count < self.minimum

    @property
    def few(self) -> str:
        """How a hidden small count reads."""
        return f"<{self.minimum}"

    def count(self, count: int) -> Cell:
        """Return one count that stands alone: no total and no part of it is shown beside it."""
        return Cell(None, self.few, "small") if self.small(count) else Cell(count, grouped(count))

    def derivable(self, why: str = NOT_SHOWN) -> Cell:
        """Return the cell of a figure that would reveal a small count."""
        return Cell(None, why, "derivable")

    def nested(self, counts: Sequence[int]) -> list[bool]:
        """Decide which of several counts of nested groups may be shown; earlier ones have precedence.

        Groups are nested when each is part of the next larger one. Any two shown counts then differ by 0 or at least
        the minimum, and so does any shown count from nought: no small group can be derived by subtraction.
        """
        shown: list[int] = [0]
        decided = []
        for count in counts:
            fits = all(not self.small(abs(count - other)) for other in shown)
            if fits:
                shown.append(count)
            decided.append(fits)
        return decided

    def parts(self, total: int, parts: Sequence[int]) -> list[Cell]:
        """Return the cells of a total that is shown, with complementary suppression.

        Besides each small part as many others are hidden, smallest first, as it takes for every hidden small part to
        stay anywhere between 1 and the minimum. Where that cannot be, no part is shown.
        """
        small = [i for i, part in enumerate(parts) if self.small(part)]
        if not small:
            return [Cell(part, grouped(part)) for part in parts]
        spare = sorted((i for i, part in enumerate(parts) if part >= self.minimum), key=lambda i: (parts[i], i))
        also: list[int] = []
        while not self._open(sum(parts[i] for i in (*small, *also)), len(small), len(also)):
            if not spare:
                return [self.derivable() for _ in parts]
            also.append(spare.pop(0))
        cells = []
        for i, part in enumerate(parts):
            hidden = self.derivable() if i in also else Cell(part, grouped(part))
            cells.append(Cell(None, self.few, "small") if i in small else hidden)
        return cells

    def _open(self, hidden: int, small: int, also: int) -> bool:
        """Return whether each of `small` hidden parts may be 1 and may be minimum - 1, given the sum of all hidden."""
        if not also:
            return False
        return hidden - (small - 1) - also * self.minimum >= self.minimum - 1

    def banded(self, count: int) -> Cell:
        """Return a count as one of bands as wide as the minimum: for figures that are not nested in shown ones."""
        if self.minimum <= 1 or count == 0:
            return Cell(count, grouped(count))
        if self.small(count):
            return Cell(None, self.few, "small")
        low = count // self.minimum * self.minimum
        return Cell(None, f"{grouped(low)} to {grouped(low + self.minimum - 1)}", "derivable")

    def share(self, share: float, people: int) -> Cell:
        """Return a share of people whose group is not nested in the shown ones: rounded to steps of the minimum.

        A step is worth at least the minimum, so two such shares of overlapping groups never differ by a few people that
        can be told from nobody, nor from enough.
        """
        if self.minimum <= 1:
            return Cell(round(share, 4), percent(share))
        count = round(share * people)
        if self.small(count):
            return self.under(people)
        if self.small(people - count):
            return self.derivable(f"all but {self.few} people")
        step = self.step(people)
        if not step:
            return self.derivable()
        rounded = min(1.0, round(round(share / step) * step, 4))
        return Cell(rounded, percent(rounded) if rounded in (0.0, 1.0) else f"about {percent(rounded)}")

    def step(self, people: int) -> float:
        """Return the finest round step of a share that is worth at least the minimum of so many people; 0 for none."""
        return next((step for step in _STEPS if step * people >= self.minimum), 0.0)

    def under(self, of: int) -> Cell:
        """Return the share that a hidden small count is of a shown total."""
        bound = min(1.0, math.ceil(1000 * (self.minimum - 1) / of) / 1000) if of else 1.0
        return Cell(None, f"{self.few} people ({percent(bound)} at most)", "small")


def grouped(count: int) -> str:
    """Return an integer with thin groups of three digits, as in 12,345."""
    return f"{count:,}"


def percent(share: float, digits: int = 1) -> str:
    """Return a share as a percentage, without trailing zeros; 'under 0.1 %' rather than a rounded nought."""
    step = 10.0**-digits
    if 0 < share * 100 < step / 2:
        return f"under {step:g} %"
    if 100 - step / 2 < share * 100 < 100:
        return f"over {100 - step:g} %"
    text = f"{share * 100:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def coarse_step(people: int) -> float:
    """Return the finest round step of a share that cannot tell how many people it is a share of.

    A step worth two people or more leaves a whole number within reach for any total near the true one.
    """
    return next((step for step in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1) if step * people >= 2), 0.2)


def rounded_share(share: float, people: int) -> Cell:
    """Return a share of a number of people that is hidden, rounded so that it stays so; never a false nought."""
    step = coarse_step(people)
    rounded = min(1.0, round(round(share / step) * step, 4))
    if share > 0 and rounded == 0:
        return Cell(None, f"under {percent(step)}", "derivable")
    if share < 1 and rounded == 1:
        return Cell(None, f"over {percent(1 - step)}", "derivable")
    return Cell(rounded, percent(rounded))


def printable(text: object, limit: int = 400) -> str:
    """Return foreign text fit for a page: no control, bidirectional or private characters, not endless."""
    cleaned = "".join(" " if c in "\t\r\n" else _visible(c) for c in str(text)[: limit + 1])
    cleaned = re.sub(r" {2,}", " ", cleaned).strip()
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1] + "…"


def _visible(character: str) -> str:
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character)[0] == "C" else character


_RATIO = re.compile(r"(?<![\w.,])(\d[\d,]*) (of|out of|/) (\d[\d,]*)(?![\w,]|\.\d)")
_NUMBER = re.compile(r"(?<![\w.,:/#-])(\d[\d,]*(?:\.\d+)?)( ?%)?(?![\w:/-]|[.,]\d)")
_NAMED = re.compile(r"(?:[A-Z]{2,}|[Vv]ersion|census|class|part|level|section|from|to) $|[A-Z]$")


def without_counts(text: str, rules: Disclosure) -> str:
    """Return a sentence of ours with every count in it blurred: small ones hidden, larger ones to two digits.

    For evidence and warnings: sentences about cells, whose exact counts could be set against shown totals.
    """
    if rules.minimum <= 1:
        return text
    text = _RATIO.sub(lambda m: f"{_blurred(m[1], rules)} {m[2]} {_blurred(m[3], rules)}", text)
    return _NUMBER.sub(lambda m: _one(m, rules), text)


def _one(match: re.Match[str], rules: Disclosure) -> str:
    before = match.string[: match.start()]
    if before.endswith(("about ", "<")) or _NAMED.search(before):
        return match[0]
    number = float(match[1].replace(",", ""))
    if match[2]:
        return _blurred_percent(number)
    return match[0] if "." in match[1] else _blurred(match[1], rules)


def _blurred(digits: str, rules: Disclosure) -> str:
    count = int(digits.replace(",", ""))
    if rules.small(count):
        return rules.few
    if count == 0:
        return "0"
    size = 10 ** max(len(str(count)) - 2, 1)
    near = round(count / size) * size
    return f"about {grouped(near if near >= rules.minimum else near + size)}"


def _blurred_percent(number: float) -> str:
    if number in (0.0, 100.0):
        return f"{number:g} %"
    if number < 5:
        return "under 5 %"
    return "over 95 %" if number > 95 else f"about {5 * round(number / 5)} %"
