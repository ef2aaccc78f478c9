"""Codes at random: every kind that is printed, every length, and the texts on which encoders stumble."""

from __future__ import annotations

import functools
import random
import string
from collections.abc import Callable, Iterator

import msgspec
from qrcode.util import BIT_LIMIT_TABLE

from bench.paper import Grey, Sensor, linear_picture, qr_picture
from emission.codes import linear, qr
from emission.codes.geometry import LINEAR_DOTS, QR_LEAST_DOTS

LONGEST_CODE128 = 60
ITF_LENGTHS = range(6, 57, 2)
LARGEST_QR = 20
_ALPHANUMERIC = string.digits + string.ascii_uppercase + " $%*+-./:"
_ACCENTED = "áéíóúüñÁÑ°¿€" + "日本" + string.ascii_letters
_ASCII = "".join(map(chr, range(128)))
_PRINTED = _ASCII[32:127]

Draw = Callable[[Sensor, tuple[float, float]], Grey]


class Specimen(msgspec.Struct, frozen=True):
    """One code of a ``kind``, and how it looks to a sensor; ``dots`` of 300 dpi make its X or module."""

    kind: str
    dots: int
    text: str
    draw: Draw


def specimens(rng: random.Random, count: int) -> Iterator[Specimen]:
    """``count`` of each kind and X; lengths and versions go round, so that none is left to chance."""
    for kind, make in _KINDS.items():
        for at in range(count):
            yield from make(kind, rng, at)


def _digits(rng: random.Random, length: int, at: int) -> str:
    """Of four texts one all zeros, one led by 99: what encoders have dropped."""
    if at % 4 == 0:
        return "0" * length
    text = "".join(rng.choices(string.digits, k=length))
    return ("99" + text)[:length] if at % 4 == 1 else text


def _code128_digits(kind: str, rng: random.Random, at: int) -> Iterator[Specimen]:
    length = 1 + at % LONGEST_CODE128
    return _linear(kind, linear.encode("code128", _digits(rng, length, at // LONGEST_CODE128 + at)))


def _code128_ascii(kind: str, rng: random.Random, at: int) -> Iterator[Specimen]:
    """Letters, control characters and runs of digits: where sets change."""
    text = ""
    while len(text) <= at % LONGEST_CODE128:
        text += "".join(rng.choices(rng.choice((_ASCII, _PRINTED, string.digits)), k=rng.randint(1, 9)))
    return _linear(kind, linear.encode("code128", text[: 1 + at % LONGEST_CODE128]))


def _itf(ratio: float, kind: str, rng: random.Random, at: int) -> Iterator[Specimen]:
    length = ITF_LENGTHS[at % len(ITF_LENGTHS)]
    return _linear(kind, linear.encode("itf", _digits(rng, length, at // len(ITF_LENGTHS) + at), ratio=ratio))


def _linear(kind: str, symbol: linear.LinearSymbol) -> Iterator[Specimen]:
    for dots in LINEAR_DOTS:
        yield Specimen(kind, dots, symbol.text, functools.partial(linear_picture, symbol, dots))


def _qr(characters: str, bits: float, kind: str, rng: random.Random, at: int) -> Iterator[Specimen]:
    """A symbol of one kind of character, ``bits`` each, nearly full."""
    room = BIT_LIMIT_TABLE[qr.LEVELS["M"]][1 + at % LARGEST_QR] - 24
    length = max(1, int(room / bits * rng.uniform(0.9, 1)))
    text = "0" * length if characters == string.digits and at % 4 == 0 else "".join(rng.choices(characters, k=length))
    return _matrix(kind, text)


def _qr_mixed(kind: str, rng: random.Random, at: int) -> Iterator[Specimen]:
    """Runs of at least twenty of a kind, which become segments of their own."""
    room = BIT_LIMIT_TABLE[qr.LEVELS["M"]][1 + at % LARGEST_QR] / 10
    text = "".join(rng.choices(_PRINTED, k=rng.randint(1, 12)))
    while len(text) < room:
        text += "".join(rng.choices(rng.choice((string.digits, _ALPHANUMERIC, _ACCENTED)), k=rng.randint(1, 40)))
    return _matrix(kind, text)


def _matrix(kind: str, text: str) -> Iterator[Specimen]:
    yield Specimen(kind, QR_LEAST_DOTS, text, functools.partial(qr_picture, qr.encode(text), QR_LEAST_DOTS))


_KINDS: dict[str, Callable[[str, random.Random, int], Iterator[Specimen]]] = {
    "Code 128, digits": _code128_digits,
    "Code 128, ASCII": _code128_ascii,
    "ITF, 3.0": functools.partial(_itf, 3.0),
    "ITF, 2.5": functools.partial(_itf, 2.5),
    "QR, digits": functools.partial(_qr, string.digits, 10 / 3),
    "QR, alphanumeric": functools.partial(_qr, _ALPHANUMERIC, 5.5),
    "QR, bytes": functools.partial(_qr, _PRINTED, 8),
    "QR, UTF-8": functools.partial(_qr, _ACCENTED, 10),
    "QR, mixed": _qr_mixed,
}
