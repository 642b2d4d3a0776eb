"""Malformed files of every standard, as a user meets them: refused with place and remedy, no value, no release."""

# ruff: noqa: E501 - a case is read as a line

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import Result

from deid.contracts import TableInfo
from deid.registry import plugin
from tests.omop.cdm import everything as cdm
from tests.omop.cdm import write_csv

#: What stands in the files and may stand in no message.
SECRETS = ("Quillfeather", "Zenobia", "TUM-0071", "MRN-771204", "8471002")
Make = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """A folder that `make` fills, the policy it is run under, and what the refusal must say."""

    name: str
    policy: str
    make: Make
    code: str
    place: str
    exit_code: int = 4


def text(name: str, content: str) -> Make:
    return lambda folder: (folder / name).write_text(content, "utf-8") and None


PATIENT = '{"resourceType": "Patient", "id": "MRN-771204", "name": [{"family": "Quillfeather"}]}'


def ndjson(line: str) -> Make:
    """Seven lines, of which the last is the one given."""
    return text("Patient.ndjson", "\n".join([*[PATIENT] * 6, line, PATIENT]) + "\n")


def bundle(entry: str, end: str = "]}") -> Make:
    start = '{\n"resourceType": "Bundle",\n"type": "collection",\n"entry": [\n'
    return text("all.json", f'{start}{{"resource": {PATIENT}}},\n{{"resource": {entry}}}\n{end}')


NAACCR = (
    '<?xml version="1.0"?>\n<NaaccrData xmlns="http://naaccr.org/naaccrxml" specificationVersion="1.8" recordType="A"'
    ' baseDictionaryUri="http://naaccr.org/naaccrxml/naaccr-dictionary-250.xml">\n<Patient>\n'
    '<Item naaccrId="nameLast">Quillfeather</Item>\n<Item naaccrId="patientIdNumber">08471002</Item>\n'
)
VCF = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTUM-0071\tTUM-0072\n"
CALL = "20\t14370\trs1\tG\tA\t29\tPASS\tDP=14\tGT\t0/1\t0/0\n"


def blocked_gzip(*, at_block: bool) -> Make:
    """Cut blocked gzip in the middle of a block, or between two, where only the block of its end is missed."""

    def make(folder: Path) -> None:
        pieces = [(VCF + CALL * 500).encode(), (CALL * 500).encode()]
        blocks = b"".join(map(block, pieces))
        (folder / "cut.vcf.gz").write_bytes(blocks if at_block else blocks[:-40])

    return make


