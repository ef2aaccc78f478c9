"""Modules → text, by ISO/IEC 16022 alone: nothing of it comes from what makes the symbols.

Every module is looked at: the finder pattern, the syndromes, what the codewords say, their padding.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import msgspec

# Table 7: side in modules → codewords of data and of error correction.
_CODEWORDS = {10: (3, 5), 12: (5, 7), 14: (8, 10), 16: (12, 12), 18: (18, 14), 20: (22, 18), 22: (30, 20)}
_CODEWORDS |= {24: (36, 24), 26: (44, 28)}
_POLYNOMIAL = 0x12D  # 5.7.1: x⁸ + x⁵ + x³ + x² + 1
_END = 129
# Table 2: a character, or two digits.
_SAID = {value + 1: chr(value) for value in range(128)} | {130 + pair: f"{pair:02d}" for pair in range(100)}
# Annex F.3: where the eight modules of a codeword are from its last one, the highest bit first.
_SHAPE = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))


class Standard(msgspec.Struct, frozen=True):
    """One size; rows are packed as a symbol's are.

    ``area``: bits that carry no data, those beyond the edge too; ``fixed``: what they show; ``terms``: what each byte
    of the rows, by its place, adds to the codewords of ``data`` and, below them, to the syndromes (``checks`` bits).
    """

    area: int
    fixed: int
    terms: tuple[tuple[int, ...], ...]
    data: int
    checks: int


def text_of(side: int, rows: bytes) -> str:
    """What a symbol says in ASCII encodation.

    Raises:
        ValueError: it is none: of another size, or wrong in any module.
    """
    standard = _standard(side)
    if len(rows) != len(standard.terms) or int.from_bytes(rows, "big") & standard.area != standard.fixed:
        raise ValueError("finder pattern")
    found = 0
    for terms, byte in zip(standard.terms, rows, strict=True):
        found ^= terms[byte]
    if found & (1 << standard.checks) - 1:
        raise ValueError("syndromes")
    data = (found >> standard.checks).to_bytes(standard.data, "big")
    said, end, rest = data.partition(bytes([_END]))
    if end and rest != _padding(len(said) + 1, standard.data):
        raise ValueError("padding")
    try:
        return "".join([_SAID[codeword] for codeword in said])
    except KeyError:
        raise ValueError("another encodation") from None


@functools.cache
def _padding(start: int, stop: int) -> bytes:
    """What follows the first codeword that says nothing (annex B.1), in places ``start`` to ``stop`` from 0."""
    return bytes(
        value - 254 * (value > 254) for value in (_END + 149 * at % 253 + 1 for at in range(start + 1, stop + 1))
    )


@functools.cache
def _standard(side: int) -> Standard:
    if side not in _CODEWORDS:
        raise ValueError("size")
    data, correction = _CODEWORDS[side]
    wide = -(-side // 8) * 8
    count = side * wide
    area, terms = (1 << count) - 1, [0] * count
    for (row, column), (codeword, bit) in _placement(side - 2).items():
        at = (row + 1) * wide + column + 1
        area ^= 1 << count - 1 - at
        terms[at] = _term(data, correction, codeword, 7 - bit)
    fixed = sum(1 << count - 1 - (row * wide + column) for row, column in _finder(side) | _left_over(side))
    octets = tuple(_sums(terms[at : at + 8]) for at in range(0, count, 8))
    return Standard(area, fixed, octets, data, 8 * correction)


def _finder(side: int) -> set[tuple[int, int]]:
    """Its dark modules (5.8.1): two sides, and every other one of those across."""
    solid = {(row, 0) for row in range(side)} | {(side - 1, column) for column in range(side)}
    return solid | {(0, column) for column in range(0, side, 2)} | {(row, side - 1) for row in range(1, side, 2)}


def _left_over(side: int) -> set[tuple[int, int]]:
    """The dark ones of the four modules that no codeword takes, in a corner (F.3)."""
    spare = (side - 2) ** 2 % 8
    return {(side - 2, side - 2), (side - 3, side - 3)} if spare else set()


def _sums(terms: list[int]) -> tuple[int, ...]:
    """What each byte adds, of which each bit, from the highest, adds one of ``terms``."""
    sums = [0]
    for term in reversed(terms):
        sums += [term ^ other for other in sums]
    return tuple(sums)


def _term(data: int, correction: int, codeword: int, bit: int) -> int:
    """What a codeword's ``bit`` (0: the lowest) adds to data and syndromes: for the roots 2, 4, 8 … of annex E."""
    found = 1 << bit + 8 * (data - 1 - codeword) if codeword < data else 0
    power = data + correction - 1 - codeword
    for root in range(1, correction + 1):
        found = found << 8 | _powers()[(bit + root * power) % 255]
    return found


@functools.cache
def _powers() -> list[int]:
    """Of two in GF(256)."""
    powers = [1]
    while len(powers) < 255:
        powers.append(powers[-1] << 1 ^ (_POLYNOMIAL if powers[-1] & 0x80 else 0))
    return powers


def _placement(size: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Annex F.3: module (row, column) of the mapping matrix → codeword (from 0) and bit (0 the highest)."""
    places: dict[tuple[int, int], tuple[int, int]] = {}
    corners = _corners(size)
    count = 0
    for row, column in _walk(size):
        if (row, column) in corners:
            places |= {place: (count, bit) for bit, place in enumerate(corners[row, column])}
            count += 1
        if 0 <= row < size and 0 <= column < size and (row, column) not in places:
            for bit, (down, right) in enumerate(_SHAPE):
                places[_within(row + down, column + right, size)] = (count, bit)
            count += 1
    return places


def _corners(size: int) -> dict[tuple[int, int], tuple[tuple[int, int], ...]]:
    """Where the walk stands (row, column) → the eight modules of a codeword that is in corners."""
    end = size - 1
    left, down = ((end - 2, 0), (end - 1, 0), (end, 0)), ((0, end - 1), (0, end), (1, end), (2, end), (3, end))
    corners: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}
    corners[size, 0] = ((end, 0), (end, 1), (end, 2), *down)
    if size % 4:
        corners[size - 2, 0] = (*left, (0, end - 3), (0, end - 2), (0, end - 1), (0, end), (1, end))
    if size % 8 == 4:
        corners[size - 2, 0] = (*left, *down)
    if size % 8 == 0:
        corners[size + 4, 2] = ((end, 0), (end, end), *((row, end - back) for row in (0, 1) for back in (2, 1, 0)))
    return corners


def _within(row: int, column: int, size: int) -> tuple[int, int]:
    """A module that lies beyond an edge comes in again at the opposite one, a few places further."""
    if row < 0:
        row, column = row + size, column + 4 - (size + 4) % 8
    if column < 0:
        row, column = row + 4 - (size + 4) % 8, column + size
    return row, column


def _walk(size: int) -> Iterator[tuple[int, int]]:
    """The diagonals, upwards and downwards by turns, on and off the matrix."""
    row, column, down = 4, 0, -2
    while row < size or column < size:
        yield row, column
        row, column = row + down, column - down
        if (down < 0 and (row < 0 or column >= size)) or (down > 0 and (row >= size or column < 0)):
            row, column = (row + 1, column + 3) if down < 0 else (row + 3, column + 1)
            down = -down
