"""Text → segments → version and data codewords, as ``qrcode`` 8.2 makes them by default.

``qrcode`` splits off runs of at least 20 digits or alphanumeric characters; here with patterns
compiled once (its own ``optimal_data_chunks`` takes 24 µs a text, as much as all the rest).
UTF-8 without ECI, which every wallet expects.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from qrcode.util import ALPHA_NUM, BIT_LIMIT_TABLE, MODE_8BIT_BYTE, MODE_ALPHA_NUM, MODE_NUMBER, mode_sizes_for_version

_LEAST_RUN = 20
_ALPHA = b"[" + re.escape(ALPHA_NUM) + b"]"
# A text of up to 20 bytes is split only as a whole. The $ stands as in qrcode: it allows a last line feed.
_WHOLE = (re.compile(rb"^\d+$"), re.compile(b"^" + _ALPHA + b"+$"))
_RUNS = (re.compile(rb"\d{%d,}" % _LEAST_RUN), re.compile(_ALPHA + b"{%d,}" % _LEAST_RUN))
_ALPHA_VALUE = {byte: value for value, byte in enumerate(ALPHA_NUM)}
_PADDING = int.from_bytes(b"\xec\x11" * 1500, "big")
_PADDING_BITS = 24000

Segment = tuple[int, bytes]


def split(data: bytes) -> list[Segment]:
    """The segments of ``data``: mode (ISO/IEC 18004 table 2) and bytes."""
    digits, alphanumeric = _WHOLE if len(data) <= _LEAST_RUN else _RUNS
    segments = []
    for is_digits, chunk in _parts(data, digits):
        if is_digits:
            segments.append((MODE_NUMBER, chunk))
        else:
            for is_alphanumeric, part in _parts(chunk, alphanumeric):
                segments.append((MODE_ALPHA_NUM if is_alphanumeric else MODE_8BIT_BYTE, part))
    return segments


def _parts(data: bytes, pattern: re.Pattern[bytes]) -> Iterator[tuple[bool, bytes]]:
    while match := pattern.search(data):
        if match.start():
            yield False, data[: match.start()]
        yield True, match.group()
        data = data[match.end() :]
    if data:
        yield False, data


def payload_bits(mode: int, count: int) -> int:
    """The bits of ``count`` characters, without mode and count (ISO/IEC 18004 7.4)."""
    if mode == MODE_NUMBER:
        return count // 3 * 10 + (0, 4, 7)[count % 3]
    if mode == MODE_ALPHA_NUM:
        return count // 2 * 11 + count % 2 * 6
    return 8 * count


def fit(segments: list[Segment], level: int) -> int:
    """The smallest version that holds the segments; 41 where none does. ``level`` as ``qrcode`` numbers them."""
    payload = sum(4 + payload_bits(mode, len(data)) for mode, data in segments)
    version = 0
    for first in (1, 10, 27):
        # The width of the counts grows at versions 10 and 27, and with it perhaps the version.
        sizes = mode_sizes_for_version(first)
        needed = payload + sum(sizes[mode] for mode, _ in segments)
        version = bisect_left(BIT_LIMIT_TABLE[level], needed, max(first, version))
        if version > 40 or mode_sizes_for_version(version) is sizes:
            break
    return version


def codewords(segments: list[Segment], version: int, count: int) -> bytes:
    """The data codewords (``count`` bytes): segments, terminator, padding (ISO/IEC 18004 7.4)."""
    sizes = mode_sizes_for_version(version)
    stream, length = 0, 0
    for mode, data in segments:
        bits = payload_bits(mode, len(data))
        head = mode << sizes[mode] | len(data)
        stream = (stream << 4 + sizes[mode] | head) << bits | _payload(mode, data)
        length += 4 + sizes[mode] + bits
    zeros = min(8 * count - length, 4)
    zeros += -(length + zeros) % 8
    stream, length = stream << zeros, length + zeros
    missing = 8 * count - length
    return (stream << missing | _PADDING >> _PADDING_BITS - missing).to_bytes(count, "big")


def _payload(mode: int, data: bytes) -> int:
    if mode == MODE_8BIT_BYTE:
        return int.from_bytes(data, "big")
    stream = 0
    if mode == MODE_NUMBER:
        for at in range(0, len(data), 3):
            group = data[at : at + 3]
            stream = stream << (4, 7, 10)[len(group) - 1] | int(group)
        return stream
    for at in range(0, len(data) - 1, 2):
        stream = stream << 11 | _ALPHA_VALUE[data[at]] * 45 + _ALPHA_VALUE[data[at + 1]]
    return stream << 6 | _ALPHA_VALUE[data[-1]] if len(data) % 2 else stream
