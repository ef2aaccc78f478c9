"""Sheets printed on both sides: no voucher begins on the back of another's."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from emission.errors import TemplateError
from emission.model import Bill
from emission.render import compile_template, preflight
from tests.render.bills import bill, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import controls, lot_of, stamped

FRONT = (
    '(side="front")<text x="20" y="20" w="100">Frente</text><stack take="1" row="1"/><control x="8" y="8" side="9"/>'
)
BACK = '(side="back")<text x="20" y="20" w="100">Dorso</text><control x="8" y="8" side="9"/>'
MORE = (
    '(continues="yes" side="front")<text x="20" y="20" w="100">Sigue</text>'
    '<stack take="1" row="1"/><control x="8" y="8" side="9"/>'
)


def of(count: int) -> Bill:
    pairs = [(obligation(number=number), operation()) for number in range(1, count + 1)]
    return bill(*pairs)


def sides(pdf: bytes) -> list[str]:
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pypdfium2.PdfDocument(pdf)]


@pytest.mark.parametrize(
    ("pages", "count", "expected"),
    [
        ((FRONT, BACK), 1, ["Frente", "Dorso"]),
        ((FRONT,), 1, ["Frente", ""]),
        ((FRONT, MORE), 3, ["Frente", "", "Sigue", "", "Sigue", ""]),
        ((FRONT, MORE, BACK), 2, ["Frente", "", "Sigue", "Dorso"]),
        ((FRONT.replace('(side="front")', ""), MORE.replace(' side="front"', "")), 2,
         ["Frente", "Sigue"]),
    ],
)  # fmt: skip
def test_every_page_comes_to_its_side(tmp_path: Path, pages: tuple[str, ...], count: int, expected: list[str]) -> None:
    style = look(template=design(tmp_path, *pages), banner="")
    given = of(count)
    made = stamped(style, given)
    lot = lot_of(style, made, made)
    assert sides(lot) == expected * 2
    assert made.pages == len(expected)
    (check,) = preflight(compile_template(style), [given.voucher])
    assert check.pages == len(expected)
    # Every side bears its mark, an empty one too; the file has no empty page.
    assert all(controls(lot))
    assert "" not in sides(made.digital)


def test_a_voucher_cannot_begin_on_a_back(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=design(tmp_path, FRONT.replace('"front"', '"back"'))))
    assert caught.value.params["expected"] == "front"
