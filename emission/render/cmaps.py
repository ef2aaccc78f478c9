"""The table that a simple font finds its glyphs by: characters → glyphs (OpenType, cmap, format 4)."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from emission.render.faces import Face
from emission.render.latin import CODES

_WINDOWS, _UNICODE = 3, 1  # the one that ISO 32000-1, 9.6.6.4, takes for WinAnsiEncoding
_LAST = (0xFFFF, 0xFFFF, 1)


def cmap(face: Face, characters: Iterable[str]) -> bytes:
    """The table for those ``characters`` that have a code of their own; filled up to four bytes."""
    known = sorted((ord(char), face.glyphs[char]) for char in characters if char in CODES)
    segments = [*_segments(known), _LAST]
    count = len(segments)
    exponent = count.bit_length() - 1
    search = 2 << exponent
    body = struct.pack(">HHHH", 2 * count, search, exponent, 2 * count - search)
    body += struct.pack(f">{count}H", *(end for _, end, _ in segments)) + b"\0\0"
    body += struct.pack(f">{count}H", *(start for start, _, _ in segments))
    body += struct.pack(f">{count}H", *(delta & 0xFFFF for _, _, delta in segments)) + bytes(2 * count)
    table = struct.pack(">HHHHL", 0, 1, _WINDOWS, _UNICODE, 12) + struct.pack(">HHH", 4, 6 + len(body), 0) + body
    return table + bytes(-len(table) % 4)


def _segments(known: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Runs of neighbours whose glyphs are neighbours too: first and last character, and from those to the glyphs."""
    runs: list[tuple[int, int, int]] = []
    for char, glyph in known:
        if runs and (char - 1, glyph - char) == runs[-1][1:]:
            runs[-1] = (runs[-1][0], char, glyph - char)
        else:
            runs.append((char, char, glyph - char))
    return runs
