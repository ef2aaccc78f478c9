"""Flate streams of which the middle is always the same, and is deflated once.

Deflate goes by blocks (RFC 1951, 2): what ends at a whole byte and looks back at nothing may stand between others. So
such a stream is put together of a head that is stored as it is, what is known, and a short rest, stored or deflated.
"""

from __future__ import annotations

import struct
import zlib

import deflate

_ZLIB_HEAD = b"\x78\x9c"  # RFC 1950, 2.2: a window of 32 KB, nothing preset
_STORED = struct.Struct("<BHH")
_LEVEL = 6


class Known:
    """What stands in the middle."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._packed = packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)

    def between(self, head: bytes, rest: bytes, packed: bytes) -> bytes:
        """``head`` (less than 64 KB), what is known, and ``rest``, as Flate has them (RFC 1950).

        ``packed`` is the rest's last block: :func:`stored` or :func:`deflated`.
        """
        total = zlib.adler32(rest, zlib.adler32(self.content, zlib.adler32(head)))
        return b"".join((_ZLIB_HEAD, _stored(head, 0), self._packed, packed, total.to_bytes(4, "big")))


def stored(rest: bytes) -> bytes:
    """What hardly gets smaller (less than 64 KB), as it is."""
    return _stored(rest, 1)


def deflated(rest: bytes) -> bytes:
    """What does."""
    return bytes(deflate.deflate_compress(rest, _LEVEL))


def _stored(content: bytes, last: int) -> bytes:
    return _STORED.pack(last, len(content), len(content) ^ 0xFFFF) + content
