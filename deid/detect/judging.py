"""What the tagger holds of a whole text: what it adds to the findings, what of them it rejects, what it leaves in doubt."""

# ruff: noqa: E501 - conditions are read as lines

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from deid.detect import encoder, lexicon, network
from deid.detect.evidence import SURE, Words
from deid.detect.reading import NOT_FIRST, PARTICLES
from deid.detect.tagger import JOINED, JOINING, LABELS, could_be_marked, marked
from deid.model import Span

#: From this chance on a word is worth the opinion of the language model: docs/text.md says what is lost below.
DOUBTFUL = 0.7
#: Below this chance of being an identifier an unsure finding of the rules or the language model is dropped.
VETO = 0.08
#: A text of so many words, none of which a rule is sure of and none likelier than this to identify, is about nobody.
MANY_WORDS, NOBODY = 40, 0.7
#: A text of so few words says little of any of them: what no rule is sure of must be this likely to identify.
FEW_WORDS, SURE_ALONE = 5, 0.85
#: From this chance of being an identifier on a word is worth reading all that stands around it.
UNDECIDED = 0.02
#: What the encoder's reading counts for, beside what the network says.
READING = 0.5
#: From this chance on a small common word is worth judging, by the encoder's reading alone.
SMALL_WORD = 0.4
#: From this chance on a word is judged that belongs to another language elsewhere: `Em opened the door`.
FOREIGN = 0.6
#: Words of texts that are judged at once: enough that starting to calculate costs little, and 10 MB.
WORDS_AT_ONCE = 4_000
#: Below this chance, by the encoder's reading alone, names and places are dropped that a rule is sure of.
UNHEARD = 0.02
_HEARD = frozenset({"names_in_context", "names_by_list", "names_by_form", "places"})
Chances = npt.NDArray[np.float32]
_NOTHING: Chances = np.zeros((0, len(LABELS)), np.float32)
_PUT_TO_IT = frozenset({"person_name", "site", "organisation", "city", "initials", "username", "street_address"})


@dataclass(frozen=True)
class Judgement:
    """What the tagger holds of a text.

    kept      the findings that it was given, without the unsure ones that it rejects
    added     what it finds itself
    doubtful  the other words that it does not rule out: place, and whether each stands beside a finding
    read      what the encoder read in every word, None where it was not asked
    """

    kept: tuple[Span, ...] = field(repr=False)
    added: tuple[Span, ...] = field(repr=False)
    doubtful: tuple[tuple[int, int, bool], ...]
    read: Chances | None = field(default=None, repr=False)

    @property
    def spans(self) -> list[Span]:
        """All findings."""
        return [*self.kept, *self.added]


@dataclass(frozen=True)
class Question:
    """A text whose words are to be judged.

    found, words, unsettled  what was found in it, its words, the places of those that no rule settles
    read                     what the encoder read in every word when the text was first judged
    """

    found: tuple[Span, ...] = field(repr=False)
    words: Words = field(repr=False)
    unsettled: tuple[int, ...]
    read: Chances | None = field(default=None, repr=False)

    @classmethod
    def of(cls, text: str, found: Sequence[Span], read: Chances | None = None) -> Question:
        """Read a text."""
        words = Words(text, found)
        return cls(tuple(found), words, tuple(judged(words)), read)

    def answered(self, answer: Answer, threshold: float, veto: float) -> Judgement:
        """Return what follows from the chances of the open words."""
        if not self.unsettled:
            return Judgement(self.found, (), (), answer.read)
        likely = answer.likely
        words, at, found = self.words, answer.at, self.found
        meant = dict(zip(at, (1 - likely[:, 0]).tolist(), strict=True)) if found else {}
        identifies = 1 - likely[:, 0] - likely[:, -1]
        sure = any(span.score >= SURE for span in found) or float(identifies.max()) >= NOBODY
        if veto and not sure and len(words.written) >= MANY_WORDS:
            veto, threshold = NOBODY, 1.0
        elif veto and len(words.written) <= FEW_WORDS:
            threshold = max(threshold, SURE_ALONE)
        heard = answer.heard() if veto and any(span.recogniser in _HEARD for span in found) else {}
        titled = {one for one, word in enumerate(words.written) if word.lower() in words.titled} if found else set()
        kept = tuple(
            span
            for span, reach in words.touching(sorted(found, key=lambda span: span.start))
            if span.kind not in _PUT_TO_IT
            or not reach
            or not titled.isdisjoint(reach)
            or _believed(span, reach, meant, veto, heard)
        )
        added = tuple(marked(words, at, likely, threshold))
        unsure = [one for one, holds in zip(at, identifies >= DOUBTFUL, strict=True) if holds]
        return Judgement(kept, added, tuple(_uncovered(words, unsure, [*found, *added])), answer.read)


