"""Short tokens of letters and digits that name places or classes: outward postcodes, beds, school classes."""

from __future__ import annotations

import re

from deid.profiling.look import Look
from deid.profiling.vocabulary import short_words
from deid.profiling.words import word_set

_OUTCODE = re.compile(r"([A-Z]{1,2})\d[\dA-Z]?")
_BED = re.compile(r"\d{1,2}[A-Z]-?\d{2}|[A-Z]\d{1,2}-\d{1,2}[A-Z]?")
_CLASS = re.compile(r"\d{1,2}([A-Z]{2,3})")


def place_tokens(look: Look) -> str:
    """Return what the labels may be, of a column whose header says nothing; '' where they are nothing of it."""
    if look.distinct < 2:
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
    if look.distinct >= 3 and all(_BED.fullmatch(value) for value in look.values):
        return "wards with their beds"
    classes = [_CLASS.fullmatch(value) for value in look.values]
    strange = sum(found is not None and found[1].lower() not in short_words() for found in classes)
    if all(classes) and len({found[1] for found in classes if found}) >= 2 and strange >= 0.5 * len(classes):
        return "classes with the letters of their teacher"
    return ""
