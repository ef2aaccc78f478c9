"""Data Matrix symbols (ISO/IEC 16022, ECC 200) of short ASCII texts: the small marks by which sheets are told apart.

The modules are zxing-cpp's; every symbol is read back from its own rows, by tables that are not those that made it,
before it is handed out.
"""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from emission.codes._datamatrix import reading, sums
from emission.codes.faults import CodeError
from emission.model import Fault


class DataMatrixSymbol(msgspec.Struct, frozen=True):
    """A square symbol without its quiet zone, ``size`` modules wide.

    ``rows``: one bit a module, 1 = dark, leftmost in the highest bit, each row in whole bytes.
    """

    text: str
    size: int
    rows: bytes


def encode(text: str) -> DataMatrixSymbol:
    """The smallest square symbol of ``text`` in ASCII encodation and one region, which takes 44 codewords at most.

    Raises:
        CodeError: ``datamatrix-characters`` (nothing, or other than ASCII), ``datamatrix-too-long`` (over 26 modules),
            or ``datamatrix-unfaithful`` if the symbol is not read back as ``text``.
    """
    if not text or not text.isascii():
        raise CodeError(Fault("datamatrix-characters", field="control", value=text))
    said = sums.codewords(text)
    size = sums.side_of(len(said))
    if not size:
        raise CodeError(Fault("datamatrix-too-long", field="control", value=text, params={"length": str(len(text))}))
    symbol = DataMatrixSymbol(text, size, sums.rows(size, said))
    if decode(symbol) != text:
        raise CodeError(Fault("datamatrix-unfaithful", field="control", value=text))
    return symbol


def decode(symbol: DataMatrixSymbol) -> str:
    """What the symbol's modules say (``""``: they are wrong somewhere); its ``text`` is not looked at."""
    try:
        return reading.text_of(symbol.size, symbol.rows)
    except ValueError:
        return ""


def modules(symbol: DataMatrixSymbol) -> npt.NDArray[np.bool_]:
    """The modules (row, column) from the top left; dark = True."""
    packed = np.frombuffer(symbol.rows, dtype=np.uint8).reshape(symbol.size, -1)
    return np.unpackbits(packed, axis=1, count=symbol.size).astype(np.bool_)
