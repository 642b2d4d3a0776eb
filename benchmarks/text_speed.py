"""How fast free text is searched: ratios to stock Presidio from one run, hostile cells, growth with length, processes.

    python benchmarks/text_speed.py [--notes N] [--json OUT.json]

Times are processor seconds of this process (wall-clock for processes), each the best of three rounds. The notes are
those of the mirror and of any labelled corpora beside this checkout; equal texts are searched once, as in a release.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from text import SHARED, StockPresidio, mirrors

from deid.contracts import DetectionFailed
from deid.detect import build_detector
from deid.detect.pooled import PooledDetector
from deid.model import Span
from deid.text_evaluate import read_labelled


def best(work: Callable[[], object], clock: Callable[[], float] = time.process_time, rounds: int = 3) -> float:
    """Return the shortest of some times: between them the interpreter tidies its memory."""
    times = []
    for _ in range(rounds):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times)


def search(detector: Any, texts: Sequence[str]) -> list[list[Span]]:
    return detector.find_all(texts, [()] * len(texts))


def one_by_one(detector: Any, texts: Sequence[str]) -> None:
    """Search cell by cell, as a column is treated with stock Presidio."""
    for text in texts:
        detector.find_all([text], [()])


def comments(texts: Sequence[str], rows: int) -> list[str]:
    """Return a column of short comments of which 45 % are distinct."""
    rng = random.Random(5)
    pieces = sorted(
        {piece.strip() for text in texts for piece in text.replace("\n", " ").split(". ") if 8 < len(piece) < 90}
    )
    rng.shuffle(pieces)
    distinct = pieces[: int(rows * 0.45)]
    return distinct + [rng.choice(distinct[: len(distinct) // 4]) for _ in range(rows - len(distinct))]


def hostile(length: int) -> dict[str, str]:
    """Return cells that are hard for patterns."""
    shapes = {
        "digits": "1",
        "dotted": "a.",
        "at": "a@",
        "dashes": "1-",
        "capitals": "Aa ",
        "brackets": "([{",
        "open dates": "12/",
        "blanks": " \n",
    }
    return {name: (shape * (length // len(shape) + 1))[:length] for name, shape in shapes.items()}


def given_up_or_searched(detector: Any, text: str) -> None:
    try:
        search(detector, [text])
    except DetectionFailed:
        return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=150)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpora = [*mirrors(Path(folder)), *sorted((SHARED / "corpora").glob("dev_clinical.jsonl"))]
        sets = {corpus.stem: [note.text for note in read_labelled(corpus)][: options.notes] for corpus in corpora}
    ours, presidio = build_detector(), StockPresidio(organisations=False)
    for detector in (ours, presidio):
        search(detector, ["John Smith was seen on 3 March 2020 in Leeds."])
    gc.freeze()  # the models of both are not walked through again and again by the interpreter's tidying
    figures: dict[str, Any] = {}
    for name, texts in sets.items():
        size = sum(map(len, texts))
        mine, theirs = best(lambda t=texts: search(ours, t)), best(lambda t=texts: search(presidio, t))
        figures[f"unique notes, {name}"] = {
            "characters_per_second": round(size / mine),
            "presidio": round(size / theirs),
            "ratio": round(theirs / mine, 2),
        }
    column = comments([text for texts in sets.values() for text in texts], 600)
    mine, theirs = best(lambda: search(ours, column)), best(lambda: one_by_one(presidio, column))
    figures["repeated comments, 45 % distinct"] = {"cells": len(column), "ratio": round(theirs / mine, 2)}
    figures["1,000,000 hostile characters, seconds"] = {
        name: round(best(lambda t=text: given_up_or_searched(ours, t), rounds=1), 2)
        for name, text in hostile(1_000_000).items()
    }
    dense = (" ".join(sets["mirror"]) * 4)[:100_000]
    lengths = {length: best(lambda n=length: search(ours, [dense[:n]])) for length in (12_500, 25_000, 50_000, 100_000)}
    figures["dense identifiers, seconds by length"] = {
        str(length): round(seconds, 2) for length, seconds in lengths.items()
    }
    many = [f"{text} ({number})" for number in range(4) for texts in sets.values() for text in texts]
    alone = best(lambda: search(ours, many), time.perf_counter, 1)
    pooled = PooledDetector.open(ours, 2)
    search(pooled, many[:128])
    together = best(lambda: search(pooled, many), time.perf_counter, 1)
    pooled.close()
    figures["two processes"] = {"notes": len(many), "ratio": round(alone / together, 2)}
    text = json.dumps(figures, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
