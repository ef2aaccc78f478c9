"""Code 128 (ISO/IEC 15417): text → symbol characters → widths, and back.

The way there takes python-barcode's patterns, the way back the standard's own table of widths,
typed here: an error in either is found by the other.
"""

from __future__ import annotations

from itertools import chain, count, groupby
from operator import mul

from barcode.charsets import code128 as tables

from emission.codes.faults import CodeError
from emission.model import Fault

_START = {"A": 103, "B": 104, "C": 105}
_SWITCH = {"A": 101, "B": 100, "C": 99}
_SHIFT = 98
_FNC1_VALUE = 102
# FNC1 in a text of ours. No text from outside has it: what is not ASCII is refused.
FNC1 = "\xf1"

# ISO/IEC 15417, table 1: bar, space, bar, space, bar, space of the characters 0 to 105.
_WIDTHS = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222
123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321
232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121
313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224
111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111
111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113
114311 411113 411311 113141 114131 311141 411131 211412 211214 211232
"""
_READ = {tuple(map(int, pattern)): value for value, pattern in enumerate(_WIDTHS.split())}
_PAIRS = [f"{value:02d}" for value in range(100)]
_VALUES = {pair: value for value, pair in enumerate(_PAIRS)}
_STOP = (2, 3, 3, 1, 1, 1, 2)


def _drawn(pattern: str) -> tuple[int, ...]:
    return tuple(len(list(run)) for _, run in groupby(pattern))


_DRAWN = tuple(_drawn(pattern) for pattern in tables.CODES)
_DRAWN_STOP = _drawn(tables.STOP + "11")


def widths(characters: list[int]) -> tuple[int, ...]:
    """Bars and spaces, in X, of a start and data characters; check character and stop are added."""
    check = (characters[0] + sum(map(mul, characters, count()))) % 103
    patterns = [_DRAWN[value] for value in (*characters, check)]
    return tuple(chain.from_iterable([*patterns, _DRAWN_STOP]))


def values(text: str) -> list[int]:
    """The fewest symbol characters that say ``text``, start first, without check and stop.

    Raises:
        CodeError: ``barcode-characters``: the symbology carries ASCII alone.
    """
    if not text.isascii():
        raise CodeError(Fault("barcode-characters", field="barcode", value=text, params={"symbology": "Code 128"}))
    return fewest(text)


def fewest(text: str) -> list[int]:
    """As :func:`values`, of a text that may hold :data:`FNC1`."""
    if text.isdigit() and len(text) > 1:
        even = len(text) // 2 * 2
        pairs = [_START["C"], *[_VALUES[text[at : at + 2]] for at in range(0, even, 2)]]
        return pairs if even == len(text) else [*pairs, _SWITCH["B"], ord(text[-1]) - 32]
    # The shortest path through the three sets, a character (in set C: a pair) at a time.
    best: dict[str, tuple[int, ...]] = {name: (start,) for name, start in _START.items()}
    before = best
    for at, char in enumerate(text):
        after: dict[str, tuple[int, ...]] = {}
        for name, other in (("A", "B"), ("B", "A")):
            value = _value(name, char)
            after[name] = (*best[name], *((_SHIFT, _value(other, char) or 0) if value is None else (value,)))
        pair = text[at - 1 : at + 1]
        if char == FNC1:
            after["C"] = (*best["C"], _FNC1_VALUE)
        elif len(pair) == 2 and pair.isdigit():
            after["C"] = (*before["C"], int(pair))
        before, best = best, _with_switches(after)
    shortest = min(best.values(), key=len)
    return [*shortest]


def _with_switches(paths: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """The same paths, and each set reached by a change where that is shorter."""
    nearest = min(paths.values(), key=len)
    return {
        name: paths[name] if name in paths and len(paths[name]) <= len(nearest) + 1 else (*nearest, switch)
        for name, switch in _SWITCH.items()
    }


def _value(name: str, char: str) -> int | None:
    if char == FNC1:
        return _FNC1_VALUE
    code = ord(char)
    if name == "A":
        return code + 64 if code < 32 else code - 32 if code < 96 else None
    return code - 32 if code >= 32 else None


def read(elements: tuple[int, ...]) -> str:
    """The text of a whole symbol's widths, with :data:`FNC1` where it has that.

    Raises:
        ValueError: no stop, an unknown change, a wrong check character, or half a character.
        KeyError: a pattern that is no character.
    """
    if elements[-7:] != _STOP or len(elements) % 6 != 1:
        raise ValueError("no stop")
    start, *data = [_READ[elements[at : at + 6]] for at in range(0, len(elements) - 7, 6)]
    check = data.pop()
    if (start + sum(map(mul, data, count(1)))) % 103 != check:
        raise ValueError("check character")
    current, shifted = {103: "A", 104: "B", 105: "C"}[start], ""
    parts = []
    for value in data:
        name, shifted = shifted or current, ""
        if value == _FNC1_VALUE:
            parts.append(FNC1)
        elif name == "C":
            if value < 100:
                parts.append(_PAIRS[value])
            else:
                current = {100: "B", 101: "A"}[value]
        elif value < 96:
            parts.append(chr(value + 32 if name == "B" or value < 64 else value - 64))
        elif value == 98:
            shifted = "B" if name == "A" else "A"
        else:
            current = {99: "C", 100: "B", 101: "A"}[value]
    return "".join(parts)
