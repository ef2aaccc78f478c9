"""An SVG stays vectors: once a file, in the screen's colours and in the press's, and never with a part missing."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest

from emission.errors import TemplateError
from emission.render import compile_template
from emission.wording import explain
from tests.render.bills import bill, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import lot_of, problems, raster, stamped

IMAGE = '<image source="arms.svg" x="20" y="20" w="100" h="100"/>'
# A millimetre of the page a unit: what stands where is read off the raster.
ARMS = """<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="urn:editor" viewBox="0 0 100 100" i:version="1">
  <title>Escudo</title><metadata><i:text/></metadata><defs><linearGradient id="unused"/></defs>
  <rect x="5" y="5" width="20" height="20" rx="6" fill="#1f5c8b"/>
  <circle cx="45" cy="15" r="10" style="fill: rgb(255, 0, 0); stroke: none"/>
  <g transform="translate(70 5)" fill="none" stroke="#333" stroke-width="4">
    <g transform="scale(2)"><line x1="0" y1="5" x2="10" y2="5" stroke-width="2"/></g>
  </g>
  <path d="M5 45 A10 10 0 1 1 25 45 A10 10 0 1 1 5 45 Z M10 45 a5 5 0 1 0 10 0 a5 5 0 1 0 -10 0 z" fill-rule="evenodd"/>
  <path d="m35 35 20 0 v20 H35 Q30 45 35 35T35 35" fill="gray"/>
  <polygon points="70,35 90,35 80,55" fill="green" transform="rotate(0 80 45)"/>
  <polyline points="5 65 15 65 25 65" fill="none" stroke="black" stroke-width="3" stroke-dasharray="10 5"/>
  <ellipse cx="45" cy="75" rx="10" ry="5" fill="currentColor" color="#000"/>
  <path d="M70 70 c0 0 20 0 20 0 s0 20 0 20 l-20 0z" fill="#333"/>
  <g display="none"><rect width="100" height="100"/></g>
