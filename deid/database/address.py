"""Where a database is, without its password: from the command line, or from an environment variable."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from deid.database.refusals import NO_DRIVER, NOT_REACHED, PASSWORD_SHOWN
from deid.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

Purpose = Literal["source", "target"]
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+_]*://")
_SECRET = re.compile(r"passw|pwd|secret|token|credential|key", re.IGNORECASE)
_FILES = {"duckdb", "sqlite"}
#: The drivers that come with the extra; another dialect takes its own default.
_DRIVERS = {"postgresql": "postgresql+pg8000", "postgres": "postgresql+pg8000"}


@dataclass(frozen=True)
class Address:
    """One database and a schema in it. `kind` is postgresql, duckdb, sqlite or another dialect; `path` its file."""

    kind: str
    url: URL = field(repr=False)
    schema: str = ""
    path: Path | None = None

    @classmethod
    def given(cls, text: str, purpose: Purpose) -> Address:
        """Read a URL, or `env:NAME` for a URL in an environment variable. Raises UsageError, never echoing it."""
        hidden = text.startswith("env:")
        written = os.environ.get(text[4:], "") if hidden else text
        if not is_address(written) or written.startswith("env:"):
            where = f"environment variable {text[4:]}" if hidden else f"{purpose} database"
            raise UsageError(NOT_REACHED.at("there is no URL", where))
        url = _parsed(written, purpose)
        if not hidden and (url.password or any(_SECRET.search(name) for name in url.query)):
            raise UsageError(PASSWORD_SHOWN.at("the URL holds a password or another secret", f"{purpose} database"))
        kind = url.drivername.partition("+")[0]
        schema = url.query.get("schema", "")
        url = url.difference_update_query(["schema"]).set(drivername=_DRIVERS.get(url.drivername, url.drivername))
        path = Path(unquote(url.database or "")) if kind in _FILES else None
        if path is not None and not path.name:
            raise UsageError(NOT_REACHED.at("the URL names no file", f"{purpose} database"))
        if not url.password and path is None:
            url = url.set(password=_password(purpose, kind) or None)
        return cls("postgresql" if kind == "postgres" else kind, url, str(schema), path)

    @property
    def name(self) -> str:
        """What messages and the manifest call it: kind, database and schema; no user, host or password."""
        database = self.path.name if self.path is not None else str(self.url.database or "")
        return f"{self.kind}:{database}" + (f"/{self.schema}" if self.schema else "")


def is_address(text: str) -> bool:
    """Return whether a text names a database and no file or folder."""
    return bool(_URL.match(text)) or text.startswith("env:")


def engine_for(address: Address) -> Any:
    """Return a SQLAlchemy engine that keeps no connection of its own. Raises UsageError where there is no driver."""
    import sqlalchemy as sa

    try:
        return sa.create_engine(address.url, poolclass=sa.pool.NullPool, hide_parameters=True)
    except (sa.exc.SQLAlchemyError, ImportError):
        raise UsageError(NO_DRIVER.at("its dialect or driver is not installed", address.kind)) from None


def _parsed(text: str, purpose: Purpose) -> URL:
    try:
        from sqlalchemy import exc
        from sqlalchemy.engine import make_url
    except ImportError:
        raise UsageError(NO_DRIVER.at("sqlalchemy is not installed", f"{purpose} database")) from None
    try:
        return make_url(text)
    except (exc.SQLAlchemyError, ValueError):
        raise UsageError(NOT_REACHED.at("the URL is malformed", f"{purpose} database")) from None


def _password(purpose: Purpose, kind: str) -> str:
    own = os.environ.get(f"DEID_{purpose.upper()}_PASSWORD", "")
    return own or (os.environ.get("PGPASSWORD", "") if kind in ("postgresql", "postgres") else "")
