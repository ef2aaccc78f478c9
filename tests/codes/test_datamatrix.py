"""The Data Matrix of control marks, held against the standard itself: placement, Reed-Solomon and codewords.

The reader here shares nothing with zxing-cpp, which makes the symbols.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emission.codes import datamatrix
from emission.codes.control import ControlMark
from emission.codes.datamatrix import DataMatrixSymbol
from emission.codes.faults import CodeError

# ISO/IEC 16022 table 7: symbol's side → codewords of data and of error correction.
CODEWORDS = {10: (3, 5), 12: (5, 7), 14: (8, 10), 16: (12, 12), 18: (18, 14), 20: (22, 18), 22: (30, 20), 24: (36, 24)}
CODEWORDS |= {26: (44, 28)}
GOLDEN = "aaaacd318a66a11be40ac46b9828edc5ab3ad61d83a0c8599ceec575884affff"
NUMBERS = st.integers(0, 10**7)
MARKS = st.builds(ControlMark, NUMBERS, NUMBERS, st.integers(1, 120), st.integers(1, 120))


def placement(size: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Annex F.3: module (row, column) of the mapping matrix → codeword (from 0) and bit (0 the highest)."""
    places: dict[tuple[int, int], tuple[int, int]] = {}

    def module(row: int, column: int, codeword: int, bit: int) -> None:
        if row < 0:
            row, column = row + size, column + 4 - (size + 4) % 8
        if column < 0:
            row, column = row + 4 - (size + 4) % 8, column + size
        places[row, column] = (codeword, bit)

    shape = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))
    end = size - 1
    corners = {  # where the walk stands → the eight modules of the corner's codeword
        (size, 0): ((end, 0), (end, 1), (end, 2), (0, end - 1), (0, end), (1, end), (2, end), (3, end)),
        (size - 2, 0): (
            (end - 2, 0), (end - 1, 0), (end, 0), (0, end - 3), (0, end - 2), (0, end - 1), (0, end), (1, end),
        ),
    }  # fmt: skip
    count = 0
    for row, column in walk(size):
        corner = corners.get((row, column)) if (row, column) == (size, 0) or size % 4 else None
        if corner is not None:
            for bit, (own_row, own_column) in enumerate(corner):
                module(own_row, own_column, count, bit)
            count += 1
        if 0 <= row < size and 0 <= column < size and (row, column) not in places:
            for bit, (down, right) in enumerate(shape):
                module(row + down, column + right, count, bit)
            count += 1
    return places


def walk(size: int) -> Iterator[tuple[int, int]]:
    """The diagonals, upwards and downwards by turns, on and off the matrix."""
    row, column = 4, 0
    while row < size or column < size:
        for _ in range(size):
            yield row, column
            if row - 2 < 0 or column + 2 >= size:
                row, column = row - 2, column + 2
                break
            row, column = row - 2, column + 2
        row, column = row + 1, column + 3
        for _ in range(size):
            yield row, column
            if row + 2 >= size or column - 2 < 0:
                row, column = row + 2, column - 2
                break
            row, column = row + 2, column - 2
        row, column = row + 3, column + 1


def codewords(symbol: DataMatrixSymbol) -> list[int]:
    """The codewords of a symbol whose finder pattern is whole."""
    dark = datamatrix.modules(symbol).astype(int).tolist()
    size = symbol.size
    assert all(dark[row][0] == 1 and dark[row][-1] == row % 2 for row in range(size))
    assert all(dark[-1][column] == 1 and dark[0][column] == 1 - column % 2 for column in range(size))
    found = [0] * sum(CODEWORDS[size])
    for (row, column), (codeword, bit) in placement(size - 2).items():
        found[codeword] |= dark[row + 1][column + 1] << 7 - bit
    return found


def times_alpha(value: int, exponent: int) -> int:
    """value · 2^exponent in GF(256) over x⁸ + x⁵ + x³ + x² + 1 (5.7.1)."""
    for _ in range(exponent):
        value = value << 1 ^ (0x12D if value & 0x80 else 0)
    return value


def syndromes(found: list[int], ec: int) -> list[int]:
    """Zero throughout for codewords that are a multiple of the generator, whose roots are 2^1 … 2^ec."""
    values = []
    for root in range(1, ec + 1):
        value = 0
        for codeword in found:
            value = times_alpha(value, root) ^ codeword
        values.append(value)
    return values


def said(data: list[int]) -> str:
    """ASCII encodation (table 2): single characters, pairs of digits, then padding from 129 on."""
    text = ""
    for codeword in data:
        if codeword == 129:
            break
        assert 1 <= codeword <= 128 or 130 <= codeword <= 229, "another encodation"
        text += chr(codeword - 1) if codeword <= 128 else f"{codeword - 130:02d}"
    return text


@settings(max_examples=150, deadline=None)
@given(MARKS)
def test_a_mark_is_what_the_standard_says(mark: ControlMark) -> None:
    symbol = datamatrix.encode(mark.text)
    found = codewords(symbol)
    data, ec = CODEWORDS[symbol.size]
    assert syndromes(found, ec) == [0] * ec
    assert said(found[:data]) == mark.text


def test_every_module_carries_a_bit_once() -> None:
    for size, (data, ec) in CODEWORDS.items():
        places = placement(size - 2)
        assert len(set(places.values())) == len(places) == 8 * (data + ec)


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
    assert symbol.size in CODEWORDS
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
