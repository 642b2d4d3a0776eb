"""VCF: the head by allow-list, samples under other names, records as they were, what is malformed refused by line."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import Result
from format_tables import read_all, write_all
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_peak import reading_peak

from deid.errors import DataError
from deid.formats.bgzf import BgzfFile
from deid.formats.vcf_header import released_line
from deid.registry import plugin

HEAD = """##fileformat=VCFv4.2
##fileDate=20190412
##source=/opt/caller/run.sh
##reference=file:/srv/mallory/ref/GRCh38.fa
##commandline="call -f /home/mallory/ref.fa tumour_Quillfeather.bam"
##contig=<ID=chr1,length=248956422,assembly=GRCh38,URL=ftp://host/ref.fa>
##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth, see /data/runs/2019/notes.txt, a/b ratio",Source="lab4">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##SAMPLE=<ID=ONC-0017,File=/data/ONC-0017.bam>
##PEDIGREE=<Child=ONC-0017,Mother=ONC-0018>
"""
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
SAMPLES = ("ONC-0017", "ONC-0018", "S1")
ROWS = [f"chr1\t{100 + i}\trs{i}\tA\tG\t{i}.5\tPASS\tDP={i};AF=0.5\tGT:DP\t0/1:{i}\t./.:.\t1|1:3" for i in range(1, 41)]


def text(rows: list[str] = ROWS, samples: tuple[str, ...] = SAMPLES) -> str:
    return HEAD + "\t".join([COLUMNS, "FORMAT", *samples]) + "\n" + "".join(f"{row}\n" for row in rows)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Return a folder with a VCF and the table of its samples."""
    folder = tmp_path / "data"
    folder.mkdir()
    with gzip.open(folder / "tumour.vcf.gz", "wt", newline="") as handle:
        handle.write(text())
    table = pd.DataFrame({"patient_id": ["P-1001", "P-1002", "P-1003"], "sample_id": SAMPLES})
    table.to_csv(folder / "samples.csv", index=False)
    return folder


def policy(folder: Path, *, ready: str = "vcf-controlled-access", **more: object) -> Path:
    parts = {
        "deid": 1,
        "name": "vcf-test",
        "extends": [ready],
        "subject": "patient_id",
        "columns": {
            "patient_id": {"role": "direct_identifier", "do": "pseudonym"},
            "sample_id": {"role": "direct_identifier", "do": "pseudonym", "field": "sample"},
        },
        **more,
    }
    path = folder.parent / "policy.yaml"
    path.write_text(yaml.safe_dump(parts), "utf-8")
    return path


def lines(path: Path) -> list[str]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return content.decode().splitlines()


Command = Callable[..., Result]


def test_samples_join_the_table_and_nothing_tells_where_the_file_came_from(
    study: Path, tmp_path: Path, command: Command
) -> None:
    out = tmp_path / "out"
    result = command("run", study, "--policy", policy(study), "--out", out)
    assert result.exit_code == 0, result.output
    released = lines(out / "data" / "tumour.vcf.gz")
    names = next(line for line in released if line.startswith("#CHROM")).split("\t")[9:]
    joined = pd.read_csv(out / "data" / "samples.csv")["sample_id"]
    assert sorted(names) == sorted(joined)
    assert [line for line in released if not line.startswith("#")] == ROWS
    head = "\n".join(line for line in released if line.startswith("##"))
    for gone in ("mallory", "Quillfeather", "2019", "ONC-", "lab4", "/data", "ftp", "source", ".bam"):
        assert gone not in head, gone
    assert "##reference=GRCh38.fa" in head
    assert "##contig=<ID=chr1,length=248956422,assembly=GRCh38>" in head
    whole = "".join(path.read_text("utf-8") for path in out.rglob("*") if path.suffix in (".html", ".json", ".csv"))
    assert not [sample for sample in SAMPLES[:2] if sample in whole]


