"""Whether a font file may and can go into a PDF: TrueType outlines, and a licence that lets it be embedded."""

from __future__ import annotations

import struct
from pathlib import Path

from emission.errors import TemplateError

_MOST_BYTES = 20_000_000
_TRUETYPE = (b"\0\1\0\0", b"true")
# OpenType, OS/2, fsType: the licence forbids embedding, subsetting, or outlines.
_RESTRICTED, _NO_SUBSETS, _BITMAPS_ONLY = 0x0002, 0x0100, 0x0200
_FS_TYPE = 8


def hold_usable(path: Path) -> None:
    """Lets a TrueType file pass that may be embedded.

    Raises:
        TemplateError: OpenType with CFF outlines, a collection, a web font; restricted; damaged or too large.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise TemplateError("template-face-broken", file=path, problem=f"> {_MOST_BYTES} bytes")
    content = path.read_bytes()
    if content[:4] not in _TRUETYPE:
        raise TemplateError("template-face-outlines", file=path, found=_kind(content[:4]))
    tables = _tables(content)
    lacking = [tag for tag in ("cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "OS/2") if tag not in tables]
    if lacking:
        raise TemplateError("template-face-broken", file=path, problem=", ".join(lacking))
    offset = tables["OS/2"] + _FS_TYPE
    rights = int.from_bytes(content[offset : offset + 2], "big")
    if rights & (_RESTRICTED | _NO_SUBSETS | _BITMAPS_ONLY):
        raise TemplateError("template-face-restricted", file=path, rights=f"0x{rights:04X}")


def _tables(content: bytes) -> dict[str, int]:
    """Where each table starts (OpenType, table directory)."""
    count = int.from_bytes(content[4:6], "big")
    directory = content[12 : 12 + 16 * count]
    return {
        tag.decode("latin-1"): offset
        for tag, _, offset, length in struct.iter_unpack(">4sLLL", directory[: len(directory) // 16 * 16])
        if offset + length <= len(content)
    }


def _kind(head: bytes) -> str:
    kinds = {b"OTTO": "OpenType/CFF", b"ttcf": "TrueType Collection", b"wOFF": "WOFF", b"wOF2": "WOFF2"}
    return kinds.get(head, head.hex(" ") or "-")
