"""The few pieces of PDF syntax that both back-ends need (ISO 32000-1, 7)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

import deflate
import numpy

from emission.render.pictures import Image

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


# Of libdeflate, on a page of 13 KB: level 6 takes as long as zlib's level 2 and leaves a tenth less. BEST, which takes
# twenty times as long for 4 % more, is for what is written once. QUICK takes half as long and leaves 7 % more: of a
# file of 15 KB that is little, of a lot it were much.
LEVEL, BEST, QUICK = 6, 12, 1


def compressed(content: bytes, level: int = LEVEL) -> bytes:
    """What Flate makes of ``content`` (7.4.4): always the same with one release of libdeflate."""
    return bytes(deflate.zlib_compress(content, level))


def stream(content: bytes, entries: str = "", level: int = LEVEL) -> bytes:
    """A compressed stream with further dictionary ``entries``."""
    return packed_stream(compressed(content, level), entries)


def packed_stream(packed: bytes, entries: str = "") -> bytes:
    """A stream whose content is compressed already."""
    return f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>stream\n".encode("ascii") + packed + b"\nendstream"


def image_body(image: Image, *, press: bool = False) -> bytes:
    """An image as an object, in the colours of the screen or of the ``press``."""
    coded = image.press if press and image.press else image.stream
    head = f"<<{image.dictionary}/Length {len(coded)}>>stream\n"
    return head.encode("ascii") + coded + b"\nendstream"


# What PDFDocEncoding has where Latin-1 has it too (annex D), but for what has a meaning within a literal string.
_PLAIN = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)))) - frozenset("()\\")


def text_string(text: str) -> bytes:
    """A text string (7.9.2.2): as it is where it can be, else in hexadecimal UTF-16, which nothing in it can end."""
    if _PLAIN.issuperset(text):
        return b"(%b)" % text.encode("latin-1")
    return b"<feff%b>" % text.encode("utf-16-be").hex().encode("ascii")


def object_stream(bodies: Mapping[int, bytes], level: int = LEVEL) -> bytes:
    """Objects that are no streams, by their numbers, as one that is (7.5.7)."""
    places, at = [], 0
    for number, body in bodies.items():
        places.append(f"{number} {at}")
        at += len(body) + 1
    head = " ".join(places).encode("ascii") + b"\n"
    packed = head + b"\n".join(bodies.values())
    return stream(packed, f"/Type/ObjStm/N {len(bodies)}/First {len(head)}", level)


# An entry of a cross-reference stream (7.5.8.3): its kind, a place or the number of an object stream, a place in that.
# Places have five bytes: a lot may be larger than four gigabytes.
_ENTRY = struct.Struct(">BBLH")
FREE = _ENTRY.pack(0, 0, 0, 0xFFFF)
_ROWS_AT_ONCE = 8192


def placed(at: int) -> bytes:
    """The entry of an object that starts at byte ``at``."""
    return _ENTRY.pack(1, at >> 32, at & 0xFFFFFFFF, 0)


def packed_in(container: int, place: int) -> bytes:
    """The entry of an object that is number ``place`` of an object stream."""
    return _ENTRY.pack(2, 0, container, place)


def reference_stream(number: int, at: int, entries: bytes | bytearray, trailer: str) -> bytes:
    """The cross-reference as object ``number``, which starts at byte ``at`` and has the last of ``entries``."""
    packer = zlib.compressobj()
    packed = b"".join([*map(packer.compress, _differences(entries)), packer.flush()])
    return _reference(number, at, packed, len(entries) // _ENTRY.size, trailer)


class References:
    """A cross-reference of which nearly all entries are known beforehand."""

    def __init__(self, entries: bytes) -> None:
        self._entries = entries

    def stream(self, places: Mapping[int, int], trailer: str) -> bytes:
        """It as the last object of a file; ``places``: where other objects start that were not known, and itself."""
        entries, size = bytearray(self._entries), _ENTRY.size
        for number, at in places.items():
            entries[number * size : (number + 1) * size] = placed(at)
        last = len(entries) // size - 1
        return _reference(last, places[last], compressed(b"".join(_differences(entries)), QUICK), last + 1, trailer)


def _reference(number: int, at: int, packed: bytes, count: int, trailer: str) -> bytes:
    parameters = f"/DecodeParms<</Predictor 12/Columns {_ENTRY.size}>>"
    body = packed_stream(packed, f"/Type/XRef/Size {count}/W[1 5 2]{parameters}{trailer}")
    return b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, body, at)


def _differences(entries: bytes | bytearray) -> Iterator[bytes]:
    """Rows as what differs from the row above (7.4.4.4), which is next to nothing; some thousands at a time."""
    rows = numpy.frombuffer(entries, numpy.uint8).reshape(-1, _ENTRY.size)
    above = numpy.zeros((1, _ENTRY.size), numpy.uint8)
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        part = rows[start : start + _ROWS_AT_ONCE]
        told = numpy.full((len(part), _ENTRY.size + 1), 2, numpy.uint8)
        told[0, 1:] = part[0] - above
        told[1:, 1:] = part[1:] - part[:-1]
        above = part[-1:]
        yield told.tobytes()
