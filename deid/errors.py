"""What can go wrong, as part of the interface.

    DeidError                 all problems of one stage at once
    +-- UsageError      (2)   the command, the key or the output folder
    +-- PolicyError     (3)   the policy
    +-- DataError       (4)   the data are unreadable or not as the policy says
    +-- ReleaseRefused  (5)   a gate failed, was not evaluated, or an identifier is left

Every problem belongs to a `ProblemKind` with a code; `deid explain CODE` prints its meaning and remedy.
No message ever holds a value of the data: name the table, the column, the rule, the count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_KINDS: dict[str, ProblemKind] = {}


@dataclass(frozen=True)
class ProblemKind:
    """One kind of problem: its code, a title of a few words, what it means and what mends it."""

    code: str
    title: str
    remedy: str
    meaning: str = ""

    def at(self, cause: str, place: str = "", *, hint: str = "") -> Problem:
        """Report this kind at a place: `policy.yaml:12` or `dm.AGE`; `cause` must hold no value of the data."""
        return Problem(self, cause, place, hint)


@dataclass(frozen=True)
class Problem:
    """One problem found: kind, cause, place and, where something similar exists, a hint."""

    kind: ProblemKind
    cause: str
    place: str = ""
    hint: str = ""

    @property
    def code(self) -> str:
        """The stable code, such as `P103`."""
        return self.kind.code

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.code} {where}{self.cause}{hint}\n    remedy: {self.kind.remedy}"


def problem_kind(code: str, title: str, *, remedy: str, meaning: str = "") -> ProblemKind:
    """Declare a kind of problem where it is raised. Codes: U usage, P policy, D data, R release, each unique."""
    if code in _KINDS:
        raise ValueError(f"problem code {code} is declared twice")
    kind = ProblemKind(code, title, remedy, meaning)
    _KINDS[code] = kind
    return kind


def problem_kinds() -> dict[str, ProblemKind]:
    """Return every declared kind by code, sorted."""
    return dict(sorted(_KINDS.items()))


class DeidError(Exception):
    """Base of all errors that a user can cause. Holds every problem of the stage that stopped.

    `advice` is text for after the problems, such as lines for a policy that would mend them; '' where there is none.
    """

    exit_code = 70
    advice = ""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[DeidError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)  # a worker process hands its problems on as they are


class UsageError(DeidError):
    """The command cannot start: arguments, key or output folder."""

    exit_code = 2


class PolicyError(DeidError):
    """The policy is refused."""

    exit_code = 3


class DataError(DeidError):
    """The data cannot be read, or are not as the policy says."""

    exit_code = 4


class ReleaseRefused(DeidError):
    """Nothing was released: a gate failed or was not evaluated, or a residual identifier was found."""

    exit_code = 5


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return `did you mean 'x'?` for the closest candidate, or an empty string."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(candidates), n=1, cutoff=0.6)
    if not near:
        folded = {candidate.lower(): candidate for candidate in candidates}
        near = [folded[word.lower()]] if word.lower() in folded else []
    return f"did you mean '{near[0]}'?" if near else ""
