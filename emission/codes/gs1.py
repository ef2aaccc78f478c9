r"""GS1 element strings: application identifiers and what they hold, as people write them and as a symbol says them.

GS1 General Specifications 3.2 (identifiers), 7.8 (FNC1 and the elements of predefined length) and 7.11 (character
set 82). A text may come with its identifiers in parentheses, ``(415)7709998000421(8020)12345``, or as a scanner
hands it on: a group separator (U+001D) where the symbol has FNC1, with or without ``]C1`` before it.

>>> shown(parse("]C1415770999800042180201234\x1d3900125000"))
'(415)7709998000421(8020)1234(3900)125000'
>>> spoken(parse("(415)7709998000421(8020)1234(3900)125000"))
'415770999800042180201234\x1d3900125000'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from emission.codes.faults import CodeError
from emission.model import Fault

SEPARATOR = "\x1d"
_SYMBOLOGY = "]C1"
Element = tuple[str, str]

# Digits of an identifier, by its first two.
_LENGTHS = {
    **{f"{two:02d}": 2 for two in (*range(5), *range(10, 23), 30, 37, *range(90, 100))},
    **{f"{two:02d}": 3 for two in (23, 24, 25, 40, 41, 42, 71)},
    **{f"{two:02d}": 4 for two in (*range(31, 37), 39, 43, 70, 72, 80, 81, 82)},
}
# Characters of an element of predefined length, identifier included: no FNC1 follows it (figure 7.8.5-2).
_PREDEFINED = {
    "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16,
    **{str(two): 8 for two in range(11, 20)},
    **{str(two): 10 for two in range(31, 37)},
}  # fmt: skip
_MOST = 90
_SET_82 = re.compile(r"[!\"%-?A-Z_a-z]+")
_WRITTEN = re.compile(r"\((\d{2,4})\)([^(]*)")


def parse(text: str) -> tuple[Element, ...]:
    """The elements (identifier, data) of ``text``, in their order.

    Raises:
        CodeError: ``gs1-unreadable`` from a position (from 1) on, ``gs1-data`` or ``gs1-length`` of an element.
    """
    elements = tuple(_written(text) if text.startswith("(") else _scanned(text))
    for identifier, data in elements:
        if not _SET_82.fullmatch(data) or (identifier[:2] in _PREDEFINED and not data.isdigit()):
            raise CodeError(Fault("gs1-data", field="barcode", value=text, params={"identifier": identifier}))
        right = _PREDEFINED.get(identifier[:2], 0) - len(identifier)
        if len(data) > _MOST or len(data) != right > 0:
            params = {"identifier": identifier, "found": str(len(data)), "right": str(max(right, 0) or _MOST)}
            raise CodeError(Fault("gs1-length", field="barcode", value=text, params=params))
    return elements


def length_of(identifier: str) -> int:
    """How many digits the identifier has that begins like this one; 0 where none does."""
    return _LENGTHS.get(identifier[:2], 0)


def shown(elements: Sequence[Element]) -> str:
    """As it is printed beneath the bars: identifiers in parentheses, which the symbol does not have."""
    return "".join(f"({identifier}){data}" for identifier, data in elements)


def spoken(elements: Sequence[Element]) -> str:
    """What the symbol says after its first FNC1: a separator after each element that needs one, but the last."""
    parts = []
    for identifier, data in elements[:-1]:
        parts.append(f"{identifier}{data}" + ("" if identifier[:2] in _PREDEFINED else SEPARATOR))
    return "".join([*parts, *elements[-1]])


def _written(text: str) -> Iterator[Element]:
    at = 0
    for found in _WRITTEN.finditer(text):
        identifier, data = found.groups()
        if found.start() != at or _LENGTHS.get(identifier[:2]) != len(identifier):
            break
        yield identifier, data
        at = found.end()
    if at != len(text):
        raise _unreadable(text, at)


def _scanned(text: str) -> Iterator[Element]:
    at = len(_SYMBOLOGY) if text.startswith(_SYMBOLOGY) else 0
    at += text.startswith(SEPARATOR, at)
    if at == len(text):
        raise _unreadable(text, at)
    while at < len(text):
        identifier = text[at : at + _LENGTHS.get(text[at : at + 2], 0)]
        if not (identifier.isascii() and identifier.isdigit()):
            raise _unreadable(text, at)
        length = _PREDEFINED.get(identifier[:2], 0)
        end = text.find(SEPARATOR, at)
        stop = len(text) if end < 0 else end
        # An element of predefined length may be followed by a separator that it does not need.
        end = min(at + length, stop) if length else stop
        yield identifier, text[at + len(identifier) : end]
        at = end + text.startswith(SEPARATOR, end)


def _unreadable(text: str, at: int) -> CodeError:
    return CodeError(Fault("gs1-unreadable", field="barcode", value=text, params={"position": str(at + 1)}))
