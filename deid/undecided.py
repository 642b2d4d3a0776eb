"""What is still to be decided about a column, in words and as lines that can be pasted into a policy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deid.decisions import Plan
from deid.draft import comment, scalar
from deid.errors import PolicyError, Problem
from deid.model import DIRECT_KINDS, KINDS, ColumnProfile

#: A decision that loads as it stands and releases nothing.
SAFE = '{role: direct_identifier, do: drop, why: "left out as deid proposed; nobody said what it holds"}'
_POINTS = re.compile(r" \([-+]?[\d.]+ (?:points|for \w+)\)")
#: Sentences of the evidence that a message repeats.
_SENTENCES = 3


@dataclass(frozen=True)
class Undecided:
    """A column without a decision: where it stands and what it seems to hold, in kinds and in words."""

    table: str
    column: str
    position: int
    holds: tuple[str, ...]
    said: str


class PlanRefused(PolicyError):
    """The policy does not decide these data: what is decided so far, what is not, and lines that would mend it."""

    def __init__(
        self,
        problems: Problem | Iterable[Problem],
        plan: Plan | None = None,
        undecided: Sequence[Undecided] = (),
        advice: str = "",
    ) -> None:
        super().__init__(problems)
        self.plan, self.undecided, self.advice = plan, tuple(undecided), advice

    def __str__(self) -> str:
        return f"{super().__str__()}\n\n{self.advice}" if self.advice else super().__str__()


def undecided_of(column: ColumnProfile) -> Undecided:
    """Return a column that no line and no rule claims."""
    return Undecided(column.table, column.column, column.position, column.holds, said(column))


def said(column: ColumnProfile) -> str:
    """Say what a column seems to hold, and of one that was not recognised how its values look; never a value."""
    kind = column.holds[0] if column.holds else "unknown"
    if kind == "unknown":
        return "; ".join(["nothing was recognised in it", *_sentences(column)])
    return f"it seems to hold {_word(kind)}" + "".join(
        f", and in some cells {_word(other)}" for other in column.holds[1:]
    )


def _sentences(column: ColumnProfile) -> list[str]:
    return [_POINTS.sub("", sentence) for sentence in column.evidence[:_SENTENCES]]


def _word(kind: str) -> str:
    return f"{kind} ({KINDS[kind]})" if kind in KINDS else kind


def identifiers_kept(column: ColumnProfile, *, dates: bool) -> str:
    """Say which identifiers a kept column may hold, in all cells or in some; '' if none. `dates` may count too."""
    first, others = column.holds[:1], column.holds[1:]
    if DIRECT_KINDS.intersection(first):
        return f"it seems to hold {_word(first[0])}"
    some = [kind for kind in others if kind in DIRECT_KINDS or (dates and kind == "date")]
    if not some:
        return ""
    cause = f"as a whole it reads as {first[0]}, but some cells may hold {' or '.join(map(_word, some))}"
    shapes = [
        sentence
        for sentence in (_POINTS.sub("", each) for each in column.evidence)
        if any(sentence.endswith(f"the shape of {kind}") for kind in some) or sentence.endswith("perhaps names")
    ]
    return "; ".join([cause, *shapes])


def pasted(path: str, columns: Sequence[tuple[str, str, str]], *, ready: bool, has_tables: bool = False) -> str:
    """Return lines for a policy that leave columns out, each with what it seems to hold: (table, column, said).

    Where the policy at `path` is a `ready` one they are a whole policy that extends it; else the part `tables:` for it,
    which is pasted whole unless the file has such a part already (`has_tables`).
    """
    own = Path(path)
    if ready:
        head = [
            "# A policy of your own that decides what is open; put it into a file and give that with --policy:",
            "deid: 1",
            "name: my-release  # part of every subkey: another name, other pseudonyms",
            f"extends: [{scalar(own.stem)}]",
        ]
    elif has_tables:
        file = comment(own.name)
        head = [
            f"# For {file}, which has `tables:` already: leave out that line here, and put what is below it at the end",
            f"# of what is below `tables:` in {file}; of a table that is there already, only the lines of its columns.",
        ]
    else:
        head = [f"# For {comment(own.name)}, which has no `tables:` yet: paste all of this at its end."]
    lines = [
        "# Each line loads as it stands and leaves its column out; `deid explain transforms` lists what else.",
        "tables:",
    ]
    words = {(table, column): each for table, column, each in reversed(columns)}
    for table in dict.fromkeys(table for table, _, _ in columns):
        lines.append(f"  {scalar(table, quoted=True)}:")
        own_columns = dict.fromkeys(column for at, column, _ in columns if at == table)
        lines += [f"    {scalar(name, quoted=True)}: {SAFE}  # {comment(words[table, name])}" for name in own_columns]
    return "\n".join([*head, *lines]) + "\n"
