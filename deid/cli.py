"""The command `deid`: arguments in, exit code out. The only module that prints."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import click

from deid.errors import DeidError, Problem, UsageError, problem_kind

if TYPE_CHECKING:
    from deid.contracts import Engine
    from deid.database.address import Address
    from deid.decisions import Policy
    from deid.keys import Key
    from deid.remote import Remote

EXIT_DEFECT, EXIT_INTERRUPTED = 70, 130
DEFECT = problem_kind(
    "X901", "a defect of ours", remedy="please report it with the place named; no data stand in the message"
)


class _Data(click.ParamType[Any]):
    """A path, or the URL of a database; `purpose` says whose password counts, `remote` admits object stores."""

    name = "path or url"

    def __init__(self, purpose: Literal["source", "target"], *, remote: bool = False) -> None:
        self.purpose = purpose
        self.remote = remote

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | Address | Remote:
        from deid.database.address import Address, is_address
        from deid.remote import RUN_ONLY, Remote, is_remote

        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        if self.purpose == "source" and is_remote(value):
            if not self.remote:
                raise UsageError(RUN_ONLY.at("this command reads files and databases", Remote(value).name))
            return Remote(value)
        return Address.given(value, self.purpose) if self.purpose == "target" or is_address(value) else Path(value)


_DATA = click.argument("data", type=_Data("source"))
_TO = click.option(
    "--to",
    type=_Data("target"),
    metavar="URL",
    help="Database for the released tables: a new schema (postgresql://USER@HOST/DATABASE?schema=NAME) or a new file "
    "(duckdb:///FILE, sqlite:///FILE).",
)
_POLICY = click.option(
    "--policy", "-p", "policy_name", required=True, help="Policy file, or the name of a ready policy."
)
_KEY_FILE = click.option("--key-file", type=click.Path(path_type=Path), help="File with the key; else DEID_KEY.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
_VERBOSE = click.option("--verbose", "-v", is_flag=True, help="Say what is being done. Never prints values.")


class _Commands(click.Group):
    """Turns every error into its exit code and a message; nothing but our own defects ends otherwise."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _terminable():
                return super().invoke(ctx)
        except DeidError as error:
            _fail(error.problems, error.exit_code)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except KeyboardInterrupt:
            _say("interrupted; nothing was released", error=True)
            sys.exit(EXIT_INTERRUPTED)
        except BrokenPipeError:
            sys.exit(EXIT_INTERRUPTED)
        except Exception as error:  # noqa: BLE001 - the last line of defence: the message could hold a value
            frames = [
                frame for frame in traceback.extract_tb(error.__traceback__) if "deid" in Path(frame.filename).parts
            ]
            at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
            _fail([DEFECT.at(f"unexpected {type(error).__name__}; nothing was released", at)], EXIT_DEFECT)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
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


@main.command()
@_DATA
@click.option("--name", default="my-release", show_default=True, help="Name of the release.")
@click.option("--out", type=click.Path(path_type=Path), help="File for the draft; standard output unless given.")
@click.option("--encoding", default="", help="Encoding of the text tables, such as windows-1252, if not UTF-8.")
@click.option("--ignore", multiple=True, metavar="PATTERN", help="File in the folder that is no table; repeatable.")
def init(data: Path | Address, name: str, out: Path | None, encoding: str, ignore: tuple[str, ...]) -> None:
    """Write a draft policy from the data: every column, the evidence beside it, nothing kept by default."""
    from deid.draft import draft_policy
    from deid.pipeline import profile_source
    from deid.source import encoded_formats, open_source

    with _progress(verbose=False) as progress:
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
    _say(f"draft written to {out}: confirm every line, then `deid check {out}`")


@main.command()
@click.argument("policy_name", metavar="POLICY")
@click.option("--effective", is_flag=True, help="Print the policy as it stands after `extends`.")
def check(policy_name: str, effective: bool) -> None:
    """Check a policy without data: every problem at once, with file and line."""
    policy = _policy(policy_name)
    if effective:
        click.echo(policy.effective, nl=False)
    _say(f"policy '{policy.name}' is well-formed; digest {policy.digest[:16]}", error=effective)


@main.command()
@_DATA
@_POLICY
@click.option(
    "--format", "form", type=click.Choice(["text", "csv", "markdown", "json"]), default="text", show_default=True
)
@click.option("--alternatives", is_flag=True, help="Compare what other values of k and of suppression would cost.")
def plan(data: Path | Address, policy_name: str, form: str, alternatives: bool) -> None:
    """Dry run: every column, what will be done to it, why, and who decided. Writes nothing."""
    from deid.alternatives import compare, listing
    from deid.listing import plan_listing
    from deid.pipeline import prepare

    if alternatives:
        with _progress(verbose=False) as progress:
            points = compare(data, _policy(policy_name), progress)
        click.echo(listing(points, form), nl=False)
        return
    with _progress(verbose=False) as progress:
        prepared = prepare(data, _policy(policy_name), progress=progress)
    click.echo(plan_listing(prepared.plan, form), nl=False)


