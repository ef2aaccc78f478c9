"""QR encoders alone, text in and modules out: ours by the chunk, the others one by one, which is all they offer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import qrcode
import segno
import zxingcpp

from bench.contest import Contest, contest
from emission.codes import qr
from emission.stages.produce import CHUNK


def ours(texts: Sequence[str]) -> list[int]:
    """Sides in modules, as all of these answer; error correction M everywhere."""
    return [symbol.size for symbol in qr.encode_many(texts)]


def with_qrcode(texts: Sequence[str]) -> list[int]:
    """``qrcode``, pure Python."""
    sides = []
    for text in texts:
        code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
        code.add_data(text)
        code.make(fit=True)
        sides.append(len(code.get_matrix()))
    return sides


def with_segno(texts: Sequence[str]) -> list[int]:
    """``segno``, pure Python."""
    return [len(segno.make_qr(text, error="m", boost_error=False).matrix) for text in texts]


def with_zxing(texts: Sequence[str]) -> list[int]:
    """``zxing-cpp``, C++."""
    kind = zxingcpp.BarcodeFormat.QRCode
    symbols = (zxingcpp.create_barcode(text, kind, ec_level="M") for text in texts)
    return [symbol.to_image(scale=1, add_quiet_zones=False).shape[0] for symbol in symbols]


Encoder = Callable[[Sequence[str]], list[int]]

OURS: dict[str, Encoder] = {"emission": ours}
THEIRS: dict[str, Encoder] = {"qrcode": with_qrcode, "segno": with_segno, "zxing-cpp": with_zxing}


def encoding(texts: Sequence[str], rounds: int) -> Contest:
    """Symbols a second of every encoder."""
    return contest(OURS, THEIRS, texts, chunk=CHUNK, rounds=rounds)
