"""What a scanner reads from paper: symbols drawn as dots at 300 dpi, read by zxing-cpp as it comes."""

from __future__ import annotations

import random

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from emission.codes import qr
from emission.codes.geometry import FittedLinear, fit_linear, fit_qr
from emission.codes.symbology import Symbology

RANDOM = random.Random(2026)  # noqa: S311 -- the same texts every time


def digits(length: int) -> str:
    return "".join(RANDOM.choices("0123456789", k=length))


def drawn(fitted: FittedLinear) -> Image.Image:
    """15 mm high, in twice 300 dpi: a wide element of ratio 2.5 is 7.5 dots at three dots a module."""
    unit = 2 * fitted.x_dots // fitted.symbol.units_per_module
    line = np.concatenate([
        np.full(width * unit, 0 if place % 2 == 0 else 255, dtype=np.uint8)
        for place, width in enumerate(fitted.symbol.widths)
    ])  # fmt: skip
    quiet = 20 * fitted.x_dots
    return Image.fromarray(np.pad(np.tile(line, (354, 1)), ((40, 40), (quiet, quiet)), constant_values=255))


def read(image: Image.Image) -> list[tuple[str, str]]:
    return [(str(found.format), found.text) for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize(
    ("symbology", "text", "width"),
    [
        ("code128", text, width)
        for text in [
            "0" * 60, "9" * 60, "99" + digits(57), "99" + digits(58), digits(1), digits(7), digits(49), digits(56),
            "ABC-" + digits(11), "Ab" + digits(5) + "~z", "49800019880012710202600000000000096332206000000007",
        ]
        for width in (101.0, 138.0)
    ]
    + [
        ("itf", text, width)
        for text in ["0" * 44, "99" + digits(42), digits(14), digits(56)]
        for width in (116.0, 132.0, 138.0)
        if len(text) < 56 or width > 132
    ],
)  # fmt: skip
def test_linear_symbols_are_read(symbology: Symbology, text: str, width: float) -> None:
    ((kind, found),) = read(drawn(fit_linear(symbology, text, width)))
    assert found == text
    assert kind.lower().replace(" ", "").endswith("code128" if symbology == "code128" else "itf")


@pytest.mark.parametrize(
    "text",
    [
        "0" * 200, "0" * 300, "7" * 300, "x" * 300, "Peña Ñandú €" * 9, "https://mpago.la/pos/1043915",
        "A" * 30 + digits(40) + "áé" + "b" * 20, "0" * 1200, digits(2) + "-" + digits(600),
    ],
)  # fmt: skip
def test_qr_symbols_are_read(text: str) -> None:
    symbol = qr.encode(text)
    fitted = fit_qr(symbol.version, 63.0)
    modules = np.full((symbol.size + 8, symbol.size + 8), 255, dtype=np.uint8)
    for row, start, length in symbol.runs():
        modules[row + 4, start + 4 : start + 4 + length] = 0
    image = Image.fromarray(np.kron(modules, np.ones((fitted.module_dots,) * 2, dtype=np.uint8)))
    assert [found for _, found in read(image)] == [text]
