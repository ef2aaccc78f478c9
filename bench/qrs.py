"""QR encoders alone, text in and modules out: ours by the chunk, the others one by one, which is all they offer.

``python -m bench.qrs`` compares them at one version, error correction M, on texts that fill it.
"""

from __future__ import annotations

import argparse
import random
import string
from collections.abc import Callable, Sequence

import qrcode
import segno
import zxingcpp
from qrcode.util import BIT_LIMIT_TABLE

from bench.contest import Contest, contest
from bench.machine import this_machine
from bench.table import contest_lines
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


def filling(version: int, count: int) -> list[str]:
    """Texts in bytes, as payment QRs are, as long as ``version`` holds at M; each another one."""
    rng = random.Random(version)
    # The mode takes 4 bits, the length 8, or 16 from version 10 on.
    room = (BIT_LIMIT_TABLE[qr.LEVELS["M"]][version] - (12 if version < 10 else 20)) // 8
    return ["".join(rng.choices(string.ascii_lowercase, k=room)) for _ in range(count)]


def main() -> None:
    """Times every encoder by turns and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.qrs", description=__doc__)
    parser.add_argument("--version", type=int, default=6, choices=range(1, 41), metavar="1-40", help="default: 6")
    parser.add_argument("--rounds", type=int, default=12, help="100 symbols each (default: 12)")
    arguments = parser.parse_args()
    result = encoding(filling(arguments.version, CHUNK * (arguments.rounds + 1)), arguments.rounds)
    machine = this_machine()
    print(f"{machine.date}  {machine.python}  {machine.processor}, load {machine.load}")
    for line in contest_lines(f"Version {arguments.version}-M, one core, symbols a second", result):
        print(line)
    for name, rate in result.rates.items():
        print(f"  {name:44}{1000 / rate.median:>10.4f} ms a symbol (median), {1000 / rate.max:.4f} at best")


if __name__ == "__main__":
    main()
