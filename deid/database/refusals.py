"""What can go wrong with a database. No message of a driver is passed on: it could hold values or a password."""

from __future__ import annotations

from deid.errors import problem_kind

NO_DRIVER = problem_kind(
    "U220",
    "no driver for this database",
    remedy="install the extra `database` (sqlalchemy, pg8000 for PostgreSQL, duckdb), or your SQLAlchemy dialect",
)
PASSWORD_SHOWN = problem_kind(
    "U221",
    "password on the command line",
    remedy="leave it out and set DEID_SOURCE_PASSWORD or DEID_TARGET_PASSWORD (PostgreSQL: also PGPASSWORD), or put "
    "the whole URL into an environment variable and give `env:NAME`",
    meaning="What stands on a command line is seen by everybody on the machine and kept in the history of the shell.",
)
NOT_REACHED = problem_kind(
    "U222",
    "database cannot be reached",
    remedy="check URL, user, password and rights: postgresql://USER@HOST/DATABASE?schema=NAME, duckdb:///FILE, "
    "sqlite:///FILE",
)
NOT_WRITTEN = problem_kind(
    "U223",
    "databases of this kind are read only",
    remedy="name a PostgreSQL schema (postgresql://USER@HOST/DATABASE?schema=NAME), or a new duckdb:/// or sqlite:/// "
    "file",
)
TARGET_EXISTS = problem_kind(
    "U224", "target exists in the database", remedy="name a schema or file that does not exist; nothing is overwritten"
)
TARGET_BUSY = problem_kind("U225", "another run writes to this schema", remedy="wait for it, or name another schema")
WRITE_FAILED = problem_kind(
    "U226",
    "the database refuses what is written",
    remedy="look at the code of the error (SQLSTATE); often a right to create schemas or disk space is missing",
)
TWO_TARGETS = problem_kind(
    "U227", "format given for a database", remedy="leave `--format` out: a database has none, or leave `--to` out"
)
NOT_READ = problem_kind(
    "D240",
    "table of a database cannot be read",
    remedy="look at the code of the error (SQLSTATE), at the rights of the user, and whether the cells are of their "
    "column's type",
)
