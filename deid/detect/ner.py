"""Named-entity recognition through presidio-analyzer: the only place that knows Presidio's analyzer."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from deid.detect.lexicon import MODEL, fold_word, is_name, is_word
from deid.detect.plausible import clinical_shape
from deid.model import Span

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

CHUNK = 4_000
#: From this score on a finding of the rules stands by itself.
SURE = 0.7
_ENTITIES: Mapping[str, str] = {
    "PERSON": "PERSON", "PER": "PERSON", "GPE": "GPE", "LOC": "PLACE", "FAC": "PLACE", "ORG": "ORGANIZATION",
    "NORP": "GROUP",
    "PATIENT": "PERSON", "STAFF": "PERSON", "HCW": "PERSON", "HOSP": "ORGANIZATION", "HOSPITAL": "ORGANIZATION",
    "LOCATION": "GPE",
}  # fmt: skip
_KIND: Mapping[str, str] = {
    "PERSON": "person_name", "GPE": "city", "PLACE": "site", "ORGANIZATION": "organisation", "GROUP": "ethnicity",
    "CREDIT_CARD": "account_number", "IBAN_CODE": "account_number", "CRYPTO": "account_number",
}  # fmt: skip
_IGNORED = [
    "CARDINAL",
    "ORDINAL",
    "DATE",
    "TIME",
    "MONEY",
    "PERCENT",
    "QUANTITY",
    "EVENT",
    "LAW",
    "LANGUAGE",
    "PRODUCT",
    "WORK_OF_ART",
]


@cache
def analyzer(model: str = MODEL) -> AnalyzerEngine:
    """Return Presidio's analyzer for a spaCy model, with its recognisers of checksummed numbers; nothing reaches out.

    Only the components that named entities need are loaded. Its e-mail and URL recognisers are left out: one looks
    up public suffixes over the network, the other needs milliseconds a character on dotted leaders.
    """
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
    from presidio_analyzer.predefined_recognizers import (
        CreditCardRecognizer,
        CryptoRecognizer,
        IbanRecognizer,
        SpacyRecognizer,
    )

    class EntitiesOnly(SpacyNlpEngine):  # type: ignore[misc]
        """spaCy with the entity recogniser alone."""

        def load(self) -> None:
            unused = ["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
            self.nlp = {"en": spacy.load(model, exclude=[*unused, *(["tok2vec"] if model == MODEL else [])])}

    class NoContext(ContextAwareEnhancer):  # type: ignore[misc]
        """Scores stay as the recognisers give them: context is our own recognisers' business."""

        def __init__(self) -> None:
            super().__init__(
                context_similarity_factor=0.0,
                min_score_with_context_similarity=0.0,
                context_prefix_count=0,
                context_suffix_count=0,
            )

        def enhance_using_context(self, text: str, raw_results: Any, *_args: Any, **_options: Any) -> Any:
            return raw_results

    settings = NerModelConfiguration(
        labels_to_ignore=_IGNORED,
        model_to_presidio_entity_mapping=dict(_ENTITIES),
        low_score_entity_names=[],
        default_score=0.85,
    )
    engine = EntitiesOnly(models=[{"lang_code": "en", "model_name": model}], ner_model_configuration=settings)
    engine.load()
    entities = ["PERSON", "GPE", "PLACE", "ORGANIZATION", "GROUP"]
    registry = RecognizerRegistry(
        recognizers=[
            SpacyRecognizer(supported_entities=entities),
            CreditCardRecognizer(),
            IbanRecognizer(),
            CryptoRecognizer(),
        ]
    )
    return AnalyzerEngine(
        registry=registry, nlp_engine=engine, supported_languages=["en"], context_aware_enhancer=NoContext()
    )


