"""Street addresses, post codes, towns with a cue, hospitals and other organisations with a word that says what they are."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from deid.detect import lexicon, plausible
from deid.detect.patterns import Pattern, Table, pattern
from deid.model import NAMED_PLACES, Span
from deid.registry import register

_SUFFIX = (
    r"(?:street|str|st|avenue|ave|road|rd|drive|dr|lane|ln|court|ct|circle|cir|boulevard|blvd|place|pl|terrace|ter|way|parkway|pkwy|highway|hwy|route|rte"
    r"|trail|trl|close|crescent|cres|square|sq|alley|plaza|loop|row|mews|gardens|gdns|grove|heights|hts|hill|ridge|run|walk|turnpike|tpke|pike|bypass|crossing"
    r"|expressway|freeway|causeway|esplanade|quay|rise|vale|view|villas?|meadows?|point|pt|path|pass|park|island|junction|landing|manor|oval|spur|bend|glen|green)"
)
_UNIT = r"(?:,?\s{0,2}(?:\n\s{0,10})?(?:apt\.?|apartment|unit|suite|ste\.?|rm\.?|room|flat|fl\.?|floor|bldg\.?|building|lot|p\.?o\.? box|box|#)\s?#?\s?[A-Za-z]?-?\d{0,5}[A-Za-z]?\b)?"
_STATE = (
    r"(?:AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|PR|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
    r"|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland"
    r"|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon"
    r"|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming|AA|AE|AP)"
)
_CAP = r"(?:(?:St|Ft|Mt)\.|[A-Z][A-Za-z'’-]{1,24})"
_CAPS = rf"(?:{_CAP}(?:[ ](?:of|the|and|&|de|la|del|di|du|des|von|van|der|den)(?=[ ]))?[ ])"
_HOSPITAL = (
    r"(?:Hospitals?|Hosp\.?|Medical Cent(?:er|re)|Med(?:ical)? Ctr\.?|Cancer (?:Cent(?:er|re)|Institute|Hospital|Care)|Clinics?|Infirmary|Sanatorium|Hospice|Health(?:care)? (?:System|Cent(?:er|re)|Network|Partners|Services|Trust)"
    r"|Health|Healthcare|Oncology (?:Associates|Group|Cent(?:er|re)|Specialists)|Surgery Cent(?:er|re)|Surgical Cent(?:er|re)|Imaging(?: Cent(?:er|re))?|Radiology(?: Associates)?|Urgent Care|Rehab(?:ilitation)?(?: Cent(?:er|re)| Hospital)?"
    r"|Nursing (?:Home|Cent(?:er|re))|Care (?:Home|Cent(?:er|re))|Assisted Living|Skilled Nursing(?: Facility)?|Pharmacy|Pharmacies|Drugstore|Drugs|Laborator(?:y|ies)|Labs|Diagnostics|Dialysis(?: Cent(?:er|re))?|Medical Group|Medical Associates"
    r"|Physicians(?: Group)?|Family (?:Medicine|Practice|Health)|Surgery|Manor|Lodge|Hospice House|Retirement (?:Home|Village|Community)|Infusion Cent(?:er|re)|Eye (?:Institute|Cent(?:er|re))|Heart (?:Institute|Cent(?:er|re))|Institute|Foundation|NHS Trust|NHS Foundation Trust|Memorial|General|Baptist|Presbyterian|Methodist|Lutheran|Mercy|VAMC|VA)"
)
_ORGANISATION = (
    r"(?:University|College|High School|Middle School|Elementary(?: School)?|Primary School|Secondary School|School(?: District)?|Academy|Kindergarten|Preschool|Church|Parish|Temple|Mosque|Synagogue|Chapel|Cathedral|Ministries|Inc\.?|LLC|L\.L\.C\.|Ltd\.?|Limited|Corp\.?|Corporation|Company|Co\.|PLC|plc|GmbH|AG|LLP|L\.P\."
    r"|& Sons|& Co\.?|and Sons|Bros\.?|Brothers|Group|Holdings|Industries|Enterprises|Partners|Associates|Bank|Credit Union|Insurance|Mutual|Assurance|Airlines|Airways|Motors|Logistics|Trucking|Construction|Foods|Bakery|Cafe|Diner|Restaurant|Grill|Hotel|Inn|Supermarket|Market|Store|Stores|Hardware|Plumbing|Electric|Roofing|Landscaping"
    r"|Farms?|Dairy|Brewery|Winery|Vineyards?|Mill|Mills|Steel|Works|Foundry|Plant|Shipyard|Refinery|Mine|Library|Museum|Theat(?:er|re)|Studios?|Gazette|Herald|Tribune|Times|Post|Press|Publishing|Ambulance|Police Department|Fire Department|Sheriff'?s? Office|County Jail|Prison|Penitentiary|Correctional(?: Facility)?|Department of [A-Z][a-z]+|Council|Society|Union|Club|YMCA|Lions Club|Legion|Systems|Technologies|Software|Solutions|Consulting|Labs|Therapeutics|Pharma(?:ceuticals)?|Biosciences|Biotech)"
)
_COUNTRY = "(?:" + "|".join(sorted(map(re.escape, lexicon.countries()), key=lambda name: (-len(name), name))) + ")"
_TOWN_CUE = (
    r"(?:lives?|lived|living|resid(?:es?|ed|ing)|residents?|moved|moving|relocat(?:ed|ing)|drove|driving|drives|travel(?:s|ed|led|ling)?|flew|flying|commut(?:es|ing)|native|born|raised|grew up|home|house|apartment|farm|cottage|cabin|hometown"
    r"|based|stays?|staying|transfer(?:red)?|returned|visit(?:ed|ing)?|works?|worked|working|retired|hails|originally|settled|family|daughter|son|sister|brother|parents|town|city|village|county|suburb|pharmacy|office|clinic|hospital|seen|referred|up|down|over|out|back)"
)


def _not_only_words(match: re.Match[str]) -> bool:
    """Whether an institution has a name of its own: `Medical Center` or `Outpatient Clinic` alone is nobody's."""
    words = [word.strip(".,'").lower() for word in re.split(r"[\s&-]+", match["id"])]
    return any(word and word not in _GENERIC and not word.isdigit() for word in words)


