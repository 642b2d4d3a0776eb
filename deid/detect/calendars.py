"""Days that have a name, dates of other calendars, and dates in words and forms that need a cue."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import ClassVar

from deid.detect import lexicon
from deid.detect.patterns import Pattern, Table, pattern
from deid.model import Span
from deid.registry import register

_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_MONTH_ALONE = r"(?:january|february|april|june|july|august|september|october|november|december)"
_ONES = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
_MONTHLY = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)"
_DAY_WORD = (
    rf"(?:(?:twenty|thirty)[- ]?{_ONES}|{_MONTHLY}|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)"
)
_UNIT = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_CARDINAL = (
    rf"(?:(?:twenty|thirty)(?:[- ]?{_UNIT})?|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|{_UNIT})"
)
_YEAR = rf"(?:(?:1[89]|20)\d\d|(?:nineteen|twenty)[- ](?:oh[- ]{_UNIT}|{_TENS}(?:[- ]{_UNIT})?|{_CARDINAL})|two thousand(?: (?:and )?{_CARDINAL})?|{_TENS}(?:[- ]{_UNIT})?)"
_D = r"(?:0?[1-9]|[12]\d|3[01])"
_M = r"(?:0?[1-9]|1[0-2])"
_WEEKDAY = r"(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|(?:man|tirs|tis|ons|tors|fre|lør|lör|søn|sön)dag|(?-i:Mo|Di|Mi|Do|Fr|Sa|So|Ma|Wo|Vr|Za|Zo))"
_LUNAR = (
    r"(?:muharram|safar|rabi['’]?[- ]?(?:ul|al|us|as|ath)?[- ]?(?:awwal|akhir|thani|sani)|rabi['’]? i{1,2}|jumad[aei]?[- ]?(?:ul|al|us|as|ath)?[- ]?(?:awwal|ula|akhir|akhirah|thani|sani)|rajab|sha['’]?ban|ramadh?[ai]n|ramzan|shawwal"
    r"|(?:dhu|zul|dhul)[- ]?(?:al|ul|l)?[- ]?(?:qa['’]?dah?|qi['’]?dah?|hijjah?|hijja)|nisan|iyy?ar|sivan|tam+uz|elul|tishr[ei]i?|cheshvan|kislev|tevet|sh['’]?vat|adar(?: (?:i{1,2}|sheni))?"
    r"|farvardin|ordibehesht|khordad|mordad|shahrivar|mehr|aban|azar|esfand|chaitra|vaisakha?|jyeshtha|ashadha?|shravana?|bhadra(?:pada)?|ashwin|kart(?:ik|hika)|margashirsha|pausha?|magha?|phalgun[a]?|boishakh|poush|falgun|meskerem|tikimt|hidar|tahsas|yekatit|megabit|miazia|ginbot|hamle|nehase|pagume)"
)
_ERA = r"(?:heisei|reiwa|sh[oōô]wa|taish[oōô]|meiji|minguo|juche)"
_SHORT_FOREIGN = r"(?:ene|abr|ago|dic|janv|févr|fevr|avr|juil|août|aout|déc|dez|okt|mär|mrz|mrt|mei|maj|gen|mag|giu|lug|set|ott|fev|out|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru)"
_MON = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|tember|ember|ober)?\b\.?"
_MONTH_ABROAD = (
    r"(?:stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|wrzesnia|października|pazdziernika|listopada|grudnia|ocak|şubat|subat|mart|nisan|mayıs|mayis|haziran|temmuz|ağustos|agustos|eylül|eylul|ekim|kasım|kasim|aralık|aralik"
    r"|(?:tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu)kuu(?:ta|n|ssa)?|ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince|január|február|március|április|május|június|július|augusztus|szeptember|október"
    r"|ianuarie|februarie|martie|aprilie|iunie|iulie|septembrie|octombrie|noiembrie|decembrie|maret|agustus|desember|machi|aprili|julai|agosti|septemba|oktoba|novemba|desemba|pebrero|marso|hunyo|hulyo|setyembre|oktubre|nobyembre|disyembre"
    r"|ionawr|chwefror|mawrth|ebrill|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr|eanáir|feabhra|márta|aibreán|bealtaine|meitheamh|iúil|lúnasa|siječnja|veljače|ožujka|travnja|svibnja|lipnja|srpnja|kolovoza|rujna|studenoga|prosinca|januara|februara|aprila|juna|jula|avgusta)"
)
_CAPITAL = r"[A-Z][\w’'-]{1,18}"
_AFTER_DATE = r"(?![\d/%]|[.,:]\d|\s?(?:mg|mcg|ml|mmol|g/|g\b|l\b|kg|cm|mm|%|units?|hours?|hrs?|h\b|am\b|pm\b|bd\b|od\b|tds|nocte|daily|at night))"
_CUE = r"(?:on|since|from|until|till|til|by|dated?|vom|am|bis|seit|den|born|before|after|between|and|to|of|next|away|present|reviewed?|seen|checked|due|booked)"


def _no_verb(match: re.Match[str]) -> bool:
    """Whether `second may` is a day: after a word that leads to a date, and no verb follows."""
    if not re.search(r"\b(?:may|march)\b", match["id"], re.IGNORECASE):
        return True
    before = match.string[max(0, match.start() - 10) : match.start()].lower()
    after = match.string[match.end() : match.end() + 12].lower()
    return bool(re.search(r"\b(?:on|the|by|since|until|from|of|born)\s$", before)) and not re.match(
        r"\s(?:be|have|help|need|not|also|require|well|or)\b", after
    )


def _padded(match: re.Match[str]) -> bool:
    """Whether d.m is no measurement: no laboratory word stands right before its cue, and day and month are possible."""
    before = match.string[max(0, match.start() - 16) : match.start()]
    words = re.findall(r"[A-Za-z]+", before)
    return not words or not (
        words[-1].lower() in lexicon.word_set("identifiers_measured") or (words[-1].isupper() and len(words[-1]) < 5)
    )


_FORMS: tuple[Pattern, ...] = (
    # in words
    pattern(rf"(?<![a-z])(?P<id>(?:the\s)?{_DAY_WORD}\sof\s(?:the\s)?{_MONTHLY}(?:[, ]{{1,2}}(?:in\s)?{_YEAR})?)(?![a-z])(?!\s(?:month|week|day|visit|cycle|dose|rib|finger|toe))", "date", 0.6, check=lambda m: "the" in m["id"].lower().split()),
    pattern(rf"(?<![a-z])(?P<id>(?:the\s)?{_DAY_WORD}\s(?:of\s)?{_MONTH}(?:[, ]{{1,2}}(?:in\s)?{_YEAR})?)(?![a-z])", "date", 0.7, check=_no_verb),
    pattern(rf"(?<![a-z])(?P<id>{_MONTH}\s(?:the\s)?(?:{_CARDINAL}|{_DAY_WORD})(?:[, ]{{1,2}}{_YEAR})?)(?![a-z])(?!\s?(?:times|mg|days|weeks|months|years|hours|of\b))", "date", 0.65, check=_no_verb),
    pattern(rf"(?<![a-z])(?P<id>(?:the\s)?(?:last|first|end|middle|beginning|start|eve)(?:\s(?:day|week|weekend|half|monday|tuesday|wednesday|thursday|friday|saturday|sunday))?\s(?:of|in)\s{_MONTH})(?![a-z])", "date", 0.6),
    pattern(r"(?<![a-z])(?P<id>(?:the\s)?(?:first|last)\sday\sof\s(?:spring|summer|autumn|fall|winter|lent|advent|ramadan|school|term|christmas))(?![a-z])", "date", 0.55),
    pattern(rf"(?<![a-z])(?P<id>{_MONTH_ALONE})(?![a-z])", "date", 0.5),
    pattern(rf"(?<![a-z])(?:died|dead|passed|passed away|born|due|wed|married|gone|home)\s(?:in\s)?(?P<id>{_MONTH})(?![a-z])", "date", 0.55, check=lambda m: m["id"][0].isupper()),
    pattern(r"(?<![a-z])(?P<id>(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|tember|ober|ember)?\.?\s(?:3[2-9]|[4-9]\d))(?![\d%]|\s?(?:mg|ml|kg))", "date", 0.6),
    pattern(rf"(?<![a-z])(?P<id>{_WEEKDAY}(?:,)?\sthe\s(?={_DAY_WORD}\b))", "date", 0.6),
    pattern(rf"(?<![a-z])(?P<id>(?:on or about|den)\s)(?=(?:the\s)?{_D}(?:[/.-]{_M}(?!\d)|(?:st|nd|rd|th)?\s(?:of\s)?(?:{_MONTH}|(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)\b))|{_MONTH}\s\d|(?:the\s)?{_DAY_WORD}\sof\s{_MONTH})", "date", 0.5),
    pattern(r"(?<![a-z])(?:today|tomorrow|tmrw|tmw|tomoz|2moro|2morrow|yesterday|tonight|tonite),?\s(?P<id>(?:the\s)?(?:[12]?\d|3[01])(?:st|nd|rd|th))(?![a-z\d])", "date", 0.6),
    pattern(r"(?<![a-z])(?:in|rv|r/v|since|until|till|by|from|next|last|of)\s(?P<id>(?:jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec)\b)(?!\.?\s?\d)", "date", 0.5, check=lambda m: m["id"].lower() not in ("jan", "apr", "jun", "dec", "sep") or m["id"][0].isupper()),
    pattern(r"(?<=\d )(?P<id>(?:nov|oct|aug|sept|feb))(?=\.|,|\))", "date", 0.5),
    pattern(rf"(?<![a-z])(?P<id>the\s{_D}(?:st|nd|rd|th)\s(?:to|until|till|or|through|-|–)\s(?:the\s)?{_D}(?:st|nd|rd|th))(?=[.,;)\n]|\s(?:of|and|for|in|at|with|when|inclusive)\b|$)", "date", 0.6),
    pattern(rf"(?<![a-z])(?<!of )(?P<id>the\s{_D}(?:st|nd|rd|th))(?=[.;)]|\s?$|\s?\n)", "date", 0.5),
    pattern(rf"(?<![a-z])(?:to|until|till|from|since|on|by)\s(?P<id>{_D}(?:st|nd|rd|th))(?=[.,;)\n]|$)", "date", 0.5),
    pattern(r"(?<![a-z])(?:in|since|from)\s(?P<id>(?:0?[1-9]|1[0-2])/(?:1[3-9]|[2-9]\d))(?![\d/%]|\.\d)", "date", 0.5),
    pattern(rf"(?<![a-z])(?P<id>(?:{_MONTH}|spring|summer|autumn|easter|whitsun)\shalf[- ]term)(?![a-z])", "date", 0.55),
    pattern(rf"(?<![a-z])(?P<id>(?:the\s)?(?:first|second|third|fourth|last|1st|2nd|3rd|4th)\s(?:week(?:end)?|half|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\s(?:of|in)\s(?:{_MONTH}|{_MON}))(?![a-z])", "date", 0.6),
    pattern(r"(?<![a-z])(?P<id>(?:late|early|mid)[- ](?:spring|summer|autumn|fall|winter)(?:\s(?:of|in))?\s(?:(?:19|20)\d\d|'\d\d))(?!\d)", "date", 0.6),
    pattern(rf"(?<![a-z\d])(?P<id>(?:the\s)?{_D}(?:st|nd|rd|th)\sof\s(?:this|next|last|the)\smonth|{_D}\s(?:inst|ult|prox)\b\.?)", "date", 0.6),
    pattern(r"(?<![\w])(?P<id>(?:Feb|Aug|Sept|Oct|Nov))(?=\.?(?:\s|$|[,;)/-]))(?!\.?\s?\d)", "date", 0.5, flags=0),
    pattern(rf"(?<![a-z])(?P<id>{_MON})(?=\s?(?:[-–/]|to|and|or)\s?{_MON}(?![a-z]))", "date", 0.5, check=lambda m: m["id"][0].isupper()),
    pattern(rf"(?<![\d./-])(?P<id>{_D}(?:(?:,\s?|/|-|–|\sand\s|\s&\s|\sor\s){_D}){{1,3}})\s(?:of\s)?{_MON}(?![a-z])", "date", 0.6),
    pattern(rf"(?<![\w./-])(?P<id>{_D}/{_D}(?:/\d\d)?\s?[-–]\s?{_D}/{_D}(?:/\d\d)?)(?![\d/%]|\.\d)", "date", 0.55, check=lambda m: _possible(m["id"]) and int(re.findall(r"\d+", m["id"])[1]) not in (2, 3, 4, 5)),
    pattern(rf"(?<![\w./-])(?P<id>{_D}/(?P<month>9|1[0-2])\s(?:and|&|to|or)\s{_D}/(?P=month))(?![\d/%]|\.\d)", "date", 0.5),
    pattern(rf"(?<![a-z])(?:on|by|until|since|before|after|from|till|to)\s(?P<id>the\s(?:(?:twenty|thirty)[- ]?{_ONES}|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth))(?=\s?[.,;)\n]|\s(?:and|at|with|when|if|of (?:this|next|last))\b|$)", "date", 0.55),
    pattern(r"(?<![a-z])(?:since|for|during|in|until|before|after|till|over|at|by|through)\s(?P<id>lent|advent|(?:the\s)?solstice|carnival|epiphany|ascension|(?:the\s)?fourth of july)(?=\s?[.,;)\n]|\s(?:and|she|he|with|when|but|or|eve)\b|$)", "date", 0.5),
    # other calendars and languages
    pattern(rf"(?<![\d.])(?P<id>{_D}\.?\s{_MONTH_ABROAD}(?:\s(?:19|20)\d\d)?)(?![\w])", "date", 0.7),
    pattern(rf"(?<![\w./-])(?P<id>{_D}[/.-](?:i{{1,3}}|iv|v|vi{{1,3}}|ix|xi{{0,2}})[/.-](?:(?:19|20)\d\d|\d\d))(?![\w])", "date", 0.6, flags=0),
    pattern(r"(?<![\d/.-])(?P<id>(?:19|20)\d\d/(?:0[1-9]|1[0-2]))(?![\d/-])", "date", 0.5),
    pattern(rf"(?<![\w])(?P<id>{_D}(?:st|nd|rd|th)?\.?\s(?:of\s)?{_LUNAR}(?:\s1[34]\d\d|\s57\d\d|\s20[78]\d)?)(?![\w])", "date", 0.75),
    pattern(rf"(?<![\w])(?P<id>{_ERA}\s\d{{1,2}}(?:[./-]\d{{1,2}}){{0,2}}(?:,?\s{_MONTH}(?:\s\d{{1,2}})?)?)(?!\w)", "date", 0.75),
    pattern(r"(?<![\w])(?P<id>(?:uke|uge|vecka|kalenderwoche|semaine|semana|settimana|(?-i:KW|v\.))\s?(?:[1-4]?\d|5[0-3]))(?![\w%])", "date", 0.5),
    pattern(rf"(?<![\d./-])(?P<id>{_D}(?:[./-]{_SHORT_FOREIGN}|\.?\s(?:abr|janv|févr|avr|juil|août|déc|dez|okt|mrz|mrt))\.?(?:[./ -]{{0,2}}(?:(?:19|20)\d\d|\d\d))?)(?![\w])", "date", 0.6),
    pattern(rf"(?<![\w./-])(?P<id>{_D}\.(?:i{{1,3}}|v|vi{{1,3}}|ix|xi{{0,2}})(?:\.(?:19|20)?\d\d)?)(?![\w])", "date", 0.55, flags=0),
    pattern(rf"(?i:(?<![a-z])(?:from|since|on|until|till|by))\s(?P<id>(?:I{{1,3}}|IV|VI{{0,3}}|IX|XI{{0,2}})\.\s?{_D}\.?)(?![\w])", "date", 0.55, flags=0),
    # day.month with a cue
    pattern(rf"(?<![a-z])(?P<id>{_WEEKDAY}\.?,?\s(?:the\s|den\s)?{_D}\s?[./-]\s?(?:{_M}|{_D})\.?){_AFTER_DATE}(?!\w)", "date", 0.65, check=lambda m: _possible(m["id"])),
    pattern(rf"(?<![a-z]){_CUE}\s(?P<id>(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.?){_AFTER_DATE}(?!\w)", "date", 0.5, check=_padded),
    pattern(rf"(?:(?<![a-z])(?:on|vom|am|bis|seit|den|since|from|until|till|by)\s|(?:^|[.:(–-])[ ]?)(?P<id>{_D}\.{_M}\.)(?=\s?(?:[,;):–-]|$|\s[a-z(]|\s[A-Z][a-z]+:))(?<!\.0\.)", "date", 0.5, flags=re.IGNORECASE | re.MULTILINE, check=_padded),
    pattern(rf"(?<![a-z])(?:on|rv|r/v|review(?:ed)?|tci|stopped|started|seen|op|done|taken|booked|due|admitted|adm|discharged|scan|bloods|clinic|since|until|from)\s(?P<id>(?:1[3-9]|2\d|3[01])[.-]{_M})(?=\s?[,;)]|\.?(?:\n|$)|\s(?:with|w|when|by|in|after|before|because|and (?:she|he|they))\b)(?!\s(?:with|in) (?:food|water|divided))", "date", 0.45),
    # the day of a birth, with its year: `born on Svenska dagen 54`; in dictated numbers: `date of birth nine eleven seventy two`
    pattern(rf"(?<![a-z])(?:born|dob|d\.o\.b\.|birthday)(?:\s(?:is|was))?\s(?:on\s)?(?P<id>(?:the\s)?(?:(?!(?:in|at|by|to|with|without|from|as|into|near|and|weighing|after|before|premature|preterm|about|around)\b)[\w’'-]{{1,20}}\s){{1,5}}?(?:(?:(?:of|in)\s)?(?:(?:19|20)\d\d|(?:nineteen|twenty)[- ](?:oh[- ]{_UNIT}|{_TENS}(?:[- ]{_UNIT})?|{_CARDINAL}))|(?:of\s)?(?:{_TENS}(?:[- ]{_UNIT})?|['’]?\d\d)))(?![\w./-]|\s?(?:weeks?|wks?|years?|yrs?|days?|months?|hours?|hrs?|minutes?|cm|kg|g\b|%|\+))", "date", 0.6),
    pattern(rf"(?<![a-z])(?:date of birth|d\.?o\.?b\.?|birthday|born)(?:\s(?:is|was|on|comma))?[:,?]?\s(?:\w{{1,10}}[:,]\s)?(?P<id>(?:oh\s{_UNIT}|{_CARDINAL}|{_TENS})(?:[- ](?:oh\s{_UNIT}|{_CARDINAL}|{_TENS})){{2,5}})(?![\w-]|\s(?:weeks?|pounds?|grams?|kilos?|hundred))", "date", 0.6),
    # a named day by its form
    pattern(rf"(?<![\w-])(?P<id>(?:(?i:the\s))?(?i:feast(?:\sday)?\sof)\s(?:(?:the|St\.?|Saint|Sts|Our Lady|Blessed|Holy|All)\s){{0,2}}(?:of\s)?{_CAPITAL}(?:\s(?:of\s)?{_CAPITAL}){{0,2}})", "date", 0.7, flags=0),
    pattern(rf"(?<![\w-])(?P<id>(?:St\.?|Saint|Sts)\s{_CAPITAL}(?:['’]s|s['’])?\s(?i:day|eve|night))(?!\w)", "date", 0.7, flags=0),
    pattern(rf"(?<![\w-])(?P<id>(?:the\s)?(?:{_MONTHLY}\s|last\s|next\s)?sunday\s(?:in|of|after|before|next before)\s(?:advent|lent|easter|epiphany|trinity|pentecost|whitsun|ascension|christmas))(?!\w)", "date", 0.7),
    pattern(r"(?<![\w-])(?P<id>(?:v-?[ej]|vj|ve|trafalgar|waterloo|armada|oak apple|plough|collop|rogation)[- ](?:day|night|monday|sunday))(?!\w)", "date", 0.6),
    pattern(r"(?<![\w-])(?P<id>(?P<name>(?:[A-Z][\w’'.-]{1,18}[ ]){1,3})Day)(?![\w-]|[ ]?(?:\d|[A-Z#:]))", "date", 0.5, flags=0, check=lambda m: _own_name(m["name"])),
)  # fmt: skip

_COMMON_DAYS = frozenset(
    "post op post-op postop pod study day cycle treatment hospital rest same next last first second third fourth fifth each every per visit discharge admission dialysis transfusion infusion chemo clinic surgery full half mid all good bad one any this that the a an his her their my our your hosp icu preop pre-op what which some other great nice work working school term procedure operation test drug dose sick week weekend days on in at by is was seen until since after before opening closing care case call field open birth play pay market wash bath shower present sunny hot cold rainy snow wedding election two three four six seven".split()  # noqa: SIM905
)


def _own_name(words: str) -> bool:
    """Whether the words before `Day` name it: none of those that count or describe any day."""
    return not any(word.lower().strip(".,'") in _COMMON_DAYS for word in words.split())


def _possible(written: str) -> bool:
    """Whether two numbers are a day and a month, in either order."""
    first, second = (int(number) for number in re.findall(r"\d+", written)[:2])
    return min(first, second) <= 12 and max(first, second) <= 31 and min(first, second) > 0


_TABLE = Table(_FORMS)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TAIL = re.compile(
    r"['’]?(?:[ ](?:eve|day|night|morning|evening|weekend|long weekend|week|holidays?|monday|tuesday|festival)(?![\w]))?(?:,?[ ](?:(?:19|20)\d\d|['’]\d\d)(?!\d))?",
    re.IGNORECASE,
)
_LEAD = re.compile(r"(?<![^\W_])(?:the\s)?(?:eve|day|week|weekend|monday|feast|véspera|v[ií]spera|veille)\s(?:before|after|of|de|du|da)\s(?:the\s)?$", re.IGNORECASE)  # fmt: skip
_GAP = re.compile(r"[.'’]{0,2}[ ]{1,2}|[.'’]?[ ]?\n|-")


@cache
def _named_days() -> tuple[dict[tuple[str, ...], bool], dict[str, int]]:
    """Return the named days as words (True: only where they have a capital) and, by first word, the longest."""
    text = resources.files("deid").joinpath("data", "holidays.txt").read_text(encoding="utf-8")
    names: dict[tuple[str, ...], bool] = {}
    longest: dict[str, int] = {}
    for part in text.split("\n[")[1:]:
        section, _, listed = part.partition("]\n")
        for name in re.split(r"[,\n]", listed):
            words = tuple(_WORD.findall(name))
            if words:
                names[words] = section == "capital"
                longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return names, longest


def _by_name(text: str) -> Iterator[Span]:
    """Yield the days that stand in the list of names."""
    names, longest = _named_days()
    tokens = list(_WORD.finditer(text))
    folded = [lexicon.fold_word(token.group()) for token in tokens]
    reach = 0
    for at, word in enumerate(folded):
        if word not in longest or tokens[at].start() < reach:
            continue
        for length in range(min(longest[word], len(tokens) - at), 0, -1):
            capital = names.get(tuple(folded[at : at + length]))
            if capital is None or (capital and not _has_capitals(tokens[at : at + length])):
                continue
            if all(_GAP.fullmatch(text, tokens[k].end(), tokens[k + 1].start()) for k in range(at, at + length - 1)):
                lead = _LEAD.search(text, max(0, tokens[at].start() - 24), tokens[at].start())
                tail = _TAIL.match(text, tokens[at + length - 1].end())
                reach = tail.end() if tail else tokens[at + length - 1].end()
                yield Span(lead.start() if lead else tokens[at].start(), reach, "date", 0.6, "calendars")
                break


def _has_capitals(tokens: list[re.Match[str]]) -> bool:
    return any(token.group()[0].isupper() for token in tokens)


@register("recogniser", "calendars")
@dataclass(frozen=True)
class Calendars:
    """Finds holidays and feasts by name, dates of other calendars, months, and dates in words."""

    examples: ClassVar[tuple[str, ...]] = (
        "fell on «Whit Monday» at noon", "since «jamhuri day» she waits", "away til «whitsun», recall", "before «michaelmas»", "closed for «Thistledown Day».", "on «the eve of Diwali»", "from «Pfingstmontag» on", "stent on «second may» if well",
        "born on «the third of the ninth sixty two»", "next is «february twelve»", "until «the last of May»", "on «14 Shawwal»", "since «Reiwa 3»", "lab from «22/abr»", "note of «21.v»",
        "born on «Svenska dagen 54» in Malmo", "born on «the feast of Saint Stephen in 1950», I vouch", "born «republic day fifty five» he says", "date of birth «thirty one eight fifty eight» comma", "dob: «nine eleven seventy two», yes",
        "seen in «October»", "op in «June 94»", "present «30.06.», all well", "from «29.11» to «04.12» in bed", "«Sat 6-1» again", "«Mi 4.10.» bath", "tomorrow «14th»", "«21 czerwca» 2020", "«second Sunday in May»", "«the 14th of this month»", "«4/11-9/11» admitted", "«5, 6 and 7» November", "stopped «17.11»", "on «the twenty first».", "since «Lent»", "in on «the Feast of St Dymphna» again", "born «St Columba's day»", "«the fourth Sunday in Advent»", "dead since «ve day»", "«17/xi/20»", "«Sept»-Oct 2020", "«Nov.» clinic",
    )  # fmt: skip
    counter_examples: ClassVar[tuple[str, ...]] = (
        "Study Day 15", "Post-op Day 3", "on Day 8", "next day", "a second may be needed", "Hb from 12.1 to 9.4", "on 12.5 at night", "pH from 7.12 to 7.35", "she may", "five 2 mg tablets",
        "born premature 34 weeks", "born at 32 weeks in 2019", "born healthy 41 weeks, 3.2 kg", "the first of the three doses", "2 out of 3", "set 3 out", "whit was said", "carnival of the animals", "2 x 15 m", "36+5 Mag 1 g/h", "INR 3.10. Continue", "bank holiday cover", "stage iv. 2 nodes", "seen on day 2",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the named days and worded dates of a text."""
        yield from _by_name(text)
        yield from _TABLE.find(text, "calendars")
