"""The penalty of masked symbols, on 64-bit row words with bit counts.

The rules are those of ISO/IEC 18004 7.8.3 as ``qrcode`` 8.2 reads them: format and version
information are still light while the masks are compared, and rule 3 wants four light modules on
one side of 1:1:3:1:1, both sides counting twice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emission.codes._qr.layout import Words

Counts = npt.NDArray[np.int64]


def penalties(words: Words, size: int) -> Counts:
    """The penalty of each symbol: ``words`` is (rows, words a row, masks, symbols), the answer (masks, symbols).

    Rows come first, so that whatever looks at neighbouring rows works on unbroken memory; steps
    work in place, since new arrays of this size cost more (page faults) than the arithmetic.
    """
    inside = _inside(size).reshape(-1, 1, 1)
    light = ~words
    light &= inside
    score = 40 * (_finders_across(words, light) + _finders_down(words, light))
    away = np.abs(_count(words) / size**2 * 100 - 50)
    score += 10 * (away / 5).astype(np.int64)

    # Bit c of `beside`: modules c and c + 1 of a row are alike; of `below`: a module and the one under it.
    beside = _alike(_left(words, 1), words, _inside(size - 1, size).reshape(inside.shape))
    below = _alike(words[:-1].copy(), words[1:], inside)
    blocks = beside[:-1] & beside[1:]
    blocks &= below
    return score + 3 * _count(blocks) + _runs_across(beside) + _runs_down(below)


def _alike(left: Words, right: Words, where: Words) -> Words:
    """Bits in which both agree; ``left`` is overwritten."""
    left ^= right
    np.invert(left, out=left)
    left &= where
    return left


def _inside(columns: int, size: int = 0) -> Words:
    """The words of a row whose first ``columns`` modules are set, in a symbol of ``size``."""
    row = np.zeros(-(-max(columns, size) // 64) * 64, dtype=np.bool_)
    row[:columns] = True
    return np.packbits(row).view(">u8").astype(np.uint64)


def _left(words: Words, by: int) -> Words:
    """Rows moved left: bit c shows module c + ``by``; what comes in is light."""
    moved = words << np.uint64(by)
    if words.shape[1] > 1:
        moved[:, :-1] |= words[:, 1:] >> np.uint64(64 - by)
    return moved


def _count(words: Words) -> Counts:
    counted: Counts = np.bitwise_count(words).sum(axis=(0, 1), dtype=np.uint32).astype(np.int64)
    return counted


def _runs_across(beside: Words) -> Counts:
    """Rule 1 in rows. A run of n ≥ 5 has n - 4 windows of five, n - 5 of them followed by another: n - 2."""
    three = _left(beside, 1)
    three &= beside
    five = _left(three, 2)
    five &= three
    windows = _count(five)
    five &= _left(five, 1)
    return 3 * windows - 2 * _count(five)


def _runs_down(below: Words) -> Counts:
    """Rule 1 in columns."""
    three = below[:-1] & below[1:]
    five = three[:-2]
    five &= three[2:]
    windows = _count(five)
    followed = five[:-1]
    followed &= five[1:]
    return 3 * windows - 2 * _count(followed)


def _finders_across(dark: Words, light: Words) -> Counts:
    """Rule 3 in rows: dark 1, light 1, dark 3, light 1, dark 1, with four light before or after."""
    heart = _left(dark, 1)
    heart &= dark
    heart &= _left(dark, 2)
    finder = _left(heart, 2)
    finder &= dark
    finder &= _left(light, 1)
    finder &= _left(light, 5)
    finder &= _left(dark, 6)
    four = _left(light, 1)
    four &= light
    four &= _left(four, 2)
    before, after = _left(finder, 4), _left(four, 7)
    before &= four
    after &= finder
    return _count(before) + _count(after)


def _finders_down(dark: Words, light: Words) -> Counts:
    """Rule 3 in columns."""
    finder = dark[:-6] & light[1:-5]
    for below in (dark[2:-4], dark[3:-3], dark[4:-2], light[5:-1], dark[6:]):
        finder &= below
    four = light[:-3] & light[1:-2]
    four &= light[2:-1]
    four &= light[3:]
    return _count(finder[:-4] & four[7:]) + _count(four[:-7] & finder[4:])
