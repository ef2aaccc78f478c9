"""Faces: which glyph draws a character, how wide it is, and the part of the face that goes into a PDF.

Glyph numbers stay those of the face, so that no content stream depends on the subset that was
embedded. The subset keeps only what a CIDFontType2 needs (ISO 32000-1, 9.9): no hinting, no layout
tables. fontTools' own subsetter takes 36 ms a face; this one takes what it finds in ``glyf``.
"""

from __future__ import annotations

import copy
import functools
import itertools
import re
import struct
from collections.abc import Collection, Iterable
from pathlib import Path

import font_source_sans_pro
import msgspec
from fontTools.ttLib import TTFont

from emission.errors import TemplateError
from emission.render.fontfiles import hold_usable

# Printed by every voucher somewhere, so always embedded: ASCII, Spanish and the signs of our wording.
BASE = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("ÁÉÍÓÚÜÑÇáéíóúüñçàèìòù¿¡ºª°–—·…“”‘’«»€\u00a0")

# What would end a literal string, or be read as another byte (ISO 32000-1, 7.3.4.2).
_ESCAPED = {0x28: "\\(", 0x29: "\\)", 0x5C: "\\\\", 0x0D: "\\r"}

_SUFFIXES = frozenset((".ttf", ".otf", ".ttc", ".woff", ".woff2"))
_CAP_HEIGHT = 700

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

    ``glyphs`` is the inside of a PDF literal string (ISO 32000-1, 7.3.4.2), a character a byte. Where another face
    stands in for some characters, ``runs`` are the stretches, each the name of its face and its glyphs.
    """

    text: str
    width: int
    glyphs: str
    rare: bool
    runs: tuple[tuple[str, str], ...] = ()


class Face:
    """One TrueType face, measured in thousandths of the size (its em is 1000 units, or is scaled to it)."""

    def __init__(self, name: str, path: Path) -> None:
        font = TTFont(path, lazy=True)
        self.name = name
        self.fallback: Face | None = None
        self.postscript = re.sub(r"[^A-Za-z0-9-]", "", name) or "Face"
        self._units: int = font["head"].unitsPerEm
        units = self._units
        order = font.getReverseGlyphMap()
        metrics = font["hmtx"].metrics
        # What leads to glyph 0 is an empty box, and as good as missing.
        known = {chr(code): glyph for code, glyph in font.getBestCmap().items() if order[glyph]}
        self.glyphs = {char: order[glyph] for char, glyph in known.items()}
        self.advances = {char: round(metrics[glyph][0] * 1000 / units) for char, glyph in known.items()}
        self._codes = {char: _literal(glyph) for char, glyph in self.glyphs.items()}
        self.base = BASE & self.glyphs.keys()
        # Two characters may share a glyph (space and no-break space): the plainest one is what gets copied.
        self.characters = {glyph: char for char, glyph in sorted(self.glyphs.items(), reverse=True)}
        self.box = tuple(round(font["head"].__dict__[side] * 1000 / units) for side in ("xMin", "yMin", "xMax", "yMax"))
        self.ascent = round(font["hhea"].ascent * 1000 / units)
        self.descent = round(font["hhea"].descent * 1000 / units)
        # Tables before version 2 do not say it (OpenType, OS/2).
        self.cap_height: int = round(getattr(font["OS/2"], "sCapHeight", 0) * 1000 / units) or _CAP_HEIGHT
        self.weight: int = font["OS/2"].usWeightClass
        self._tables: dict[str, bytes] = {tag: font.reader[tag] for tag in ("head", "hhea", "maxp", "glyf")}
        self._depths: dict[str, int] = {}
        self._heights: dict[str, int] = {}
        self._offsets = tuple(font["loca"].locations)
        self._advances = {order[glyph]: struct.pack(">Hh", *pair) for glyph, pair in metrics.items()}
        font.close()
        self._measure()
        self._remember()

    def covering(self, name: str, text: str, fallback: Face | None = None) -> Face:
        """The same face under a template's ``name``, with the characters of ``text`` in its base subset too.

        ``fallback`` stands in for the glyphs that it lacks.
        """
        face = copy.copy(self)
        face.name = name
        face.fallback = fallback
        face.base = self.base | (set(text) & self.glyphs.keys())
        face._remember()  # noqa: SLF001 -- a copy of itself
        return face

    def standing_in(self, name: str, text: str, others: Iterable[Face]) -> Face:
        """The same face under ``name``, in its base subset only what one of the ``others`` lacks."""
        lacking = {char for other in others for char in BASE.union(text) if char not in other.glyphs}
        face = copy.copy(self)
        face.name = name
        face.base = frozenset(lacking & self.glyphs.keys())
        face._remember()  # noqa: SLF001 -- a copy of itself
        return face

    def always(self, text: str) -> None:
        """Takes ``text``, which pages show without asking, into the base subset; what it lacks, into its fallback's."""
        self.base |= set(text) & self.glyphs.keys()
        if self.fallback:
            self.fallback.base |= (set(text) - self.glyphs.keys()) & self.fallback.glyphs.keys()

    def _remember(self) -> None:
        """Labels, dates and names come many times over: the last few thousand are kept as shaped."""
        self.shape = functools.lru_cache(maxsize=4096)(self._shape)

    def _shape(self, text: str) -> Shape:
        """The shape of ``text``.

        Raises:
            KeyError: the face lacks a character of it.
        """
        if self.fallback and not self.glyphs.keys() >= set(text):
            return self._mixed(text, self.fallback)
        width = sum(map(self.advances.__getitem__, text))
        glyphs = "".join(map(self._codes.__getitem__, text))
        return Shape(text, width, glyphs, not self.base.issuperset(text))

    def _mixed(self, text: str, fallback: Face) -> Shape:
        """A text of which ``fallback`` draws what this face cannot."""
        width, runs = 0, []
        for lacking, chars in itertools.groupby(text, lambda char: char not in self.glyphs):
            shape = (fallback if lacking else self).shape("".join(chars))
            width += shape.width
            runs.append((fallback.name if lacking else self.name, shape.glyphs))
        return Shape(text, width, "", rare=True, runs=tuple(runs))

    def width(self, text: str) -> int:
        """The width of ``text`` at size 1000.

        Raises:
            KeyError: the face lacks a character of it.
        """
        return self.shape(text).width

    def span(self, text: str) -> tuple[int, int]:
        """How far the glyphs of ``text`` reach from the baseline, down (as a rule negative) and up, at size 1000."""
        chars = set(text)
        if self.fallback and (lacking := chars - self.glyphs.keys()):
            low, high = self.span("".join(chars - lacking))
            lower, higher = self.fallback.span("".join(lacking))
            return min(low, lower), max(high, higher)
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
        """The characters of ``text`` that neither the face nor its fallback can draw, each once."""
        lacking = sorted(char for char in set(text) if char not in self.glyphs)
        return self.fallback.missing("".join(lacking)) if self.fallback and lacking else lacking

    def rare(self, text: str) -> list[tuple[str, set[str]]]:
        """The characters of ``text`` that the base subsets lack, by the name of the face that draws them."""
        chars = set(text)
        own = chars & self.glyphs.keys()
        rare = [(self.name, own - self.base)]
        if self.fallback and own != chars:
            rare.append((self.fallback.name, chars - own - self.fallback.base))
        return rare

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


