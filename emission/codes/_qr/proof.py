"""A chunk of symbols read back from the rows that are drawn, before they are handed out.

Every module is looked at: function patterns, format and version information, remainder bits, the syndromes of every
block, and the bytes that the data codewords say. Nothing is shared with the encoder, neither tables nor arithmetic.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from emission.codes._qr.standard import Bools, Bytes, Level, Standard, standard

_PRIMITIVE = 0x11D
_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_SINGLES = [bytes([one]) for one in _ALPHABET]
_PAIRS = [bytes([first, second]) for first in _ALPHABET for second in _ALPHABET]
_GROUPS = [b"%03d" % group for group in range(1000)]
_PADDING = b"\xec\x11" * 1500
_NUMERIC, _ALPHANUMERIC, _BYTES = 1, 2, 4
# Table 3: bits of the counts, up to versions 9, 26 and 40.
_COUNTS = ({_NUMERIC: 10, _ALPHANUMERIC: 9, _BYTES: 8}, {1: 12, 2: 11, 4: 16}, {1: 14, 2: 13, 4: 16})


def faithful(rows: Sequence[bytes], texts: Sequence[bytes], version: int, level: Level) -> list[bool]:
    """Whether each symbol says its text and is in every module what ``version`` and ``level`` have it be."""
    plan = standard(version, level)
    drawn = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), -1)
    # The mask is what the format information says: bits 12 to 10 of it, itself masked by 101.
    masks = (drawn[:, 8 * (len(rows[0]) // (17 + 4 * version))] >> 3 & 7) ^ 5
    bits = np.unpackbits(drawn ^ plan.masks[masks], axis=1)
    words = np.zeros((len(rows), len(plan.places) // 8 + 1), dtype=np.uint8)
    words[:, :-1] = np.packbits(bits.take(plan.places, axis=1), axis=1)
    right = ~((drawn ^ plan.fixed[masks]) & plan.area).any(axis=1)
    right &= ~bits.take(plan.spare, axis=1).any(axis=1)
    right &= _sound(words, plan)
    said = words.take(plan.data, axis=1)
    counts = _COUNTS[(version > 9) + (version > 26)]
    symbols = zip(right.tolist(), said, texts, strict=True)
    return [sound and _says(data.tobytes(), counts, text) for sound, data, text in symbols]


def _sound(words: Bytes, plan: Standard) -> Bools:
    """Whether every syndrome of every block of each symbol is zero."""
    table = _terms(plan.correction, plan.blocks.shape[1])
    places = np.arange(plan.blocks.shape[1] - 1, -1, -1)
    syndromes = np.bitwise_xor.reduce(table[places, words.take(plan.blocks, axis=1)], axis=2)
    sound: Bools = ~syndromes.any(axis=(1, 2))
    return sound


@functools.lru_cache(maxsize=16)
def _terms(correction: int, longest: int) -> npt.NDArray[np.uint64]:
    """(places, 256, words): what a byte, so many places before a block's end, adds to the syndromes, a byte each.

    That is the byte times a^(syndrome * place), multiplied bit by bit.
    """
    powers = [1]
    while len(powers) < 255:
        powers.append(powers[-1] << 1 ^ (_PRIMITIVE if powers[-1] & 0x80 else 0))
    exponents = np.outer(np.arange(longest), np.arange(correction)) % 255
    power = np.array(powers, dtype=np.uint16)[exponents][:, np.newaxis]
    byte = np.arange(256, dtype=np.uint16)[:, np.newaxis]
    product = np.zeros((longest, 256, correction), dtype=np.uint16)
    for bit in range(8):
        product ^= power * (byte >> bit & 1)
        power = (power << 1 ^ (power >> 7) * _PRIMITIVE).astype(np.uint16)
    table = np.zeros((longest, 256, -(-correction // 8) * 8), dtype=np.uint8)
    table[..., :correction] = product
    return table.view(np.uint64)


def _says(data: bytes, counts: dict[int, int], text: bytes) -> bool:
    try:
        return b"".join(_segments(data, counts)) == text
    except (KeyError, IndexError, ValueError):
        return False


def _segments(data: bytes, counts: dict[int, int]) -> Iterator[bytes]:
    """What each segment says.

    Raises:
        KeyError: of an unknown mode.
        IndexError: characters that are none.
        ValueError: the stream ends within a segment, or is filled up with something else.
    """
    stream, left = int.from_bytes(data, "big"), 8 * len(data)
    while left >= 4 and (mode := stream >> left - 4 & 15):
        left -= 4 + counts[mode]
        count = (stream >> max(left, 0)) & (1 << counts[mode]) - 1
        bits = _length(mode, count)
        left -= bits
        if left < 0:
            raise ValueError("stream")
        yield _READ[mode](stream >> left & (1 << bits) - 1, count, bits)
    padding = _PADDING[: max(left - 4, 0) // 8]
    if stream & (1 << left) - 1 != int.from_bytes(padding, "big"):
        raise ValueError("padding")


def _length(mode: int, count: int) -> int:
    if mode == _BYTES:
        return 8 * count
    return (11 * count + 1) // 2 if mode == _ALPHANUMERIC else (10 * count + 2) // 3


def _digits(value: int, count: int, bits: int) -> bytes:
    groups = [_GROUPS[value >> at & 1023] for at in range(bits - 10, -1, -10)]
    if count % 3:
        rest = bits % 10
        groups.append(b"%0*d" % (count % 3, value & (1 << rest) - 1))
    return b"".join(groups)


def _characters(value: int, count: int, bits: int) -> bytes:
    pairs = [_PAIRS[value >> at & 2047] for at in range(bits - 11, -1, -11)]
    if count % 2:
        pairs.append(_SINGLES[value & 63])
    return b"".join(pairs)


def _eights(value: int, count: int, bits: int) -> bytes:  # noqa: ARG001 -- as its fellows
    return value.to_bytes(count, "big")


_READ = {_NUMERIC: _digits, _ALPHANUMERIC: _characters, _BYTES: _eights}
