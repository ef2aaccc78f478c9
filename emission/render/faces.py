"""Faces: which glyph draws a character, how wide it is, and the part of the face that goes into a PDF.

Glyph numbers stay those of the face, so that no content stream depends on the subset that was
embedded. The subset keeps only what a CIDFontType2 needs (ISO 32000-1, 9.9): no hinting, no layout
tables. fontTools' own subsetter takes 36 ms a face; this one takes what it finds in ``glyf``.
"""

from __future__ import annotations

import copy
import functools
import struct
from collections.abc import Collection, Iterable
from pathlib import Path

import font_source_sans_pro
import msgspec
from fontTools.ttLib import TTFont

from emission.errors import TemplateError

# Printed by every voucher somewhere, so always embedded: ASCII, Spanish and the signs of our wording.
BASE = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("ÁÉÍÓÚÜÑÇáéíóúüñçàèìòù¿¡ºª°–—·…“”‘’«»€\u00a0")

# What would end a literal string, or be read as another byte (ISO 32000-1, 7.3.4.2).
_ESCAPED = {0x28: "\\(", 0x29: "\\)", 0x5C: "\\\\", 0x0D: "\\r"}

_MORE_COMPONENTS, _ARGS_ARE_WORDS, _HAS_INSTRUCTIONS = 0x20, 0x01, 0x100
_SCALE, _XY_SCALE, _MATRIX = 0x08, 0x40, 0x80


def face_path(name: str) -> Path:
    """The TrueType file of an installed face, such as ``SourceSansPro-Regular``.

    Raises:
        TemplateError: no installed package brings that face.
    """
    folder = Path(font_source_sans_pro.font_directory)
    names = sorted(path.stem for path in folder.glob("*.ttf"))
    if name not in names:
        raise TemplateError("template-face", face=name, faces=", ".join(names))
    return folder / f"{name}.ttf"


class Shape(msgspec.Struct, frozen=True, gc=False):
    """A text in a face: its width at size 1000, its glyphs, and whether it needs more than the base subset.

    ``glyphs`` is the inside of a PDF literal string (ISO 32000-1, 7.3.4.2), a character a byte.
    """

    text: str
    width: int
    glyphs: str
    rare: bool


