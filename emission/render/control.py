"""The control mark of a sheet: a Data Matrix that the press alone prints, once lot and sequence are known."""

from __future__ import annotations

import functools
import math

import msgspec

from emission.codes import datamatrix
from emission.codes.control import ControlMark
from emission.codes.datamatrix import DataMatrixSymbol
from emission.codes.faults import CodeError
from emission.codes.geometry import DOT_MM, snap
from emission.errors import Stopped
from emission.render.box import Box
from emission.render.inks import Inks
from emission.render.items import Mark, Panel
from emission.render.markup import Element
from emission.render.operators import marks
from emission.render.painting import content
from emission.render.symbols import DOT, MM

# Inserters and finishers look from a distance, at speed: 0.423 mm a module.
LEAST_DOTS = 5
# Room for 16 modules, which nearly every text takes, and two of quiet zone on each side; or for 18 and one.
MODULES = 20
LEAST_SIDE_MM = MODULES * LEAST_DOTS * DOT_MM


class Control(msgspec.Struct, frozen=True):
    """A white square of ``side`` points whose lower left corner is (x, y), and the mark in its middle."""

    x: float
    y: float
    side: float

    @property
    def box(self) -> Box:
        return Box(self.x, self.y, self.x + self.side, self.y + self.side)

    def operators(self, mark: ControlMark, inks: Inks) -> bytes:
        """The mark as a content stream.

        Raises:
            Stopped: the symbol cannot be made; its sentence is :func:`emission.codes.datamatrix.encode`'s.
        """
        try:
            symbol = datamatrix.encode(mark.text)
        except CodeError as error:
            raise Stopped(error.fault.code, value=mark.text, length=len(mark.text)) from error
        dots = math.floor(self.side / DOT / MODULES + 1e-6)
        spare = (self.side / MM - symbol.size * dots * DOT_MM) / 2
        start, bottom = (snap(corner / MM + spare) * MM for corner in (self.x, self.y))
        ground = Panel(self.x, self.y, self.side, self.side, "white")
        return content((*marks((ground,)), _path(symbol, start, bottom, dots * DOT)), inks)


def control_of(element: Element, corner: tuple[float, float], page: tuple[float, float]) -> Control:
    """The control that ``element`` asks for, from the zone's ``corner`` on a ``page`` of (width, height) points.

    Raises:
        TemplateError: it is too small, or leaves the page.
    """
    side = element.number("side")
    if side < LEAST_SIDE_MM - 1e-6:
        least = f">= {LEAST_SIDE_MM:.2f}"
        element.fail("template-value", attribute="side", value=element.attributes["side"], expected=least)
    x, y = (at + element.number(name) * MM for name, at in zip("xy", corner, strict=True))
    for name, at, whole in zip("xy", (x, y), page, strict=True):
        most = whole / MM - side
        if not -0.05 <= at / MM <= most + 0.05:
            expected = f"0 … {most:.1f}"
            element.fail("template-value", attribute=name, value=element.attributes[name], expected=expected)
    return Control(x, page[1] - y - side * MM, side * MM)


def _path(symbol: DataMatrixSymbol, x: float, y: float, module: float) -> Mark:
    """All modules as one path, filled once: rasters give an image of this size a dot too many."""
    top = symbol.size - 1
    rectangles = "".join([_rectangle(start, top - row, length) for row, start, length in datamatrix.runs(symbol)])
    return Mark("black", f"q {module:.4g} 0 0 {module:.4g} {x:.2f} {y:.2f} cm\n{rectangles}f Q\n")


@functools.lru_cache(maxsize=4096)
def _rectangle(x: int, y: int, width: int) -> str:
    return f"{x} {y} {width} 1 re\n"
