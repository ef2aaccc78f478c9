"""A page → the symbols on it: rasterised by PDFium, blurred as paper and lens do, read by zxing-cpp as it comes."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import zxingcpp

from emission.scan.blur import blurred

# What this program draws for payers. All other kinds a page of text and rules can be mistaken for.
_KINDS = {
    zxingcpp.BarcodeFormat.Code128: "code128",
    zxingcpp.BarcodeFormat.ITF: "itf",
    zxingcpp.BarcodeFormat.QRCode: "qr",
}
_FORMATS = zxingcpp.BarcodeFormats(tuple(_KINDS))
_CONTROL = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.DataMatrix,))
_GS1 = "]C1"

# A sheet of A2; a page that claims more would take all memory as a picture.
LARGEST = 1684  # pt


Picture = npt.NDArray[np.uint8]


class TooLargeError(Exception):
    """A page that no printer of ours has paper for."""


class Scanner(msgspec.Struct, frozen=True):
    """How a page is looked at: dots an inch, and the blur's standard deviation in dots (0: none)."""

    dpi: int = 300
    blur: float = 0.0


class Symbol(msgspec.Struct, frozen=True, order=True):
    """A symbol: its kind (``code128``, ``gs1-128``, ``itf`` or ``qr``) and what it says."""

    kind: str
    text: str


def symbols(picture: Picture) -> list[Symbol]:
    """What a scanner reads on a picture of a page, at the reader's default settings but for one.

    By default it also looks at the picture at a third of its size, where an X is a pixel wide, and where now and then a
    Code 128 that is not there passes its check character.
    """
    return [_symbol(found) for found in zxingcpp.read_barcodes(picture, formats=_FORMATS, try_downscale=False)]


def control(picture: Picture, *, marked: bool) -> str:
    """The control mark on a picture of a page, ``""`` where there is none.

    A quarter of the pixels are enough for its large modules, in a tenth of the time; all of them have the last word
    where there should be one.
    """
    for part in (picture[::2, ::2], picture)[: 2 if marked else 1]:
        pixels = np.ascontiguousarray(part)
        found = zxingcpp.read_barcodes(pixels, formats=_CONTROL, try_rotate=False, try_invert=False)
        if found:
            return " ".join(symbol.text for symbol in found)
    return ""


def picture(page: Any, scanner: Scanner) -> Picture:  # noqa: ANN401 - pypdfium2 publishes no types
    """The page in greys (rows, columns).

    Raises:
        TooLargeError: the page is larger than any paper.
    """
    if max(page.get_size()) > LARGEST:
        raise TooLargeError(f"{page.get_size()} pt")
    seen: Picture = page.render(scale=scanner.dpi / 72, grayscale=True).to_numpy().squeeze()
    return blurred(seen, scanner.blur) if scanner.blur else seen


def _symbol(found: Any) -> Symbol:  # noqa: ANN401 - zxing-cpp publishes no types
    kind = "gs1-128" if found.symbology_identifier == _GS1 else _KINDS.get(found.format, found.format.name)
    return Symbol(kind, found.text)
