"""What a policy expects of the data before anything else, such as the version of their data model."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

import pyarrow as pa
import pyarrow.compute as pc

from deid.contracts import TableInfo
from deid.errors import DataError, Problem, problem_kind
from deid.source import Source
from deid.values import canonical_text

UNEXPECTED = problem_kind(
    "D231",
    "data of another version than the policy is for",
    remedy="convert the data to what the policy expects, add the column, or use a policy for the data at hand",
    meaning="The policy says under `expects:` what a column must hold; decisions made for one version of a data model "
    "may pass what another version added.",
)


def check_expected(source: Source, expects: Mapping[str, str]) -> None:
    """Read the columns that a policy has expectations of, where they are there. Raises DataError with all problems."""
    problems: list[Problem] = []
    for place, pattern in expects.items():
        table_name, _, column = place.rpartition(".")
        for table in source.tables:
            if fnmatchcase(table.name.casefold(), table_name.casefold()):
                problems += _column(source, table, column, pattern)
    if problems:
        raise DataError(problems)


def _column(source: Source, table: TableInfo, column: str, pattern: str) -> list[Problem]:
    position = next((i for i, name in enumerate(table.schema.names) if name.casefold() == column.casefold()), None)
    place = f"{table.name}.{column}"
    if position is None:
        return [UNEXPECTED.at("the table has no such column", place)]
    wrong = 0
    for batch in source.batches(table):
        cells = pc.fill_null(canonical_text(batch.column(position)), "")
        wrong += len(cells) - (
            pc.sum(pc.match_substring_regex(cells, f"^(?:{pattern})$").cast(pa.int64())).as_py() or 0
        )
    return [UNEXPECTED.at(f"{wrong} cell(s) do not match `{pattern}`", place)] if wrong else []