_GENERIC = lexicon.word_set("places_generic")


def _place_name(match: re.Match[str]) -> bool:
    """Whether the words after a place cue are a name: capitalised, and not all common or clinical words."""
    words = [word for word in re.split(r"[\s-]+", match["id"]) if word]
    lowered = [word.strip(".,'’").lower() for word in words]
    if any(word in _NO_TOWN for word in lowered) or (match["id"].isupper() and plausible.clinical_shape(lowered[0])):
        return False
    return any(not lexicon.is_word(word) for word in lowered) or len(words) > 1


_NO_TOWN = lexicon.word_set("places_no_town")


def _town_word(word: str) -> bool:
    """Whether a capitalised word beside a postcode can be a town."""
    lowered = word.strip(".'’").lower()
    return lowered not in _NO_TOWN and not plausible.clinical_shape(lowered) and not lexicon.is_word(lowered)


def _street_number(match: re.Match[str]) -> bool:
    """Whether a number, words and a street suffix are an address; a letter glued to the suffix is a slip of the pen."""
    if match["stray"] and match["suffix"].islower():
        return False
    return _street_words(match)


def _numbered_place(match: re.Match[str]) -> bool:
    """Whether capitals between two numbers, or before one, are a street abroad: at least one is no word at all."""
    words = [lexicon.fold_word(word) for word in re.findall(r"[^\W\d_]+", match["id"])]
    return any(len(word) > 3 and plausible.unknown(word) for word in words) and not any(
        plausible.clinical_shape(word) for word in words
    )