def chunks(text: str) -> Iterator[tuple[int, str]]:
    """Yield the stretches of a text that hold letters, none longer than about 4,000 characters, with their offsets."""
    at = 0
    while at < len(text):
        end = min(len(text), at + CHUNK)
        if end < len(text):
            cut = max(text.rfind("\n", at + CHUNK // 2, end), text.rfind(". ", at + CHUNK // 2, end))
            cut = cut if cut > 0 else text.rfind(" ", at + CHUNK // 2, end)
            end = cut + 1 if cut > 0 else end
        piece = text[at:end]
        if _WORDS.search(piece):
            yield at, piece
        at = end


_WORDS = re.compile(r"[^\W\d_]{2}")


_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?![ \n]+[A-Z0-9(]))+[.!?]?[ \n]*|[.!?\n ]+")
_CAPITAL = re.compile(r"(?<![\w'’-])[A-Z][\w'’]+")


@dataclass(frozen=True)
class Asked:
    """What of a text the model is to read: the sentences in which neither findings nor known words explain a word.

    `doubtful` are the places of the words that the tagger does not rule out, and whether each stands beside a finding;
    None where no tagger was asked: then a capital that no sure finding covers is enough.
    """

    text: str = field(repr=False)
    found: Sequence[Span] = field(repr=False)
    doubtful: Sequence[tuple[int, int, bool]] | None = None
    whole: bool = False

    def stretches(self) -> list[tuple[int, str]]:
        """Return the open sentences with their offsets; neighbours stay together, so that names keep their context."""
        if self.whole:
            return list(chunks(self.text))
        stretches: list[list[int]] = []
        words, at = self._words(), 0
        for sentence in _SENTENCE.finditer(self.text) if words else ():
            first = at
            while at < len(words) and words[at][0] < sentence.end():
                at += 1
            if any(beside or self._unexplained(start, end, sentence.start()) for start, end, beside in words[first:at]):
                if stretches and stretches[-1][1] == sentence.start():
                    stretches[-1][1] = sentence.end()
                else:
                    stretches.append([*sentence.span()])
        return [(start + offset, piece) for start, end in stretches for offset, piece in chunks(self.text[start:end])]

    def _words(self) -> list[tuple[int, int, bool]]:
        """Return the doubtful or else the capitalised words that no sure finding covers."""
        covered = sorted((span.start, span.end) for span in self.found if span.score >= SURE)
        doubtful = self.doubtful
        if doubtful is None:
            doubtful = [(*token.span(), False) for token in _CAPITAL.finditer(self.text)]
        last = [bisect_right(covered, (start, len(self.text))) - 1 for start, *_ in doubtful]
        return [word for word, at in zip(doubtful, last, strict=True) if at < 0 or covered[at][1] < word[1]]

    def _unexplained(self, start: int, end: int, sentence: int) -> bool:
        """Whether a capitalised word is none that everybody knows, or whose capital was chosen, and not clinical."""
        if not self.text[start].isupper():
            return False
        word = fold_word(self.text[start:end]).removesuffix("'s")
        chosen = start > sentence and self.text[start - 2 : start - 1].islower()
        return (is_name(word) or chosen or not is_word(word)) and not clinical_shape(word)


def entities(asked: Sequence[Asked], model: str = MODEL) -> list[list[Span]]:
    """Return the entities of the stretches that are still open in each text, in one batch through the model."""
    engine = analyzer(model)
    spans: list[list[Span]] = [[] for _ in asked]
    pieces = [(number, offset, piece) for number, own in enumerate(asked) for offset, piece in own.stretches()]
    with engine.nlp_engine.nlp["en"].memory_zone():  # else every new word stays in the model's vocabulary
        batch = engine.nlp_engine.process_batch([piece for *_, piece in pieces], language="en", batch_size=64)
        for (number, offset, _), (piece, artifacts) in zip(pieces, batch, strict=True):
            for result in engine.analyze(piece, language="en", nlp_artifacts=artifacts, score_threshold=0.3):
                kind, start, end = _KIND.get(result.entity_type), offset + result.start, offset + result.end
                if kind:
                    spans[number].append(Span(start, end, kind, float(result.score), "ner"))
    return spans
