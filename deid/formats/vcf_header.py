"""The lines above the records of a VCF: what may stay of them, by an allow-list.

Programs write command lines, paths, host names, dates and names of BAM files there, none of which a reader of the
records needs. What is left: the version, the definitions of INFO, FORMAT, FILTER and ALT, the contigs with their
lengths, the phasing, and the name of a public reference assembly. Source: the VCF 4.1 to 4.5 specifications.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deid.errors import DataError, problem_kind

MALFORMED = problem_kind(
    "D350",
    "VCF is malformed",
    remedy="correct the line in the input; columns are separated by single tabs, and every record has all of them",
    meaning="A VCF with blanks for tabs or ragged records would put genotypes under the wrong sample.",
)
FIXED = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
#: Keys of structured lines that stay.
STRUCTURED: Mapping[str, tuple[str, ...]] = {
    "INFO": ("ID", "Number", "Type", "Description"),
    "FORMAT": ("ID", "Number", "Type", "Description"),
    "FILTER": ("ID", "Description"),
    "ALT": ("ID", "Description"),
    "contig": ("ID", "length", "assembly", "md5", "species"),
}
REDACTED = "--redacted--"
_VERSION = re.compile(r"##fileformat=VCFv4\.[0-9]")
_PAIR = re.compile(r'([A-Za-z0-9_.]+)=("(?:[^"\\]|\\.)*"|[^,"]*)(?:,|$)')
_ASSEMBLY = re.compile(
    r"(?:ucsc[._])?(?:grch\d{2}|hg\d{2}|hs37d5|hs38|b3[67]|ncbi3[67]|human_g1k_v37|chm13|t2t|grcm\d{2}|mm\d{1,2})[\w.-]*",
    re.IGNORECASE,
)
#: What a description may not hold: addresses, paths, names of files, dates.
_TELLING = re.compile(
    r"\w+://[^\s\"]+|[\w.+-]+@[\w-]+\.[\w.]+|(?:^|(?<=[\s=(\[,:'\"]))(?:~|\.{1,2})?/[^\s/,;\"]+/[^\s,;\"]*"
    r"|[A-Za-z]:\\[^\s\"]+|\\\\[^\s\"]+"
    r"|\b[\w.-]+\.(?:bam|sam|cram|bai|vcf|bcf|g?vcf\.gz|fa|fasta|fastq|fq|bed|list|txt|tsv|csv|gz|jar|py|sh|R)\b"
    r"|\b(?:19|20)\d{2}[-/.]?(?:0[1-9]|1[0-2])[-/.]?(?:0[1-9]|[12]\d|3[01])\b"
)


@dataclass(frozen=True)
class VcfHead:
    """What stands above the records: the lines that stay, the column names, the first line of records, lines gone."""

    lines: tuple[str, ...]
    columns: tuple[str, ...]
    first: int
    gone: int


def read_head(lines: Iterator[tuple[int, bytes]], place: str) -> VcfHead:
    """Read the head from numbered lines. Raises DataError with the number of the line that is not as it must be."""
    kept: list[str] = []
    gone = 0
    for number, raw in lines:
        text = _decoded(raw, place, number)
        if number == 1 and not _VERSION.fullmatch(text):
            raise DataError(MALFORMED.at("the first line does not say ##fileformat=VCFv4.x", f"{place}:1"))
        if text.startswith("##"):
            line = released_line(text, f"{place}:{number}")
            kept += [line] if line else []
            gone += not line
            continue
        return VcfHead(tuple(kept), _columns(text, f"{place}:{number}"), number + 1, gone)
    raise DataError(MALFORMED.at("the line of column names (#CHROM) is missing", place))


def released_line(text: str, place: str) -> str:
    """Return a line of the head as it may stay, or '' where it may not. Raises DataError for a broken definition."""
    key, _, value = text[2:].partition("=")
    if key == "fileformat":
        return text
    if key == "phasing" and re.fullmatch(r"[A-Za-z]{1,20}", value):
        return text
    if key == "reference":
        name = re.split(r"[/\\]", value.strip('"'))[-1]
        return f"##reference={name}" if _ASSEMBLY.fullmatch(name) else ""
    if key in STRUCTURED:
        return _structured(key, value, place)
    return ""


def _structured(key: str, value: str, place: str) -> str:
    inside = value[1:-1] if value.startswith("<") and value.endswith(">") else ""
    pairs, at = [], 0
    for match in _PAIR.finditer(inside):
        if match.start() != at:
            break
        pairs.append((match[1], match[2]))
        at = match.end()
    if not inside or at != len(inside) or not any(name == "ID" for name, _ in pairs):
        raise DataError(MALFORMED.at(f"the definition of {key} cannot be read", place))
    shown = [f"{name}={_TELLING.sub(REDACTED, text)}" for name, text in pairs if name in STRUCTURED[key]]
    return f"##{key}=<{','.join(shown)}>"


def _columns(text: str, place: str) -> tuple[str, ...]:
    names = tuple(text.removeprefix("#").split("\t"))
    if not text.startswith("#CHROM"):
        raise DataError(MALFORMED.at("a line is neither a header line nor the line of column names", place))
    if names[: len(FIXED)] != FIXED or (len(names) > len(FIXED) and names[len(FIXED)] != "FORMAT"):
        cause = f"{len(FIXED)} column names are expected between tabs, then FORMAT and the samples"
        raise DataError(MALFORMED.at(cause, place))
    if any(name != name.strip() or not name for name in names):
        raise DataError(MALFORMED.at("a sample name is empty or begins or ends with a blank", place))
    return names


def _decoded(raw: bytes, place: str, number: int) -> str:
    try:
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise DataError(MALFORMED.at("a header line is not text in UTF-8", f"{place}:{number}"))
    return text