def _street_words(match: re.Match[str]) -> bool:
    """Whether the words before a street suffix are a name: no clinical phrase such as `2 view` or `4 way`."""
    words, suffix = match["name"].lower().split(), match["suffix"]
    if "\n" in match["id"] and not (len(suffix) > 2 and suffix[0].isupper() and match["name"][0].isupper()):
        return False
    if any(
        word.endswith(".") and word not in ("st.", "n.", "s.", "e.", "w.", "mt.", "ft.", "dr.", "la.", "jr.")
        for word in words
    ):
        return False
    if len(suffix) < 3 and suffix.islower() and suffix not in ("st", "rd", "ln", "dr", "ct", "av"):
        return False
    if match["suffix"][0].islower() and match["name"][0].islower():
        return match["suffix"] in (
            "street",
            "avenue",
            "road",
            "lane",
            "drive",
            "boulevard",
            "st",
            "ave",
            "rd",
            "ln",
            "blvd",
            "court",
            "dr",
            "ct",
            "place",
            "terrace",
            "circle",
        ) and not any(word in _NO_STREET for word in words)
    return not any(word in _NO_STREET for word in words)


_NO_STREET = lexicon.word_set("places_no_street")

_LEADING = re.compile(r"([A-Za-z]+)(?:\s|[.:]\s)(?=[A-Z]|of\s|at\s|in\s|the\s)|(?:of|at|the|and|for|in|from|to|with)\s")


def _own_start(text: str, span: Span) -> int:
    """Return where the name of an institution begins: headings, credentials and small words before it are not its own."""
    at = span.start
    for _ in range(6):
        match = _LEADING.match(text, at, span.end)
        if match is None or (match[1] and match[1].lower() not in _NOT_OWN):
            break
        at = match.end()
    return at


