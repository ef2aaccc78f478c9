"""Font files with some of a face's glyphs (OpenType, sfnt).

A voucher's has a core that is the same in all of them, and a few glyphs more: a name's capitals, a letter of a street.
"""

from __future__ import annotations

import itertools
import struct
import sys
from array import array
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from emission.render.blocks import Known, deflated
from emission.render.cmaps import cmap
from emission.render.faces import Face

# Last in a file stand the two that a voucher has a say in: outlines and their places.
_OUTLINES, _PLACES = b"glyf", b"loca"
_ENTRY = struct.Struct(">4sLLL")
_SHORT = 0x20000  # bytes of outlines whose halves fit into two bytes


def font_file(face: Face, characters: AbstractSet[str]) -> bytes:
    """A TrueType file with the glyphs of ``characters`` under the numbers that they have in ``face``."""
    tables = _Tables(face, characters, 0)
    directory, rest = tables.written(sorted(face.numbers(characters)))
    return directory + tables.known + rest


class Core:
    """The glyphs of a face's core, ready for every file, and tables that know all of ``characters``."""

    def __init__(self, face: Face, characters: AbstractSet[str]) -> None:
        self._face = face
        self._tables = _Tables(face, characters, face.core_size)
        self._known = Known(self._tables.known)

    def file(self, characters: Iterable[str]) -> tuple[bytes, int]:
        """A TrueType file with the core and ``characters``, as Flate has it (RFC 1950), and its true length."""
        size = self._face.core_size
        directory, rest = self._tables.written(sorted([one for one in self._face.numbers(characters) if one >= size]))
        return self._known.between(directory, rest, deflated(rest)), len(directory) + len(self._known.content) + len(
            rest
        )


class _Tables:
    """The tables of a file: what is ``known`` of them, with the first ``size`` outlines, and what further ones add."""

    def __init__(self, face: Face, characters: AbstractSet[str], size: int) -> None:
        self._face = face
        numbers = face.numbers(characters)
        self._count = max(max(numbers) + 1, size)
        outlines = [face.outline(number) for number in range(size)]
        outline = b"".join(outlines)
        self._size, self._sum = len(outline), _sum(outline)
        self._short = self._size + sum(len(face.outline(number)) for number in numbers) < _SHORT
        # Places are counted in these; outlines are whole words of four bytes.
        self._unit = 2 if self._short else 1
        lengths = (len(outline) // self._unit for outline in outlines)
        self._places = array("H" if self._short else "I", itertools.accumulate(lengths, initial=0))
        self._sums = {number: _sum(face.outline(number)) for number in numbers}
        tables = self._known_tables(characters)
        start = 12 + _ENTRY.size * (len(tables) + 2)
        self._header, self._entries = _header(len(tables) + 2), {}
        for tag, table in tables.items():
            self._entries[tag] = _ENTRY.pack(tag, _sum(table), start, len(table))
            start += len(_filled(table))
        self._start = start
        self.known = b"".join(map(_filled, tables.values())) + outline

    def _known_tables(self, characters: AbstractSet[str]) -> dict[bytes, bytes]:
        face, count = self._face, struct.pack(">H", self._count)
        head, maxp = face.table("head"), face.table("maxp")
        # A font whose codes are glyphs needs no table that leads to them.
        return ({} if face.wide else {b"cmap": cmap(face, characters)}) | {
            # No sum over a file that is never whole in memory.
            b"head": head[:8] + bytes(4) + head[12:50] + struct.pack(">hh", not self._short, 0),
            b"hhea": face.table("hhea")[:34] + count,
            b"hmtx": b"".join(map(face.advance, range(self._count))),
            b"maxp": maxp[:4] + count + maxp[6:],
        }

    def written(self, numbers: list[int]) -> tuple[bytes, bytes]:
        """The directory, and all that follows what is known; ``numbers`` ascend from there."""
        places, unit, total = self._places[:], self._unit, self._sum
        at = places.pop()
        outlines: list[bytes] = []
        for number in numbers:
            outline = self._face.outline(number)
            places.extend([at] * (number + 1 - len(places)))
            at += len(outline) // unit
            total += self._sums[number]
            outlines.append(outline)
        places.extend([at] * (self._count + 1 - len(places)))
        if sys.byteorder == "little":
            places.byteswap()
        loca = places.tobytes()
        entries = {
            **self._entries,
            _OUTLINES: _ENTRY.pack(_OUTLINES, total & 0xFFFFFFFF, self._start, at * unit),
            _PLACES: _ENTRY.pack(_PLACES, _sum(loca), self._start + at * unit, len(loca)),
        }
        directory = self._header + b"".join([entries[tag] for tag in sorted(entries)])
        return directory, b"".join(outlines) + _filled(loca)


def _header(count: int) -> bytes:
    """Of a file with ``count`` tables; it says three times over the greatest power of two in that, which is four."""
    return struct.pack(">LHHHH", 0x00010000, count, 4 * 16, 2, (count - 4) * 16)


def _filled(table: bytes) -> bytes:
    return table + bytes(-len(table) % 4)


def _sum(data: bytes) -> int:
    whole = _filled(data)
    total: int = sum(struct.unpack(f">{len(whole) // 4}L", whole))
    return total & 0xFFFFFFFF
