"""What remains of the language model's entities once clinical vocabulary has been heard, and what a name's certainty spreads."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from deid.detect import lexicon, plausible
from deid.detect.reading import PARTICLES, TOKEN
from deid.model import NAMED_PLACES, PLACES, Span

_PERSONS = frozenset({"person_name", "given_name", "family_name", "clinician_name"})
_NAMED = _PERSONS | NAMED_PLACES
_STOP = lexicon.word_set("screening_stop")


_PERSON_DOES = re.compile(
    r"\s(?:also |then |just |later )?(?:called|phoned|rang|texted|emailed|said|says|told|tells|asked|asks|thinks|thought|wants|wanted|agreed|agrees|drove|drives|lives|lived|works|worked|denies|denied|presented the|wrote|writes|replied|insists|insisted|cried|laughed|joked|came|went|promised|refused|brought|visited|dictated|recommended|explained)\b"
)
_PLACE_LEADS = lexicon.word_set("screening_place_leads")


def screened(text: str, spans: Iterable[Span], *, groups: bool = False) -> Iterator[Span]:
    """Yield the entities that are plausible in a clinical text, cut to what is plausible in them."""
    for span in spans:
        if span.kind == "account_number":
            yield span
        elif span.kind == "ethnicity":
            if groups:
                yield span
        else:
            yield from _plausible_part(text, span)


def _plausible_part(text: str, span: Span) -> Iterator[Span]:
    for line in re.finditer(r"(?:[^\n|;:/\t ]| (?! ))+", text[span.start : span.end]):
        tokens = list(TOKEN.finditer(text, span.start + line.start(), span.start + line.end()))
        part = _part(text, tokens, span.kind)
        if part is not None:
            yield Span(
                part[0],
                part[1],
                _kind(text[part[0] : part[1]], span.kind),
                0.6 if span.kind == "person_name" else 0.5,
                "ner",
            )


def _part(text: str, tokens: list[re.Match[str]], kind: str) -> tuple[int, int] | None:
    keep = _fits_person if kind == "person_name" else _fits_place if kind in ("city", "site") else _fits_organisation
    while tokens and not keep(text, tokens[0]):
        tokens = tokens[1:]
    while tokens and not keep(text, tokens[-1]):
        tokens = tokens[:-1]
    if not tokens:
        return None
    start, end = tokens[0].start(), tokens[-1].end()
    words = [lexicon.fold_word(token.group()).removesuffix("'s") for token in tokens]
    if any(
        len(word) > 1
        and word not in _PLACE_LEADS
        and word in lexicon.clinical_words()
        and word not in lexicon.english_names()
        for word in words
    ) or plausible.eponym_use(text, start, end):
        return None
    if (
        len(tokens) == 1
        and plausible.of_mixed_form(tokens[0].group())
        and not _PLACED.search(text, max(0, start - 24), start)
    ):
        return None
    if kind == "person_name" and all(len(word) == 1 for word in words):
        return None
    if (
        len(words) == 1
        and words[0] in lexicon.nouns_alone()
        and tokens[0].group().istitle()
        and _PERSON_DOES.match(text, end)
    ):
        return start, end
    if kind == "organisation" and not any(
        (plausible.unknown(word) or lexicon.is_only_a_name(word)) and len(word) > 2 for word in words
    ):
        return None
    if re.search(r"\d", text[start:end]) and kind == "person_name":
        return None
    return start, end - 2 if text[start:end].lower().endswith("'s") else end


_PLACED = re.compile(r"(?:\b(?:works?|worked|working|employed|job|shifts?)\s(?:at|for|with)|\b(?:at|from|mr|mrs|ms|miss|dr))\.?\s$", re.IGNORECASE)  # fmt: skip


def _fits_person(text: str, token: re.Match[str]) -> bool:
    word = lexicon.fold_word(token.group()).removesuffix("'s")
    if word in _STOP or (len(word) == 1 and not token.group().isupper()):
        return False
    if len(word) == 1:
        return True
    if token.group().isupper() and len(word) < 5 and not lexicon.is_name(word):
        return False
    if token.group()[0].islower():
        return lexicon.is_only_a_name(word)
    if word in lexicon.nouns_alone() and _PERSON_DOES.match(text, token.end()):
        return True
    return plausible.could_be_name(word) and not (
        word in lexicon.clinical_words() and word not in lexicon.english_names()
    )


def _fits_place(text: str, token: re.Match[str]) -> bool:
    word = lexicon.fold_word(token.group())
    if (
        word in _PLACE_LEADS
        and token.group()[0].isupper()
        and re.match(r"[ ][A-Z]", text[token.end() : token.end() + 2])
    ):
        return True
    if word in _STOP or len(word) < 3 or not token.group()[0].isupper() or plausible.clinical_shape(word):
        return False
    if token.group().isupper() and len(word) < 5:
        return False
    if plausible.unknown(word) or lexicon.is_name(word) or word in _COUNTRIES:
        return True
    before = text[max(0, token.start() - 3) : token.start()]
    return bool(re.search(r"[a-z,] $", before))


def _fits_organisation(text: str, token: re.Match[str]) -> bool:
    word = lexicon.fold_word(token.group())
    return not (
        word in _STOP
        or len(word) < 3
        or not token.group()[0].isupper()
        or plausible.clinical_shape(word)
        or (token.group().isupper() and len(word) < 6)
    )


def _kind(written: str, kind: str) -> str:
    lowered = written.lower()
    if lowered in _COUNTRIES:
        return "country"
    return "state" if lowered in _STATES else kind


_COUNTRIES = frozenset(lexicon.fold_word(name) for name in lexicon.countries()) | {"usa", "uk", "america"}
_STATES = lexicon.word_set("screening_states") | {
    "new hampshire",
    "new jersey",
    "new mexico",
    "new york",
    "north carolina",
    "north dakota",
    "rhode island",
    "south carolina",
    "south dakota",
    "west virginia",
}


def repeated(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield every further mention of a name that was found with certainty elsewhere in the same text."""
    sure: dict[str, str] = {}
    for span in spans:
        if span.kind in _NAMED and (span.score >= 0.7 or (span.score >= 0.55 and span.kind in _PERSONS)):
            for token in TOKEN.finditer(text, span.start, span.end):
                word = lexicon.fold_word(token.group()).removesuffix("'s")
                if len(word) > 2 and word not in PARTICLES and (span.kind in _PERSONS or not lexicon.is_word(word)):
                    sure.setdefault(word, span.kind)
    if not sure:
        return
    firsts = {word[0] for word in sure}
    for token in TOKEN.finditer(text):
        first = token.group()[0].lower()
        if first not in firsts and first.isascii():
            continue
        word = lexicon.fold_word(token.group())
        bare = word.removesuffix("'s")
        if bare in sure and _same_name(text, token, bare):
            yield Span(token.start(), token.end() - (len(word) - len(bare)), sure[bare], 0.6, "repeated")


