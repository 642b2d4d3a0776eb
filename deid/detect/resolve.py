"""Many overlapping findings become one list: sorted, without overlaps, the same for the same findings in any order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from deid.model import Span

#: What stands after a person's name and is no part of it, and no name of anybody.
_LETTERS_AFTER = re.compile(
    r"(?:,?\s(?:M\.?D|Ph\.?\s?D|R\.?N|RGN|RMN|SCPHN|APRN|DNP|[FM]RC[A-Z]\w*|MRPharmS|MBBS|MBChB|FACP|FACS|MFOM|MPH|LCSW)\.?)+$"
)


def resolve(spans: Iterable[Span]) -> list[Span]:
    """Return disjoint spans that cover all that was found; what overlaps becomes one span of the surest kind.

    Surest: highest score, then longest, then first, then kind and recogniser by name.
    """
    ordered = sorted(spans, key=lambda span: (span.start, -span.end, -span.score, span.kind, span.recogniser))
    clusters: list[list[Span]] = []
    reach = -1
    for span in ordered:
        if span.start < reach:
            clusters[-1].append(span)
        else:
            clusters.append([span])
        reach = max(reach, span.end)
    return [_merged(cluster) for cluster in clusters]


def _merged(cluster: list[Span]) -> Span:
    best = min(cluster, key=lambda span: (-span.score, span.start - span.end, span.start, span.kind, span.recogniser))
    start, end = cluster[0].start, max(span.end for span in cluster)
    return Span(start, end, best.kind, best.score, best.recogniser)


def trimmed(text: str, span: Span) -> Span | None:
    """Return the span without blanks, loose punctuation and degrees at its ends, or None when nothing else is left."""
    start, end = span.start, span.end
    degrees = _LETTERS_AFTER.search(text, start, end) if span.kind == "person_name" else None
    if degrees is not None and degrees.start() > start:
        end = degrees.start()
    while start < end and not text[start].isalnum() and text[start] not in "+(@#":
        start += 1
    while end > start and not text[end - 1].isalnum() and text[end - 1] not in ")":
        end -= 1
    if text[start:end].count("(") != text[start:end].count(")"):
        while start < end and text[start] == "(":
            start += 1
        while end > start and text[end - 1] == ")":
            end -= 1
    if end <= start:
        return None
    return span if (start, end) == (span.start, span.end) else Span(start, end, span.kind, span.score, span.recogniser)
