"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from deid.errors import UsageError

if TYPE_CHECKING:
    from deid.database.address import Address
    from deid.remote import Remote


class Data(click.ParamType[Any]):
    """A path, or the URL of a database; `purpose` says whose password counts, `remote` admits object stores."""

    name = "path or url"

    def __init__(self, purpose: Literal["source", "target"], *, remote: bool = False) -> None:
        self.purpose = purpose
        self.remote = remote

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | Address | Remote:
        """Return what a value stands for. Raises UsageError where an object store is given and none can be read."""
        from deid.database.address import Address, is_address
        from deid.remote import RUN_ONLY, Remote, is_remote

        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        if self.purpose == "source" and is_remote(value):
            if not self.remote:
                raise UsageError(RUN_ONLY.at("this command reads files and databases", Remote(value).name))
            return Remote(value)
        return Address.given(value, self.purpose) if self.purpose == "target" or is_address(value) else Path(value)


DATA = click.argument("data", type=Data("source"))
TO = click.option(
    "--to",
    type=Data("target"),
    metavar="URL",
    help="Database for the released tables: a new schema (postgresql://USER@HOST/DATABASE?schema=NAME) or a new file "
    "(duckdb:///FILE, sqlite:///FILE).",
)
POLICY = click.option(
    "--policy", "-p", "policy_name", required=True, help="Policy file, or the name of a ready policy."
)
KEY_FILE = click.option("--key-file", type=click.Path(path_type=Path), help="File with the key; else DEID_KEY.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
VERBOSE = click.option("--verbose", "-v", is_flag=True, help="Say what is being done. Never prints values.")
