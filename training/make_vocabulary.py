"""Write the clinical vocabulary that detection reads: `python training/make_vocabulary.py`.

Words of the titles and notes of ICD-10-CM (National Center for Health Statistics, public domain; read from the package
`simple-icd-10-cm`, MIT) and names of drugs (`drug-named-entity-recognition`, MIT). Only single words are kept, as facts
of what words there are; those of everyday English and usual names of persons are left out, and double names of diseases
(`Wiskott-Aldrich`) become eponyms. Both packages are needed for writing, neither for reading.
"""

from __future__ import annotations

import bz2
import gzip
import pickle
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree

from deid.detect import lexicon

OUT = Path(__file__).parents[1] / "deid" / "data" / "clinical_vocabulary.txt.gz"
_WORD = re.compile(r"[^\W\d_]{4,24}")
_DOUBLE = re.compile(r"(?<![\w-])[^\W\d_]{2,}(?:-[^\W\d_]{2,})+(?![\w-])")


def titles() -> str:
    """Return all texts of ICD-10-CM, a line each."""
    folder = resources.files("simple_icd_10_cm").joinpath("data")
    tables = [file for file in folder.iterdir() if file.name.endswith(".xml")]
    texts = (element.text for table in tables for element in ElementTree.fromstring(table.read_bytes()).iter())
    return "\n".join(text for text in texts if text)


def drugs() -> Iterator[str]:
    """Yield the names of drugs that are one word, and the long words of the others."""
    packed = resources.files("drug_named_entity_recognition").joinpath("drug_ner_dictionary.pkl.bz2").read_bytes()
    for name in pickle.loads(bz2.decompress(packed))["drug_variant_to_canonical"]:
        words = _WORD.findall(name)
        yield from (word for word in words if (len(words) == 1 and word == name.strip()) or len(word) > 6)


def people(text: str) -> set[str]:
    """Return the double names of persons in names of diseases; a single name could be anybody's."""
    lower = {word for word in _WORD.findall(text) if word.islower()}
    doubles = {double for double in _DOUBLE.findall(text) if all(part[0].isupper() for part in double.split("-"))}
    return {
        lexicon.fold_word(double)
        for double in doubles
        if all(part[1:].islower() and part.lower() not in lower for part in double.split("-"))
    }


def is_new(word: str) -> bool:
    """Whether a word is neither in the dictionary, which says nothing of medicine, nor a usual name of persons."""
    return not lexicon.is_word(word) and word not in lexicon.given_names() and word not in lexicon.family_names()


def write(words: set[str], eponyms: set[str]) -> None:
    """Write the list, sorted; the same words give the same octets."""
    lines = ["# written by training/make_vocabulary.py", "[words]", *sorted(words), "[eponyms]", *sorted(eponyms)]
    OUT.write_bytes(gzip.compress("\n".join(lines).encode() + b"\n", 9, mtime=0))


def main() -> None:
    """Write the list anew, from what the dictionary knows without it."""
    write(set(), set())
    text = titles()
    eponyms = people(text)
    found = {lexicon.fold_word(word) for word in (*_WORD.findall(text), *drugs())}
    words = {word for word in found if word.isascii() and word.isalpha() and len(word) > 3 and is_new(word)}
    write(words - eponyms, eponyms)
    print(f"{len(words - eponyms)} words, {len(eponyms)} eponyms, {OUT.stat().st_size} octets")


if __name__ == "__main__":
    main()
