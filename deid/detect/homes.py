"""Where people live when no word for a street says so: numbers before names, names before numbers, houses, plots."""

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

_CAP = r"(?:St\.|[A-ZÀ-Þ][\w'’-]{1,24})"
_NUMBER = r"\d{1,4}(?:-?[A-Za-z])?"
_STREET = r"(?:Street|Road|Lane|Avenue|Row|Close|Terrace|Drive|Hill|Court|Place|Way|Square|Crescent|Gardens|Parade|Walk|Mews|Rise|Grove|St|Rd|Ave|Ln|Dr|Blvd|Boulevard)"
_HOUSE = r"(?:Cottages?|Yard|Wharf|Buildings|Barns?|Farm(?:house)?|Bank|Hollow|Dam|Brow|Fold|Garth|Mill|Mount|Steps|Steading|Croft|Dene|Drove|Holme|Knoll|Leys|Orchard|Paddock|Strand|Wynd|Vennel|Main|Marg|Nagar|Gali|Chowk|Colony|Enclave|Layout|Baug|Bagh|Mansions?|Apartments|Flats|Towers?|Bungalow|Lodge|House|Hall|Villas?|Grange|View|Estate|Heights|Park)"
_HOUSE_ALONE = r"(?:Cottages?|Farmhouse|Bungalow|Croft|Rectory|Vicarage|Manse|Forge|Grange|Steading|Mansions|Homestead|Smithy|Schoolhouse|Gatehouse|Oast|Mill House|(?:Mobile|Trailer|Caravan) Park)"
_ROOM = r"(?:Blk|Block|Plot|Lot|Space|Unit|Villa|Way|Bldg|Building|Tower|Stand|Pitch|Berth|Slip|House|Hse|Caravan|Trailer|Flat|Apt|Room|Rm|Door|Suite|Stall|Site|Box|Km|Sector|Compound)"
_LIVES = r"(?:live[sd]?|living|resid(?:es?|ing)|stay(?:s|ed|ing)?|lodg(?:es|ing)|rent(?:s|ed|ing)?|sleep(?:s|ing)?|moved?|moving|home|house|flat|address|key|letters?|post(?:ed)?|deliver(?:ed|y)?|hostel|hotel|door|farm|basement|grandma's|mother's|mum's|daughter's|son's|place|shop|collect(?:ed)?|papers|boat|float|hotel|lodge|signed|gate|room|office|clinic|parcels?|discharge[d]?|step)"
_ENDINGS = (
    "gata", "gaten", "gatan", "vegen", "veien", "vägen", "vej", "gade", "straße", "strasse", "str.", "weg", "platz",
    "kanal", "gracht", "kade", "plein", "dijk", "singel", "steeg", "dreef", "laan", "straat", "allee", "ufer", "damm",
    "gasse", "katu", "polku", "gränd", "torget", "plads", "stræde", "utca", "maeul", "-gil", "-dong", "-chome", "-jo",
    "sokak", "caddesi",
)  # fmt: skip
_ENDING = f"(?:{'|'.join(map(re.escape, _ENDINGS))})"
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_NUMBER_WORD = rf"(?:(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[- ]{_ONES})?|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|{_ONES})"
_RESIDES = re.compile(rf"\b{_LIVES}\b", re.IGNORECASE)
_AFTER = r"(?![\w%]|[.,:/-]\d|\s?(?:mg|mcg|ml|kg|cm|mm|g\b|units?|%|weeks?|days?|hours?|months?|years?|x\b))"
_NOT_HOME = lexicon.word_set("homes_no_street")


def _near(match: re.Match[str], back: int = 40) -> bool:
    """Whether a word of dwelling stands shortly before."""
    return bool(_RESIDES.search(match.string, max(0, match.start("id") - back), match.start("id")))


