"""Views of a text in which an identifier is written plainly, with a map back to the original offsets.

An identifier can hide from patterns and still be read by people: full-width digits, zero-width characters, soft
hyphens, look-alike letters, entities, a line break in the middle, letters spaced out. Each view undoes some of this.
Every view reports its spans in the original text, which is never changed.
"""

from __future__ import annotations

import html
import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_ZERO_WIDTH = "\u115f\u1160\u17b4\u17b5\u3164\uffa0"
MAX_SEAM = 1_000
_QUOTES = {"‘": "'", "’": "'", "‛": "'", "′": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "„": '"', "″": '"'}
_DOTS = {"·": ".", "․": ".", "‧": ".", "∙": ".", "・": ".", "。": ".", "⸱": "."}
_INLINE_TAGS = "b|i|u|s|em|strong|span|font|small|big|sub|sup|mark|wbr|a|tt|code"
_BLOCK_TAGS = "br|p|div|td|tr|th|li|ul|ol|table|h[1-6]|hr|html|body|head|pre"
_SPECIAL = re.compile(
    r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});"
    rf"|</?(?P<inline>{_INLINE_TAGS})(?:\s[^<>]{{0,120}})?/?>"
    rf"|</?(?P<block>{_BLOCK_TAGS})(?:\s[^<>]{{0,120}})?/?>"
    r"|(?P<latin>[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0178\u2013-\u203a\u20ac\u2122]{1,3})"
    r"|(?P<digits>\d{40,})|(?P<letters>[A-Za-z]{80,})|(?P<same>(?P<char>[\s\S])(?P=char){39,})"
    r"|\r\n?|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[^\x00-\x7f]",
    re.IGNORECASE,
)
_UNPLAIN = re.compile(r"[&<\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\d{40}|[A-Za-z]{80}|(?P<char>[\s\S])(?P=char){39}")
_LOOK_ALIKE = {
    **dict(zip("аеорсухіјѕһԁԛԝѵк", "aeopcyxijshdqwvk", strict=False)),
    **dict(zip("АВЕКМНОРСТУХІЈЅԌ", "ABEKMHOPCTYXIJSG", strict=False)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=False)),
    **dict(zip("οιαρνκτυ", "oiapvktu", strict=False)),
    **dict(zip("ɑɡıӏꓲ", "agill", strict=False)),
}
_MIXED = re.compile(r"[^\W\d_]{1,40}")
_SPACED = re.compile(r"(?<!\S)[^\s](?:[ \t]{1,3}[^\s](?![A-Za-z0-9])){4,400}")
_BREAK = re.compile(
    r"(?P<left>[A-Za-z0-9@.,/+()'-]{0,39}[A-Za-z0-9@.,/+()'])(?P<cut>-?[ \t]{0,2}\n[ \t]{0,8})"
    r"(?P<right>[A-Za-z0-9@./()-]{1,40})"
)
_OCR_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])[0-9OoQDIlLiSsBZz|]{1,20}(?:(?:[-./:]|\)[ ]?)[0-9OoQDIlLiSsBZz|]{1,20}){0,6}(?![A-Za-z0-9])"
)
_OCR = str.maketrans("OoQDIlLi|SsBZz", "00001111155822")


@dataclass(frozen=True)
class View:
    """A text and, for each of its characters, where the original stretch begins and ends (None: the same place).

    `seams` are the positions at which the view differs in a way that recognisers must cross: a span found in a derived
    view counts only where it touches one.
    """

    text: str
    starts: array[int] | None = None
    ends: array[int] | None = None
    seams: tuple[tuple[int, int], ...] = ()

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the original text that a stretch of this view stands for."""
        if self.starts is None or self.ends is None or end <= start:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def touches_seam(self, start: int, end: int) -> bool:
        """Whether a stretch of this view lies over one of its seams."""
        at = bisect_left(self.seams, (start - MAX_SEAM, 0))
        while at < len(self.seams) and self.seams[at][0] < end:
            if self.seams[at][1] > start:
                return True
            at += 1
        return False


class _Builder:
    """Collects the characters of a view with their origins."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.starts = array("l")
        self.ends = array("l")
        self.size = 0

    def copy(self, text: str, start: int, end: int) -> None:
        """Take a stretch over as it is."""
        if end > start:
            self.parts.append(text[start:end])
            self.starts.extend(range(start, end))
            self.ends.extend(range(start + 1, end + 1))
            self.size += end - start

    def put(self, written: str, start: int, end: int) -> None:
        """Write `written` for the original stretch."""
        if written:
            self.parts.append(written)
            self.starts.extend([start] * len(written))
            self.ends.extend([end] * len(written))
            self.size += len(written)

    def view(self, seams: tuple[tuple[int, int], ...] = ()) -> View:
        return View("".join(self.parts), self.starts, self.ends, seams)