def is_file_name(written: str) -> bool:
    """Whether ``[faces]`` names a file of the template's folder, and no installed face."""
    return "/" in written or Path(written).suffix.lower() in _SUFFIXES


def load_face(written: str, folder: Path) -> Face:
    """An installed face, or a TrueType file of a template's ``folder``; read once a process.

    Raises:
        TemplateError: no such face or file, or one that cannot be embedded: not TrueType, damaged, restricted.
    """
    if not is_file_name(written):
        return _installed(written)
    # A name with a NUL is none that the machine could look for.
    path = (folder / written.replace("\0", "\ufffd")).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise TemplateError("template-face-file", face=written, file=folder / "template.toml")
    status = path.stat()
    return _supplied(path, status.st_mtime_ns, status.st_size)


@functools.cache
def _installed(name: str) -> Face:
    return Face(name, face_path(name))


@functools.lru_cache(maxsize=16)
def _supplied(path: Path, _changed: int, _size: int) -> Face:
    """A face that nobody has vouched for: every glyph of it is taken apart once."""
    hold_usable(path)
    try:
        face = Face(path.stem, path)
        face.subset(face.glyphs)
    except Exception as error:
        raise TemplateError("template-face-broken", file=path, problem=f"{type(error).__name__}: {error}") from error
    return face


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