def _name_of_place(match: re.Match[str]) -> bool:
    """Whether the words beside a number are a name: of no dictionary, or any where a word of dwelling stands before."""
    words = [lexicon.fold_word(word) for word in re.findall(r"[^\W\d_][\w'’-]+", match["name"])]
    if (
        not words
        or any(map(str.isdigit, match["name"]))
        or any(word.strip(".") in _NOT_HOME or plausible.clinical_shape(word) for word in words)
    ):
        return False
    if _near(match):
        return True
    return any(len(word) > 3 and plausible.unknown(word) and word not in lexicon.eponyms() for word in words)


def _house_name(match: re.Match[str]) -> bool:
    """Whether a house has a name of its own: no number, ward or clinical word before `Cottage`."""
    words = [word.lower().strip(".,") for word in match["name"].split()]
    return bool(words) and not any(word in _NOT_HOME or plausible.clinical_shape(word) for word in words)


def _foreign_street(match: re.Match[str]) -> bool:
    return not lexicon.is_word(lexicon.fold_word(match["name"])) and len(match["name"]) > 5


_FORMS: tuple[Pattern, ...] = (
    # a number before a name
    pattern(rf"(?i:(?<![a-z])(?:at|to|from|near|opposite|outside|address|is|of|above|then|shop,|at:|home:|address:))\s(?P<id>{_NUMBER}\s(?P<name>{_CAP}(?:\s{_CAP}){{0,2}})(?:,\s(?:(?:ground|first|second|third|fourth|fifth|top|\d\w\w) floor|{_ROOM}\s\w{{1,4}}))?)(?![\w’'-])(?!\s(?:{_STREET})\b)", "street_address", 0.5, check=_name_of_place, flags=0),
    pattern(rf"(?<![\w.,/-])(?P<id>{_NUMBER},?\s(?P<name>(?:{_CAP}\s){{1,3}}){_HOUSE})(?!\w)", "street_address", 0.6, check=_house_name, flags=0),
    pattern(rf"(?<![\w.,/-])(?P<id>{_NUMBER})(?=\s(?:and|&|or)\s{_NUMBER}\s(?:{_CAP}\s){{1,2}}{_STREET}\b)", "street_address", 0.6, flags=0),
    pattern(rf"(?<=\d\sand\s)(?P<id>{_NUMBER}\s(?:{_CAP}\s){{1,2}}{_STREET})(?!\w)", "street_address", 0.6, flags=0),
    pattern(rf",\s(?P<id>{_NUMBER}\s(?P<name>{_CAP}(?:\s{_CAP})?)(?:,\s{_ROOM}\s\w{{1,4}})?)(?=[,.]|\sand\b)", "street_address", 0.5, flags=0, check=lambda m: _near(m) and _name_of_place(m)),
    pattern(r"(?i:(?<![a-z])(?:at|to|from|outside|opposite|door,|address,?|neighbours? at|lives?))\s(?P<id>(?i:number|no\.?|nr\.?)\s\d{1,3}[a-z]?)(?![\w%]|[.,]\d|\s(?:on|of|in the|mg|priority))", "street_address", 0.5, flags=0),
    # houses by name
    pattern(rf"(?<![\w])(?P<id>(?:[Tt]he\s)?(?P<name>(?:{_CAP}\s){{1,3}}){_HOUSE_ALONE})(?!\w)", "street_address", 0.55, check=_house_name, flags=0),
    pattern(rf"(?<![\w])(?P<id>(?:[Tt]he\s)?(?P<name>(?:{_CAP}\s){{0,3}}{_CAP})),\s(?={_NUMBER}\s(?:{_CAP}\s){{1,3}}{_STREET}\b|(?:{_CAP}\s){{1,2}}{_STREET}\b)", "street_address", 0.5, check=lambda m: _house_name(m) and (m.string[max(0, m.start() - 1) : m.start()] in ("", "\n") or _near(m)), flags=0),
    pattern(rf"(?i:\b(?:address|new house|new place|home|house)\b)(?:\s(?:is|now|note|was|to|at))?\s?[:(]\s?(?P<id>(?:[Tt]he\s)?(?P<name>{_CAP}(?:\s{_CAP}){{0,3}})(?:,\s(?:{_NUMBER}|the [a-z]{{2,10}} one|(?:{_CAP}\s){{0,2}}{_CAP}))?)(?![\w’'])", "street_address", 0.5, check=_house_name, flags=0),
    pattern(rf"(?i:\b(?:live[sd]?|living|home|moved|stay(?:s|ing)?|brother|sister|mother|father|son|daughter|wife|husband|collect)\b)[^\n.;]{{0,24}}?\s(?:at|in|to|from)\s(?P<id>(?:[Tt]he\s)?(?P<name>(?:{_CAP}\s){{1,3}}){_HOUSE})(?!\w)", "street_address", 0.5, check=_house_name, flags=0),
    # a name before a number
    pattern(rf"(?<![\w])(?P<id>(?P<name>[A-Za-zÀ-ÿ-]{{2,22}}{_ENDING})\s\d{{1,4}}\s?[a-z]?(?:,\s(?:port|gate|floor|etg|kv|tr)\.?\s\d{{1,4}})?)(?![\w%]|[.,]\d)", "street_address", 0.65, check=_foreign_street, screen=_ENDINGS),
    pattern(rf"(?i:(?<![a-z])(?:at|in|from|home|bathroom at|not|on the|at the|address:?|on|lives?|now|c/o))\s(?P<id>(?P<name>(?:{_CAP}\s){{0,2}}{_CAP})\s(?:[A-Z]-?)?{_NUMBER}){_AFTER}", "street_address", 0.5, check=lambda m: _name_of_place(m) and (_near(m, 60) or m.string[m.start()].lower() != "o"), flags=0),
    pattern(rf"(?<![\w])(?P<id>(?:[Tt]he\s)?(?P<name>(?:{_CAP}\s){{0,2}}{_CAP}),\s(?:no\.?|number|house|gate|km|door|villa|block|port)\s\d{{1,4}}[a-z]?){_AFTER}", "street_address", 0.55, check=_house_name, flags=0),
    # plots, berths, blocks
    pattern(rf"(?<![\w])(?P<id>(?:Flat|Apt|Unit|Apartment|Suite|Room)\s\w{{1,4}},\s{_NUMBER}\s(?P<name>{_CAP}(?:\s{_CAP}){{0,2}}))(?!\w)", "street_address", 0.6, check=_house_name, flags=0),
    pattern(rf"(?<![\w])(?P<id>(?:{_CAP}\s){{0,2}}{_CAP}\s(?:gali|gully|chowk|baug|bagh|marg|nagar|sokak|lorong|gil|[A-Z]-?)\s?(?:\d{{1,4}}|[A-Z]-\d{{1,4}}))(?![\w%]|[.,]\d)", "street_address", 0.45, flags=0, check=lambda m: bool(re.search(r"(?i)gali|gully|chowk|baug|bagh|marg|nagar|sokak|lorong|gil", m["id"])) or (_near(m, 60) and not re.search(r"\d.*\s", m["id"]) and not any(word.lower() in _NOT_HOME for word in m["id"].split()))),
    pattern(rf"(?<![\w])(?P<id>{_ROOM}\s(?:no\.?\s)?(?:[A-Z][ -]?)?\d{{1,5}}[A-Za-z]?(?:,\s(?:[A-Za-z]{{2,6}}\.?\s\d{{1,4}}|(?P<name>{_CAP}(?:\s{_CAP}){{0,3}}(?:\s\d{{1,4}})?))){{1,3}})(?!\w)", "street_address", 0.55, check=lambda m: m["name"] is None or _house_name(m), flags=0),
    pattern(r"(?i:(?<![a-z])(?P<id>(?:plot|blk|berth|mooring|pitch|slip|house|villa|box|lot|gate|caravan|trailer|cabin|door|stand)\s(?:no\.?\s)?(?:[a-z][ -]?)?\d{1,4}[a-z]?))(?![\w%]|[.,]\d|\s?(?:mg|ml))", "street_address", 0.5, check=_near),
    pattern(rf"(?i:\b(?:hostel|hall|halls|room|dorm|quarters|home)\b)[^\n.;]{{0,12}}?\s(?P<id>(?:Block|Room|Rm|Wing)\s[A-Z](?:,\s|\s)\d{{1,4}}|{_CAP}(?:\s{_CAP})?\s\d{{2,4}})(?!\w)", "street_address", 0.45, flags=0, check=lambda m: not any(word.lower() in _NOT_HOME for word in m["id"].split()[1:])),
    # numbers in words
    pattern(rf"(?<![a-z])(?:at|to|of|in|from|on|address|is)\s(?P<id>{_NUMBER_WORD}\s(?:[a-z'’-]+\s){{1,3}}(?:row|street|road|lane|avenue|close|terrace|drive|court|crescent|gardens|square|cottages|parade))(?![a-z])", "street_address", 0.6),
    pattern(rf"(?<![a-z])(?P<id>lot\s(?:{_NUMBER_WORD}|\d{{1,4}})\s(?P<name>[a-z'’-]+)\s(?:dam|creek|road|estate|park|hill|way|drive))(?![a-z])", "street_address", 0.6),
    pattern(rf"(?<![a-z])(?:resid(?:es?|ing)|live[sd]?|living|stay(?:s|ing)|lodg(?:es|ing))\s(?:in|at|on)\s(?P<id>{_NUMBER_WORD}(?:\s(?!(?:and|with|but|who|where|near|since|for|in|at|on|her|his|the|has|to|of|different|other|separate|bedroom|storey|story|or|houses|homes|flats|care|places|room|rooms)\b)[a-z'’-]+){{1,4}})(?![a-z])", "street_address", 0.5),
    pattern(rf"(?<![a-z])(?:at|of)\s(?P<id>{_NUMBER_WORD}\s(?P<name>[a-z]{{5,20}}))(?=\s(?:we|she|he|who|and|where|in)\b|[,.])", "street_address", 0.45, check=lambda m: plausible.unknown(m["name"]) and not m["name"].endswith("s")),
)  # fmt: skip

