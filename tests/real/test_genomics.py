"""VCF and a cBioPortal study from other sources: samples recoded everywhere, headers cut, records as they were."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from deid.cli import main
from tests.conftest import KEY, SHARED


def outside(name: str) -> Path:
    if not (SHARED / "data" / name).is_dir():
        pytest.skip("the folder of outside test material is not here")
    return SHARED / "data" / name


def release(data: Path, policy: str, out: Path) -> Path:
    arguments = ["run", str(data), "--policy", policy, "--out", str(out)]
    result = CliRunner().invoke(main, arguments, env={"DEID_KEY": KEY})
    assert result.exit_code == 0, result.output
    return out


def vcf(path: Path) -> tuple[list[str], list[str], list[str]]:
    """Return the lines of the head, the column names and the records."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = content.decode().splitlines()
    head = [line for line in lines if line.startswith("##")]
    return head, lines[len(head)].split("\t"), lines[len(head) + 1 :]


FILES = ("1kg.vcf.gz", "gatk.vcf", "freebayes.vcf", "gonl.chr20.release4.gtc.vcf", "1kg.sites.vcf")


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    base = tmp_path_factory.mktemp("vcf")
    (base / "data").mkdir()
    for name in FILES:
        shutil.copy(outside("vcf") / name, base / "data")
    return base / "data", release(base / "data", "vcf-controlled-access", base / "out")


def test_samples_of_a_vcf_are_recoded_and_records_are_as_before(variants: tuple[Path, Path]) -> None:
    data, out = variants
    for name in FILES:
        _, names, records = vcf(data / name)
        _, new, released = vcf(out / "data" / name)
        assert released == records, name
        assert new[:9] == names[:9]
        assert len(set(new[9:])) == len(names[9:])
        assert not set(new[9:]) & set(names[9:])
    _, names, records = vcf(data / "1kg.vcf.gz")
    assert (len(names[9:]), len(records)) == (629, 381)
    content = "".join(
        "\n".join(vcf(path)[0] + vcf(path)[1]) if "vcf" in path.name else path.read_text("utf-8")
        for path in out.rglob("*")
        if path.is_file()
    )
    assert not [sample for sample in names[9:] if sample in content]


def test_a_sample_has_one_name_in_all_files(variants: tuple[Path, Path]) -> None:
    data, out = variants
    both = [(vcf(data / n)[1][9:], vcf(out / "data" / n)[1][9:]) for n in ("gatk.vcf", "freebayes.vcf")]
    assert dict(zip(*both[0], strict=True)) == dict(zip(*both[1], strict=True))


@pytest.mark.parametrize("name", FILES)
def test_no_path_no_bam_and_no_date_is_left_in_the_head(variants: tuple[Path, Path], name: str) -> None:
    data, out = variants
    before, after = vcf(data / name)[0], vcf(out / "data" / name)[0]
    text = "\n".join(after)
    assert not re.search(r"\.bam|humgen|/data/|file:|ftp:|commandline|analysis_type|fileDate|2012\d{4}", text, re.I)
    samples = len(vcf(data / name)[1]) > 8  # without samples there is nothing that FORMAT could define
    kept = ("##INFO", "##FILTER", "##ALT", "##contig", *(["##FORMAT"] if samples else []))
    defined = [line.split(",")[0] for line in before if line.startswith(kept)]
    assert [line.split(",")[0] for line in after if line.startswith(kept)] == defined


def test_blanks_for_tabs_are_refused_with_the_line_and_without_data(tmp_path: Path) -> None:
    source = outside("vcf") / "example-4.2.vcf"
    arguments = ["run", str(source), "--policy", "vcf-sites", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, arguments, env={"DEID_KEY": KEY})
    assert result.exit_code == 4
    found = re.search(r"D350 example-4\.2\.vcf:(\d+):", result.output)
    assert found
    lines = source.read_text("utf-8", "replace").splitlines()
    wrong = lines[int(found[1]) - 1]
    assert "\t" not in wrong or wrong.count("\t") != 9
    assert not [word for word in wrong.split() if len(word) > 3 and word in result.output.replace("FORMAT", "")]
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    data = outside("cbioportal_study_es_0")
    return data, release(data, "cbioportal", tmp_path_factory.mktemp("cbio") / "out")


def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", dtype=str, comment="#", keep_default_na=False)


