"""What is said on the terminal beside the result of a command: lines, problems, progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from deid.errors import Problem


def say(text: str, *, error: bool = False) -> None:
    """Print a line; control characters, which could come from a file or column name, are made visible."""
    safe = "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
    click.echo(safe, err=error)


def fail(problems: list[Problem] | tuple[Problem, ...], code: int, advice: str = "") -> None:
    """Print problems, then the lines that would mend them, and end with an exit code."""
    for problem in problems:
        say(str(problem), error=True)
    if advice:
        say(f"\n{advice}", error=True)
    say(f"{len(problems)} problem(s); nothing was released. `deid explain CODE` says more.", error=True)
    sys.exit(code)


@contextmanager
def progress_bar(verbose: bool) -> Iterator[Callable[[str, str, int], None]]:
    """Show a bar on a terminal; a pipe gets nothing unless verbose."""
    if not sys.stderr.isatty():
        seen: set[str] = set()

        def tell(stage: str, table: str, rows: int) -> None:
            if verbose and stage not in seen:
                seen.add(stage)
                say(f"stage: {stage}", error=True)

        yield tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} rows, {task.fields[rate]:,} a second,"),
        TimeElapsedColumn(),
        TextColumn("gone,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def advance(stage: str, table: str, rows: int) -> None:
            if stage not in tasks:
                total = bar.tasks[tasks["profile"]].completed if "profile" in tasks else None
                tasks[stage] = bar.add_task(stage, total=total, rate=0)
            bar.update(tasks[stage], advance=rows, rate=int(bar.tasks[tasks[stage]].speed or 0))

        yield advance
