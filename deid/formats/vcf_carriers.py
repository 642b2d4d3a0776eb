"""Who carries the alleles of a record: records of too few carriers, and what is left when samples are taken out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from deid.errors import DataError, problem_kind
from deid.formats.vcf_header import FIXED

UNCOUNTED = problem_kind(
    "D351",
    "carriers of a variant cannot be counted",
    remedy="give the genotypes (GT) or the allele counts (AC), or leave `carriers` of the format out",
    meaning="A site that one person alone carries can tell that this person is among the data; without genotypes and "
    "counts it is not known which sites these are.",
)
#: Keys of INFO that describe the site and not the samples (VCF 4.5, and the usual annotations by position).
OF_THE_SITE = frozenset(
    "1000G AA ANN CIEND CIGAR CIPOS CSQ DB EFF END H2 H3 IMPRECISE LOF NMD RS SVLEN SVTYPE VALIDATED".split()  # noqa: SIM905
)
COUNTED = ("AC", "AN", "AF", "NS")
Ints = npt.NDArray[np.int64]
_FIRST = len(FIXED) + 1  # the column of the first sample


@dataclass(frozen=True)
class Carriers:
    """Alleles of each record over some samples: how often each was called, in how many samples, samples with a call."""

    alleles: Ints
    holders: Ints
    called: Ints

    @classmethod
    def of(cls, batch: pa.RecordBatch, names: Sequence[str], most: int) -> Carriers:
        """Count the genotypes of samples; `most` is the highest number of an allele."""
        alleles = np.zeros((batch.num_rows, most + 1), np.int64)
        holders, called = alleles.copy(), np.zeros(batch.num_rows, np.int64)
        for name in names:
            text = pc.list_element(pc.split_pattern(batch.column(name), ":", max_splits=1), 0).dictionary_encode()
            held = np.array([_alleles(genotype, most) for genotype in text.dictionary.to_pylist()], np.int64)
            own = held.reshape(-1, most + 1)[np.asarray(text.indices)]
            alleles += own
            holders += own > 0
            called += own.sum(axis=1) > 0
        return cls(alleles, holders, called)


def revised(batch: pa.RecordBatch, gone: frozenset[str], least: int, *, excluding: bool, place: str) -> pa.RecordBatch:
    """Return records without the samples that are `gone`, without those that fewer than `least` samples carry.

    Records with an allele that only samples which are gone carried go too, and where the policy excludes anybody
    (`excluding`), QUAL and what INFO holds about all samples: AC, AN, AF and NS are counted anew.
    """
    samples = batch.schema.names[_FIRST:]
    stay = [name for name in samples if name not in gone]
    alts = [0 if alt == "." else alt.count(",") + 1 for alt in batch.column("ALT").to_pylist()]
    counts = Carriers.of(batch, stay, max(alts, default=0)) if samples else None
    keep = np.ones(batch.num_rows, np.bool_)
    if counts is not None:
        known = np.asarray(pc.match_substring_regex(batch.column("FORMAT"), r"^GT(:|$)"))
        holders = counts.holders[:, 1:]
        theirs = Carriers.of(batch, sorted(gone & set(samples)), max(alts, default=0)).holders[:, 1:]
        keep &= known & ~((theirs > 0) & (holders == 0)).any(axis=1) & ~((holders > 0) & (holders < least)).any(axis=1)
    elif least:
        keep &= _by_count(batch, alts, least, place)
    if excluding:
        batch = _counted_anew(batch, counts, alts)
    names = [name for name in batch.schema.names if name not in gone and (stay or name != "FORMAT")]
    return batch.select(names).filter(pa.array(keep))


def _alleles(genotype: str | None, most: int) -> list[int]:
    """Return how often a genotype such as `0/1` holds each allele."""
    held = [0] * (most + 1)
    for part in re.split(r"[/|]", genotype or ""):
        if part.isdigit() and int(part) <= most:
            held[int(part)] += 1
    return held


def _by_count(batch: pa.RecordBatch, alts: Sequence[int], least: int, place: str) -> npt.NDArray[np.bool_]:
    """Judge sites without samples by AC: of n alleles, half as many people carry one at least."""
    found = [_values(info).get("AC", "").split(",") for info in batch.column("INFO").to_pylist()]
    if any(len(own) != number or not all(map(str.isdigit, own)) for own, number in zip(found, alts, strict=True)):
        raise DataError(UNCOUNTED.at("a record has neither genotypes nor AC", place))
    return np.array([all(int(n) == 0 or int(n) >= 2 * least - 1 for n in own) for own in found], np.bool_)


def _values(info: str) -> dict[str, str]:
    return {key: value for key, _, value in (part.partition("=") for part in info.split(";"))}


def _counted_anew(batch: pa.RecordBatch, counts: Carriers | None, alts: Sequence[int]) -> pa.RecordBatch:
    """Leave of INFO what describes the site, count the rest anew where there are samples, empty QUAL."""
    shown = []
    for row, info in enumerate(batch.column("INFO").to_pylist()):
        new = _new_counts(counts, row, alts[row]) if counts is not None else {}
        parts = [(key, part) for part in info.split(";") for key in (part.partition("=")[0],)]
        kept = [f"{key}={new[key]}" if key in new else part for key, part in parts if key in new or key in OF_THE_SITE]
        shown.append(";".join(kept) or ".")
    columns: dict[str, Any] = dict(zip(batch.schema.names, batch.columns, strict=True))
    columns |= {"INFO": pa.array(shown, pa.string()), "QUAL": pa.array(["."] * batch.num_rows, pa.string())}
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=batch.schema)


def _new_counts(counts: Carriers, row: int, alts: int) -> dict[str, str]:
    own = counts.alleles[row]
    total = int(own.sum())
    held = [int(n) for n in own[1 : alts + 1]]
    shares = [f"{n / total:.6g}" if total else "." for n in held]
    new = (",".join(map(str, held)) or ".", str(total), ",".join(shares) or ".", str(int(counts.called[row])))
    return dict(zip(COUNTED, new, strict=True))
