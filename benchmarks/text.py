"""Detection in free text: ours beside stock Presidio, in the same run, on labelled corpora; figures as JSON too.

    python benchmarks/text.py [--corpora FOLDER] [--scorer score.py] [--json OUT.json] [--notes N] [--ours-only] [--ablation] [--kinds]

The mirror (benchmarks/mirror) is measured first: notes written by hand by people who had seen neither rules nor training
text, and read by nobody who writes either. Only totals and shares of kinds are printed of it. The held-out notes
(benchmarks/held_out) are by the hands of the training notes and were not learnt from; those of new hands
(benchmarks/new_hands) were written last, and first read when all weights and thresholds stood. The template mirror is an older one,
composed from sentences. The folder holds `*.jsonl` with id, text, spans and, where there is one, `known`: the record of the note's own subject.
Where an outside scorer is given, it judges our predictions as well, in a process of its own.
"""

# ruff: noqa: E501 - tables are read as lines

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from invented_notes import compose
from marked_notes import read_folder

from deid.detect import build_detector, judging, lexicon
from deid.model import Known, Span
from deid.text_evaluate import Labelled, TextScore, evaluate, read_labelled
from deid.texting import TYPES

MIRROR = Path(__file__).resolve().parent / "mirror"
HELD_OUT, NEW_HANDS = MIRROR.with_name("held_out"), MIRROR.with_name("new_hands")
TEMPLATES = MIRROR / "template"
MIRROR_NOTES = 330
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "text"
ENTITY = {
    "PERSON": "person_name", "LOCATION": "city", "ORGANIZATION": "organisation", "DATE_TIME": "date", "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email", "URL": "url", "IP_ADDRESS": "ip_address", "US_SSN": "ssn", "NRP": "ethnicity",
}  # fmt: skip


class StockPresidio:
    """Presidio as its users run it, with organisations kept or not."""

    def __init__(self, *, organisations: bool) -> None:
        import tldextract
        from presidio_analyzer import AnalyzerEngine
        from presidio_analyzer.nlp_engine import NlpEngineProvider

        from deid.detect.lexicon import MODEL

        settings: dict[str, Any] = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": MODEL}]}
        ignored = [
            "CARDINAL",
            "ORDINAL",
            "MONEY",
            "PERCENT",
            "QUANTITY",
            "EVENT",
            "LAW",
            "LANGUAGE",
            "PRODUCT",
            "WORK_OF_ART",
        ]
        settings["ner_model_configuration"] = {
            "labels_to_ignore": ignored + ([] if organisations else ["ORG", "ORGANIZATION"])
        }
        tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())  # no look-up over the network
        tldextract.extract = tldextract.tldextract.TLD_EXTRACTOR
        self._engine = AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=settings).create_engine())

    def find_all(self, texts: Sequence[str], known: Sequence[tuple[Known, ...]]) -> list[list[Span]]:
        return [[Span(r.start, r.end, ENTITY.get(r.entity_type, "record_number"), r.score, "presidio") for r in self._engine.analyze(text, "en")] for text in texts]  # fmt: skip


class ModelAsked:
    """Our detector with the language model asked about every word that the tagger judged, sure of it or not."""

    def __init__(self) -> None:
        self._detector = build_detector()

    def find_all(self, texts: Sequence[str], known: Sequence[tuple[Known, ...]]) -> list[list[Span]]:
        doubtful, judging.DOUBTFUL = judging.DOUBTFUL, 0.0
        try:
            return self._detector.find_all(texts, known)
        finally:
            judging.DOUBTFUL = doubtful


def mirrors(folder: Path) -> list[Path]:
    """Write the notes of both mirrors, those held out and those of new hands, into a folder and return the files."""
    composed = compose(TEMPLATES / "notes.txt", TEMPLATES / "words.txt", MIRROR_NOTES, "mirror")
    paths = []
    folders = {"mirror": MIRROR, "new hands": NEW_HANDS, "held out": HELD_OUT}
    held = {**{name: read_folder(own) for name, own in folders.items()}, "template mirror": composed}
    for name, notes in held.items():
        paths.append(folder / f"{name}.jsonl")
        lines = (json.dumps(note, ensure_ascii=False) + "\n" for note in notes)
        paths[-1].write_text("".join(lines), encoding="utf-8")
    return paths


class AllowList:
    """Philter's published idea (Norgeot 2020) in our own words: what no list knows as safe goes, and so do figures."""

    _WORD = re.compile(r"[^\W_]+(?:['’.:/-][^\W_]+)*")

    def find_all(self, texts: Sequence[str], known: Sequence[tuple[Known, ...]]) -> list[list[Span]]:
        return [
            [Span(m.start(), m.end(), "unknown", 0.5, "allow_list") for m in self._WORD.finditer(text) if not self._safe(m.group())]
            for text in texts
        ]  # fmt: skip

    def _safe(self, word: str) -> bool:
        plain = lexicon.fold_word(word).removesuffix("'s")
        if any(char.isdigit() for char in word):
            return sum(map(str.isdigit, word)) < 3
        return lexicon.is_word(plain) and not (word[0].isupper() and lexicon.is_name(plain))


