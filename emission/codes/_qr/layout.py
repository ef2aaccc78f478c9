"""Where everything stands in a symbol of one version and level, precomputed.

Rows are 64-bit words, the leftmost module in the highest bit, one to three words a row.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt
from qrcode import base, util

Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]


class Layout(msgspec.Struct, frozen=True):
    """One version and level.

    ``blocks`` (blocks, longest): which data codeword stands at each place of each block;
    ``gather``: for every module the bit of (data, one zero byte, correction) that it shows;
    ``masks`` (rows, words, 8, 1): what each mask turns in the data region; ``fixed`` (rows, words, 1, 1):
    finder, timing and alignment patterns; ``marks`` (rows, words, 8, 1): format and version
    information and the dark module for each mask.
    """

    size: int
    data: int
    ec: int
    blocks: npt.NDArray[np.intp]
    gather: npt.NDArray[np.intp]
    masks: Words
    fixed: Words
    marks: Words


def pack(modules: Bools) -> Words:
    """Symbols' modules (symbols, size, size) as row words (rows, words, symbols, 1)."""
    count, size, _ = modules.shape
    wide = np.zeros((count, size, -(-size // 64) * 64), dtype=np.bool_)
    wide[..., :size] = modules
    words = np.packbits(wide, axis=-1).view(">u8").astype(np.uint64)
    return np.ascontiguousarray(words.transpose(1, 2, 0)[..., np.newaxis])


def patterns(version: int) -> tuple[Bools, Bools]:
    """Finder, timing and alignment patterns: which modules are dark, and which carry no data."""
    size = 17 + 4 * version
    dark = np.zeros((size, size), dtype=np.bool_)
    taken = np.zeros_like(dark)
    taken[6, :] = taken[:, 6] = True
    dark[6, ::2] = dark[::2, 6] = True
    for row, column in ((0, 0), (0, size - 7), (size - 7, 0)):
        top, left = max(row - 1, 0), max(column - 1, 0)
        dark[top : row + 8, left : column + 8] = False
        _square(dark, row + 3, column + 3, 3)
    taken[:9, :9] = taken[:9, size - 8 :] = taken[size - 8 :, :9] = True
    centres = util.pattern_position(version)
    for row in centres:
        for column in centres:
            corner = {row, column} <= {6, size - 7} and (row, column) != (size - 7, size - 7)
            if not corner:
                taken[row - 2 : row + 3, column - 2 : column + 3] = True
                _square(dark, row, column, 2)
    if version >= 7:
        taken[:6, size - 11 : size - 8] = taken[size - 11 : size - 8, :6] = True
    return dark, taken


def _square(dark: Bools, row: int, column: int, reach: int) -> None:
    """Concentric squares about a centre: dark ring, light ring, dark heart."""
    for distance in range(reach, -1, -1):
        light = distance == reach - 1
        dark[row - distance : row + distance + 1, column - distance : column + distance + 1] = not light


def walk(taken: Bools) -> Iterator[tuple[int, int]]:
    """The data modules (row, column) in the order of their bits (ISO/IEC 18004 7.7.3)."""
    size = len(taken)
    upwards = True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for row in range(size - 1, -1, -1) if upwards else range(size):
            for column in (right, right - 1):
                if not taken[row, column]:
                    yield row, column
        upwards = not upwards


def mask_patterns(size: int) -> Bools:
    """The eight data masks over the whole square (ISO/IEC 18004 table 10)."""
    i, j = np.indices((size, size))
    rules = (
        (i + j) % 2, i % 2, j % 3, (i + j) % 3,
        (i // 2 + j // 3) % 2, i * j % 2 + i * j % 3, (i * j % 2 + i * j % 3) % 2, (i * j % 3 + (i + j) % 2) % 2,
    )  # fmt: skip
    return np.stack([rule == 0 for rule in rules])


def format_places(size: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Both places (row, column) of each of the 15 format bits, lowest bit first (ISO/IEC 18004 7.9)."""
    column = [*range(6), 7, 8, *range(size - 7, size)]
    row = [*range(size - 1, size - 9, -1), 7, *range(5, -1, -1)]
    return [((column[bit], 8), (8, row[bit])) for bit in range(15)]


def _marks(version: int, level: int) -> Bools:
    size = 17 + 4 * version
    marks = np.zeros((8, size, size), dtype=np.bool_)
    for mask in range(8):
        bits = util.BCH_type_info(level << 3 | mask)
        for bit, places in enumerate(format_places(size)):
            for place in places:
                marks[mask][place] = bits >> bit & 1
    marks[:, size - 8, 8] = True
    if version >= 7:
        bits = util.BCH_type_number(version)
        for bit in range(18):
            near, far = bit // 3, bit % 3 + size - 11
            marks[:, near, far] = marks[:, far, near] = bits >> bit & 1
    return marks


def interleaved(version: int, level: int) -> tuple[list[list[int]], list[tuple[int, int]]]:
    """Which data codewords each block holds, and the order on paper as (block, place in block).

    Places from a block's number of data codewords on are its error correction (ISO/IEC 18004 7.6).
    """
    blocks: list[list[int]] = []
    at = 0
    sizes = base.rs_blocks(version, level)
    for block in sizes:
        blocks.append(list(range(at, at + block.data_count)))
        at += block.data_count
    ec = sizes[0].total_count - sizes[0].data_count
    order = [(b, i) for i in range(max(map(len, blocks))) for b in range(len(blocks)) if i < len(blocks[b])]
    order += [(b, len(blocks[b]) + i) for i in range(ec) for b in range(len(blocks))]
    return blocks, order


@functools.lru_cache(maxsize=16)  # a batch has one or two versions; the largest weighs 0.6 MB
def layout(version: int, level: int) -> Layout:
    """The layout of ``version`` (1 to 40) and ``level`` (as ``qrcode`` numbers them)."""
    size = 17 + 4 * version
    blocks, order = interleaved(version, level)
    data = sum(map(len, blocks))
    ec = (len(order) - data) // len(blocks)
    ec_stride = -(-ec // 8) * 8
    longest = max(map(len, blocks))
    padded = [[data] * (longest - len(block)) + block for block in blocks]

    dark, taken = patterns(version)
    gather = np.full((size, -(-size // 64) * 64), 8 * data, dtype=np.intp)
    places = walk(taken)
    for block, place in order:
        own = len(blocks[block])
        byte = blocks[block][place] if place < own else data + 1 + block * ec_stride + place - own
        for bit in range(8):
            gather[next(places)] = 8 * byte + bit

    return Layout(
        size=size,
        data=data,
        ec=ec,
        blocks=np.array(padded),
        gather=gather.ravel(),
        masks=pack(mask_patterns(size) & ~taken),
        fixed=pack(dark[np.newaxis]),
        marks=pack(_marks(version, level)),
    )
