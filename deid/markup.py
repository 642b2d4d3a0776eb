"""Markup (HTML, XHTML narratives) cut into tags and the texts between them, so that only texts are rewritten."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

#: Attributes that say how a table is laid out; all others could hold names, addresses or code.
_KEPT = frozenset({"colspan", "rowspan"})
_VOID = frozenset({"br", "hr", "col", "wbr"})
#: Elements that are left out with all that they hold.
_LEFT_OUT = frozenset({"script", "style", "head", "title", "object", "iframe", "svg", "math", "template", "noscript"})
_WITHOUT_END = frozenset({"img", "link", "meta", "input", "embed", "source", "area", "base", "param", "track"})
_XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True)
class Piece:
    """A tag, or a text between tags as it is read (entities resolved)."""

    text: str = field(repr=False)
    is_tag: bool = False

    def written(self) -> str:
        """Return the piece as it stands in markup."""
        return self.text if self.is_tag else escape(self.text, quote=False)


def pieces(markup: str) -> list[Piece]:
    """Return the tags and texts of markup in order, well nested; comments, scripts and most attributes are gone."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.finished()


class _Reader(HTMLParser):
    """Gathers pieces, keeps only plain attributes, and closes what was left open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[Piece] = []
        self._open: list[str] = []
        self._hidden: list[str] = []

    def finished(self) -> list[Piece]:
        """Return all pieces, with the tags that still miss an end."""
        return [*self._pieces, *(Piece(f"</{tag}>", is_tag=True) for tag in reversed(self._open))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in the start of an element."""
        if tag in _WITHOUT_END:
            return
        if self._hidden or tag in _LEFT_OUT or not tag.isalnum():
            self._hidden.append(tag)
            return
        kept = [(name, value or "") for name, value in attrs if name in _KEPT and (value or "").isdigit()]
        kept += [("xmlns", _XHTML) for name, value in attrs if name == "xmlns" and value == _XHTML]
        written = "".join(f' {name}="{value}"' for name, value in kept)
        if tag in _VOID:
            self._pieces.append(Piece(f"<{tag}{written}/>", is_tag=True))
            return
        self._pieces.append(Piece(f"<{tag}{written}>", is_tag=True))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Take in the end of an element; ends without a start are passed over."""
        if self._hidden:
            if tag in self._hidden:
                del self._hidden[len(self._hidden) - 1 - self._hidden[::-1].index(tag) :]
            return
        if tag not in self._open:
            return
        while self._open:
            last = self._open.pop()
            self._pieces.append(Piece(f"</{last}>", is_tag=True))
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        """Take in text."""
        if not self._hidden and data:
            self._pieces.append(Piece(data))
