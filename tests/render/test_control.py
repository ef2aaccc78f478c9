"""The control mark of a sheet: on paper alone, on whole dots, and in the designer's hands."""

from __future__ import annotations

import io
import re
import zlib
from pathlib import Path

import numpy as np
import pikepdf
import pytest

from emission.codes import datamatrix
from emission.codes.control import ControlMark
from emission.errors import Stopped, TemplateError
from emission.render import compile_template, template_for
from emission.render.control import rest
from emission.wording import explain
from tests.render.bills import bill, coupons, look, obligation, operation
from tests.render.pages import controls, drawn, expected, lot_of, raster, scan, stamped
from tests.render.test_templates import write

ONE, BOOKLET = bill((obligation(), operation())), coupons(7)
PLAIN = '<stack take="1"><text y="9">{{ payer.name }}</text></stack>'
MARK = '<control x="6" y="9" side="8.5"/>'


@pytest.mark.parametrize("dpi", [150, 203, 300])
def test_every_sheet_of_a_lot_says_where_it_belongs(dpi: int) -> None:
    style = look()
    lot = lot_of(style, stamped(style, ONE), stamped(style, BOOKLET))
    booklet = [f"L0001S000002P{sheet:02}T03" for sheet in (1, 2, 3)]
    assert controls(lot, dpi) == ["L0001S000001P01T01", *booklet]


def test_a_digital_file_has_none_and_a_payer_s_codes_stay_what_they_are() -> None:
    style = look()
    result = stamped(style, BOOKLET)
    assert controls(result.digital) == [""] * 3
    assert scan(lot_of(style, result)) == scan(result.digital) == expected(BOOKLET)


def test_modules_are_five_whole_dots_on_the_grid_with_paper_around() -> None:
    style = look(banner="")
    page = np.asarray(raster(lot_of(style, stamped(style, ONE)), 300)[0])
    symbol = datamatrix.encode(ControlMark(1, 1, 1, 1).text)
    dots = np.kron(~datamatrix.modules(symbol), np.ones((5, 5), dtype=np.bool_))
    place = page[:230, :230]
    top, left = (int(np.flatnonzero((place < 128).any(axis=axis))[0]) for axis in (1, 0))
    assert ((place[top : top + 80, left : left + 80] > 128) == dots).all()
    around = page[top - 10 : top + 90, left - 10 : left + 90].copy()
    around[10:90, 10:90] = 255
    assert (around > 251).all()


def test_it_stands_five_millimetres_from_every_edge_and_cut() -> None:
    for page in template_for(look()).for_lots.pages:
        assert page.control is not None
        millimetres = [value * 25.4 / 72 for value in (page.control.x, page.control.y, page.control.side)]
        assert millimetres[0] >= 5
        assert millimetres[1] + millimetres[2] <= 297 - 5
        assert 297 - millimetres[1] <= 36 - 5  # the first cut is at 36


def test_it_is_black_alone() -> None:
    control = template_for(look()).for_lots.pages[0].control
    assert control is not None
    inks = re.findall(r"([\d. ]+) k\b", control.beginning(16, template_for(look()).for_lots.press).decode())
    assert [ink.split() for ink in inks] == [["0", "0", "0", "0"], ["0", "0", "0", "1"]]


@pytest.mark.parametrize(
    "mark", [ControlMark(1, 1, 1, 1), ControlMark(99999, 99999999, 100, 100), ControlMark(10**5, 10**7, 999, 999)]
)
def test_however_large_the_numbers_a_module_of_paper_stays_around(mark: ControlMark) -> None:
    style = look()
    control = template_for(style).for_lots.pages[0].control
    assert control is not None
    size = control.symbol(mark).size
    beginning = control.beginning(size, template_for(style).for_lots.press).decode()
    found = re.search(r"q ([\d.]+) 0 0 [\d.]+ ([\d.]+) ([\d.]+) cm", beginning)
    assert found is not None
    module, x, y = map(float, found.groups())
    assert module == pytest.approx(1.2)
    side = size * module
    for corner, start in ((control.x, x), (control.y, y)):
        assert start - corner >= module - 0.13  # half a dot for the grid
        assert corner + control.side - start - side >= module - 0.13


def test_a_mark_that_cannot_be_made_stops_the_lot_with_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    style = look()
    result = stamped(style, ONE)
    monkeypatch.setattr(datamatrix, "decode", lambda _symbol: "")
    with pytest.raises(Stopped) as caught:
        lot_of(style, result)
    assert "L0001S000001P01T01" in explain("es", caught.value)


@pytest.mark.parametrize(
    "mark", [ControlMark(1, 1, 1, 1), ControlMark(1, 987, 1, 2), ControlMark(10**5, 10**7, 99, 99)]
)
def test_its_path_goes_over_every_dark_module_once_and_no_other(mark: ControlMark) -> None:
    program = template_for(look()).for_lots
    control = program.pages[0].control
    assert control is not None
    symbol = control.symbol(mark)
    _, _, path = (control.beginning(symbol.size, program.press) + rest(symbol)).partition(b"cm\n")
    times = np.zeros((symbol.size, symbol.size), dtype=np.int64)
    for x, y, width, height in re.findall(rb"(\d+) (\d+) (\d+) (\d+) re\n", path):
        top, left = symbol.size - int(y) - int(height), int(x)
        times[top : top + int(height), left : left + int(width)] += 1
    assert (times == datamatrix.modules(symbol)).all()
    assert path.endswith(b"re\nf Q\n")


def test_what_marks_have_in_common_is_written_once() -> None:
    style = look()
    with pikepdf.open(io.BytesIO(lot_of(style, stamped(style, ONE), stamped(style, ONE)))) as opened:
        first, second = (list(page.obj.Contents) for page in opened.pages)
        assert [one.objgen == other.objgen for one, other in zip(first, second, strict=True)] == [
            True,
            False,
            True,
            False,
        ]


def test_a_template_without_the_element_prints_as_ever(tmp_path: Path) -> None:
    style = look(template=write(tmp_path, PLAIN))
    lot = lot_of(style, stamped(style, ONE))
    assert controls(lot) == [""]
    with pikepdf.open(io.BytesIO(lot)) as opened:
        assert len(opened.pages[0].Contents) == 2  # what pages share, and the voucher's own


def test_it_stays_out_of_what_pages_share(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    bare = look(template=write(tmp_path / "a", PLAIN))
    marked = look(template=write(tmp_path / "b", PLAIN + MARK))
    assert drawn(stamped(bare, ONE).digital) == drawn(stamped(marked, ONE).digital)
    assert zlib.decompress(stamped(bare, ONE).lot_pages[0].content) == zlib.decompress(
        stamped(marked, ONE).lot_pages[0].content
    )


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (f'<when test="payer.name">{MARK}</when>', "template-element-unknown"),
        (f'<stack take="1">{MARK}</stack>', "template-element-unknown"),
        (f"{MARK}{MARK}", "template-control-place"),
        ('<control x="6" y="9" side="8.4"/>', "template-value"),
        (f'{MARK}</page><page><banner x="1" y="1" w="90" h="90"/>', "template-control"),
        ('<when test="payer.name"><use part="mark"/></when>', "template-control-place"),
    ],
)
def test_where_it_cannot_stand_the_designer_is_told(tmp_path: Path, page: str, code: str) -> None:
    template = write(tmp_path, PLAIN + page)
    markup = tmp_path / "voucher.xml"
    part = f'<part name="mark">{MARK}</part>'
    markup.write_text(markup.read_text(encoding="utf-8").replace("<page>", f"{part}<page>", 1), encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=template))
    assert caught.value.code == code
