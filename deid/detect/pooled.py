"""The same detection in several processes: texts go out in runs, spans come back in order."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from deid.contracts import DetectionFailed
from deid.detect.detector import LayeredDetector
from deid.model import Known, Span

#: Letters that go to a process at once: enough for the language model, few enough that none idles at the end.
RUN = 8_000
_OWN: list[LayeredDetector] = []
Job = tuple[str, tuple[Known, ...]]


@dataclass(frozen=True)
class PooledDetector:
    """Finds what its detector finds, with `jobs` processes; each keeps a detector of its own while the pool lives.

    Equal texts go to one process once. Only texts, what the record knows and spans cross the line: no key does.
    """

    detector: LayeredDetector
    pool: ProcessPoolExecutor

    @classmethod
    def open(cls, detector: LayeredDetector, jobs: int) -> PooledDetector:
        """Start the processes; the caller closes them with `close`."""
        if multiprocessing.get_start_method() == "fork":
            detector.find_all(["Nothing."], [()])  # what is read once, words and model, is then read before they part
        return cls(detector, ProcessPoolExecutor(jobs, initializer=_begin, initargs=(detector,)))

    def close(self) -> None:
        """End the processes."""
        self.pool.shutdown(cancel_futures=True)

    def find_all(self, texts: Sequence[str], known: Sequence[tuple[Known, ...]]) -> list[list[Span]]:
        """Return for each text its spans, in the order of the texts. Raises DetectionFailed."""
        jobs = list(dict.fromkeys(zip(texts, known, strict=True)))
        runs = list(_runs(jobs))
        found: dict[Job, list[Span]] = {}
        for number, answer in enumerate(self.pool.map(_find, runs)):
            if isinstance(answer, tuple):
                failed = runs[number][answer[0]]
                raise DetectionFailed(list(zip(texts, known, strict=True)).index(failed), answer[1])
            found.update(zip(runs[number], answer, strict=True))
        return [found[job] for job in zip(texts, known, strict=True)]


def _runs(jobs: Sequence[Job]) -> Iterator[Sequence[Job]]:
    """Yield neighbouring jobs that are about equally long together."""
    start, letters = 0, 0
    for stop, (text, _) in enumerate(jobs, 1):
        letters += len(text)
        if letters >= RUN or stop == len(jobs):
            yield jobs[start:stop]
            start, letters = stop, 0


def _begin(detector: LayeredDetector) -> None:
    _OWN[:] = [detector]


def _find(run: Sequence[Job]) -> list[list[Span]] | tuple[int, str]:
    """Return the spans of a run of texts, or which text failed and why."""
    try:
        return _OWN[0].find_all([text for text, _ in run], [known for _, known in run])
    except DetectionFailed as failure:
        return failure.index, failure.reason