</svg>
"""


def arms(folder: Path, drawing: str, suffix: str = "arms.svg") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / suffix
    path.write_text(drawing, encoding="utf-8")
    return path


def shades(pdf: bytes) -> dict[tuple[int, int], int]:
    """How light the drawing is at units of its own."""
    image = raster(pdf, 254)[0].convert("L")
    spots = [(15, 15), (6, 6), (45, 15), (80, 15), (80, 18), (7, 45), (15, 45), (45, 45), (80, 40), (71, 53)]
    spots += [(10, 65), (17, 65), (22, 65), (45, 75), (56, 75), (80, 80), (95, 95)]
    found: dict[tuple[int, int], int] = {}
    for x, y in spots:
        value = image.getpixel(((20 + x) * 10, (20 + y) * 10))
        assert isinstance(value, int)
        found[x, y] = value
    return found


def test_shapes_stand_where_they_do_in_a_browser(tmp_path: Path) -> None:
    arms(tmp_path, ARMS)
    result = stamped(look(template=design(tmp_path, IMAGE), banner=""), bill((obligation(), operation())))
    for pdf in (result.digital, lot_of(look(template=str(tmp_path), banner=""), result)):
        assert problems(pdf) == []
        found = shades(pdf)
        white = {spot for spot, shade in found.items() if shade > 250}
        assert white == {(6, 6), (80, 18), (15, 45), (71, 53), (17, 65), (56, 75), (95, 95)}
        assert found[7, 45] < 40, "as black as the press's black is shown"
        assert 0x28 < found[80, 80] < 0x60


def test_it_is_one_form_whose_neutrals_are_black_alone_on_the_press(tmp_path: Path) -> None:
    arms(tmp_path, ARMS)
    twice = IMAGE + IMAGE.replace('y="20" w="100" h="100"', 'y="220" w="30" h="30"')
    style = look(template=design(tmp_path, twice, twice), banner="")
    result = stamped(style, bill((obligation(), operation())))
    for pdf, word, other in ((result.digital, b" rg", b" k"), (lot_of(style, *[result] * 3), b" k", b" rg")):
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            forms = [one for one in opened.objects if isinstance(one, pikepdf.Stream) and "/Matrix" in one]
            content = forms[0].read_bytes()
        assert len(forms) == 1
        assert word in content
        assert other not in content
    assert b"0 0 0 0.8 k" in content
    assert b"0.776978 0.338129 0 0.454902 k" in content


def test_an_svg_is_told_by_what_it_is_and_may_be_the_logo(tmp_path: Path) -> None:
    logo = arms(tmp_path, ARMS, "logo.png")
    content = IMAGE.replace(' source="arms.svg"', "")
    style = look(template=design(tmp_path, content), banner="", logo=str(logo))
    result = stamped(style, bill((obligation(), operation())))
    assert shades(result.digital)[7, 45] < 10


@pytest.mark.parametrize(
    ("drawn", "code"),
    [
        ("<text>A</text>", "text"),
        ('<rect width="9" height="9" fill="url(#a)"/>', "gradient"),
        ('<rect width="9" height="9" opacity=".5"/>', "opacity"),
        ('<rect width="9" height="9" style="fill-opacity:0.5"/>', "opacity"),
        ('<rect width="9" height="9" fill="#11223344"/>', "opacity"),
        ('<g filter="url(#a)"/>', "effect"),
        ("<clipPath/>", "effect"),
        ("<mask/>", "effect"),
        ('<use href="#a"/>', "use"),
        ("<style>rect {fill: red}</style>", "style"),
        ("<defs><style/></defs>", "style"),
        ("<script/>", "element"),
        ("<defs><script/></defs>", "element"),
        ('<image href="a.png"/>', "element"),
        ('<rect onclick="alert()"/>', "element"),
        ('<path d="M0 0 L1"/>', "value"),
        ('<path d="M0 0 A1 1 0 0"/>', "value"),
        ('<path d="M0 0 L1e99 1"/>', "value"),
        ('<path d="alert()"/>', "value"),
        ('<rect width="50%" height="9"/>', "value"),
        ('<rect width="9" height="9" fill="blau"/>', "value"),
        ('<rect width="9" height="9" transform="turn(4)"/>', "value"),
        ('<rect width="9" height="9" transform="rotate(1 2)"/>', "value"),
        ('<polygon points="1 2 3"/>', "value"),
        ("<g>" * 70 + "</g>" * 70, "large"),
        (f'<path d="M0 0{" 1 1" * 100_001}"/>', "large"),
        (f"<!--{'-' * 0}{'a' * 1_000_000}-->", "large"),
    ],
)
def test_what_cannot_be_drawn_is_named_with_its_place(tmp_path: Path, drawn: str, code: str) -> None:
    arms(tmp_path, f'<svg viewBox="0 0 9 9">\n {drawn}</svg>')
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=design(tmp_path, IMAGE)))
    assert caught.value.code == f"template-svg-{code}"
    told = caught.value.params
    assert told["file"].endswith("arms.svg")
    assert told["line"] == ("1" if "aaa" in drawn else "2")
    for language in ("es", "en"):
        assert told["element"] in explain(language, caught.value)
        assert "{" not in explain(language, caught.value)


@pytest.mark.parametrize(
    ("drawing", "code"),
    [
        ('<!DOCTYPE svg><svg viewBox="0 0 9 9"/>', "template-doctype"),
        ("<svg/>", "template-svg-size"),
        ('<svg width="10%" height="9"/>', "template-svg-size"),
        ('<svg viewBox="0 0 9 0"/>', "template-svg-size"),
        ("<html/>", "template-svg-root"),
        ('<svg viewBox="0 0 9 9">', "template-xml"),
    ],
)
def test_what_is_no_drawing_is_refused(tmp_path: Path, drawing: str, code: str) -> None:
    arms(tmp_path, drawing)
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=design(tmp_path, IMAGE)))
    assert caught.value.code == code
    assert "{" not in explain("es", caught.value)
