"""Two readers that share no code: zxing-cpp and zbar, each asked for all that this program prints for payers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import zxingcpp
from pyzbar import pyzbar
from pyzbar.pyzbar import ZBarSymbol

from bench.paper import Grey
from emission.codes._qr import segments

_ZXING_KINDS = zxingcpp.BarcodeFormats(
    (zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.ITF, zxingcpp.BarcodeFormat.QRCode)
)
_ZBAR_KINDS = (ZBarSymbol.CODE128, ZBarSymbol.I25, ZBarSymbol.QRCODE)
# A QR's bytes say no encoding (wallets expect UTF-8 without ECI). zbar takes the first that fits each byte segment, so
# that UTF-8 with accents may come out as Japanese: the bytes it read are right, and are held against all its guesses.
_ZBAR_GUESSES = ("utf-8", "latin-1", "cp932", "shift_jis_2004", "big5")


def with_zxing(picture: Grey) -> list[bytes]:
    """The bytes of every symbol that zxing-cpp finds, but for phantoms beside a QR.

    Its defaults, but for one: it also looks at the picture at a third of its size, where an X is 1.3 pixels wide and
    now and then a wrong Code 128 passes its check character (mod 103) beside the right one.
    """
    found = zxingcpp.read_barcodes(picture, formats=_ZXING_KINDS, try_downscale=False)
    return _without_phantoms((symbol.format == zxingcpp.BarcodeFormat.QRCode, symbol.bytes) for symbol in found)


def with_zbar(picture: Grey) -> list[bytes]:
    """What zbar finds at its default settings, in UTF-8, but for phantoms; the bytes of a QR as zbar guesses them."""
    found = pyzbar.decode(picture, symbols=_ZBAR_KINDS)
    return _without_phantoms((symbol.type == ZBarSymbol.QRCODE.name, symbol.data) for symbol in found)


def _without_phantoms(found: Iterable[tuple[bool, bytes]]) -> list[bytes]:
    """Answers, of which those that are no QR are dropped where there is one that is.

    Both take ITF of six digits, which has no check digit, and a column of a QR for one about once in some thousand
    pictures at 203 dpi. A collector's scanner is set to the lengths that it expects.
    """
    every = list(found)
    return [data for is_qr, data in every if is_qr] or [data for _, data in every]


Reader = Callable[[Grey], list[bytes]]
READERS: dict[str, Reader] = {"zxing-cpp": with_zxing, "zbar": with_zbar}


def is_right(reader: str, answer: bytes, text: str) -> bool:
    """Whether that reader's answer says ``text``."""
    if answer == text.encode() or reader != "zbar" or text.isascii():
        return answer == text.encode()
    pattern = b"".join(b"(%b)" % b"|".join(_guesses(data)) for _, data in segments.split(text.encode()))
    return re.fullmatch(pattern, answer) is not None


def _guesses(data: bytes) -> list[bytes]:
    """What zbar may make of a segment's bytes, as patterns."""
    found = []
    for encoding in _ZBAR_GUESSES:
        try:
            found.append(re.escape(data.decode(encoding).encode()))
        except UnicodeDecodeError:
            continue  # these bytes are none of that encoding, so it cannot have been guessed
    return found
