"""A font file put together of pieces is the one that it would be in one piece, whatever a voucher says."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pikepdf
import pytest
from fontTools.agl import UV2AGL, toUnicode
from fontTools.cffLib import CFFFontSet, TopDict
from fontTools.pens.recordingPen import DecomposingRecordingPen, RecordingPen
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from emission.render import cff, template_for
from emission.render.faces import Face, face_path, load_face
from emission.render.latin import CODES
from emission.render.subsets import Core, font_file
from tests.render.bills import bill, look, obligation, operation
from tests.render.pages import stamped

FACE = template_for(look()).digital.faces["regular"]
CURVES = TTFont(face_path("SourceSansPro-Regular").with_suffix(".otf"))
COMPACT = cff.Core(FACE)
WHOLE = TTFont(face_path("SourceSansPro-Regular"))
CORE = Core(FACE, frozenset(FACE.glyphs))


def opened_cff(content: bytes) -> TopDict:
    """A compact font as fontTools reads it, without a table around it."""
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(content), TTFont())
    return fonts[0]


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
        letters = set(opened_cff(fonts.regular.FontDescriptor.FontFile3.read_bytes()).charset)
        wide = fonts["/regular.wide"].DescendantFonts[0] if "/regular.wide" in fonts else None
        file = TTFont(io.BytesIO(wide.FontDescriptor.FontFile2.read_bytes()), checkChecksums=2) if wide else None
    for char in set(name) - {" "}:
        if char in FACE.glyphs:
            assert UV2AGL[ord(char)] in letters
            continue
        assert file
        assert FACE.fallback
        assert file["glyf"][file.getGlyphOrder()[FACE.fallback.glyphs[char]]].numberOfContours


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(sorted(CODES.keys() & FACE.glyphs.keys())), max_size=30))
def test_a_compact_font_draws_what_the_whole_one_does(characters: set[str]) -> None:
    packed, length = COMPACT.file(characters)
    content = zlib.decompress(packed)
    assert len(content) == length
    font, glyphs, names = opened_cff(content), CURVES.getGlyphSet(), CURVES.getBestCmap()
    shown = {char for char in characters | FACE.core if char in CODES}
    assert len(font.charset) == 1 + len(shown)
    for char in shown:
        ours, theirs = RecordingPen(), RecordingPen()
        charstring = font.CharStrings[cff.GLYPHS[char]]
        charstring.draw(ours)
        glyphs[names[ord(char)]].draw(theirs)
        assert ours.value == theirs.value
        assert charstring.width == FACE.advances[char]


def test_a_lot_s_compact_font_has_what_was_asked_for_and_no_more() -> None:
    font = opened_cff(cff.font_file(FACE, {"Á", "7", "€", "³"}))
    assert font.charset == [".notdef", "seven", "threesuperior", "Aacute", "Euro"]


@pytest.mark.parametrize("content", [cff.font_file(FACE, {"Á", "7"}), zlib.decompress(COMPACT.file({"Á", "€"})[0])])
def test_the_names_of_glyphs_end_before_their_file_does(content: bytes) -> None:
    """Ghostscript 10.0 refuses a font that ends with them, and prints another in its place."""
    font = opened_cff(content)
    at, left = font.rawDict["charset"], len(font.charset) - 1
    assert content[at] == 1
    at += 1
    while left > 0:
        left -= 1 + content[at + 2]
        at += 3
    assert left == 0
    assert at < len(content)


def test_a_byte_means_what_its_glyph_is_called() -> None:
    """WinAnsiEncoding by Adobe's list of names (ISO 32000-1, 9.10.2): the way in which a reader copies text."""
    for char, name in cff.GLYPHS.items():
        assert toUnicode(name) == char


def test_every_letter_that_a_byte_can_say_has_room_in_one_font() -> None:
    heavy = load_face("SourceSansPro-Black", Path())
    font = opened_cff(cff.font_file(heavy, heavy.glyphs.keys()))
    assert len(font.charset) == 1 + len(CODES)


def test_cores_come_first_and_numbers_stay_the_same() -> None:
    face = Face("own", face_path("SourceSansPro-Regular")).covering("own", "Hola")
    assert max(face.numbers(face.core)) == face.core_size - 1
    assert {face.shape("a").glyphs for _ in range(2)} == {face.shape("a").glyphs}
    assert [characters for _, characters in face.shape("Hola Z").beyond] == [{"Z"}]