_TABLE = Table(_FORMS)


@register("recogniser", "homes")
@dataclass(frozen=True)
class Homes:
    """Finds addresses without a word for a street."""

    examples: ClassVar[tuple[str, ...]] = (
        "they are at «7 Thimble Cottages», Orrin", "the twins, all at «318 Vantongeren, third floor», were tested", "letters to «The Nook», Gull Lane", "left at «the Old Smithy»",
        "up from the quay at «Kvernegata 6» slowly", "ring at «molenweg 21b» first", "signed at «Corpo Hikari 307»", "they move to «four tannery row» soon", "lives at «nine orchard street» now",
        "tablets went to «number 6» by mistake", "walked to the gate of «Plot 47»", "go home to «Blk 9, Int. 3, Malvar»", "in the flat at «61 Thrush»", "address: «Corran View», Inver",
        "waited at «the Promenade, no. 14»", "«5» and 12 Weaver Street", "she resides in «eleven villa rosa phase two»", "c/o Moen, «Bryggveien 14»",
    )  # fmt: skip
    counter_examples: ClassVar[tuple[str, ...]] = (
        "at 12 Weeks", "on Ward 7", "in Bay 4", "at Week 12", "from Cycle 4", "at Gleason 7", "at 37 Celsius", "to 2 Consultants", "in Theatre 2", "in room 5", "at two different hospitals", "lives in one room", "Grade 2 at Visit 6",
        "monitoring 3 times", "at number 3 on the list", "block A2 was cut", "in Group 4", "on Day 8",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the addresses of a text that no word for a street gives away."""
        return _TABLE.find(text, "homes")
