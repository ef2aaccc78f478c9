"""The control mark of a sheet: a Data Matrix that the press alone prints, once lot and sequence are known."""

from __future__ import annotations

import functools
import math
import re

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

    def symbol(self, mark: ControlMark) -> DataMatrixSymbol:
        """The mark's modules.

        Raises:
            Stopped: it cannot be made; its sentence is :func:`emission.codes.datamatrix.encode`'s.
        """
        try:
            return datamatrix.encode(mark.text)
        except CodeError as error:
            raise Stopped(error.fault.code, value=mark.text, length=len(mark.text)) from error

    def beginning(self, size: int, inks: Inks) -> bytes:
        """What marks of ``size`` modules have in common: their ground, and the finder pattern of a path to go on with.

        All modules are one path, filled once: rasters give an image of this size a dot too many.
        """
        dots = math.floor(self.side / DOT / MODULES + 1e-6)
        spare = (self.side / MM - size * dots * DOT_MM) / 2
        start, bottom = (snap(corner / MM + spare) * MM for corner in (self.x, self.y))
        ground = Panel(self.x, self.y, self.side, self.side, "white")
        module = f"{dots * DOT:.4g}"
        path = Mark("black", f"q {module} 0 0 {module} {start:.2f} {bottom:.2f} cm\n{_finder(size)}")
        return content((*marks((ground,)), path), inks)


def rest(symbol: DataMatrixSymbol) -> bytes:
    """What a mark of its own has, after :meth:`Control.beginning`: all modules within the finder pattern."""
    path = [drawn[byte] for drawn, byte in zip(_drawn(symbol.size), symbol.rows, strict=True)]
    return ("".join(path) + "f Q\n").encode("ascii")


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


def _finder(size: int) -> str:
    """A left and a lower side, and every other module of the others (ISO/IEC 16022, 5.8.1)."""
    last = size - 1
    across = "".join(f"{at} {last} 1 1 re\n{last} {at} 1 1 re\n" for at in range(2, last, 2))
    return f"0 0 1 {size} re\n1 0 {last} 1 re\n{across}"


@functools.cache
def _drawn(size: int) -> tuple[tuple[str, ...], ...]:
    """For each byte of a symbol's rows, what each value draws of them but for the finder pattern."""
    last = size - 1
    eights = [tuple(_eight(byte, left, last) for byte in range(256)) for left in range(0, size, 8)]
    within = [tuple(one.replace("y", str(y)) for one in values) for y in range(last - 1, 0, -1) for values in eights]
    edge = [("",) * 256] * len(eights)
    return (*edge, *within, *edge)


def _eight(byte: int, left: int, last: int) -> str:
    """The dark ones of eight modules from column ``left`` on, in row ``y``, but for columns 0 and ``last``."""
    dark = "".join(bit if 0 < at < last else "0" for at, bit in enumerate(f"{byte:08b}", left))
    return "".join(f"{left + run.start()} y {len(run.group())} 1 re\n" for run in re.finditer("1+", dark))
