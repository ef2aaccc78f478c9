"""Boxes: a border of lines, round or not, around a tinted area.

The border is drawn side by side and corner by corner, so that a code may stand within it: nothing of it is ink
but what is drawn. The area lies beneath the banner, as every ground does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import msgspec

from emission.render.fields import Values
from emission.render.items import Drawing, RoundPanel, Stroke
from emission.render.layout import Sheet
from emission.render.markup import Element
from emission.render.nodes import MM

_PIECES = 4  # of a quarter circle


class Frame(msgspec.Struct, frozen=True):
    """A rectangle with corners of ``radius`` and lines of ``weight`` (points).

    ``stroke`` and ``fill`` are inks, or none.
    """

    x: float
    y: float
    width: float
    height: float
    radius: float
    weight: float
    stroke: str
    fill: str

    @property
    def still(self) -> bool:
        return True

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:  # noqa: ARG002 -- every node draws alike
        left, bottom = x + self.x, sheet.height - y - self.y - self.height
        if self.fill:
            area = RoundPanel(left, bottom, self.width, self.height, self.fill, self.radius)
            sheet.page.ground.append(area)
        if self.stroke:
            self._sides(sheet, left, bottom)
        if self.stroke and self.radius:
            self._corners(sheet, left, bottom)
        return 0.0

    def _sides(self, sheet: Sheet, left: float, bottom: float) -> None:
        # Straight corners are closed by lines that reach over each other.
        inset = self.radius or -self.weight / 2
        right, top = left + self.width, bottom + self.height
        for level in (bottom, top):
            sheet.add(Stroke(left + inset, level, right - inset, level, self.weight, self.stroke))
        for at in (left, right):
            sheet.add(Stroke(at, bottom + inset, at, top - inset, self.weight, self.stroke))

    def _corners(self, sheet: Sheet, left: float, bottom: float) -> None:
        for x, over in ((left, 1), (left + self.width, -1)):
            for y, up in ((bottom, 1), (bottom + self.height, -1)):
                for path in _arcs(self.radius, self.weight, over, up):
                    sheet.add(Drawing(path, x, y, self.stroke))


def _arcs(radius: float, weight: float, over: int, up: int) -> Iterator[str]:
    """The paths of a corner around its own point, in pieces so small that the boxes around them follow the curve."""
    step = math.pi / 2 / _PIECES
    hold = 4 / 3 * math.tan(step / 4)
    for number in range(_PIECES):
        (x, y, right, rise), (to_x, to_y, to_right, to_rise) = (
            (over * (1 - sin), up * (1 - cos), -over * cos, up * sin)
            for sin, cos in ((math.sin(angle), math.cos(angle)) for angle in (number * step, (number + 1) * step))
        )
        points = (
            (x, y),
            (x + hold * right, y + hold * rise),
            (to_x - hold * to_right, to_y - hold * to_rise),
            (to_x, to_y),
        )
        start, *curve = (f"{radius * along:.3f} {radius * across:.3f}" for along, across in points)
        yield f"1 J {weight:g} w {start} m {' '.join(curve)} c S"


def frame(element: Element, inks: Sequence[str]) -> Frame:
    """The node of a ``box``: black lines unless it says what it is drawn or filled with; ``inks`` are those there are.

    Raises:
        TemplateError: no such ink, or corners that are rounder than the box is wide or high.
    """
    x, y, width, height = (element.number(name) * MM for name in "xywh")
    fill = element.choice("fill", ("", *inks), "")
    return Frame(
        x=x,
        y=y,
        width=width,
        height=height,
        radius=radius_of(element, width, height),
        weight=element.number("weight", 0.6),
        stroke=element.choice("stroke", ("", *inks), "" if fill else "black"),
        fill=fill,
    )


def radius_of(element: Element, width: float, height: float, default: float = 0.0) -> float:
    """The radius of an element's corners (points).

    Raises:
        TemplateError: less than nothing, or more than half a side.
    """
    radius = element.number("radius", default)
    most = min(width, height) / 2 / MM
    if not 0 <= radius <= most + 1e-6:
        element.fail("template-value", attribute="radius", value=f"{radius:g}", expected=f"0 … {most:g}")
    return radius * MM
