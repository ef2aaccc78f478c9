"""The few pieces of PDF syntax that both back-ends need (ISO 32000-1, 7)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from emission.render.pictures import Image

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


# On a page of 20 KB level 2 takes two fifths of level 6's time, for 1 KB more.
LEVEL = 2


def stream(content: bytes, entries: str = "", level: int = LEVEL) -> bytes:
    """A compressed stream with further dictionary ``entries``."""
    return packed_stream(zlib.compress(content, level), entries)


def packed_stream(packed: bytes, entries: str = "") -> bytes:
    """A stream whose content is compressed already."""
    return f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>stream\n".encode("ascii") + packed + b"\nendstream"


def image_body(image: Image, *, press: bool = False) -> bytes:
    """An image as an object, in the colours of the screen or of the ``press``."""
    coded = image.press if press and image.press else image.stream
    head = f"<<{image.dictionary}/Length {len(coded)}>>stream\n"
    return head.encode("ascii") + coded + b"\nendstream"


def text_string(text: str) -> str:
    """A text string (7.9.2.2) in hexadecimal UTF-16, which no character of the data can leave."""
    return f"<feff{text.encode('utf-16-be').hex()}>"


def cross_reference(at: int, offsets: Mapping[int, int], catalog: int, info: int, identity: str) -> bytes:
    """Cross-reference and trailer that start at byte ``at``; every number from 1 on is in ``offsets``."""
    count = len(offsets) + 1
    entries = "".join(f"{offsets[number]:010} 00000 n \n" for number in range(1, count))
    return (
        f"xref\n0 {count}\n0000000000 65535 f \n{entries}trailer\n<</Size {count}/Root {catalog} 0 R/Info {info} 0 R"
        f"/ID[<{identity}><{identity}>]>>\nstartxref\n{at}\n%%EOF\n"
    ).encode("ascii")
