"""Commands that make a release, and the recipe of one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deid.cli.arguments import JSON, KEY_FILE, POLICY, TO, VERBOSE, Data
from deid.cli.given import key_of, policy_of
from deid.cli.terminal import fail, progress_bar, say

if TYPE_CHECKING:
    from deid.contracts import Engine
    from deid.database.address import Address
    from deid.decisions import Policy
    from deid.keys import Key


@click.command()
@click.argument("data", type=Data("source", remote=True))
@POLICY
@click.option(
    "--out", "-o", required=True, type=click.Path(path_type=Path), help="Folder of the release; must not exist."
)
@KEY_FILE
@click.option(
    "--format", "output_format", default="", help="Format of the released tables; that of the input unless given."
)
@click.option("--private", type=click.Path(path_type=Path), help="Folder for what only the owner may see.")
@TO
@click.option("--deliver", "deliver_to", help="Address in an object store that the finished release is copied to.")
@click.option("--batch-rows", type=click.IntRange(min=1), help="Rows a batch; changes memory, never the result.")
@click.option(
    "--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True, help="Where rows are read."
)
@click.option("--master", default="local[2]", show_default=True, help="Spark: URL of the cluster.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, help="Processes; changes time, never the result.")
@click.option(
    "--recipe", type=click.Path(path_type=Path), help="Frozen recipe of earlier batches, applied to this one."
)
@click.option("--freeze", type=click.Path(path_type=Path), help="File for the recipe after this release.")
@click.option(
    "--outside", type=click.Choice(["refuse", "suppress"]), default="refuse", help="Subjects beyond a recipe."
)
@JSON
@VERBOSE
def run(
    data: Path | Address,
    policy_name: str,
    out: Path,
    key_file: Path | None,
    output_format: str,
    private: Path | None,
    to: Address | None,
    engine: str,
    master: str,
    deliver_to: str | None,
    as_json: bool,
    verbose: bool,
    **more: Any,
) -> None:
    """Take DATA to a release in OUT: data, report.html, report.json and manifest.json, or nothing at all."""
    from deid.remote import Remote, deliver, fetched

    key, origin = key_of(key_file)
    policy = policy_of(policy_name)
    with ExitStack() as opened:
        there = opened.enter_context(fetched(data, out)) if isinstance(data, Remote) else data
        more["engine"] = opened.enter_context(_engine(engine, master))
        _released(there, policy, out, key, origin, output_format, private, to, as_json, verbose, more)
    if deliver_to is not None:
        deliver(out, Remote(deliver_to))


@contextmanager
def _engine(name: str, master: str) -> Iterator[Engine | None]:
    """Open the engine asked for; the local one needs nothing."""
    if name == "local":
        yield None
        return
    from deid.engines.session import session
    from deid.engines.spark import Spark

    with session(master) as opened:
        yield Spark(opened)


def _released(
    data: Path | Address,
    policy: Policy,
    out: Path,
    key: Key,
    origin: str,
    output_format: str,
    private: Path | None,
    to: Address | None,
    as_json: bool,
    verbose: bool,
    more: Mapping[str, Any],
) -> None:
    from deid.listing import release_summary
    from deid.neighbour import check as neighbour
    from deid.pipeline import run as run_pipeline
    from deid.versions import run_facts

    problem = neighbour()
    if problem is not None:
        fail([problem], 2)
    with _complete(out):
        with progress_bar(verbose) as progress:
            release = run_pipeline(
                data,
                policy,
                out,
                key=key,
                key_origin=origin,
                output_format=output_format,
                private=private,
                to=to,
                progress=progress,
                run_facts=run_facts(),
                **more,
            )
        summary = release_summary(release)
        if as_json:
            click.echo(json.dumps(summary, indent=2, sort_keys=True))
            return
        for line in summary["lines"]:
            say(line)
        say(f"report: {out / 'report.html'}")


@contextmanager
def _complete(out: Path) -> Iterator[None]:
    """Tell the truth about an interrupt that comes when the release is there already."""
    there = True
    with suppress(OSError):
        there = out.exists()
    try:
        yield
    except KeyboardInterrupt:
        if there or not out.exists():
            raise
        say(f"interrupted when the release was complete: {out}")


@click.command()
@click.argument("file", metavar="RECIPE", type=click.Path(path_type=Path))
@POLICY
@KEY_FILE
def recipe(file: Path, policy_name: str, key_file: Path | None) -> None:
    """Check the signature of a frozen RECIPE and say what it holds; `deid run --freeze` writes one."""
    from deid.recipe import read

    policy = policy_of(policy_name)
    found = read(file, policy, key_of(key_file)[0].for_release(policy.name))
    levels = ", ".join(f"{name} {'coarsest' if level is None else level}" for name, level in found.levels.items())
    say(f"signed recipe of policy '{policy.name}': {found.batches} batch(es), k {found.k}, levels {levels}")
    say(f"{len(found.counts)} classes of {sum(found.counts.values())} subjects; for the owner alone, like the key")


@click.command()
@click.option("--out", "-o", default="demo-release", show_default=True, type=click.Path(path_type=Path))
@click.option("--data-out", type=click.Path(path_type=Path), help="Keep the invented trial in this folder.")
@VERBOSE
def demo(out: Path, data_out: Path | None, verbose: bool) -> None:
    """Make an invented oncology trial and release it: see what deid does in under a minute."""
    import tempfile

    from deid.demo import POLICY
    from deid.demo.trial import write_trial
    from deid.keys import ENVIRONMENT, Key

    given = os.environ.get(ENVIRONMENT, "")
    key = Key.load() if given else Key.from_hex(Key.new())
    if not given:
        say("DEID_KEY is not set: using a throw-away key, forgotten when this run ends")
    with tempfile.TemporaryDirectory() as temporary:
        folder = data_out or Path(temporary) / "trial"
        if folder.exists():
            raise click.ClickException(f"{folder} exists")
        write_trial(folder)
        _released(
            folder,
            policy_of(str(POLICY)),
            out,
            key,
            "environment" if given else "throw-away",
            "",
            None,
            None,
            False,
            verbose,
            {},
        )
