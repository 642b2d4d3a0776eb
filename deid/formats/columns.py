"""The types that columns may have in the house, whatever the file or frame they come from."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_PLAIN = (
    pa.types.is_string,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_date32,
    pa.types.is_timestamp,
    pa.types.is_time,
)


def plain_type(kind: pa.DataType) -> pa.DataType | None:
    """Return the type that a column of this type is read as, or None where it is nested, binary or unknown.

    Dictionaries become their values, so that no unused level survives; the several kinds of text become one.
    """
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_date64(kind):
        return pa.date32()
    if pa.types.is_float16(kind):
        return pa.float32()
    return kind if any(test(kind) for test in _PLAIN) else None


#: Field metadata of a column that came as categories. Its cells are plain values here; what is written from them has
#: the levels that occur.
CATEGORY = {b"category": b"true"}
#: Field metadata of a column that is not read: its cells are null, and only a policy that drops it may pass.
UNREAD = b"unread"


def plain_field(name: str, kind: pa.DataType) -> pa.Field:
    """Return the field under which a column is read, marked where it came as categories.

    One of an unsupported type is marked and read as nothing.
    """
    known = plain_type(kind)
    if known is None:
        return pa.field(name, pa.string(), metadata={UNREAD: family(kind)})
    return pa.field(name, known, metadata=CATEGORY if pa.types.is_dictionary(kind) else None)


def is_category(field: pa.Field) -> bool:
    """Return whether a column came as categories."""
    return CATEGORY.items() <= (field.metadata or {}).items()


def family(kind: pa.DataType) -> str:
    """Name a type without the names inside it, which may be values."""
    if pa.types.is_nested(kind):
        return "nested"
    return "of an extension type" if isinstance(kind, pa.BaseExtensionType) else f"of type {kind}"


def plain(column: pa.Array) -> pa.Array:
    """Return a column in its plain type; not-a-number becomes null, for both say that there is no number.

    Of a column of an unsupported type nothing is read.
    """
    kind = plain_type(column.type)
    if kind is None:
        return pa.nulls(len(column), pa.string())
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if column.type != kind:
        column = column.cast(kind)
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column)
    return column
