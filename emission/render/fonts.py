"""A face as PDF objects: Type0 over CIDFontType2 with Identity-H, and ToUnicode so that copied text is right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from emission.render.faces import Face
from emission.render.pdf import stream

OBJECTS = 5  # how many objects one face takes


def font_objects(face: Face, characters: Iterable[str], first: int) -> list[bytes]:
    """The bodies of the ``OBJECTS`` objects numbered from ``first``, itself the Type0 font.

    (ISO 32000-1, 9.7.4 CIDFonts, 9.8 descriptors, 9.10.3 ToUnicode.)
    """
    glyphs = sorted({face.glyphs[char] for char in characters})
    program = face.subset(characters)
    name = f"{_tag(glyphs)}+{face.postscript}"
    box = " ".join(map(str, face.box))
    type0 = (
        f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H"
        f"/DescendantFonts[{first + 1} 0 R]/ToUnicode {first + 4} 0 R>>"
    )
    cid = (
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        f"/Supplement 0>>/CIDToGIDMap/Identity/FontDescriptor {first + 2} 0 R/W[{_widths(face, glyphs)}]>>"
    )
    descriptor = (
        f"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0/Ascent {face.ascent}"
        f"/Descent {face.descent}/CapHeight {face.cap_height}/StemV {face.weight // 5}/FontFile2 {first + 3} 0 R>>"
    )
    return [
        type0.encode("ascii"),
        cid.encode("ascii"),
        descriptor.encode("ascii"),
        stream(program, f"/Length1 {len(program)}", level=9),
        stream(_to_unicode(face, glyphs), level=9),
    ]


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
    lines = [f"<{glyph:04X}><{face.characters[glyph].encode('utf-16-be').hex()}>" for glyph in glyphs]
    # A bfchar section carries at most 100 entries (Adobe Technical Note 5014).
    sections = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    maps = "\n".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in sections)
    return (
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
        "/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n{maps}\n"
        "endcmap CMapName currentdict/CMap defineresource pop end end\n"
    ).encode("ascii")
