"""Numbers of a published scheme in one spelling, so that one person has one pseudonym however the tables group digits.

Only a number that is proved by its own check digit is written anew: two different people are never joined. NHS numbers
are the ones that tables write both ways, `943 476 5919` (as the NHS shows them) and `9434765919` (as it stores them).
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from deid.values import canonical_text

#: Letters of a number in its three groups.
_GROUPED_LENGTH = 12
_GAP = r"[ \u00a0\u2009\u202f\u2010\u2011\u2013-]"
_GROUPED = re.compile(f"[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}")


def nhs_number(text: str) -> bool:
    """NHS number of England, Wales and the Isle of Man: ten digits, modulus 11."""
    digits = [int(c) for c in text if c.isascii() and c.isdigit()]
    if len(digits) != 10:
        return False
    rest = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return rest % 11 == digits[9] and rest != 10


def one_spelling(text: str) -> str:
    """Return an identifier in canonical spelling, an NHS number without what stands between its groups."""
    if len(text) == _GROUPED_LENGTH and _GROUPED.fullmatch(text) and nhs_number(text):
        return "".join(filter(str.isdigit, text))
    return text


def identifier_text(column: pa.Array) -> pa.Array:
    """Return a whole column of identifiers in canonical spelling, NHS numbers in one; a blank cell is null."""
    text = canonical_text(column)
    if not pc.any(pc.equal(pc.utf8_length(text), _GROUPED_LENGTH), min_count=0).as_py():
        return text
    distinct = text.dictionary_encode()
    written = pa.array([one_spelling(value) for value in distinct.dictionary.to_pylist()], pa.string())
    return written.take(distinct.indices)
