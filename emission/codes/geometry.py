"""Sizes by construction: whole dots at 300 dpi, quiet zones included, or a refusal.

All lengths are millimetres. A module that is a whole number of dots survives rasterising with
every bar as wide as it was meant; the left edge has to stand on the same grid (:func:`snap`).
"""

from __future__ import annotations

import math

import msgspec

from emission.codes import linear
from emission.codes.faults import CodeError
from emission.codes.linear import LinearSymbol
from emission.codes.symbology import Symbology
from emission.model import Fault

DOT_MM = 25.4 / 300
# The X of linear symbols: 0.339 mm, else 0.254 mm, which readers still take at 203 dpi half of the time.
LINEAR_DOTS = (4, 3)
LINEAR_QUIET = 10  # X on both sides: ISO/IEC 15417 4.5 and ISO/IEC 16390 4.4
QR_QUIET = 4  # modules on all sides: ISO/IEC 18004 6.3.8
QR_LEAST_DOTS = 4  # 0.339 mm, the least that phones read from paper without care
GS1_MOST_MM = 165.1  # quiet zones included: GS1 General Specifications 5.4.4.3
BEARER = 2  # X of the bars along the top and the bottom of ITF, the least: ISO/IEC 16390 annex B
# A width that is meant to fit exactly must not fail on the last bit of a float.
_SLACK_MM = 1e-6


class FittedLinear(msgspec.Struct, frozen=True):
    """A linear symbol with its size: ``quiet_mm`` stands free on each side of ``bars_mm``."""

    symbol: LinearSymbol
    x_dots: int
    x_mm: float
    bars_mm: float
    quiet_mm: float


class FittedQr(msgspec.Struct, frozen=True):
    """The size of a QR symbol: ``bars_mm`` square, with ``quiet_mm`` free on every side.

    ``size`` is the number of modules in a row.
    """

    version: int
    size: int
    module_dots: int
    module_mm: float
    bars_mm: float
    quiet_mm: float


def fit_linear(symbology: Symbology, text: str, width_mm: float) -> FittedLinear:
    """The symbol of ``text`` at the largest X with which bars and both quiet zones fit ``width_mm``.

    Raises:
        CodeError: ``barcode-too-wide``, or what :func:`emission.codes.linear.encode` raises.
    """
    ratios = (3.0, 2.5) if symbology == "itf" else (3.0,)
    if symbology == "gs1-128":
        width_mm = min(width_mm, GS1_MOST_MM)
    symbols = [linear.encode(symbology, text, ratio=ratio) for ratio in ratios]
    for dots in LINEAR_DOTS:
        x_mm = dots * DOT_MM
        for symbol in symbols:
            bars_mm = symbol.modules * x_mm
            if bars_mm + 2 * LINEAR_QUIET * x_mm <= width_mm + _SLACK_MM:
                return FittedLinear(symbol, dots, x_mm, bars_mm, LINEAR_QUIET * x_mm)
    least = (symbols[-1].modules + 2 * LINEAR_QUIET) * LINEAR_DOTS[-1] * DOT_MM
    needs = {"length": str(len(text)), "needed_mm": f"{least:.1f}", "width_mm": f"{width_mm:.1f}"}
    raise CodeError(Fault("barcode-too-wide", field="barcode", value=text, params=needs))


def fit_qr(version: int, side_mm: float) -> FittedQr:
    """The largest whole-dot module with which the symbol and its quiet zone fit a square of ``side_mm``.

    Raises:
        CodeError: ``qr-too-dense``: the modules would be under 0.339 mm.
    """
    size = 17 + 4 * version
    dots = math.floor((side_mm + _SLACK_MM) / DOT_MM / (size + 2 * QR_QUIET))
    if dots < QR_LEAST_DOTS:
        least = (size + 2 * QR_QUIET) * QR_LEAST_DOTS * DOT_MM
        needs = {"version": str(version), "needed_mm": f"{least:.1f}", "side_mm": f"{side_mm:.1f}"}
        raise CodeError(Fault("qr-too-dense", field="qr", params=needs))
    module_mm = dots * DOT_MM
    return FittedQr(version, size, dots, module_mm, size * module_mm, QR_QUIET * module_mm)


def snap(mm: float) -> float:
    """The nearest place on the 300 dpi grid, counted from the page's left (or lower) edge."""
    return round(mm / DOT_MM) * DOT_MM
