"""Text → modules. A symbol is a sum over GF(2): what each codeword adds to it, zxing-cpp's own symbols say once a size.

To make one is then a few sums of whole numbers, a twentieth of what a symbol of zxing-cpp takes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

import numpy as np
import zxingcpp

# ISO/IEC 16022 table 7: side in modules → codewords of data, of all square symbols of one region.
_DATA = {10: 3, 12: 5, 14: 8, 16: 12, 18: 18, 20: 22, 22: 30, 24: 36, 26: 44}

# 5.2.3: ASCII encodation, a character or two digits a codeword.
_PARTS = re.compile(r"[0-9]{2}|.", re.DOTALL)
_CODEWORDS = {chr(value - 1): value for value in range(1, 129)} | {f"{pair:02}": 130 + pair for pair in range(100)}
_TEXTS = {value: part for part, value in _CODEWORDS.items()}
_PADDING = 129
# Codewords from which any other differs in sums of these: one bit each.
_FIRST = _CODEWORDS["00"]
_OTHERS = tuple(_FIRST ^ 1 << bit for bit in range(8))


def codewords(text: str) -> bytes:
    """The codewords of an ASCII ``text``, without padding."""
    return bytes([_CODEWORDS[part] for part in _PARTS.findall(text)])


def side_of(count: int) -> int:
    """The side of the smallest symbol for so many codewords; 0 where none has room."""
    return next((side for side, room in _DATA.items() if count <= room), 0)


def rows(side: int, said: bytes) -> bytes:
    """The rows of the symbol of ``side`` that has the codewords ``said``: a bit a module, each in whole bytes."""
    sums, whole = _sums(side), 0
    for added, codeword in zip(sums, said + _padding(len(said), len(sums)), strict=True):
        whole ^= added[codeword]
    return whole.to_bytes(side * -(-side // 8), "big")


@functools.cache
def _padding(first: int, end: int) -> bytes:
    """What fills the codewords from place ``first`` (from 0) up to ``end`` (5.2.3 and annex B.1)."""
    scrambled = [(_PADDING + 149 * (place + 1) % 253) % 254 + 1 for place in range(first + 1, end)]
    return bytes([_PADDING, *scrambled] if first < end else [])


@functools.cache
def _sums(side: int) -> tuple[tuple[int, ...], ...]:
    """For each place, what each codeword adds there; the first has what is the same in all symbols too."""
    places = range(_DATA[side])
    first = _drawn([_FIRST for _ in places])
    sums = []
    for place in places:
        bits = [_drawn([other if at == place else _FIRST for at in places]) ^ first for other in _OTHERS]
        added = [0]
        for bit in bits:
            added += [bit ^ other for other in added]
        sums.append(tuple(added[codeword ^ _FIRST] ^ (0 if place else first) for codeword in range(256)))
    return tuple(sums)


def _drawn(said: Sequence[int]) -> int:
    """The modules of a symbol of zxing-cpp."""
    text = "".join(_TEXTS[codeword] for codeword in said)
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    dark = np.asarray(made.to_image(scale=1, add_quiet_zones=False)) < 128
    return int.from_bytes(np.packbits(dark, axis=1).tobytes(), "big")
