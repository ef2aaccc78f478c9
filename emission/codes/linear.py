"""Linear symbols: Code 128, GS1-128 and Interleaved 2 of 5, as widths of bars and spaces.

Every symbol is decoded from its own widths before it is handed out, by rules that do not share
the encoder's tables: a wrong number is worse than no number.

The encoder is ours, over python-barcode's tables: python-barcode 0.16.1 itself drops a leading
``99`` (it takes the digits for a change of set) and switches sets more often than needed. It is
the oracle of the tests.
"""

from __future__ import annotations

import functools

import msgspec

from emission.codes import _code128, _itf, gs1
from emission.codes.faults import CodeError
from emission.codes.symbology import Symbology
from emission.model import Fault


class LinearSymbol(msgspec.Struct, frozen=True):
    """A symbol without its quiet zones.

    ``text`` is what a scanner makes of it, and what people read beneath; of ``gs1-128``, with identifiers in
    parentheses. ``widths`` are those of bar, space, bar, …, bar, in units; ``units_per_module`` units make one X.
    """

    symbology: Symbology
    text: str
    widths: tuple[int, ...]
    units_per_module: int = 1

    @property
    def modules(self) -> float:
        """The width of all bars and spaces, in X."""
        return sum(self.widths) / self.units_per_module


@functools.lru_cache(maxsize=1024)
def encode(symbology: Symbology, text: str, *, ratio: float = 3.0) -> LinearSymbol:
    """The symbol of ``text``, with start, stop and the symbology's own check character.

    ``ratio`` (wide to narrow, 3.0 or 2.5) is for ``itf`` alone. Nothing is padded, dropped or added.
    The last symbols are remembered: a chunk's codes are checked first and drawn afterwards.

    Raises:
        CodeError: ``barcode-empty``, ``barcode-characters``, ``barcode-odd`` (``itf`` takes pairs), ``itf-too-short``
            (readers pass by fewer than six digits), ``gs1-…`` (these are no GS1 elements), or ``barcode-unfaithful``
            if the symbol did not decode to ``text``.
    """
    if not text:
        raise CodeError(Fault("barcode-empty", field="barcode"))
    said = scanned(symbology, text)
    symbol = LinearSymbol(symbology, said, *_widths(symbology, text, ratio))
    if decode(symbol) != said:
        raise _unfaithful(text)
    return symbol


def scanned(symbology: Symbology, text: str) -> str:
    """What a scanner makes of a symbol of ``text``: the text itself, save where GS1 elements come written otherwise.

    Raises:
        CodeError: ``gs1-…``, as :func:`emission.codes.gs1.parse`.
    """
    return gs1.shown(gs1.parse(text)) if symbology == "gs1-128" else text


def _widths(symbology: Symbology, text: str, ratio: float) -> tuple[tuple[int, ...], int]:
    """Widths in units, and how many units make an X."""
    if symbology == "itf":
        narrow, wide = _itf.UNITS[ratio]
        return _itf.widths(text, narrow, wide), narrow
    if symbology == "code128":
        return _code128.widths(_code128.values(text)), 1
    # FNC1 at the start makes it GS1-128, those after it separate (GS1 General Specifications 5.4 and 7.8).
    said = f"{_code128.FNC1}{gs1.spoken(gs1.parse(text)).replace(gs1.SEPARATOR, _code128.FNC1)}"
    return _code128.widths(_code128.fewest(said)), 1


def decode(symbol: LinearSymbol) -> str:
    """What a scanner reads from the symbol's widths; its ``text`` is not looked at.

    Raises:
        CodeError: ``barcode-unfaithful``: the widths are no symbol of that symbology.
    """
    try:
        if symbol.symbology == "itf":
            return _itf.read(symbol.widths)
        said = _code128.read(symbol.widths)
        if symbol.symbology == "code128":
            return said
        first, said = said[:1], said[1:].replace(_code128.FNC1, gs1.SEPARATOR)
        return gs1.shown(gs1.parse(said)) if first == _code128.FNC1 else ""
    except (KeyError, ValueError):
        raise _unfaithful(symbol.text) from None


def _unfaithful(text: str) -> CodeError:
    return CodeError(Fault("barcode-unfaithful", field="barcode", value=text))