def _same_name(text: str, token: re.Match[str], word: str) -> bool:
    if plausible.eponym_use(text, token.start(), token.end()):
        return False
    if lexicon.is_only_a_name(word) or plausible.unknown(word):
        return True
    if word in lexicon.english_names() and token.group()[0].isupper():
        return True
    return token.group()[0].isupper() and bool(
        re.search(r"[a-z,;(] $", text[max(0, token.start() - 3) : token.start()])
    )


_LEFT = re.compile(r"([^\W\d_][\w'’-]{1,24}|[A-Z]\.?)[ ]$")
_RIGHT = re.compile(
    r"((?:[ ](?:de|del|della|di|da|dos|van|von|der|den|ten|ter|la|le|el|al|bin|ibn|zu|y))*)[ ]([^\W\d_][\w'’-]{1,24}|[A-Z]\b\.?)"
)
_HEADING_NEXT = re.compile(r"\s?[:#]")


def extended(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield what belongs to a person's name on either side of the part that was found: initials, particles, surnames."""
    for span in spans:
        if span.kind in _PERSONS and span.score >= 0.5 and text[span.start : span.start + 1].isupper():
            start, end = _leftwards(text, span.start), _rightwards(text, span.start, span.end)
            if (start, end) != (span.start, span.end):
                yield Span(start, end, span.kind, span.score, "extended")
        elif span.kind in _PERSONS and span.score >= 0.5 and (bearer := _EPONYM_NEXT.match(text, span.end)):
            given, eponym = (lexicon.fold_word(each) for each in (text[span.start : span.end], bearer[1]))
            own = given in lexicon.given_names() and eponym in lexicon.eponyms()
            if own and not plausible.named_after(text, bearer.end()):
                yield Span(span.start, bearer.end(), span.kind, span.score, "extended")
        elif (span.kind in PLACES and (stretch := _with_unit(text, span)) != (span.start, span.end)) or (
            span.kind == "date" and (stretch := _with_year(text, span)) != (span.start, span.end)
        ):
            yield Span(*stretch, span.kind, span.score, "extended")


#: What tells one day of a feast or month, and what follows its name: `the eve of Gawai`, `tenth of Muharram`, `Elul 2009`.
_DAY_OF = re.compile(
    r"(?<!\w)(?:(?:the\s)?(?:eve|vigil|start|beginning|middle|end|(?:\d{1,2}(?:st|nd|rd|th)|last|first|second|third|[a-z]{3,6}th"
    r"|[a-z]{5,9}eenth|twent(?:y-[a-z]{3,7}|ieth)|thirt(?:y-first|ieth))(?:\s(?:day|night))?)\sof\s(?:the\s)?|(?:end|mid|early|late)[ -])$",
    re.IGNORECASE,
)
_OF_YEAR = re.compile(
    r"(?<=[^\W\d_])(?:\s(?:eve|weekend|week)(?!\w))?(?:(?:\sof|,)?\s(?:19|20)\d\d(?![\d./-]|\s?(?:m[lg]|kcal|units?|steps)\b))?",
    re.IGNORECASE,
)


def _with_year(text: str, span: Span) -> tuple[int, int]:
    """Return where a day that is told by a name begins and ends, with the day of it and its year."""
    start, end = _between(text, span.start, span.end, _DAY_OF, _OF_YEAR)
    return (start if text[span.start].isalpha() else span.start), end


def _between(text: str, start: int, end: int, before: re.Pattern[str], after: re.Pattern[str]) -> tuple[int, int]:
    """Return where a stretch begins and ends with what stands right before and after it."""
    lead, tail = before.search(text, max(0, start - 32), start), after.match(text, end)
    return (lead.start() if lead else start), (tail.end() if tail else end)


#: In small letters a surname that is an eponym too: `stephanie hodgkin`.
_EPONYM_NEXT = re.compile(r" ([a-z][a-z'’-]{2,20})(?![\w'’-])")
#: The part of a house before or after its street: `top flat, 9 Marine Tce`, `Viaduct Road, basement`, `Fairmead, 2a`.
_LEVEL = r"(?:top|ground|first|second|third|fourth|garden|basement|upper|lower|attic)[- ](?:flat|floor|bell)"
_NUMBERED = r"(?:flat|apt\.?|unit|room|pitch|plot|lot|berth|no\.?)\s?\d{1,4}[a-z]?"
_UNIT_BEFORE = re.compile(rf"(?<!\w)(?:{_LEVEL}|basement|{_NUMBERED}),?\s(?:at\s)?$|(?<!\w)rear of\s$", re.IGNORECASE)
_UNIT_AFTER = re.compile(
    rf",?\s(?:{_LEVEL}|back stair|basement|{_NUMBERED})(?!\w)|,\s\d{{1,3}}[a-z](?=[.,;)]|\s(?:and|or|is|has|with|no|but|at)\b|$)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[ ](?:(?:High |Primary |Grammar |Secondary |Junior |Infant )?School|Academy|Comp|College|Board|Office|Trust|Society|Foundation|Association|Surgery|Practice|Scans|Labs|Diagnostics|House|Vale|Green|Cross|Heath|Lodge|Manor|Grange|Hall|Harbou?r|Falls|Springs|Grove|Ridge|Creek|Bay|Abbey|Castle|Park|Mills|Beach|Common|Moor|Gate|Bridge)(?!\w)",
    re.IGNORECASE,
)


def _with_unit(text: str, span: Span) -> tuple[int, int]:
    """Return where a place begins and ends with its flat or floor and the word that says what it is."""
    return _between(text, span.start, _with_tail(text, span), _UNIT_BEFORE, _UNIT_AFTER)


def _with_tail(text: str, span: Span) -> int:
    """Return where a place ends with the word that says what it is, written in the same case: `Harkwell House`."""
    match, name = _TAIL.match(text, span.end), text[span.start : span.end]
    if match is None:
        return span.end
    tail = match.group().strip()
    same = (
        (name.isupper() and tail.isupper())
        or (name.islower() and tail.islower())
        or (name[:1].isupper() and tail.istitle())
    )
    return match.end() if same else span.end


def _leftwards(text: str, start: int) -> int:
    for _ in range(2):
        match = _LEFT.search(text, max(0, start - 27), start)
        if match is None or not match[1][0].isupper():
            break
        word = lexicon.fold_word(match[1])
        if word in _STOP or not (
            len(word.strip(".")) > 1 and (plausible.unknown(word) or lexicon.is_only_a_name(word))
        ):
            break
        start = match.start()
    return start


def _rightwards(text: str, start: int, end: int) -> int:
    given = lexicon.fold_word(text[start:end]).split()[-1].strip(".") in lexicon.given_names()
    for _ in range(3):
        match = _RIGHT.match(text, end)
        if match is None or not match[2][0].isupper() or _HEADING_NEXT.match(text, match.end()):
            break
        word = lexicon.fold_word(match[2])
        if len(word.strip(".")) == 1:
            follows = re.match(r"[ ]([A-Z][\w'’-]+)", text[match.end() : match.end() + 26])
            if not follows or not plausible.could_be_name(lexicon.fold_word(follows[1])):
                break
        elif (
            word in _STOP
            or plausible.clinical_shape(word)
            or not (_surname(word) or (given and _ends_phrase(text, match.end()) and not match[2].isupper()))
        ):
            break
        end, given = match.end(), False
    return end


def _surname(word: str) -> bool:
    return lexicon.is_only_a_name(word) or plausible.unknown(word) or word in lexicon.eponyms()


def _ends_phrase(text: str, at: int) -> bool:
    """Whether no further capital follows: `Moira Pagan said`, but not the heading `Moira Clinical Summary`."""
    return not re.match(r"[ ][A-Z]", text[at : at + 2])