def _believed(span: Span, reach: range, meant: Mapping[int, float], veto: float, heard: Mapping[int, float]) -> bool:
    """Whether tagger and encoder leave a finding standing: the tagger judges unsure ones, the encoder sure ones too."""
    if span.score < SURE:
        return max(meant.get(one, 1.0) for one in reach) >= veto
    return span.recogniser not in _HEARD or max(heard.get(one, 1.0) for one in reach) >= UNHEARD


@dataclass(frozen=True)
class Answer:
    """What is held of a text: the places and chances of its open words, and what the encoder read in every word."""

    at: tuple[int, ...]
    likely: Chances = field(repr=False)
    read: Chances | None = field(repr=False)

    def heard(self) -> dict[int, float]:
        """Return how likely each word identifies by the encoder's reading, for the words that it has read."""
        if self.read is None:
            return {}
        return {at: 1 - float(none) for at, none in enumerate(self.read[:, 0]) if not np.isnan(none)}

    @classmethod
    def of(cls, question: Question, likely: Chances, read: Chances | None) -> Answer:
        """Weigh what the network holds of the open words with what the encoder has read, if anything."""
        at = question.unsettled
        if read is None:
            return cls(at, likely, None)
        own = read[list(at)]
        both = np.where(np.isnan(own), likely, (1 - READING) * likely + READING * own)
        words, known = question.words, set(at)
        more = [
            one
            for one in np.flatnonzero(read[:, 0] <= 1 - JOINED).tolist()
            if one not in known
            and words.open[one]
            and (read[one, 0] <= 1 - SMALL_WORD or words.written[one].lower() in JOINING)
            and (read[one, 0] <= 1 - FOREIGN or not _of_another_language(words.written[one]))
        ]
        return cls((*at, *more), np.concatenate([both, read[more]]), read)


def answers(questions: Sequence[Question]) -> Iterator[Answer]:
    """Yield for each text what is held of it; so many texts are worked on at once as hold some thousand words."""
    waiting: list[Question] = []
    words = 0
    for question in questions:
        waiting.append(question)
        words += len(question.words.written)
        if words >= WORDS_AT_ONCE:
            yield from _together(waiting)
            waiting, words = [], 0
    yield from _together(waiting)


def _together(questions: Sequence[Question]) -> Iterator[Answer]:
    """Judge texts by the network, and let the encoder read those that it has not read, around what is not ruled out."""
    asked = [question for question in questions if question.unsettled]
    likely = network.chances([each.words for each in asked], [each.unsettled for each in asked]) if asked else _NOTHING
    ends = np.cumsum([len(question.unsettled) for question in questions])
    parts = np.split(likely, ends[:-1]) if questions else []
    undecided = [
        np.asarray(question.unsettled, np.int64)[part[:, 0] <= 1 - UNDECIDED].tolist()
        for question, part in zip(questions, parts, strict=True)
    ]
    unread = [at for at, open_ in enumerate(undecided) if open_ and questions[at].read is None]
    newly = dict(zip(unread, encoder.read([questions[at].words for at in unread], [undecided[at] for at in unread]), strict=True))  # fmt: skip
    for at, (question, part) in enumerate(zip(questions, parts, strict=True)):
        yield Answer.of(question, part, newly.get(at, question.read))


def judged(words: Words) -> list[int]:
    """Return the places of the words to be judged: those that could be identifiers and that no rule is sure of."""
    return [
        at
        for at, word in enumerate(words.written)
        if words.open[at]
        and (words.weak[at] or words.model[at] or could_be_marked(word))
        and not lexicon.is_foreign(word)
    ]


def _of_another_language(word: str) -> bool:
    """Whether a word belongs to no English sentence, not even within a name."""
    plain = lexicon.fold_word(word)
    return lexicon.is_foreign(word) and plain not in PARTICLES and plain not in NOT_FIRST


def _uncovered(words: Words, listed: Sequence[int], found: Sequence[Span]) -> Iterator[tuple[int, int, bool]]:
    """Yield the place of each listed word that no finding covers, and whether one covers the word before or after."""
    covered = bytearray(len(words.text))
    for span in found:
        covered[span.start : span.end] = b"\1" * (span.end - span.start)
    tokens = words.tokens
    for at in listed:
        if covered.find(0, *tokens[at].span()) >= 0:
            near = (other for other in (at - 1, at + 1) if 0 <= other < len(tokens))
            yield *tokens[at].span(), any(covered.find(0, *tokens[other].span()) < 0 for other in near)
