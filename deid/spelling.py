"""Numbers of ten digits in one spelling, so that one person has one pseudonym however the tables group the digits.

NHS numbers are written both ways, `943 476 5919` (as the NHS shows them) and `9434765919` (as it stores them). No other
grouping is written anew, so that different numbers stay different: no two have the same digits. With hyphens, which
also part the site, block and person of composed numbers, the check digit of NHS numbers must fit as well.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from deid.values import canonical_text

#: Letters of a number in its three groups.
_GROUPED_LENGTH = 12
_BLANKS = re.compile(r"[0-9]{3}[ \u00a0\u2009\u202f][0-9]{3}[ \u00a0\u2009\u202f][0-9]{4}")
_HYPHENS = re.compile(r"[0-9]{3}[\u2010\u2011\u2013-][0-9]{3}[\u2010\u2011\u2013-][0-9]{4}")


def nhs_number(text: str) -> bool:
    """NHS number of England, Wales and the Isle of Man: ten digits, modulus 11."""
    digits = [int(c) for c in text if c.isascii() and c.isdigit()]
    if len(digits) != 10:
        return False
    rest = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return rest % 11 == digits[9] and rest != 10


def one_spelling(text: str) -> str:
    """Return an identifier in canonical spelling, one of ten digits without what stands between its groups."""
    if len(text) == _GROUPED_LENGTH and (_BLANKS.fullmatch(text) or (_HYPHENS.fullmatch(text) and nhs_number(text))):
        return "".join(filter(str.isdigit, text))
    return text


def identifier_text(column: pa.Array) -> pa.Array:
    """Return a whole column of identifiers in canonical spelling, ten digits in one; a blank cell is null."""
    text = canonical_text(column)
    if not pc.any(pc.equal(pc.utf8_length(text), _GROUPED_LENGTH), min_count=0).as_py():
        return text
    distinct = text.dictionary_encode()
    written = pa.array([one_spelling(value) for value in distinct.dictionary.to_pylist()], pa.string())
    return written.take(distinct.indices)
