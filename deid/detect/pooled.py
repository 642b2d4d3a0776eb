"""The same detection in several processes: texts go out in runs, spans come back in order."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from deid.contracts import DetectionFailed
from deid.detect.detector import LayeredDetector
from deid.model import Known, Span

#: Texts that go to a process at once.
RUN = 32
_OWN: list[LayeredDetector] = []


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
        return cls(detector, ProcessPoolExecutor(jobs, initializer=_begin, initargs=(detector,)))

    def close(self) -> None:
        """End the processes."""
        self.pool.shutdown(cancel_futures=True)

    def find_all(self, texts: Sequence[str], known: Sequence[tuple[Known, ...]]) -> list[list[Span]]:
        """Return for each text its spans, in the order of the texts. Raises DetectionFailed."""
        jobs = list(dict.fromkeys(zip(texts, known, strict=True)))
        runs = [jobs[start : start + RUN] for start in range(0, len(jobs), RUN)]
        found: dict[tuple[str, tuple[Known, ...]], list[Span]] = {}
        for number, answer in enumerate(self.pool.map(_find, runs)):
            if isinstance(answer, tuple):
                failed = runs[number][answer[0]]
                raise DetectionFailed(list(zip(texts, known, strict=True)).index(failed), answer[1])
            found.update(zip(runs[number], answer, strict=True))
        return [found[job] for job in zip(texts, known, strict=True)]


def _begin(detector: LayeredDetector) -> None:
    _OWN[:] = [detector]


def _find(run: Sequence[tuple[str, tuple[Known, ...]]]) -> list[list[Span]] | tuple[int, str]:
    """Return the spans of a run of texts, or which text failed and why."""
    try:
        return _OWN[0].find_all([text for text, _ in run], [known for _, known in run])
    except DetectionFailed as failure:
        return failure.index, failure.reason
