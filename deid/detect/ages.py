"""Ages over 89, in figures and in words. Younger ages stay: they are no identifier under the Safe Harbor rule."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from deid.detect import lexicon, plausible
from deid.detect.patterns import Table, pattern
from deid.model import Span
from deid.registry import register

_OLD = r"(?:9\d|1[0-2]\d)"
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_OLD_WORD = rf"(?:ninety(?:[- ]?{_ONES})?|(?:one|a)[- ]hundred(?:[- ](?:and[- ])?(?:{_ONES}|ten|eleven|twelve))?)"
_UNIT = r"(?:[- ]{0,2}(?:y(?:ea)?rs?(?:[- ]{0,2}(?:s[- ])?(?:old|of age)|[- ]?o\b)|y\.?\s?/?o\b\.?|y\b\.?\s?(?:old|o\b)|years? young)|y/?o?(?=[mfMF]?\b))"

_KIN = r"(?:grand)?(?:mother|father|mum|mom|dad|ma|pa)|aunt(?:ie|y)?|uncle|sister|brother|wife|husband|widow|widower|cousin|neighbou?r|great-?(?:aunt|uncle|grandmother|grandfather)|nan|granny|gran|grandma|grandpa"
_FORMS = (
    pattern(rf"(?<![\d./-])(?P<id>{_OLD}(?:\.\d)?){_UNIT}", "age", 0.9),
    pattern(rf"(?<![\d./-])(?P<id>{_OLD})[- ]?(?:year|yr)[- ]{{0,2}}(?:s[- ])?old", "age", 0.9),
    pattern(rf"\b(?:aged?|age\s?(?:is|was|of|:|=)|at (?:the )?age (?:of)?|turn(?:ed|ing|s)?|is now|reached|lived to(?: be)?|died at|(?:man|woman|lady|gentleman|person|patient|male|female|widow|widower) of|passed (?:away )?at)\s{{0,2}}:?\s{{0,2}}(?P<id>{_OLD})(?!\d|\.\d|[%/]|\s?(?:mg|ml|kg|lbs|%|days|weeks|beats|bpm))", "age", 0.8),
    pattern(rf"\b(?:age at (?:visit|diagnosis|enrol?lment|death|admission|onset|entry)|alter|alter von|im alter von|âgée? de)\s?(?:is|was|of|:|=)?\s{{0,2}}(?P<id>{_OLD})(?!\d|\.\d|[%/])", "age", 0.8),
    pattern(rf"(?<![\d./-])(?P<id>{_OLD})[- ]{{0,2}}(?:yrs?\b|y\b(?!\s?[/.]\d)|ans\b|jahre?\b|jährige?[rnms]?\b|años\b|anni\b|anos\b|jaar\b)(?!\s?(?:ago|later|of (?:follow|treat|ther)))", "age", 0.7),
    pattern(rf"\b(?:she|he|who|patient|pt|mother|father|mrs?\.? \w+|ms\.? \w+) (?:is|was|will be)(?: now| already| nearly| almost)? (?P<id>{_OLD})(?=[.,;!?)]|\s(?:and|but|with|now|years|yrs|when)\b|$)(?!\.\d)", "age", 0.7),
    pattern(rf"(?<![\d./-])(?P<id>{_OLD})\s?[MFmf]\b(?!\s?[/.])", "age", 0.6),
    pattern(rf"(?<![\d./-])(?P<id>{_OLD})[- ](?:male|female|man|woman|gentleman|lady)\b", "age", 0.8),
    pattern(rf"\b(?P<id>{_OLD_WORD}){_UNIT}", "age", 0.9),
    pattern(rf"\b(?P<id>{_OLD_WORD})[- ](?:year|yr)s?[- ](?:old|of age|young)", "age", 0.9),
    pattern(rf"\b(?:I am|I['’]m|ich bin|j'ai|tengo|tiene|ha)\s(?:now |nearly |almost |already )?(?P<id>{_OLD})(?=[.,;!?)]|\s(?:and|but|now|years|yrs|ans|años|anni|und|et|y)\b|$)", "age", 0.7),
    pattern(rf"\b(?:aged?|age of|age|turn(?:ed|ing|s)?|is now|reached|lived to(?: be)?|she is|he is|she's|he's|mother is|father is|(?:man|woman|lady|gentleman|person|patient|widow|widower) of|at)\s(?:the (?:grand |ripe )?(?:old )?age of\s)?(?P<id>ninety(?:[- ]?{_ONES})?|a hundred and {_ONES})\b(?!\s?(?:mg|percent|minutes|seconds|degrees|days|pounds|beats|over))", "age", 0.7),
    pattern(rf"\b(?P<id>ninety[- ]{_ONES}|(?:a|one)[- ]hundred[- ]and[- ]{_ONES})\b(?![- ]?(?:mg|mcg|ml|mm|cm|kg|per\s?cent|percent|%|minutes?|seconds?|hours?|degrees?|days?|weeks?|months?|pounds?|beats?|miles?|dollars?|over|out|of|units?|times|patients?|cases|subjects|point)\b)", "age", 0.55),
    pattern(rf"\b(?:{_KIN})(?:\s(?:who|is|was|lived|died|passed|away|aged|till|until|to|still|alive|well)){{0,4}},?\s(?:at|is|was|aged)\s(?P<id>{_OLD})(?![\d%/]|\.\d|\s?(?:mg|ml|kg|lbs|days|weeks|beats|bpm|degrees))", "age", 0.6),
    pattern(r"\b(?:died|passed away|lived to|turn(?:s|ed|ing)?|reach(?:es|ed)|aged?)(?: at| nearly| almost| to be){0,2}\s(?P<id>ninety|(?:a|one) hundred)\b(?![- ]?(?:\d|mg|mcg|ml|per\s?cent|percent|%|minutes?|seconds?|hours?|degrees?|days?|weeks?|months?|pounds?|beats?|miles?|times|and|percent|point))", "age", 0.6),
    pattern(r"\b(?:in(?:to)? (?:her|his|their) )(?P<id>(?:early |mid[- ]?|late )?(?:nineties|90'?s))\b", "age", 0.6),
    pattern(rf"\b(?:(?:{_KIN})(?:-in-law)?(?:\s[A-Z]?[\w'’-]{{1,20}}){{0,3}}|[A-Z][\w'’-]{{1,24}}\.?|herself|himself|patient|resident|lady|gentleman|widow|widower|man|woman|living|alive),\s(?P<id>{_OLD}|{_OLD_WORD})(?=[,;.!?)]|\s(?:now|already|still|today|herself|himself|but|and (?:still|well|sharp|frail|lives|living|in|on|very|quite)|years|in|lives|from|living|at (?:her|his|home))\b|\s?$|\n)(?!\.\d|\s?\d)", "age", 0.6, check=lambda m: _of_person(m)),
    pattern(rf"[A-Z][a-z'’-]{{1,20}},\s[A-Z][a-z'’-]{{1,20}}\s(?:\|\s)?(?P<id>{_OLD})(?=\s[|–-]|,|\n|$)", "age", 0.6, flags=0, check=lambda m: _of_person(m)),
    pattern(rf"(?<=[a-z.] )\((?P<id>{_OLD})!?\)", "age", 0.55, check=lambda m: _of_person(m)),
    pattern(rf"(?<=[A-Z] )\((?P<id>{_OLD})!?\)", "age", 0.5, check=lambda m: _of_person(m)),
    pattern(rf"\b(?:who|she|he|mum|mother|father|dad|nan|aunt|uncle|sister|brother|now|is|was|turned|turning|[A-Z][a-z]{{2,20}})\s(?:is|was|turned|who is|be|will be|only|just|all of|a good|good)(?:\s(?:now|nearly|almost|about|over|past|all of|a))?\s(?P<id>{_OLD_WORD}(?:\sand\sa\s(?:half|quarter|bit))?)(?=[.,;!?)]|\s(?:and|but|with|now|when|this|next|in|on|who)\b|$)(?!\sand\s\d)", "age", 0.6, screen=("ninety", "hundred")),
    pattern(rf"\b(?P<id>{_OLD_WORD}\sand\sa\s(?:half|quarter|bit))\b", "age", 0.55),
    pattern(r"\b(?:(?:her|his|their|the)\s)(?P<id>ninet(?:y|ieth)[- ]?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)?|hundredth|9\dth|9[123](?:st|nd|rd)|100th|10\d(?:st|nd|rd|th))(?=\s(?:birthday|year)|[,.;]|$)", "age", 0.6),
    pattern(rf"\b(?:he|she|they|who)(?:['’]s|['’]ll be|\sis|\swas|\swill be|\swould be|\sturns|\sturned|\swould have been)(?:\s(?:now|only|just|already|nearly|almost|about|over|past|all of|going on|rising|still))?\s(?P<id>{_OLD})(?=[.,;:!?)]|\s(?:and|but|in|on|next|this|with|now|years|who|when|or|at home|so|last|today|tomorrow|yesterday|if)\b|$)(?!\.\d|\son (?:room|air|ra\b|oxygen|o2|nasal|\d)|\sand \d)", "age", 0.6),
    pattern(rf"\b(?:rising|pushing|nearing|approaching|hitting|sprightly|spry|frail|remarkable|fit|young|hale|lucid|old)\s(?P<id>{_OLD}|{_OLD_WORD})(?=[.,;:!?)]|\s(?:and|but|in|next|this|with|now|who|when|year|yr|y/?o)|$)(?!\.\d)", "age", 0.55, check=lambda m: not _measured_near(m)),
    pattern(rf"\b(?:at|for|being|not bad for|aged)\s(?P<id>{_OLD}|{_OLD_WORD})(?=,?\s(?:he|she|they|still)\b)", "age", 0.5, check=lambda m: not _measured_near(m)),
    pattern(rf"\b(?:my|his|her|their|our|the|and|old)\s(?:{_KIN})\s(?:is\s|now\s|only\s)?(?P<id>{_OLD}|{_OLD_WORD})(?=\s(?:can|has|is|and|who|lives|still|with|needs|in|at|on|years|now|had)\b|[,.;)])(?!\.\d)", "age", 0.55),
    pattern(rf"\b(?:{_KIN})\s(?:d\.?|died|lived (?:till|until|to)|passed(?: away)?|dead|alive|living|lives)(?:\sat|\saged?|\s@|,)?\s(?P<id>{_OLD}|{_OLD_WORD})(?![\d%/]|\.\d|\s?(?:mg|ml|kg|days|weeks|miles))", "age", 0.6),
    pattern(rf"(?<![\w/.])(?P<id>{_OLD})\s?/\s?[MF](?![\w/])", "age", 0.55, flags=0),
    pattern(rf"(?<![\w.])[MF]\s(?P<id>{_OLD})(?=\s(?:with|from|w/|c/o|adm\w*|lives|known|fell|found|presents?)\b)", "age", 0.55, flags=0),
    pattern(rf"(?<![\d./-])(?P<id>{_OLD}|a hundred|one hundred)(?=\s(?:next|this|last|on (?:her|his)|come) (?:birthday|next birthday|spring|summer|autumn|winter|christmas|january|february|march|april|may|june|july|august|september|october|november|december))", "age", 0.55),
    pattern(rf"\b(?:now|still|already|was|is|be|turned),?\s(?P<id>{_OLD})(?=,\s(?:she|he|lives|living|frail|and|with|a widow|widowed|retired|alone)\b)", "age", 0.55, check=lambda m: not _measured_near(m)),
    pattern(rf"(?:^|[.\n]\s?)(?P<id>{_OLD_WORD}),\s(?=widow|lives|living|retired|frail|fit|a\b|from|married|single)", "age", 0.5),
    pattern(r"\b(?P<id>nonagenarian|centenarian)\b", "age", 0.6),
    pattern(r"\b(?P<id>(?:her|his) (?:90|9[1-9]|10\d)(?:st|nd|rd|th)|(?:ninetieth|ninety-(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|hundredth)) birthday", "age", 0.7),
)  # fmt: skip


_MONTHS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec".split())  # noqa: SIM905


def _measured_near(match: re.Match[str]) -> bool:
    """Whether a measured quantity is spoken of shortly before: `sats at 93 she is fine`."""
    before = re.findall(r"[A-Za-z']+", match.string[max(0, match.start("id") - 30) : match.start("id")])
    return any(word.lower() in lexicon.word_set("identifiers_measured") and len(word) > 1 for word in before[:-1])


def _of_person(match: re.Match[str]) -> bool:
    """Whether the word before the age names a person: no measured quantity, month or clinical word stands there."""
    before: list[str] = re.findall(r"[A-Za-z'’-]+", match.string[max(0, match.start("id") - 40) : match.start("id")])
    word = before[-1].lower() if before else ""
    if len(word) == 1:
        return len(before) > 1 and before[-2][0].isupper() and before[-2].lower() not in _MONTHS
    if not word or word in lexicon.word_set("identifiers_measured") or word[:3] in _MONTHS:
        return False
    if before[-1][0].islower():
        return bool(
            re.fullmatch(
                rf"(?:{_KIN})(?:-in-law)?|patient|resident|lady|gentleman|widow|widower|man|woman|living|alive|herself|himself",
                word,
            )
        )
    begins = re.search(r"(?:^|[.:;\n])\s*$", match.string[: match.string.rfind(before[-1], 0, match.start("id"))][-3:])
    return lexicon.is_name(word) or (not begins and plausible.could_be_name(word))


_TABLE = Table(_FORMS)


@register("recogniser", "ages_over_89")
@dataclass(frozen=True)
class AgesOver89:
    """Finds ages of 90 and more."""

    examples: ClassVar[tuple[str, ...]] = (
        "a «93» year-old man", "«97»yo with sepsis", "aged «91»", "a «ninety-four» year old woman", "she turned «ninety-two» in hospital",
        "«101» y.o. female", "Age: «90»", "«92»F with CHF", "he is in his «nineties»", "a «95»-year-old",
        "Lives alone, aged «97».", "Aged «92». Well", "«93» yrs, frail", "he is «95».", "Age at visit: «101»", "Alter: «93»", "«92» ans",
        "her aunt died at «94»", "I am «97» and well", "tiene «95» años", "and she is nearly «ninety-six»", "His mother, «96», lives near", "Aunt Orla, «93» now, came", "5 Mbeki T. («94»)", "Odile is «ninety», a widow", "brother who is «ninety» and well", "«ninety and a half», she says", "her «ninety-third», all being well", "at «93» he still drives", "pushing «92»", "well into her «nineties»", "she'll be «91» in May", "my mum «93» can't hear", "father d. «92» stroke", "«93»/F from care home", "a sprightly «94»",
    )  # fmt: skip
    counter_examples: ClassVar[tuple[str, ...]] = (
        "a 65-year-old man", "HR 92", "SpO2 98% on RA", "BP 92/60", "aged 89", "95 mg daily", "90 minutes later", "temp 98.4 F", "ninety minutes", "aged 92.5%", "weight was 95.4", "sat was 94 on air", "age 9.5", "ninety-five percent of cases", "mother was 92 kg", "HR, 96, regular", "sats at 93 he was fine", "she was 94 on air", "held at 92 and stable", "Sats (96)", "on March, 92 of them", "Creatinine (98)", "he is ninety minutes late",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the ages over 89 of a text."""
        return _TABLE.find(text, "ages_over_89")
