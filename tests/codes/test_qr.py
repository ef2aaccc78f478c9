"""The chunk encoder against ``qrcode``, module for module, and against itself."""

from __future__ import annotations

import random
import string

import msgspec
import numpy as np
import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st

from emission.codes import qr
from emission.codes.faults import CodeError
from emission.codes.qr import Level, QrSymbol

LEVELS: tuple[Level, ...] = ("L", "M", "Q", "H")
EMV = (
    "00020101021243650016com.mercadolibre0201306366dccbe22-fbb0-4995-b6d3-81624f1618ec50150011201835472255204970053"
    "030325802AR5913TangoSoftware6004CABA63042CC3"
)


def grid(symbol: QrSymbol) -> list[list[bool]]:
    packed = np.frombuffer(symbol.rows, dtype=np.uint8).reshape(symbol.size, -1)
    rows: list[list[bool]] = np.unpackbits(packed, axis=1, count=symbol.size).astype(np.bool_).tolist()
    return rows


def theirs(text: str, level: Level) -> tuple[int, list[list[bool]]]:
    symbol = qrcode.QRCode(error_correction=qr.LEVELS[level])
    symbol.add_data(text)
    symbol.make()
    return symbol.version, symbol.modules


def sample(seed: int, length: int) -> str:
    """Text of one kind of character, or of several runs: what decides segments and version."""
    rng = random.Random(seed)  # noqa: S311 -- the same texts every time
    kinds = (string.digits[1:], string.ascii_uppercase + " $%*+-./:", string.printable, "áéíóúñü€日本", EMV)
    text = "".join(rng.choices(kinds[seed % len(kinds)], k=length))
    return text if seed % 2 else text + "31415926535897932384626433" + "MUNICIPALIDAD DE EJEMPLO" + text[:9]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("length", [1, 7, 19, 20, 21, 45, 90, 106, 150, 230, 300])
def test_equal_to_qrcode_module_for_module(level: Level, length: int) -> None:
    for seed in range(5):
        text = sample(seed, length)
        symbol = qr.encode(text, level)
        assert (symbol.version, grid(symbol)) == theirs(text, level)


@pytest.mark.parametrize(
    ("text", "level"),
    [("x" * 1200, "M"), ("Ñ" * 1476, "L"), ("7" * 3000, "H"), ("A-" * 700, "Q"), ("12" * 25 + "b" * 560, "L")],
)
def test_equal_to_qrcode_in_large_versions(text: str, level: Level) -> None:
    symbol = qr.encode(text, level)
    assert (symbol.version, grid(symbol)) == theirs(text, level)


@pytest.mark.parametrize("text", ["12345\n", "ABC\n", "0123456789" * 2 + "\n", "a" * 14, "b" * 15, "http://a", "\n"])
def test_equal_to_qrcode_at_the_edges_of_its_splitting(text: str) -> None:
    symbol = qr.encode(text)
    assert (symbol.version, grid(symbol)) == theirs(text, "M")


@pytest.mark.parametrize("version", range(1, 41))
def test_every_version_reads_back_when_filled_to_the_last_byte(version: int) -> None:
    text = _filling(version)
    symbol = qr.encode(text, "L")
    assert symbol.version == version
    assert qr.decode_grid(symbol) == text


def _filling(version: int) -> str:
    low, high = 1, 2953
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if qr.version_of("x" * middle, "L") <= version else (low, middle - 1)
    return "x" * low


@pytest.mark.parametrize("text", ["0" * 200, "0" * 1200, "\0" * 300, "@" * 40 + "\0" * 90, "0" * 7089])
def test_zero_heavy_texts_on_which_qrcode_fails(text: str) -> None:
    assert qr.decode_grid(qr.encode(text, "L")) == text


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=250), st.sampled_from(LEVELS))
def test_any_text_reads_back(text: str, level: Level) -> None:
    assert qr.decode_grid(qr.encode(text, level)) == text


def test_many_texts_keep_their_order_whatever_their_versions() -> None:
    texts = [sample(seed, 1 + seed * 37 % 200) for seed in range(150)]
    symbols = qr.encode_many(texts)
    assert [symbol.text for symbol in symbols] == texts
    assert symbols == [qr.encode(text) for text in texts]
    assert qr.encode_many([]) == []


def test_runs_draw_the_same_modules() -> None:
    symbol = qr.encode(EMV)
    drawn = [[False] * symbol.size for _ in range(symbol.size)]
    for row, start, length in symbol.runs():
        assert not any(drawn[row][max(start - 1, 0) : start + length])
        drawn[row][start : start + length] = [True] * length
    assert drawn == grid(symbol)


def test_rows_are_whole_bytes_with_nothing_beyond_the_edge() -> None:
    symbol = qr.encode(EMV)
    row_bytes = -(-symbol.size // 8)
    assert len(symbol.rows) == symbol.size * row_bytes
    beyond = (1 << 8 * row_bytes - symbol.size) - 1
    assert all(symbol.rows[at] & beyond == 0 for at in range(row_bytes - 1, len(symbol.rows), row_bytes))


@pytest.mark.parametrize("level", LEVELS)
def test_a_text_that_no_version_holds_is_refused_with_its_bytes(level: Level) -> None:
    most = qr.MOST_BYTES[level]
    assert qr.version_of("x" * most, level) == 40
    with pytest.raises(CodeError) as caught:
        qr.encode("x" * (most + 1), level)
    assert caught.value.fault.code == "qr-too-long"
    assert caught.value.fault.params == {"bytes": str(most + 1), "level": level, "largest": str(most)}


@pytest.mark.parametrize(("text", "code"), [("", "qr-empty"), ("a\ud800b", "qr-characters")])
def test_what_is_no_text_is_refused(text: str, code: str) -> None:
    with pytest.raises(CodeError, match=code):
        qr.encode_many(["fine", text])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 41 * 41 - 1))
def test_one_turned_module_is_noticed(module: int) -> None:
    symbol = qr.encode(EMV[:100])
    row_bytes = -(-symbol.size // 8)
    row, column = divmod(module % symbol.size**2, symbol.size)
    rows = bytearray(symbol.rows)
    rows[row * row_bytes + column // 8] ^= 0x80 >> column % 8
    with pytest.raises(CodeError, match="qr-unfaithful"):
        qr.decode_grid(msgspec.structs.replace(symbol, rows=bytes(rows)))
