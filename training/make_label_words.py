"""Write the everyday words of clinical labels: `python training/make_label_words.py`.

Words of the titles and notes of ICD-10-CM (National Center for Health Statistics, public domain; read from the package
`simple-icd-10-cm`, MIT) that are everyday English and nobody's name; those that firms and places are called by are left
out (`[ambiguous]` in `deid/data/label_words.txt`). The package is needed for writing, not for reading.
"""

from __future__ import annotations

import gzip
import re
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree

from deid.detect import lexicon
from deid.profiling.vocabulary import ambiguous_words

OUT = Path(__file__).parents[1] / "deid" / "data" / "icd_words.txt.gz"
_WORD = re.compile(r"[^\W\d_]{3,24}")


def texts() -> str:
    """Return all texts of ICD-10-CM, a line each."""
    folder = resources.files("simple_icd_10_cm").joinpath("data")
    tables = [file for file in folder.iterdir() if file.name.endswith(".xml")]
    every = (element.text for table in tables for element in ElementTree.fromstring(table.read_bytes()).iter())
    return "\n".join(text for text in every if text)


def is_plain(word: str) -> bool:
    """Whether a word is everyday English, nobody's name and no word of the clinical vocabulary."""
    known = lexicon.is_word(word) and word not in lexicon.clinical_words()
    return known and word.isascii() and not lexicon.is_name(word) and word not in ambiguous_words()


def main() -> None:
    """Write the list, sorted; the same words give the same octets."""
    words = sorted(word for word in set(_WORD.findall(texts())) if word.islower() and is_plain(word))
    OUT.write_bytes(gzip.compress("\n".join(words).encode() + b"\n", 9, mtime=0))
    print(f"{len(words)} words, {OUT.stat().st_size} octets")


if __name__ == "__main__":
    main()
