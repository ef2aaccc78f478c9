"""A file as a screen reader goes through it: its structure, with the words of each element."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pikepdf

from emission.errors import UsageError

# How the table of a font's characters says them: a glyph, and UTF-16 (ISO 32000-1, 9.10.3).
# Glyphs from the first to the last, and what the first one says (9.10.3).
_RANGE = re.compile(rb"<([0-9A-F]{4})><([0-9A-F]{4})><([0-9a-f]+)>")
_DEEPEST = 40


class Tag(msgspec.Struct, frozen=True, omit_defaults=True):
    """An element: its type, how deep it stands, its page (from 1; 0 where it has none), and what is said of it.

    ``text`` are its own words, ``alt`` what stands for them, ``href`` where a link leads.
    """

    role: str
    depth: int
    page: int = 0
    text: str = ""
    alt: str = ""
    href: str = ""


def tags(path: Path) -> list[Tag]:
    """Every element of the PDF's structure, in the order in which it is read.

    Raises:
        UsageError: there is no such file, it is no PDF, or nobody gave it a structure.
    """
    try:
        with pikepdf.open(path) as opened:
            root: Any = opened.Root.get("/StructTreeRoot")
            if root is None:
                raise UsageError("inspect-no-tags", path=path)
            return list(_Reader(opened).below(root, 0))
    except (OSError, pikepdf.PdfError) as error:
        raise UsageError("inspect-no-pdf", path=path, detail=error) from error


class _Reader:
    def __init__(self, opened: pikepdf.Pdf) -> None:
        self._numbers = {page.obj.objgen: number for number, page in enumerate(opened.pages, 1)}
        self._words = {page.obj.objgen: _words(page) for page in opened.pages}

    def below(self, node: Any, depth: int) -> Iterator[Tag]:  # noqa: ANN401 -- pikepdf's objects are of one type
        """The elements beneath one."""
        for kid in _kids(node):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid and depth < _DEEPEST:
                yield self._element(kid, depth)
                yield from self.below(kid, depth + 1)

    def _element(self, node: Any, depth: int) -> Tag:  # noqa: ANN401 -- as above
        page: Any = node.get("/Pg")
        place = page.objgen if page is not None else (0, 0)
        words = self._words.get(place, {})
        own = [words.get(int(kid), "") for kid in _kids(node) if not isinstance(kid, pikepdf.Dictionary)]
        objects = [kid.Obj for kid in _kids(node) if isinstance(kid, pikepdf.Dictionary) and "/Obj" in kid]
        described = [str(one.get("/Contents", "")) for one in objects]
        return Tag(
            role=str(node.S).lstrip("/"),
            depth=depth,
            page=self._numbers.get(place, 0),
            text=" ".join(filter(None, own)),
            alt=str(node.get("/Alt", "")) or " ".join(described),
            href=" ".join(str(one.A.URI) for one in objects if "/A" in one),
        )


def _kids(node: Any) -> list[Any]:  # noqa: ANN401 -- as above
    kids = node.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _words(page: pikepdf.Page) -> dict[int, str]:
    """The words of each marked sequence of a page, by its number."""
    fonts: Any = page.resources.get("/Font", {})
    readers = {name: _reader(font) for name, font in fonts.items()}
    found: dict[int, list[str]] = {}
    sequence, font = -1, ""
    for said in pikepdf.parse_content_stream(page, "BDC BMC EMC Td Tm Tf Tj TJ"):
        operator, operands = str(said.operator), said.operands
        if operator == "BDC":
            sequence = int(operands[1].get("/MCID", -1)) if isinstance(operands[1], pikepdf.Dictionary) else -1
        elif operator in {"BMC", "EMC"}:
            sequence = -1
        elif operator in {"Td", "Tm"}:
            found.setdefault(sequence, []).append("")
        elif operator == "Tf":
            font = str(operands[0])
        else:
            # Beside strings there are lengths to go back or forth (ISO 32000-1, 9.4.3).
            parts = operands[0] if operator == "TJ" else operands
            codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
            found.setdefault(sequence, [""])[-1] += readers.get(font, _unreadable)(codes)
    return {number: " ".join(" ".join(lines).split()) for number, lines in found.items()}


def _reader(font: Any) -> Callable[[bytes], str]:  # noqa: ANN401 -- as above
    """What makes text of the codes of a font: of bytes in a simple one, else of two bytes each."""
    if font.get("/Encoding") == "/WinAnsiEncoding":
        return functools.partial(str, encoding="cp1252", errors="replace")
    return functools.partial(_read, characters=_characters(font))


def _unreadable(codes: bytes) -> str:
    return "\ufffd" * len(codes)


def _characters(font: Any) -> dict[int, str]:  # noqa: ANN401 -- as above
    table = font.get("/ToUnicode")
    if table is None:
        return {}
    found: dict[int, str] = {}
    for first, last, text in _RANGE.findall(table.read_bytes()):
        begin, said = int(first, 16), bytes.fromhex(text.decode("ascii")).decode("utf-16-be")
        for glyph in range(begin, int(last, 16) + 1):
            found[glyph] = said[:-1] + chr(ord(said[-1]) + glyph - begin)
    return found


def _read(glyphs: bytes, characters: dict[int, str]) -> str:
    pairs = zip(glyphs[::2], glyphs[1::2], strict=False)
    return "".join(characters.get(high << 8 | low, "\ufffd") for high, low in pairs)
