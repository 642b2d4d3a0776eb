"""Short tokens of letters and digits that name places or classes: outward postcodes, beds, school classes."""

from __future__ import annotations

import re

from deid.profiling.look import Look
from deid.profiling.vocabulary import short_words
from deid.profiling.words import word_set

_OUTCODE = re.compile(r"([A-Z]{1,2})\d[\dA-Z]?(?: \d)?")
_CANADIAN = re.compile(r"[ABCEGHJ-NPRSTVXY]\d[A-Z]")
_NUTS = re.compile(
    r"(?:AT|BE|BG|CH|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|UK)[A-Z1-9][0-9A-Z]{1,2}"
)
_BED = re.compile(r"\d{1,2}[A-Z]-?\d{2}|[A-Z]\d{1,2}-\d{1,2}[A-Z]?")
_CLASS = re.compile(r"\d{1,2}([A-Z]{2,3})")


def place_tokens(look: Look) -> str:
    """Return what the labels may be, of a column whose header says nothing; '' where they are nothing of it."""
    if look.distinct < 2 or look.share("duration"):
        return ""
    codes = [_OUTCODE.fullmatch(value) for value in look.values]
    areas = {code[1].lower() for code in codes if code}
    if (
        all(codes)
        and areas <= word_set("postcode_area")
        and len(areas) >= 2
        and sum(len(area) == 2 for area in areas) >= 2
    ):
        return "the first halves of postcodes"
    if look.distinct >= 3 and any(all(map(shape.fullmatch, look.values)) for shape in (_CANADIAN, _NUTS)):
        return "codes of small areas"
    if look.distinct >= 3 and all(_BED.fullmatch(value) for value in look.values):
        return "wards with their beds"
    classes = [_CLASS.fullmatch(value) for value in look.values]
    strange = sum(found is not None and found[1].lower() not in short_words() for found in classes)
    if all(classes) and len({found[1] for found in classes if found}) >= 2 and strange >= 0.5 * len(classes):
        return "classes with the letters of their teacher"
    return ""
