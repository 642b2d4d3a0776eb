"""Numbers that stand for a person or a thing of theirs: with a label, or by their shape."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from deid.detect import lexicon, plausible
from deid.detect.patterns import Pattern, Table, pattern
from deid.model import Span
from deid.registry import register

_VALUE = r"(?P<id>(?:[A-Za-z]{1,6}[-_./# ]?)?\d[A-Za-z0-9]{0,24}(?:[-_./:][A-Za-z0-9]{1,16}){0,6}|[A-Za-z0-9]{1,12}(?:[-_/][A-Za-z0-9]{1,16}){1,5})"
_SPLIT_VALUE = r"(?P<id>\d{1,6}(?:[ \t]{1,2}\d{1,6}){1,4})"
_NUMBER = r"(?:\s{0,2}(?:number|numbers|num|nbr|no|nr|id|ids|identifier|code)\b\.?|\s?(?:#|№|n°|nº))?"
_LINK = r"\s{0,2}(?:\((?:[^()\n]{0,20})\)\s?)?(?:is|was|of|on file|reads|ending(?:\s(?:in|with))?|=|:|#|-|–|\.|,|;|>|\[|\(|\||\"|“|'){0,2}\s{0,3}[\[(|\"“'#:]{0,2}"


_BODY = r"(?:(?:right|left|r|l)[- ])?(?:fingers?|thumbs?|palms?|iris|retinas?|retinal|face|facial|full-face|voice|vein|gait|bite|foot|fp)[- ]?(?:prints?|marks?|vein)?"
_KEPT_AS = r"(?:template|scan|image|hash|card|slip|record|file|photo|photograph|still|sample|recording|set|lift|map|id|model)s?"


def _labelled(
    labels: str, kind: str, score: float = 0.9, *, screen: Iterable[str] = (), bare: bool = False
) -> tuple[Pattern, ...]:
    """Return the patterns for a number after one of its labels; `bare`: the label must name a number or id."""
    number = _NUMBER[:-1] if bare else _NUMBER
    return (
        pattern(rf"(?<![A-Za-z])(?:{labels})(?![A-Za-z]){number}{_LINK}{_VALUE}(?![A-Za-z0-9])", kind, score, check=_plausible_value, screen=screen),
        pattern(rf"(?<![A-Za-z])(?:{labels})(?![A-Za-z]){number}{_LINK}{_SPLIT_VALUE}(?![A-Za-z0-9./%])", kind, score - 0.1, check=_long_split, screen=screen),
    )  # fmt: skip


_MEASURE = re.compile(
    r"\s?(?:mg|mcg|ml|kg|cm|mm|%|mmhg|bpm|units?|hours?|hrs?|days?|weeks?|months?|years?|minutes?|mins?|times|doses?|patients?|of\b)",
    re.IGNORECASE,
)


def _plausible_value(match: re.Match[str]) -> bool:
    """Whether the value after a label is an identifier: it holds digits, is no measure and no lone small number."""
    value = match["id"]
    digits = sum(char.isdigit() for char in value)
    if digits == 0 or _MEASURE.match(match.string, match.end()):
        return False
    head = re.match(r"([A-Za-z]{1,6}) \d", value)
    if head and (head[1].lower() in _MEASURED or lexicon.is_word(head[1].lower())) and len(head[1]) > 1:
        return False
    return digits >= 3 or (digits >= 2 and len(value) >= 5)


def _long_split(match: re.Match[str]) -> bool:
    return len(re.sub(r"\D", "", match["id"])) >= 6


def _nhs(match: re.Match[str]) -> bool:
    digits = [int(char) for char in match["id"] if char.isdigit()]
    check = 11 - sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return (0 if check == 11 else check) == digits[9]


def _mixed(match: re.Match[str]) -> bool:
    """Whether a bare token mixes letters and digits as identifiers do, and no known clinical code does."""
    token = match["id"]
    if CLINICAL_CODE.fullmatch(token):
        return False
    return not CODE_BEFORE.search(match.string, max(0, match.start() - 24), match.start())


CODE_BEFORE = re.compile(
    r"(?:icd|cpt|loinc|snomed|hcpcs|rxnorm|ndc|drg|arm|cohort|protocol|study|trial|version|variant|exon|codon|cd|il|level|stage)[-\s:#(]{0,3}$",
    re.IGNORECASE,
)
CLINICAL_CODE = re.compile(
    r"NCT\d{8}|[A-Z]\d\d(?:\.[A-Z0-9]{1,4})?|[A-Z]{2,8}-?\d{1,3}[A-Z]?|[A-Z]{1,5}\d{1,2}[A-Z]{1,3}\d{0,3}|(?:rs|COSM|NM_|NP_|ENST?G?)\d+(?:\.\d+)?"
    r"|[cpg]\.[A-Za-z0-9_>*+-]+|[A-Z]?\d{2,4}[A-Z](?:fs\*?\d*)?|(?:y?[pcr]?T[0-4X][a-d]?(?:is)?)?N[0-3X][a-c]?(?:M[01X][a-c]?)?|[CTL]\d{1,2}-[CTLS]?\d{1,2}"
    r"|(?:KEYNOTE|CheckMate|PALOMA|DESTINY|MONALEESA|IMpower|SWOG|RTOG|NSABP|ECOG|CALGB|EORTC|NRG|MK|ABT|AZD|BMS|LY|RO|GSK|TAK|AMG|PF|BAY|JNJ|SAR|INCB?|BGB|CC|MEDI|ONO|DS|SGN|IMGN|BNT|mRNA)-?[A-Z]{0,3}\d{1,7}[A-Z]?"
    r"|J\d{4}|[GQ]\d{4}|\d{5}-(?:\d{2}|RT|LT|TC|AS|GT|GA|QW|X[SUEP])|[ACGT]\d{2,6}[ACGT]|\d{4}/\d"
    r"|\d{1,3}(?:st|nd|rd|th)|q?\d{1,3}(?:mg|mcg|ml|cm|mm|kg|g|h|hr|hrs|d|w|wk|wks|mo|yo|y|x|s|F|C|M|Gy|Fr|G|K|L|R|%)|x\d{1,3}|F-?18|Tc-?99m|I-?131|Lu-?177|Y-?90|Ga-?68|Ra-?223|Sm-?153"
    r"|COVID-?19|SARS-CoV-2|H[0-9]N[0-9]|HPV-?\d{2}|HLA-?[A-Z]{1,4}\d{0,4}|CYP[0-9][A-Z][0-9]{1,2}|FOLFOX-?\d|[A-Za-z]{2,12}-\d{1,2}",
    re.IGNORECASE,
)

_TIMES = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d-(?:[01]\d|2[0-4])[0-5]\d|(?:19|20)\d\d-(?:19|20)\d\d")
_MEASURED = lexicon.word_set("identifiers_measured")
_NO_USER: frozenset[str] = lexicon.word_set("identifiers_no_user")
_FORMS: tuple[Pattern, ...] = (
    *_labelled(r"m\.?r\.?n\.?|med(?:ical)?\.?\s?rec(?:ord)?s?|mr\s?(?=#|no\b|num)|chart|hosp(?:ital)?\s?(?:no|num(?:ber)?|#)|unit\s(?:no|num(?:ber)?|#)|patient\s(?:no|num(?:ber)?|id|identifier|#)|pt\s?(?:id|#|no)|record\s(?:no|num(?:ber)?|#)|hospital number|epic id|emr|ehr id|umrn|uhid|cmrn|pid|file\s(?:no|num(?:ber)?|#)|case\s(?:no|num(?:ber)?|#)|folder\s(?:no|num(?:ber)?)", "record_number"),
    *_labelled(r"accession|acc(?:ess)?(?=\s?[#:n])|case\s?(?=#)|order\s(?:no|num(?:ber)?|#)|exam\s(?:no|num(?:ber)?|id|#)|requisition|req(?=\s?#)|report\s(?:no|num(?:ber)?|id|#)|study\s(?:uid|instance)|path(?:ology)?\s(?:no|num(?:ber)?|#)|surgical path(?:ology)?\s(?:no|#)|job(?=\s?[#:n])|encounter|visit\s(?:no|num(?:ber)?|id|#)|csn|har|confirmation|reference\s(?:no|num(?:ber)?|#|id)|ref(?=\s?[#:.n])|ticket|claim|authori[sz]ation|auth(?=\s?[#:n])|prior auth|referral\s(?:no|num(?:ber)?|#|id)|rx(?=\s?#)|prescription\s(?:no|num(?:ber)?|#)|tracking", "accession_number"),
    *_labelled(r"specimen|sample|aliquot|biobank|bio-?bank|tube|barcode|bar code|block(?=\s?(?:id|#))|slide(?=\s?(?:id|#))|kit(?=\s?(?:id|#|no|num))|vial|tissue bank|library id|donor", "sample_id"),
    *_labelled(r"subject|subj|screening|screen(?=\s?(?:#|no|num|id))|participant|randomi[sz]ation|rand(?=\s?#)|enrol?lment|study\s(?:id|no|num(?:ber)?|#|subject|participant|patient)|trial\s(?:id|no|num(?:ber)?|participant|subject|patient)|usubjid|subjid|proband|volunteer|enrol?led as|patient(?=\s\d{3,}-)", "subject_id"),
    *_labelled(r"serial|s/n|sn(?=\s?[:#])|udi|device id|lot(?=\s?[#:n])|model/serial|implant(?=\s?(?:id|#|no))|imei|mac address|ref/lot|pump id|asset(?:\s?tag)?", "device_id"),
    *_labelled(r"(?:medical |nursing |driver'?s? |drivers |professional |state |rn |md |pharmacy )?licen[cs]e|lic(?=\s?[#:.n])|dl(?=\s?[#:n])|driver'?s? lic\.?|npi|dea|gmc|nmc|ahpra|certificate|cert(?=\s?[#:n])|certification|passport|visa(?=\s?(?:no|num|#))|state id|registration|reg(?=\s?[#:.n])|permit|upin|medical council|provider id", "licence_number"),
    *_labelled(r"(?:health )?plan\s?(?:id|no|num(?:ber)?|#)|member(?:ship)?|policy|subscriber|beneficiary|insur(?:ance|ed)(?:\s(?:id|no|num(?:ber)?|policy))?|medicare|medicaid|mbi|hicn|group\s?(?=#|no\b|num|id)|grp(?=\s?[#:])|certificate of insurance|payer id|coverage id|blue cross|bcbs|aetna|cigna|humana|tricare|hmo|ppo|health card|ohip|hcn", "health_plan_number"),
    *_labelled(r"acct|account|acc't|a/c|fin(?=\s?[:#\d])|billing(?:\s(?:id|no|num(?:ber)?|acct|account))?|guarantor|invoice|iban|routing|bank\s(?:account|acct)|card(?=\s(?:no|num|number|ending|\d{4}))|credit card|debit card|statement\s(?:no|num(?:ber)?|#)|payment\s(?:id|ref)", "account_number"),
    *_labelled(r"s\.?s\.?n\.?|soc(?:ial)?\.?\s?sec(?:urity)?\.?|ss(?=\s?#)|social(?=\s?[#:])|nino?\b|national insurance|nhs|chi\b|sin(?=\s?[#:])|itin|tax id|tin(?=\s?[#:])|aadhaar|medicare card|pps", "ssn", 0.95),
    *_labelled(r"(?:license |licence |number |reg(?:istration)? )?plates?|tag(?=\s?[#:])|vin|vehicle(?:\s?(?:id|reg|registration))?|chassis", "vehicle_id"),
    pattern(r"(?<![A-Za-z])(?:plates?|plate (?:no|number)|license plate|licence plate|reg(?:istration)?(?: plate)?|tag|car|vehicle|sedan|truck|suv|van|honda|toyota|ford|chevy|subaru|nissan|bmw|jeep|hyundai|kia)\b[^\n.;]{0,24}?\b(?P<id>(?=[A-Z0-9 -]{0,9}\d)(?=[A-Z0-9 -]{0,9}[A-Z])[A-Z0-9]{1,4}[- ]?[A-Z0-9]{2,5})\b", "vehicle_id", 0.75, flags=0),
    pattern(r"(?i:\b(?:plates?|tail|aircraft|helicopter|helo|flight|flt|plane|vessel|boat|trawler|ship|rego?|registered|registration|lorry|minibus|scooter|motorbike|bike|taxi|cab|bus|ambulance|rig|bil|auto|motor|moped|motorcycle|motorhome|camper|minicab|matatu|okada|rickshaw|tuk-tuk|pick-?up|ute|bakkie|estate|hatchback|saloon|sedan|suv|ford|fiesta|vauxhall|corsa|astra|golf|polo|vw|volkswagen|skoda|octavia|audi|merc|mercedes|toyota|yaris|corolla|camry|hilux|honda|civic|nissan|micra|mazda|subaru|kia|hyundai|dacia|renault|clio|peugeot|citro[eë]n|fiat|panda|seat|volvo|saab|tesla|land rover|mini|suzuki|mitsubishi|isuzu|chevy|dodge|buick|tata|vespa|car|truck|van|tractor|vehicle|parked|drives|driving)\b)[^\n.;]{0,44}?\s[\"“(]?(?P<id>(?=[A-Z0-9 -]{0,9}\d)[A-Z0-9]{1,4}[- ][A-Z0-9]{1,5}(?:[- ][A-Z0-9]{1,6}){0,2}|(?:VH|[A-Z]|[A-Z]{2})-[A-Z]{3,4})(?![\w-])", "vehicle_id", 0.6, flags=0, check=lambda m: _plate(m["id"])),
    pattern(r"(?<![\w-])(?P<id>\d{2,3}-[A-Z]{1,2}-\d{1,6}|[A-Z]{3} \d{3}[A-Z]|[A-Z]{1,3}-[A-Z]{1,2} \d{3,4}|[A-Z]{2}-\d{3}-[A-Z]{2}|[A-Z]{1,2}\d{1,3} [A-Z]{3}|[A-Z]{2} \d{2} [A-Z]{1,2} \d{4})(?![\w-])", "vehicle_id", 0.5, flags=0, check=lambda m: _plate(m["id"])),
    pattern(r"\b(?P<id>(?=[A-HJ-NPR-Z0-9]{0,16}\d)(?=[A-HJ-NPR-Z0-9]{0,16}[A-HJ-NPR-Z])[A-HJ-NPR-Z0-9]{11}\d{6})\b", "vehicle_id", 0.75, flags=0),
    pattern(r"(?<![\d-])(?P<id>\d{3}\s?[-.–/]\s?\d{2}\s?[-.–/]\s?\d{4})(?![\d])", "ssn", 0.9),
    pattern(r"(?<!\d)(?P<id>\d{3}[ \t]{1,3}\d{2}[ \t]{1,3}\d{4})(?!\d)", "ssn", 0.8),
    pattern(r"(?<![A-Za-z\d])(?P<id>[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D])(?![A-Za-z\d])", "ssn", 0.85, flags=0),
    pattern(r"(?<!\d)(?P<id>\d{3}[ -]\d{3}[ -]\d{4})(?!\d)", "ssn", 0.8, check=_nhs),
    pattern(r"(?<![\d.])(?P<id>(?:\d{4}[ -]){3}\d{1,7}|3\d{3}[ -]\d{6}[ -]\d{5})(?!\d)", "account_number", 0.85),
    pattern(r"(?<![A-Za-z\d])(?P<id>[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?)(?![A-Za-z\d])", "account_number", 0.8, flags=0),
    pattern(r"(?<![A-Za-z\d-])(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![A-Za-z\d-])", "uuid", 0.95, screen=("-",)),
    pattern(r"(?<![\d.,/-])(?<!NCT)(?<!ISRCTN)(?<!PMID )(?<!PMID: )(?<!PMC)(?<!NDC )(?P<id>\d{7,24})(?![\d%]|[.,]\d|\s?(?:mg|ml|cells|copies|iu\b|units|/))", "record_number", 0.6),
    pattern(r"(?<![\d.,/:-])(?P<id>\d{6})(?![\d%]|[.,:/-]\d|\s?(?:mg|ml|cells|copies|iu\b|units|/|patients))", "record_number", 0.45),
    pattern(r"(?<![\w./-])(?P<id>\d{2,6}(?:-\d{2,8}){1,4})(?![\w%]|-\d|\s?(?:mg|mcg|ml|cm|mm|cells|%|days|weeks|hours|months|years|units|k\b|pg|ng|g/|mmol|patients|beats))", "record_number", 0.5,
            check=lambda m: (not _TIMES.fullmatch(m["id"]) and sum(c.isdigit() for c in m["id"]) >= 7) or (m["id"].count("-") >= 2 and sum(c.isdigit() for c in m["id"]) >= 6)),
    pattern(r"(?<![\w./-])(?P<id>(?=[A-Za-z0-9:-]{0,30}\d{3})(?=[A-Za-z0-9:-]{0,30}[A-Za-z])[A-Za-z0-9]{2,14}(?:[-:][A-Za-z0-9]{1,14}){1,4})(?![\w]|-\w)", "record_number", 0.5, check=_mixed),
    pattern(r"(?<![\w./-])(?P<id>(?=[A-Z0-9]{0,20}\d{3})[A-Z]{1,4}\d{4,14}[A-Z]{0,2}|[A-Z]\d{2}[A-Z]\d{3,8}|\d{2,5}[A-Z]{1,3}\d{3,9})(?![\w]|[-.]\w)", "record_number", 0.55, check=_mixed, flags=0),
    pattern(r"(?<![\w./-])(?P<id>[A-Z]{1,3}\d{2}-\d{3,7}|\d{2}[-:][A-Z]{1,3}-?\d{3,7})(?![\w]|-\w)", "accession_number", 0.7, flags=0),
    pattern(r"(?<![\w-])(?P<id>\d[A-Z][A-Z0-9]\d[- ]?[A-Z][A-Z0-9]\d[- ]?[A-Z]{2}\d{2})(?![\w-])", "health_plan_number", 0.8, flags=0),  # Medicare beneficiary identifier
    pattern(r"(?<![\d-])(?P<id>\d{4}[ ]\d{4}[ ]\d{4})(?![\d%]|[ ]\d)", "health_plan_number", 0.7),
    pattern(r"(?<![A-Za-z\d])(?P<id>[A-Z]{2}[ ]\d{2}[ ]\d{2}[ ]\d{2}[ ][A-Z])(?![A-Za-z\d])", "ssn", 0.8, flags=0),
    pattern(r"(?<![\w./-])(?P<id>(?!T-\d{5}\b|M-[89]\d{3}(?:/\d)?\b)[A-Z]-\d{4,8})(?![\w%]|[./-]\w)", "record_number", 0.6, check=_mixed, flags=0),
    pattern(r"(?<![\d.,/:-])(?P<id>0\d{1,3}-\d{3,4}|\d{2,4}-0\d{2,3})(?![\w%]|[-./]\d|\s?(?:mg|mcg|ml|cm|mm|hours|hrs|h\b))", "subject_id", 0.5, check=lambda m: not _TIMES.fullmatch(m["id"])),  # no range begins with nought
    pattern(r"\b(?:notes?|charts?|files?|folders?|records?|jackets?|numbers?|numbered|packets?|cases?)\s(?:(?:is|are|was|were|under|no|number|the|with|us|ours|here|old|new|by|filed|kept|as|in|at|it|still|from)\s){0,5}(?P<id>\d{5,6}|\d{4}/\d{2})(?![\w%]|[-.,/]\d|\s?(?:mg|ml|cells|copies|iu\b|units|/|patients|steps|cases|platelets))", "record_number", 0.6),
    pattern(r"(?<![\w-])(?P<id>[A-Z]{2}\d{2}[ ][A-Z]{3}|\d{2}-[A-Z]{2}-\d{2})(?![\w-])", "vehicle_id", 0.6, flags=0, check=_mixed),
    pattern(r"\b(?i:as|number|no|under|participant|subject|called|calls?\s(?:him|her|them)|known as|enrolled|screened|trial|study)\s(?P<id>\d{2}-\d{3,4})(?![\w%]|[-./]\d|\s?(?:mg|mcg|ml|cm|mm|cells|days|weeks|hours|hrs|h\b|g\b|units|beats|mmol))", "subject_id", 0.5, flags=0),
    pattern(r"\b(?:filed|listed|registered|kept|held|known|ones?|notes?|charts?|films?|scans?|slides?|letters?|him|her|them)\s(?:[a-z]+\s){0,3}?under\s(?:the\s)?(?:number\s)?(?P<id>\d{5,6}|\d{4}/\d{2})(?![\w%]|[-.,/]\d)", "record_number", 0.55),
    pattern(r"\b(?i:badge|shield|collar)(?:\s(?:no|number|#))?[.:#\s]{1,3}(?P<id>(?=[A-Z-]{0,4}\d)[A-Z]{0,3}-?\d{2,7})(?![\w%]|[-.,/]\d)", "licence_number", 0.75, flags=0),
    pattern(r"(?<![\w.-])(?P<id>[-+]?\d{1,2}\.\d{1,8}\s?[,;/]\s?[-+]?\d{1,3}\.\d{1,8})(?![\w%]|\.\d)", "coordinates", 0.8, check=lambda m: _placed(m)),
    # what a body tells of its bearer
    pattern(rf"(?<!\w)(?P<id>{_BODY}\s?{_KEPT_AS}(?:\s(?:no\.?|number|id|ref)|\s?#|:)?\s(?=[\w/.-]{{0,20}}\d)[A-Z0-9][\w/.-]{{1,22}}\w)", "biometric", 0.8),
    pattern(r"(?<!\w)tattoo(?:s|ed)?\s(?:of\s(?:an?\s|the\s)?|reads?\s|reading\s|saying\s|that says\s|with the words?\s)(?P<id>[^,.;:\n]{2,40}[^,.;:\n\s])", "biometric", 0.6, screen=("tattoo",)),
    # user names
    pattern(r"(?<![A-Za-z])(?:user(?:\s?(?:name|id))?|username|userid|login(?:\sid)?|log-?in|logged in as|badge(?:\s?(?:id|no|#))?|handle|screen ?name|signed in as|account name|epic user|entered by user|uid|net ?id|employee id|staff id)\s?(?:is|was|=|:|#|-)?\s{0,2}['\"“]?(?P<id>[A-Za-z][A-Za-z0-9._-]{2,24}[A-Za-z0-9]|[A-Za-z]{1,4}\d{2,10})(?![\w@])", "username", 0.85,
            check=lambda m: _user_name(m)),
    pattern(r"(?i:\b(?:entry|entered|keyed|typed|coded|coder|abstractor|edited|amended|locked|verified|scanned|uploaded|logged|in as|folder|posted|charted|transcribed)\b)(?:\s(?:by|as|in as|in|somebody|someone|named|on|from|of)){0,3}[\s:,]{1,2}[\"“']?(?P<id>[a-z]{2,12}[._][a-z]{2,12}\d{0,3}|[a-z]{5,12}\d{0,3})(?![\w@./-]\w|\w)", "username", 0.5, flags=0, check=lambda m: _unknown_user(m["id"])),
    pattern(r"(?<![\w@./-])(?P<id>[a-z]{3,12}\d{1,4}|[a-z]{3,12}_\d{1,4}|[a-z]{2,12}_[a-z]{2,12}\d{0,4}|[a-z]{1,12}\.[a-z]{3,14}\d{1,4})(?![\w@/-]|\.\w)", "username", 0.4, flags=0, check=lambda m: _username_shape(m)),
)  # fmt: skip


def _plate(written: str) -> bool:
    """Whether groups of letters and figures are a plate: no words, quantities or clinical codes among them."""
    parts = re.split(r"[- ]", written)
    if CLINICAL_CODE.fullmatch(written) or written.isdigit() or parts[0].lower() in _MEASURED:
        return False
    return not any(part.isalpha() and len(part) > 2 and lexicon.is_word(part.lower()) for part in parts) and not all(
        part.isdigit() for part in parts
    )


_PLACED = re.compile(
    r"(?:gps|coord\w*|lat\w*|lon\w*|location|position|pin|pinged|geotag\w*|map|at)\W{0,4}(?:is|was|of|to)?\W{0,3}$",
    re.IGNORECASE,
)


def _placed(match: re.Match[str]) -> bool:
    """Whether two fractions are a place on earth: said to be one, or both with four places or more."""
    exact = all(len(part.strip().partition(".")[2]) >= 4 for part in re.split(r"[,;/]", match["id"]))
    return exact or bool(_PLACED.search(match.string, max(0, match.start("id") - 24), match.start("id")))


_ENDS = re.compile(r"[ \t]*(?:$|[\n.,;|)/])")


def _user_name(match: re.Match[str]) -> bool:
    """Whether what follows `login` or the like is a name and no word that goes on with the sentence."""
    word = match["id"].lower()
    labelled = match.string[match.start("id") - 2 : match.start("id")].strip()[-1:] in (":", "=")
    alone = labelled and _ENDS.match(match.string, match.end("id")) is not None
    return word not in _NO_USER and (alone or word in lexicon.english_names() or not lexicon.is_word(word))


def _unknown_user(written: str) -> bool:
    """Whether a word in lower case is one of no dictionary, as user names are."""
    parts = [part for part in re.split(r"[._\d]", written) if part]
    return bool(parts) and (len(parts) > 1 or plausible.unknown(parts[0])) and not all(map(lexicon.is_word, parts))


def _username_shape(match: re.Match[str]) -> bool:
    token = match["id"]
    if re.fullmatch(
        r"(?:q|x|v|grade|stage|type|day|week|cycle|arm|level|phase|group|age|cd|il|ca|her|page|version|figure|table|vitamin|omega|covid|folfox|mfolfox|ki|hpv|bcl|brca|top|ver|alpha|beta|kappa|lambda|sars|fev|spo|pao|pco|paco|hco|phq|gad|cha)\d{1,4}",
        token,
    ):
        return False
    letters = token.rstrip("0123456789")
    known = len(letters) < 5 or not letters.isalpha() or not plausible.unknown(letters)
    return bool(re.search(r"\d{2}$|_|\.", token) or not known) and not re.search(r"(?:mg|ml|cm|mm)\d*$", token)


_TABLE = Table(_FORMS)


@register("recogniser", "identifiers")
@dataclass(frozen=True)
class Identifiers:
    """Finds record, accession, specimen, subject, device, licence, plan, account and personal numbers, plates, user names."""

    examples: ClassVar[tuple[str, ...]] = (
        "MRN «84736251» was reviewed", "Medical record number: «00482917», staging", "chart no. «77-41-903»", "SSN: «536-90-4399»", "accession «S21-40417»",
        "subject «1003-017» was dosed", "screening no «SCR-0417»", "pump serial «NX4417720»", "NPI «1093817465»", "member ID «XQH884210733»", "account # «V12480687»",
        "licence plate «7KTR224»", "user name: «jhalloran2»", "logged in as «mvelez»", "taken, «thumbprint card TP-33-0148-L», witnessed", "stored «R-thumb template 0x3F9A» today", "a tattoo of a «swallow and Shaz»", "his NHS number is «943 476 5919»", "specimen «BB-20417-3»", "(«FD12-8841»)", "block «08:SP0119»",
    )  # fmt: skip
    counter_examples: ClassVar[tuple[str, ...]] = (
        "NCT01234567 protocol", "KEYNOTE-189 arm B", "ICD-10 C50.911", "carboplatin AUC 5 q21d x 4", "Stage T2N0M0", "BRCA1 c.68_69delAG", "CD4 200-350 cells", "account of events",
        "chart reviewed", "Ki-67 20-25 %", "subject to change", "policy was explained", "dose 5-10-15 mg", "HER2 2+ / FISH 1.8", "member of staff", "CPT 88305",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the identifying numbers of a text."""
        if not has_figure.search(text) and not _WORDED.search(text):
            return ()
        return _TABLE.find(text, "identifiers")


has_figure = re.compile(r"\d")
_WORDED = re.compile(r"user|log-?in|logged in|badge|handle|screen ?name|signed in|tattoo", re.IGNORECASE)
