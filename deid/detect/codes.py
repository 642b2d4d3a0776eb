"""Numbers of papers, things and persons that stand in a sentence without a label: by their grouping, or after what bears them."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from deid.detect import lexicon
from deid.detect.identifiers import CLINICAL_CODE, CODE_BEFORE
from deid.detect.patterns import Pattern, Table, pattern
from deid.model import Span
from deid.registry import register

_GROUP = r"\d[\dA-Z]{0,13}"
_TAIL = r"(?:[ -]?(?!(?:A|I|AM|AN|AS|AT|BE|BY|DO|GO|HE|IF|IN|IS|IT|ME|MY|NO|OF|ON|OR|PM|SO|TO|UP|US|WE)\b)(?:[A-Z]{1,2}|I{2,3})(?![\w'’]))?"
_VALUE = rf"(?:[A-Z]{{1,6}}(?:[-/][A-Z]{{1,3}})?[-/., ]?)?{_GROUP}(?:[ ./-]{_GROUP}){{0,5}}(?:[-/][A-Z][A-Za-zÄÖÜäöü]{{0,3}}(?!\w))?{_TAIL}"
_SMALL = r"(?:\s(?:is|was|no|nr|nos|number|numbers|id|with|of|on|here|there|says|reads|marked|labelled|label|called|sent|now|under|as|the|from|note|slip|code|tag|her|his|my|our|their|your|stays|remains|and)\b\.?){0,3}"
_LINK = r"\s{0,2}[:,#=(–-]{0,2}\s{0,2}[#\"“'(]{0,2}"
_THINGS = (
    r"waybill|way bill|airwaybill|awb|docket|invoice|receipts?|bill|slip|token|log|con(?:signment)? note|parcel|courier|aramex|dhl|fedex|ups|meter|cheque|abstract|keys?|locker|voucher|folio|entry|queue|complaint|incident|badge"
    r"|order|booking|reservation|consignment|shipment|seal|logger|shipper|label|paper|reference|ref|our sign|your sign|warrant|fir|case|docket|job|crew|callsign|reg|filed under|reported (?:to \w+ )?under|listed under|file|card|kartei|karte|fund|membership|cover|policy|scheme|pass|permit|licen[cs]e|registry|register|certificate"
    r"|serial|valve|stem|cup|liner|lens|pump|pacemaker|generator|lead|device|stent|mesh|graft|hearing aid|aid|prosthesis|wheelchair|walker|monitor|ventilator|concentrator|cylinder|logger|machine|swab|jar|pot|vial|tube|bag|unit|straws?|cord|cassette|slides?|block|specimen|sample|biopsy|cyto|swabs|kit|box|tissue|aliquots?|bottle"
)  # fmt: skip
_SPOKEN = r"(?:zero|oh|nought|naught|one|two|three|four|five|six|seven|eight|nine)"
_LETTER = r"(?:[a-z](?![\w-])|alpha|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliet|kilo|lima|mike|november|oscar|papa|quebec|romeo|sierra|tango|uniform|victor|whiske?y|x-?ray|yankee|zulu)"
_SPOKEN_ANY = rf"(?:(?:double|triple)\s{_SPOKEN}|{_SPOKEN}|dash|hyphen|slash|stroke|plus|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|\d{{1,4}})"
_UNIT_AFTER = re.compile(
    r"\s?(?:mg|mcg|µg|ug|ml|mls|l\b|kg|g\b|cm|mm|m\b|%|mmhg|bpm|units?|iu\b|u\b|hours?|hrs?|h\b|days?|weeks?|months?|years?|minutes?|mins?|secs?|times|doses?|patients?|steps|cells|copies|kcal|cal\b|am\b|pm\b|x\s?10)|/",
    re.IGNORECASE,
)
_TIME = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
#: A blood pressure, by its letters in some language: `TA 142/88`.
_PRESSURE = re.compile(r"(?:[A-Z]{1,4} )?[12]?\d\d/1?\d\d")


def _groups(written: str) -> list[str]:
    return re.findall(r"[A-Za-z]*\d+[A-Za-z\d]*", written)


def _no_quantity(match: re.Match[str]) -> bool:
    """Whether groups of digits are neither quantities with a unit, nor times, years or codes of classifications."""
    written: str = match["id"]
    if _UNIT_AFTER.match(match.string, match.end("id")) or CLINICAL_CODE.fullmatch(written):
        return False
    if CODE_BEFORE.search(match.string, max(0, match.start() - 24), match.start()):
        return False
    numbers = re.findall(r"\d+", written)
    if _PRESSURE.fullmatch(written) and 260 >= int(numbers[0]) > int(numbers[1]) >= 30 and int(numbers[0]) >= 70:
        return False
    if (
        len(numbers) > 1
        and "/" not in written
        and (all(map(_TIME.fullmatch, numbers)) or all(map(_YEAR.fullmatch, numbers)))
    ):
        return False
    return re.fullmatch(r"\d{1,3}(?: 000)+", written) is None


def _grouped(match: re.Match[str]) -> bool:
    """Whether figures in groups are a number of somebody: many, or few with letters, a nought in front or a tail."""
    written: str = match["id"]
    if not _no_quantity(match):
        return False
    digits, groups = sum(char.isdigit() for char in written), _groups(written)
    head = re.match(r"[A-Za-z]+", written)
    padded = any(re.match(r"0\d{2,}", number) for number in re.findall(r"\d+", written))
    if head is None:
        return digits >= 7 and len(groups) > 1 and (padded or any(len(group) >= 4 for group in groups))
    word = head.group().lower()
    if (word in _LABELS and " " in written) or re.search(r"^[A-Z]+ \d{1,3}[./]\d{1,2} ", written):
        return False
    if word in _MEASURED:
        return len(word) == 1 and digits >= 6 and (digits >= 8 or not written[-1].isdigit())
    if len(word) > 2 and lexicon.is_word(word) and not (word in lexicon.clinical_words() and len(groups) > 1):
        return False
    if padded and (digits > 4 or not _TIME.fullmatch(groups[-1])):
        return digits >= 4
    return digits >= 6 or (digits >= 5 and len(groups) > 1) or (digits >= 5 and len(word) <= 4 and len(word) > 1)


_MEASURED = lexicon.word_set("identifiers_measured")
_LABELS = lexicon.word_set("identifiers_labels")


def _borne(match: re.Match[str]) -> bool:
    """Whether the value after a thing that bears numbers is one: three figures and more, no quantity, no plain count."""
    written: str = match["id"]
    digits = sum(char.isdigit() for char in written)
    if digits < 3 or not _no_quantity(match):
        return False
    if re.fullmatch(r"\d+(?:\.\d{1,2})?", written) and (digits < 4 or "." in written):
        return False
    head = re.match(r"[A-Z]+(?=[ .,])", written)
    if head and (head.group().lower() in _MEASURED or lexicon.is_word(head.group().lower())):
        return False
    return not (
        re.fullmatch(_YEAR, written)
        or re.fullmatch(r"[12]\d00", written)
        or re.fullmatch(r"\d{1,2}[./]\d{1,2}", written)
    )


def _spoken_number(match: re.Match[str]) -> bool:
    words = re.findall(r"[a-z]+|\d+", match["id"].lower())
    return len(words) >= 4 and len(set(words)) > 1 and sum(map(str.isalpha, words)) * 2 > len(words)


_FORMS: tuple[Pattern, ...] = (
    # groups, with letters in front or without
    pattern(rf"(?<![\w./,-])(?P<id>[A-Z]{{1,6}}(?:-[A-Z])?(?:[-/., ]|-[ ])?{_GROUP}(?:[ ./-]{_GROUP}){{0,5}}(?:[-/][A-Z][A-Za-zÄÖÜäöü]{{0,3}}(?!\w))?{_TAIL})(?![\w%]|[.,/-]\d)", "record_number", 0.55, check=_grouped, flags=0),
    pattern(rf"(?<![\w./,:-])(?P<id>\d{{1,9}}(?:[ ./-]\d{{1,12}}){{1,5}}(?:[-/][A-Z]{{1,3}}(?!\w))?{_TAIL})(?![\w%]|[.,:/-]\d)", "record_number", 0.5, check=_grouped, flags=0),
    pattern(r"(?<![\w./-])(?P<id>[A-Z]{1,5}(?:/[A-Z]{1,5})?/\d{3,9}(?:/[A-Z0-9]{1,5}){0,2}|[A-Z]{1,5}/\d{2}/\d{3,9}|\d{2,4}/0\d{2,6}|\d{2}/\d{5,8})(?![\w%]|[/-]\d)", "record_number", 0.5, check=_no_quantity, flags=0),
    pattern(r"(?<![\w./-])(?P<id>[A-Z]{1,3}-\d{2,4}-(?:\d{1,6}|[A-Z]\d{0,4})|[A-Z]{1,3}-\d{4,8}-[A-Z]|[A-Z]{1,5}-[A-Z]{1,4}[- ]?\d{3,8}|[A-Z]{2,5}-[A-Z][ -]\d{4,8})(?![\w%]|[./-]\w)", "record_number", 0.5, check=lambda m: _no_quantity(m) and (len(m["id"].split("-")[0]) == 1 or m["id"].split("-")[0].lower() not in _MEASURED), flags=0),
    pattern(r"(?<![\w./-])(?P<id>\d[A-Z]{2,4}\d{2,6}|[A-Z]{2,4}\d{2}[A-Z]{1,3}\d{2,6}|[A-Z]{1,3}\d{3,8}[A-Z]{2,4})(?![\w%]|[./-]\w)", "record_number", 0.45, check=_no_quantity, flags=0),
    pattern(r"(?<![\w./-])(?P<id>\d{1,5}(?:\.\d{2,6}){2,5}(?:-\d{1,4})?)(?![\w%]|[./-]\d)", "record_number", 0.5, check=lambda m: sum(c.isdigit() for c in m["id"]) >= 8 and _no_quantity(m)),
    # what bears a number
    pattern(rf"(?i:(?<![a-z])(?:{_THINGS})(?![a-z])){_SMALL}{_LINK}(?P<id>{_VALUE})(?![\w%]|[.,:]\d)", "account_number", 0.55, check=_borne, flags=0),
    pattern(r"(?i:\b(?:under|filed as|known as|listed as|old number|hospital number|number|here as|stored as|numbered|ours is|it is|that is))[,:]?\s(?P<id>(?:[A-Z]{1,3}[ -])?\d{2,4}[ -]\d{3,6}|[A-Z]{1,3}[ -]\d{2,3}[ -]\d{3,5}|[A-Z]{1,3}/\d{3,8})(?![\w%]|[.,/-]\d)", "record_number", 0.5, check=_no_quantity, flags=0),
    # a part of a number, and the next of a series
    pattern(r"(?<![a-z])(?:end(?:s|ed|ing)?|finish(?:es|ing)|begin(?:s|ning)?|start(?:s|ing)|last (?:four|three|five|six|4|3|5|6|digits?|figures)(?: digits| figures)?|first (?:four|three|4|3) (?:digits|figures))(?:\s(?:in|with|is|are|on|was|of|digits?|it|the|and|side|va|for|to|now|file|record|system|our|his|her|number|ssn|account|card)){0,5}[\s:,\"“']{1,3}(?P<id>[-–…x*]{0,4}\d{3,6}(?:[- ]\d{1,5})?[A-Z]?|\d{1,3}[A-Z])(?![\w%]|[.:]\d)", "account_number", 0.6, check=lambda m: not _UNIT_AFTER.match(m.string, m.end())),
    pattern(r"(?<=[\w)”\"] )(?P<id>[-–]0\d{2,5}|[-–]\d{4,6})(?![\w%.]|[-.,]\d)", "record_number", 0.5, check=lambda m: m["id"][1] == "0" or bool(re.search(r"end(?:s|ed|ing)?\b", m.string[max(0, m.start() - 60) : m.start()]))),
    pattern(r"\d{3}\s?(?:&|and|,|/|or|\+)\s(?P<id>[-–]\d{2,5})(?![\w%.]|[-.,]\d)", "record_number", 0.5, check=lambda m: not _UNIT_AFTER.match(m.string, m.end())),
    # spoken
    pattern(rf"\b(?:number|card|file|chart|record|ending|ends|end|registry|code|pin|account|policy|line|landline|phone|mobile|cell|on|as|at|id)\b(?:\s(?:in|is|as|there|the|of|it|now|here|are)){{0,3}}\s(?P<id>(?:[a-z]\s(?=dash|hyphen|slash))?{_SPOKEN_ANY}(?:[ ,-]{{1,2}}{_SPOKEN_ANY}){{3,14}})\b(?!\s?(?:mg|milligrams?|point|percent|weeks|days|hours|months|years))", "account_number", 0.6, check=_spoken_number, screen=("one", "two", "three", "four", "five", "seven")),
    pattern(rf"\b(?:number|serial|accession|ref|reference|record|under|reg|registration|plate|code|case|claim|policy|label|car|id|chart)\b(?:\s(?:is|was|to|with|of|no))?\s(?P<id>{_LETTER}(?:[ ,-]{{1,2}}(?:{_LETTER}|{_SPOKEN_ANY})){{2,14}})\b", "record_number", 0.6, check=_spoken_number),
    pattern(rf"\b(?P<id>(?:plus\s)?(?:zero|oh|nought|naught|double\s{_SPOKEN}|{_SPOKEN}\s(?:zero|oh|nought|naught|dash))(?:[ ,-]{{1,2}}{_SPOKEN_ANY}){{4,14}})\b", "phone", 0.6, check=_spoken_number, screen=("oh", "nought", "zero", "dash", "double", "naught")),
    pattern(r"(?<![a-z])(?P<id>plus\s(?:one|\d{1,3})\s\d[\d ]{5,14}\d)(?!\d)", "phone", 0.8, screen=("plus",)),
    # telephone numbers without a word for them
    pattern(r"(?<![\d./-])(?P<id>[6-9]\d{4}[ -]\d{5})(?![\d./-])", "phone", 0.7),
    pattern(r"(?<![a-z])(?:ext|extn|extension|x|bleep|pager|hn|dect|internal|desk|blood on-?call|on-?call|switch)\.?\s?[:#]{0,2}\s?(?P<id>[-–]?\d(?:[- ]?\d){2,6})(?![\d%]|[.,:]\d|\s?(?:mg|ml|times|hours|weeks|days))", "phone", 0.65),
    pattern(r"(?<![a-z])(?:pager|bleep|beeper|page)\b[^\n.;\d]{0,24}?[:\s]\s?(?P<id>#?\d{4,6})(?![\d%]|[.,:]\d|\s?(?:mg|ml|times|hours|weeks|days))", "phone", 0.6),
    pattern(r"(?<![a-z])(?:rang|ring|rings|call(?:s|ed)?|phone[sd]?|reach(?:ed)?|text(?:ed)?|sent|briefed|tel|telephone|whatsapp|mobile|number|number's)(?:\s[a-z]+){0,4}\s(?:on|to|at|is|back)?\s?(?P<id>\d{3}[ -]\d{3,4}|\d{2} \d{2} \d{2}(?: \d{2})?)(?![\d%]|[.,:/-]\d|\s?(?:mg|ml|cells))", "phone", 0.55),
)  # fmt: skip

_TABLE = Table(_FORMS)
_FIGURE = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|oh|zero|nought)\b", re.IGNORECASE)


@register("recogniser", "codes")
@dataclass(frozen=True)
class Codes:
    """Finds numbers without a label: grouped figures, numbers of things and papers, parts of numbers, spoken ones."""

    examples: ClassVar[tuple[str, ...]] = (
        "sent with «KT 0417 882» by noon", "waybill «771 0923 4410» went", "paid on token «6642»", "the slip «07713» was lost", "«SRK 88213-40» in situ", "filed with «PV 26-09914» upstairs",
        "the paper, «0072-61330-4», says", "jar «NT/F/662» came", "her card ends in «-6271»", "«24-311-0065» & «-66» grew", "cord «-0082» leaked", "last four on file are «8836»",
        "her number there ends in «six two oh nine»", "rings on «nought seven one three five five oh one»", "rang back on «555 306»", "photo to «97733 41028»", "under «77 3310» at the unit",
        "accession «h seven seven three» stop", "generator serial «p k j four four one nine» full stop", "bike reg «yankee juliet two four oscar bravo x-ray»", "our number «r e n stroke twenty stroke seventy seven» comma",
        "ext. «-3310»", "their ref «R51 622 0038»", "sample «H/6620/C» waits", "straws «TR/0661»",
    )  # fmt: skip
    counter_examples: ClassVar[tuple[str, ...]] = (
        "BP 120/80 118/76", "TA 142/88", "RR 165/95, puls 80", "slept 0200-0500", "between 1998-2004", "WBC 12 300", "given 5000 units", "gained 100 000 copies", "AFP 20881", "CPT 88305", "ICD-O 9680/3", "order 2000 ml", "log 4 reduction",
        "T12-L1 fusion", "the unit was full", "net -1850 ml", "PSA 4.2-5.1-6.0", "two three times", "EQ-5D 11221", "grade 3 at 24 weeks", "page 12 of 40", "seen by one or two of us", "Gleason 3+4", "glucose 142 188 201 96",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the numbers of a text that stand for persons, papers and things."""
        return _TABLE.find(text, "codes") if _FIGURE.search(text) else ()
