"""Texts in which identifiers stand between « and »."""

import re


def parse(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text without marks and the stretches that were marked."""
    text, spans, start = "", [], 0
    for part in re.split("([«»])", marked):
        if part == "«":
            start = len(text)
        elif part == "»":
            spans.append((start, len(text)))
        else:
            text += part
    return text, spans


def uncovered(text: str, wanted: list[tuple[int, int]], found: list[tuple[int, int]]) -> list[str]:
    """Return the wanted stretches of which a letter or digit is not covered."""
    covered = {place for start, end in found for place in range(start, end)}
    return [text[a:b] for a, b in wanted if any(text[i].isalnum() and i not in covered for i in range(a, b))]
