"""The Data Matrix of control marks, held against zxing-cpp: as it makes them, and as it reads them."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from emission.codes import datamatrix
from emission.codes.control import ControlMark
from emission.codes.datamatrix import DataMatrixSymbol
from emission.codes.faults import CodeError

# ISO/IEC 16022 table 7: a symbol's side → codewords of data.
SIDES = {10: 3, 12: 5, 14: 8, 16: 12, 18: 18, 20: 22, 22: 30, 24: 36, 26: 44}
GOLDEN = "aaaacd318a66a11be40ac46b9828edc5ab3ad61d83a0c8599ceec575884affff"
KINDS = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.DataMatrix,))
NUMBERS = st.integers(0, 10**7)
MARKS = st.builds(ControlMark, NUMBERS, NUMBERS, st.integers(1, 120), st.integers(1, 120))


def of_zxing(text: str) -> DataMatrixSymbol:
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    dark = np.asarray(made.to_image(scale=1, add_quiet_zones=False)) < 128
    return DataMatrixSymbol(text, len(dark), np.packbits(dark, axis=1).tobytes())


def read(symbol: DataMatrixSymbol) -> str:
    """What zxing-cpp reads from a picture of it."""
    paper = np.pad(~datamatrix.modules(symbol), 1, constant_values=True).astype(np.uint8) * 255
    picture = paper.repeat(3, axis=0).repeat(3, axis=1)
    (found,) = zxingcpp.read_barcodes(picture, formats=KINDS, is_pure=True)
    return found.text


@settings(max_examples=150, deadline=None)
@given(MARKS)
def test_a_mark_has_the_modules_of_zxing_cpp_which_reads_it(mark: ControlMark) -> None:
    symbol = datamatrix.encode(mark.text)
    assert symbol == of_zxing(mark.text)
    assert read(symbol) == mark.text


@pytest.mark.parametrize("side", SIDES)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_every_size_has_the_modules_of_zxing_cpp(side: int, data: st.DataObject) -> None:
    least = max([room for room in SIDES.values() if room < SIDES[side]], default=0) + 1
    count = data.draw(st.integers(least, SIDES[side]))
    text = "".join(data.draw(st.lists(st.from_regex("[0-9]{2}", fullmatch=True), min_size=count, max_size=count)))
    symbol = datamatrix.encode(text)
    assert symbol.size == side
    assert symbol == of_zxing(text)
    assert datamatrix.decode(symbol) == read(symbol) == text


@pytest.mark.parametrize("side", SIDES)
def test_no_module_may_be_another(side: int) -> None:
    symbol = datamatrix.encode("7" * (2 * SIDES[side] - 1))
    whole, count = int.from_bytes(symbol.rows, "big"), 8 * len(symbol.rows)
    changed = [(whole ^ 1 << at).to_bytes(len(symbol.rows), "big") for at in range(count)]
    assert symbol.size == side
    assert {datamatrix.decode(msgspec.structs.replace(symbol, rows=rows)) for rows in changed} == {""}


def test_a_mark_of_ordinary_numbers_is_16_modules_wide() -> None:
    assert ControlMark(1, 123, 2, 3).text == "L0001S000123P02T03"
    assert datamatrix.encode("L0001S000123P02T03").size == datamatrix.encode("L9999S999999P99T99").size == 16


@pytest.mark.parametrize("mark", [ControlMark(10**5, 10**7, 100, 100), ControlMark(99999, 9999999, 999, 999)])
def test_the_largest_numbers_take_18_modules(mark: ControlMark) -> None:
    """So that a mark fits its place whatever becomes of lots: nothing may fail after the provider was called."""
    assert datamatrix.encode(mark.text).size <= 18


def test_the_modules_of_a_mark_never_change() -> None:
    """A lot is made again byte for byte: where another release of zxing-cpp draws otherwise, this must be known."""
    assert datamatrix.encode("L0001S000123P02T03").rows.hex() == GOLDEN


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(max_codepoint=127, min_codepoint=32), min_size=1, max_size=36))
def test_any_short_text_is_a_square_that_reads_back(text: str) -> None:
    symbol = datamatrix.encode(text)
    assert datamatrix.decode(symbol) == text
    assert symbol.size in SIDES
    assert len(symbol.rows) == symbol.size * -(-symbol.size // 8)


def test_other_modules_do_not_read_as_the_same() -> None:
    symbol = datamatrix.encode("L0001S000123P02T03")
    other = datamatrix.encode("L0001S000124P02T03")
    assert datamatrix.decode(msgspec.structs.replace(symbol, rows=other.rows)) == other.text
    assert datamatrix.decode(msgspec.structs.replace(symbol, rows=bytes(len(symbol.rows)))) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "datamatrix-characters"),
        ("ñ", "datamatrix-characters"),
        ("x" * 80, "datamatrix-too-long"),
        ("x" * 5000, "datamatrix-too-long"),
    ],
)
def test_what_cannot_be_said_is_refused(text: str, code: str) -> None:
    with pytest.raises(CodeError) as caught:
        datamatrix.encode(text)
    assert caught.value.fault.code == code


def test_a_symbol_that_does_not_read_back_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datamatrix, "decode", lambda _symbol: "L0001S000123P02T04")
    with pytest.raises(CodeError, match="datamatrix-unfaithful"):
        datamatrix.encode("L0001S000123P02T03")
