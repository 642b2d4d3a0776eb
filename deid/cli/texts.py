"""Commands for notes without tables."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from deid.cli.arguments import JSON, KEY_FILE
from deid.cli.given import key_of, policy_of


@click.command("text")
@click.option("--jsonl", is_flag=True, help="Read and write one JSON object a line: id, text and, where given, known.")
@click.option("--spans", is_flag=True, help="With --jsonl: write what was found (id, spans) instead of the notes.")
@click.option("--style", type=click.Choice(["tag", "redact", "surrogate"]), default="tag", show_default=True)
@click.option("--mode", type=click.Choice(["balanced", "max_recall"]), help="As the policy says unless given.")
@click.option("--policy", "-p", "policy_name", default="", help="Policy whose text block and recognisers count.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes; order is kept.")
@KEY_FILE
def text_command(
    jsonl: bool, spans: bool, style: Any, mode: Any, policy_name: str, jobs: int, key_file: Path | None
) -> None:
    """Redact one note, from standard input to standard output; with --jsonl many, one a line.

    Style surrogate needs the key; with the policy of a release the surrogates and shifts are those of that release.
    """
    from deid.texting import Note, detector_of, findings, read_notes, redacted

    if spans and not jsonl:
        raise click.UsageError("--spans needs --jsonl")
    policy = policy_of(policy_name) if policy_name else None
    key = key_of(key_file)[0].for_release(policy.name if policy else "text") if style == "surrogate" else None
    given = _standard_input()
    notes = read_notes(given.splitlines()) if jsonl else [Note("1", given)]
    with detector_of(policy, mode, jobs) as detector:
        if spans:
            for found in findings(notes, detector):
                click.echo(json.dumps(found))
            return
        for note, new in zip(notes, redacted(notes, detector, style, key), strict=True):
            click.echo(json.dumps({"id": note.id, "text": new}, ensure_ascii=False) if jsonl else new, nl=jsonl)


def _standard_input() -> str:
    """Return what stands on standard input. Raises DataError where it is no UTF-8."""
    from deid.errors import DataError
    from deid.texting import NOTES_UNREADABLE

    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError:
        raise DataError(NOTES_UNREADABLE.at("the input is no UTF-8", "standard input")) from None


@click.command()
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mode", type=click.Choice(["balanced", "max_recall"]), help="As the policy says unless given.")
@click.option("--policy", "-p", "policy_name", default="", help="Policy whose text block and recognisers count.")
@click.option("--record/--no-record", default=True, show_default=True, help="Use what a note brings as `known`.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@JSON
def evaluate(gold: Path, mode: Any, policy_name: str, record: bool, jobs: int, as_json: bool) -> None:
    """Score detection on your own labelled notes: GOLD has one JSON object a line with id, text and spans."""
    from deid.text_evaluate import read_labelled
    from deid.texting import detector_of, score_listing, scored

    notes = read_labelled(gold)
    with detector_of(policy_of(policy_name) if policy_name else None, mode, jobs) as detector:
        found = scored(notes, detector, record=record)
    click.echo(json.dumps(found, indent=2) + "\n" if as_json else score_listing(found), nl=False)
