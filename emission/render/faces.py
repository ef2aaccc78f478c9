"""Faces: which glyph draws a character, how wide it is, and the part of the face that goes into a PDF.

A template's face is two fonts: a simple one whose codes are bytes (:mod:`.latin`), which draws nearly every word, and
a wide one, standing in for it, that has all else. Glyphs have numbers of our own, the same for whatever subset is
embedded, so that no content stream depends on it: first the core, which stands in every file, then what vouchers print
often, then the rest; tables that go by numbers stay as short as that. A subset keeps only what a PDF needs (ISO
32000-1, 9.9): no hinting, no layout tables. fontTools' own subsetter takes 36 ms a face; this one takes what it finds
in ``glyf``.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import itertools
import re
import string
import struct
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

import font_source_sans_pro
import msgspec
from fontTools.ttLib import TTFont

from emission.errors import TemplateError
from emission.render.charstrings import Charstrings
from emission.render.fontfiles import hold_usable
from emission.render.latin import NO_BREAK_SPACE, SAID

# Printed by every voucher, whatever its template says.
CORE = frozenset(string.digits + " $.,-/:")
# Printed by vouchers everywhere, so always in lots: letters of Spanish, figures, signs of names, addresses and links.
BASE = frozenset(string.ascii_letters + string.digits + "ÁÉÍÓÚÜÑáéíóúüñ !\"#$%&'()*+,-./:;=?@_¿¡ºª°–·\u00a0")

# What would end a literal string, or be read as another byte (ISO 32000-1, 7.3.4.2).
_ESCAPED = {0x28: "\\(", 0x29: "\\)", 0x5C: "\\\\", 0x0D: "\\r"}

_WIDE = ".wide"
_SUFFIXES = frozenset((".ttf", ".otf", ".ttc", ".woff", ".woff2"))
_CAP_HEIGHT = 700
_FIRST = 0x20

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


def curves_path(path: Path) -> Path:
    """The OpenType file beside an installed TrueType one, of which the package has both."""
    return path.with_suffix(".otf")


class Shape(msgspec.Struct, frozen=True, gc=False):
    """A text in a face: its width at size 1000, its glyphs, and what it needs ``beyond`` the cores, by face.

    ``glyphs`` is the inside of a PDF literal string (ISO 32000-1, 7.3.4.2), a character a byte. Where another font
    stands in for some characters, ``runs`` are the stretches, each the name of its font and its glyphs.
    """

    text: str
    width: int
    glyphs: str
    beyond: tuple[tuple[str, frozenset[str]], ...] = ()
    runs: tuple[tuple[str, str], ...] = ()


class Face:
    """One TrueType face, measured in thousandths of the size (its em is 1000 units, or is scaled to it).

    As it comes from its file it knows all of its characters; a template has it :meth:`covering` what its pages say.
    ``wide``: whether its codes are two bytes, the numbers of its glyphs; else they are those of :mod:`.latin`.
    ``curves`` are its outlines as cubic curves, where there are any.
    """

    def __init__(self, name: str, path: Path) -> None:
        with contextlib.closing(TTFont(path, lazy=True)) as font:
            self._read(font)
        self.name = name
        self.wide = True
        self.curves: Charstrings | None = None
        self.fallback: Face | None = None
        self.postscript = re.sub(r"[^A-Za-z0-9-]", "", name) or "Face"
        self._number(CORE, BASE)
        self._measure()
        self._remember()

    @functools.cached_property
    def widest(self) -> int:
        """The largest advance that it has, at size 1000."""
        widest: int = max(self.advances.values())
        return widest

    def _read(self, font: TTFont) -> None:
        self._units: int = font["head"].unitsPerEm
        units = self._units
        order = font.getReverseGlyphMap()
        metrics = font["hmtx"].metrics
        # What leads to glyph 0 is an empty box, and as good as missing; a control character draws nothing.
        known = {chr(code): glyph for code, glyph in font.getBestCmap().items() if order[glyph] and code >= _FIRST}
        self._offsets = tuple(font["loca"].locations)
        self._tables: dict[str, bytes] = {tag: font.reader[tag] for tag in ("head", "hhea", "maxp", "glyf")}
        self._own = {char: order[glyph] for char, glyph in known.items()}
        self._metrics_of = {order[glyph]: struct.pack(">Hh", *pair) for glyph, pair in metrics.items()}
        self.advances = {char: round(metrics[glyph][0] * 1000 / units) for char, glyph in known.items()}
        self.box = tuple(round(font["head"].__dict__[side] * 1000 / units) for side in ("xMin", "yMin", "xMax", "yMax"))
        self.ascent = round(font["hhea"].ascent * 1000 / units)
        self.descent = round(font["hhea"].descent * 1000 / units)
        # Tables before version 2 do not say it (OpenType, OS/2).
        self.cap_height: int = round(getattr(font["OS/2"], "sCapHeight", 0) * 1000 / units) or _CAP_HEIGHT
        self.weight: int = font["OS/2"].usWeightClass

    def _number(self, core: Iterable[str], base: Iterable[str]) -> None:
        """Gives every glyph its number, those of ``core`` the first ones, then those of ``base``."""
        self.core = frozenset(core) & self._own.keys()
        # What lots have at least; and what files have beside the core, since pages show it without asking.
        self.base = frozenset(base) & self._own.keys() | self.core
        self.needed: frozenset[str] = frozenset()
        first = self._closed(self.core)
        often = [glyph for glyph in self._closed(self.base) if glyph not in first]
        self.sources = tuple(dict.fromkeys((*first, *often, *self._closed(self._own))))
        self.core_size = len(first)
        self._numbers = {source: number for number, source in enumerate(self.sources)}
        self.glyphs = {char: self._numbers[glyph] for char, glyph in self._own.items()}
        self._codes = {char: _literal(number) if self.wide else SAID[char] for char, number in self.glyphs.items()}
        # What stands for itself in a string, as nearly every character of a simple font does.
        self.verbatim = frozenset(char for char, code in self._codes.items() if char == code)
        self._made: dict[str, frozenset[int]] = {}
        self._outlines: dict[int, bytes] = {}
        # Two characters may share a glyph (space and no-break space): the plainest one is what gets copied.
        self.characters = {number: char for char, number in sorted(self.glyphs.items(), reverse=True)}

    def covering(self, name: str, text: str, fallback: Face | None = None) -> Face:
        """The same face under a template's ``name``, with the characters of ``text`` in its core too.

        ``fallback`` stands in for the glyphs that it lacks.
        """
        return self._parted(name, CORE.union(text), BASE, fallback)

    def standing_in(self, name: str, text: str, others: Iterable[Face]) -> Face:
        """The same face under ``name``, with nothing but what one of the ``others`` lacks of what vouchers print."""
        lacking = {char for other in others for char in other.missing("".join(BASE.union(text)))}
        return self._parted(name, lacking.intersection(text), lacking, None)

    def _parted(self, name: str, core: AbstractSet[str], base: AbstractSet[str], fallback: Face | None) -> Face:
        """A simple font for what a byte can say, and a wide one in its place for all else."""
        bytewise = self._own.keys() & SAID.keys()
        if self.advances.get(NO_BREAK_SPACE) != self.advances.get(" "):
            bytewise -= {NO_BREAK_SPACE}
        if bytewise < self._own.keys():
            fallback = self._part(f"{name}{_WIDE}", self._own.keys() - bytewise, fallback)
            fallback._number(core, core)  # noqa: SLF001 -- a copy of itself
        part = self._part(name, bytewise, fallback)
        if NO_BREAK_SPACE in bytewise:
            part._own[NO_BREAK_SPACE] = part._own[" "]  # noqa: SLF001 -- as above
        part._number(core, base)  # noqa: SLF001 -- as above
        return part

    def _part(self, name: str, known: AbstractSet[str], fallback: Face | None) -> Face:
        """The same face as one font that has the characters ``known``."""
        part = copy.copy(self)
        part.name = name
        part.wide = name.endswith(_WIDE)
        part.fallback = fallback
        part._own = {char: self._own[char] for char in sorted(known)}  # noqa: SLF001 -- a copy of itself
        part.advances = {char: self.advances[char] for char in sorted(known)}
        part._remember()  # noqa: SLF001 -- as above
        return part

    @property
    def compact(self) -> bool:
        """Whether it is embedded as a compact font, of cubic curves; else it is a TrueType one."""
        return self.curves is not None and not self.wide

    @property
    def fonts(self) -> Iterator[Face]:
        """Itself and what stands in for it, and for that."""
        yield self
        if self.fallback:
            yield from self.fallback.fonts

    def always(self, text: str) -> None:
        """Has ``text``, which pages show without asking, in every file and lot; what it lacks, in its fallback's."""
        own = self._own.keys() & set(text)
        self.base |= own
        self.needed |= own - self.core
        if self.fallback:
            self.fallback.always("".join(set(text) - own))

    def _remember(self) -> None:
        """Labels, dates and names come many times over: the last few thousand are kept as shaped."""
        self.shape = functools.lru_cache(maxsize=4096)(self._shape)
        self.advance_of = self.advances.__getitem__

    def _shape(self, text: str) -> Shape:
        """The shape of ``text``.

        Raises:
            KeyError: the face lacks a character of it.
        """
        try:
            width = sum(map(self.advance_of, text))
        except KeyError:
            if self.fallback is None:
                raise
            return self._mixed(text, self.fallback)
        characters = frozenset(text)
        glyphs = text if characters <= self.verbatim else "".join(map(self._codes.__getitem__, text))
        beyond = characters - self.core
        return Shape(text, width, glyphs, ((self.name, beyond),) if beyond else ())

    def _mixed(self, text: str, fallback: Face) -> Shape:
        """A text of which ``fallback`` draws what this face cannot."""
        width = 0
        runs: list[tuple[str, str]] = []
        beyond: list[tuple[str, frozenset[str]]] = []
        for lacking, chars in itertools.groupby(text, lambda char: char not in self.glyphs):
            shape = (fallback if lacking else self).shape("".join(chars))
            width += shape.width
            beyond += shape.beyond
            runs += shape.runs or ((fallback.name if lacking else self.name, shape.glyphs),)
        return Shape(text, width, "", tuple(beyond), tuple(runs))

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

    def _closed(self, characters: Iterable[str]) -> list[int]:
        """The face's own glyphs of ``characters`` in their order, glyph 0 before them, what they are made of behind."""
        found = dict.fromkeys((0, *(self._own[char] for char in sorted(characters))))
        waiting = list(found)
        while waiting:
            parts = [part.glyph for part in _parts(self._outline_of(waiting.pop()))]
            waiting += [glyph for glyph in parts if glyph not in found]
            found |= dict.fromkeys(parts)
        return list(found)

    def _outline_of(self, source: int) -> bytes:
        return self._tables["glyf"][self._offsets[source] : self._offsets[source + 1]]

    def _measure(self) -> None:
        """What glyphs say of their heights (OpenType, glyf: yMin and yMax of the header)."""
        self._depths: dict[str, int] = {}
        self._heights: dict[str, int] = {}
        for char, glyph in self._own.items():
            outline = self._outline_of(glyph)
            low, high = struct.unpack(">h2xh", outline[4:10]) if outline else (0, 0)
            self._depths[char] = round(low * 1000 / self._units)
            self._heights[char] = round(high * 1000 / self._units)

    def missing(self, text: str) -> list[str]:
        """The characters of ``text`` that neither the face nor its fallback can draw, each once."""
        lacking = sorted(char for char in set(text) if char not in self.glyphs)
        return self.fallback.missing("".join(lacking)) if self.fallback and lacking else lacking

    def numbers(self, characters: Iterable[str]) -> set[int]:
        """The numbers of the glyphs of ``characters``, and of those that they are made of; 0 is among them."""
        found: set[int] = {0}
        for char in characters:
            if char not in self._made:
                self._made[char] = frozenset(self._numbers[glyph] for glyph in self._closed(char))
            found |= self._made[char]
        return found

    def advance(self, number: int) -> bytes:
        """An entry of ``hmtx``: advance and bearing, in units of the face."""
        return self._metrics_of[self.sources[number]]

    def table(self, tag: str) -> bytes:
        """One of the tables ``head``, ``hhea`` and ``maxp``, as the face has it."""
        return self._tables[tag]

    def outline(self, number: int) -> bytes:
        """A glyph without its instructions, made of parts by our numbers, filled up to four bytes."""
        if number not in self._outlines:
            self._outlines[number] = self._outline(number)
        return self._outlines[number]

    def _outline(self, number: int) -> bytes:
        data = self._outline_of(self.sources[number])
        if not data:
            return b""
        (contours,) = struct.unpack(">h", data[:2])
        outline = _simple(data, contours) if contours >= 0 else _composite(data, self._numbers)
        return outline + b"\0" * (-len(outline) % 4)


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
    path = face_path(name)
    face = Face(name, path)
    face.curves = Charstrings(curves_path(path))
    return face


