"""The group of commands: every error becomes an exit code and a message."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from deid.cli.terminal import fail, say
from deid.errors import DeidError, problem_kind

EXIT_DEFECT, EXIT_INTERRUPTED = 70, 130
DEFECT = problem_kind(
    "X901", "a defect of ours", remedy="please report it with the place named; no data stand in the message"
)


class Commands(click.Group):
    """Turns every error into its exit code and a message; nothing but our own defects ends otherwise."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; end with the exit code of the kind of error."""
        try:
            with _terminable():
                return super().invoke(ctx)
        except DeidError as error:
            fail(error.problems, error.exit_code, error.advice)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except KeyboardInterrupt:
            say("interrupted; nothing was released", error=True)
            sys.exit(EXIT_INTERRUPTED)
        except BrokenPipeError:
            sys.exit(EXIT_INTERRUPTED)
        except Exception as error:  # noqa: BLE001 - the last line of defence: the message could hold a value
            frames = [
                frame for frame in traceback.extract_tb(error.__traceback__) if "deid" in Path(frame.filename).parts
            ]
            at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
            fail([DEFECT.at(f"unexpected {type(error).__name__}; nothing was released", at)], EXIT_DEFECT)


@contextmanager
def _terminable() -> Iterator[None]:
    """Let a request to end, as a scheduler sends it, clean up like an interrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
