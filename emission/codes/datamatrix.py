"""Data Matrix symbols (ISO/IEC 16022, ECC 200) of short ASCII texts: the small marks by which sheets are told apart.

The modules are zxing-cpp's; every symbol is read back from them before it is handed out.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt
import zxingcpp

from emission.codes.faults import CodeError
from emission.model import Fault

QUIET = 1  # modules on all sides: ISO/IEC 16022 7.1
# The largest square in one region (26 modules) holds 44 codewords; a mark has no use for more.
LARGEST = 26
_KIND = zxingcpp.BarcodeFormat.DataMatrix
_KINDS = zxingcpp.BarcodeFormats((_KIND,))
# Pixels a module where a symbol is read back.
_SCALE = 3


class DataMatrixSymbol(msgspec.Struct, frozen=True):
    """A square symbol without its quiet zone, ``size`` modules wide.

    ``rows``: one bit a module, 1 = dark, leftmost in the highest bit, each row in whole bytes.
    """

    text: str
    size: int
    rows: bytes


def encode(text: str) -> DataMatrixSymbol:
    """The smallest square symbol of ``text``.

    Raises:
        CodeError: ``datamatrix-characters`` (nothing, or other than ASCII), ``datamatrix-too-long`` (over 26 modules),
            or ``datamatrix-unfaithful`` if the symbol is not read back as ``text``.
    """
    if not text or not text.isascii():
        raise CodeError(Fault("datamatrix-characters", field="control", value=text))
    try:
        made = zxingcpp.create_barcode(text, _KIND, force_square=True)
    except ValueError:
        raise _too_long(text) from None
    dark = np.asarray(made.to_image(scale=1, add_quiet_zones=False)) < 128
    size = len(dark)
    if size > LARGEST:
        raise _too_long(text)
    symbol = DataMatrixSymbol(text, size, np.packbits(dark, axis=1).tobytes())
    if dark.shape != (size, size) or decode(symbol) != text:
        raise CodeError(Fault("datamatrix-unfaithful", field="control", value=text))
    return symbol


def decode(symbol: DataMatrixSymbol) -> str:
    """What a reader takes from the symbol's modules (``""``: nothing); its ``text`` is not looked at."""
    side = symbol.size + 2 * QUIET
    paper = np.full((side, side), 255, dtype=np.uint8)
    paper[QUIET:-QUIET, QUIET:-QUIET][modules(symbol)] = 0
    picture = paper.repeat(_SCALE, axis=0).repeat(_SCALE, axis=1)
    found = zxingcpp.read_barcodes(picture, formats=_KINDS, is_pure=True)
    return found[0].text if len(found) == 1 else ""


def modules(symbol: DataMatrixSymbol) -> npt.NDArray[np.bool_]:
    """The modules (row, column) from the top left; dark = True."""
    packed = np.frombuffer(symbol.rows, dtype=np.uint8).reshape(symbol.size, -1)
    return np.unpackbits(packed, axis=1, count=symbol.size).astype(np.bool_)


def runs(symbol: DataMatrixSymbol) -> Iterator[tuple[int, int, int]]:
    """Horizontal runs of dark modules: (row from the top, first column, length)."""
    # Each row begins light, with a module that is none, and ends so: the edges of its runs come in pairs.
    width = symbol.size + 2
    lines = np.zeros((symbol.size, width), dtype=np.bool_)
    lines[:, 1:-1] = modules(symbol)
    flat = lines.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    rows, starts = np.divmod(edges[::2], width)
    return zip(rows.tolist(), starts.tolist(), (edges[1::2] - edges[::2]).tolist(), strict=True)


def _too_long(text: str) -> CodeError:
    return CodeError(Fault("datamatrix-too-long", field="control", value=text, params={"length": str(len(text))}))
