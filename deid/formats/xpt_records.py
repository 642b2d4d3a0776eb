"""The header records of a SAS transport file, version 5, as SAS technical note TS-140 lays them out.

Every record is 80 octets of ASCII. The date is always 1 January 1970, so that equal tables give equal bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from deid.formats.sas import SasFormat

RECORD = 80
_STAMP = b"01JAN70:00:00:00"
_VERSION, _SYSTEM = b"9.4     ", b" " * 8
_ZEROS = "0" * 30
#: Type, hash, length, number, name, label, format (name, width, decimals), justification, filler, informat, position.
_NAMESTR = struct.Struct(">hhhh8s40s8shhh2s8shhl52s")


@dataclass(frozen=True)
class Variable:
    """A column as the header describes it; name and label are in the encoding of the file."""

    name: bytes
    label: bytes
    text: bool
    width: int
    format: SasFormat
    informat: SasFormat


def headers(member: bytes, label: bytes, variables: Sequence[Variable]) -> bytes:
    """Return everything that stands before the first row."""
    system = _VERSION + _SYSTEM
    parts = [
        _record("LIBRARY", _ZEROS),
        b"SAS     SAS     SASLIB  " + system + b" " * 24 + _STAMP,
        _STAMP.ljust(RECORD),
        _record("MEMBER", "000000000000000001600000000140"),
        _record("DSCRPTR", _ZEROS),
        b"SAS     " + member.ljust(8) + b"SASDATA " + system + b" " * 24 + _STAMP,
        _STAMP + b" " * 16 + label.ljust(40) + b" " * 8,
        _record("NAMESTR", f"000000{len(variables):04d}" + "0" * 20),
        padded(b"".join(_namestrs(variables))),
        _record("OBS", _ZEROS),
    ]
    return b"".join(parts)


def padded(data: bytes) -> bytes:
    """Fill up with blanks to a multiple of 80 octets."""
    return data + b" " * (-len(data) % RECORD)


def _record(kind: str, digits: str) -> bytes:
    return f"HEADER RECORD*******{kind:<8}HEADER RECORD!!!!!!!{digits}  ".encode("ascii")


def _namestrs(variables: Sequence[Variable]) -> list[bytes]:
    position = 0
    entries = []
    for number, each in enumerate(variables, start=1):
        shown, read = each.format, each.informat
        entry = _NAMESTR.pack(
            2 if each.text else 1,
            0,
            each.width,
            number,
            each.name.ljust(8),
            each.label.ljust(40),
            shown.name.encode("ascii").ljust(8),
            shown.width,
            shown.decimals,
            0,
            b"\0\0",
            read.name.encode("ascii").ljust(8),
            read.width,
            read.decimals,
            position,
            b"\0" * 52,
        )
        entries.append(entry)
        position += each.width
    return entries
