"""A face as PDF objects: a simple font, or a Type0 font with ToUnicode, so that copied text is right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Protocol

from emission.render import cff, subsets
from emission.render.faces import Face
from emission.render.latin import CODES, FIRST
from emission.render.pdf import BEST, packed_stream, stream


class Core(Protocol):
    """The glyphs of a face's core, ready for every file."""

    def file(self, characters: Iterable[str]) -> tuple[bytes, int]:
        """A font file with the core and ``characters``, as Flate has it, and its true length."""
        ...


def core_of(face: Face, characters: AbstractSet[str]) -> Core:
    """The core of ``face``, for files that show some of ``characters``."""
    return cff.Core(face) if face.compact else subsets.Core(face, characters)


def program_of(face: Face, core: Core, characters: Iterable[str]) -> bytes:
    """The body of a font file with the ``core`` and ``characters``."""
    packed, length = core.file(characters)
    return packed_stream(packed, _entries(face, length))


def whole_program(face: Face, characters: AbstractSet[str]) -> bytes:
    """The body of a font file with ``characters`` and no more."""
    file = (cff if face.compact else subsets).font_file(face, characters)
    return stream(file, _entries(face, len(file)), level=BEST)


def _entries(face: Face, length: int) -> str:
    """What there is to say of a font file (ISO 32000-1, 9.9)."""
    return "/Subtype/Type1C" if face.compact else f"/Length1 {length}"


def font_objects(face: Face, characters: Iterable[str], first: int, program: bytes) -> list[bytes]:
    """The bodies of the objects numbered from ``first``, itself the font, that draw ``characters``.

    ``program`` is the body of the font file, the last of them.
    """
    return (_wide if face.wide else _simple)(face, characters, first, program)


def _simple(face: Face, characters: Iterable[str], first: int, program: bytes) -> list[bytes]:
    """A font whose codes are bytes (ISO 32000-1, 9.6.2 and 9.6.3)."""
    codes = {CODES[char]: face.advances[char] for char in characters if char in CODES}
    name = f"{_tag(sorted(codes))}+{face.postscript}"
    last = max(codes, default=FIRST)
    widths = " ".join(str(codes.get(code, 0)) for code in range(FIRST, last + 1))
    kind = "Type1" if face.compact else "TrueType"
    font = (
        f"<</Type/Font/Subtype/{kind}/BaseFont/{name}/Encoding/WinAnsiEncoding/FirstChar {FIRST}/LastChar {last}"
        f"/Widths[{widths}]/FontDescriptor {first + 1} 0 R>>"
    )
    return [font.encode("ascii"), _descriptor(face, name, first + 2), program]


def _wide(face: Face, characters: Iterable[str], first: int, program: bytes) -> list[bytes]:
    """A font whose codes are glyphs (9.7.4 CIDFonts, 9.10.3 ToUnicode)."""
    glyphs = sorted({face.glyphs[char] for char in characters})
    name = f"{_tag(glyphs)}+{face.postscript}"
    type0 = (
        f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H"
        f"/DescendantFonts[{first + 1} 0 R]/ToUnicode {first + 3} 0 R>>"
    )
    cid = (
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        f"/Supplement 0>>/CIDToGIDMap/Identity/FontDescriptor {first + 2} 0 R/W[{_widths(face, glyphs)}]>>"
    )
    to_unicode = stream(_to_unicode(face, glyphs), level=BEST)
    return [type0.encode("ascii"), cid.encode("ascii"), _descriptor(face, name, first + 4), to_unicode, program]


def _descriptor(face: Face, name: str, program: int) -> bytes:
    """What there is to say of a font (9.8); of a simple one, that its characters are Latin ones."""
    box = " ".join(map(str, face.box))
    return (
        f"<</Type/FontDescriptor/FontName/{name}/Flags {4 if face.wide else 32}/FontBBox[{box}]/ItalicAngle 0"
        f"/Ascent {face.ascent}/Descent {face.descent}/CapHeight {face.cap_height}/StemV {face.weight // 5}"
        f"/FontFile{3 if face.compact else 2} {program} 0 R>>"
    ).encode("ascii")


def _tag(glyphs: list[int]) -> str:
    """Six letters that tell subsets apart (9.6.4), from what is in this one."""
    digest = hashlib.sha256(",".join(map(str, glyphs)).encode()).digest()
    return "".join(chr(65 + byte % 26) for byte in digest[:6])


def _widths(face: Face, glyphs: list[int]) -> str:
    """``first [w w w] …``: runs of neighbouring glyphs (9.7.4.3)."""
    runs: list[list[int]] = []
    for glyph in glyphs:
        if runs and runs[-1][-1] == glyph - 1:
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    advance = face.advances
    return " ".join(f"{run[0]}[{' '.join(str(advance[face.characters[one]]) for one in run)}]" for run in runs)


def _to_unicode(face: Face, glyphs: list[int]) -> bytes:
    """Glyphs to text; neighbours that are neighbours in Unicode too are one range (9.10.3)."""
    runs: list[list[int]] = []
    for glyph in glyphs:
        before = runs[-1][-1] if runs else -1
        # A range may not leave the last byte (Adobe Technical Note 5014).
        if before == glyph - 1 and glyph & 0xFF and _next(face.characters[before]) == face.characters[glyph]:
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    lines = [f"<{run[0]:04X}><{run[-1]:04X}><{face.characters[run[0]].encode('utf-16-be').hex()}>" for run in runs]
    # A section carries at most 100 entries (as above).
    sections = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    maps = "\n".join(f"{len(part)} beginbfrange\n" + "\n".join(part) + "\nendbfrange" for part in sections)
    return (
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
        "/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n{maps}\n"
        "endcmap CMapName currentdict/CMap defineresource pop end end\n"
    ).encode("ascii")


def _next(char: str) -> str:
    """The neighbour whose code differs in the last byte alone; nothing where there is none."""
    return chr(ord(char) + 1) if ord(char) < 0xFFFF and ord(char) & 0xFF != 0xFF else ""
