"""References, codes, markup and dates about nobody: what FHIR needs of transforms."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pytest

from deid.contracts import Context
from deid.keys import Key
from deid.model import Known, Span
from deid.pseudonyms import id_pseudonyms
from deid.transform import build
from deid.transform.published_code import PublishedCode
from tests.conftest import KEY

OWN = Key.from_hex(KEY).for_release("unit")
ID = "6f1c2b7e-0d3a-4c55-9b8e-2f70c1d4a911"


def treated(name: str, cells: list[str | None], others: dict[str, Any] | None = None, **options: Any) -> list[Any]:
    transform = build(name, options)
    assert not isinstance(transform, list), transform
    subject = pa.array(["s" if cell is None or "nobody" not in cell else None for cell in cells], pa.string())
    context = Context("t", "c", "subject", OWN, subject=subject, others=others or {}, detector=Names())
    return list(transform.apply(pa.array(cells, pa.string()), context).to_pylist())


class Names:
    """A detector that finds Ada and Quill."""

    def find_all(self, texts: Sequence[str], known: Sequence[tuple[Known, ...]]) -> list[list[Span]]:
        return [
            [
                Span(text.find(word), text.find(word) + len(word), "person_name", 1.0, "x")
                for word in ("Ada", "Quill")
                if word in text
            ]
            for text in texts
        ]


def test_references_lead_to_the_pseudonyms_of_ids() -> None:
    letters, number = id_pseudonyms(OWN, "subject", ["1015", ID])
    found = treated(
        "reference",
        ["Patient/1015", f"urn:uuid:{ID}", "#1015", f"Patient/{ID}/_history/1015", "1015", "Patient", "#", None],
    )
    assert found == [
        f"Patient/{letters}",
        f"urn:uuid:{number}",
        f"#{letters}",
        f"Patient/{number}/_history/{letters}",
        letters,
        "Patient",
        "#",
        None,
    ]
    assert uuid.UUID(number).variant == uuid.RFC_4122
    assert treated("pseudonym", ["1015", ID], uuids=True) == [letters, number]
    assert treated("pseudonym", [ID.upper()], uuids=True) == [number]


def test_servers_and_searches_are_renamed() -> None:
    base = "https://st-elsewhere.example.org/fhir"
    one, two, query = treated(
        "reference",
        [f"{base}/Patient/7", f"{base}/Group/8", "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|4711"],
    )
    assert one.split("/")[:3] == two.split("/")[:3]
    assert one.split("/")[2].endswith(".invalid")
    assert "elsewhere" not in one
    npi = treated("pseudonym", ["4711"])  # in another field
    assert query.startswith("Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|")
    assert not query.endswith(("4711", npi[0]))
    oid = treated("reference", ["urn:oid:1.2.3.4"])[0]
    assert oid.startswith("urn:oid:2.25.")


@pytest.mark.parametrize(
    "text", ["Smith/1015", "Ada Quill", "Patient/Ada Quill", "mailto:ada@example.org", "Patient?name"]
)
def test_what_is_no_reference_passes_nothing(text: str) -> None:
    out = treated("reference", [text])[0]
    assert not {"Smith", "Ada", "Quill", "1015", "ada@example.org", "name"} & set(out.replace("/", " ").split())
    assert "Ada" not in out


def test_codes_stay_where_the_system_is_published() -> None:
    systems = pa.array(["http://loinc.org", "urn:oid:1.2.3.hospital", None, "http://loinc.org"], pa.string())
    codes = treated("published_code", ["718-7", "JONES", "JONES", None], {"s": systems}, system="s")
    assert codes[0] == "718-7"
    assert codes[1] == codes[2]
    assert "JONES" not in codes
    words = treated("published_code", ["Hb", "Jones", "Jones", None], {"s": systems}, system="s", part="display")
    assert words == ["Hb", None, None, None]
    found = PublishedCode().at("Condition.code.coding.code", {"Condition.code.coding.system"})
    assert found.columns() == ("Condition.code.coding.system",)
    assert isinstance(build("published_code", {"also": ["*"]}), list)


def test_markup_is_redacted_between_its_tags() -> None:
    text = (
        '<div xmlns="http://www.w3.org/1999/xhtml"><p title="Ada"><b>Ada</b> &amp; <i>Quill</i><br>'
        '<a href="mailto:ada@example.org">5 &lt; 6</a><img src="ada.png" alt="Ada"><script>Ada</script><!-- Ada --></p>'
        '<table><tr><td colspan="2">x</td></tr></table></div>'
    )
    out = treated("redact", [text], markup=True)[0]
    assert "Ada" not in out
    assert "ada" not in out
    assert "[NAME_1]</b> &amp; <i>[NAME_1]" in out
    tree = ElementTree.fromstring(out)
    assert "5 < 6" in "".join(tree.itertext())
    assert 'colspan="2"' in out


def test_dates_about_nobody_move_together() -> None:
    from deid.transform.shift_date import ShiftDate

    context = Context("t", "c", "c", OWN, subject=pa.array([None, "a", None], pa.string()))
    found = (
        ShiftDate(nobody="together").apply(pa.array(["2019-03-01", "2019-03-01", "2019-03-11"]), context).to_pylist()
    )
    days = [pa.scalar(day).cast(pa.date32()).as_py() for day in found]
    assert (days[2] - days[0]).days == 10
    assert days[0] != days[1]
    assert found[0] != "2019-03-01"
