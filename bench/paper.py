"""Symbols as a scanner's sensor gets them from paper: modules as whole dots, the sensor's own grid, its lens.

Nothing is drawn again here: what becomes dots are the widths and rows that are printed.
"""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from emission.codes.geometry import LINEAR_QUIET, QR_QUIET
from emission.codes.linear import LinearSymbol
from emission.codes.qr import QrSymbol

Grey = npt.NDArray[np.uint8]
Ink = npt.NDArray[np.float64]

PRINTER_DPI = 300
# Of a linear symbol; every row of it says the same.
_HEIGHT_DOTS = 40


class Sensor(msgspec.Struct, frozen=True):
    """How paper is looked at: pixels an inch, and the blur of the lens (sigma of a Gaussian, in pixels)."""

    dpi: int
    blur: float

    def picture(self, ink: Ink, cell: float, phase: tuple[float, float]) -> Grey:
        """Grey levels of ``ink`` (0 paper, 1 black), whose cells are ``cell`` dots of the printer wide and high.

        Each pixel is the mean of the area that it sees; ``phase`` (row, column, 0 to 1) is how far the paper's corner
        is from the corner of a pixel.
        """
        step = PRINTER_DPI / self.dpi / cell
        for axis, shift in enumerate(phase):
            ink = self._blurred(_averaged(ink, step, shift, axis), axis)
        return np.rint(255 * (1 - ink)).astype(np.uint8)

    def _blurred(self, ink: Ink, axis: int) -> Ink:
        if not self.blur:
            return ink
        reach = np.arange(-3, 4)
        kernel = np.exp(-(reach**2) / (2 * self.blur**2))
        kernel /= kernel.sum()
        padded = np.pad(ink, [(3, 3) if own == axis else (0, 0) for own in range(2)], mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel), axis=axis)
        blurred: Ink = windows @ kernel
        return blurred


def linear_ink(symbol: LinearSymbol) -> tuple[Ink, float]:
    """The symbol with its quiet zones, and how many of its cells make one X."""
    cells = symbol.units_per_module
    quiet = np.zeros(LINEAR_QUIET * cells)
    bars = np.repeat(np.arange(len(symbol.widths)) % 2 == 0, symbol.widths)
    line = np.concatenate([quiet, bars, quiet])
    return line[np.newaxis], float(cells)


def linear_picture(symbol: LinearSymbol, x_dots: int, sensor: Sensor, phase: tuple[float, float]) -> Grey:
    """A linear symbol on its own, quiet zones of 10 X beside it."""
    line, cells = linear_ink(symbol)
    cell = x_dots / cells
    rows = round(_HEIGHT_DOTS / cell)
    paper = np.pad(np.tile(line, (rows, 1)), ((rows // 4, rows // 4), (0, 0)))
    return sensor.picture(paper, cell, phase)


def qr_picture(symbol: QrSymbol, module_dots: int, sensor: Sensor, phase: tuple[float, float]) -> Grey:
    """A QR on its own, quiet zone of 4 modules about it."""
    ink = np.zeros((symbol.size, symbol.size))
    for row, start, length in symbol.runs():
        ink[row, start : start + length] = 1
    return sensor.picture(np.pad(ink, QR_QUIET), float(module_dots), phase)


def _averaged(ink: Ink, step: float, shift: float, axis: int) -> Ink:
    """Means over pixels ``step`` cells long, the first of which begins ``shift`` pixels before the paper."""
    lines = np.moveaxis(ink, axis, -1)
    summed = np.pad(np.cumsum(lines, axis=-1), ((0, 0), (1, 0)))
    length = lines.shape[-1]
    edges = np.clip((np.arange(int(length / step) + 3) - shift) * step, 0, length)
    whole = np.minimum(edges.astype(np.intp), length - 1)
    until = summed[:, whole] + lines[:, whole] * (edges - whole)
    return np.moveaxis(np.diff(until, axis=-1) / step, -1, axis)
