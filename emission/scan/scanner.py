"""A page → the symbols on it: rasterised by PDFium, blurred as paper and lens do, read by zxing-cpp as it comes."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import zxingcpp
from PIL import ImageFilter

# What this program draws. All other kinds a page of text and rules can be mistaken for.
_KINDS = {
    zxingcpp.BarcodeFormat.Code128: "code128",
    zxingcpp.BarcodeFormat.ITF: "itf",
    zxingcpp.BarcodeFormat.QRCode: "qr",
}
_FORMATS = zxingcpp.BarcodeFormats(tuple(_KINDS))
_GS1 = "]C1"

# A sheet of A2; a page that claims more would take all memory as a picture.
LARGEST = 1684  # pt


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


def symbols(page: Any, scanner: Scanner) -> list[Symbol]:  # noqa: ANN401 - pypdfium2 publishes no types
    """What a scanner reads on a page, at the reader's default settings.

    Raises:
        TooLargeError: the page is larger than any paper.
    """
    return [_symbol(found) for found in zxingcpp.read_barcodes(picture(page, scanner), formats=_FORMATS)]


def picture(page: Any, scanner: Scanner) -> npt.NDArray[np.uint8]:  # noqa: ANN401 - pypdfium2 publishes no types
    """The page in greys (rows, columns).

    Raises:
        TooLargeError: the page is larger than any paper.
    """
    if max(page.get_size()) > LARGEST:
        raise TooLargeError(f"{page.get_size()} pt")
    image = page.render(scale=scanner.dpi / 72, grayscale=True).to_pil()
    if scanner.blur:
        image = image.filter(ImageFilter.GaussianBlur(scanner.blur))
    return np.asarray(image)


def _symbol(found: Any) -> Symbol:  # noqa: ANN401 - zxing-cpp publishes no types
    kind = "gs1-128" if found.symbology_identifier == _GS1 else _KINDS.get(found.format, found.format.name)
    return Symbol(kind, found.text)
