"""NAACCR XML: items to columns and back, reduced by the record types of the dictionary, refused where malformed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import Result
from format_tables import read_all, write_all
from reading_peak import reading_peak

from deid.errors import DataError
from deid.formats import format_for
from deid.formats.naaccr_items import items
from deid.registry import plugin
from deid.transform import build

NAMESPACE = "{http://naaccr.org/naaccrxml}"
HEAD = (
    '<?xml version="1.0"?>\n<NaaccrData xmlns="http://naaccr.org/naaccrxml" timeGenerated="2026-01-05T08:00:00Z"'
    ' baseDictionaryUri="http://naaccr.org/naaccrxml/naaccr-dictionary-250.xml" recordType="A"'
    ' userDictionaryUri="http://registry.example/own.xml" specificationVersion="1.8">\n'
)
FAMILY = ("Quillfeather", "Thornbury", "Vandermeulen", "Okonjola")


def item(name: str, value: str) -> str:
    return f'<Item naaccrId="{name}">{value}</Item>\n'


def patient(number: int) -> str:
    """Return one invented patient with one tumour, or two for even numbers."""
    own = {
        "patientIdNumber": f"{number:08d}",
        "nameLast": FAMILY[number % 4],
        "nameFirst": "Zenobia",
        "dateOfBirth": f"19{30 + number % 40}0415",
        "sex": str(1 + number % 2),
        "race1": "01",
        "addrCurrentPostalCode": "02139",
        "telephone": f"617555{number:04d}",
    }
    tumour = {
        "primarySite": "C509",
        "ageAtDiagnosis": ("104", "999", "089", "061")[number % 4],
        "dateOfDiagnosis": "20140702",
        "histologicTypeIcdO3": "8500",
        "accessionNumberHosp": f"2014{number:05d}",
        "physicianManaging": "77123456",
        "textRemarks": f"Seen with her daughter {FAMILY[number % 4]} &amp; discussed",
        "registryId": None,
        "censusTract2020": "352700",
    }
    body = "".join(item(name, value) for name, value in own.items())
    one = "<Tumor>\n" + "".join(item(name, value) for name, value in tumour.items() if value) + "</Tumor>\n"
    return f"<Patient>\n{body}{one * (2 - number % 2)}</Patient>\n"


def registry(patients: int = 24) -> str:
    return HEAD + item("registryId", "0000009999") + "".join(map(patient, range(patients))) + "</NaaccrData>\n"


def policy(folder: Path, **more: object) -> Path:
    terms = (
        *("permitted_uses", "permitted_recipients", "no_further_use", "safeguards", "report_breach"),
        *("bind_agents_and_subcontractors", "no_reidentification", "no_contact"),
    )
    parts = {
        "deid": 1,
        "name": "registry-share",
        "extends": ["naaccr-limited-data-set"],
        "context": {"dua": dict.fromkeys(terms, "agreed")},
        **more,
    }
    path = folder / "policy.yaml"
    path.write_text(yaml.safe_dump(parts), "utf-8")
    return path


Command = Callable[..., Result]


def test_an_abstract_becomes_a_limited_data_set_of_incidence_items(tmp_path: Path, command: Command) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.xml").write_text(registry(), "utf-8")
    out = tmp_path / "out"
    result = command("run", tmp_path / "data", "--policy", policy(tmp_path), "--out", out)
    assert result.exit_code == 0, result.output
    root = ElementTree.fromstring((out / "data" / "registry.xml").read_bytes())
    left = {element.get("naaccrId") or "" for element in root.iter(f"{NAMESPACE}Item")}
    assert all(items()[name].incidence for name in left)
    assert not left & {"nameLast", "telephone", "textRemarks", "physicianManaging", "censusTract2020", "registryId"}
    assert root.get("recordType") == "I"
    assert root.get("timeGenerated") is None
    assert root.get("userDictionaryUri") is None
    patients = root.findall(f"{NAMESPACE}Patient")
    assert len(patients) == 24
    assert sorted(len(p.findall(f"{NAMESPACE}Tumor")) for p in patients) == [1] * 12 + [2] * 12
    ages = sorted({e.text or "" for e in root.iter(f"{NAMESPACE}Item") if e.get("naaccrId") == "ageAtDiagnosis"})
    assert ages == ["061", "089", "090", "999"]
    text = (out / "data" / "registry.xml").read_text("utf-8")
    for gone in (*FAMILY, "Zenobia", "617555", "00000001", "77123456", "example"):
        assert gone not in text, gone
    for stays in ("02139", "20140702", "C509", "8500"):
        assert stays in text, stays


def test_a_limited_data_set_needs_its_agreement(tmp_path: Path, command: Command) -> None:
    (tmp_path / "registry.xml").write_text(registry(), "utf-8")
    out = tmp_path / "out"
    result = command("run", tmp_path / "registry.xml", "--policy", "naaccr-limited-data-set", "--out", out)
    assert result.exit_code == 3
    assert "P210" in result.output
    assert not out.exists()


def test_an_item_that_the_dictionary_does_not_know_is_refused(tmp_path: Path, command: Command) -> None:
    text = registry().replace("<Tumor>\n", "<Tumor>\n" + item("ownRegistryNote", "saw Ms Thornbury"))
    (tmp_path / "registry.xml").write_text(text, "utf-8")
    result = command("run", tmp_path / "registry.xml", "--policy", policy(tmp_path), "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "ownRegistryNote" in result.output
    assert "Thornbury" not in result.output


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    source, target = tmp_path / "a.xml", tmp_path / "b.xml"
    source.write_text(registry(), "utf-8")
    table = read_all("naaccr", source, rows=7)
    info = plugin("format", "naaccr")().inspect(source, {})[0]
    write_all("naaccr", target, table, info.options, 5)
    assert read_all("naaccr", target).equals(table)
    assert "&amp; discussed" in target.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('<!DOCTYPE x [<!ENTITY e "Quillfeather">]>\n<NaaccrData/>', 1),
        ('<!DOCTYPE x SYSTEM "http://host/x.dtd">\n<NaaccrData/>', 1),
        (HEAD + "<Patient>\n<Item naaccrId='nameLast'>Quillfeather\n</Patient></NaaccrData>", 5),
        (HEAD + "<Patient>\n<Name>Quillfeather</Name></Patient></NaaccrData>", 4),
        (HEAD + "<Tumor/></NaaccrData>", 3),
        (HEAD + "<Patient>\nQuillfeather</Patient></NaaccrData>", 4),
        (HEAD + "<Patient>\n" + item("primarySite", "Quillfeather") + "</Patient></NaaccrData>", 4),
        (HEAD + "<Patient>\n" + item("sex", "1") * 2 + "</Patient></NaaccrData>", 5),
        (HEAD + "<Patient>\n<Item>Quillfeather</Item></Patient></NaaccrData>", 4),
        ("<define>Quillfeather</define>", 1),
        (registry()[:-60], None),
    ],
)
def test_what_is_malformed_is_refused_with_its_line(tmp_path: Path, text: str, line: int | None) -> None:
    path = tmp_path / "x.xml"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=rf"D360 x\.xml:{line if line else ''}") as caught:
        read_all("naaccr", path)
    assert "Quillfeather" not in str(caught.value)


def test_the_file_itself_tells_the_format(tmp_path: Path) -> None:
    path = tmp_path / "registry.xml"
    path.write_text(registry(), "utf-8")
    assert format_for(path) == "naaccr"
    assert plugin("format", "naaccr")().claims(path)
    path.write_text("<ODM/>", "utf-8")
    assert not plugin("format", "naaccr")().claims(path)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(patients: int) -> int:
        path = tmp_path / f"{patients}.xml"
        path.write_text(registry(patients), "utf-8")
        held, rows = reading_peak("naaccr", path, 200)
        assert rows == patients // 2 * 3
        return held

    small, large = peak(2_000), peak(8_000)
    assert large < small * 1.5


def test_the_dictionary_is_whole() -> None:
    assert len(items()) == 780
    assert sum(not item.incidence for item in items().values()) == 87


def test_age_codes_keep_their_width_and_the_unknown() -> None:
    built = build("age_code", {"top": 100})
    assert isinstance(built, list)
    assert "top must be" in built[0]
