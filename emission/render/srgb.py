"""The colour space that a digital file's colours are meant in: sRGB, as the smallest ICC profile that says so.

(ICC.1:2004-10, version 4.2; IEC 61966-2-1.) Made here, so that it bears no date and nobody's licence.
"""

from __future__ import annotations

import functools
import struct

# Colours of the three phosphors and of white, adapted to D50 as profiles have it (ICC.1, annex E).
_WHITE = (0.9642, 1.0, 0.8249)
_PHOSPHORS = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_ADAPTATION = (1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)
# Y = ((aX + b) ** g) from d on, cX before it.
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


@functools.cache
def profile() -> bytes:
    """The profile, some 500 bytes."""
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed(*_CURVE)
    tags = {
        b"desc": _text("sRGB"),
        b"cprt": _text("CC0"),
        b"wtpt": _colour(*_WHITE),
        b"chad": b"sf32" + bytes(4) + _fixed(*_ADAPTATION),
        **{name: _colour(*place) for name, place in _PHOSPHORS.items()},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    at, places, body = 128 + 4 + 12 * len(tags), {}, b""
    for data in tags.values():
        if data not in places:
            places[data] = at + len(body)
            body += data + bytes(-len(data) % 4)
    table = b"".join(struct.pack(">4sLL", name, places[data], len(data)) for name, data in tags.items())
    return _header(at + len(body)) + struct.pack(">L", len(tags)) + table + body


def _header(size: int) -> bytes:
    """A display's profile, perceptual, of no maker and no day (7.2)."""
    head = struct.pack(">LLL4s4s4s", size, 0, 0x04200000, b"mntr", b"RGB ", b"XYZ ")
    day = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    return (head + day + b"acsp" + bytes(28) + _fixed(*_WHITE)).ljust(128, b"\0")


def _fixed(*numbers: float) -> bytes:
    """Numbers as s15Fixed16 (4.6)."""
    return struct.pack(f">{len(numbers)}l", *(round(number * 65536) for number in numbers))


def _colour(*place: float) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(*place)


def _text(words: str) -> bytes:
    """Words in English (10.13)."""
    coded = words.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">LL4sLL", 1, 12, b"enUS", len(coded), 28) + coded
