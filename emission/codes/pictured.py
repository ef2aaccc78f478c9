"""A QR that a provider sends as a picture, as a text that can be kept, checked and drawn again.

The picture itself is never drawn: what it says is, by our own encoder. Where that is no text of ours to redraw (bytes
that are no characters, characters that nobody sees), the modules are, one by one, as the picture had them.
"""

from __future__ import annotations

import base64
import binascii
import io
import warnings

import numpy as np
import zxingcpp
from PIL import Image

from emission.codes.faults import CodeError
from emission.codes.qr import QrSymbol, version_of
from emission.model import Fault

LARGEST_PICTURE = 256 * 1024  # bytes
LONGEST_SIDE = 2000  # dots
MODULES = "modules:"  # what a text begins with that is modules: their number a side, and their bits in base64

_PNG = b"\x89PNG\r\n\x1a\n"
_QR = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode,))


def read(png: bytes) -> str:
    """What the one QR of a picture says, or its modules.

    Raises:
        CodeError: ``qr-picture``: no PNG, one of no sane size, or one that is not exactly one QR.
    """
    found = zxingcpp.read_barcodes(_pixels(png), formats=_QR)
    if len(found) != 1:
        raise _unusable()
    (symbol,) = found
    said: str = symbol.text
    if symbol.content_type == zxingcpp.ContentType.Text and said.isprintable() and not said.startswith(MODULES):
        try:
            version_of(said)
        except CodeError:
            pass
        else:
            return said
    dark = np.array(symbol.to_image(scale=1, add_quiet_zones=False)) == 0
    return f"{MODULES}{len(dark)}:{base64.b64encode(np.packbits(dark, axis=1).tobytes()).decode()}"


def is_modules(text: str) -> bool:
    """Whether ``text`` is to be drawn as it is, by :func:`symbol`."""
    return text.startswith(MODULES)


def symbol(text: str) -> QrSymbol:
    """The symbol of modules that :func:`read` kept; its ``text`` is what a scanner says.

    Raises:
        CodeError: ``qr-picture``.
    """
    try:
        side, _, packed = text.removeprefix(MODULES).partition(":")
        size, rows = int(side), base64.b64decode(packed, validate=True)
    except (ValueError, binascii.Error):
        raise _unusable() from None
    version, rest = divmod(size - 17, 4)
    width = -(-size // 8)
    if rest or not 1 <= version <= 40 or len(rows) != size * width:
        raise _unusable()
    dark = np.unpackbits(np.frombuffer(rows, dtype=np.uint8).reshape(size, width), axis=1, count=size)
    seen = np.kron(np.pad(dark, 4), np.ones((4, 4), dtype=np.uint8))
    found = zxingcpp.read_barcodes(np.where(seen, 0, 255).astype(np.uint8), formats=_QR)
    if len(found) != 1:
        raise _unusable()
    # The mask is what the format information says: bits 12 to 10 of it, itself masked by 101.
    mask = int(dark[8, 2] << 2 | dark[8, 3] << 1 | dark[8, 4]) ^ 5
    return QrSymbol(found[0].text, version, size, mask, rows)


def _pixels(png: bytes) -> Image.Image:
    if not png.startswith(_PNG) or len(png) > LARGEST_PICTURE:
        raise _unusable()
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
            warnings.simplefilter("error")  # a picture that unfolds into more than it should
            if max(picture.size) > LONGEST_SIDE:
                raise _unusable()
            return picture.convert("L")
    except (OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError):
        raise _unusable() from None


def _unusable() -> CodeError:
    return CodeError(Fault("qr-picture", field="linked_qr"))
