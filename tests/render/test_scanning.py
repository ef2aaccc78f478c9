"""What a scanner reads from a finished page is what the provider gave, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from emission.codes.geometry import DOT_MM
from emission.model import Bill
from tests.render.bills import bill, coupons, look, obligation, operation
from tests.render.pages import expected, lot_of, raster, scan, stamped

ITF = {"symbology": "itf"}
BARE = {**ITF, "bearers": "no"}
GS1 = {"symbology": "gs1-128"}
COLOMBIAN = "(415)7709998000421(8020)12345678901234(3900)0000125000(96)20261231"

CASES: dict[str, tuple[Bill, dict[str, Any]]] = {
    "one": (bill((obligation(), operation())), {}),
    "production": (bill((obligation(), operation())), {"banner": ""}),
    "without QR": (bill((obligation(), operation(qr=""))), {}),
    "without barcode": (bill((obligation(), operation(barcodes=()))), {}),
    "only a payment page": (bill((obligation(), operation(qr="", url="https://pagos.ejemplo.test/1"))), {}),
    "QR and payment page": (bill((obligation(), operation(url="https://pagos.ejemplo.test/1"))), {}),
    "odd length": (bill((obligation(), operation(barcodes=("99" + "1234567" * 5,)))), {}),
    "zeros only": (bill((obligation(), operation(barcodes=("0" * 56,), qr="0" * 200))), {}),
    "long QR": (bill((obligation(), operation(qr="https://ejemplo.test/" + "abcDEF123" * 31))), {}),
    "ITF": (bill((obligation(), operation(barcodes=("0123456789" * 4 + "9876",)))), ITF),
    "ITF without bearer bars": (bill((obligation(), operation(barcodes=("0123456789" * 4 + "9876",)))), BARE),
    "GS1-128": (bill((obligation(), operation(barcodes=(COLOMBIAN,)))), GS1),
    "symbol a due date": (
        bill((obligation(dues=3), operation(barcodes=("99" + "1" * 58, "98" + "2" * 58, "97" + "3" * 58)))),
        {},
    ),
    "two": (coupons(2), {}),
    "three": (coupons(3, dues=3), {}),
    "booklet": (coupons(5), {}),
    "not payable": (bill((obligation(payable=False, legend="Exento, Ord. 123"), None)), {}),
    "mixed": (bill((obligation(1, payable=False, legend="Exento"), None), (obligation(2), operation(2))), {}),
    "specimen": (bill((obligation(), None)), {"banner": "SPECIMEN"}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_scanner_reads_exactly_the_codes_of_the_bill(case: str) -> None:
    given, changes = CASES[case]
    style = look(**changes)
    result = stamped(style, given)
    codes = expected(given, "ITF" if changes.get("symbology") == "itf" else "Code 128")
    assert scan(result.digital) == codes
    assert scan(lot_of(style, result)) == codes


def test_codes_read_at_the_resolution_of_a_cheap_scanner() -> None:
    for given in (CASES["one"][0], CASES["three"][0]):
        assert scan(stamped(look(), given).digital, dpi=203) == expected(given)


@pytest.mark.parametrize(("changes", "bearer"), [(ITF, 2), (BARE, 0)])
def test_bearer_bars_touch_the_bars_and_never_the_quiet_zones(changes: dict[str, str], bearer: int) -> None:
    given, _ = CASES["ITF"]
    ((image,),) = (raster(stamped(look(banner="", **changes), given).digital, 300),)
    ink = np.asarray(image) < 128
    # Start 4, stop 3 and 5 elements a digit: 114 bars, each with two edges.
    edges = np.diff(ink.astype(int), axis=1)
    rows = np.flatnonzero(np.count_nonzero(edges, axis=1) == 228)
    across = np.flatnonzero(ink[rows[0]])
    x_dots = np.diff(np.flatnonzero(edges[rows[0]])).min()
    above = [row for row in range(rows[0] - 20, rows[0]) if ink[row, across[0] : across[-1] + 1].all()]
    assert len(above) == bearer * x_dots
    quiet = 10 * x_dots
    around = ink[rows[0] - 8 : rows[-1] + 8]
    assert not around[:, across[0] - quiet : across[0]].any()
    assert not around[:, across[-1] + 1 : across[-1] + 1 + quiet].any()


def test_linear_symbols_stand_on_the_dot_grid_with_their_quiet_zones_free() -> None:
    (image,) = raster(stamped(look(), bill((obligation(), operation()))).digital, 300)
    assert image.size == (2480, 3508)
    dots = np.asarray(image)
    # The payment part, right of the stub's dashed line; through the middle of the bars, and their whole height.
    left = round(64 / DOT_MM)
    row = dots[round(270 / DOT_MM), left:]
    assert ((row < 4) | (row > 251)).all(), "every edge falls between two dots"
    ink = np.flatnonzero(row < 4)
    widths = np.diff(np.flatnonzero(np.diff((row < 4).astype(int))))
    assert set(widths) == {4, 8, 12, 16}
    quiet = dots[round(264 / DOT_MM) : round(275 / DOT_MM), left:]
    assert (quiet[:, ink[0] - 40 : ink[0]] > 251).all()
    assert (quiet[:, ink[-1] + 1 : ink[-1] + 41] > 251).all()


@pytest.mark.parametrize("case", ["one", "symbol a due date", "two", "three", "booklet", "not payable", "specimen"])
def test_nothing_stands_where_an_office_printer_clips(case: str) -> None:
    given, changes = CASES[case]
    for image in raster(stamped(look(**changes), given).digital, 100):
        dots = np.asarray(image)
        assert (dots[-round(6 / 25.4 * 100) :] > 251).all()


@pytest.mark.parametrize("banner", ["PRUEBA – SIN VALOR", "SPECIMEN"])
def test_the_banner_stands_on_every_page_and_never_in_a_code(banner: str) -> None:
    given = coupons(4)
    bare, marked = stamped(look(banner=""), given), stamped(look(banner=banner), given)
    assert scan(marked.digital) == expected(given)
    for without, with_banner in zip(raster(bare.digital, 100), raster(marked.digital, 100), strict=True):
        assert (np.asarray(without) != np.asarray(with_banner)).sum() > 1000
    lot, lot_bare = lot_of(look(banner=banner), marked), lot_of(look(banner=""), bare)
    for without, with_banner in zip(raster(lot_bare, 100), raster(lot, 100), strict=True):
        assert (np.asarray(without) != np.asarray(with_banner)).sum() > 1000
