"""Every version at every level against ``qrcode``, module for module, with every kind of text and every mask."""

from __future__ import annotations

import random
import string
from functools import cache

import numpy as np
import pytest
import qrcode
from qrcode.util import BIT_LIMIT_TABLE

from emission.codes import qr
from emission.codes._qr import read
from emission.codes.qr import Level, QrSymbol

LEVELS: tuple[Level, ...] = ("L", "M", "Q", "H")
VERSIONS = range(1, 41)
# Bits a character, and what the text is made of.
KINDS = {
    "digits": (10 / 3, string.digits[1:]),
    "alphanumeric": (5.5, string.ascii_uppercase + " $%*+-./:"),
    "bytes": (8.0, string.ascii_letters + string.punctuation),
    "mixed": (8.0, string.ascii_lowercase),
}
# Blocks that are zero throughout, on most of which ``qrcode`` 8.2 fails: it takes the logarithm of a remainder's zero.
ZEROS = ("0" * 150, "0" * 1200, "\0" * 300, "@" * 40 + "\0" * 90, "A" + "\0" * 500, "0" * 2900)


def filling(version: int, level: Level, kind: str) -> str:
    """A text that takes ``version`` whole: a character or two less than it holds."""
    bits, characters = KINDS[kind]
    room = BIT_LIMIT_TABLE[qr.LEVELS[level]][version]
    rng = random.Random(f"{version}{level}{kind}")  # noqa: S311 -- the same texts every time
    digits = "".join(rng.choices(string.digits, k=20)) if kind == "mixed" and room > 300 else ""
    overhead = 20 + (67 + 40 if digits else 0)  # heads of segments, and twenty digits
    text = "".join(rng.choices(characters, k=max(1, int((room - overhead) / bits))))
    return text[: len(text) // 2] + digits + text[len(text) // 2 :]


def kind_of(version: int, level: Level) -> str:
    """Each level meets all kinds, each version four of them: by turns."""
    return tuple(KINDS)[(version + LEVELS.index(level)) % len(KINDS)]


def grid(symbol: QrSymbol) -> list[list[bool]]:
    packed = np.frombuffer(symbol.rows, dtype=np.uint8).reshape(symbol.size, -1)
    rows: list[list[bool]] = np.unpackbits(packed, axis=1, count=symbol.size).astype(np.bool_).tolist()
    return rows


@cache
def ours(version: int, level: Level) -> QrSymbol:
    return qr.encode(filling(version, level, kind_of(version, level)), level)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", VERSIONS)
def test_equal_to_qrcode_in_every_version_and_level(version: int, level: Level) -> None:
    symbol = ours(version, level)
    # To score eight masks takes qrcode a third of a second in large versions: only every fourth of those chooses anew.
    chosen = None if version <= 20 or version % 4 == 0 else symbol.mask
    theirs = qrcode.QRCode(error_correction=qr.LEVELS[level], mask_pattern=chosen)
    theirs.add_data(symbol.text)
    theirs.make()
    assert theirs.version == symbol.version == version
    assert grid(symbol) == theirs.modules


def test_those_symbols_have_every_mask() -> None:
    """Were one left out, its pattern would be compared with nobody's."""
    masks = [{ours(version, level).mask for version in VERSIONS} for level in LEVELS]
    assert set.union(*masks) == set(range(8))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("text", ZEROS, ids=[f"{text[0]!a} x {len(text)}" for text in ZEROS])
def test_zeros_on_which_qrcode_fails_say_their_text_at_their_level(text: str, level: Level) -> None:
    symbol = qr.encode(text, level)
    assert qr.decode_grid(symbol) == text
    assert read._format(np.array(grid(symbol))) == (qr.LEVELS[level], symbol.mask)


@pytest.mark.parametrize("text", ZEROS[1:3])
def test_qrcode_does_fail_on_those(text: str) -> None:
    """The day it does not, they belong among the others."""
    theirs = qrcode.QRCode(error_correction=qr.LEVELS["L"])
    theirs.add_data(text)
    with pytest.raises(ValueError, match="glog"):
        theirs.make()
