"""All layers of detection together: what `redact` works with."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, NamedTuple

from deid.contracts import DetectionFailed, Recogniser
from deid.detect import lexicon, ner, screening
from deid.detect.ages import AgesOver89
from deid.detect.calendars import Calendars
from deid.detect.codes import Codes
from deid.detect.contacts import Contacts
from deid.detect.dates import Dates
from deid.detect.homes import Homes
from deid.detect.identifiers import Identifiers
from deid.detect.judging import VETO, Judgement, Question, answers
from deid.detect.known import NICKNAMES, find_known
from deid.detect.max_recall import unsafe
from deid.detect.name_forms import NamesByForm
from deid.detect.name_lists import Initials, NamesByList, UnknownCapitals
from deid.detect.names import NamesInContext
from deid.detect.own import own_recognisers
from deid.detect.places import Places
from deid.detect.resolve import resolve, trimmed
from deid.detect.tagger import BALANCED, CAREFUL
from deid.detect.views import View, despaced, fold, joined, with_letters, without_ocr_slips
from deid.detect.worth import Worth
from deid.errors import PolicyError, did_you_mean, problem_kind
from deid.model import KINDS, NAMED_PLACES, Known, Span

OPTIONS_REFUSED = problem_kind(
    "D601",
    "text options refused",
    remedy="correct the options of the policy's text block or of the redact step",
    meaning="An option of text detection is unknown or has no sensible value; nothing runs on defaults instead.",
)
TOO_LONG = "the text is longer than the limit"
LONGEST = 2_000_000
WINDOW = 50_000
OVERLAP = 400
AROUND = 90
_DENIED_WITHIN = re.compile(r"\w+(?:['’-]\w+)*")


@dataclass(frozen=True)
class TextOptions:
    """What a policy may say about detection.

    mode          `balanced`, or `max_recall`: what is not known to be safe goes too
    model         name of an installed spaCy model
    recognisers   names of the pattern recognisers that run; all of them unless given
    ner           whether the language model runs
    tagger        whether our own tagger judges what the rules leave open
    known         whether identifiers of the subject's record are searched for
    allow, deny   words and phrases that always stay, or always go (case does not matter)
    keep          kinds that stay where they are found
    max_chars     longest cell that is searched, in characters once long runs are cut; a longer one is redacted whole
    seconds       time bound for one text
    """

    mode: Literal["balanced", "max_recall"] = "balanced"
    model: str = lexicon.MODEL
    recognisers: tuple[str, ...] = ()
    ner: bool = True
    tagger: bool = True
    known: bool = True
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    max_chars: int = 200_000
    seconds: float = 60.0


_BUILT_IN: Mapping[str, Recogniser] = {
    "dates": Dates(),
    "calendars": Calendars(),
    "ages_over_89": AgesOver89(),
    "contacts": Contacts(),
    "identifiers": Identifiers(),
    "codes": Codes(),
    "places": Places(),
    "homes": Homes(),
    "names_in_context": NamesInContext(),
    "names_by_form": NamesByForm(),
    "initials": Initials(),
    "names_by_list": NamesByList(),
    "unknown_capitals": UnknownCapitals(),
}
_STRICT = ("dates", "contacts", "identifiers", "places", "names_in_context", "names_by_form", "names_by_list")


class _Part(NamedTuple):
    """What one text holds by itself: its readable view, what the rules find in it, and once breaks are mended.

    Last, what the tagger holds of it; None where it was not asked.
    """

    view: View
    found: list[Span]
    derived: list[Span]
    judged: Judgement | None


@dataclass(frozen=True)
class LayeredDetector:
    """Runs the recognisers on every view of a text, the language model, the record, and spreads what is certain."""

    options: TextOptions = TextOptions()
    recognisers: Mapping[str, Recogniser] = field(default_factory=lambda: dict(_BUILT_IN))

    def in_mode(self, mode: Literal["balanced", "max_recall"]) -> LayeredDetector:
        """Return the same detector in another mode."""
        return replace(self, options=replace(self.options, mode=mode))

    def find_all(self, texts: Sequence[str], known: Sequence[tuple[Known, ...]]) -> list[list[Span]]:
        """Return for each text its spans, sorted and disjoint. Raises DetectionFailed, never a shorter list."""
        first = {text: index for index, text in reversed(list(enumerate(texts)))}
        read = self._read_all(first)
        named = [self._named(index, read[text].view.text, known[index]) for index, text in enumerate(texts)]
        jobs = list(dict.fromkeys(zip(texts, named, strict=True)))  # the same text with the same hits is one job
        parts = [read[text] for text, _ in jobs]
        found = [[*part.found, *hits] for part, (_, hits) in zip(parts, jobs, strict=True)]
        if self.options.ner:
            for part, spans, entities in zip(parts, found, self._entities(parts, found), strict=True):
                spans.extend(screening.screened(part.view.text, entities, groups=self.options.mode == "max_recall"))
        found = self._heard([first[text] for text, _ in jobs], parts, found)
        triples = zip(jobs, parts, found, strict=True)
        settled = {job: self._settle(job[0], part, spans) for job, part, spans in triples}
        return [list(settled[job]) for job in zip(texts, named, strict=True)]

    def _read_all(self, first: Mapping[str, int]) -> dict[str, _Part]:
        """Read texts by themselves, without their records; given is the index of each, which a failure names."""
        read = {text: self._read(index, text) for text, index in first.items()}
        if not self.options.tagger:
            return read
        heard = self._judged([(index, read[text], read[text].found) for text, index in first.items()])
        return {text: part._replace(judged=one) for (text, part), one in zip(read.items(), heard, strict=True)}

    def _read(self, index: int, text: str) -> _Part:
        """Return what the rules find in a text."""
        if len(text) > LONGEST:
            raise DetectionFailed(index, TOO_LONG)
        view = fold(text)
        if len(view.text) > self.options.max_chars:
            raise DetectionFailed(index, TOO_LONG)
        deadline = time.monotonic() + self.options.seconds
        with _failing(index):
            found = list(self._rules(view.text, self.recognisers, deadline))
            return _Part(view, found, list(self._derived(view, deadline)), None)

    def _judged(self, asked: Iterable[tuple[int, _Part, Sequence[Span]]]) -> Iterator[Judgement]:
        """Yield what the tagger holds of the findings in texts; the careful mode lets it reject none."""
        careful = self.options.mode == "max_recall"
        threshold, veto = (CAREFUL, 0.0) if careful else (BALANCED, VETO)
        numbers: list[int] = []
        questions: list[Question] = []
        for index, part, found in asked:
            with _failing(index):
                questions.append(Question.of(part.view.text, found, part.judged.read if part.judged else None))
                numbers.append(index)
        for index, question, answer in zip(numbers, questions, answers(questions), strict=True):
            with _failing(index):
                yield question.answered(answer, threshold, veto)

    def _heard(self, numbers: Sequence[int], parts: Sequence[_Part], found: Sequence[list[Span]]) -> list[list[Span]]:
        """Return the findings once the tagger has heard the record and the language model too."""
        asked = list(zip(numbers, parts, found, strict=True))
        more = [part.judged is not None and len(spans) != len(part.found) for _, part, spans in asked]
        again = self._judged(each for each, heard in zip(asked, more, strict=True) if heard)
        return [
            next(again).spans if heard else part.judged.spans if part.judged is not None else spans
            for (_, part, spans), heard in zip(asked, more, strict=True)
        ]

    def _named(self, index: int, text: str, known: tuple[Known, ...]) -> tuple[Span, ...]:
        """Return where the text names what the record knows."""
        if not self.options.known or not known or not Worth.of(text).any_of(known, NICKNAMES):
            return ()
        with _failing(index):
            return tuple(find_known(text, known))

    def _entities(self, parts: Sequence[_Part], found: Sequence[Sequence[Span]]) -> list[list[Span]]:
        whole = self.options.mode == "max_recall"
        try:
            pairs = zip(parts, found, strict=True)
            asked = [_asked(part, spans, whole=whole) for part, spans in pairs]
            return ner.entities(asked, self.options.model)
        except (ValueError, RuntimeError, MemoryError) as failure:
            raise DetectionFailed(0, f"the language model failed with {type(failure).__name__}") from None

    def _rules(self, text: str, recognisers: Mapping[str, Recogniser], deadline: float) -> Iterator[Span]:
        """Run recognisers over overlapping windows, so that no text can hold them for longer than the bound."""
        for start in range(0, max(1, len(text)), WINDOW):
            offset = max(0, start - OVERLAP)
            window = text[offset : start + WINDOW + OVERLAP] if len(text) > WINDOW else text
            for recogniser in recognisers.values():
                for span in recogniser.find(window):
                    yield (
                        span
                        if offset == 0
                        else Span(span.start + offset, span.end + offset, span.kind, span.score, span.recogniser)
                    )
                if time.monotonic() > deadline:
                    raise TimeoutError
            if len(text) <= WINDOW:
                return

    def _derived(self, view: View, deadline: float) -> Iterator[Span]:
        """Yield, in places of the original, what shows only once breaks, blanks or slips are mended."""
        strict: dict[str, Recogniser] = {name: self.recognisers[name] for name in _STRICT if name in self.recognisers}
        numbers: dict[str, Recogniser] = {
            name: strict[name] for name in ("dates", "contacts", "identifiers") if name in strict
        }
        names: dict[str, Recogniser] = {name: own for name, own in strict.items() if name.startswith("names")}
        views = (
            (joined(view, _known_word), strict),
            (joined(view, _known_word, hyphens=False) if "-\n" in view.text else None, numbers),
            (despaced(view), strict),
            (without_ocr_slips(view), numbers),
            (with_letters(view, lexicon.is_name), names),
        )
        for other, recognisers in views:
            if other is None:
                continue
            for begin, stop in _around_seams(other):
                for span in self._rules(other.text[begin:stop], recognisers, deadline):
                    if span.score >= 0.45 and other.touches_seam(span.start + begin, span.end + begin):
                        start, end = other.origin(span.start + begin, span.end + begin)
                        yield Span(start, end, span.kind, span.score, span.recogniser)

    def _settle(self, text: str, part: _Part, found: Sequence[Span]) -> list[Span]:
        view, spans = part.view, list(found)
        spans.extend(list(screening.extended(view.text, spans)))
        again = list(screening.repeated(view.text, [s for s in spans if s.recogniser != "unknown_capitals"]))
        spans.extend([*again, *screening.extended(view.text, again)])
        spans.extend(self._denied(view.text))
        if self.options.mode == "max_recall":
            spans.extend(unsafe(view.text))
        mapped = [Span(*view.origin(s.start, s.end), s.kind, s.score, s.recogniser) for s in spans] + part.derived
        kept = [span for span in mapped if span.kind not in self.options.keep and not self._allowed(text, span)]
        settled = (trimmed(text, span) for span in _together(text, resolve(kept)))
        return [span for span in settled if span is not None]

    def _denied(self, text: str) -> Iterator[Span]:
        for phrase in self.options.deny:
            for match in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", text, re.IGNORECASE):
                yield Span(match.start(), match.end(), "unknown", 1.0, "deny_list")

    def _allowed(self, text: str, span: Span) -> bool:
        return bool(self.options.allow) and text[span.start : span.end].strip().lower() in self.options.allow


def _asked(part: _Part, spans: Sequence[Span], *, whole: bool) -> ner.Asked:
    """Return what the language model is to read of a text."""
    if part.judged is None:
        return ner.Asked(part.view.text, spans, None, whole)
    return ner.Asked(part.view.text, [*spans, *part.judged.added], part.judged.doubtful, whole)


@contextmanager
def _failing(index: int) -> Iterator[None]:
    """Turn whatever a recogniser raises into DetectionFailed, so that the caller gives up the cell."""
    try:
        yield
    except TimeoutError:
        raise DetectionFailed(index, "the time bound was exceeded") from None
    except (RecursionError, MemoryError, ValueError, IndexError, KeyError, TypeError) as failure:
        raise DetectionFailed(index, f"a recogniser failed with {type(failure).__name__}") from None


def _around_seams(view: View) -> list[tuple[int, int]]:
    """Return the stretches of a view, cut at blanks, in which an identifier may lie over one of its seams."""
    stretches: list[tuple[int, int]] = []
    for left, right in view.seams:
        begin, stop = max(0, left - AROUND), min(len(view.text), right + AROUND)
        begin = view.text.find(" ", begin, left) + 1 or begin if begin else 0
        if stretches and begin <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(stop, stretches[-1][1]))
        else:
            stretches.append((begin, stop))
    return stretches


def _known_word(word: str) -> bool:
    return lexicon.is_word(word) or lexicon.is_name(word)


_WITHIN_NAME = (" ", "  ", "-")
#: What a full stop may end within a name: an initial or another short form.
_SHORT_FORM = re.compile(r"(?:^|[\s.'’-])[^\W\d_]{1,2}$")
_WITHIN_PLACE = re.compile(r"[ -](?:(?:of|on|in|upon|by|at|de|du|la|le|the|and|or|&)[ -]){0,2}")


def _together(text: str, spans: list[Span]) -> Iterator[Span]:
    """Join neighbouring pieces of one name or place, so that a person gets one tag and no small word is left inside."""
    waiting: Span | None = None
    for span in spans:
        if waiting is not None and _of_one(text, waiting, span):
            kind, score = (waiting.kind, max(waiting.score, span.score))
            waiting = Span(waiting.start, span.end, kind, score, waiting.recogniser)
            continue
        if waiting is not None:
            yield waiting
        waiting = span
    if waiting is not None:
        yield waiting


def _of_one(text: str, left: Span, right: Span) -> bool:
    between = text[left.end : right.start]
    if left.kind == right.kind == "person_name":
        return between in _WITHIN_NAME or (between == ". " and bool(_SHORT_FORM.search(text[left.start : left.end])))
    return left.kind in NAMED_PLACES and right.kind in NAMED_PLACES and bool(_WITHIN_PLACE.fullmatch(between))


def build_detector(options: Mapping[str, Any] | None = None) -> LayeredDetector:
    """Return the detector for the options of a policy. Raises PolicyError naming every mistake.

    `recognisers` may hold names, which select among those of the house, and mappings, which define the user's own.
    """
    given = dict(options or {})
    listed = given.get("recognisers") or ()
    own = (
        own_recognisers(item for item in listed if isinstance(item, Mapping))
        if isinstance(listed, list | tuple)
        else {}
    )
    if isinstance(listed, list | tuple):
        given["recognisers"] = [item for item in listed if not isinstance(item, Mapping)]
    problems = list(option_problems(given))
    if problems:
        raise PolicyError(OPTIONS_REFUSED.at(problem, "text") for problem in problems)
    for name in ("recognisers", "allow", "deny", "keep"):
        given[name] = tuple(
            str(item).lower() if name in ("allow", "deny") else str(item) for item in given.get(name, ())
        )
    settled = TextOptions(**given)
    chosen = {name: _BUILT_IN[name] for name in _BUILT_IN if not settled.recognisers or name in settled.recognisers}
    return LayeredDetector(settled, {**chosen, **own})


def option_problems(options: Mapping[str, Any]) -> Iterable[str]:
    """Return what is wrong with text options, each as one sentence."""
    names = [option.name for option in fields(TextOptions)]
    for name in sorted(set(options) - set(names)):
        yield f"unknown option '{name}'; {did_you_mean(name, names) or 'known: ' + ', '.join(names)}"
    if options.get("mode", "balanced") not in ("balanced", "max_recall"):
        yield "mode must be balanced or max_recall"
    for name in ("recognisers", "allow", "deny", "keep"):
        if not isinstance(options.get(name, ()), list | tuple):
            yield f"{name} must be a list"
    yield from _list_problems(options)
    if not (isinstance(options.get("max_chars", 1), int) and 0 < options.get("max_chars", 1) <= LONGEST):
        yield f"max_chars must lie between 1 and {LONGEST:,}"
    if not (isinstance(options.get("seconds", 1), int | float) and 0 < options.get("seconds", 1) <= 3600):
        yield "seconds must lie between 0 and 3,600"


def _list_problems(options: Mapping[str, Any]) -> Iterable[str]:
    """Return what is wrong with the names in lists."""
    for name in options.get("recognisers") or ():
        if name not in _BUILT_IN:
            yield f"unknown recogniser '{name}'; {did_you_mean(str(name), _BUILT_IN)}"
    for name in options.get("keep") or ():
        if name not in KINDS:
            yield f"unknown kind '{name}' in keep; {did_you_mean(str(name), KINDS)}"
