"""Attacks in the report: the control group is told, and tells nothing that the other two figures do not."""

from __future__ import annotations

from invented import RUN, explain
from invented_classes import people_of, release_of

from deid.report import build_document, render_html, render_markdown


def test_the_control_group_follows_from_rate_and_excess_as_they_are_shown() -> None:
    inputs = release_of(people_of([12, 14, 25, 40, 60, 3, 33, 50], 6, 3), 11, attacks=200)
    tried = build_document(inputs, run=RUN, explain=explain)["attacks"]["tried"]
    assert tried
    for entry in tried:
        rate, excess, control = entry["after"]["rate"], entry["excess"], entry["control"]
        assert control["who"]
        if control["rate"]["value"] is None:
            assert control["rate"]["hidden"] == "derivable"
        else:
            assert control["rate"]["value"] == round(max(rate["value"] - excess["value"], 0.0), 4)
    exact = build_document(inputs, run=RUN, explain=explain, internal=True)
    for entry in exact["attacks"]["tried"]:
        assert entry["control"]["rate"]["value"] is not None
    for text in (render_html(exact), render_markdown(exact)):
        assert "Control group of" in text
