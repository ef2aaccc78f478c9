"""The part of a face that goes into a PDF as a compact font (CFF; Adobe Technical Note 5176), of Type 2 charstrings.

Of the same letters it weighs a fifth less than TrueType. Its glyphs have names, by which a simple font finds them, so
they may stand in any order: first the core, which every file has, then what a voucher adds.
"""

from __future__ import annotations

import functools
import itertools
import struct
from collections.abc import Iterable, Sequence

from fontTools.agl import UV2AGL
from fontTools.cffLib import cffStandardStrings

from emission.render.blocks import Known, stored
from emission.render.charstrings import NOMINAL_WIDTH
from emission.render.faces import Face
from emission.render.latin import CODES

_HEADER = b"\1\0\4\2"  # version 1.0, four bytes long, offsets of two bytes
# Operators of dictionaries (tables 9 and 23).
_BOX, _CHARSET, _CHARSTRINGS, _PRIVATE, _NOMINAL = 5, 15, 17, 18, 21
# Operands always have three bytes (table 3), so that the top dictionary is always as long.
_TOP = struct.Struct(">BhBhBhBhB BhB BhB BhBhB")
_TOP_SIZE = 5 + _TOP.size  # in its index
_PRIVATE_PART = struct.pack(">BhB", 28, NOMINAL_WIDTH, _NOMINAL)
_NO_SUBROUTINES = bytes(2)  # an index of nothing
_NO_GLYPH = b"\x0e"  # endchar
_END = b"\0"  # Ghostscript 10.0 refuses a font whose last run of names ends with the file

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
    places = _places((_NO_GLYPH, *outlines), 1)
    head = _head(face, len(places) - 1, _index_of(places), places[-1])
    return head + _NO_GLYPH + b"".join(outlines) + _charset(shown) + _END


class Core:
    """The glyphs of a face's core, ready for every file."""

    def __init__(self, face: Face) -> None:
        self._face = face
        characters = _ordered(face.core)
        outlines = (_NO_GLYPH, *_outlines(face, characters))
        places = _places(outlines, 1)
        self._count, self._end = len(outlines), places[-1]
        self._index, self._charset = _index_of(places[:-1]), _charset(characters)
        self._known = Known(b"".join(outlines))

    def file(self, characters: Iterable[str]) -> tuple[bytes, int]:
        """A font with the core and ``characters``, as Flate has it (RFC 1950), and its true length."""
        further = _ordered(set(characters) - self._face.core)
        outlines = _outlines(self._face, further)
        places = _places(outlines, self._end)
        head = _head(self._face, self._count + len(further), self._index + _index_of(places), places[-1])
        rest = b"".join(outlines) + self._charset + _ranges(further) + _END
        return self._known.between(head, rest, stored(rest)), len(head) + len(self._known.content) + len(rest)


def _ordered(characters: Iterable[str]) -> tuple[str, ...]:
    """Those that have a code of their own; neighbours in the standard's strings beside each other."""
    return tuple(sorted((char for char in characters if char in CODES), key=_NAMES.__getitem__))


def _outlines(face: Face, characters: Iterable[str]) -> list[bytes]:
    assert face.curves
    return [face.curves.of(char, face.advances[char]) for char in characters]


def _places(outlines: Iterable[bytes], first: int) -> list[int]:
    """Where outlines start, and the last one ends; an index counts from 1 (5)."""
    return list(itertools.accumulate(map(len, outlines), initial=first))


def _index_of(places: Sequence[int]) -> bytes:
    """Places as an index has them."""
    return struct.pack(f">{len(places)}H", *places)


def _head(face: Face, count: int, index: bytes, end: int) -> bytes:
    """All that comes before the outlines of ``count`` glyphs, which end at ``end``; behind them stands the charset."""
    beginning, middle = _around_top(face)
    outlines_at = len(beginning) + _TOP_SIZE + len(middle)
    charset_at = outlines_at + 3 + len(index) + end - 1
    private_at = outlines_at - len(_PRIVATE_PART)
    box = face.box
    top = _TOP.pack(
        *(28, box[0], 28, box[1], 28, box[2], 28, box[3], _BOX),
        *(28, charset_at, _CHARSET, 28, outlines_at, _CHARSTRINGS),
        *(28, len(_PRIVATE_PART), 28, private_at, _PRIVATE),
    )
    return b"".join((beginning, _index(top), middle, struct.pack(">HB", count, 2), index))


@functools.lru_cache(maxsize=64)
def _around_top(face: Face) -> tuple[bytes, bytes]:
    """What stands before the top dictionary, and between it and the outlines."""
    name, strings = _index(face.postscript.encode("ascii")), _index(_OWN.encode("ascii"))
    return _HEADER + name, strings + _NO_SUBROUTINES + _PRIVATE_PART


def _charset(characters: Sequence[str]) -> bytes:
    """Which glyphs they are, after the first one, by the numbers of their names (13, format 1)."""
    return b"\1" + _ranges(characters)


def _ranges(characters: Iterable[str]) -> bytes:
    """Runs of numbers that follow each other: the first one, and how many more there are."""
    runs: list[list[int]] = []
    for name in map(_NAMES.__getitem__, characters):
        if runs and name == sum(runs[-1]) + 1:
            runs[-1][1] += 1
        else:
            runs.append([name, 0])
    return b"".join([struct.pack(">HB", *run) for run in runs])


def _index(item: bytes) -> bytes:
    """An index of one item (5)."""
    return struct.pack(">HBBB", 1, 1, 1, 1 + len(item)) + item
