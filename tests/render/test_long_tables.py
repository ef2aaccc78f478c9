"""A detail that is longer than its page goes on, and every page of it says so."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest

from emission.errors import TemplateError
from emission.model import Bill
from emission.render import compile_template, preflight
from emission.wording import explain, reason
from tests.render.bills import bill, lines, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import lot_of, problems, stamped, text_of

FIRST = """<text x="20" y="20">Resumen de {{ payer.name }}</text>
<table name="detalle" overflow="continue" each="line in lines" x="20" y="40" h="100" row="5" zebra="yes"
 carry="Sigue en la hoja siguiente" carried="Viene de la hoja anterior" empty="Sin detalle">
<column w="120" title="Concepto" foot="Total" lines="2">{{ line.concept }}</column>
<column w="50" title="Importe" align="right" foot="{{ lines|sum(attribute='total')|figures }}"
 carry="{{ lines[:loop.index]|sum(attribute='total')|figures }}">{{ line.total|figures }}</column>
</table>
<folio x="20" y="290">Hoja %page% de %pages%</folio>"""
REST = """(continues="detalle")<text x="20" y="20">Sigue el resumen</text>
<table rest="detalle" x="20" y="30" h="240"/>
<folio x="20" y="290">Hoja %page% de %pages%</folio>"""


def of_lines(count: int) -> Bill:
    return bill((obligation(lines=lines(count)), operation()))


def pages_of(folder: Path, given: Bill, *pages: str) -> list[str]:
    style = look(template=design(folder, *(pages or (FIRST, REST))))
    (check,) = preflight(compile_template(style), [given.voucher])
    assert check.faults == ()
    result = stamped(style, given)
    assert problems(result.digital) == problems(lot_of(style, result)) == []
    document = pypdfium2.PdfDocument(result.digital)
    assert check.pages == result.pages == len(result.lot_pages) == len(document), "pages are known before any call"
    return [page.get_textpage().get_text_bounded() for page in document]


@pytest.mark.parametrize("count", [1, 17, 18, 19, 20, 60, 63, 64, 65, 66, 400])
def test_every_line_stands_once_and_in_order(tmp_path: Path, count: int) -> None:
    pages = pages_of(tmp_path, of_lines(count))
    numbers = [int(number) for number in re.findall(r"Servicio número (\d+)", "\n".join(pages))]
    assert numbers == list(range(count))
    total = sum(100_00 + number for number in range(count))
    for place, page in enumerate(pages, 1):
        last = place == len(pages)
        assert "Concepto" in page
        assert "Servicio" in page, "no page bears the total alone"
        assert ("Total" in page) == last
        assert ("Sigue en la hoja siguiente" in page) == (not last)
        assert ("Viene de la hoja anterior" in page) == (place > 1)
        assert (f"Hoja {place} de {len(pages)}" in page) == (len(pages) > 1)
    assert f"{total / 100:,.2f}".translate(str.maketrans(",.", ".,")) in pages[-1]


def test_what_is_carried_is_the_sum_so_far_on_both_pages(tmp_path: Path) -> None:
    one, two, *_ = pages_of(tmp_path, of_lines(60))
    sigue = re.search(r"Sigue en la hoja siguiente\s+(\S+)", one)
    viene = re.search(r"Viene de la hoja anterior\s+(\S+)", two)
    assert sigue
    assert viene
    shown = max(int(number) for number in re.findall(r"Servicio número (\d+)", one)) + 1
    assert sigue[1] == viene[1]
    assert sigue[1].replace(".", "").replace(",", "") == str(sum(100_00 + number for number in range(shown)))


def test_a_list_of_nothing_says_so_or_is_not_there(tmp_path: Path) -> None:
    none = FIRST.replace("line in lines", "line in obligation.lines")
    (page,) = pages_of(tmp_path / "said", of_lines(0), none, REST)
    assert "Sin detalle" in page
    assert "Concepto" in page
    (page,) = pages_of(tmp_path / "hidden", of_lines(0), none.replace('empty="Sin detalle"', ""), REST)
    assert "Concepto" not in page
    assert "Total" not in page


def test_stripes_go_on_where_the_last_page_left_them(tmp_path: Path) -> None:
    program = compile_template(look(template=design(tmp_path, FIRST, REST)))
    from emission.render.layout import lay_out  # noqa: PLC0415 -- one case looks beneath the files

    pages = lay_out(program.digital, of_lines(60), {}).pages
    assert sum(len(page.ground) for page in pages) == 30


def test_rows_of_two_lines_take_their_room(tmp_path: Path) -> None:
    long = tuple(line.__class__("Contribución por mejoras " * 6, line.total, line.period) for line in lines(50))
    pages = pages_of(tmp_path, bill((obligation(lines=long), operation())))
    assert len(pages) > 2
    assert "\n".join(pages).count("mejoras") == 300


def test_a_table_that_is_not_said_to_go_on_is_refused_as_ever(tmp_path: Path) -> None:
    program = compile_template(look(template=design(tmp_path, FIRST.replace('overflow="continue"', ""))))
    (check,) = preflight(program, [of_lines(60).voucher])
    assert [fault.code for fault in check.faults] == ["too-many-lines"]


def test_a_page_too_low_for_a_row_is_refused_and_ends(tmp_path: Path) -> None:
    program = compile_template(look(template=design(tmp_path, FIRST, REST.replace('h="240"', 'h="8"'))))
    (check,) = preflight(program, [of_lines(60).voucher])
    assert {fault.code for fault in check.faults} == {"too-many-lines"}
    assert "{" not in reason("es", check.faults[0])


@pytest.mark.parametrize(
    ("pages", "code", "words"),
    [
        ((FIRST,), "template-rest", "detalle"),
        ((FIRST, REST.replace('rest="detalle"', 'rest="otra"')), "template-rest-table", "detalle"),
        ((FIRST, REST.replace('continues="detalle"', 'continues="detale"')), "template-rest", "detalle"),
        ((FIRST, REST, REST.replace('"detalle"', '"otra"')), "template-value", "detalle"),
        ((FIRST.replace('row="5"', ""), REST), "template-attribute-missing", "row"),
        ((FIRST.replace('name="detalle"', ""), REST), "template-attribute-missing", "name"),
    ],
)
def test_a_rest_of_nothing_is_named(tmp_path: Path, pages: tuple[str, ...], code: str, words: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=design(tmp_path, *pages)))
    assert caught.value.code == code
    assert words in explain("es", caught.value)


def test_the_shipped_design_is_not_touched() -> None:
    assert "Servicio número 2" in text_of(stamped(look(), of_lines(3)).digital)
