"""Commands before a release: draft a policy, check it, see what it does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deid.cli.arguments import DATA, POLICY
from deid.cli.given import policy_of
from deid.cli.terminal import progress_bar, say

if TYPE_CHECKING:
    from deid.database.address import Address


@click.command()
@DATA
@click.option("--name", default="my-release", show_default=True, help="Name of the release.")
@click.option("--out", type=click.Path(path_type=Path), help="File for the draft; standard output unless given.")
@click.option("--encoding", default="", help="Encoding of the text tables, such as windows-1252, if not UTF-8.")
@click.option("--ignore", multiple=True, metavar="PATTERN", help="File in the folder that is no table; repeatable.")
def init(data: Path | Address, name: str, out: Path | None, encoding: str, ignore: tuple[str, ...]) -> None:
    """Write a draft policy from the data: every column, the evidence beside it, nothing kept by default."""
    from deid.draft import draft_policy
    from deid.pipeline import profile_source
    from deid.source import encoded_formats, open_source

    with progress_bar(verbose=False) as progress:
        formats = encoded_formats(encoding) if encoding else {}
        profile = profile_source(open_source(data, ignore, formats), progress)
        text = draft_policy(profile, name=name, data=data.name, ignore=ignore, formats=formats)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        with out.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except OSError:
        raise click.ClickException(f"{out} exists or cannot be written") from None
    say(f"draft written to {out}: confirm every line, then `deid check {out}`")


@click.command()
@click.argument("policy_name", metavar="POLICY")
@click.option("--effective", is_flag=True, help="Print the policy as it stands after `extends`.")
def check(policy_name: str, effective: bool) -> None:
    """Check a policy without data: every problem at once, with file and line."""
    policy = policy_of(policy_name)
    if effective:
        click.echo(policy.effective, nl=False)
    say(f"policy '{policy.name}' is well-formed; digest {policy.digest[:16]}", error=effective)


@click.command()
@DATA
@POLICY
@click.option(
    "--format", "form", type=click.Choice(["text", "csv", "markdown", "json"]), default="text", show_default=True
)
@click.option("--alternatives", is_flag=True, help="Compare what other values of k and of suppression would cost.")
def plan(data: Path | Address, policy_name: str, form: str, alternatives: bool) -> None:
    """Dry run: every column, what will be done to it, why, and who decided. Writes nothing."""
    from deid.alternatives import compare, listing
    from deid.listing import plan_listing
    from deid.pipeline import prepare
    from deid.undecided import PlanRefused

    if alternatives:
        with progress_bar(verbose=False) as progress:
            points = compare(data, policy_of(policy_name), progress)
        click.echo(listing(points, form), nl=False)
        return
    try:
        with progress_bar(verbose=False) as progress:
            prepared = prepare(data, policy_of(policy_name, drafts=True), progress=progress)
    except PlanRefused as refused:  # what is decided already is shown before what is not
        if refused.plan is not None:
            say(plan_listing(refused.plan, form, refused.undecided).rstrip("\n") + "\n")
        raise
    click.echo(plan_listing(prepared.plan, form), nl=False)


@click.command()
@DATA
@POLICY
@click.option("--out", "-o", required=True, type=click.Path(path_type=Path), help="New file: .xlsx or .md.")
def spec(data: Path | Address, policy_name: str, out: Path) -> None:
    """Write the derivation specification: every variable of every dataset, what is done to it and why; no data."""
    from deid.specification import write_specification

    with progress_bar(verbose=False) as progress:
        count = write_specification(data, policy_of(policy_name), out, progress)
    say(f"{count} variables specified in {out}")


@click.command()
@click.option(
    "--of",
    "what",
    type=click.Choice(["policy", "report"]),
    default="policy",
    show_default=True,
    help="What the schema describes: policies, for editors, or report.json, for programs that read it.",
)
def schema(what: str) -> None:
    """Print the JSON Schema of policies or of report.json."""
    from deid.policy import json_schema
    from deid.report import report_schema

    click.echo(json.dumps(json_schema() if what == "policy" else report_schema(), indent=2, sort_keys=True))


@click.command()
def policies() -> None:
    """List the ready policies."""
    from deid.explaining import ready_list

    click.echo(ready_list(), nl=False)
