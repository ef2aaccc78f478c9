"""A symbol's modules → its text, proving on the way everything that a phone would have to repair.

Plain and slow; shares the tables of the standard with the encoder, but none of its arithmetic.
"""

from __future__ import annotations

from qrcode import util

from emission.codes._qr import layout, solomon
from emission.codes._qr.layout import Bools


def text_of(modules: Bools) -> str:
    """The text of a whole, undamaged symbol (size, size), dark = True.

    Raises:
        ValueError: a pattern, format or version information, a syndrome or the stream is wrong.
    """
    size = len(modules)
    version = (size - 17) // 4
    if modules.shape != (size, size) or size != 17 + 4 * version or not 1 <= version <= 40:
        raise ValueError("size")
    dark, taken = layout.patterns(version)
    level, mask = _format(modules)
    marked = _version_places(version, size) | {place for pair in layout.format_places(size) for place in pair}
    marked.add((size - 8, 8))
    for row in range(size):
        for column in range(size):
            fixed = taken[row, column] and (row, column) not in marked
            if fixed and modules[row, column] != dark[row, column]:
                raise ValueError("pattern")
    if not modules[size - 8, 8]:
        raise ValueError("dark module")
    turned = layout.mask_patterns(size)[mask]
    bits = [int(modules[place] != turned[place]) for place in layout.walk(taken)]
    return _text(_data(bits, version, level), version)


def _format(modules: Bools) -> tuple[int, int]:
    """Level (as ``qrcode`` numbers them) and mask, both copies read and equal to a valid word."""
    words = [0, 0]
    for bit, places in enumerate(layout.format_places(len(modules))):
        for copy, place in enumerate(places):
            words[copy] |= int(modules[place]) << bit
    valid = {util.BCH_type_info(value): value for value in range(32)}
    if words[0] != words[1] or words[0] not in valid:
        raise ValueError("format information")
    value = valid[words[0]]
    version = (len(modules) - 17) // 4
    if version >= 7:
        _check_version(modules, version)
    return value >> 3, value & 7


def _check_version(modules: Bools, version: int) -> None:
    right = util.BCH_type_number(version)
    for bit in range(18):
        near, far = bit // 3, bit % 3 + len(modules) - 11
        if not bool(modules[near, far]) == bool(modules[far, near]) == bool(right >> bit & 1):
            raise ValueError("version information")


def _version_places(version: int, size: int) -> set[tuple[int, int]]:
    if version < 7:
        return set()
    places = {(bit // 3, bit % 3 + size - 11) for bit in range(18)}
    return places | {(column, row) for row, column in places}


def _data(bits: list[int], version: int, level: int) -> bytes:
    """The data codewords, after every block's syndromes were found zero."""
    blocks, order = layout.interleaved(version, level)
    stored: list[dict[int, int]] = [{} for _ in blocks]
    for at, (block, place) in enumerate(order):
        stored[block][place] = int("".join(map(str, bits[8 * at : 8 * at + 8])), 2)
    ec = len(order) // len(blocks) - len(blocks[0])
    if any(bits[8 * len(order) :]):
        raise ValueError("remainder")
    data = bytearray()
    for own, codewords in zip(blocks, stored, strict=True):
        for exponent in range(ec):
            syndrome = 0
            for place in range(len(codewords)):
                syndrome = solomon.multiply(syndrome, solomon.EXP[exponent]) ^ codewords[place]
            if syndrome:
                raise ValueError("syndrome")
        data += bytes(codewords[place] for place in range(len(own)))
    return bytes(data)


def _text(data: bytes, version: int) -> str:
    stream = "".join(f"{byte:08b}" for byte in data)
    sizes = util.mode_sizes_for_version(version)
    at, found = 0, bytearray()

    def take(bits: int) -> int:
        nonlocal at
        if at + bits > len(stream):
            raise ValueError("stream")
        at += bits
        return int(stream[at - bits : at], 2) if bits else 0

    while len(stream) - at >= 4 and (mode := take(4)):
        if mode not in sizes:
            raise ValueError("mode")
        left = take(sizes[mode])
        while left:
            if mode == util.MODE_NUMBER:
                count = min(left, 3)
                found += f"{take((4, 7, 10)[count - 1]):0{count}d}".encode()
            elif mode == util.MODE_ALPHA_NUM:
                count = min(left, 2)
                value = take((6, 11)[count - 1])
                found += bytes(util.ALPHA_NUM[part] for part in divmod(value, 45)[2 - count :])
            else:
                count = 1
                found.append(take(8))
            left -= count
    return found.decode()
