"""Figures as inline SVG: no script, readable in light and dark, each with a title and a description.

Every figure is drawn from figures that a table beside it holds, and has a twin there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from deid.report.disclosure import percent
from deid.report.drawing import (
    HEIGHT,
    LEFT,
    ROW,
    TOP,
    WIDTH,
    bar,
    frame,
    line,
    path,
    rect,
    short,
    spot,
    svg,
    text,
    y_ticks,
)

_MOST_BARS = 30


def bin_label(item: Mapping[str, Any]) -> str:
    """Return a bin of group sizes in words, such as `5 to 10` or `20 and more`."""
    if item["to"] is None:
        return f"{item['from']} and more" if item["from"] > 1 else "any size"
    return str(item["from"]) if item["from"] == item["to"] else f"{item['from']} to {item['to']}"


def class_sizes(sides: Mapping[str, Sequence[Mapping[str, Any]]]) -> Markup:
    """Draw the share of people by size of their group, before and after, one bar a bin."""
    body: list[str] = []
    y = 0.0
    said = []
    for side in ("before", "after"):
        bins = sides[side]
        if not bins:
            continue
        body.append(text(0, y + 15, side.capitalize(), "strong"))
        y += ROW
        for item in bins:
            body += bar(y, bin_label(item), item["share"], side)
            y += ROW
        y += 8
        said.append(f"{side}: " + ", ".join(f"{bin_label(item)}: {item['share']['text']}" for item in bins))
    return svg("fig-sizes", "Share of people by the size of their group", "; ".join(said), y, body)


def loss_bars(variables: Sequence[Mapping[str, Any]]) -> Markup:
    """Draw the information lost by quasi-identifier, the largest first."""
    rows = [item for item in variables if item["loss"] is not None]
    rows = sorted(rows, key=lambda item: (-(item["loss"]["value"] or 0.0), item["name"]))[:_MOST_BARS]
    body: list[str] = []
    for i, item in enumerate(rows):
        body += bar(i * ROW, item["name"], item["loss"], "after")
    said = ", ".join(f"{short(item['name'], 40)} {item['loss']['text']}" for item in rows[:12])
    return svg("fig-loss", "Information lost by quasi-identifier", said, len(rows) * ROW + 4, body)


def risk_curve(curve: Mapping[str, Sequence[Mapping[str, Any]]], threshold: float) -> Markup:
    """Draw the share of people whose risk is at least so high, before and after, with the threshold."""
    largest = max((point["group_up_to"] for side in curve.values() for point in side), default=20)
    span = math.log10(max(largest, 20))

    def along(size: float) -> float:
        return math.log10(max(size, 1)) / span

    ticks = [(along(size), label) for size, label in _risk_ticks(largest)]
    quarter = [(share / 4, f"{25 * share} %") for share in range(5)]
    body = y_ticks(quarter) + frame(ticks, "risk of one person, from certain to small")
    if 0 < threshold <= 1:
        at = LEFT + min(along(1 / threshold), 1) * (WIDTH - 12 - LEFT)
        body.append(line(at, TOP - 6, at, TOP + HEIGHT, "limit"))
        body.append(text(at, TOP - 11, f"threshold {threshold:.3g}", "strong", "middle" if at < WIDTH - 90 else "end"))
    said = []
    for side in ("before", "after"):
        points = [(along(point["group_up_to"]), point["share"]["value"]) for point in curve[side]]
        body += path(points, side)
        said.append(
            f"{side}: "
            + ", ".join(f"{p['share']['text']} at 1 in {p['group_up_to']:g} or more" for p in curve[side][:8])
        )
    return svg("fig-curve", "People by their risk, before and after", "; ".join(said), TOP + HEIGHT + 44, body)


def _risk_ticks(largest: float) -> list[tuple[int, str]]:
    return [(size, "1" if size == 1 else f"1/{size:,}") for size in (1, 5, 20, 100, 1000) if size <= largest]


def frontier(alternatives: Sequence[Mapping[str, Any]]) -> Markup:
    """Draw information lost against the highest risk for every recoding that the search kept, the chosen one marked."""
    points = [
        (item["loss"]["value"], item["highest_risk"]["value"], item["chosen"])
        for item in alternatives
        if item["loss"]["value"] is not None and item["highest_risk"]["value"] is not None
    ]
    top = _round_up(max((risk for _, risk, _ in points), default=0.0))
    width = _round_up(max((loss for loss, _, _ in points), default=0.0))
    ticks = [(i / 4, percent(width * i / 4)) for i in range(5)]
    body = y_ticks([(i / 4, f"{top * i / 4:.3g}") for i in range(5)]) + frame(ticks, "information lost")
    body.append(text(0, TOP - 11, "highest risk", "muted"))
    for loss, risk, chosen in sorted(points, key=lambda point: point[2]):
        x, y = LEFT + loss / width * (WIDTH - 12 - LEFT), TOP + (1 - risk / top) * HEIGHT
        if chosen:
            body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" class="ring"/>', spot(x, y, 4.5, "after")]
            body.append(text(x, y - 13, "chosen", "strong", "middle" if LEFT + 30 < x < WIDTH - 40 else "end"))
        else:
            body.append(spot(x, y, 4, "other"))
    said = f"{len(points)} recodings; the chosen one is marked. The table below holds the figures."
    return svg("fig-frontier", "Information lost against highest risk", said, TOP + HEIGHT + 44, body)


def _round_up(largest: float) -> float:
    """Return the end of an axis: 1, 2, 4, 6 or 8 times a power of ten, with room above the largest figure."""
    if largest <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(largest))
    return min((size * step for step in (1, 2, 4, 6, 8, 10, 20) if size * step >= largest * 1.04), default=largest)


def contribution(rows: Sequence[Mapping[str, Any]]) -> Markup:
    """Draw the average risk without each variable, the one that gives most away first."""
    shown = [
        (row["variable"], row["average_risk_without"], i == len(rows) - 1) for i, row in enumerate(rows[-_MOST_BARS:])
    ]
    full = max((cell["value"] or 0.0 for _, cell, _ in shown), default=0.0) or 1.0
    body: list[str] = []
    for i, (label, cell, whole) in enumerate(shown):
        figure = {**cell, "text": cell["text"].split(",")[0]}
        body += bar(i * ROW, label, figure, "before" if whole else "after", full)
    said = ", ".join(f"without {label}: {cell['text']}" for label, cell, _ in shown[:12])
    return svg("fig-contribution", "Average risk without one variable", said, len(shown) * ROW + 4, body)


def known_points(groups: Sequence[Mapping[str, Any]]) -> list[tuple[int, float | None, float | None]]:
    """Return number of variables known, highest risk before and after, where there is a figure."""
    points = []
    for group in groups:
        for row in group["measures"]:
            if row["id"].startswith("known.rb.m"):
                points.append((int(row["id"][10:]), row["before"]["value"], row["after"]["value"]))
    return sorted(point for point in points if point[1] is not None or point[2] is not None)


def known_curve(points: Sequence[tuple[int, float | None, float | None]]) -> Markup:
    """Draw the highest risk against the number of variables that the attacker knows."""
    return _growth(
        "fig-known", "Highest risk by number of variables known", "variables that the attacker knows", points
    )


def event_points(points: Sequence[Mapping[str, Any]]) -> list[tuple[int, float | None, float | None]]:
    """Return number of events known, highest risk before and after, where there is a figure."""
    found = [
        (point["known_events"], point["highest_risk"]["before"]["value"], point["highest_risk"]["after"]["value"])
        for point in points
    ]
    return [point for point in found if point[1] is not None or point[2] is not None]


def event_curve(points: Sequence[Mapping[str, Any]]) -> Markup:
    """Draw the highest risk against the number of events that the attacker knows."""
    return _growth("fig-events", "Highest risk by number of events known", "events known", event_points(points))


def _growth(name: str, title: str, along: str, points: Sequence[tuple[int, float | None, float | None]]) -> Markup:
    most = max(number for number, _, _ in points)
    span = max(most - 1, 1)
    ticks = [((number - 1) / span, str(number)) for number, _, _ in points]
    body = y_ticks([(i / 4, f"{i / 4:g}") for i in range(5)]) + frame(ticks, along)
    body.append(text(0, TOP - 11, "highest risk of one person", "muted"))
    said = []
    for place, side in ((1, "before"), (2, "after")):
        own = [((point[0] - 1) / span, float(point[place] or 0)) for point in points if point[place] is not None]
        body += path(own, side)
        said.append(f"{side}: " + ", ".join(f"{p[place]} with {p[0]}" for p in points if p[place] is not None))
    return svg(name, title, "; ".join(said), TOP + HEIGHT + 44, body)


def survival_curve(group: Mapping[str, Any], time: str, number: int) -> Markup:
    """Draw the share without the event over round times, before and after."""
    longest = max((point["time"] for side in ("before", "after") for point in group[side]), default=1.0) or 1.0
    times = sorted({point["time"] for side in ("before", "after") for point in group[side]})
    ticks = [(when / longest, f"{when:g}") for when in times[:: max(len(times) // 5, 1)]]
    body = y_ticks([(i / 4, f"{25 * i} %") for i in range(5)]) + frame(ticks, short(time, 40))
    said = []
    for side in ("before", "after"):
        points = [(point["time"] / longest, point["share"]["value"]) for point in group[side]]
        body += path(points, side)
        said.append(f"{side}: " + ", ".join(f"{p['share']['text']} at {p['time']:g}" for p in group[side]))
    title = f"Share without the event: {group['group']}"
    return svg(f"fig-survival-{number}", title, "; ".join(said), TOP + HEIGHT + 44, body)


def gauge(gate: Mapping[str, Any], number: int) -> Markup:
    """Draw where a figure stands against its threshold; nothing where there is no figure."""
    value, limit = gate["value"], gate["threshold"]
    value = gate["upper_bound"] if gate["upper_bound"] is not None else value
    if value is None:
        return Markup("")
    full = max(2 * limit, 1.15 * value, 1e-9)
    width = 120.0
    mark, at = width * limit / full, width * max(value, 0) / full
    fine = (0.0, mark) if gate["op"].startswith("<") else (mark, width)
    body = [
        rect(0, 5, width, 8, "track"),
        rect(fine[0], 5, fine[1] - fine[0], 8, "fine"),
        line(mark, 0, mark, 18, "limit"),
        f'<circle cx="{min(max(at, 6), width - 6):.1f}" cy="9" r="6" class="mark-{gate["outcome"]}"/>',
    ]
    said = f"{gate['text']}, must be {gate['condition']}"
    return svg(f"gauge-{number}", gate["title"], said, 18, body, width)