def test_released_vcf_is_blocked_gzip_and_the_same_again(study: Path, tmp_path: Path, command: Command) -> None:
    outs = [tmp_path / "one", tmp_path / "two"]
    for out, rows in zip(outs, (7, 1000), strict=True):
        result = command("run", study, "--policy", policy(study), "--out", out, "--batch-rows", rows)
        assert result.exit_code == 0, result.output
    first, second = ((out / "data" / "tumour.vcf.gz").read_bytes() for out in outs)
    assert first == second
    assert first[12:16] == b"BC\x02\0"
    assert first.endswith(bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000"))
    result = command("verify", outs[0], "--against", study, "--policy", policy(study))
    assert result.exit_code == 0, result.output


def test_sites_alone_lose_samples_and_their_definitions(study: Path, tmp_path: Path, command: Command) -> None:
    out = tmp_path / "out"
    result = command("run", study, "--policy", policy(study, ready="vcf-sites"), "--out", out)
    assert result.exit_code == 0, result.output
    released = lines(out / "data" / "tumour.vcf.gz")
    assert COLUMNS in released
    assert not any(line.startswith("##FORMAT") for line in released)
    assert [line for line in released if line[0] != "#"] == ["\t".join(row.split("\t")[:8]) for row in ROWS]


def test_genotypes_stay_only_under_controlled_access(study: Path, tmp_path: Path, command: Command) -> None:
    path = policy(study, context={"access": "open"})
    result = command("run", study, "--policy", path, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "P213" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (text().replace("\t", " "), 11),
        (text([*ROWS[:3], ROWS[3].replace("\t", " ")]), 15),
        (text([*ROWS[:3], ROWS[3] + "\tQuillfeather"]), 15),
        (text([*ROWS[:5], ROWS[5].replace("\t106\t", "\tQuillfeather\t")]), 17),
        (text([ROWS[0], "", ROWS[1]]), 13),
        (text().replace("##fileformat=VCFv4.2", "##fileformat=VCFv3.3"), 1),
        (text().replace("Number=1,Type=String", 'Number=1,"Quillfeather'), 8),
        ("##fileformat=VCFv4.2\nQuillfeather\n", 2),
    ],
)
def test_what_is_malformed_is_refused_by_line_and_without_data(tmp_path: Path, broken: str, line: int) -> None:
    path = tmp_path / "x.vcf"
    path.write_text(broken, "utf-8")
    with pytest.raises(DataError, match=rf"D350 x\.vcf:{line}:") as caught:
        read_all("vcf", path)
    assert "Quillfeather" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.vcf.gz"
    path.write_bytes(gzip.compress(text().encode())[:-30])
    with pytest.raises(DataError, match="D301"):
        read_all("vcf", path)


def test_two_samples_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.vcf"
    path.write_text(text(samples=("S1", "S2", "S1")), "utf-8")
    with pytest.raises(DataError, match="D303"):
        plugin("format", "vcf")().inspect(path, {})


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("##fileDate=20200101", ""),
        ("##source=GATK", ""),
        ("##GATKCommandLine=<ID=HaplotypeCaller,CommandLine=x>", ""),
        ("##bcftools_viewCommand=view x.vcf; Date=Mon", ""),
        ("##reference=/home/x/my_patient_build.fa", ""),
        ("##reference=GRCh37", "##reference=GRCh37"),
        ("##phasing=partial", "##phasing=partial"),
        ("##META=<ID=Assay,Type=String>", ""),
        ('##FILTER=<ID=q10,Description="Quality below 10">',) * 2,
        (
            '##INFO=<ID=A,Number=1,Type=String,Description="a \\"quoted\\" word, C:\\\\runs\\\\1 and x@y.org">',
            '##INFO=<ID=A,Number=1,Type=String,Description="a \\"quoted\\" word, --redacted-- and --redacted--">',
        ),
    ],
)
def test_lines_of_the_head_by_allow_list(line: str, left: str) -> None:
    assert released_line(line, "x.vcf:2") == left


CELL = st.sampled_from([".", "0/1", "1|0:12,3", "0/0:99:0,18,211"])


@given(cells=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=30), rows=st.integers(1, 40), zipped=st.booleans())
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]], rows: int, zipped: bool
) -> None:
    folder = tmp_path_factory.mktemp("vcf")
    fixed = [f"chr1\t{i + 1}\t.\tA\tT\t.\t.\tDP={i}\tGT" for i in range(len(cells))]
    source = folder / "a.vcf"
    source.write_text(text([f"{f}\t{a}\t{b}" for f, (a, b) in zip(fixed, cells, strict=True)], ("A1", "B2")), "utf-8")
    table = read_all("vcf", source, rows=rows)
    info = plugin("format", "vcf")().inspect(source, {})[0]
    target = folder / ("b.vcf.gz" if zipped else "b.vcf")
    write_all("vcf", target, table, info.options, rows)
    assert read_all("vcf", target).equals(table)


def test_blocks_of_gzip_hold_any_text(tmp_path: Path) -> None:
    import random

    data = random.Random(5).randbytes(200_000) + b"a" * 300_000
    file = BgzfFile(tmp_path / "x.gz")
    for start in range(0, len(data), 70_001):
        file.write(data[start : start + 70_001])
    file.close()
    assert gzip.decompress((tmp_path / "x.gz").read_bytes()) == data


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(records: int) -> int:
        path = tmp_path / f"{records}.vcf"
        with path.open("w", encoding="utf-8") as handle:
            handle.write(text([]))
            for i in range(records):
                handle.write(f"chr1\t{i + 1}\t.\tA\tG\t.\tPASS\tDP=3\tGT\t0/1\t0/0\t1/1\n")
        held, rows = reading_peak("vcf", path)
        assert rows == records
        return held

    small, large = peak(200_000), peak(600_000)
    assert large < small * 1.3