_NOT_OWN = lexicon.word_set("places_not_own")
_FORMS: tuple[Pattern, ...] = (
    pattern(rf"(?<![\d./-])(?P<id>\d{{1,6}}[A-Za-z]?(?:[-/]\d{{1,4}})?,?[ \t]{{1,3}}(?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.?\s{{1,2}})?(?P<name>(?:[A-Za-z0-9][\w'’-]{{0,24}}\.?(?:[ \t]{{1,2}}|[ ]?\n)){{1,4}}?)(?P<suffix>{_SUFFIX})(?:(?<=[a-z]{{4}})(?P<stray>[a-z])(?=\W|$)|\b)\.?(?:\s(?:N|S|E|W|NE|NW|SE|SW)\b\.?)?{_UNIT})", "street_address", 0.85, check=_street_number),
    pattern(r"(?<![\w])(?P<id>(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s(?P<name>(?:[A-Z][\w'’.-]{1,24}\s){1,3})(?P<suffix>Street|Avenue|Road|Drive|Lane|Court|Boulevard|Place|Terrace|Way|Circle|St|Ave|Rd|Dr|Ln|Ct|Blvd))\b", "street_address", 0.7, flags=0),
    pattern(r"(?<![\w])(?P<id>(?P<name>(?:[A-Z][\w'’-]{2,24}\s){1,3})(?P<suffix>Street|Avenue|Road|Lane|Boulevard|Terrace|Crescent|Parkway|Drive|Blvd|Ave|Rd|Ln))\b\.?(?!\s(?:Clinic|Hospital|Test|Study|Score|Surgery|Pharmacy|Practice))", "street_address", 0.7, flags=0, check=_street_words),
    pattern(r"(?<![\w])(?P<id>p\.?\s?o\.?\s?box\s?#?\d{1,6}|rural route \d{1,4}(?:,? box \d{1,5})?|rr ?\d{1,3},? box \d{1,5}|(?:psc|unit|cmr) \d{1,5},? box \d{1,6}(?:,?\s{0,3}[af]po \w\w \d{5})?)\b", "street_address", 0.85, screen=("box", "route")),
    pattern(r"(?<![\w])(?P<id>(?:apt\.?|apartment|flat|suite|ste\.?)\s?#?\s?(?:\d{1,5}[A-Za-z]?|[A-Za-z]-?\d{1,4}))\b", "street_address", 0.7, screen=("apt", "apartment", "flat", "suite", "ste")),
    pattern(r"(?<![\w])(?P<id>(?:\d{1,6}[ ])?(?:Rue|Avenue|Boulevard|Calle|Avenida|Avda\.?|Via|Viale|Piazza|Plaza|Rua|ul\.|Ul\.|Chemin|Place|Passeig|Paseo|Carrer|Camino)\s(?:(?:de|du|des|la|las|los|el|di|da|do|dos|del|della|von|van|d'|l')\s?){0,3}[A-Z][\w'’.-]{2,24}(?:\s[A-Z][\w'’.-]{2,24}){0,3}(?:,?\s\d{1,5}[a-z]?)?)", "street_address", 0.7, flags=0),
    pattern(r"(?<![\w])(?P<id>[A-ZÄÖÜ][a-zäöüß]{2,22}(?:stra(?:ss|ß)e|str\.|gasse|weg|platz|allee|laan|straat|vägen|gatan|gade|vej|veien|katu|tie|utca)\s\d{1,4}[a-z]?)\b", "street_address", 0.8, flags=0),
    pattern(rf"(?<![\w./-])(?P<id>\d{{1,6}}[ ](?:{_CAP}\.?[ ]){{1,4}}\d{{1,4}}[A-Za-z]?)(?=[,.]?\s{{0,3}}(?:\n|Apt|Suite|,|$))", "street_address", 0.6, flags=0, check=_numbered_place),
    pattern(rf"(?i:lives? at|lived at|living at|live in|address(?: is| was)?:?|meet me at|located at|deliver(?:ed)? to|moved to|staying at|mail(?:ed)? to|sent? to|return to)\s{{1,3}}(?P<id>(?:\d{{1,6}}[ ])?(?:{_CAP}\.?[ ]){{1,4}}\d{{1,4}}[A-Za-z]?)(?![\w%])", "street_address", 0.65, flags=0, check=_numbered_place),
    pattern(rf"(?<![\w])(?:{_COUNTRY})\s{{1,3}}(?P<id>\d{{4,6}})(?!\d)", "postcode", 0.7, flags=0),
    pattern(rf"(?<![\w])(?P<id>{_COUNTRY})(?![\w]|-|\s(?:pig|worm|fowl|virus|syndrome|fever|nut|oat|nettle|ginseng))", "country", 0.5, flags=0),
    pattern(rf"(?<![\w])(?P<id>(?:{_CAP}[ -]){{0,3}}{_CAP}),?\s{{1,3}}{_STATE}\.?,?\s{{1,3}}\d{{5}}(?:-\d{{4}})?(?!\d)", "city", 0.85, flags=0),
    pattern(rf"(?<![\w])(?P<id>(?:{_CAP}[ -]){{0,2}}{_CAP}),\s{_STATE}(?!\w)", "city", 0.65, flags=0, check=_place_name),
    pattern(rf"(?<![\w]){_STATE}\.?,?\s{{1,3}}(?P<id>\d{{5}}(?:-\d{{4}})?)(?!\d)", "zip", 0.9, flags=0),
    pattern(r"(?<![\w])(?:zip(?:\s?code)?|postal code|postcode|post code|zip\+4)\s?(?:is|was|=|:|#)?\s{0,2}(?P<id>\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z0-9]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{4,6})\b", "zip", 0.9, screen=("zip", "post")),
    pattern(r"(?<![\w.-])(?P<id>\d{5}-\d{4})(?![\w-])", "zip", 0.7),
    pattern(r"(?<![\w])(?P<id>(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z0-9]?\s\d[ABD-HJLNP-UW-Z]{2}|[ABCEGHJ-NPRSTVXY]\d[A-Z]\s\d[A-Z]\d))(?![\w])", "postcode", 0.75, flags=0),
    pattern(r"(?<![\w])(?P<id>[AC-FHKNPRTV-Y]\d[\dW][ ]?(?=[\dA-Z]{0,3}\d)(?=[\dA-Z]{0,3}[A-Z])[\dAC-FHKNPRTV-Y]{4})(?![\w])", "postcode", 0.7, flags=0),
    pattern(r"(?<![\w.,/-])(?P<id>\d{4}[ ]?[A-Z]{2})(?=[ ]{1,2}[A-Z][a-z]{2}|,)", "postcode", 0.55, flags=0, check=lambda m: m["id"][-2:] not in ("AM", "PM", "MG", "ML", "IU", "HR", "HS")),
    pattern(r"(?:^|[,\n][ ]?|(?<=in )|(?<=at ))(?P<id>(?:(?:[A-Z]{1,2}-)?\d{5}|\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}))[ ](?=(?P<town>[A-ZÄÖÜŁŚ][a-zà-ž]{2,20}))", "postcode", 0.55, flags=re.MULTILINE, check=lambda m: _town_word(m["town"])),
    pattern(r"(?P<town>[A-Z][a-z'’.-]{2,20}),[ ](?P<id>\d{5}(?:-\d{4})?|\d{6}|\d{3} \d{3})(?=[.,;)\n]|$)", "zip", 0.6, flags=0, check=lambda m: _town_word(m["town"])),
    pattern(r"(?<=\d, )(?P<id>\d{5})(?=[.;)\n]|$)", "zip", 0.5, flags=0, check=lambda m: bool(re.search(r"(?i)\b(?:suite|apt|unit|st|street|ave|avenue|road|rd|floor|room|box)\b", m.string[max(0, m.start() - 30) : m.start()]))),
    pattern(rf"(?i:\b{_TOWN_CUE})(?i:\s(?:up|down|over|out|back|on|just|near))?\s(?i:in|near|to|from|outside|at|of|around|via|through|outside of)\s(?P<id>[A-Z][A-Z'-]{{3,24}}(?![\w'’@])|(?:(?:St\.?|Ft\.?|Mt\.?|New|Old|East|West|North|South|Lake|Port|San|Santa|Los|Las|El|La|Le|Fort|Mount|Saint|Upper|Lower|Great|Little)\s)?{_CAP}(?:[ -]{_CAP}){{0,2}})(?![\w'’@])", "city", 0.6, flags=0, check=_place_name),
    pattern(rf"(?<![\w])(?P<id>(?:{_CAP}\s){{1,2}}(?:County|Township|Parish|Borough|Province))(?![\w])", "city", 0.75, flags=0, check=_not_only_words),
    pattern(rf"(?<![\w])(?P<id>(?:(?:St\.?|Saint|Mt\.?|Mount)\s{_CAP}\s|{_CAPS}|{_CAP}-){{1,5}}{_HOSPITAL}(?:\s(?:of|at|for|-)\s{_CAP}(?:\s{_CAP}){{0,2}})?)(?![\w]|\s(?:HMO|PPO|EPO|POS|Medicare|Medicaid|Advantage))", "site", 0.8, flags=0, check=_not_only_words),
    pattern(r"(?<![\w])(?P<id>(?:[A-Z][A-Z'.&-]{1,24}\s){1,5}(?:HOSPITALS?|MEDICAL CENT(?:ER|RE)|MED CTR|CANCER CENT(?:ER|RE)|CANCER INSTITUTE|CLINIC|INFIRMARY|HOSPICE|HEALTH(?:CARE)?(?: SYSTEM| CENT(?:ER|RE))?|INSTITUTE|SURGERY CENT(?:ER|RE)|IMAGING|LABORATOR(?:Y|IES)|PHARMACY|ONCOLOGY ASSOCIATES|MEMORIAL|UNIVERSITY))(?![\w])", "site", 0.8, flags=0, check=_not_only_words),
    pattern(rf"(?<![\w])(?P<id>(?:University|College|Institute|Hospital|Church|Bank|Academy|School|City|County|Village|Town|Port|Isle)\sof\s(?:the\s)?{_CAP}(?:\s(?:of\s|at\s|and\s|-\s?)?{_CAP}){{0,4}})(?![\w])", "organisation", 0.75, flags=0, check=_not_only_words),
    pattern(rf"(?<![\w])(?P<id>(?:St\.?|Saint|Our Lady|Sacred Heart|Holy|Good|Mount|Mt\.?)\s{_CAP}(?:'s|’s)?(?:\sof\s{_CAP})?)(?=(?i:\s(?:hospital|clinic|er|ed|icu|medical|cancer|health|for|yesterday|today|last|on|in|with|this)|[.,;:)\n]))", "site", 0.6, flags=0, check=lambda m: m["id"].lower() not in ("st. jude's catheter",)),
    pattern(rf"(?<![\w])(?P<id>(?:St\.?|ST\.?|st\.?|Saint|SAINT|saint)[ ](?P<name>[A-Za-z]{{3,20}})['’][sS](?:[ ](?:{_HOSPITAL}|{_HOSPITAL.upper()}|Royal(?: Infirmary)?|ROYAL(?: INFIRMARY)?|District(?: General)?|DISTRICT GENERAL)(?!\w)){{0,3}})(?![\w'’])(?!\s(?:fire|dance|wort|disease|catheter|valve|vitus))", "site", 0.75, flags=0, check=lambda m: plausible.could_be_name(m["name"].lower())),
    pattern(rf"(?<![\w])(?P<id>(?:{_CAPS}){{1,2}}(?:Royal(?: Infirmary| Hospital)?|District (?:General|Hospital)))(?![\w])", "site", 0.6, flags=0, check=_not_only_words),
    pattern(rf"(?<![\w])(?P<id>(?:{_CAPS}|{_CAP}-|{_CAP}\s&\s){{1,4}}{_ORGANISATION})(?![\w])", "organisation", 0.7, flags=0, check=_not_only_words),
    pattern(rf"(?<![\w])(?P<id>(?:(?<=at )the )?(?:{_CAP}[ ]){{1,4}}(?:shipyard|plant|factory|mill|mine|school|store|warehouse|farm|bank|church|library|hospital|clinic|pharmacy|depot|brewery|hospice|nursing home|foundry|refinery|quarry|bakery|diner|campus|museum|fire department|police department|school district))(?![\w])", "organisation", 0.65, flags=0, check=_not_only_words),
    pattern(rf"(?<![\w])(?P<id>{_CAP}(?:,? {_CAP})?\s(?:&|and)\s(?:Sons?|Daughters?|Partners|Co|Company|Associates|Brothers|{_CAP} (?:LLP|LLC|Ltd|Inc))(?: {_CAP})?)(?![\w])", "organisation", 0.65, flags=0),
    pattern(r"(?<![a-z])(?:works?|worked|working|employed|job|shifts?|nights|drives?|drove|driving|van|truck|lorry|cleans?|cleaned|cooks?|packs?|apprentice|foreman|payroll|retired|teach(?:es|ing)?|taught|stud(?:ies|ied|ying)|enrolled|attends?|attended|employer|volunteers?|intern(?:s|ed)?|manager|nurse|teacher|driver|clerk|cashier|engineer|supervisor|foreman|student|junior|senior|sophomore|freshman|graduate)\s(?:[a-z]{2,12}\s){0,2}(?:at|for|with|from|of)\s(?:the\s)?(?P<id>[A-Z][\w'’&-]{1,24}(?:[ ](?:(?:of|the|and|&)[ ])?[A-Z][\w'’&-]{1,24}){0,4})(?!\w)", "organisation", 0.65, flags=0, check=_place_name),
)  # fmt: skip


