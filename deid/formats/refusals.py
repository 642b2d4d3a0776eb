"""The kinds of problem that several formats share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from deid.errors import DataError, problem_kind

UNREADABLE = problem_kind(
    "D301",
    "file is not of its format",
    remedy="open the file with the program that made it and export it again, or name its true format in the policy",
    meaning="The file is damaged, cut short, or holds another format than its name says.",
)
OPTION = problem_kind(
    "D302",
    "option of a format not understood",
    remedy="correct the option of this table in the policy",
    meaning="A format takes only the options that it documents; a misspelt one would be ignored in silence.",
)
COLUMN_TWICE = problem_kind(
    "D303",
    "column name stands twice",
    remedy="rename the columns in the input so that each name stands once",
    meaning="Decisions are made by column name, so a name must mean one column.",
)
COLUMN_TYPE = problem_kind(
    "D304",
    "column of a type that is not supported",
    remedy="drop the column, or flatten or convert it in the input",
    meaning="Cells must be text, numbers, true/false, dates or times: what is nested could hide identifiers. A "
    "column of another type is not read, and passes only where the policy drops it.",
)
EMPTY = problem_kind(
    "D305",
    "file holds nothing",
    remedy="leave the file out, or give it at least a line of column names",
)
DISGUISED = problem_kind(
    "D306",
    "file is compressed or of another format",
    remedy="unpack the file, or give it the suffix of its true format",
)
UNDECODABLE = problem_kind(
    "D307",
    "text cannot be decoded",
    remedy="declare it in the policy, such as `formats: {'*.csv': {encoding: windows-1252}}`, or save it as "
    "UTF-8; `deid init --encoding windows-1252` drafts such a policy",
    meaning="Only UTF-8 and files with a byte order mark are recognised; other encodings are never guessed.",
)
NUL = problem_kind(
    "D308",
    "NUL character in the text",
    remedy="remove the NUL characters; a UTF-16 file without byte order mark needs `encoding: utf-16-le`",
)
TOO_LONG = problem_kind(
    "D309",
    "cell or line over the limit",
    remedy="split the cell or leave the column out of the input; an unclosed quote also looks like this",
    meaning="A cell may hold 10 MB, a line 64 MB, so that a hostile file cannot exhaust the memory.",
)
NOT_HELD = problem_kind(
    "D310",
    "value that the target format cannot hold",
    remedy="write this table in another format, or change the column in the policy",
    meaning="Nothing is cut, rounded or replaced in silence on the way into a file.",
)
READ_ONLY = problem_kind(
    "D311",
    "format can be read only",
    remedy="name a format for the output: csv, tsv, parquet, xpt or jsonl",
)
CHANGED = problem_kind(
    "D312",
    "file changed while it was read",
    remedy="run again when nothing writes to the input",
)


def refuse_twice(path: Path, names: Sequence[str]) -> None:
    """Raise DataError when a column name stands more than once."""
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise DataError(COLUMN_TWICE.at(f"column '{name}' stands more than once", path.name) for name in twice)
