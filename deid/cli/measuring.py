"""Commands that measure, check again and compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deid.cli.arguments import DATA, JSON, POLICY, TO, Data
from deid.cli.given import policy_of
from deid.cli.terminal import fail, progress_bar, say

if TYPE_CHECKING:
    from deid.database.address import Address


@click.command()
@DATA
@POLICY
@JSON
def risk(data: Path | Address, policy_name: str, as_json: bool) -> None:
    """Measure the risk of any dataset on the quasi-identifiers that the policy declares. Writes nothing."""
    from deid.listing import measures_listing
    from deid.measuring import measure_data

    with progress_bar(verbose=False) as progress:
        measures = measure_data(data, policy_of(policy_name), progress)
    click.echo(measures_listing(measures, as_json), nl=False)


@click.command()
@click.argument("release", type=click.Path(path_type=Path))
@click.option("--against", required=True, type=Data("source"), help="The data that the release was made from.")
@TO
@POLICY
@JSON
def verify(release: Path, against: Path | Address, to: Address | None, policy_name: str, as_json: bool) -> None:
    """Check a release again: file hashes against its manifest, and the input's identifiers in every released file."""
    from deid.measuring import verify_release

    with progress_bar(verbose=False) as progress:
        checked = verify_release(release, against, policy_of(policy_name), progress, to)
    if as_json:
        click.echo(json.dumps(checked, indent=2, sort_keys=True))
    else:
        say(f"{checked['files']} file(s) as in the manifest; {checked['cells']} cells searched; no identifier found")


@click.command()
@click.argument("release", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["markdown", "json"]), default="markdown", show_default=True)
def report(release: Path, form: str) -> None:
    """Print the report of a release as Markdown or JSON; report.html in the release is the one to read."""
    from deid.measuring import read_report

    click.echo(read_report(release, form), nl=False)


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--min-k", type=click.IntRange(min=1), help="Refuse (exit 5) where the two together fall below this k.")
@JSON
def diff(old: Path, new: Path, min_k: int | None, as_json: bool) -> None:
    """Compare two releases: what changed in plan, measures and gates, and what both together give away."""
    from deid.comparing import compare, joint_refused
    from deid.listing import difference_listing

    found = compare(old, new)
    click.echo(json.dumps(found, indent=2, sort_keys=True) + "\n" if as_json else difference_listing(found), nl=False)
    problems = joint_refused(found, min_k)
    if problems:
        fail(problems, 5)


@click.command()
@click.argument("topic", required=False, default="")
def explain(topic: str) -> None:
    """Explain a problem code, a transform, a metric or a kind; without TOPIC list them."""
    from deid.explaining import explain as explanation

    click.echo(explanation(topic), nl=False)
