"""Colours of a template's own, on screen and on the press."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest

from emission.errors import TemplateError
from emission.render import compile_template
from emission.render.colours import read_colour
from emission.render.inks import digital_inks, press_inks
from tests.render.bills import bill, look, obligation, operation
from tests.render.pages import lot_of, problems, raster, stamped
from tests.render.test_templates import write

COLOURS = """
[colours]
brick = "cmyk 0 70 80 30"
slate = "grey 60"
leaf = "rgb #2E7D32"
steel = "rgb #808080"
house = 'spot "PANTONE 286 C" cmyk 100 66 0 2'
deep = 'spot "PANTONE 286 C" cmyk 100 66 0 2'
sun = 'spot "Sol (#2)" cmyk 0 10 95 0'
"""
PAGE = """<stack take="9" row="1"/>
<panel x="20" y="20" w="30" h="30" ink="brick"/><panel x="60" y="20" w="30" h="30" ink="house"/>
<panel x="100" y="20" w="30" h="30" ink="leaf"/><panel x="140" y="20" w="30" h="30" ink="sun"/>
<text x="20" y="70" ink="slate" role="payer_name">{{ payer.name }}</text>
<rule x="20" y="80" w="100" weight="2" ink="deep"/><text x="20" y="90" ink="house">Municipalidad</text>"""


def test_every_form_has_its_plates_and_its_light() -> None:
    colours = {
        name: read_colour(form)
        for name, form in {
            "a": "cmyk 0 70 80 30",
            "b": "grey 40",
            "c": "rgb #804020",
            "d": "rgb #808080",
            "e": 'spot "X" cmyk 0 0 0 50',
        }.items()
    }
    named = {name: colour for name, colour in colours.items() if colour}
    assert len(named) == 5
    press, screen = press_inks("#000000", named), digital_inks("#000000", named)
    assert press["a"] == ("0 0.7 0.8 0.3 k\n", "0 0.7 0.8 0.3 K\n")
    assert press["b"] == ("0 0 0 0.4 k\n", "0 0 0 0.4 K\n")
    assert press["c"].fill == "0 0.5 0.75 0.498 k\n"
    assert press["d"].fill == "0 0 0 0.498 k\n"
    assert press["e"] == ("/S0 cs 1 scn\n", "/S0 CS 1 SCN\n")
    assert screen["a"].fill == "0.7 0.21 0.14 rg\n"
    assert (screen["b"].fill, screen["e"].stroke) == ("0.6 g\n", "0.5 G\n")
    assert screen["d"].fill == "0.502 g\n"


@pytest.mark.parametrize(
    "written",
    ["", "red", "cmyk 1 2 3", "cmyk 0 0 0 101", "rgb 808080", 'spot "All" cmyk 0 0 0 1', "spot X cmyk 0 0 0 1"],
)
def test_no_other_form_is_a_colour(written: str) -> None:
    assert read_colour(written) is None


def test_spots_are_plates_of_the_lot_and_no_cmyk_is_in_a_digital_file(tmp_path: Path) -> None:
    style = look(template=write(tmp_path, PAGE, COLOURS))
    made = stamped(style, bill((obligation(), operation())))
    lot = lot_of(style, made)
    assert problems(made.digital) == problems(lot) == []
    with pikepdf.open(io.BytesIO(lot)) as opened:
        spaces = opened.pages[0].Resources.ColorSpace
        assert sorted(str(space[1]) for space in spaces.values()) == ["/PANTONE 286 C", "/Sol (#2)"]
        assert {str(space[2]) for space in spaces.values()} == {"/DeviceCMYK"}
        form = opened.pages[0].Resources.XObject.P0
        assert b"/S0 cs 1 scn" in form.read_bytes()
        assert " rg" not in form.read_bytes().decode("latin-1")
        assert "/ColorSpace" in form.Resources
    with pikepdf.open(io.BytesIO(made.digital)) as opened:
        content = opened.pages[0].Contents.read_bytes().decode("latin-1")
        assert " k " not in content
        assert "cs " not in content
    for pdf in (made.digital, lot):
        (image,) = raster(pdf, 72)
        # The blue square is darker than the yellow one, in both.
        blue, yellow = (image.getpixel((round(x / 25.4 * 72), round(30 / 25.4 * 72))) for x in (75, 155))
        assert blue < yellow - 60  # type: ignore[operator]  # grey values


@pytest.mark.parametrize(
    ("colours", "code", "key"),
    [
        ('a = "red"', "template-key-value", "colours.a"),
        ('black = "grey 40"', "template-key-name", "colours.black"),
        ("a = 'spot \"X\" cmyk 1 1 1 1'\nb = 'spot \"X\" cmyk 2 1 1 1'", "template-key-value", "colours.b"),
    ],
)
def test_a_colour_that_is_none_is_named_with_its_line(tmp_path: Path, colours: str, code: str, key: str) -> None:
    folder = write(tmp_path, "", f"[colours]\n{colours}")
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=folder))
    assert (caught.value.code, caught.value.params["key"]) == (code, key)
    assert int(caught.value.params["line"]) >= 9


def test_small_words_keep_their_contrast_but_on_a_ground_they_may_be_white(tmp_path: Path) -> None:
    colours = '[colours]\npale = "grey 30"\npaper = "grey 0"\n'
    page = '<stack take="9" row="1"/><text y="20" size="{}" ink="{}">a</text>'
    with pytest.raises(TemplateError, match="template-contrast"):
        compile_template(look(template=write(tmp_path, page.format("8", "pale"), colours)))
    for size, ink in (("9", "pale"), ("8", "paper")):
        compile_template(look(template=write(tmp_path, page.format(size, ink), colours)))
