"""Replace the identifiers in free text and leave every other character as it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pyarrow as pa

from deid.cells import place, secret
from deid.contracts import Context, DetectionFailed, Detector
from deid.errors import DataError, problem_kind
from deid.markup import Piece, pieces
from deid.model import KINDS, Known, Role, Span
from deid.registry import register
from deid.replacing import Replacer, Surrogating, Tagging, rewrite
from deid.values import as_text

NO_DETECTOR = problem_kind(
    "P601",
    "no detector",
    remedy="run the redaction through a plan, which builds the detector of the policy",
    meaning="Free text is only ever redacted with a detector; without one the column is refused.",
)
WHOLE = "[REDACTED WHOLE]"
_BATCH_LETTERS = 2_000_000
#: A text and the subject whose it is; the text rewritten with its counts by kind, None where it was given up.
Job = tuple[str, str | None]
Done = tuple[str, Mapping[str, int] | None]


@register("transform", "redact")
@dataclass(frozen=True)
class Redact:
    """Finds the identifiers in every text, with what the subject's record knows, and replaces them.

    style      tag ([NAME_1], numbered within a text), redact (one label), or surrogate (invented, dates moved)
    label      what stands for an identifier where style is redact
    mode       balanced, or max_recall: what is not known to be safe goes too; empty: as the policy's text block says
    keep       kinds that stay although they were found, such as state or country
    max_days   for surrogate: largest move of a date in days; the same as in the shift_date of the tables
    direction  for surrogate: both, or past
    weeks      for surrogate: whole weeks
    anchored   for surrogate: dates move as those of shift_date with `anchored` do
    markup     the text is HTML or XHTML: what stands between tags is redacted; comments, scripts and most attributes go
    order      for surrogate: how dates such as 03/04/2021 are meant; without it, what can be read both ways is tagged
    """

    style: Literal["tag", "redact", "surrogate"] = "tag"
    label: str = "--redacted--"
    mode: Literal["", "balanced", "max_recall"] = ""
    keep: tuple[str, ...] = ()
    max_days: int = 364
    direction: Literal["both", "past"] = "both"
    weeks: bool = False
    order: Literal["", "month_first", "day_first"] = ""
    markup: bool = False
    anchored: bool = False

    per_value: ClassVar[bool] = False
    needs_subject: ClassVar[bool] = True
    needs_key: ClassVar[bool] = False
    implies: ClassVar[Role | None] = Role.FREE_TEXT
    summary: ClassVar[str] = "identifiers in the text replaced"
    example: ClassVar[Mapping[str, Any]] = {"style": "tag"}

    def columns(self) -> tuple[str, ...]:
        """Need no other column than the subject."""
        return ()

    def problems(self) -> Iterator[str]:
        """Find labels that a spreadsheet would run, unknown kinds and windows that protect nobody."""
        if not self.label.strip() or self.label[0] in "=+@\t\r" or "\n" in self.label:
            yield "label must be one line of text that does not begin with = + @"
        for kind in self.keep:
            if kind not in KINDS:
                yield f"keep names '{kind}', which is no kind"
        if not 7 <= self.max_days <= 3_650:
            yield "max_days must be from 7 to 3650"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the redacted texts."""
        return self.apply_counted(column, context)[0]

    def apply_counted(self, column: pa.Array, context: Context) -> tuple[pa.Array, Mapping[str, int]]:
        """Return the redacted texts and counts: cells, changed, redacted_whole, and kind:NAME for what was replaced."""
        texts = as_text(column).to_pylist()
        owners = context.subject.to_pylist() if context.subject is not None else [None] * len(texts)
        wanted = dict.fromkeys((text, owner) for text, owner in zip(texts, owners, strict=True) if text)
        done = self._in_markup(wanted, context) if self.markup else self._done(wanted, context)
        counts: Counter[str] = Counter(cells=0, changed=0, redacted_whole=0)
        out: list[str | None] = []
        for text, owner in zip(texts, owners, strict=True):
            if not text:
                out.append(text)
                continue
            new, kinds = done[text, owner]
            out.append(new)
            counts.update(cells=1, changed=new != text, redacted_whole=kinds is None)
            counts.update({f"kind:{kind}": count for kind, count in (kinds or {}).items()})
        return pa.array(out, pa.string()), dict(counts)

    def _done(self, wanted: Iterable[Job], context: Context) -> dict[Job, Done]:
        jobs = list(dict.fromkeys(wanted))
        return dict(zip(jobs, self._redacted(jobs, context), strict=True))

    def _in_markup(self, wanted: Iterable[Job], context: Context) -> dict[Job, Done]:
        """Return each text of markup with the texts between its tags rewritten; one that failed is given up whole."""
        cut = {job: pieces(job[0]) for job in wanted}
        inner = self._done(
            ((part.text, job[1]) for job, parts in cut.items() for part in parts if not _as_it_stands(part)), context
        )
        result: dict[Job, Done] = {}
        for job, parts in cut.items():
            counts: Counter[str] = Counter()
            written, failed = [], False
            for part in parts:
                new, kinds = (part.text, {}) if _as_it_stands(part) else inner[part.text, job[1]]
                failed |= kinds is None
                counts.update(kinds or {})
                written.append(Piece(new, part.is_tag).written())
            result[job] = "".join(written), None if failed else counts
        return result

    def _redacted(
        self, jobs: Sequence[tuple[str, str | None]], context: Context
    ) -> Iterator[tuple[str, Mapping[str, int] | None]]:
        """Yield each distinct text rewritten, with its counts by kind; None for one that could not be searched."""
        if not jobs:
            return
        detector = self._detector(context)
        replacer = self._replacer(context)
        for batch in _batches(jobs):
            known = [context.known.get(owner, ()) if owner is not None else () for _, owner in batch]
            for (text, owner), spans in zip(batch, _found(detector, [text for text, _ in batch], known), strict=True):
                if spans is None:
                    yield (WHOLE if self.style != "redact" else self.label), None
                    continue
                meant = [span for span in spans if span.kind not in self.keep]
                yield rewrite(text, meant, replacer.of(text, meant, owner)), Counter(span.kind for span in meant)

    def _detector(self, context: Context) -> Detector:
        if context.detector is None:
            raise DataError(NO_DETECTOR.at("there is no detector for this column", place(context)))
        in_mode = getattr(context.detector, "in_mode", None)
        if self.mode and in_mode is not None:
            detector: Detector = in_mode(self.mode)
            return detector
        return context.detector

    def _replacer(self, context: Context) -> Replacer:
        if self.style == "surrogate":
            window = (self.max_days, self.direction, self.weeks)
            first = context.first_days if self.anchored else None
            return Surrogating(secret(context), *window, context.vocabulary, self.order, first)
        return Tagging() if self.style == "tag" else Tagging(self.label)

    def describe(self) -> str:
        """Say what is done, in one line."""
        what = {
            "tag": "a numbered tag",
            "redact": "a label",
            "surrogate": "invented ones, dates moved by the subject's own days",
        }
        return f"identifiers in the text replaced by {what[self.style]}"


def _as_it_stands(piece: Piece) -> bool:
    return piece.is_tag or not piece.text.strip()


def _batches(jobs: Sequence[tuple[str, str | None]]) -> Iterator[Sequence[tuple[str, str | None]]]:
    """Yield jobs in runs of bounded length; within a run the detector reads equal texts once."""
    start, letters = 0, 0
    for i, (text, _) in enumerate(jobs):
        letters += len(text)
        if letters >= _BATCH_LETTERS:
            yield jobs[start : i + 1]
            start, letters = i + 1, 0
    if start < len(jobs):
        yield jobs[start:]


def _found(detector: Detector, texts: Sequence[str], known: Sequence[tuple[Known, ...]]) -> list[list[Span] | None]:
    """Return the spans of each text; None where detection failed, so that the caller gives up the whole cell."""
    try:
        return list(detector.find_all(texts, known))
    except DetectionFailed:
        if len(texts) == 1:
            return [None]
    middle = len(texts) // 2
    return _found(detector, texts[:middle], known[:middle]) + _found(detector, texts[middle:], known[middle:])
