"""Keep codes of published vocabularies; whatever else stands in a code may be an institution's own, or a person's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.cells import Distinct, secret
from deid.contracts import Context
from deid.model import Role
from deid.pseudonyms import pseudonyms
from deid.registry import register

#: Code systems with a public list of codes, as FHIR names them (terminology.hl7.org, hl7.org/fhir/R4/terminologies).
PUBLISHED = (
    *("http://loinc.org", "http://snomed.info/sct*", "http://unitsofmeasure.org", "http://terminology.hl7.org/*"),
    *("http://hl7.org/fhir/*", "http://www.nlm.nih.gov/research/umls/*", "http://www.ama-assn.org/go/cpt"),
    *("http://fdasis.nlm.nih.gov", "http://cancerstaging.org", "http://www.genenames.org*", "http://varnomen.hgvs.org"),
    *("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "http://ncimeta.nci.nih.gov", "http://www.whocc.no/atc"),
    *("http://dicom.nema.org/resources/ontology/DCM", "http://nucc.org/provider-taxonomy", "http://www.ada.org/*"),
    *("http://www.ncbi.nlm.nih.gov/clinvar*", "http://www.ensembl.org", "http://human-phenotype-ontology.org"),
    *("http://www.sequenceontology.org*", "http://www.ebi.ac.uk/*", "https://www.cms.gov/*", "http://www.cms.gov/*"),
    *(
        "https://bluebutton.cms.gov/*",
        "http://www.nubc.org/*",
        "http://va.gov/terminology/*",
        "http://cts.nlm.nih.gov/*",
    ),
    *("urn:iso:std:iso:*", "urn:iso-astm:*", "urn:ietf:bcp:47", "urn:ietf:bcp:13", "urn:oid:2.16.840.1.113883.6.*"),
    *("urn:oid:2.16.840.1.113883.5.*", "urn:oid:2.16.840.1.113883.12.*", "urn:oid:1.0.3166.*"),
)


@register("transform", "published_code")
@dataclass(frozen=True)
class PublishedCode:
    """Keeps a code, or the words for it, where the code system of the same row is a published one.

    A code of any other system becomes a pseudonym, so that it still groups what is alike; words for it become missing.

    part    code or display: what the column holds
    system  column of the code system; found beside a path such as `Condition.code.coding.code` unless given
    also    further systems whose codes are public, as globs
    """

    part: Literal["code", "display"] = "code"
    system: str = ""
    also: tuple[str, ...] = ()

    per_value: ClassVar[bool] = False
    needs_subject: ClassVar[bool] = False
    needs_key: ClassVar[bool] = True
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "kept where the code system is a published one, else a pseudonym, or missing for words"
    example: ClassVar[Mapping[str, Any]] = {"system": "system"}

    def columns(self) -> tuple[str, ...]:
        """Need the column of the code system, where the table has one."""
        return (self.system,) if self.system else ()

    def problems(self) -> Iterator[str]:
        """Find a glob that would let every system pass."""
        if any(not pattern.strip("*? ") for pattern in self.also):
            yield "also names systems; a glob of everything would let every code pass"

    def at(self, column: str, columns: Collection[str]) -> PublishedCode:
        """Return the transform for a column of a table: with the system that stands beside it, if there is one."""
        beside = f"{column.rpartition('.')[0]}.system"
        return self if self.system or beside not in columns else replace(self, system=beside)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the codes or words."""
        cells = Distinct.of(column)
        systems = Distinct.of(context.others[self.system]) if self.system else None
        shown = np.zeros(len(column), np.bool_)
        if systems is not None:
            public = [text is not None and self._is_public(text) for text in systems.texts]
            shown = np.asarray(public, np.bool_)[systems.rows]
        names = iter(self._names([text for text in cells.texts if text is not None], context))
        hidden = cells.spread(cells.each(lambda text: next(names)), pa.string())
        return pc.if_else(pa.array(shown), cells.spread(cells.texts, pa.string()), hidden)

    def _names(self, texts: Sequence[str], context: Context) -> Sequence[str | None]:
        key = secret(context)
        return pseudonyms(key, context.field, texts) if self.part == "code" else [None] * len(texts)

    def _is_public(self, system: str) -> bool:
        return any(fnmatchcase(system, pattern) for pattern in (*PUBLISHED, *self.also))
