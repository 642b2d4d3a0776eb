"""The command `deid`: arguments in, exit code out. The only package that prints."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import NoReturn

import click

from deid.cli.drafting import check, init, plan, policies, schema, spec
from deid.cli.group import Commands
from deid.cli.keys import key
from deid.cli.measuring import diff, explain, report, risk, verify
from deid.cli.releasing import demo, recipe, run
from deid.cli.texts import evaluate, text_command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="deid-toolkit", prog_name="deid")
def main() -> None:
    """De-identify clinical tables and notes, prove k-anonymity, and write a release with its risk report.

    DATA is a file, a folder of tables, or the URL of a database without its password. The key (64 hexadecimal digits,
    `deid key new`) comes from DEID_KEY or --key-file. Exit codes: 0 released, 2 usage, 3 policy refused, 4 data
    unreadable, 5 release refused, 70 our defect.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def entry() -> NoReturn:
    """Run the command as a process of its own, which ends as soon as its work is done.

    Tearing down the interpreter takes longer than finishing a release; a process that is killed in that time would
    look like one that failed although the release is there.
    """
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


for command in (
    *(init, check, plan, spec, schema, policies),
    *(run, recipe, demo),
    *(risk, verify, report, diff, explain),
    *(text_command, evaluate, key),
):
    main.add_command(command)
