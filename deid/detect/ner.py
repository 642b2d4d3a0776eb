"""Named-entity recognition through presidio-analyzer: the only place that knows Presidio's analyzer."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
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


def open_stretches(text: str, found: Sequence[Span] | None) -> list[tuple[int, str]]:
    """Return the sentences with a capital that neither the rules nor known-safe words explain, with their offsets.

    Neighbouring sentences stay together, so that the model sees the words around a name. `found` None: the whole text.
    """
    if found is None:
        return list(chunks(text))
    covered = sorted((span.start, span.end) for span in found if span.score >= SURE)
    stretches: list[list[int]] = []
    for sentence in _SENTENCE.finditer(text):
        if _is_open(text, sentence.start(), sentence.end(), covered):
            if stretches and stretches[-1][1] == sentence.start():
                stretches[-1][1] = sentence.end()
            else:
                stretches.append([sentence.start(), sentence.end()])
    return [(start + offset, piece) for start, end in stretches for offset, piece in chunks(text[start:end])]


def _is_open(text: str, start: int, end: int, covered: Sequence[tuple[int, int]]) -> bool:
    for token in _CAPITAL.finditer(text, start, end):
        at = bisect_right(covered, (token.start(), len(text))) - 1
        if at >= 0 and covered[at][1] >= token.end():
            continue
        word = fold_word(token.group()).removesuffix("'s")
        chosen = token.start() > start and text[token.start() - 2 : token.start() - 1].islower()
        if (is_name(word) or chosen or not is_word(word)) and not clinical_shape(word):
            return True
    return False


def entities(texts: Sequence[str], found: Sequence[Sequence[Span] | None], model: str = MODEL) -> list[list[Span]]:
    """Return the entities of the stretches that are still open in each text, in one batch through the model."""
    engine = analyzer(model)
    spans: list[list[Span]] = [[] for _ in texts]
    pieces = [
        (number, offset, piece)
        for number, text in enumerate(texts)
        for offset, piece in open_stretches(text, found[number])
    ]
    batch = engine.nlp_engine.process_batch([piece for *_, piece in pieces], language="en", batch_size=64)
    for (number, offset, _), (piece, artifacts) in zip(pieces, batch, strict=True):
        for result in engine.analyze(piece, language="en", nlp_artifacts=artifacts, score_threshold=0.3):
            kind = _KIND.get(result.entity_type)
            if kind:
                spans[number].append(Span(offset + result.start, offset + result.end, kind, float(result.score), "ner"))
    return spans