def fold(text: str) -> View:
    """Return the text as a reader sees it, in plain characters: the view that all recognisers work on."""
    if text.isascii() and not _UNPLAIN.search(text):
        return View(text)
    builder, at = _Builder(), 0
    for match in _SPECIAL.finditer(text):
        builder.copy(text, at, match.start())
        builder.put(_plain(match), match.start(), match.end())
        at = match.end()
    if at == 0:
        return View(text)
    builder.copy(text, at, len(text))
    view = builder.view()
    if view.text.isascii():
        return view
    return View(_MIXED.sub(_without_look_alikes, view.text), view.starts, view.ends)


def _plain(match: re.Match[str]) -> str:
    found = match.group()
    if match["digits"] or match["letters"] or match["same"]:
        return found[:20]
    if found[0] == "&":
        resolved = html.unescape(found)
        return found if resolved == found else "".join(_plain_char(char) for char in resolved)
    if match["inline"]:
        return ""
    if match["block"] or found[0] == "\r":
        return "\n"
    if match["latin"]:
        return _mojibake(found)
    return _plain_char(found)


def _mojibake(found: str) -> str:
    for encoding in ("latin-1", "cp1252"):
        try:
            return "".join(_plain_char(char) for char in found.encode(encoding).decode("utf-8"))
        except UnicodeError:
            continue
    return "".join(_plain_char(char) for char in found)


@lru_cache(maxsize=4096)
def _plain_char(char: str) -> str:
    """Return what one character reads as; nothing for invisible ones."""
    if char.isascii():
        return "" if ord(char) < 32 and char not in "\t\n\r" else char
    if char in _ZERO_WIDTH:
        return ""
    if char in _QUOTES:
        return _QUOTES[char]
    if char in _DOTS:
        return _DOTS[char]
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me", "Cc"):
        return "\n" if char == "\x85" else ""
    if category == "Zs":
        return " "
    if category in ("Zl", "Zp"):
        return "\n"
    if category == "Pd" or char in "\u2212\u2043":
        return "-"
    if category == "Nd":
        return str(unicodedata.digit(char))
    decomposed = unicodedata.normalize("NFKD", char)
    return "".join(part for part in decomposed if unicodedata.category(part) not in ("Mn", "Cf")) or char


def _without_look_alikes(match: re.Match[str]) -> str:
    """Turn Cyrillic and Greek look-alikes into Latin letters in a word that a reader takes for a Latin one."""
    word = match.group()
    if word.isascii():
        return word
    foreign = [char for char in word if not char.isascii()]
    if len(word) < 2 or any(char not in _LOOK_ALIKE for char in foreign):
        return word
    return "".join(_LOOK_ALIKE.get(char, char) for char in word)


def _compose(outer: View, builder: _Builder, seams: list[tuple[int, int]]) -> View:
    """Return a view of a view as a view of the original."""
    inner = builder.view()
    if inner.starts is None or inner.ends is None or outer.starts is None or outer.ends is None:
        return View(inner.text, inner.starts, inner.ends, tuple(seams))
    starts = array("l", [outer.starts[at] for at in inner.starts])
    ends = array("l", [outer.ends[at - 1] for at in inner.ends])
    return View(inner.text, starts, ends, tuple(seams))


def despaced(view: View) -> View | None:
    """Return the view with runs of single spaced characters pulled together, or None where there are none."""
    builder, at, seams = _Builder(), 0, list[tuple[int, int]]()
    for run in _SPACED.finditer(view.text):
        builder.copy(view.text, at, run.start())
        begin = builder.size
        for piece in re.finditer(r"[ \t]+|[^ \t]", run.group()):
            start, end = run.start() + piece.start(), run.start() + piece.end()
            blank = piece.group().isspace()
            builder.put((" " if len(piece.group()) > 1 else "") if blank else piece.group(), start, end)
        seams.append((begin, builder.size))
        at = run.end()
    if not seams:
        return None
    builder.copy(view.text, at, len(view.text))
    return _compose(view, builder, seams)


