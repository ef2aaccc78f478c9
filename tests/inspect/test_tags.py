"""A digital file as a screen reader goes through it."""

from __future__ import annotations

import json
from pathlib import Path

import pikepdf
import pytest

from emission.inspect.tags import Tag, tags
from tests.conformance.cases import PAGES
from tests.render.bills import bill, coupons, lines, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import lot_of, stamped
from tests.run.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def read(folder: Path, pdf: bytes) -> list[Tag]:
    path = folder / "file.pdf"
    path.write_bytes(pdf)
    return tags(path)


def outline(found: list[Tag]) -> list[str]:
    return [f"{'.' * tag.depth}{tag.role} {tag.text}".rstrip() for tag in found]


def page(folder: Path, name: str) -> list[Tag]:
    style = look(template=design(folder, PAGES[name], faces='italic = "SourceSansPro-It"'))
    return read(folder, stamped(style, bill((obligation(name="Łukasz Ñandú", lines=lines(2)), operation()))).digital)


def test_a_label_and_its_value_are_one_line_and_a_code_says_what_it_is_for(tmp_path: Path) -> None:
    found = read(tmp_path, stamped(look(), bill((obligation(), operation()))).digital)
    said = outline(found)
    assert said[0] == "Document"
    assert ".H1 Tasa por Servicios Generales" in said
    assert ".P Cuenta 0012-345/9" in said
    assert ".P Primer vencimiento 10/12/2026 $ 12.345,67" in said
    alts = [tag.alt for tag in found if tag.role == "Figure"]
    assert alts[0] == "Código QR para pagar: Tasa por Servicios Generales, $ 12.345,67"
    assert alts[1].startswith("Código de barras 99")


def test_every_coupon_says_its_own_amount(tmp_path: Path) -> None:
    found = read(tmp_path, stamped(look(), coupons(4)).digital)
    assert {tag.page for tag in found if tag.role == "Figure"} == {1, 2}
    assert not any("Hoja" in tag.text for tag in found), "pages that are counted are passed over"


def test_words_headings_and_lists(tmp_path: Path) -> None:
    said = outline(page(tmp_path, "words"))
    assert said[1:] == [
        ".H1 Łukasz Ñandú",
        ".H2 Detalle",
        ".P Uno que ocupa más de una sola línea entera",
        ".P Girado",
        ".P Antes fuerte",
        *(".L", "..LI", "...Lbl •", "...LBody Uno que sigue y sigue en otra línea más"),
        *("..LI", "...Lbl •", "...LBody Dos con dos líneas"),
        ".P Después",
        *(".L", "..LI", "...Lbl •", "...LBody Łukasz Ñandú"),
    ]


def test_headings_go_one_deeper_at_a_time(tmp_path: Path) -> None:
    content = '<text x="20" y="20" heading="3">Uno</text><text x="20" y="30" heading="3">Dos</text>'
    style = look(template=design(tmp_path, content))
    said = outline(read(tmp_path, stamped(style, bill((obligation(), operation()))).digital))
    assert said[1:] == [".H1 Uno", ".H2 Dos"]


def test_words_are_told_wherever_in_their_box_they_stand(tmp_path: Path) -> None:
    content = "".join(
        f'<text x="20" y="{20 + 10 * at}" w="80" align="{align}">{{{{ payer.name }}}} {align}</text>'
        for at, align in enumerate(("left", "center", "right"))
    )
    style = look(template=design(tmp_path, content))
    given = bill((obligation(name="Łukasz Ñandú (h)"), operation()))
    said = outline(read(tmp_path, stamped(style, given).digital))
    assert said[1:] == [f".P Łukasz Ñandú (h) {align}" for align in ("left", "center", "right")]


def test_tables_have_a_cell_for_each_column(tmp_path: Path) -> None:
    said = outline(page(tmp_path, "tables"))
    assert said[1:] == [
        *(".Table", "..TR", "...TH Concepto", "...TH"),
        *("..TR", "...TD Servicio número 0", "...TD 100,00"),
        *("..TR", "...TD Servicio número 1", "...TD 100,01"),
        *("..TR", "...TD Total", "...TD"),
        *(".Div", "..P Servicio número 0", "..P Servicio número 1"),
        *(".Table", "..TR", "...TH a", "...TH b", "..TR", "...TD Sin detalle", "...TD"),
    ]


def test_a_long_table_has_its_titles_on_every_page(tmp_path: Path) -> None:
    found = read(tmp_path, stamped(look(), bill((obligation(lines=lines(120)), operation()))).digital)
    titles = [tag.page for tag in found if tag.role == "TH" and tag.text == "Concepto"]
    assert titles == [1, 2, 3, 4]
    assert sum(tag.text.startswith("Servicio número") for tag in found) == 120


def test_links_say_where_they_lead(tmp_path: Path) -> None:
    style = look(template=design(tmp_path, PAGES["links"]))
    found = read(tmp_path, stamped(style, bill((obligation(), operation()))).digital)
    links = [(tag.text, tag.alt, tag.href.removeprefix("https://ejemplo.test/")) for tag in found if tag.role == "Link"]
    assert links == [
        ("Ver", "Ver", "?a=(b)"),
        ("ejemplo.test", "Sitio: ejemplo.test", ""),
        ("", "https://ejemplo.test/c", "c"),
        ("", "Pagar en línea", "d"),
        ("Pagar", "Pagar", "e"),
        ("Girado", "Girado", "f"),
    ]


def test_the_command_tells_each_element(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(stamped(look(), bill((obligation(), operation()))).digital)
    told = town.call("inspect", str(path), "--tags").stdout
    assert "  H1  Tasa por Servicios Generales\n" in told
    assert "  Figure  [Código QR para pagar: Tasa por Servicios Generales, $ 12.345,67]" in told
    parts = [json.loads(line) for line in town.call("inspect", str(path), "--tags", "--json").stdout.splitlines()]
    assert parts[1]["event"] == "tag"
    assert (parts[1]["role"], parts[1]["depth"], parts[1]["page"]) == ("P", 1, 1)


def test_what_has_no_tags_is_told_so(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "lot.pdf"
    path.write_bytes(lot_of(look(), stamped(look(), bill((obligation(), operation())))))
    result = town.call("inspect", str(path), "--tags")
    assert result.exit_code == 2
    assert "no tiene etiquetas" in result.stderr
    assert town.call("inspect", "nada.pdf", "--tags").exit_code == 2
    with pikepdf.new() as empty:
        empty.save(tmp_path / "empty.pdf")
    assert town.call("inspect", str(tmp_path / "empty.pdf"), "--tags").exit_code == 2
