"""Interleaved 2 of 5 (ISO/IEC 16390): pairs of digits → widths, and back.

The way there takes python-barcode's patterns; the way back adds up the weights of the wide
elements, which is how the standard makes the patterns. An error in either is found by the other.
"""

from __future__ import annotations

from barcode.charsets import itf as tables

from emission.codes.faults import CodeError
from emission.codes.symbology import ITF_LEAST_DIGITS
from emission.model import Fault

# Units of a narrow and a wide element, by ratio (clause 4.3 allows 2.0 to 3.0; readers fail near 2).
UNITS: dict[float, tuple[int, int]] = {3.0: (1, 3), 2.5: (2, 5)}

_START, _STOP = "NNNN", "WNN"
# An element's weight by its place; the two wide ones add up to the digit, 11 means 0.
_WEIGHTS = (1, 2, 4, 7, 0)


def _pair(bars: str, spaces: str) -> str:
    return "".join(bar + space for bar, space in zip(bars, spaces, strict=True))


_PAIRS = {f"{i}{j}": _pair(tables.CODES[i], tables.CODES[j]) for i in range(10) for j in range(10)}
_READ = {
    tuple(place in (first, second) for place in range(5)): str((_WEIGHTS[first] + _WEIGHTS[second]) % 11)
    for first in range(5)
    for second in range(first + 1, 5)
}


def widths(text: str, narrow: int, wide: int) -> tuple[int, ...]:
    """Bars and spaces in units, start and stop included.

    Raises:
        CodeError: ``barcode-characters``, ``barcode-odd`` or ``itf-too-short``: nothing is padded in silence.
    """
    if not (text.isascii() and text.isdigit()):
        raise CodeError(Fault("barcode-characters", field="barcode", value=text, params={"symbology": "ITF"}))
    if len(text) % 2:
        raise CodeError(Fault("barcode-odd", field="barcode", value=text, params={"length": str(len(text))}))
    if len(text) < ITF_LEAST_DIGITS:
        params = {"length": str(len(text)), "least": str(ITF_LEAST_DIGITS)}
        raise CodeError(Fault("itf-too-short", field="barcode", value=text, params=params))
    pairs = [_PAIRS[text[at : at + 2]] for at in range(0, len(text), 2)]
    elements = "".join([_START, *pairs, _STOP])
    return tuple([wide if element == "W" else narrow for element in elements])


def read(elements: tuple[int, ...]) -> str:
    """The digits of a whole symbol's widths.

    Raises:
        ValueError: no start, no stop, half a pair, or widths other than two.
        KeyError: five elements that are no digit.
    """
    narrow, wide = sorted(set(elements))
    if (narrow, wide) not in UNITS.values():
        raise ValueError("ratio")
    marks = [element == wide for element in elements]
    if marks[:4] != [False] * 4 or marks[-3:] != [True, False, False] or len(marks) % 10 != 7:
        raise ValueError("no start, no stop, or half a pair")
    return "".join(
        [_READ[tuple(marks[at + side : at + 10 : 2])] for at in range(4, len(marks) - 3, 10) for side in (0, 1)]
    )
