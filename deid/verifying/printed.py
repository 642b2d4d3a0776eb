"""What digits of a report may be somebody's: neither this program's own words nor its arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from deid.collecting.needles import SHORTEST, fold, windows

#: So many identifiers that numbers of a report, which are computed, equal one of them by chance.
DENSE = 100_000
#: Where the words of a report come from: citations such as EMA/90915/2016 hold digits.
_OWN = (("report",), ("risk",), ("data", "threshold_profiles.yaml"))
_COMPUTED = re.compile(
    r"(?<![\w.-])(?:"
    r"\d+\.\d+(?:[eE][+-]?\d+)?"  # a fraction
    r"|\d{1,3}(?:,\d{3})+"  # a count in groups of three
    r"|\d{4}-\d\d-\d\d(?:[T ][\d:.]+)?"  # a time of the run
    r"|(?<=\": )\d+(?=[,}\s])"  # a figure of the JSON twin, which stands without quotes
    r")(?![\w.-])"
    r"|^\s*\d+,?$",  # and in a list of the twin
    re.MULTILINE,
)
#: Digits that stand together as an identifier is written, or alone in a label.
_TOGETHER = re.compile(r"(?<=[\"'>])\d[\d ()+./-]*(?=[\"'<])|\d+(?:[-/.]\d+)*")


def runs_of_report(text: str, identifiers: int) -> Iterator[str]:
    """Yield the joined runs of tokens of a report that may be identifiers, given how many of these there are.

    Runs of digits that stand in this program's own texts tell nothing. Among very many identifiers any number is
    somebody's: then runs of digits count where they are written together, and computed figures do not.
    """
    dense = identifiers >= DENSE
    if dense:
        text = _COMPUTED.sub(" ", text)
    together = {re.sub(r"\D", "", run) for run in _TOGETHER.findall(text)} if dense else frozenset[str]()
    for line in fold(text).split("\n"):
        for run in windows(line):
            if len(run) < SHORTEST or (run.isdigit() and (run in own_digits() or (dense and run not in together))):
                continue
            yield run


@cache
def own_digits() -> frozenset[str]:
    """Return the joined runs of digits in the texts that reports are made of."""
    package = files("deid")
    texts = (text for place in _OWN for text in _texts(package.joinpath(*place)))
    runs = (run for text in texts for line in text.split("\n") for run in windows(fold(line)))
    return frozenset(run for run in runs if len(run) >= SHORTEST and run.isdigit())


def _texts(place: Traversable) -> Iterator[str]:
    """Yield the texts of a file, or of all files of a folder."""
    if place.is_dir():
        for inner in place.iterdir():
            if inner.name != "__pycache__":
                yield from _texts(inner)
    else:
        yield place.read_text("utf-8")
