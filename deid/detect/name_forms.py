"""Names of persons by the form they are written in: before credentials, LAST, First, initials, and before what persons do."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from deid.detect import lexicon, plausible
from deid.detect.reading import CREDENTIAL, NOT_FIRST, PARTICLES, TOKEN
from deid.detect.sweep import Sweep
from deid.model import Span
from deid.registry import register

_ACT = r"(?:aware|notified|informed|at bedside|called|calling|calls|phoned|paged|texted|emailed|rang|said|says|stated|states|reports|reported|reporting|thinks|thought|feels|felt|wants|wanted|asked|asks|told|tells|agreed|agrees|came|comes|went|drove|drives|lives|lived|works|worked|denies|denied|admits|admitted|complains|complained|presents|presented|tolerated|was seen|was admitted|was brought|was started|was discharged|was transferred|was diagnosed|was told|has been|had been|is|was|has|had|is a|was a|is an|was an|is here|is now|is still|is doing|will call|will be|will see|will drive|will follow|would like|can be reached|cannot|doesn't|didn't|won't|understands|understood|verbalized|signed|consented|refused|declined|returned|recalled|remembers|mentioned|explained|described|noted|noticed|arrived|left|stayed|visited|helped|brought|took|takes|gave|gives|got|gets|needs|needed|recommends|recommended|reviewed|discussed|performed|dictated|ordered|prescribed|wrote|writes|replied|answered|responded|confirmed|requested|requests|covered|covering|on call|from pharmacy|from radiology|from the lab|in pharmacy|in radiology|RN|LPN|NP|PA|MD|cried|laughed|joked|smiled|died|passed|retired|married|fell|woke|slept|ate|walked|sat|asking|crying|insists|insisted|worries|worried|hopes|hoped|planned|plans|prefers|preferred|c/o|s/p|presented|who)"
_PT = re.compile(
    r"(?<![A-Za-z])(?:pt|patient|client|resident)\s(?P<name>[A-Za-z][\w'-]{2,20}(?:\s[A-Za-z][\w'-]{2,20})?)(?=\s(?:rm|room|bed|mrn|c/o|was|is|has|tolerated|prefers|denies|states|called|dob)\b|['’]s\b)",
    re.IGNORECASE,
)


_STATE_WORDS = lexicon.word_set("name_forms_state_words")


_AWARE = re.compile(
    r"(?<![A-Za-z])(?:md|dr\.?|np|rn|pa|doctor|nurse|attending|resident|intern|fellow|team lead|charge)\s(?P<name>[^\W\d_][\w'-]{2,20})\s(?=aware|notified|informed|paged|called|at bedside|in room|updated|here|to see|will see|saw|ordered|recs?\b|gave)",
    re.IGNORECASE,
)


ACTING = re.compile(rf"\s{{1,2}}(?:also |just |then |now |both |still |again |later |herself |himself )?(?:{_ACT})\b")


_ACTOR = re.compile(r"(?:[A-Z][\w'’-]{1,24}[ ]){0,2}[^\W\d_][\w'’-]{1,24}$")


_CREDENTIALED = re.compile(
    rf"(?P<name>[^\W\d_][\w.'’-]{{0,24}}(?:[ \t]{{1,2}}[^\W\d_][\w.'’-]{{0,24}}){{0,3}}),?[ \t]{{1,3}}(?P<cred>{CREDENTIAL})(?![\w'])"
)


_LOWER_CREDENTIALED = re.compile(
    r"(?<![\w])(?P<name>[A-Za-z][a-z]{2,16}(?:\s[A-Za-z][a-z]{2,16})?),?\s(?P<cred>rn|lpn|md|np|pa-c|cna|pharmd)(?![\w])"
)


_LAST_FIRST = re.compile(
    r"(?<![\w])(?P<last>[A-Z][A-Za-z'’-]{1,24}),[ ]?(?P<first>[A-Z][A-Za-z'’-]{1,24})(?P<middle>[ ][A-Z]\b\.?|[ ][A-Z][a-z]{2,20}(?=[\s,;.)]))?(?![\w'])"
)


_INITIAL_NAME = re.compile(
    r"(?<![\w.])(?P<name>[A-Z]\.[ ]?(?:[A-Z]\.[ ]?)?(?P<last>[A-Z][a-z'’]{1,2}?[A-Za-z'’-]{1,22}))(?![\w])"
)


_MIDDLE_INITIAL = re.compile(
    r"(?<![\w.])(?P<first>[A-Z][a-z'’-]{1,22})[ ](?P<middle>[A-Z])\.?[ ](?P<last>[A-Z][a-z'’][\w'’-]{1,22})(?![\w])"
)


_SPEAKER = re.compile(
    r"(?:^|\n)[ \t>*-]{0,4}(?P<name>[A-Z][a-z'’-]{2,20}(?: [A-Z][a-z'’-]{2,20}| [A-Z]\.?)?)(?=\s?:\s|\s?\(\d{1,2}:\d\d)"
)


_ALL_CAPS_LINE = re.compile(
    r"(?:^|\n)[ \t]{0,12}(?P<name>[A-Z][A-Z'’-]{1,20}(?:,?[ ][A-Z][A-Z'’.-]{0,20}){1,3})[ \t]{0,4}(?=\n|$|,)"
)


#: A credential after a blank, without which nothing is credentialed, and how far before it a name can begin.
_CREDENTIAL = re.compile(rf"[ \t]{CREDENTIAL}(?![\w'])")
_LONGEST_CREDENTIALED = 120
_FORMS = (
    _PT,
    _AWARE,
    _LOWER_CREDENTIALED,
    _LAST_FIRST,
    _INITIAL_NAME,
    _MIDDLE_INITIAL,
    _SPEAKER,
    _ALL_CAPS_LINE,
    ACTING,
)
_SWEEP = Sweep(_FORMS)
Found = Mapping[re.Pattern[str], Sequence[re.Match[str]]]


def _credentialed(text: str) -> Iterator[re.Match[str]]:
    """Yield what `finditer` yields; names are looked for only where a credential can follow."""
    at = 0
    while credential := _CREDENTIAL.search(text, at):
        match = _CREDENTIALED.search(text, max(at, credential.start() - _LONGEST_CREDENTIALED))
        if match is None:
            return
        yield match
        at = match.end()


def _credential_spans(text: str, _found: Found) -> Iterator[tuple[int, int, float]]:
    """Find `Tobias Renner, MD`."""
    for match in _credentialed(text):
        words = list(TOKEN.finditer(match["name"]))
        keep = len(words)
        while keep and _before_credential(text, match, words, keep - 1):
            keep -= 1
        if keep < len(words) and not (
            match["cred"] in ("PT", "MS", "MA", "RD", "III", "PA", "OCN", "CNS", "LD", "CTR", "CRC", "SLP", "JD")
            and len(words) - keep < 2
        ):
            yield match.start("name") + words[keep].start(), match.end("name"), 0.9


def _before_credential(text: str, match: re.Match[str], words: list[re.Match[str]], at: int) -> bool:
    """Whether a word before a credential belongs to the name."""
    written, plain = words[at].group(), lexicon.fold_word(words[at].group())
    if not written[0].isupper():
        return plain in PARTICLES
    if plain in ("march", "may", "april", "june") and at and lexicon.is_name(lexicon.fold_word(words[0].group())):
        return True
    if plain in NOT_FIRST:
        return False
    last_before_comma = at == len(words) - 1 and text[match.end("name")] == "," and not plausible.clinical_shape(plain)
    return len(plain) == 1 or plausible.could_be_name(plain) or last_before_comma


#: A room, a number or a date of birth is a person's: `pt HODGKIN rm 41B`.
_HELD = re.compile(r"\s(?:rm|room|bed|mrn|dob)\b", re.IGNORECASE)


def _ward_spans(text: str, found: Found) -> Iterator[tuple[int, int, float]]:
    """Find names in the shorthand of a ward: `md halloran aware`, `pt halloran rm 4`, `report to jermaine rn`."""
    for match in found[_AWARE]:
        if (
            lexicon.fold_word(match["name"])
            not in NOT_FIRST | {"team", "service", "line", "has", "was", "not", "hospitalist", "nurse", "resident"}
            or match["name"].lower() == "march"
        ):
            yield match.start("name"), match.end("name"), 0.75
    for match in found[_PT]:
        parts = match["name"].lower().split()
        held = bool(_HELD.match(text, match.end("name")))
        if all(
            (part in lexicon.english_names() or (held and part in lexicon.eponyms()))
            and part not in NOT_FIRST | _STATE_WORDS | {"will"}
            for part in parts
        ):
            yield match.start("name"), match.end("name"), 0.7
    for match in found[_LOWER_CREDENTIALED]:
        words = list(TOKEN.finditer(match["name"]))
        first = next(
            (
                at
                for at, word in enumerate(words)
                if all(lexicon.is_name(w.group().lower()) and w.group().lower() not in NOT_FIRST for w in words[at:])
            ),
            None,
        )
        if first is not None and (
            any(lexicon.is_only_a_name(w.group().lower()) for w in words[first:])
            or (
                words[first:] == words[-1:]
                and re.search(
                    r"(?:to|by|with|from|per)\s$",
                    text[
                        max(0, match.start("name") + words[first].start() - 6) : match.start("name")
                        + words[first].start()
                    ],
                )
            )
        ):
            yield match.start("name") + words[first].start(), match.end("name"), 0.7


def _pair_spans(text: str, found: Found) -> Iterator[tuple[int, int, float]]:
    """Find `LAST, First` and `A. Last` and `First M Last`."""
    for match in found[_LAST_FIRST]:
        last, first = lexicon.fold_word(match["last"]), lexicon.fold_word(match["first"])
        both = plausible.could_be_name(last) and plausible.could_be_name(first)
        certain = (
            lexicon.is_only_a_name(last)
            or lexicon.is_only_a_name(first)
            or (match["last"].isupper() and lexicon.is_name(last) and lexicon.is_name(first))
        )
        if both and certain and first not in NOT_FIRST and last not in NOT_FIRST:
            yield match.start(), match.end(), 0.8
    for match in found[_INITIAL_NAME]:
        last = lexicon.fold_word(match["last"])
        if (
            last not in NOT_FIRST
            and (plausible.could_be_name(last) or text[match.start() - 4 : match.start()].strip().endswith("."))
            and not plausible.eponym_use(text, match.start("last"), match.end())
        ):
            yield match.start(), match.end(), 0.8
    for match in found[_MIDDLE_INITIAL]:
        first, last = lexicon.fold_word(match["first"]), lexicon.fold_word(match["last"])
        if (
            first not in NOT_FIRST
            and last not in NOT_FIRST
            and plausible.could_be_name(first)
            and plausible.could_be_name(last)
            and not plausible.eponym_use(text, match.start("last"), match.end())
        ):
            yield match.start(), match.end(), 0.7


def _line_spans(text: str, found: Found) -> Iterator[tuple[int, int, float]]:
    """Find who speaks at the beginning of a line, and names that stand on a line alone in capitals."""
    for match in found[_SPEAKER]:
        words = [lexicon.fold_word(word) for word in match["name"].replace(".", "").split()]
        if all(len(word) == 1 or plausible.could_be_name(word) for word in words) and not any(
            word in NOT_FIRST for word in words
        ):
            yield match.start("name"), match.end("name"), 0.6
    for match in found[_ALL_CAPS_LINE]:
        words = [lexicon.fold_word(word).strip(".") for word in re.split(r"[ ,]+", match["name"]) if word]
        names = [word for word in words if lexicon.is_name(word)]
        if (
            len(names) >= 1
            and all(len(word) == 1 or plausible.could_be_name(word) for word in words)
            and any(not lexicon.is_word(word) for word in names)
        ):
            yield match.start("name"), match.end("name"), 0.8


def _acting_spans(text: str, found: Found) -> Iterator[tuple[int, int, float]]:
    """Find `Halloran called`, `md gray aware`: a likely name before a verb that persons do."""
    for match in found[ACTING]:
        before = _ACTOR.search(text, max(0, match.start() - 60), match.start())
        if before is None:
            continue
        words = list(TOKEN.finditer(text, before.start(), before.end()))
        last = words[-1] if words else None
        if last is None:
            continue
        plain = lexicon.fold_word(last.group())
        if plain in NOT_FIRST or not (
            plausible.could_be_name(plain) if last.group()[0].isupper() else lexicon.is_only_a_name(plain)
        ):
            continue
        if (last.group().isupper() and len(plain) < 4) or (last.group().isupper() and not lexicon.is_name(plain)):
            continue
        start = last.start()
        for word in reversed(words[:-1]):
            if (
                not (word.group()[0].isupper() and plausible.could_be_name(lexicon.fold_word(word.group())))
                or lexicon.fold_word(word.group()) in NOT_FIRST
            ):
                break
            start = word.start()
        if not plausible.eponym_use(text, start, last.end()):
            yield start, last.end(), 0.6


@register("recogniser", "names_by_form")
@dataclass(frozen=True)
class NamesByForm:
    """Finds names of persons by their written form and by what follows them."""

    examples: ClassVar[tuple[str, ...]] = (
        "md «halloran» aware", "«Tobias Renner», MD", "seen by «K. Yamamoto»", "report to «jermaine» rn", "«WONG, CAROLYN» arrived", "then «Okonkwo» said no", "«Csilla P Ferreira» wrote",
    )  # fmt: skip
    counter_examples: ClassVar[tuple[str, ...]] = (
        "Romberg negative", "nurse practitioner visit", "the team said no", "Stage IIIB, Grade 2", "E. coli grew", "pt well tolerated", "MRI, CT and PET",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the names in a text that their form gives away."""
        matches = dict(_SWEEP.matches(text))
        found = {form: matches.get(number, []) for number, form in enumerate(_FORMS)}
        for finder in (_credential_spans, _ward_spans, _pair_spans, _line_spans, _acting_spans):
            for start, end, score in finder(text, found):
                yield Span(start, end, "person_name", score, "names_by_form")
