"""Dates in the forms in which people write them: figures, month names, words, and parts of dates with a cue."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from deid.detect import lexicon
from deid.detect.patterns import Pattern, Table, pattern
from deid.model import Span
from deid.registry import register

_MON = (
    r"(?:jan(?:uary|\b\.?)|feb(?:ruary|\b\.?)|mar(?:ch|\b\.?)|apr(?:il|\b\.?)|may|june?\b\.?|july?\b\.?|aug(?:ust|\b\.?)"
    r"|sept?(?:ember|\b\.?)|oct(?:ober|\b\.?)|nov(?:ember|\b\.?)|dec(?:ember|\b\.?))"
)
_MON3 = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)"
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_FOREIGN = (
    r"(?:janvier|f[eé]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[eé]cembre|januar|februar|m[aä]rz"
    r"|juni|juli|oktober|dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|januari|februari|maart|mei|augustus|augusti|desember|mars|maj|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|dezembro|ene|abr|ago|dic|okt|dez|fev|avr|gen|mag|giu|lug|ott)"
)
_WEEKDAY = (
    r"(?:(?:mon|tues?|wed(?:nes|s)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|(?-i:Mo|Di|Mi|Do|Fr|Sa|So|Ma|Wo|Vr|Za|Zo|ma|wo|vr|za)"
    r"|(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:man|tirs|tis|ons|tors|fre|lør|lör|søn|sön)dag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|luned[iì]|marted[iì]|mercoled[iì]|gioved[iì]|venerd[iì]|sabato|domenica|(?:segunda|ter[cç]a|quarta|quinta|sexta)(?:-feira)?)"
)
_DAYNAME = rf"(?:{_WEEKDAY}\.?,?\s{{1,2}}(?:the\s|den\s)?)?"
_D = r"(?:0?[1-9]|[12]\d|3[01])"
_ORD = r"(?:st|nd|rd|th)?"
_Y4 = r"(?:1[89]|20)\d\d"
_Y = rf"(?:{_Y4}|'\d\d|\d\d)"
_TIME = r"(?:T\d{2}:?\d\d(?::?\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?|\s\d{1,2}:\d\d:\d\d)?"
_ONES = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
_DAY_WORD = (
    rf"(?:(?:twenty|thirty)[- ]?{_ONES}|{_ONES}|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth"
    r"|eighteenth|nineteenth|twentieth|thirtieth)"
)
_TENS = r"(?:ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?)"
_YEAR_WORD = rf"(?:nineteen[- ](?:oh[- ])?{_TENS}|twenty[- ](?:oh[- ]\w{{3,5}}|{_TENS})|two[- ]thousand(?:[- ](?:and[- ])?(?:{_TENS}|one|two|three|four|five|six|seven|eight|nine))?)"
_CUE = (
    r"(?:on|since|from|until|till|til|by|dated?|d\.?o\.?b\.?|born|as of|before|after|between|and|to|through|thru|seen|visit|admit(?:ted)?|admission"
    r"|adm|d/c|dc'?d|discharged?|exp(?:ires|iry)?|due|for|last|next|prior|previous(?:ly)?|of|starting|started|began|begun|held|restart(?:ed)?"
    r"|study|performed|done|completed|appt|appointment|f/u|follow[- ]?up|resulted|collected|received|rec'd|drawn|signed|faxed|sent|called"
    r"|scheduled|rescheduled|booked|procedure|surgery|sx|dx'?d?|cycle|c\d{1,2}d\d{1,2}|labs?|exam|note|scan|ct|mri|pet|xr|cxr|echo|ekg|bx|biopsy"
    r"|postmarked|mailed|stopped|ended|return(?:ed|s)?|back|around|about|approx|circa|week of|w/o|wk of|effective|eff|dd|dt|comparison|comparisons|dos|doa|dod|lmp|edd|edc|a?m|p\.?m)"
)
_NOT_AFTER = (
    r"(?!\s?(?:mg|mcg|ml|cc|cm|mm|units?|tabs?|tablets?|nodes?|lymph|strength|pain|murmur|systolic|bpm|mmhg|%|hours?|hrs?|days?|wks?|weeks?"
    r"|months?|years?|yrs?|(?:años|anos|ans|anni|jahren?|jaar|år|lat|días|dias|jours|giorni|tagen?|dagen|semanas|semaines|wochen|weken|mois|meses)\b|x\b|cores?|cycles?|doses?|criteria|points?|positive|negative|pts?\b|of\b|out of|motor|power|bilat|reflex|pulses))"
)
#: Fits where no unit or counted thing follows: a pair of figures before `nodes` is no day.
NOTHING_COUNTED = re.compile(_NOT_AFTER, re.IGNORECASE)
_HOLIDAY = (
    r"(?:christmas(?:\seve|\sday)?|xmas(?:\seve|\sday)?|yuletide|thanksgiving(?:\sday|\sweekend|\smonday)?|new year'?s?(?:'s)?(?:\s(?:eve|day))?(?<!new year)|hogmanay|twelfth night|candlemas"
    r"|(?:black|orthodox\s)?easter(?:\ssunday|\smonday|\ssaturday|\sweekend|\sday|\sweek)?|(?:good|holy) friday|holy (?:week|saturday|thursday)|maundy thursday|palm sunday|ash wednesday|shrove tuesday|pancake day|mardi gras|fat tuesday"
    r"|whit (?:sunday|monday|week(?:end)?)|pentecost(?:\ssunday)?|trinity sunday|ascension day|all (?:saints|souls|hallows)'?(?:\sday|\seve)?|michaelmas|martinmas|lammas|advent sunday|boxing day|st\.? (?:stephen|andrew|david|george|nicholas|john|lucy)'?s (?:day|night)"
    r"|halloween|hallowe'en|valentine'?s(?:\sday)?|st\.? (?:patrick|paddy)'?s(?:\sday)?|paddy'?s day|mother'?s day|mothering sunday|father'?s day|(?:the\s)?(?:fourth|4th) of july|independence day|bastille day|labou?r day(?:\sweekend)?"
    r"|memorial day(?:\sweekend)?|veterans'? day|presidents'? day|columbus day|indigenous peoples'? day|mlk day|martin luther king(?:,? jr\.?)? day|juneteenth|flag day|election day|groundhog day|earth day|super bowl sunday|arbor day|cinco de mayo"
    r"|canada day(?:\s(?:weekend|long weekend))?|victoria day(?:\sweekend)?|family day|civic holiday|remembrance (?:day|sunday)|armistice day|anzac day|australia day|waitangi day|queen'?s birthday|king'?s birthday|saint-jean(?:-baptiste)?|heritage day|truth and reconciliation day"
    r"|(?:early\s|late\s)?(?:spring |may |august |summer )?bank holiday(?:\s(?:monday|weekend))?|may day|guy fawkes(?:\s(?:night|day))?|bonfire night|burns night|st\.? swithin'?s day|april fool'?s?'?(?:\sday)?|all fools'? day|the twelfth of july|lady day|up helly aa"
    r"|hanukkah|chanukah|passover|pesach|rosh hashan?ah?|yom kippur|sukkot|purim|shavuot|eid(?:\s(?:al|ul)[- ](?:fitr|adha))?|ramadan|ashura|mawlid|diwali|deepavali|holi|navratri|dussehra|vaisakhi|baisakhi|onam|pongal|raksha bandhan|vesak|nowruz"
    r"|lunar new year|chinese new year|mid-autumn festival|qingming|kwanzaa|(?:the\s)?(?:summer|winter)\ssolstice|(?:the\s)?(?:spring|vernal|autumn(?:al)?) equinox|midsummer(?:'s)?(?:\s(?:day|eve|night))?|silvester|weihnachten|heiligabend|ostern|pfingsten|pâques|toussaint|navidad|nochebuena|pascua|d[ií]a de (?:los )?muertos|koningsdag|sinterklaas)"
)


def _valid_figures(match: re.Match[str]) -> bool:
    """Whether three numbers can be day, month and year in one of the usual orders."""
    numbers = [int(number) for number in re.findall(r"\d+", match.group("id"))[:3]]
    if len(numbers) < 3:
        return False
    first, second, third = numbers
    if first > 31:
        return 1 <= second <= 12 and 1 <= third <= 31
    if not (1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12):
        return False
    return third > 1800 or third < 100


def _valid_short(match: re.Match[str]) -> bool:
    """Whether d-m-yy is no dose, count or version: two-digit years need a slash, or both other numbers in full."""
    if not _valid_figures(match):
        return False
    before = match.string[max(0, match.start() - 14) : match.start()].lower()
    after = match.string[match.end() : match.end() + 8].lower()
    if re.search(r"(?:dose|dosing|ratio|version|v|schedule|score|regimen|block|apgars?)\s?(?:of\s)?$", before):
        return False
    if int(re.findall(r"\d+", match["id"])[0]) > 31 and "." in match["id"]:
        return False
    return not re.match(r"\s?(?:mg|mcg|ml|cm|mm|units|%|g\b|mmhg|tab)|\s?x\s?\d", after)


def _valid_month_day(match: re.Match[str]) -> bool:
    first, second = (int(number) for number in re.findall(r"\d+", match.group("id"))[:2])
    if second in (7, 12, 52) and _FOR_BEFORE.search(match.string, max(0, match.start("id") - 8), match.start("id")):
        return False  # 3/7, 3/12 and 3/52: days, months and weeks
    return (1 <= first <= 12 and 1 <= second <= 31) or (13 <= first <= 31 and 1 <= second <= 12)


_FOR_BEFORE = re.compile(r"\b(?:for|over|in|past|last|every|x)\s{1,2}$", re.IGNORECASE)


def _no_fraction(match: re.Match[str]) -> bool:
    """Whether a bare m/d is a date: nothing around it speaks of scores, strength, pressure, nodes or parts of a whole."""
    first, second = (int(number) for number in match["id"].split("/"))
    before = match.string[max(0, match.start() - 30) : match.start()].lower()
    after = match.string[match.end() : match.end() + 12].lower()
    if _FRACTION_BEFORE.search(before):
        return False
    if re.match(r"\s{0,2}(?:[,@]\s?)?(?:at\s)?(?:\d{1,2}[:.]\d\d|[01]\d[0-5]\d\b|2[0-3][0-5]\d\b)", after):
        return True
    if (word := _WORD_BEFORE.search(before)) and word[1] in lexicon.eponyms():
        return False
    if first > 12 or second > 12:
        return True
    share = first <= second and second in (2, 3, 4, 5, 6, 7, 8, 9, 10)
    if re.search(r"[a-z0-9]\($", before):
        return False
    return not share or bool(
        re.match(r"\s{0,2}(?:\n|$)", after)
        and re.search(r"(?:[a-z)]|\.)\s$", before)
        and not re.search(r"(?:is|was|at|of|rate|level)\s$", before)
    )


_WORD_BEFORE = re.compile(r"([a-z]{3,20}) $")
_FRACTION_BEFORE = re.compile(
    r"(?<![a-z])(?:pain|strength|murmur|bp|scale|scores?|nodes?|apgars?|vision|acuity|reflex\w*|pulses?|motor|grade|vas|nrs|gcs|ratio|alt|ast|tablets?|tabs?|power|dtrs?|patellar|biceps|triceps|orientation|oriented|recall|mmse|moca|phq|total|cores?|dilution|"
    r"i/o|pressure|systolic|levels?|intensity|severity|rated?|distress|sensation|positive|negative|stage|murphy|lymph|ln|lns|x|\d|chance|risk|half|about a|up to|less than|over|under|take|give|dose|mg|ml|iv/vi|peep|cpap|bipap|pressures?|apgar|beighton)(?![a-z])[\s:(-]{0,3}(?:\w{1,8}\s)?$|[<>=~][\s:(-]{0,3}(?:\w{1,8}\s)?$"
)


def _not_a_word(match: re.Match[str]) -> bool:
    """Whether a month name alone is meant as a month: capitalised `May`, `March` after a cue, never `may`."""
    word = match.group("id").strip()
    name = word.split()[-1].lower().strip(".")
    return name not in ("may", "march", "mar", "sep", "dec", "jan") or word.split()[-1][0].isupper()


_FORMS: tuple[Pattern, ...] = (
    pattern(rf"(?<![\d.])(?P<id>{_Y4}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?\d{{1,2}}{_TIME})(?!\d)", "date", 0.95, check=_valid_figures),
    pattern(rf"(?<![\d.])(?P<id>{_DAYNAME}\d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?{_Y4}{_TIME})(?!\d)", "date", 0.95, check=_valid_figures),
    pattern(rf"(?<![\d./-])(?P<id>{_DAYNAME}\d{{1,2}}/\d{{1,2}}/'?\d{{2}}{_TIME})(?![\d/])", "date", 0.9, check=_valid_short),
    pattern(rf"(?<![\d./-])(?P<id>{_DAYNAME}\d{{1,2}}(?P<s>[-.])\d{{1,2}}(?P=s)\d{{2}}{_TIME})(?![\d]|[-.]\d)", "date", 0.75, check=_valid_short),
    pattern(rf"(?<![\d./-])(?P<id>{_Y4}[ \t]{{1,3}}\d\d[ \t]{{1,3}}\d\d|\d\d[ \t]{{1,3}}\d\d[ \t]{{1,3}}{_Y4})(?!\d|\.\d)", "date", 0.7, check=_valid_figures),
    pattern(rf"(?<!\d)(?P<id>{_D}\s?[-/.]\s?(?:I{{1,3}}|IV|VI{{0,3}}|IX|XI{{0,2}})\s?[-/.]\s?{_Y4})(?!\d)", "date", 0.85, flags=0),
    pattern(rf"(?<![\d.])(?P<id>{_Y4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[T_]?\d{{4}}(?:\d\d)?Z?)?)(?!\d)", "date", 0.8),
    pattern(rf"(?<![\d.])(?P<id>(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])){_Y4})(?!\d)", "date", 0.7),
    pattern(r"(?<!\d)(?P<id>\d{4}年\d{1,2}月(?:\d{1,2}日)?)", "date", 0.9, screen=("年",)),
    pattern(rf"(?<!\d)(?P<id>{_Y4}-W[0-5]\d(?:-[1-7])?|{_Y4}-[0-3]\d\d)(?![\d-])", "date", 0.6),
    # month names with a day
    pattern(rf"(?<![a-z])(?P<id>{_DAYNAME}{_MON}\s{{0,2}}{_D}{_ORD}(?:\s?(?:,|of)?\s{{0,2}}{_Y4}|,?\s?'\d\d|,\s?\d\d(?!\d))?{_TIME})(?![\d])", "date", 0.9,
            check=lambda m: _month_then_day(m)),
    pattern(rf"(?<![\d.])(?P<id>{_DAYNAME}(?:the\s(?=\d{{1,2}}(?:st|nd|rd|th)\s(?:day\s)?of\s))?{_D}{_ORD}(?:\s(?:day\s)?of)?[ ./-]{{0,2}}{_MON}(?:[ ./,-]{{0,2}}(?:of\s)?{_Y}(?![:.]\d))?{_TIME})(?![a-z\d])", "date", 0.9,
            check=lambda m: _day_then_month(m)),
    pattern(rf"(?<![\da-z])(?P<id>{_D}[-/ ]?{_MON3}[-/ ,']{{0,2}}(?:{_Y4}|\d\d)(?:[ :T]\d{{1,2}}:\d\d(?::\d\d)?)?)(?![a-z\d]|:\d)", "date", 0.9),
    pattern(rf"(?<![\da-z])(?P<id>{_MON3}[-/]{_D}[-/]{_Y}|{_Y4}[-/ ]?{_MON3}[-/ ]?{_D})(?![a-z\d])", "date", 0.9),
    pattern(rf"(?<![\d.])(?P<id>{_D}(?:\.|er|º)?\s(?:de\s)?{_FOREIGN}(?:\s(?:de\s|del\s)?{_Y4})?)(?![a-z\d])", "date", 0.85),
    # month and year
    pattern(rf"(?<![a-z])(?P<id>(?:early|mid|late)?[- ]?{_MON}\s?(?:,|of|-|/)?\s{{0,2}}(?:{_Y4}|'\d\d))(?!\d)", "date", 0.85),
    pattern(rf"(?<![a-z])(?P<id>{_MON3}[-/]\d\d)(?![\d-])", "date", 0.7),
    pattern(rf"(?<![\d/.-])(?P<id>(?:0?[1-9]|1[0-2])\s?[/-]\s?{_Y4})(?![\d/-])", "date", 0.75),
    pattern(rf"(?<![\d/.-])(?P<id>{_Y4}-(?:0[1-9]|1[0-2]))(?![\d/-])", "date", 0.65),
    pattern(rf"(?<![a-z])(?P<id>(?:spring|summer|fall|autumn|winter|q[1-4]|first quarter|second quarter|third quarter|fourth quarter)(?:\s(?:of|in))?\s?,?\s?(?:{_Y4}|'\d\d))(?!\d)", "date", 0.6),
    # words
    pattern(rf"(?<![a-z])(?P<id>(?:the\s)?{_DAY_WORD}(?:\sday)?\sof\s{_MONTH}(?:,?\s(?:in\s(?:the year\s)?)?(?:{_Y4}|{_YEAR_WORD}))?|{_MONTH}\s(?:the\s)?{_DAY_WORD}(?:,?\s(?:{_Y4}|{_YEAR_WORD}))?)(?![a-z])", "date", 0.9),
    pattern(rf"(?<![a-z])(?P<id>{_MONTH}(?:\sof)?\s{_YEAR_WORD})(?![a-z])", "date", 0.85),
    pattern(rf"(?<![a-z])(?P<id>the\s(?:{_D}(?:st|nd|rd|th)|{_DAY_WORD})(?:\sof\s(?:this|last|next)\smonth)?)(?=\s?[.,;)]|\s(?:and|at|for|with|when|of (?:this|last|next)))", "date", 0.5, check=lambda m: _after_cue(m)),
    pattern(rf"(?<![a-z]){_CUE}\s(?:this\s)?(?P<id>(?:late\s|early\s|mid[- ])?{_MONTH})(?![a-z'])", "date", 0.55, check=_not_a_word),
    pattern(rf"(?<![a-z])(?:in|during|this|beginning of|end of|middle of|every|each|throughout|all|one|that|early|mid|late)[\s-](?P<id>(?:late\s|early\s|mid[- ])?{_MONTH})(?![a-z'])", "date", 0.6, check=_not_a_word),
    pattern(rf"(?<![a-z])(?P<id>(?:the\s)?(?:eve of\s)?{_HOLIDAY}(?:\s(?:eve|morning|weekend))?(?:,?\s{_Y4})?)(?![a-z])", "date", 0.6),
    pattern(rf"(?<![a-z])(?P<id>(?:early|mid|late|end of|beginning of|start of)[- ]{_MONTH})(?![a-z'])", "date", 0.7),
    # a day of the month alone, and stretches of days
    pattern(rf"(?<![a-z])(?P<id>{_WEEKDAY}\.?,?\s(?:the\s)?{_D}(?:st|nd|rd|th))(?![a-z\d])", "date", 0.6, check=lambda m: _no_rank(m)),
    pattern(rf"(?<![a-z])(?:{_CUE}|yesterday|today|tomorrow|tonight|back|it'?s|is|was|say|not|his|her|their|our|dated|about|round)[\s,]{{1,2}}(?P<id>the\s{_D}(?:st|nd|rd|th))(?![a-z\d])", "date", 0.6, check=lambda m: _no_rank(m)),
    pattern(rf"(?<![a-z\d])(?P<id>(?:the\s)?{_D}(?:st|nd|rd|th)\s(?:inst|ult|prox)(?:ant|imo)?\b\.?)", "date", 0.8),
    pattern(rf"(?<![a-z])(?P<id>{_MON}\s{{0,2}}{_D}{_ORD}\s?(?:-|–|to|through|thru|and|&|/)\s?{_D}{_ORD}(?:,?\s{_Y4})?)(?![\d:/]|\s?(?:mg|ml|am|pm))", "date", 0.8, check=lambda m: _month_then_day(m)),
    pattern(rf"(?<![\d./-])(?P<id>(?:the\s)?{_D}{_ORD}\s?(?:-|–|to|and|&|/|or|till|until|,)\s?(?:the\s)?{_D}{_ORD}\s(?:of\s)?{_MON}(?:\s{_Y4})?)(?![a-z\d])", "date", 0.8, check=lambda m: _day_then_month(m)),
    # month/day without a year needs a cue
    pattern(rf"(?<![a-z]){_CUE}:?\s{{1,2}}(?:the\s)?(?P<id>{_DAYNAME}\d{{1,2}}/\d{{1,2}}(?:\s?(?:-|to|and|,|&)\s?\d{{1,2}}/\d{{1,2}}){{0,4}})(?![\d/%-]|\.\d){_NOT_AFTER}", "date", 0.6, check=_valid_month_day),
    pattern(rf"(?:\(|^|[\n;]\s{{0,2}})(?P<id>{_DAYNAME}\d{{1,2}}/\d{{1,2}})(?=\)|:|\.\s|\s?[-–@]\s?|\s\d\d?:?\d\d\b){_NOT_AFTER}", "date", 0.6, check=_valid_month_day, flags=re.IGNORECASE | re.MULTILINE),
    pattern(rf"(?<![\w/.+-])(?P<id>(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])|(?:1[3-9]|2\d|3[01])/(?:0?[1-9]|1[0-2]))(?![\d/%+-]|\.\d|[a-z]){_NOT_AFTER}", "date", 0.5, check=lambda m: _no_fraction(m)),
    pattern(r"(?<![a-z])(?P<id>(?:mon|tues?|wed|thu(?:rs)?|fri|sat|sun)(?:day|nesday|urday|sday)?\.?,?\s\d{1,2}/\d{1,2})(?![\d/])", "date", 0.7),
    pattern(rf"(?<![a-z]){_CUE}:?\s{{1,2}}(?P<id>(?:0?[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?![\d-]|\s?(?:mg|ml|cm|mm|days?|weeks?|hours?|months?|years?|times|units))", "date", 0.45),
)  # fmt: skip


#: What is counted with an ordinal and is no day of a month.
_RANKED = re.compile(
    r"[\s-](?:floor|percentile|centile|grade|week|wk|day|post|rib|ribs|metatarsal|metacarpal|digit|toe|finger|intercostal|space|ave|avenue|street|st\b|birthday|century|cycle|dose|time|visit|edition|cranial|nerve|ventricle|year|trimester|month|hour|line|generation|degree|attempt|opinion|child|baby|pregnancy|stage|try|pass|course|round|session|admission|fall|patient|case|of three|of four|infusion|injection|tablet|bottle|sample|one|place|wife|husband|appointment|look|layer|and \d{1,2}th (?:rib|week|toe|finger)|or)",
    re.IGNORECASE,
)


def _no_rank(match: re.Match[str]) -> bool:
    """Whether an ordinal is a day of the month: nothing that is counted follows."""
    return not _RANKED.match(match.string, match.end())


def _after_cue(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 12) : match.start()].lower()
    return bool(re.search(r"(?:\bon|\bby|\buntil|\bsince|\bbefore|\bafter|\bfrom|\btill)\s$", before))


def _month_then_day(match: re.Match[str]) -> bool:
    """Whether `may 5` or `mar 5` is a date and no verb or abbreviation followed by a number."""
    written = match.group("id")
    head = re.search(r"[A-Za-z]{3,9}(?=\.?\s{0,2}\d)", written)
    if head and head.group() == "may":
        return bool(re.search(r"\d{4}", written))
    return True


def _day_then_month(match: re.Match[str]) -> bool:
    """Whether `2 may` is a date: the verb is written in lower case."""
    written = match.group("id")
    head = re.search(r"[A-Za-z]{3,9}\.?(?=[^A-Za-z]*$)", re.sub(r"(?i)\s(?:[ap]\.?m\.?|z)$", "", written))
    return not (head and head.group() in ("may", "mar", "sun", "sat", "dec") and not re.search(r"\d{4}", written))


_TABLE = Table(_FORMS)


@register("recogniser", "dates")
@dataclass(frozen=True)
class Dates:
    """Finds dates and parts of dates that are finer than a year."""

    examples: ClassVar[tuple[str, ...]] = (
        "seen «2019-11-27», again «2019/11/27» and «2019.11.27»", "on «03/14/2021» and «3-14-21»", "since «14.03.2021»",
        "labs «27NOV2019» and «27-Nov-2019» and «27 Nov 19»", "on «November 27, 2019» and «Nov 27th»", "«27th of November 2019»",
        "«the third of May, nineteen sixty-one»", "in «November 2019»", "since «Nov '19»", "started «11/2019»", "stamp «20191127T0915»",
        "on «Monday, March 3, 2020 » at 10:15 am", "admitted on «3/4»", "follow-up «12.IV.2019»", "um «15. Januar 2019»",
        "stable since «Christmas Eve»", "in late «March»", "«2019年3月5日»", "«summer of 2018»", "DOB «03142021»", "on «Tues 3/4»",
        "le «3 mars 2019»", "on «the 14th».", "in «late September»", "ward, «Nov 3-4»", "«9 to 16 May» at home", "the «3rd inst»", "on «Boxing Day»", "«Mar-03-2020»", "«2020 Mar 03»", "between «6/1 and 6/5»",
    )  # fmt: skip
    counter_examples: ClassVar[tuple[str, ...]] = (
        "WBC 10-12-8 trend", "BP 120/80", "2/15 nodes positive", "dose 5-10-15 mg", "strength 5/5 in both arms", "pain 3/10",
        "Gleason 3+4=7", "she may 2 hours later", "diagnosed in 2014", "may return in 2 weeks", "1/2 tablet daily", "T2N0M0",
        "series 4 image 112", "Grade 3 (CTCAE v5.0)", "on the 5th floor", "below the 3rd percentile", "it is the 2nd time", "wound 3-4 cm", "ECOG 0-1",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the dates of a text."""
        if not text or not _MAY_HOLD_DATE.search(text):
            return ()
        return _TABLE.find(text, "dates")


_MAY_HOLD_DATE = re.compile(rf"\d|{_MON3}|{_HOLIDAY}", re.IGNORECASE)