@functools.lru_cache(maxsize=16)
def _supplied(path: Path, _changed: int, _size: int) -> Face:
    """A face that nobody has vouched for: every glyph of it is taken apart once."""
    hold_usable(path)
    try:
        face = Face(path.stem, path)
        for number in range(len(face.sources)):
            face.outline(number)
    except Exception as error:
        raise TemplateError("template-face-broken", file=path, problem=f"{type(error).__name__}: {error}") from error
    return face


def _literal(glyph: int) -> str:
    """A glyph's two bytes within a literal string; hexadecimal would make a third more of a page."""
    return "".join(_ESCAPED.get(byte, chr(byte)) for byte in glyph.to_bytes(2, "big"))


def _simple(data: bytes, contours: int) -> bytes:
    """The outline without its instructions (OpenType, glyf: simple glyph description)."""
    head = 10 + 2 * contours
    (length,) = struct.unpack(">H", data[head : head + 2])
    return data[:head] + b"\0\0" + data[head + 2 + length :]


def _composite(data: bytes, numbers: Mapping[int, int]) -> bytes:
    """The outline without its instructions (OpenType, glyf: composite), its parts by their ``numbers``."""
    outline = bytearray(data[:10])
    for part in _parts(data):
        outline += struct.pack(">HH", part.flags & ~_HAS_INSTRUCTIONS, numbers[part.glyph]) + part.placing
    return bytes(outline)


class _Part(msgspec.Struct, frozen=True):
    """A glyph that another is made of, by the face's own number, and the bytes that say where it stands there."""

    glyph: int
    flags: int
    placing: bytes


def _parts(data: bytes) -> Iterator[_Part]:
    """What a glyph is made of; nothing where it has an outline of its own."""
    if not data or struct.unpack(">h", data[:2])[0] >= 0:
        return
    at, flags = 10, _MORE_COMPONENTS
    while flags & _MORE_COMPONENTS:
        flags, glyph = struct.unpack(">HH", data[at : at + 4])
        size = 4 + (4 if flags & _ARGS_ARE_WORDS else 2)
        size += 2 if flags & _SCALE else 4 if flags & _XY_SCALE else 8 if flags & _MATRIX else 0
        yield _Part(glyph, flags, data[at + 4 : at + size])
        at += size
