"""Recognisers that a user writes in the policy: a regular expression, words around it, a checksum, tested examples."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from deid.errors import PolicyError, Problem, problem_kind
from deid.model import KINDS, Span

RECOGNISER_REFUSED = problem_kind(
    "D602",
    "recogniser refused",
    remedy="give name, kind and regex; bound every quantifier; let examples match and counter-examples not",
    meaning="A recogniser of the policy is incomplete, could run for ever on hostile text, or fails its own examples.",
)
#: The parsed form of regular expressions, which the standard library keeps to itself.
_SRE: Any = importlib.import_module("re._constants")
_PARSER: Any = importlib.import_module("re._parser")
_KEYS = (
    "name",
    "kind",
    "regex",
    "context",
    "within",
    "checksum",
    "score",
    "examples",
    "counter_examples",
    "ignore_case",
)
_WIDEST = 400


def _luhn(digits: str) -> bool:
    total = sum(
        int(digit) if place % 2 == 0 else sum(divmod(2 * int(digit), 10))
        for place, digit in enumerate(reversed(digits))
    )
    return total % 10 == 0


def _mod11(digits: str) -> bool:
    check = 11 - sum(int(digit) * (len(digits) - place) for place, digit in enumerate(digits[:-1])) % 11
    return (0 if check == 11 else check) == int(digits[-1])


CHECKSUMS: Mapping[str, Callable[[str], bool]] = {"luhn": _luhn, "mod11": _mod11}


@dataclass(frozen=True)
class OwnRecogniser:
    """A recogniser from the policy.

    regex     what it looks for; a group named `id` is the identifier, else the whole match is
    context   words of which one must stand within `within` characters before the match (none: no condition)
    checksum  luhn or mod11 over the digits of the identifier, or empty
    """

    name: str
    kind: str
    regex: re.Pattern[str]
    context: tuple[str, ...] = ()
    within: int = 40
    checksum: str = ""
    score: float = 0.8

    def find(self, text: str) -> Iterable[Span]:
        """Return the spans of this recogniser."""
        group = "id" if "id" in self.regex.groupindex else 0
        for match in self.regex.finditer(text):
            start, end = match.span(group)
            before = text[max(0, match.start() - self.within) : match.start()].lower()
            digits = "".join(char for char in text[start:end] if char.isdigit())
            in_context = not self.context or any(
                re.search(rf"(?<!\w){re.escape(word)}(?!\w)", before) for word in self.context
            )
            if end > start and in_context and (not self.checksum or (digits and CHECKSUMS[self.checksum](digits))):
                yield Span(start, end, self.kind, self.score, self.name)


def own_recognisers(specifications: Iterable[Mapping[str, Any]]) -> dict[str, OwnRecogniser]:
    """Build the recognisers of a policy, tested on their examples. Raises PolicyError naming every fault."""
    built: dict[str, OwnRecogniser] = {}
    problems: list[Problem] = []
    for position, given in enumerate(specifications, 1):
        place = f"recognisers[{position}]"
        faults = list(_faults(given))
        if not faults and str(given["name"]) in built:
            faults = ["two recognisers have the same name"]
        if not faults:
            recogniser = _build(given)
            faults = list(_failed_examples(recogniser, given))
            built[recogniser.name] = recogniser
        problems += [RECOGNISER_REFUSED.at(fault, place) for fault in faults]
    if problems:
        raise PolicyError(problems)
    return built


def _build(given: Mapping[str, Any]) -> OwnRecogniser:
    return OwnRecogniser(
        name=str(given["name"]),
        kind=str(given["kind"]),
        regex=re.compile(str(given["regex"]), re.IGNORECASE if given.get("ignore_case", True) else 0),
        context=tuple(str(word).lower() for word in given.get("context", ())),
        within=int(given.get("within", 40)),
        checksum=str(given.get("checksum", "")),
        score=float(given.get("score", 0.8)),
    )


def _faults(given: Mapping[str, Any]) -> Iterable[str]:
    for key in sorted(set(given) - set(_KEYS)):
        yield f"unknown key '{key}'"
    for key in ("name", "kind", "regex"):
        if not given.get(key):
            yield f"'{key}' is missing"
    if given.get("kind") and given["kind"] not in KINDS:
        yield "'kind' is no kind that is known"
    if given.get("checksum") and given["checksum"] not in CHECKSUMS:
        yield f"'checksum' must be one of {', '.join(CHECKSUMS)}"
    if not 0 < float(given.get("score", 0.8)) <= 1:
        yield "'score' must lie between 0 and 1"
    if given.get("regex"):
        yield from regex_faults(str(given["regex"]))


def regex_faults(regex: str) -> Iterable[str]:
    """Return why a regular expression is unsafe: a quantifier inside another or without a limit, too wide a match."""
    try:
        parsed = _PARSER.parse(regex)
    except (re.error, RecursionError, OverflowError):
        yield "'regex' is not a regular expression"
        return
    if parsed.getwidth()[0] == 0:
        yield "'regex' matches the empty text"
    if _nested(parsed, inside=False):
        yield "'regex' has a quantifier inside a quantifier"
    if parsed.getwidth()[1] > _WIDEST:
        yield f"'regex' can match more than {_WIDEST} characters; give every quantifier a limit"


def _nested(parsed: Any, *, inside: bool) -> bool:
    for operation, argument in parsed:
        repeats = operation in (_SRE.MAX_REPEAT, _SRE.MIN_REPEAT, _SRE.POSSESSIVE_REPEAT)
        if repeats:
            varies = argument[0] != argument[1] and argument[1] > 1
            if inside and varies:
                return True
            if _nested(argument[2], inside=inside or varies):
                return True
        elif operation is _SRE.SUBPATTERN:
            if _nested(argument[-1], inside=inside):
                return True
        elif operation is _SRE.BRANCH and any(_nested(branch, inside=inside) for branch in argument[1]):
            return True
    return False


def _failed_examples(recogniser: OwnRecogniser, given: Mapping[str, Any]) -> Iterable[str]:
    for number, example in enumerate(given.get("examples", ()), 1):
        if not list(recogniser.find(str(example))):
            yield f"example {number} is not found"
    for number, example in enumerate(given.get("counter_examples", ()), 1):
        if list(recogniser.find(str(example))):
            yield f"counter-example {number} is found"