def joined(view: View, is_word: Callable[[str], bool], *, hyphens: bool = True) -> View | None:
    """Return the view with identifiers joined that a line break cuts, or None where there are none.

    A break is taken out between digits or separators, and between two pieces of which neither is a word of its own.
    A hyphen before the break may belong to the number or not: `hyphens` says which of the two is tried.
    """
    if "\n" not in view.text:
        return None
    builder, at, seams = _Builder(), 0, list[tuple[int, int]]()
    for match in _BREAK.finditer(view.text):
        kept = _kept_at_break(match["left"], match["cut"], match["right"], is_word)
        kept = "" if kept == "-" and not hyphens else kept
        if kept is None or match.start("cut") < at:
            continue
        builder.copy(view.text, at, match.start("cut"))
        builder.put(kept, match.start("cut"), match.end("cut"))
        seams.append((max(0, builder.size - 1), builder.size + 1))
        at = match.end("cut")
    if not seams:
        return None
    builder.copy(view.text, at, len(view.text))
    return _compose(view, builder, seams)


def _kept_at_break(left: str, cut: str, right: str, is_word: Callable[[str], bool]) -> str | None:
    """Return what stands for the break in the joined view, None when the break is a true one."""
    last, first = left[-1], right[0]
    if first.isdigit() or (first in "-./(@" and len(right) > 1):
        if last.isdigit() or (last in "-./@+)" and len(left) > 1):
            return "-" if cut.startswith("-") and first.isdigit() and last.isdigit() else ""
        return "" if first == "@" else None
    if last in "@." and first.isalpha():
        return "" if ("@" in left or "@" in right) and not _ends_sentence(left, right, is_word) else None
    if not (first.isalpha() and last.isalpha()):
        return None
    tail = re.split(r"[^A-Za-z]", left)[-1]
    head = re.split(r"[^A-Za-z]", right)[0]
    if "@" in left or (first.islower() and (len(tail) < 3 or not is_word(tail.lower())) and not is_word(head.lower())):
        return ""
    if cut.startswith("-") and first.islower() and not (is_word(tail.lower()) and is_word(head.lower())):
        return ""
    return None


_ADDRESS_DONE = re.compile(r"@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\.$")


def _ends_sentence(left: str, right: str, is_word: Callable[[str], bool]) -> bool:
    """Whether an e-mail address is complete before the break and a new sentence begins after it."""
    head = re.split(r"[^A-Za-z]", right)[0]
    goes_on = head.lower() in ("com", "org", "net", "edu", "gov", "info")
    return bool(_ADDRESS_DONE.search(left)) and not goes_on and (head[:1].isupper() or is_word(head.lower()))


#: A word with a nought, one or five before one of its letters: `Za1nab`, `C0SGRAVE`.
_SLIPPED = re.compile(r"(?<!\w)[^\W\d_]*[015][^\W_]*[^\W\d_](?!\w)")
_LETTERS = str.maketrans("05", "os")


def with_letters(view: View, is_name: Callable[[str], bool]) -> View | None:
    """Return the view with digits for letters (0 for o, 1 for i or l, 5 for s) put right in names, or None without."""
    seams: list[tuple[int, int]] = []

    def mend(match: re.Match[str]) -> str:
        token = match.group()
        plain = token.lower().translate(_LETTERS)
        mended = next((each for each in (plain.replace("1", one) for one in "il") if is_name(each)), token)
        written = mended.upper() if token.upper() == token else mended if token[0].islower() else mended.title()
        few = len(token) > 3 and sum(map(str.isdigit, token)) * 2 < len(token)
        if not few or not mended.isalpha() or len(written) != len(token):  # places in the view stay those of the text
            return token
        seams.append(match.span())
        return written

    text = _SLIPPED.sub(mend, view.text)
    return View(text, view.starts, view.ends, tuple(seams)) if seams else None


def without_ocr_slips(view: View) -> View | None:
    """Return the view with letters for digits (O for 0, l for 1, S for 5) put right, or None without any."""
    seams: list[tuple[int, int]] = []

    def mend(match: re.Match[str]) -> str:
        token = match.group()
        if token.lower() == token.upper():
            return token  # no letter is in it
        digits, size = sum(char.isdigit() for char in token), sum(char.isalnum() for char in token)
        if digits < 2 or digits * 4 < size or (digits * 2 < size and token.isalnum()):
            return token
        if len(token) < 6 or not any(char.isalpha() for char in token):
            return token
        seams.append(match.span())
        return token.translate(_OCR)

    text = _OCR_TOKEN.sub(mend, view.text)
    return View(text, view.starts, view.ends, tuple(seams)) if seams else None
