"""Reed-Solomon over GF(256) (ISO/IEC 18004 7.5) by table gather and XOR.

``remainders(ec)[j, b]`` is what a data byte ``b``, ``j`` places before the end of its block, adds
to the error correction codewords; a block's codewords are the XOR over its bytes.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

# The longest block of data codewords in any version and level (versions 30 and up, level L, hold 118 to 123).
LONGEST_BLOCK = 123
_PRIMITIVE = 0x11D


def _powers() -> list[int]:
    powers = [1]
    for _ in range(254):
        doubled = powers[-1] << 1
        powers.append(doubled ^ _PRIMITIVE if doubled & 0x100 else doubled)
    return powers


EXP = _powers()
LOG = {power: exponent for exponent, power in enumerate(EXP)}


def multiply(left: int, right: int) -> int:
    """The product in GF(256)."""
    return EXP[(LOG[left] + LOG[right]) % 255] if left and right else 0


def _generator(ec: int) -> list[int]:
    """The coefficients after the leading 1 of (x - 1)(x - a)…(x - a^(ec-1)), highest first."""
    polynomial = [1]
    for exponent in range(ec):
        shifted = [*polynomial, 0]
        for place, coefficient in enumerate(polynomial):
            shifted[place + 1] ^= multiply(coefficient, EXP[exponent])
        polynomial = shifted
    return polynomial[1:]


@functools.lru_cache(maxsize=13)  # the numbers of error correction codewords a block has: there are 13
def remainders(ec: int) -> npt.NDArray[np.uint64]:
    """Shape (123, 256, words): ``ec`` bytes each, zero-filled to whole 64-bit words."""
    generator = _generator(ec)
    steps = np.array([[multiply(byte, term) for term in generator] for byte in range(256)], dtype=np.uint8)
    table = np.zeros((LONGEST_BLOCK, 256, -(-ec // 8) * 8), dtype=np.uint8)
    table[0, :, :ec] = steps
    for place in range(1, LONGEST_BLOCK):
        before = table[place - 1, :, :ec]
        table[place, :, : ec - 1] = before[:, 1:]
        table[place, :, :ec] ^= steps[before[:, 0]]
    return table.view(np.uint64)


def correction(blocks: npt.NDArray[np.uint8], ec: int) -> npt.NDArray[np.uint8]:
    """The error correction codewords of ``blocks`` (symbols, blocks, data; shorter blocks led by a zero).

    Shape of the answer: (symbols, blocks, ``ec`` filled up with zeros to whole eights).
    """
    longest = blocks.shape[2]
    places = np.arange(longest - 1, -1, -1)
    words: npt.NDArray[np.uint64] = np.bitwise_xor.reduce(remainders(ec)[places, blocks], axis=2)
    return words.view(np.uint8)
