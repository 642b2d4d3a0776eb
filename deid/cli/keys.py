"""Commands that make keys."""

from __future__ import annotations

import os
from pathlib import Path

import click

from deid.cli.terminal import say


@click.group()
def key() -> None:
    """Make keys."""


@key.command("new")
@click.option("--out", type=click.Path(path_type=Path), help="File to create, readable by its owner only.")
def key_new(out: Path | None) -> None:
    """Make a fresh key: printed, or written to a new file with mode 0600."""
    from deid.keys import Key

    text = Key.new() + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(text)
    except OSError:
        raise click.ClickException(f"{out} exists or cannot be written") from None
    say(f"key written to {out}; keep it apart from policy and release")