@main.command()
@click.argument("data", type=_Data("source", remote=True))
@_POLICY
@click.option(
    "--out", "-o", required=True, type=click.Path(path_type=Path), help="Folder of the release; must not exist."
)
@_KEY_FILE
@click.option(
    "--format", "output_format", default="", help="Format of the released tables; that of the input unless given."
)
@click.option("--private", type=click.Path(path_type=Path), help="Folder for what only the owner may see.")
@_TO
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
@_JSON
@_VERBOSE
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

    key, origin = _key(key_file)
    policy = _policy(policy_name)
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


@main.command()
@click.argument("file", metavar="RECIPE", type=click.Path(path_type=Path))
@_POLICY
@_KEY_FILE
def recipe(file: Path, policy_name: str, key_file: Path | None) -> None:
    """Check the signature of a frozen RECIPE and say what it holds; `deid run --freeze` writes one."""
    from deid.recipe import read

    policy = _policy(policy_name)
    found = read(file, policy, _key(key_file)[0].for_release(policy.name))
    levels = ", ".join(f"{name} {'coarsest' if level is None else level}" for name, level in found.levels.items())
    _say(f"signed recipe of policy '{policy.name}': {found.batches} batch(es), k {found.k}, levels {levels}")
    _say(f"{len(found.counts)} classes of {sum(found.counts.values())} subjects; for the owner alone, like the key")


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
        _fail([problem], 2)
    with _complete(out):
        with _progress(verbose) as progress:
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
            _say(line)
        _say(f"report: {out / 'report.html'}")


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
        _say(f"interrupted when the release was complete: {out}")


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


@main.command()
@_DATA
@_POLICY
@click.option("--out", "-o", required=True, type=click.Path(path_type=Path), help="New file: .xlsx or .md.")
def spec(data: Path | Address, policy_name: str, out: Path) -> None:
    """Write the derivation specification: every variable of every dataset, what is done to it and why; no data."""
    from deid.specification import write_specification

    with _progress(verbose=False) as progress:
        count = write_specification(data, _policy(policy_name), out, progress)
    _say(f"{count} variables specified in {out}")


@main.command()
@_DATA
@_POLICY
@_JSON
def risk(data: Path | Address, policy_name: str, as_json: bool) -> None:
    """Measure the risk of any dataset on the quasi-identifiers that the policy declares. Writes nothing."""
    from deid.listing import measures_listing
    from deid.measuring import measure_data

    with _progress(verbose=False) as progress:
        measures = measure_data(data, _policy(policy_name), progress)
    click.echo(measures_listing(measures, as_json), nl=False)


@main.command()
@click.argument("release", type=click.Path(path_type=Path))
@click.option("--against", required=True, type=_Data("source"), help="The data that the release was made from.")
@_TO
@_POLICY
@_JSON
def verify(release: Path, against: Path | Address, to: Address | None, policy_name: str, as_json: bool) -> None:
    """Check a release again: file hashes against its manifest, and the input's identifiers in every released file."""
    from deid.measuring import verify_release

    with _progress(verbose=False) as progress:
        checked = verify_release(release, against, _policy(policy_name), progress, to)
    if as_json:
        click.echo(json.dumps(checked, indent=2, sort_keys=True))
    else:
        _say(f"{checked['files']} file(s) as in the manifest; {checked['cells']} cells searched; no identifier found")


@main.command()
@click.argument("release", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["markdown", "json"]), default="markdown", show_default=True)
def report(release: Path, form: str) -> None:
    """Print the report of a release as Markdown or JSON; report.html in the release is the one to read."""
    from deid.measuring import read_report

    click.echo(read_report(release, form), nl=False)


@main.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--min-k", type=click.IntRange(min=1), help="Refuse (exit 5) where the two together fall below this k.")
@_JSON
def diff(old: Path, new: Path, min_k: int | None, as_json: bool) -> None:
    """Compare two releases: what changed in plan, measures and gates, and what both together give away."""
    from deid.comparing import compare, joint_refused
    from deid.listing import difference_listing

    found = compare(old, new)
    click.echo(json.dumps(found, indent=2, sort_keys=True) + "\n" if as_json else difference_listing(found), nl=False)
    problems = joint_refused(found, min_k)
    if problems:
        _fail(problems, 5)


