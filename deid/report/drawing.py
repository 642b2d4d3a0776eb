"""The parts of which figures are drawn as inline SVG: text, bars, axes, paths.

Colours and type come from the page's style sheet by class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

WIDTH = 440
LABEL = 126
ROW = 26


def svg(name: str, title: str, description: str, height: float, body: Sequence[str], width: float = WIDTH) -> Markup:
    """Return a figure with its accessible name and description."""
    return Markup(  # noqa: S704 - every part below is escaped or a number
        f'<svg class="fig" viewBox="0 0 {apart(width)} {apart(height)}" role="img" aria-labelledby="{escape(name)}-t '
        f'{escape(name)}-d"><title id="{escape(name)}-t">{escape(title)}</title>'
        f'<desc id="{escape(name)}-d">{escape(description)}</desc>{"".join(body)}</svg>'
    )


def apart(number: float) -> str:
    """Return a coordinate with an exponent, so that two beside each other never read as a record number."""
    return f"{number:.0f}e0"


def text(x: float, y: float, words: object, css: str = "", anchor: str = "start") -> str:
    """Return words, whose left end, middle or right end stands at x."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}">{escape(words)}</text>'


def rect(x: float, y: float, width: float, height: float, css: str) -> str:
    """Return a filled bar."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" rx="2" class="{css}"/>'


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    """Return a straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def bar(y: float, label: str, cell: Mapping[str, Any], css: str, full: float = 1.0) -> list[str]:
    """Return one row of a bar chart: label, bar of the share that the figure is of `full`, and the figure."""
    room = WIDTH - LABEL - 84
    value = cell["value"]
    length = room * value / full if value else 0
    end = LABEL + 8 + length
    parts = [text(LABEL, y + 16, short(label, 17), "", "end"), line(LABEL + 4, y, LABEL + 4, y + ROW, "axis")]
    if value is None:
        return [*parts, text(LABEL + 12, y + 16, cell["text"], "muted")]
    return [*parts, rect(LABEL + 5, y + 4, length, ROW - 9, css), text(end + 4, y + 16, cell["text"], "num")]


def short(text: str, limit: int) -> str:
    """Return words cut to so many characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


LEFT, TOP, HEIGHT = 50, 26, 180


def frame(ticks: Sequence[tuple[float, str]], x_title: str) -> list[str]:
    """Return the axes of a plot: shares from 0 to 100 % upwards, the given ticks (position 0 to 1) along."""
    right, bottom = WIDTH - 12, TOP + HEIGHT
    body = [line(LEFT, bottom, right, bottom, "axis")]
    for x, label in ticks:
        at = LEFT + x * (right - LEFT)
        anchor = "end" if x > 0.97 else "middle"
        body += [
            line(at, bottom, at, bottom + 4, "axis"),
            text(at + 6 * (x > 0.97), bottom + 17, label, "num", anchor),
        ]
    return [*body, text((LEFT + right) / 2, bottom + 36, x_title, "muted", "middle")]


def y_ticks(ticks: Sequence[tuple[float, str]]) -> list[str]:
    """Return grid lines with their labels; y goes from 0 (bottom) to 1."""
    body = []
    for y, label in ticks:
        at = TOP + (1 - y) * HEIGHT
        body += [line(LEFT, at, WIDTH - 12, at, "grid"), text(LEFT - 6, at + 4, label, "num", "end")]
    return body


def path(points: Sequence[tuple[float, float]], css: str) -> list[str]:
    """Return a line through points with a mark on each: squares and dashes before, dots after."""
    spots = [(LEFT + x * (WIDTH - 12 - LEFT), TOP + (1 - y) * HEIGHT) for x, y in points]
    if not spots:
        return []
    drawn = " ".join(f"{apart(x)},{apart(y)}" for x, y in spots)
    marks = [
        rect(x - 3.5, y - 3.5, 7, 7, css)
        if css == "before"
        else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="after"/>'
        for x, y in spots
    ]
    return [f'<polyline points="{drawn}" class="line-{css}"/>', *marks]


def spot(x: float, y: float, radius: float, css: str) -> str:
    """Return a dot."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" class="{css}"/>'
