"""Font files with some of a face's glyphs (OpenType, sfnt).

A voucher's has a core that is the same in all of them, and a few glyphs more: a name's capitals, a letter of a street.
The core is deflated once. Deflate goes by blocks (RFC 1951, 2), and what ends at a whole byte and looks back at nothing
may stand between others: so a file is put together of a directory, the core, and a short rest that is deflated for it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

import deflate

from emission.render.faces import Face

_TABLES = (b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp")
# The greatest power of two in the number of tables, as the directory wants it three times over.
_HEADER = struct.pack(">LHHHH", 0x00010000, 6, 4 * 16, 2, (6 - 4) * 16)
_ENTRY = struct.Struct(">4sLLL")
_START = len(_HEADER) + _ENTRY.size * len(_TABLES)
_ZLIB_HEAD = b"\x78\x9c"  # RFC 1950, 2.2: a window of 32 KB, nothing preset
_LEVEL = 6


def font_file(face: Face, characters: Iterable[str]) -> bytes:
    """A TrueType file with the glyphs of ``characters`` under the numbers that they have in ``face``."""
    directory, rest = _Tables(face, 0).written(sorted(face.numbers(characters)))
    return directory + rest


class Core:
    """The glyphs of a face's core, ready for every file."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._tables = _Tables(face, face.core_size)
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._packed = packer.compress(self._tables.glyf) + packer.flush(zlib.Z_FULL_FLUSH)

    def file(self, characters: Iterable[str]) -> tuple[bytes, int]:
        """A TrueType file with the core and ``characters``, as Flate has it (RFC 1950), and its true length."""
        size, glyf = self._face.core_size, self._tables.glyf
        numbers = sorted(number for number in self._face.numbers(characters) if number >= size)
        directory, rest = self._tables.written(numbers)
        total = zlib.adler32(rest, zlib.adler32(glyf, zlib.adler32(directory)))
        stored = struct.pack("<BHH", 0, len(directory), len(directory) ^ 0xFFFF)
        packed = deflate.deflate_compress(rest, _LEVEL)
        pieces = (_ZLIB_HEAD, stored, directory, self._packed, packed, total.to_bytes(4, "big"))
        return b"".join(pieces), len(directory) + len(glyf) + len(rest)


class _Tables:
    """The tables of a file: what the first ``known`` glyphs give them, and what further ones add."""

    def __init__(self, face: Face, known: int) -> None:
        self._face = face
        self._known = known
        outlines = [face.outline(number) for number in range(known)]
        self.glyf = b"".join(outlines)
        self._places = [sum(map(len, outlines[:number])) for number in range(known)]
        self._metrics = b"".join(map(face.advance, range(known)))
        head = face.table("head")
        # No sum over a file that is never whole in memory; long offsets.
        self._head = head[:8] + bytes(4) + head[12:50] + struct.pack(">hh", 1, 0)
        self._sums = {data: _sum(data) for data in (self.glyf, self._head)}

    def written(self, numbers: list[int]) -> tuple[bytes, bytes]:
        """The directory, and all that follows the known part of ``glyf``; ``numbers`` ascend from there."""
        face = self._face
        count = max(self._known, numbers[-1] + 1 if numbers else 0)
        places, at = list(self._places), len(self.glyf)
        metrics = bytearray(self._metrics).ljust(4 * count, b"\0")
        outlines: list[bytes] = []
        for number in numbers:
            outline = face.outline(number)
            places += [at] * (number + 1 - len(places))
            at += len(outline)
            outlines.append(outline)
            metrics[4 * number : 4 * number + 4] = face.advance(number)
        places.append(at)
        own = b"".join(outlines)
        hhea, maxp = face.table("hhea")[:34], face.table("maxp")
        tables = (
            own,
            self._head,
            hhea + struct.pack(">H", count),
            bytes(metrics),
            struct.pack(f">{count + 1}L", *places),
            maxp[:4] + struct.pack(">H", count) + maxp[6:],
        )
        entries, start = [_HEADER], _START
        for tag, table in zip(_TABLES, tables, strict=True):
            before = self.glyf if table is own else b""
            length = len(before) + len(table)
            entries.append(_ENTRY.pack(tag, self._checked(before, table), start, length))
            start += length + -length % 4
        return b"".join(entries), b"".join([table + bytes(-len(table) % 4) for table in tables])

    def _checked(self, before: bytes, table: bytes) -> int:
        known = self._sums.get(before, 0) if before else 0
        return (known + (self._sums.get(table) or _sum(table))) & 0xFFFFFFFF


def _sum(data: bytes) -> int:
    whole = data + bytes(-len(data) % 4)
    return sum(struct.unpack(f">{len(whole) // 4}L", whole))
