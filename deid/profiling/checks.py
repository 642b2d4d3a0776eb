"""Check digits of published numbering schemes. Each takes the text of one value and says whether its digits fit."""

from __future__ import annotations

_D = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_P = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)


def luhn(text: str) -> bool:
    """Luhn's modulus 10, as on credit cards."""
    digits = [int(c) for c in text if c.isascii() and c.isdigit()]
    doubled = [d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(reversed(digits))]
    return len(digits) > 1 and sum(doubled) % 10 == 0


def npi(text: str) -> bool:
    """US National Provider Identifier: ten digits, Luhn over 80840 and the number (45 CFR 162.406)."""
    return len(text) == 10 and text.isdigit() and text[0] in "12" and luhn("80840" + text)


def verhoeff(text: str) -> bool:
    """Verhoeff's dihedral check digit, the last of the number."""
    if not (text.isascii() and text.isdigit()):
        return False
    check = 0
    for i, digit in enumerate(reversed(text)):
        check = _D[check][_P[i % 8][int(digit)]]
    return check == 0


def snomed(text: str) -> bool:
    """SNOMED CT identifier: 6 to 18 digits, a partition of 00, 01, 02 or 10 to 12, Verhoeff."""
    return 6 <= len(text) <= 18 and text[-3:-1] in {"00", "01", "02", "10", "11", "12"} and verhoeff(text)


def loinc(text: str) -> bool:
    """LOINC code: up to five digits, a hyphen and a Luhn check digit."""
    head, _, tail = text.partition("-")
    return 0 < len(head) <= 5 and head.isdigit() and len(tail) == 1 and tail.isdigit() and luhn(head + tail)


def iban(text: str) -> bool:
    """IBAN, ISO 13616: country, two check digits, modulus 97."""
    plain = text.replace(" ", "").upper()
    if not (15 <= len(plain) <= 34 and plain[:2].isalpha() and plain.isascii() and plain.isalnum()):
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def vin(text: str) -> bool:
    """North American vehicle identification number: 17 characters with a check digit in the ninth place."""
    plain = text.upper()
    if len(plain) != 17 or not (plain.isascii() and plain.isalnum()) or set(plain) & set("IOQ"):
        return False
    values = dict(
        zip(
            "ABCDEFGHJKLMNPRSTUVWXYZ",
            (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
            strict=True,
        )
    )
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum((int(c) if c.isdigit() else values[c]) * w for c, w in zip(plain, weights, strict=True))
    return plain[8] == ("X" if total % 11 == 10 else str(total % 11))


def card(text: str) -> bool:
    """Payment card number: 13 to 19 digits that begin with 3 to 6, Luhn."""
    plain = text.replace(" ", "").replace("-", "")
    return plain.isdigit() and 13 <= len(plain) <= 19 and plain[0] in "3456" and luhn(plain)