@main.command("text")
@click.option("--jsonl", is_flag=True, help="Read and write one JSON object a line: id, text and, where given, known.")
@click.option("--spans", is_flag=True, help="With --jsonl: write what was found (id, spans) instead of the notes.")
@click.option("--style", type=click.Choice(["tag", "redact", "surrogate"]), default="tag", show_default=True)
@click.option("--mode", type=click.Choice(["balanced", "max_recall"]), help="As the policy says unless given.")
@click.option("--policy", "-p", "policy_name", default="", help="Policy whose text block and recognisers count.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes; order is kept.")
@_KEY_FILE
def text_command(
    jsonl: bool, spans: bool, style: Any, mode: Any, policy_name: str, jobs: int, key_file: Path | None
) -> None:
    """Redact one note, from standard input to standard output; with --jsonl many, one a line.

    Style surrogate needs the key; with the policy of a release the surrogates and shifts are those of that release.
    """
    from deid.texting import Note, detector_of, findings, read_notes, redacted

    if spans and not jsonl:
        raise click.UsageError("--spans needs --jsonl")
    policy = _policy(policy_name) if policy_name else None
    key = _key(key_file)[0].for_release(policy.name if policy else "text") if style == "surrogate" else None
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


@main.command()
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mode", type=click.Choice(["balanced", "max_recall"]), help="As the policy says unless given.")
@click.option("--policy", "-p", "policy_name", default="", help="Policy whose text block and recognisers count.")
@click.option("--record/--no-record", default=True, show_default=True, help="Use what a note brings as `known`.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@_JSON
def evaluate(gold: Path, mode: Any, policy_name: str, record: bool, jobs: int, as_json: bool) -> None:
    """Score detection on your own labelled notes: GOLD has one JSON object a line with id, text and spans."""
    from deid.text_evaluate import read_labelled
    from deid.texting import detector_of, score_listing, scored

    notes = read_labelled(gold)
    with detector_of(_policy(policy_name) if policy_name else None, mode, jobs) as detector:
        found = scored(notes, detector, record=record)
    click.echo(json.dumps(found, indent=2) + "\n" if as_json else score_listing(found), nl=False)


@main.command()
@click.argument("topic", required=False, default="")
def explain(topic: str) -> None:
    """Explain a problem code, a transform, a metric or a kind; without TOPIC list them."""
    from deid.explaining import explain as explanation

    click.echo(explanation(topic), nl=False)


@main.command()
def policies() -> None:
    """List the ready policies."""
    from deid.explaining import ready_list

    click.echo(ready_list(), nl=False)


@main.command()
def schema() -> None:
    """Print the JSON Schema of policies, for editors."""
    from deid.policy import json_schema

    click.echo(json.dumps(json_schema(), indent=2, sort_keys=True))


@main.group()
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
    _say(f"key written to {out}; keep it apart from policy and release")


@main.command()
@click.option("--out", "-o", default="demo-release", show_default=True, type=click.Path(path_type=Path))
@click.option("--data-out", type=click.Path(path_type=Path), help="Keep the invented trial in this folder.")
@_VERBOSE
def demo(out: Path, data_out: Path | None, verbose: bool) -> None:
    """Make an invented oncology trial and release it: see what deid does in under a minute."""
    import tempfile

    from deid.demo import POLICY
    from deid.demo.trial import write_trial
    from deid.keys import ENVIRONMENT, Key

    given = os.environ.get(ENVIRONMENT, "")
    key = Key.load() if given else Key.from_hex(Key.new())
    if not given:
        _say("DEID_KEY is not set: using a throw-away key, forgotten when this run ends")
    with tempfile.TemporaryDirectory() as temporary:
        folder = data_out or Path(temporary) / "trial"
        if folder.exists():
            raise click.ClickException(f"{folder} exists")
        write_trial(folder)
        _released(
            folder,
            _policy(str(POLICY)),
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


def _policy(name: str) -> Policy:
    from deid.policy import load

    return load(name)


def _key(file: Path | None) -> tuple[Key, str]:
    from deid.keys import Key

    return Key.load(file), "file" if file else "environment"


@contextmanager
def _progress(verbose: bool) -> Iterator[Callable[[str, str, int], None]]:
    """Show a bar on a terminal; a pipe gets nothing unless verbose."""
    if not sys.stderr.isatty():
        seen: set[str] = set()

        def tell(stage: str, table: str, rows: int) -> None:
            if verbose and stage not in seen:
                seen.add(stage)
                _say(f"stage: {stage}", error=True)

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


def _fail(problems: list[Problem] | tuple[Problem, ...], code: int) -> None:
    for problem in problems:
        _say(str(problem), error=True)
    _say(f"{len(problems)} problem(s); nothing was released. `deid explain CODE` says more.", error=True)
    sys.exit(code)


def _say(text: str, *, error: bool = False) -> None:
    """Print a line; control characters, which could come from a file or column name, are made visible."""
    safe = "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
    click.echo(safe, err=error)