_TABLE = Table(_FORMS)


@register("recogniser", "places")
@dataclass(frozen=True)
class Places:
    """Finds street addresses, post codes, towns after a cue, hospitals and other organisations."""

    examples: ClassVar[tuple[str, ...]] = (
        "She lives at «482 Maple Street», near the river", "«19 N. Alder Ln, Apt 4B»", "mail to «P.O. Box 4417»", "«Calle de la Rosa 14»", "ZIP «60614-2210»",
        "moved to «Harrowgate» in spring", "from «Ormond Falls», TX", "seen at «Lakeside Memorial Hospital»", "the «Univ Tanager Cancer Center»", "«ST ELOWEN MEDICAL CENTER»",
        "works at «Brannock Steel»", "taught at «Pinecrest Elementary»", "«University of Eastmoor»", "GU14 7BF: «GU14 7BF»", "in Ardbrack, «H61 KD42», by two", "blue ranch in Tolvard, «52551».", "writes from\n«26129» Ohlenbek",
    )  # fmt: skip
    counter_examples: ClassVar[tuple[str, ...]] = (
        "seen in the Cancer Center today", "2 view chest", "went to the Outpatient Clinic", "in the Emergency Department", "3 months of therapy", "General Surgery consult", "Nursing Home placement", "transferred to ICU",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the places and organisations of a text."""
        for span in _TABLE.find(text, "places"):
            start = _own_start(text, span) if span.kind in NAMED_PLACES else span.start
            yield span if start == span.start else Span(start, span.end, span.kind, span.score, span.recogniser)
