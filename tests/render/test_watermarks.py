"""Light words and pictures beneath everything, the same on every page, and never in the way of a code."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from emission.design.plan import planned
from emission.errors import TemplateError
from emission.render import compile_template
from emission.render.nodes import MM
from emission.render.proof import proved_template
from emission.wording import explain
from tests.render.bills import bill, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import expected, lot_of, problems, raster, scan, stamped

CODES = '<stack take="1"><qr x="83" y="126" side="44"/><linear x="30" y="180" w="150" h="25"/></stack>'
ARMS = (
    """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><rect width="60" height="40" fill="#036"/></svg>"""
)
COLOURS = '[colours]\ncielo = "cmyk 20 0 0 0"\nmar = "cmyk 100 60 0 0"'


def darkest(pdf: bytes, left: int, top: int, right: int, bottom: int) -> int:
    """The darkest grey (0 is black) of a part of the first page, given in millimetres."""
    sides = [int(side * 100 / 25.4) for side in (left, top, right, bottom)]
    lowest, _ = raster(pdf, 100)[0].crop((sides[0], sides[1], sides[2], sides[3])).getextrema()
    assert isinstance(lowest, int)
    return lowest


def test_codes_stand_on_white_above_words_and_picture(tmp_path: Path) -> None:
    (tmp_path / "arms.svg").write_text(ARMS, encoding="utf-8")
    marks = '<watermark rotate="55">{{ issuer.name }}</watermark><watermark source="arms.svg" y="120" h="120"/>'
    style = look(template=design(tmp_path, marks + CODES), banner="")
    given = bill((obligation(), operation()))
    result = stamped(style, given)
    for pdf in (result.digital, lot_of(style, result)):
        assert problems(pdf) == []
        assert scan(pdf, 200) == expected(given)
        assert 200 < darkest(pdf, 135, 210, 170, 230) < 240, "the arms, nearly white"
        assert darkest(pdf, 84, 127, 86, 129) == 255, "the corner of the QR's place"
        assert 200 < darkest(pdf, 20, 30, 190, 115) < 240, "the words above the arms"


def test_it_is_an_artifact_and_written_once_a_lot(tmp_path: Path) -> None:
    style = look(template=design(tmp_path, "<watermark>COPIA</watermark>"), banner="")
    result = stamped(style, bill((obligation(), operation())))
    with pikepdf.open(io.BytesIO(lot_of(style, *[result] * 3))) as opened:
        written = [one.read_bytes() for one in opened.objects if isinstance(one, pikepdf.Stream)]
    light = [content for content in written if content.startswith(b"0 0 0 0.12 k") and b"BT" in content]
    assert len(light) == 1
    with pikepdf.open(io.BytesIO(result.digital)) as opened:
        beneath, _, _ = opened.pages[0].Contents.read_bytes().partition(b"EMC")
    words = light[0][light[0].index(b"q BT") :]
    assert beneath == b"/Artifact BMC\n0.88 g\n" + words


def test_a_light_colour_of_the_template_s_own_and_a_raster(tmp_path: Path) -> None:
    marks = '<watermark ink="cielo" y="20" h="40">AGUA</watermark><watermark source="logo" y="100" h="100"/>'
    folder = design(tmp_path, marks)
    with (tmp_path / "template.toml").open("a", encoding="utf-8") as settings:
        settings.write(COLOURS)
    logo = tmp_path / "logo.png"
    Image.new("RGB", (40, 40), "black").save(logo)
    style = look(template=folder, logo=str(logo), banner="")
    result = stamped(style, bill((obligation(), operation())))
    for pdf in (result.digital, lot_of(style, result)):
        assert problems(pdf) == []
        assert 220 < darkest(pdf, 21, 20, 189, 59) < 245, "the words"
        assert darkest(pdf, 100, 140, 110, 150) == 224, "12 % of the logo's black"


@pytest.mark.parametrize(
    ("mark", "code", "told"),
    [
        ("<watermark/>", "template-watermark", "línea 4, columna 1"),
        ('<watermark source="logo">A</watermark>', "template-watermark", "línea 4, columna 1"),
        ("<watermark>{{ payer.name }}</watermark>", "template-watermark-varies", "issuer"),
        ("<watermark>\u4e2d</watermark>", "template-glyph", "U+4E2D"),
        ('<watermark ink="mar">A</watermark>', "template-watermark-dark", "columna 12"),
        ('<watermark ink="black">A</watermark>', "template-value", "banner | light"),
        ('<watermark w="211">A</watermark>', "template-value", "columna 12"),
        ('<watermark x="-1">A</watermark>', "template-value", "columna 12"),
        ('<watermark x="100" w="120">A</watermark>', "template-value", "0 … 90.0"),
        ('<watermark h="0">A</watermark>', "template-value", "h dice «0»"),
        ('<watermark rotate="360">A</watermark>', "template-value", "0 … 359"),
        ('<watermark size="300">GRANDE</watermark>', "template-does-not-fit", "GRANDE"),
        ('<watermark source="logo" ink="light"/>', "template-attribute-unknown", "atributo ink"),
        ('<watermark source="../otra.svg"/>', "template-value", "../otra.svg"),
        ('<zone x="0" y="0"><watermark>A</watermark></zone>', "template-element-unknown", "<zone>"),
        ('<zone x="9" y="0"><use part="m"/></zone>', "template-beneath", "<watermark>"),
        ('<when test="payer.id"><use part="m"/></when>', "template-beneath", "<watermark>"),
    ],
)
def test_a_mistake_is_told_where_it_is(tmp_path: Path, mark: str, code: str, told: str) -> None:
    folder = design(tmp_path, mark, parts='<part name="m"><watermark>A</watermark></part>')
    with (tmp_path / "template.toml").open("a", encoding="utf-8") as settings:
        settings.write(COLOURS)
    (tmp_path / "logo.svg").write_text(ARMS, encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=folder, logo=str(tmp_path / "logo.svg")))
    sentence = explain("es", caught.value)
    assert (caught.value.code, told in sentence) == (code, True), sentence


def test_the_logo_that_nobody_has_draws_nothing_and_no_code_minds_one(tmp_path: Path) -> None:
    folder = design(tmp_path, '<watermark source="logo"/><watermark>A</watermark>' + CODES)
    assert len(proved_template(look(template=folder)).digital.pages[0].watermarks) == 1


def test_a_designer_sees_its_box_among_the_others(tmp_path: Path) -> None:
    folder = design(tmp_path, '<watermark x="30" y="40" w="100" h="60" rotate="90">A</watermark>')
    layout, plan = planned(compile_template(look(template=folder)).digital, bill((obligation(), None)).voucher)
    (box,) = (spot.box for spot in plan.spots(layout.pages[0]) if spot.element.name == "watermark")
    middle = (box.left + box.right) / 2 / MM, (box.top + box.bottom) / 2 / MM
    assert middle == pytest.approx((80, 297 - 70), abs=0.1)
    assert max(box.right - box.left - 100 * MM, box.top - box.bottom - 60 * MM) == pytest.approx(0, abs=1)
