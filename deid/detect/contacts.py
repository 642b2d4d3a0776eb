"""Telephone, fax and pager numbers, e-mail and web addresses, IP addresses."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from deid.detect.patterns import Table, has_digit, pattern
from deid.model import Span
from deid.registry import register

_TLD = (
    r"(?:com|org|net|edu|gov|mil|int|info|biz|health|care|clinic|hospital|example|test|invalid|local|io|co|us|uk|ca|au|nz|ie|in|de|fr|es|it|nl|be|ch"
    r"|at|se|no|dk|fi|pl|cz|hu|ro|gr|pt|br|mx|ar|cl|jp|kr|cn|tw|hk|sg|za|ng|ke|il|tr|ru|ua|eu|me|tv|app|dev|ai|cy|sk|si|hr|lt|lv|ee|is|lu|gl|li)"
)
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,40})\.){1,5}"
_SEP = r"[ \t]{0,2}[-./ \t–]?[ \t]{0,2}"
_EXT = r"(?:\s{0,2}(?:,|;)?\s{0,2}(?:x|ext\.?|extension|option|opt)\s{0,2}\.?:?\s{0,2}#?\d{1,6})?"
_SPOKEN = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)"


def _phone_like(match: re.Match[str]) -> bool:
    """Whether grouped digits can be a telephone number: not a date, range or record of small numbers."""
    digits = re.sub(r"\D", "", match.group("id"))
    return 7 <= len(digits) <= 15 and len(set(digits)) > 1


def _apart(match: re.Match[str]) -> bool:
    """Whether words around a sign that stands apart are an address: 'seen @Adena' is none, 'mara @ lakeside.org' is."""
    return not re.search(r"\s", match["id"]) or "." in re.split("[@＠]", match["id"])[1]


def _ip(match: re.Match[str]) -> bool:
    return all(int(part) < 256 for part in re.findall(r"\d+", match.group("id"))[:4])


_PHONE_WORD = (
    r"(?:phone|ph|tel|telephone|cell|mobile|mob|home|work|office|call(?:ed|ing|s|back)?|callback|contact|answering|answer|messages?|sms|registered|reach(?:ed|able)?|dial(?:ed)?|text(?:ed)?|whatsapp"
    r"|voicemail|vm|number|no|line|hotline|direct|desk|ring|rang|landline)"
)
_FORMS = (
    # area code and number with a slash, as in German-speaking countries; the trunk zero tells it from a fraction
    pattern(r"(?<![\d/.-])(?P<id>(?:\+\d{2}\s?(?:\(0\)\s?)?|0)\d{2,5}\s?/\s?\d{2,8}(?:[ -]?\d{1,6}){0,3})(?![\d/])", "phone", 0.9),
    # e-mail, also taken apart or spelled
    pattern(r"(?<![a-z0-9._%+-])(?P<id>[a-z0-9][a-z0-9._%+'/-]{0,63}\s?[@＠]\s?[a-z0-9](?:[a-z0-9.-]{0,80}[a-z0-9])?)", "email", 0.98, check=_apart, screen=("@",)),
    pattern(r"(?<![a-z0-9])(?P<id>[a-z0-9][a-z0-9._+-]{0,40}(?:\s?[\[({]\s?(?:dot|\.)\s?[\])}]\s?[a-z0-9_+-]{1,30}|\s(?:dot|underscore|dash|hyphen)\s[a-z0-9_+-]{1,30}){0,4}\s?(?:[\[({<]\s?at\s?[\])}>]|\sat\s)\s?[a-z0-9-]{1,40}(?:\s?(?:[\[({<]\s?(?:dot|\.)\s?[\])}>]|\sdot\s|\.)\s?[a-z0-9-]{2,24}){1,4})(?![a-z0-9])", "email", 0.9,
            check=lambda m: bool(re.search(rf"(?:dot|[\]).>]|\.)\s?{_TLD}$", m["id"], re.IGNORECASE)) and not re.search(r"\sat\s.*[a-z0-9-]\.\s", m["id"], re.IGNORECASE), screen=(" at ", "[at]", "(at)", "{at}", "<at>", "[ at ]", "( at )")),
    # web
    pattern(r"(?P<id>(?:https?|ftp|hxxps?)\s?:\s?//[^\s<>\"')\]]{2,300}|www\.[^\s<>\"')\]]{3,200})", "url", 0.95, screen=("://", "www.", ": //")),
    pattern(rf"(?<![a-z0-9@._-])(?P<id>{_DOMAIN}{_TLD}(?:/[^\s<>\"')\]]{{0,200}})?)(?![a-z0-9@-])", "url", 0.6,
            check=lambda m: bool(re.search(r"[a-z]{3}", m["id"].split("/")[0].rsplit(".", 1)[0].lower())) and not re.search(r"\.(?:no|at|is|in|me|it|be|co)$", m["id"], re.IGNORECASE)),
    pattern(r"(?<![a-z0-9])(?P<id>(?:facebook|fb|twitter|instagram|insta|linkedin|tiktok|skype|snapchat)(?:\.com)?/[a-z0-9._/-]{2,60})", "url", 0.9, screen=("/",)),
    pattern(r"(?<![\w@.])(?P<id>@[a-z][a-z0-9_.]{2,30})(?!\w)", "username", 0.6, screen=("@",)),
    # network
    pattern(r"(?<![\d.])(?P<id>\d{1,3}\s?\.\s?\d{1,3}\s?\.\s?\d{1,3}\s?\.\s?\d{1,3}(?::\d{2,5})?)(?![\d.]\d)", "ip_address", 0.9, check=_ip),
    pattern(r"(?<![\d.])(?P<id>\d{1,3}(?:[\s\[(]{1,2}(?:dot|\.)[\s\])]{1,2}|[ \t]{1,3})\d{1,3}(?:[\s\[(]{1,2}(?:dot|\.)[\s\])]{1,2}|[ \t]{1,3})\d{1,3}(?:[\s\[(]{1,2}(?:dot|\.)[\s\])]{1,2}|[ \t]{1,3})\d{1,3})(?!\d)", "ip_address", 0.55,
            check=lambda m: _ip(m) and (not re.fullmatch(r"[\d \t]+", m["id"]) or bool(re.search(r"\b(?:ip|from|host|address|login|logged|upload\w{0,3})\W{0,3}(?:\w+\W){0,2}$", m.string[max(0, m.start() - 40) : m.start()], re.IGNORECASE)))),
    pattern(r"(?<![0-9a-f:])(?P<id>(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}:){0,5}[0-9a-f]{1,4})(?![0-9a-f:])", "ip_address", 0.8, screen=(":",),
            check=lambda m: bool(re.search(r"[a-f]|::", m["id"].lower())) or m["id"].count(":") >= 5),
    pattern(r"(?<![0-9a-f])(?P<id>(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2})(?![0-9a-f])", "device_id", 0.85),
    # telephone
    pattern(rf"(?<![\d.])(?P<id>\+\s?\d{{1,3}}(?:[ \t.()/-]{{0,3}}\d{{1,5}}){{1,6}}{_EXT})(?!\d)", "phone", 0.9, check=_phone_like, screen=("+",)),
    pattern(rf"(?<![\d.])(?P<id>(?:1{_SEP})?\(?[2-9]\d\d\)?{_SEP}\d{{3}}{_SEP}\d{{4}}{_EXT})(?!\d)", "phone", 0.85, check=_phone_like),
    pattern(rf"(?<![\d.-])(?P<id>\(0?\d{{2,4}}\){_SEP}\d{{3,4}}{_SEP}\d{{3,4}}{_EXT})(?!\d)", "phone", 0.8),
    pattern(rf"(?<![\d./-])(?P<id>[2-9]\d\d[-.]\d{{4}}{_EXT})(?![\d-])", "phone", 0.7),
    pattern(rf"(?<![\d./-])(?P<id>0\d{{1,4}}[ -]\d{{2,4}}[ -]\d{{2,4}}(?:[ -]\d{{2,4}}){{0,2}}{_EXT})(?![\d-])", "phone", 0.75),
    pattern(r"(?<![\d./-])(?P<id>0\d{2,4}[ -]\d{5,8})(?![\d-])", "phone", 0.7),
    pattern(r"(?<![\d./,-])(?P<id>\d{2}(?:[ ]\d{2,3}){3,4})(?![\d.,%-])", "phone", 0.5, check=_phone_like),
    pattern(rf"\b{_PHONE_WORD}\b(?:[^\n\d]{{0,25}}?|:?\s{{1,3}})(?P<id>(?:\+?\d{{1,3}}[ .-]?)?\(?\d{{2,5}}\)?(?:[ .-]?\d{{2,5}}){{1,4}}{_EXT})(?![\d/])", "phone", 0.7, check=_phone_like),
    pattern(r"(?<![\d./-])(?P<id>\d{2,4}(?:[ ]\d{2,4}){1,3})(?=\s?-?\s?(?:office|fax|home|cell|mobile|work)\b)", "phone", 0.7, check=_phone_like),
    pattern(r"(?<![a-z0-9])(?P<id>(?:x|ext\.?|extension)\s?#?:?\s?\d{3,7})(?![\da-z])", "phone", 0.75, screen=("x",)),
    pattern(r"\b(?:phone|tel|telephone|cell|mobile|callback|call[- ]?back|home|contact|reached|call|dial|ring)\b(?:\s(?:no\.?|number|#|at|on|is|her|him|them|back|me|us|extension))?[ :#]{1,4}(?P<id>x?\d{4,7})(?![\d.%/-]|\s?(?:mg|ml|hours|days|weeks|times))", "phone", 0.5),
    pattern(rf"\b(?P<id>{_SPOKEN}(?:[ ,-]{{1,3}}(?:and\s)?{_SPOKEN}){{5,16}})\b", "phone", 0.7, screen=("one", "two", "three", "five", "seven")),
    pattern(rf"\b(?:fax(?:ed)?|facsimile|fx|f)\b\s?(?:no\.?|number|#|at|to|is)?[ :#.]{{1,4}}(?P<id>\+?[\d(][\d()./ -]{{5,20}}\d{_EXT})", "fax", 0.9, check=_phone_like, screen=("f",)),
    pattern(r"\b(?:pager|pgr|pag(?:e|ed|ing)|beep(?:er|ed)?|bleep(?:ed)?|bp#|vocera|spectra(?:link)?|ascom|voip)\b\s?(?:no\.?|number|#|at|on|to|is|id|her|him|me|them|us|x|the|team|on-?call)?\s?(?:at|on)?[ :#.]{1,4}(?P<id>\(?\d[\d() .-]{1,16}\d)(?!\d|\s?(?:mg|ml|hours|times|min))", "phone", 0.85),
    pattern(r"\b(?:p|pgr|pg)\s?[#:]?\s?(?P<id>\d{4,5})(?!\d)(?=\s?[),;.\n]|$)", "phone", 0.5, check=has_digit),
)  # fmt: skip


_TABLE = Table(_FORMS)


@register("recogniser", "contacts")
@dataclass(frozen=True)
class Contacts:
    """Finds telephone, fax and pager numbers, e-mail, web and network addresses."""

    examples: ClassVar[tuple[str, ...]] = (
        "write to «mara.velez@lakeside.example.org» please", "mail «mara dot velez at lakeside dot org»", "«mara[.]velez[at]lakeside[.]org»",
        "call «(617) 555-0143» tomorrow", "«617-555-0198»", "«617.555.0198 ext 12»", "«+44 20 7946 0018»", "«5550143812»", "at «555-0143»",
        "fax: «617 555 0143»", "pager «4412»", "paged him at «20417»", "see «https://portal.example.org/u/77»", "site «www.example.org»", "from «10.24.118.7»",
        "from «10 dot 24 dot 118 dot 7»", "«fe80::1ff:fe23:4567:890a»", "office «x40217»", "rings on «five five five oh one four three»",
    )  # fmt: skip
    counter_examples: ClassVar[tuple[str, ...]] = (
        "BP 120/80, HR 72", "CD4 200-350 cells", "dose 5-10-15 mg", "seen at home 2 days", "version 2.2.3", "seen @ Lakeside today", "platelets 112 then 134", "phase 3 trial",
        "PSA 4.25 ng/mL", "1.5-2.0 cm nodule", "call if temp > 38.3", "ratio 10:12:8",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the contact details of a text."""
        return _TABLE.find(text, "contacts")
