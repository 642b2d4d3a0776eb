"""The page and the Markdown: escaped, without script, accessible in structure, small enough."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from invented import RUN, Plain, explain, hostile, refused, step, trial
from markdown_it import MarkdownIt

import deid.report
from deid.decisions import Plan, TablePlan
from deid.model import Role
from deid.report import build_document, render_html, render_markdown
from deid.report.inputs import ReportInputs
from deid.report.markdown_text import escape

CASES = {"trial": trial, "refused": refused, "hostile": hostile, "few_suppressed": lambda: trial(320, 0, 5)}
STYLE = (Path(deid.report.__file__).parent / "report.css").read_text("utf-8")
VOID = {"meta", "link", "br", "path", "img", "input", "hr", "col"}


class Page(HTMLParser):
    """Collects what the tests ask about, and checks that elements are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.headings: list[int] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def html(inputs: ReportInputs) -> str:
    return render_html(build_document(inputs, run=RUN, explain=explain))


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_page_holds_no_script_and_loads_nothing(name: str) -> None:
    text = html(CASES[name]())
    page = Page(text)
    assert not page.open
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    for _, attributes in page.tags:
        assert not any(attribute.startswith("on") or attribute in ("src", "srcset") for attribute in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_page_can_be_read_by_everybody(name: str) -> None:
    page = Page(html(CASES[name]()))
    attributes = [found for _, found in page.tags]
    identities = [found["id"] for found in attributes if "id" in found]
    assert len(identities) == len(set(identities))
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert page.headings[0] == 1
    assert all(later <= earlier + 1 for earlier, later in steps)
    for tag, found in page.tags:
        if found.get("role") == "img":
            assert all(part in identities for part in (found["aria-labelledby"] or "").split())
        if tag == "div" and found.get("class") == "scroll":
            assert found["tabindex"] == "0"
            assert found["aria-label"]
        if (found.get("href") or "").startswith("#"):
            assert (found["href"] or "")[1:] in identities
    assert dict(page.tags)["html"] == {"lang": "en-GB"}


def test_what_comes_from_outside_is_escaped() -> None:
    text = html(hostile())
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 7*7 }}" in text  # no template is run twice
    assert "x" * 500 not in text


def test_markdown_is_escaped_too() -> None:
    text = render_markdown(build_document(hostile(), run=RUN, explain=explain))
    assert "<script" not in text
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    kinds = {inner.type for token in tokens for inner in (token, *(token.children or ()))}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "code_inline", "s_open"}
    rows = "".join({"tr_open": "<", "th_open": "h", "td_open": "d", "tr_close": ">"}.get(t.type, "") for t in tokens)
    for head, body in re.findall(r"<(h+)>((?:<d+>)*)", rows):
        assert {len(cells) for cells in re.findall(r"<(d+)>", body)} <= {len(head)}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("visit_id of ae (see line 3), 12:30; a.b", "visit_id of ae (see line 3), 12:30; a.b"),
        ("_it_ *b* [x](y) [z] `c` a|b ~~d~~", r"\_it\_ \*b\* [x\](y) [z] \`c\` a\|b \~\~d\~\~"),
        ("<b> & https://x.org me@x.org www.x.org", "&lt;b&gt; &amp; https&#58;//x.org me&#64;x.org www&#46;x.org"),
        ("one\ntwo", "one two"),
    ],
)
def test_only_what_markdown_acts_on_is_escaped(text: str, shown: str) -> None:
    assert escape(text) == shown
    inline = MarkdownIt().parse(escape(text))[1]
    assert "".join(token.content for token in inline.children or ()) == " ".join(text.split())


def test_markdown_holds_every_section_of_the_page() -> None:
    document = build_document(trial(), run=RUN, explain=explain)
    text, page = render_markdown(document), render_html(document)
    headings = [re.sub(r"<[^>]+>", "", found) for found in re.findall(r'<h2 id="h-[\w-]+">(.*?)</h2>', page)]
    assert len(headings) == 21
    words = {re.sub(r"\W+", " ", line[3:]).strip() for line in text.splitlines() if line.startswith("## ")}
    same = {"What it cost generalisation": "What it cost", "Attacks tried on the release": "Attacks tried",
            "The release against conventions in use": "Conventions in use"}  # fmt: skip
    wanted = [re.sub(r"\W+", " ", heading).strip() for heading in headings[1:]]
    assert [heading for heading in wanted if same.get(heading, heading) not in words] == []
    assert "Signature" in text


def test_markdown_says_what_the_page_says() -> None:
    document = build_document(refused(), run=RUN, explain=explain)
    text = render_markdown(document)
    assert "**REFUSED**" in text
    assert "column 2 of dm" in text
    assert "PATNAME" not in text


def test_exclusions_and_warnings_stand_in_page_and_markdown() -> None:
    inputs = trial()
    facts = replace(inputs.facts, excluded_subjects=40, warnings=("dm.AGE: 14 cell(s) emptied",))
    document = build_document(replace(inputs, facts=facts), run=RUN, explain=explain)
    for text in (render_markdown(document), render_html(document)):
        assert "list of exclusions were left out of every table" in text
        assert "emptied" in text


def test_the_verdict_comes_first_and_the_run_last() -> None:
    text = html(trial())
    order = [text.index(f'id="{name}"') for name in ("verdict", "release", "columns", "risk", "sign-off", "run")]
    assert order == sorted(order)
    assert "2031-02-03" not in text[: order[-1]]


def test_sixty_tables_of_forty_columns_stay_below_two_megabytes() -> None:
    why = "measured values are the purpose of the release"
    evidence = ("about a third of the values have the form of a code", "the header says so")
    tables = tuple(
        TablePlan(
            f"table_{t:02d}", "USUBJID",
            tuple(step(f"table_{t:02d}", i, f"COLUMN_{t}_{i}", "keep", Role.INSENSITIVE, why, evidence=evidence,
                       transform=Plain(days=i + 1)) for i in range(40)),
            f"table_{t:02d}",
        )
        for t in range(60)
    )  # fmt: skip
    inputs = trial()
    text = html(replace(inputs, plan=Plan(inputs.plan.policy, (*inputs.plan.tables, *tables))))
    assert len(text.encode()) < 2_000_000


def palettes() -> dict[str, dict[str, str]]:
    """Return the colours of the light, dark and printed page."""
    blocks = re.findall(r":root \{([^}]*)\}", STYLE)
    assert len(blocks) == 3
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block)) for block in blocks]
    return dict(zip(("light", "dark", "print"), found, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark", "print"])
def test_text_and_marks_have_enough_contrast(mode: str) -> None:
    colours = palettes()[mode]
    for text in ("ink", "quiet", "link", "pass", "fail", "open"):
        for ground in ("paper", "panel"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for state in ("pass", "fail", "open"):
        assert contrast(colours[state], colours[f"{state}-bg"]) >= 4.5
        assert contrast(colours["ink"], colours[f"{state}-bg"]) >= 7
        assert contrast(colours["quiet"], colours[f"{state}-bg"]) >= 4.5
    for mark in ("before", "after", "other"):
        assert contrast(colours[mark], colours["paper"]) >= 3


def test_measures_that_miss_a_figure_for_one_reason_are_told_together_and_none_is_lost() -> None:
    document = build_document(trial(), run=RUN, explain=explain)
    page = unescape(render_html(document))
    ids = {row["id"] for group in document["risk"]["further"] for row in group["measures"]}
    ids |= {row["id"] for entry in document["attribute"] for row in entry["measures"]}
    ids |= {method["id"] for method in document["methods"]}
    assert ids
    assert not [name for name in ids if f"<code>{name}</code>" not in page]
