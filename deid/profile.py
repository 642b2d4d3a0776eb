"""The profile stage: batches -> what each column looks like and seems to hold, with evidence in counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import pyarrow as pa

from deid.errors import DataError, problem_kind
from deid.formats.columns import UNREAD
from deid.model import ColumnProfile, TableProfile
from deid.profiling.attributes import without_attributes
from deid.profiling.conventions import dialects
from deid.profiling.copies import without_copies
from deid.profiling.decide import Neighbours, decide
from deid.profiling.finer import without_finer
from deid.profiling.header import hints
from deid.profiling.look import Look, looks
from deid.profiling.positions import without_positions
from deid.profiling.tally import Tally, tallies_for
from deid.profiling.ways import ways

SAME_NAME = problem_kind(
    "D701",
    "a column name stands twice",
    remedy="give each column of the table its own name",
    meaning="A decision about a column is found by its name; two of one name could not be told apart.",
)
OTHER_COLUMNS = problem_kind(
    "D702",
    "rows do not have the columns of their table",
    remedy="write the table again, every row with the same columns",
)
_DOMAIN = re.compile(r"[A-Z][A-Z0-9]{1,3}")
_PERSONAL = (
    "birth_date",
    "ssn",
    "street_address",
    "phone",
    "email",
    "record_number",
    "family_name",
    "given_name",
    "age",
    "sex",
)


def profile_table(name: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> TableProfile:
    """Read a table once and say what its columns hold. Memory is bounded by a batch and 20,000 values a column.

    Field metadata `label` counts as a second name. Raises DataError for names that stand twice or rows that do not
    have the schema's columns.
    """
    names = list(schema.names)
    _refuse_twins(name, names)
    tallies = tallies_for(schema)
    for batch in batches:
        if batch.schema.names != names:
            raise DataError(OTHER_COLUMNS.at(f"{batch.num_columns} columns where {len(names)} were announced", name))
        for tally, column in zip(tallies, batch.columns, strict=True):
            tally.add(column)
    neighbours = _neighbours(names, tallies)
    seen = looks(tallies)
    columns = tuple(_column(name, i, schema.field(i), tallies[i], seen[i], neighbours) for i in range(len(names)))
    columns = without_finer(without_positions(without_attributes(columns, seen), seen), seen)
    columns = without_copies(columns, seen)
    return TableProfile(name, tallies[0].rows if tallies else 0, columns, _domain(names, tallies))


def _refuse_twins(name: str, names: Sequence[str]) -> None:
    twins = [column for column, count in Counter(names).items() if count > 1]
    if twins:
        positions = [i + 1 for i, column in enumerate(names) if column in twins]
        raise DataError(SAME_NAME.at(f"columns {', '.join(map(str, positions))} share their names", name))


def _neighbours(names: Sequence[str], tallies: Sequence[Tally]) -> Neighbours:
    told = {kind for column in names for kind, hint in hints(column).items() if hint.points >= 4.5}
    return Neighbours(
        dialects=dialects(names),
        persons=sum(kind in told for kind in _PERSONAL) >= 2,
        barcodes=_barcodes(names),
        rows=tallies[0].rows if tallies else 0,
    )


def _barcodes(names: Sequence[str]) -> frozenset[str]:
    """Return column names that are themselves sample or subject identifiers: three or more of one pattern."""
    masks: dict[str, list[str]] = {}
    for column in names:
        if re.search(r"\d", column) and re.search(r"[-_.]", column) and len(re.sub(r"[\W_]", "", column)) >= 7:
            mask = re.sub(r"[A-Za-z0-9]+", lambda part: f"{len(part.group())}", column)
            masks.setdefault(mask, []).append(column)
    shaped = re.compile(r"[A-Z]{2,6}[-.][A-Z0-9]{2}[-.][A-Z0-9]{4}([-.]\w{2,4})*")
    return frozenset(column for group in masks.values() for column in group if shaped.fullmatch(column))


def _column(
    table: str, position: int, field: pa.Field, tally: Tally, look: Look, neighbours: Neighbours
) -> ColumnProfile:
    metadata = field.metadata or {}
    label = metadata.get(b"label", b"").decode("utf-8", "replace")
    said = {name.decode(): value.decode("utf-8", "replace") for name, value in (field.metadata or {}).items()}
    holds, evidence = decide(field.name, label, tally, look, neighbours) if "holds" not in said else ((), ())
    if "holds" in said:
        holds, evidence = (said["holds"],), ("the format says so",)
    if UNREAD in metadata:
        holds, evidence = ("unknown",), (f"the column is {metadata[UNREAD].decode()}; its cells are not read",)
    return ColumnProfile(
        table=table,
        column=field.name,
        position=position,
        type=_type(look),
        rows=tally.rows,
        missing=tally.missing,
        distinct=len(tally.values),
        distinct_is_lower_bound=tally.full,
        holds=holds,
        evidence=evidence,
        longest=tally.longest,
        tags=(
            *said.get("tags", "").split(),
            *(["named_after_sample"] if field.name in neighbours.barcodes else []),
            *ways(field.name, holds, look),
        ),
        bears=said.get("bears", ""),
    )


def _type(look: Look) -> str:
    """Return what the values read as: text, number, date or boolean; the stored type counts where it says more."""
    kind = look.type
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_temporal(kind):
        return "date"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if look.values and look.numeric == 1.0 and not look.share("leading_zero"):
        return "number"
    return "date" if look.values and look.dates == 1.0 else "text"


def _domain(names: Sequence[str], tallies: Sequence[Tally]) -> str:
    """Return the value of a constant DOMAIN or RDOMAIN column, if it is a code of two to four capital letters."""
    for wanted in ("DOMAIN", "RDOMAIN"):
        for name, tally in zip(names, tallies, strict=True):
            if name.upper() == wanted and len(tally.values) == 1 and not tally.missing:
                value = next(iter(tally.values))
                return value if _DOMAIN.fullmatch(value) else ""
    return ""