def block(data: bytes) -> bytes:
    """Return a block of blocked gzip."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(packed) + 25)
    return head + packed + struct.pack("<II", zlib.crc32(data), len(data))


def omop(change: Callable[[dict[str, list[dict[str, object]]]], object]) -> Make:
    def make(folder: Path) -> None:
        tables = cdm()
        change(tables)
        folder.rmdir()
        write_csv(tables, folder)

    return make


def clinical(lines: int) -> Make:
    head = ("#Patient Identifier\tSex", "#Identifier of the patient\tSex", "#STRING\tSTRING", "#1\t1")[:lines]
    return text("data_clinical_patients.txt", "\n".join([*head, "PATIENT_ID\tSEX", "MRN-771204\tFemale"]) + "\n")


def xpt(cut: int) -> Make:
    def make(folder: Path) -> None:
        table = pa.table({"USUBJID": ["MRN-771204", "MRN-880315"] * 40, "AETERM": ["Quillfeather"] * 80})
        writer = plugin("format", "xpt")().open(folder / "ae.xpt", TableInfo("ae", folder, "xpt", table.schema))
        writer.write(table.combine_chunks().to_batches()[0])
        writer.close()
        (folder / "ae.xpt").write_bytes((folder / "ae.xpt").read_bytes()[:cut])

    return make


DATASET_JSON = {
    "datasetJSONCreationDateTime": "2026-01-05T08:00:00",
    "datasetJSONVersion": "1.1.0",
    "itemGroupOID": "IG.DM",
    "records": 1,
    "name": "DM",
    "label": "Demographics",
    "columns": [{"itemOID": "IT.USUBJID", "name": "USUBJID", "label": "Subject", "dataType": "string"}],
    "rows": [["MRN-771204"]],
}
CASES = [
    Case("xml that ends early", "naaccr-limited-data-set", text("r.xml", NAACCR), "D", "r.xml"),
    Case("xml with a tag that is not closed", "naaccr-limited-data-set", text("r.xml", NAACCR + "<Tumor>\n</Patient></NaaccrData>"), "D", "r.xml:7"),
    Case("xml with an entity", "naaccr-limited-data-set", text("r.xml", NAACCR.replace("<NaaccrData", '<!DOCTYPE d [<!ENTITY e "Zenobia">]>\n<NaaccrData') + "</Patient></NaaccrData>"), "D", "r.xml"),
    Case("xml of another root", "naaccr-limited-data-set", text("r.xml", "<Registry><Item>Quillfeather</Item></Registry>"), "D", "r.xml"),
    Case("bundle cut short", "fhir-r4", bundle('{"resourceType": "Patient", "id": "Quillf', ""), "D335", "all.json:6"),
    Case("bundle with a key twice", "fhir-r4", bundle('{"resourceType": "Patient", "id": "a", "id": "Zenobia"}'), "D336", "all.json:6"),
    Case("bundle with NaN", "fhir-r4", bundle('{"resourceType": "Observation", "valueQuantity": {"value": NaN}}'), "D335", "all.json:6"),
    Case("bundle with an unknown type", "fhir-r4", bundle('{"resourceType": "Quillfeather", "id": "1"}'), "D370", "all.json: entry 2"),
    Case("bundle with an entry that is no resource", "fhir-r4", bundle('{"id": "Quillfeather"}'), "D371", "all.json: entry 2"),
    Case("ndjson with a broken line", "fhir-r4", ndjson('{"resourceType": "Patient", "id": "Quillf'), "D335", "Patient.ndjson:7"),
    Case("ndjson with a key twice", "fhir-r4", ndjson('{"resourceType": "Patient", "id": "a", "id": "Zenobia"}'), "D336", "Patient.ndjson:7"),
    Case("ndjson with NaN", "fhir-r4", ndjson('{"resourceType": "Patient", "multipleBirthInteger": NaN}'), "D335", "Patient.ndjson:7"),
    Case("ndjson with an unknown type", "fhir-r4", ndjson('{"resourceType": "Quillfeather"}'), "D370", "Patient.ndjson:7"),
    Case("vcf with blanks for tabs", "vcf-controlled-access", text("v.vcf", VCF + CALL.replace("\t", " ")), "D", "v.vcf:3"),
    Case("vcf with a head of blanks", "vcf-controlled-access", text("v.vcf", (VCF + CALL).replace("\t", " ")), "D", "v.vcf:2"),
    Case("vcf with a ragged record", "vcf-controlled-access", text("v.vcf", VCF + CALL + CALL.replace("\tDP=14", "")), "D", "v.vcf:4"),
    Case("vcf without names of columns", "vcf-controlled-access", text("v.vcf", VCF.split("#CHROM")[0] + CALL), "D", "v.vcf:2"),
    Case("vcf with a call too many", "vcf-controlled-access", text("v.vcf", VCF + CALL.replace("\n", "\t0/1\n")), "D", "v.vcf:3"),
    Case("vcf with a call too few", "vcf-controlled-access", text("v.vcf", VCF + CALL.replace("\t0/0\n", "\n")), "D", "v.vcf:3"),
    Case("vcf cut within a block", "vcf-controlled-access", blocked_gzip(at_block=False), "D", "cut.vcf.gz"),
    Case("vcf cut between blocks", "vcf-controlled-access", blocked_gzip(at_block=True), "D", "cut.vcf.gz"),
    Case("another version of the model", "omop-cdm54", omop(lambda tables: tables["cdm_source"][0].update(cdm_version="5.3.1")), "D231", "CDM_SOURCE.cdm_version"),
    Case("no table of persons", "omop-cdm54", omop(lambda tables: tables.pop("person")), "D", "person"),
    Case("no table of visits", "omop-cdm54", omop(lambda tables: tables.pop("visit_occurrence")), "D230", "visit_occurrence"),
    Case("a key of nobody", "omop-cdm54", omop(lambda tables: tables["measurement"][0].update(person_id=8471002)), "D230", "measurement.person_id"),
    Case("clinical file with three lines of head", "cbioportal", clinical(3), "D321", "data_clinical_patients.txt"),
    Case("mutations of no sample", "cbioportal", text("data_mutations.maf", "Hugo_Symbol\tChromosome\tTumor_Seq_Allele2\nTP53\t17\tA\n"), "D231", "data_mutations.Tumor_Sample_Barcode"),
    Case("transport file cut in its head", "trial-sharing", xpt(700), "D", "ae.xpt"),
    Case("transport file cut in its rows", "trial-sharing", xpt(1_800), "D", "ae.xpt"),
    Case("Dataset-JSON", "trial-sharing", text("dm.json", json.dumps(DATASET_JSON)), "D", "dm.json"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_refused_with_place_and_remedy(case: Case, tmp_path: Path, command: Callable[..., Result]) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    case.make(data)
    result = command("run", data, "--policy", case.policy, "--out", out, "--private", tmp_path / "private")
    said = result.output
    assert result.exit_code == case.exit_code, said
    assert f"{case.code}" in said
    assert case.place in said
    assert "remedy:" in said
    assert "Traceback" not in said
    assert not [secret for secret in SECRETS if secret in said]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
