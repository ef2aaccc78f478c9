"""A font file put together of pieces is the one that it would be in one piece, whatever a voucher says."""

from __future__ import annotations

import io
import zlib

import pikepdf
import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from emission.render import template_for
from emission.render.faces import Face, face_path
from emission.render.latin import CODES
from emission.render.subsets import Core, font_file
from tests.render.bills import bill, look, obligation, operation
from tests.render.pages import stamped

FACE = template_for(look()).digital.faces["regular"]
WHOLE = TTFont(face_path("SourceSansPro-Regular"))
CORE = Core(FACE, frozenset(FACE.glyphs))


def drawn(font: TTFont, name: str) -> object:
    """How a glyph is drawn, whatever it is made of."""
    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[name].draw(pen)
    return pen.value


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(sorted(FACE.glyphs)), max_size=30))
def test_each_glyph_is_drawn_as_in_the_whole_face(characters: set[str]) -> None:
    packed, length = CORE.file(characters)
    content = zlib.decompress(packed)
    assert len(content) == length
    # fontTools holds the sums of the tables against the directory.
    font = TTFont(io.BytesIO(content), checkChecksums=2)
    names, cmap = font.getGlyphOrder(), WHOLE.getBestCmap()
    for char in characters | FACE.core:
        ours, theirs = names[FACE.glyphs[char]], cmap[ord(char)]
        assert drawn(font, ours) == drawn(WHOLE, theirs)
        assert font["hmtx"][ours] == WHOLE["hmtx"][theirs]
        if char in CODES:
            assert font.getBestCmap()[ord(char)] == ours


def test_a_lots_file_has_what_was_asked_for_and_no_more() -> None:
    font = TTFont(io.BytesIO(font_file(FACE, {"Á", "7"})), checkChecksums=2)
    filled = {number for number, name in enumerate(font.getGlyphOrder()) if font["glyf"][name].numberOfContours}
    assert filled == FACE.numbers("Á7")


@pytest.mark.parametrize("name", ["Ana Paz", "Ñandubay Łódź", "ZZZ QQQ"])
def test_a_file_has_the_letters_of_its_voucher(name: str) -> None:
    result = stamped(look(), bill((obligation(name=name), operation())))
    with pikepdf.open(io.BytesIO(result.digital)) as opened:
        fonts = opened.pages[0].Resources.Font
        wide = fonts["/regular.wide"].DescendantFonts[0] if "/regular.wide" in fonts else None
        files = [
            TTFont(io.BytesIO(font.FontDescriptor.FontFile2.read_bytes()), checkChecksums=2) if font else None
            for font in (fonts.regular, wide)
        ]
    for char in set(name) - {" "}:
        face, file = (FACE, files[0]) if char in FACE.glyphs else (FACE.fallback, files[1])
        assert face
        assert file
        assert file["glyf"][file.getGlyphOrder()[face.glyphs[char]]].numberOfContours


def test_cores_come_first_and_numbers_stay_the_same() -> None:
    face = Face("own", face_path("SourceSansPro-Regular")).covering("own", "Hola")
    assert max(face.numbers(face.core)) == face.core_size - 1
    assert {face.shape("a").glyphs for _ in range(2)} == {face.shape("a").glyphs}
    assert [characters for _, characters in face.shape("Hola Z").beyond] == [{"Z"}]
