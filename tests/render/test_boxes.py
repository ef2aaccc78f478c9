"""Boxes, and what is there to be tapped."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest

from emission.errors import TemplateError
from emission.render import compile_template, proved_template
from tests.render.bills import bill, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import lot_of, problems, raster, stamped, text_of

QR = '<stack take="1"><qr x="50" y="50" side="40"/></stack>'
BUTTON = """<button x="20" y="30" w="60" h="12" href="{{ operation.payment_url }}" weight="semibold"
>Pagar ahora</button><link x="100" y="30" w="40" h="20" href="https://ejemplo.test/ayuda" alt="Ayuda en línea"/>"""


def test_a_box_may_stand_around_a_code_and_its_ground_beneath_it(tmp_path: Path) -> None:
    box = '<box x="48" y="48" w="44" h="44" radius="3" stroke="accent" fill="zebra"/>'
    program = proved_template(look(template=design(tmp_path, box + QR)))
    assert len(program.digital.codes) == 1


@pytest.mark.parametrize("where", ['x="60" y="48" w="44" h="44"', 'x="48" y="48" w="60" h="60" radius="12"'])
def test_its_lines_and_corners_are_ink_in_a_codes_place(tmp_path: Path, where: str) -> None:
    second = QR.replace('x="50" y="50"', 'x="88" y="66"') if "radius" in where else QR
    with pytest.raises(TemplateError) as caught:
        proved_template(look(template=design(tmp_path, f"<box {where}/>{second}")))
    assert (caught.value.code, caught.value.params["element"]) == ("template-code-covered", "box")


def test_round_corners_leave_the_corner_free(tmp_path: Path) -> None:
    content = '<box x="20" y="20" w="40" h="20" radius="6" fill="black" stroke="black" weight="1"/>'
    (image,) = raster(
        stamped(look(template=design(tmp_path, content), banner=""), bill((obligation(), operation()))).digital, 254
    )
    dark = [image.getpixel(place) for place in ((203, 203), (400, 205), (400, 300), (597, 397))]
    assert [pixel < 100 for pixel in dark] == [False, True, True, False]  # type: ignore[operator]  # grey


def test_a_button_is_drawn_and_tapped_on_screen_alone(tmp_path: Path) -> None:
    style = look(template=design(tmp_path, BUTTON))
    result = stamped(style, bill((obligation(), operation(url="https://pagos.test/1"))))
    lot = lot_of(style, result)
    assert problems(result.digital) == problems(lot) == []
    assert "Pagar ahora" in text_of(result.digital)
    assert "Pagar ahora" not in text_of(lot)
    with pikepdf.open(io.BytesIO(result.digital)) as opened:
        links = [(str(link.A.URI), str(link.Contents)) for link in opened.pages[0].Annots]
    assert links == [("https://pagos.test/1", "Pagar ahora"), ("https://ejemplo.test/ayuda", "Ayuda en línea")]
    with pikepdf.open(io.BytesIO(lot)) as opened:
        assert "/Annots" not in opened.pages[0]


def test_a_button_to_nowhere_is_not_drawn(tmp_path: Path) -> None:
    result = stamped(look(template=design(tmp_path, BUTTON)), bill((obligation(), operation())))
    assert "Pagar ahora" not in text_of(result.digital)


def test_a_button_over_a_code_is_ink(tmp_path: Path) -> None:
    button = '<button x="60" y="30" w="40" h="25" href="https://a.test">Pagar</button>'
    with pytest.raises(TemplateError) as caught:
        proved_template(look(template=design(tmp_path, button + QR)))
    assert (caught.value.code, caught.value.params["element"]) == ("template-code-covered", "button")


@pytest.mark.parametrize(
    "content",
    [
        '<button x="20" y="30" w="40" h="11" href="https://a.test">Pagar</button>',
        '<link x="20" y="30" w="40" h="11" href="http://a.test"/>',
        '<link x="20" y="30" w="40" h="11" href="javascript:alert(1)"/>',
        '<box x="20" y="30" w="40" h="11" radius="6"/>',
        '<box x="20" y="30" w="40" h="11" fill="pink"/>',
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, content: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=design(tmp_path, content)))
    assert caught.value.code == "template-value"
