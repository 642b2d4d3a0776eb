"""Another distribution on the index is called `deid` too; its files would lie in the same package folder as ours."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

from deid.errors import Problem, problem_kind

NEIGHBOUR = problem_kind(
    "U210",
    "another package named deid is installed",
    remedy="use a fresh environment: `python -m venv .venv`, then install `deid-toolkit` alone in it",
    meaning="`deid-toolkit` and the distribution `deid` (for medical images) both install a package folder `deid` and "
    "a command `deid`; whichever came second has overwritten files of the first.",
)


def check() -> Problem | None:
    """Return a problem when the distribution `deid` lies in this environment, else None."""
    try:
        version = distribution("deid").version
    except PackageNotFoundError:
        return None
    return NEIGHBOUR.at(f"distribution deid {version} shares this environment")