class Face:
    """One TrueType face, measured in thousandths of the size (its em is 1000 units, or is scaled to it)."""

    def __init__(self, name: str, path: Path) -> None:
        font = TTFont(path, lazy=True)
        self.name = name
        self.postscript = name
        self._units: int = font["head"].unitsPerEm
        units = self._units
        order = font.getReverseGlyphMap()
        metrics = font["hmtx"].metrics
        self.glyphs = {chr(code): order[glyph] for code, glyph in font.getBestCmap().items()}
        self.advances = {
            chr(code): round(metrics[glyph][0] * 1000 / units) for code, glyph in font.getBestCmap().items()
        }
        self._codes = {char: _literal(glyph) for char, glyph in self.glyphs.items()}
        self.base = BASE & self.glyphs.keys()
        # Two characters may share a glyph (space and no-break space): the plainest one is what gets copied.
        self.characters = {glyph: char for char, glyph in sorted(self.glyphs.items(), reverse=True)}
        self.box = tuple(round(font["head"].__dict__[side] * 1000 / units) for side in ("xMin", "yMin", "xMax", "yMax"))
        self.ascent = round(font["hhea"].ascent * 1000 / units)
        self.descent = round(font["hhea"].descent * 1000 / units)
        self.cap_height: int = round(font["OS/2"].sCapHeight * 1000 / units)
        self.weight: int = font["OS/2"].usWeightClass
        self._tables: dict[str, bytes] = {tag: font.reader[tag] for tag in ("head", "hhea", "maxp", "glyf")}
        self._depths: dict[str, int] = {}
        self._heights: dict[str, int] = {}
        self._offsets = tuple(font["loca"].locations)
        self._advances = {order[glyph]: struct.pack(">Hh", *pair) for glyph, pair in metrics.items()}
        font.close()
        self._measure()
        self._remember()

    def covering(self, name: str, text: str) -> Face:
        """The same face under a template's ``name``, with the characters of ``text`` in its base subset too."""
        face = copy.copy(self)
        face.name = name
        face.base = self.base | (set(text) & self.glyphs.keys())
        face._remember()  # noqa: SLF001 -- a copy of itself
        return face

    def _remember(self) -> None:
        """Labels, dates and names come many times over: the last few thousand are kept as shaped."""
        self.shape = functools.lru_cache(maxsize=4096)(self._shape)

    def _shape(self, text: str) -> Shape:
        """The shape of ``text``.

        Raises:
            KeyError: the face lacks a character of it.
        """
        width = sum(map(self.advances.__getitem__, text))
        glyphs = "".join(map(self._codes.__getitem__, text))
        return Shape(text, width, glyphs, not self.base.issuperset(text))

    def width(self, text: str) -> int:
        """The width of ``text`` at size 1000.

        Raises:
            KeyError: the face lacks a character of it.
        """
        return self.shape(text).width

    def span(self, text: str) -> tuple[int, int]:
        """How far the glyphs of ``text`` reach from the baseline, down (as a rule negative) and up, at size 1000."""
        chars = set(text)
        return min(map(self._depths.__getitem__, chars), default=0), max(
            map(self._heights.__getitem__, chars), default=0
        )

    def _measure(self) -> None:
        """What glyphs say of their heights (OpenType, glyf: yMin and yMax of the header)."""
        glyf = self._tables["glyf"]
        for char, glyph in self.glyphs.items():
            start, end = self._offsets[glyph : glyph + 2]
            low, high = struct.unpack(">h2xh", glyf[start + 4 : start + 10]) if end > start else (0, 0)
            self._depths[char] = round(low * 1000 / self._units)
            self._heights[char] = round(high * 1000 / self._units)

    def missing(self, text: str) -> list[str]:
        """The characters of ``text`` that the face cannot draw, each once."""
        return sorted(char for char in set(text) if char not in self.glyphs)

    def rare(self, text: str) -> set[str]:
        """The characters of ``text`` that the base subset lacks."""
        return set(text) - self.base

    def subset(self, characters: Iterable[str]) -> bytes:
        """A TrueType file with the glyphs of ``characters`` under their own numbers."""
        wanted: set[int] = {0} | {self.glyphs[char] for char in characters}
        outlines: dict[int, bytes] = {}
        while wanted:
            glyph = wanted.pop()
            outlines[glyph], components = self._outline(glyph)
            wanted |= components - outlines.keys()
        count = max(outlines) + 1
        glyf, loca = bytearray(), [0]
        for glyph in range(count):
            outline = outlines.get(glyph, b"")
            glyf += outline + b"\0" * (-len(outline) % 4)
            loca.append(len(glyf))
        return _font_file(
            {
                "glyf": bytes(glyf),
                "head": self._tables["head"][:50] + struct.pack(">hh", 1, 0),  # long offsets
                "hhea": self._tables["hhea"][:34] + struct.pack(">H", count),
                "hmtx": self._metrics(outlines, count),
                "loca": struct.pack(f">{count + 1}L", *loca),
                "maxp": self._tables["maxp"][:4] + struct.pack(">H", count) + self._tables["maxp"][6:],
            }
        )

    def _metrics(self, glyphs: Collection[int], count: int) -> bytes:
        """The table ``hmtx``: advance and bearing of ``glyphs``, zeros for those that are not there."""
        return b"".join(self._advances[glyph] if glyph in glyphs else b"\0\0\0\0" for glyph in range(count))

    def _outline(self, glyph: int) -> tuple[bytes, set[int]]:
        data = self._tables["glyf"][self._offsets[glyph] : self._offsets[glyph + 1]]
        if not data:
            return b"", set()
        (contours,) = struct.unpack(">h", data[:2])
        return _simple(data, contours) if contours >= 0 else _composite(data)


@functools.cache
def load_face(name: str) -> Face:
    """The face of that name, read once a process.

    Raises:
        TemplateError: no installed package brings that face.
    """
    return Face(name, face_path(name))


def _literal(glyph: int) -> str:
    """A glyph's two bytes within a literal string; hexadecimal would make a third more of a page."""
    return "".join(_ESCAPED.get(byte, chr(byte)) for byte in glyph.to_bytes(2, "big"))


def _simple(data: bytes, contours: int) -> tuple[bytes, set[int]]:
    """The outline without its instructions (OpenType, glyf: simple glyph description)."""
    head = 10 + 2 * contours
    (length,) = struct.unpack(">H", data[head : head + 2])
    return data[:head] + b"\0\0" + data[head + 2 + length :], set()


def _composite(data: bytes) -> tuple[bytes, set[int]]:
    """The outline without its instructions, and the glyphs it is made of (OpenType, glyf: composite)."""
    outline, components, at, flags = bytearray(data[:10]), set(), 10, _MORE_COMPONENTS
    while flags & _MORE_COMPONENTS:
        flags, component = struct.unpack(">HH", data[at : at + 4])
        size = 4 + (4 if flags & _ARGS_ARE_WORDS else 2)
        size += 2 if flags & _SCALE else 4 if flags & _XY_SCALE else 8 if flags & _MATRIX else 0
        outline += struct.pack(">H", flags & ~_HAS_INSTRUCTIONS) + data[at + 2 : at + size]
        components.add(component)
        at += size
    return bytes(outline), components


def _font_file(tables: dict[str, bytes]) -> bytes:
    """An sfnt file of ``tables`` (OpenType, table directory), which stand in their tags' order."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    header = struct.pack(">LHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    directory, body, at = b"", b"", 12 + 16 * count
    for tag, data in tables.items():
        padded = data + b"\0" * (-len(data) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}L", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4sLLL", tag.encode(), checksum, at + len(body), len(data))
        body += padded
    return header + directory + body
