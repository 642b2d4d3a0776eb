"""Named-entity recognition through presidio-analyzer: the only place that knows Presidio's analyzer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from deid.detect.lexicon import MODEL
from deid.model import Span

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

CHUNK = 4_000
_ENTITIES: Mapping[str, str] = {
    "PERSON": "PERSON", "PER": "PERSON", "GPE": "GPE", "LOC": "PLACE", "FAC": "PLACE", "ORG": "ORGANIZATION", "NORP": "GROUP",
    "PATIENT": "PERSON", "STAFF": "PERSON", "HCW": "PERSON", "HOSP": "ORGANIZATION", "HOSPITAL": "ORGANIZATION", "LOCATION": "GPE",
}  # fmt: skip
_KIND: Mapping[str, str] = {
    "PERSON": "person_name", "GPE": "city", "PLACE": "site", "ORGANIZATION": "organisation", "GROUP": "ethnicity",
    "CREDIT_CARD": "account_number", "IBAN_CODE": "account_number", "CRYPTO": "account_number",
}  # fmt: skip
_IGNORED = ["CARDINAL", "ORDINAL", "DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "EVENT", "LAW", "LANGUAGE", "PRODUCT", "WORK_OF_ART"]


@cache
def analyzer(model: str = MODEL) -> AnalyzerEngine:
    """Return Presidio's analyzer for a spaCy model, with the checksummed number recognisers and nothing that reaches out.

    Only the components that named entities need are loaded. Presidio's e-mail and URL recognisers are left out: one looks
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
                context_similarity_factor=0.0, min_score_with_context_similarity=0.0, context_prefix_count=0, context_suffix_count=0
            )

        def enhance_using_context(self, text: str, raw_results: Any, *_args: Any, **_options: Any) -> Any:
            return raw_results

    settings = NerModelConfiguration(
        labels_to_ignore=_IGNORED, model_to_presidio_entity_mapping=dict(_ENTITIES), low_score_entity_names=[], default_score=0.85
    )
    engine = EntitiesOnly(models=[{"lang_code": "en", "model_name": model}], ner_model_configuration=settings)
    engine.load()
    entities = ["PERSON", "GPE", "PLACE", "ORGANIZATION", "GROUP"]
    registry = RecognizerRegistry(
        recognizers=[SpacyRecognizer(supported_entities=entities), CreditCardRecognizer(), IbanRecognizer(), CryptoRecognizer()]
    )
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"], context_aware_enhancer=NoContext())


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


def entities(texts: Sequence[str], model: str = MODEL) -> list[list[Span]]:
    """Return the entities of each text, in one batch through the model."""
    engine = analyzer(model)
    spans: list[list[Span]] = [[] for _ in texts]
    pieces = [(number, offset, piece) for number, text in enumerate(texts) for offset, piece in chunks(text)]
    batch = engine.nlp_engine.process_batch([piece for *_, piece in pieces], language="en", batch_size=64)
    for (number, offset, _), (piece, artifacts) in zip(pieces, batch, strict=True):
        for result in engine.analyze(piece, language="en", nlp_artifacts=artifacts, score_threshold=0.3):
            kind = _KIND.get(result.entity_type)
            if kind:
                spans[number].append(Span(offset + result.start, offset + result.end, kind, float(result.score), "ner"))
    return spans
