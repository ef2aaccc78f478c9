"""Every QR is read back from the rows that are drawn, and a wrong one is a fault of its row."""

from __future__ import annotations

import string
from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from qrcode import base

from emission.codes import qr
from emission.codes._qr import proof, segments
from emission.codes._qr.layout import Layout, layout
from emission.codes._qr.solomon import correction
from emission.codes._qr.standard import standard
from emission.codes.faults import CodeError
from emission.codes.qr import Level, QrSymbol

EMV = (
    "00020101021243650016com.mercadolibre0201306366dccbe22-fbb0-4995-b6d3-81624f1618ec50150011201835472255204970053"
    "030325802AR5913TangoSoftware6004CABA63042CC3"
)
LEVELS: tuple[Level, ...] = ("L", "M", "Q", "H")


def turned(symbol: QrSymbol, row: int, column: int) -> QrSymbol:
    rows = bytearray(symbol.rows)
    rows[row * -(-symbol.size // 8) + column // 8] ^= 0x80 >> column % 8
    return msgspec.structs.replace(symbol, rows=bytes(rows))


@pytest.mark.parametrize("text", ["21", EMV, "0" * 300, "Ñandú €" * 8 + "7" * 40])
def test_one_turned_module_is_noticed_wherever_it_is(text: str) -> None:
    symbol = qr.encode(text)
    wide = 8 * -(-symbol.size // 8)
    for row in range(symbol.size):
        for column in range(wide):
            with pytest.raises(CodeError, match="qr-unfaithful"):
                qr.prove([turned(symbol, row, column)])


def test_the_wrong_one_of_a_chunk_is_named() -> None:
    texts = [f"https://example.org/{at}" for at in range(20)]
    symbols = qr.encode_many(texts)
    qr.prove(symbols)
    symbols[13] = turned(symbols[13], 12, 12)
    with pytest.raises(CodeError) as caught:
        qr.prove(symbols)
    assert caught.value.fault.value == texts[13]


def test_a_whole_symbol_of_another_text_is_noticed() -> None:
    first, second = qr.encode_many(["https://example.org/1", "https://example.org/2"])
    with pytest.raises(CodeError, match="qr-unfaithful"):
        qr.prove([msgspec.structs.replace(first, rows=second.rows)])


def test_a_symbol_of_another_level_is_noticed() -> None:
    with pytest.raises(CodeError, match="qr-unfaithful"):
        qr.prove([qr.encode("1" * 20, "L")])


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", range(1, 41))
def test_blocks_are_those_of_qrcode(version: int, level: Level) -> None:
    blocks = base.rs_blocks(version, qr.LEVELS[level])
    plan = standard(version, level)
    longest = max(block.total_count for block in blocks)
    assert plan.blocks.shape == (len(blocks), longest)
    assert len(plan.data) == sum(block.data_count for block in blocks)
    assert {plan.correction} == {block.total_count - block.data_count for block in blocks}
    assert sorted(set(plan.blocks.ravel().tolist()) - {len(plan.places) // 8}) == [*range(len(plan.places) // 8)]


def other_payload(mode: int, data: bytes) -> int:
    return segments.payload_bits(mode, len(data)) % 7 + 1


def other_padding(made: Callable[..., bytes]) -> Callable[..., bytes]:
    def codewords(pieces: list[segments.Segment], version: int, count: int) -> bytes:
        return made(pieces, version, count)[:-1] + b"\x00"

    return codewords


@pytest.mark.parametrize("text", ["3141592653589793238462643383", "MUNICIPALIDAD DE EJEMPLO:", "Ñandú"])
def test_an_encoder_that_writes_other_characters_is_caught(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(segments, "_payload", other_payload)
    with pytest.raises(CodeError, match="qr-unfaithful"):
        qr.encode(text)


def test_an_encoder_that_fills_up_with_something_else_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "codewords", other_padding(segments.codewords))
    with pytest.raises(CodeError, match="qr-unfaithful"):
        qr.encode("Ñandú")


def test_an_encoder_with_another_correction_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr, "correction", lambda blocks, ec: correction(blocks, ec) ^ np.uint8(1))
    with pytest.raises(CodeError, match="qr-unfaithful"):
        qr.encode(EMV)


def test_an_encoder_that_draws_with_another_mask_than_it_says_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def rolled(version: int, level: int) -> Layout:
        plan = layout(version, level)
        return msgspec.structs.replace(plan, marks=np.roll(plan.marks, 1, axis=2))

    monkeypatch.setattr(qr, "layout", rolled)
    with pytest.raises(CodeError, match="qr-unfaithful"):
        qr.encode(EMV)


@pytest.mark.parametrize("stream", [b"\x20\x17\xff\xff", b"\x90\x00\x00\x00", b"\x40\xf0\x00\x00", b"\x10\x00"])
def test_streams_that_say_nothing_are_refused_without_a_trace(stream: bytes) -> None:
    # No symbol of ours has such a stream.
    assert not proof._says(stream, proof._COUNTS[0], b"x")


@pytest.mark.parametrize("length", range(1, 30))
def test_counts_of_every_remainder(length: int) -> None:
    for letters in (string.digits, string.ascii_uppercase + " $%*+-./:", string.ascii_lowercase):
        text = (letters * 3)[:length]
        symbol = qr.encode(text)
        qr.prove([symbol])
        assert qr.decode_grid(symbol) == text