def test_gate_of_residual_identifiers_sees_a_sample_inside_info(study: Path, tmp_path: Path, command: Command) -> None:
    with gzip.open(study / "tumour.vcf.gz", "wt", newline="") as handle:
        handle.write(text([ROWS[0].replace("AF=0.5", "SRC=ONC-0017")]))
    result = command("run", study, "--policy", policy(study), "--out", tmp_path / "out")
    assert result.exit_code == 5
    assert re.search(r"R103 .*INFO", result.output)
    assert "ONC-0017" not in result.output


PRIVATE = [
    "chr1\t500\t.\tA\tG\t50\tPASS\tDP=9;AC=1;AN=6;AF=0.167;NS=3;DB\tGT\t0/1\t0/0\t0/0",  # the first alone
    "chr1\t501\t.\tA\tG,T\t50\tPASS\tAC=2,1;AN=6;DB\tGT\t0/1\t0/2\t1/0",  # T is the second's alone
    "chr1\t502\t.\tC\tT\t50\tPASS\tDP=9;AC=4;AN=5;AF=0.8;NS=3;DB\tGT:DP\t1|1:3\t0/1:2\t./1:4",  # all carry it
    "chr1\t503\t.\tC\tT\t50\tPASS\tAC=0;AN=6\tGT\t0/0\t0/0\t0/0",  # nobody does
]


def of_private(study: Path, tmp_path: Path, command: Command, **options: object) -> tuple[list[str], Path, Result]:
    (study / "tumour.vcf.gz").unlink()
    (study / "tumour.vcf").write_text(text(PRIVATE), "utf-8")
    out = tmp_path / "out"
    result = command("run", study, "--policy", policy(study, **options), "--out", out)
    found = lines(out / "data" / "tumour.vcf") if out.exists() else []
    return [line for line in found if line[:2] != "##"], out, result


def test_sites_that_one_sample_alone_carries_are_left_out_of_an_open_release(
    study: Path, tmp_path: Path, command: Command
) -> None:
    found, out, result = of_private(study, tmp_path, command, ready="vcf-sites")
    assert result.exit_code == 0, result.output
    assert [line.split("\t")[1] for line in found[1:]] == ["502", "503"]
    again = command("verify", out, "--against", study, "--policy", policy(study, ready="vcf-sites"))
    assert again.exit_code == 0, again.output


def test_controlled_access_keeps_them(study: Path, tmp_path: Path, command: Command) -> None:
    found, _, result = of_private(study, tmp_path, command)
    assert result.exit_code == 0, result.output
    assert found[1:] == PRIVATE


def test_the_sample_of_an_excluded_subject_leaves_with_all_that_it_alone_carried(
    study: Path, tmp_path: Path, command: Command
) -> None:
    (tmp_path / "gone.txt").write_text("P-1001\n", "utf-8")
    found, out, result = of_private(study, tmp_path, command, exclude_subjects="gone.txt")
    assert result.exit_code == 0, result.output
    names = found[0].split("\t")
    assert len(names) == 11
    assert sorted(names[9:]) == sorted(pd.read_csv(out / "data" / "samples.csv")["sample_id"])
    rows = [line.split("\t") for line in found[1:]]
    assert [row[1] for row in rows] == ["501", "502", "503"]
    assert rows[0][5:8] == [".", "PASS", "AC=1,1;AN=4;DB"]
    assert rows[1][5:8] == [".", "PASS", "AC=2;AN=3;AF=0.666667;NS=2;DB"]
    assert rows[1][9:] == ["0/1:2", "./1:4"]
    assert "ONC-0017" not in "".join(path.read_text("utf-8") for path in out.rglob("*") if path.is_file())
    assert "1 variant file(s) released without the samples of excluded subjects" in (out / "report.html").read_text()


def test_samples_of_nobody_known_are_refused_where_somebody_is_excluded(
    study: Path, tmp_path: Path, command: Command
) -> None:
    pd.DataFrame({"patient_id": ["P-1001"], "sample_id": SAMPLES[:1]}).to_csv(study / "samples.csv", index=False)
    (tmp_path / "gone.txt").write_text("P-1001\n", "utf-8")
    _, out, result = of_private(study, tmp_path, command, exclude_subjects="gone.txt")
    assert result.exit_code == 4
    assert "D235" in result.output
    assert "2 sample(s)" in result.output
    assert not out.exists()


def test_sites_without_genotypes_and_counts_are_refused_by_an_open_release(
    study: Path, tmp_path: Path, command: Command
) -> None:
    (study / "tumour.vcf.gz").unlink()
    rows = ["chr1\t500\t.\tA\tG\t50\tPASS\tDP=9\n"]
    (study / "sites.vcf").write_text(HEAD + COLUMNS + "\n" + "".join(rows), "utf-8")
    result = command("run", study, "--policy", policy(study, ready="vcf-sites"), "--out", tmp_path / "out")
    assert result.exit_code == 4
    assert "D351 sites.vcf" in result.output