def clinical(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    return table(folder / "data_clinical_patients.txt"), table(folder / "data_clinical_samples.txt")


def test_patients_and_samples_join_as_before(study: tuple[Path, Path]) -> None:
    data, out = study
    before, after = clinical(data), clinical(out / "data")
    assert [len(part) for part in after] == [len(part) for part in before] == [841, 845]
    for part in (before, after):
        assert part[0]["PATIENT_ID"].nunique() == 841
        assert part[1]["SAMPLE_ID"].nunique() == 845

    def joined(parts: tuple[pd.DataFrame, pd.DataFrame]) -> list[tuple[str, ...]]:
        both = parts[0].merge(parts[1], on="PATIENT_ID").drop(columns=["PATIENT_ID", "SAMPLE_ID"])
        return sorted(both.itertuples(index=False, name=None))

    assert joined(after) == joined(before)


def test_no_original_id_is_left_in_any_file(study: tuple[Path, Path]) -> None:
    data, out = study
    patients, samples = clinical(data)
    ids = {*patients["PATIENT_ID"], *samples["PATIENT_ID"], *samples["SAMPLE_ID"]}
    maf = table(data / "data_mutations_extended.maf")
    ids |= {*maf["Tumor_Sample_Barcode"], *maf["Matched_Norm_Sample_Barcode"]} - {""}
    content = "\n".join(path.read_text("utf-8") for path in out.rglob("*") if path.is_file())
    assert not [value for value in ids if value in content]


def test_no_sample_holds_its_patient(study: tuple[Path, Path]) -> None:
    _, samples = clinical(study[1] / "data")
    assert not [s for p, s in zip(samples["PATIENT_ID"], samples["SAMPLE_ID"], strict=True) if p in s]


@pytest.mark.parametrize("name", ["data_clinical_patients.txt", "data_clinical_samples.txt"])
def test_the_four_header_lines_are_byte_equal(study: tuple[Path, Path], name: str) -> None:
    data, out = study
    before = (data / name).read_bytes().splitlines(keepends=True)[:4]
    assert (out / "data" / name).read_bytes().splitlines(keepends=True)[:4] == before


def test_mutations_segments_and_signatures_join_the_clinical_samples(study: tuple[Path, Path]) -> None:
    data, out = study

    def found(folder: Path) -> dict[str, int]:
        samples = set(clinical(folder)[1]["SAMPLE_ID"])
        maf, seg = table(folder / "data_mutations_extended.maf"), table(folder / "data_cna_hg19.seg")
        matrix = table(folder / "data_mutational_signature.txt")
        return {
            "mutations": int(maf["Tumor_Sample_Barcode"].isin(samples).sum()),
            "barcodes": maf["Tumor_Sample_Barcode"].nunique(),
            "normals": maf["Matched_Norm_Sample_Barcode"].nunique(),
            "segments": int(seg["ID"].isin(samples).sum()),
            "signatures": len(set(matrix.columns) & samples),
        }

    assert found(out / "data") == found(data)


def test_values_of_mutations_and_signatures_are_as_before(study: tuple[Path, Path]) -> None:
    data, out = study
    for name, columns in {
        "data_mutational_signature.txt": 12,
        "data_cna_hg19.seg": 6,
    }.items():
        before, after = table(data / name), table(out / "data" / name)
        assert len(after.columns) == columns
        ids = {"ID"}
        for old, new in zip(before.columns, after.columns, strict=True):
            if old not in ids:
                assert sorted(after[new]) == sorted(before[old]), name
    before, after = (table(folder / "data_mutations_extended.maf") for folder in (data, out / "data"))
    for column in ("Hugo_Symbol", "Start_Position", "Tumor_Seq_Allele2", "HGVSp_Short", "t_depth"):
        assert sorted(after[column]) == sorted(before[column])
    assert not {"Match_Norm_Seq_Allele1", "BAM_File", "Tumor_Sample_UUID", "Center"} & set(after.columns)


def test_header_lines_lose_the_cells_of_a_dropped_column(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    shutil.copy(outside("cbioportal_study_es_0") / "data_clinical_patients.txt", tmp_path / "data")
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "deid: 1\nname: x\nextends: [cbioportal]\ncolumns: {OS_MONTHS: {do: drop, why: not asked for}}\n", "utf-8"
    )
    out = release(tmp_path / "data", str(policy), tmp_path / "out")
    lines = (out / "data" / "data_clinical_patients.txt").read_text("utf-8").splitlines()
    assert {line.count("\t") for line in lines} == {3}
    assert lines[0].startswith("#Patient Identifier\t")
    assert "(Months)" not in lines[0].split("\t")[1]
