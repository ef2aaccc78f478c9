"""A QR that comes as a picture: what it says, or its modules, or nothing at all."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from emission.codes import pictured
from emission.codes.faults import CodeError
from emission.sandbox.epagos.linked import picture

ADDRESS = "https://pagos.sandbox.invalid/qr/v/1"


def png(image: Image.Image, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", **options)
    return stream.getvalue()


def bytes_picture(content: bytes, scale: int = 4) -> bytes:
    """A QR of bytes that are no text."""
    symbol = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode)
    return png(Image.fromarray(np.array(symbol.to_image(scale=scale))))


def test_a_text_is_what_is_kept() -> None:
    assert pictured.read(picture(ADDRESS)) == ADDRESS


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_the_kind_of_picture_is_of_no_account(mode: str) -> None:
    assert pictured.read(png(Image.open(io.BytesIO(picture(ADDRESS))).convert(mode))) == ADDRESS


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=1, max_size=60))
def test_what_is_no_text_keeps_its_modules(content: bytes) -> None:
    kept = pictured.read(bytes_picture(b"\xff\x00" + content))
    assert pictured.is_modules(kept)
    symbol = pictured.symbol(kept)
    drawn = Image.new("L", ((symbol.size + 8) * 3,) * 2, 255)
    for row, column, length in symbol.runs():
        drawn.paste(0, ((column + 4) * 3, (row + 4) * 3, (column + 4 + length) * 3, (row + 5) * 3))
    (read,) = zxingcpp.read_barcodes(drawn)
    assert read.bytes == b"\xff\x00" + content
    assert read.text == symbol.text


def two() -> bytes:
    one = Image.open(io.BytesIO(picture(ADDRESS)))
    both = Image.new("1", (one.width * 2, one.height), 1)
    both.paste(one, (0, 0))
    both.paste(one, (one.width, 0))
    return png(both)


def wordy() -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("x", "y" * 300_000)
    return png(Image.open(io.BytesIO(picture(ADDRESS))), pnginfo=told)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        picture(ADDRESS)[:200],
        png(Image.new("1", (50, 50), 1)),
        png(Image.new("1", (3000, 10), 1)),
        png(Image.new("1", (1, 100_000), 1)),
        two(),
        wordy(),
    ],
)
def test_what_is_not_exactly_one_qr_of_a_sane_size_is_none(content: bytes) -> None:
    with pytest.raises(CodeError):
        pictured.read(content)


@pytest.mark.parametrize("kept", ["", "x", "21:", "21:!!", "22:AAAA", "21:" + "AAAA" * 21, "-3:AAAA", "9" * 5000 + ":"])
def test_modules_that_are_none_are_refused(kept: str) -> None:
    with pytest.raises(CodeError):
        pictured.symbol(pictured.MODULES + kept)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_mutated_picture_says_what_it_said_or_nothing(data: st.DataObject) -> None:
    content = bytearray(picture(ADDRESS))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(CodeError):
        assert pictured.read(bytes(content)) == ADDRESS
