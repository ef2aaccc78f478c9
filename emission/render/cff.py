"""The part of a face that goes into a PDF as a compact font (CFF; Adobe Technical Note 5176), of Type 2 charstrings.

Of the same letters it weighs a fifth less than TrueType. Its glyphs have names, by which a simple font finds them, so
they may stand in any order: first the core, which every file has, then what a voucher adds.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterable, Sequence

from fontTools.agl import UV2AGL
from fontTools.cffLib import cffStandardStrings

from emission.render.blocks import Known
from emission.render.charstrings import NOMINAL_WIDTH
from emission.render.faces import Face
from emission.render.latin import CODES

_HEADER = b"\1\0\4\2"  # version 1.0, four bytes long, offsets of two bytes
# Operators of dictionaries (tables 9 and 23).
_BOX, _CHARSET, _CHARSTRINGS, _PRIVATE, _NOMINAL = 5, 15, 17, 18, 21
# What is always as long: the top dictionary in its index, and an index of nothing.
_TOP_SIZE, _NO_SUBROUTINES = 5 + 8 * 3 + 4, bytes(2)
_NO_GLYPH = b"\x0e"  # endchar

# Of the characters that a byte can say, one has a name that is none of the standard's strings (appendix A).
_OWN = "Euro"
_STRINGS = {name: number for number, name in enumerate((*cffStandardStrings, _OWN))}
_SUPERIOR = {"¹": "onesuperior", "²": "twosuperior", "³": "threesuperior"}
# What the glyphs of characters are called, which says what they mean (ISO 32000-1, annex D.2).
GLYPHS = {char: _SUPERIOR.get(char) or UV2AGL[ord(char)] for char in CODES}
_NAMES = {char: _STRINGS[name] for char, name in GLYPHS.items()}


def font_file(face: Face, characters: Iterable[str]) -> bytes:
    """A font with the glyphs of ``characters``."""
    shown = _ordered(characters)
    outlines = _outlines(face, shown)
    return _head(face, _places((_NO_GLYPH, *outlines), 1)) + _NO_GLYPH + b"".join(outlines) + _charset(shown)


class Core:
    """The glyphs of a face's core, ready for every file."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._characters = _ordered(face.core)
        outlines = (_NO_GLYPH, *_outlines(face, self._characters))
        self._places = _places(outlines, 1)
        self._known = Known(b"".join(outlines))

    def file(self, characters: Iterable[str]) -> tuple[bytes, int]:
        """A font with the core and ``characters``, as Flate has it (RFC 1950), and its true length."""
        further = _ordered(set(characters) - self._face.core)
        outlines = _outlines(self._face, further)
        head = _head(self._face, [*self._places[:-1], *_places(outlines, self._places[-1])])
        rest = b"".join(outlines) + _charset((*self._characters, *further))
        return self._known.between(head, rest), len(head) + len(self._known.content) + len(rest)


def _ordered(characters: Iterable[str]) -> tuple[str, ...]:
    """Those that have a code of their own; neighbours in the standard's strings beside each other."""
    return tuple(sorted((char for char in characters if char in CODES), key=_NAMES.__getitem__))


def _outlines(face: Face, characters: Iterable[str]) -> list[bytes]:
    assert face.curves
    return [face.curves.of(char, face.advances[char]) for char in characters]


def _places(outlines: Iterable[bytes], first: int) -> list[int]:
    """Where outlines start, and the last one ends; an index counts from 1 (5)."""
    return list(itertools.accumulate(map(len, outlines), initial=first))


def _head(face: Face, places: Sequence[int]) -> bytes:
    """All that comes before the outlines, which end at the last of ``places``; behind them stands the charset."""
    name, strings = _index(face.postscript.encode("ascii")), _index(_OWN.encode("ascii"))
    private = _number(NOMINAL_WIDTH) + _operator(_NOMINAL)
    index = struct.pack(f">HB{len(places)}H", len(places) - 1, 2, *places)
    private_at = len(_HEADER) + len(name) + _TOP_SIZE + len(strings) + len(_NO_SUBROUTINES)
    outlines_at = private_at + len(private)
    charset_at = outlines_at + len(index) + places[-1] - 1
    top = b"".join(
        (
            *map(_number, face.box), _operator(_BOX),
            _number(charset_at), _operator(_CHARSET),
            _number(outlines_at), _operator(_CHARSTRINGS),
            _number(len(private)), _number(private_at), _operator(_PRIVATE),
        )
    )  # fmt: skip
    return b"".join((_HEADER, name, _index(top), strings, _NO_SUBROUTINES, private, index))


def _charset(characters: Sequence[str]) -> bytes:
    """Which glyphs they are, after the first one, by the numbers of their names (13, format 0)."""
    return struct.pack(f">B{len(characters)}H", 0, *map(_NAMES.__getitem__, characters))


def _index(item: bytes) -> bytes:
    """An index of one item (5)."""
    return struct.pack(">HBBB", 1, 1, 1, 1 + len(item)) + item


def _number(value: int) -> bytes:
    """An operand, always of three bytes (table 3)."""
    return struct.pack(">Bh", 28, value)


def _operator(number: int) -> bytes:
    return bytes((number,))
