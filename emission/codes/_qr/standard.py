"""What ISO/IEC 18004 says of a symbol of one version and level, typed and worked out a second time.

The encoder stands on the tables of ``qrcode``; nothing here does, so that an error in either is found by the other.
"""

from __future__ import annotations

import functools

import msgspec
import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Level = str

# Table 12: the two bits of the level in the format information.
_LEVEL_BITS = {"L": 0b01, "M": 0b00, "Q": 0b11, "H": 0b10}
# Table 9, versions 1 to 40: error correction codewords of a block, and blocks.
_CORRECTION = {
    "L": "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 28 28 30 30 26 28" + " 30" * 14,
    "M": "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26" + " 28" * 19,
    "Q": "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 28 30 30 30 30 28" + " 30" * 14,
    "H": "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 30 24" + " 30" * 18,
}
_BLOCKS = {
    "L": "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
    "M": "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
    "Q": "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68",
    "H": "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77"
    " 81",
}


class Standard(msgspec.Struct, frozen=True):
    """One version and level; rows are packed as a symbol's are, one after the other.

    ``area``: bits that carry no data, those beyond the edge too; ``fixed`` (8, bytes): what they show under each mask;
    ``masks`` (8, bytes): what each mask turns; ``places``: where the bits of the codewords stand, in their order;
    ``spare``: those of the remainder bits; ``blocks`` (blocks, longest): codewords of each block, a shorter one led by
    one past the last; ``data``: the data codewords in the order of their stream; ``correction``: of a block.
    """

    area: Bytes
    fixed: Bytes
    masks: Bytes
    places: npt.NDArray[np.intp]
    spare: npt.NDArray[np.intp]
    blocks: npt.NDArray[np.intp]
    data: npt.NDArray[np.intp]
    correction: int


@functools.lru_cache(maxsize=16)
def standard(version: int, level: Level) -> Standard:
    """What a symbol of ``version`` (1 to 40) and ``level`` has to be."""
    size = 17 + 4 * version
    dark, taken = _function_patterns(version, size)
    shown = np.stack([_informed(dark, version, _LEVEL_BITS[level] << 3 | mask) for mask in range(8)])
    masks = _masks(*np.indices((size, size))) & ~taken
    wide = -(-size // 8) * 8
    area = np.ones((size, wide), dtype=np.bool_)
    area[:, :size] = taken
    places = np.array([row * wide + column for row, column in _walk(size) if not taken[row, column]])
    total = len(places) // 8
    blocks, data, correction = _interleaving(version, level, total)
    return Standard(
        np.packbits(area),
        np.packbits(shown, axis=2).reshape(8, -1),
        np.packbits(masks, axis=2).reshape(8, -1),
        places[: 8 * total],
        places[8 * total :],
        blocks,
        data,
        correction,
    )


def _masks(y: npt.NDArray[np.intp], x: npt.NDArray[np.intp]) -> Bools:
    """Table 10."""
    rules = (
        (y + x) % 2 == 0, y % 2 == 0, x % 3 == 0, (y + x) % 3 == 0,
        (y // 2 + x // 3) % 2 == 0, y * x % 6 == 0, y * x % 6 < 3, (y + x + y * x % 3) % 2 == 0,
    )  # fmt: skip
    return np.stack(rules)


def _function_patterns(version: int, size: int) -> tuple[Bools, Bools]:
    """Which modules are dark, and which carry no data; format and version information are light still."""
    row, column = np.indices((size, size))
    taken = (row == 6) | (column == 6)
    dark = taken & ((row + column) % 2 == 0)
    for y, x in ((3, 3), (3, size - 4), (size - 4, 3)):
        ring = np.maximum(abs(row - y), abs(column - x))
        dark = np.where(ring <= 4, (ring != 2) & (ring != 4), dark)
        taken |= ring <= 4
    taken |= (row == 8) & ((column <= 8) | (column >= size - 8)) | (column == 8) & ((row <= 8) | (row >= size - 8))
    centres = _alignment(version, size)
    for y in centres:
        for x in centres:
            if (y, x) in {(6, 6), (6, size - 7), (size - 7, 6)}:
                continue
            ring = np.maximum(abs(row - y), abs(column - x))
            dark = np.where(ring <= 2, ring != 1, dark)
            taken |= ring <= 2
    if version >= 7:
        taken |= (row < 6) & (column >= size - 11) | (column < 6) & (row >= size - 11)
    return dark, taken


def _alignment(version: int, size: int) -> list[int]:
    """Annex E: 6, then as evenly as even steps allow, counted back from the far side."""
    if version == 1:
        return []
    count = version // 7 + 2
    step = 26 if version == 32 else (4 * version + 2 * count + 1) // (2 * count - 2) * 2
    return [6, *(size - 7 - step * at for at in range(count - 1))]


def _informed(dark: Bools, version: int, value: int) -> Bools:
    """The pattern with its format information ``value``, its version information and the dark module."""
    size = len(dark)
    shown = dark.copy()
    word = (value << 10 | _remainder(value << 10, 0b10100110111)) ^ 0b101010000010010
    bits = [bool(word >> at & 1) for at in range(14, -1, -1)]
    shown[8, [0, 1, 2, 3, 4, 5, 7, 8]], shown[[7, 5, 4, 3, 2, 1, 0], 8] = bits[:8], bits[8:]
    shown[[size - at for at in range(1, 8)], 8], shown[8, size - 8 :] = bits[:7], bits[7:]
    shown[size - 8, 8] = True
    if version >= 7:
        word = version << 12 | _remainder(version << 12, 0b1111100100101)
        block = np.array([bool(word >> at & 1) for at in range(18)]).reshape(6, 3)
        shown[:6, size - 11 : size - 8], shown[size - 11 : size - 8, :6] = block, block.T
    return shown


def _remainder(word: int, generator: int) -> int:
    """Of the division of polynomials over GF(2)."""
    while word.bit_length() >= generator.bit_length():
        word ^= generator << word.bit_length() - generator.bit_length()
    return word


def _walk(size: int) -> list[tuple[int, int]]:
    """Every module but those of column 6, in the order of 7.7.3: pairs of columns, up and down by turns."""
    columns = [column for column in range(size - 1, -1, -1) if column != 6]
    path = []
    for turn, at in enumerate(range(0, len(columns), 2)):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        path += [(row, column) for row in rows for column in columns[at : at + 2]]
    return path


def _interleaving(version: int, level: Level, total: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], int]:
    """Codewords of each block, the data codewords in their order, and how many a block has for correction."""
    correction, count = (int(table[level].split()[version - 1]) for table in (_CORRECTION, _BLOCKS))
    short, longer = divmod(total, count)
    lengths = [short - correction + (block >= count - longer) for block in range(count)]
    held: list[list[int]] = [[] for _ in range(count)]
    order = [block for at in range(max(lengths)) for block in range(count) if at < lengths[block]]
    for at, block in enumerate([*order, *([*range(count)] * correction)]):
        held[block].append(at)
    data = [at for own, length in zip(held, lengths, strict=True) for at in own[:length]]
    longest = max(map(len, held))
    return np.array([[total] * (longest - len(own)) + own for own in held]), np.array(data), correction