def quoted(corpus: str, path: Path) -> str:
    """Return the row of philter-lite from the figures measured elsewhere, where they cover a corpus."""
    if not path.exists():
        return ""
    figures = json.loads(path.read_text(encoding="utf-8"))["corpora"].get(corpus, {}).get("philter_lite")
    if figures is None:
        return f"{'philter-lite':34} not measured here: its own tree carries notes that may not be used"
    span, char = figures["span"], figures["char"]
    cells = (
        span["r_full"],
        char["p"],
        char["r"],
        figures.get("doc_clean"),
        figures.get("doc_clean_direct"),
        figures.get("over_trap"),
    )
    shown = " ".join(f"{'-':>7}" if cell is None else f"{cell:7.4f}" for cell in cells)
    return f"{'philter-lite (quoted)':34} {shown}"


def row(name: str, score: TextScore, speed: float) -> str:
    shares = (
        score.recall,
        score.char_precision,
        score.char_recall,
        score.clean,
        score.clean_direct,
        score.traps,
        score.touched_without,
    )
    cells = " ".join(f"{'-':>7}" if share.value is None else f"{share.value:7.4f}" for share in shares)
    low, high = score.recall.interval or (0.0, 0.0)
    return f"{name:34} {cells}  [{low:.4f} {high:.4f}]  {speed:8.0f}"


def measure(
    name: str, notes: Sequence[Labelled], detector: Any, *, record: bool, kinds: bool = False
) -> tuple[str, dict[str, Any]]:
    detector.find_all(["John Smith was seen on 3 March 2020."], [()])
    start = time.perf_counter()
    score = evaluate(notes, detector, record=record)
    seconds = time.perf_counter() - start
    speed = sum(len(note.text) for note in notes) / seconds
    lowest = sorted((share.value or 0.0, kind, share.whole) for kind, share in score.by_type.items())[:4]
    figures = {
        "recall": score.recall.value, "char_precision": score.char_precision.value, "clean_direct": score.clean_direct.value,
        "traps": score.traps.value, "chars_per_second": round(speed), "lowest_types": lowest, "failed": score.failed,
    }  # fmt: skip
    if kinds:
        figures["types"] = {kind: (share.part, share.whole) for kind, share in score.by_type.items()}
    return row(name, score, speed), figures


def outside(scorer: Path, corpus: Path, notes: Sequence[Labelled], detector: Any, *, record: bool) -> str:
    """Let another program score our predictions."""
    found = detector.find_all([note.text for note in notes], [note.known if record else () for note in notes])
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8", delete=False) as handle:
        for note, spans in zip(notes, found, strict=True):
            listed = [{"start": s.start, "end": s.end, "type": TYPES.get(s.kind, "ID")} for s in spans]
            handle.write(json.dumps({"id": note.id, "spans": listed}) + "\n")
    run = subprocess.run(
        [sys.executable, str(scorer), str(corpus), handle.name], capture_output=True, text=True, check=False
    )
    Path(handle.name).unlink()
    wanted = ("char ", "span ", "doc_clean", "over_")
    return "\n".join("    " + line for line in run.stdout.splitlines() if line.startswith(wanted))


HEADER = f"{'system':34} {'recall':>7} {'char P':>7} {'char R':>7} {'clean':>7} {'direct':>7} {'traps':>7} {'touched':>7}  recall 95 %       chars/s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, default=SHARED / "corpora")
    parser.add_argument("--scorer", type=Path, default=SHARED / "score.py")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--notes", type=int, default=0, help="only the first N notes of each corpus")
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument(
        "--ablation", action="store_true", help="only ours, with the language model never and always asked"
    )
    parser.add_argument("--kinds", action="store_true", help="print the share found of each kind")
    parser.add_argument("--only", help="only the corpus of this name")
    options = parser.parse_args()
    systems: list[tuple[str, Any, bool]] = [
        ("deid", build_detector(), False),
        ("deid with the record", build_detector(), True),
        ("deid max_recall with the record", build_detector({"mode": "max_recall"}), True),
    ]
    if options.ablation:
        systems = [systems[0], ("deid, model never", build_detector({"ner": False}), False), ("deid, model always", ModelAsked(), False)]  # fmt: skip
    elif not options.ours_only:
        systems += [
            ("Presidio", StockPresidio(organisations=False), False),
            ("Presidio with organisations", StockPresidio(organisations=True), False),
            ("allow-list (Philter's idea)", AllowList(), False),
        ]
    report: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for corpus in [*mirrors(Path(folder)), *sorted(options.corpora.glob("*.jsonl"))]:
            if options.only not in (None, corpus.stem):
                continue
            notes = read_labelled(corpus)[: options.notes or None]
            print(f"\n{corpus.stem}: {len(notes)} texts\n{HEADER}")
            for name, detector, record in systems:
                if record and not any(note.known for note in notes):
                    continue
                line, figures = measure(name, notes, detector, record=record, kinds=options.kinds)
                print(line, flush=True)
                if options.kinds:
                    print(
                        "    " + " ".join(f"{kind} {part}/{whole}" for kind, (part, whole) in figures["types"].items())
                    )
                report.setdefault(corpus.stem, {})[name] = figures
                if options.scorer.exists() and name.startswith("deid"):
                    print(outside(options.scorer, corpus, notes, detector, record=record))
            print(quoted(corpus.stem, options.scorer.parent / "baselines.json"))
    if options.json:
        options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
