"""A page to measure a printer with: rulers, crosses, a bar, and the places of a template as dashed boxes with names.

Everything is where it is by the page's own edges; words and the bar look for room that is free.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from emission.render.box import Box
from emission.render.faces import face_path, load_face
from emission.render.nodes import MM

_REGULAR, _STRONG = "SourceSansPro-Regular", "SourceSansPro-Semibold"
BARS_MM = (100, 50, 20)
CROSS_MM = 10  # from each corner
_ARM = 1.6 * MM
_TICKS = {1: 3 * MM, 5: 4 * MM, 10: 5 * MM}
_FIRST_TICK = 4  # nearer to the corner those of the two rulers would cross
_SMALL, _TEXT, _TITLE = 5.5, 7.5, 9.0  # points
_LEADING = 1.25
_AIR = 0.8 * MM
_STEP = 4 * MM
_WIDTHS_MM = (110, 80, 60, 44)


class Place(msgspec.Struct, frozen=True):
    """A named box of a page, points from its lower left corner."""

    name: str
    box: Box


class Gauge(msgspec.Struct, frozen=True):
    """A page of ``width`` × ``height`` points: its places, and what it says; ``bar`` has ``%d`` for its millimetres."""

    width: float
    height: float
    places: Sequence[Place]
    title: str
    steps: Sequence[str]
    bar: str


def gauges_pdf(gauges: Sequence[Gauge], title: str) -> bytes:
    """A PDF of them; the same ones give the same bytes."""
    for name in (_REGULAR, _STRONG):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(face_path(name))))
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    canvas.setTitle(title)
    canvas.setViewerPreference("PrintScaling", "None")
    for gauge in gauges:
        canvas.setPageSize((gauge.width, gauge.height))
        _Page(canvas, gauge).draw()
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


class _Page:
    def __init__(self, canvas: Canvas, gauge: Gauge) -> None:
        self.canvas = canvas
        self.gauge = gauge
        # What words may not touch: the sides of places, and what stands on the page already.
        self.taken = [side for place in gauge.places for side in _sides(place.box)]

    def draw(self) -> None:
        self._crosses()
        self._rulers()
        self._places()
        self._bar()
        self._words()

    def _crosses(self) -> None:
        width, height, away = self.gauge.width, self.gauge.height, CROSS_MM * MM
        for x in (away, width - away):
            for y in (away, height - away):
                self.canvas.setLineWidth(0.3)
                self.canvas.line(x - _ARM, y, x + _ARM, y)
                self.canvas.line(x, y - _ARM, x, y + _ARM)
                self.taken.append(Box(x - _ARM, y - _ARM, x + _ARM, y + _ARM))

    def _rulers(self) -> None:
        """Along the left and upper edges, in millimetres from the page's corner."""
        width, height = self.gauge.width, self.gauge.height
        self.canvas.setLineWidth(0.2)
        self.taken += [Box(0, 0, _TICKS[10], height), Box(0, height - _TICKS[10], width, height)]
        for mm in range(_FIRST_TICK, math.ceil(width / MM)):
            x, tick = mm * MM, _tick(mm)
            self.canvas.line(x, height, x, height - tick)
            if mm % 10 == 0:
                half = self._width(f"{mm // 10}") / 2
                self._number(mm // 10, x - half, height - tick - _SMALL)
        for mm in range(_FIRST_TICK, math.ceil(height / MM)):
            y, tick = height - mm * MM, _tick(mm)
            self.canvas.line(0, y, tick, y)
            if mm % 10 == 0:
                self._number(mm // 10, tick + 0.4 * MM, y - _SMALL * 0.35)

    def _number(self, number: int, x: float, y: float) -> None:
        """A number of a ruler, where nothing of the template is in its way."""
        box = Box(x, y, x + self._width(f"{number}"), y + _SMALL * 0.7)
        if not _hits(box, self.taken[:-2]) and box.within(Box(0, 0, self.gauge.width, self.gauge.height)):
            self._say(f"{number}", x, y, _SMALL)
            self.taken.append(box)

    def _places(self) -> None:
        for place in self.gauge.places:
            left, bottom, right, top = place.box
            self.canvas.saveState()
            self.canvas.setDash(2, 1.5)
            self.canvas.setLineWidth(0.4)
            self.canvas.setStrokeGray(0.4)
            self.canvas.rect(left, bottom, right - left, top - bottom)
            self.canvas.restoreState()
        for place in self.gauge.places:
            told = self._told(place)
            width = self._width(told)
            box = self._free(_beside(place.box, width, _SMALL * _LEADING))
            self._clear(box)
            self._say(told, box.left, box.bottom + _SMALL * 0.3, _SMALL)

    def _told(self, place: Place) -> str:
        """``qr  x 68.0  y 206.0``, in the letters that the face has."""
        face = load_face(_REGULAR, Path())
        name = "".join(char for char in place.name if char in face.glyphs)
        return f"{name}  x {place.box.left / MM:.1f}  y {(self.gauge.height - place.box.top) / MM:.1f}"

    def _bar(self) -> None:
        most = self.gauge.width / MM - 2 * CROSS_MM
        length = next((one for one in BARS_MM if one <= most), BARS_MM[-1])
        told = self.gauge.bar % length
        width, height = length * MM, _TEXT * _LEADING + 4 * MM
        box = self._free(self._anywhere(max(width, self._width(told, _TEXT)), height))
        self._clear(box)
        level = box.bottom + 1.5 * MM
        self.canvas.setLineWidth(0.6)
        self.canvas.line(box.left, level, box.left + width, level)
        for end in (box.left, box.left + width):
            self.canvas.line(end, level - 1.5 * MM, end, level + 1.5 * MM)
        self._say(told, box.left, box.bottom + 4 * MM, _TEXT)

    def _words(self) -> None:
        blocks = [self._block(width * MM) for width in _WIDTHS_MM if (width + 2 * CROSS_MM) * MM < self.gauge.width]
        boxes = [self._anywhere(width, height) for width, height, _ in blocks]
        box = self._free(box for some in boxes for box in some)
        lines = next((lines for width, _, lines in blocks if abs(width - (box.right - box.left)) < 0.1), [])
        self._clear(box)
        y = box.top
        for place, line in enumerate(lines):
            size = _TEXT if place else _TITLE
            y -= size * _LEADING
            self._say(line, box.left, y + size * 0.25, size, _REGULAR if place else _STRONG)

    def _block(self, width: float) -> tuple[float, float, list[str]]:
        """The title and the steps in lines of ``width`` at most: as wide, how high, and the lines."""
        lines = [self.gauge.title]
        for step in self.gauge.steps:
            lines += simpleSplit(step, _REGULAR, _TEXT, width)
        return width, (_TITLE + _TEXT * (len(lines) - 1)) * _LEADING, lines

    def _anywhere(self, width: float, height: float) -> Iterator[Box]:
        """Boxes of that size all over the page, those nearest to its middle first."""
        middle = (self.gauge.width - width) / 2, (self.gauge.height - height) / 2
        reach = [range(-int(part / _STEP), int(part / _STEP) + 1) for part in middle]
        spots = [(x, y) for x in reach[0] for y in reach[1]]
        for x, y in sorted(spots, key=lambda spot: (abs(spot[0]) + abs(spot[1]), spot)):
            left, bottom = middle[0] + x * _STEP, middle[1] + y * _STEP
            yield Box(left, bottom, left + width, bottom + height)

    def _free(self, boxes: Iterable[Box]) -> Box:
        """The first box that touches nothing; the one that touches least where none is free."""
        page = Box(0, 0, self.gauge.width, self.gauge.height)
        least: tuple[int, Box] | None = None
        for box in boxes:
            hits = _hits(box.grown(_AIR), self.taken) if box.grown(_AIR).within(page) else len(self.taken)
            if least is None or hits < least[0]:
                least = hits, box
            if not hits:
                break
        return least[1] if least else Box(CROSS_MM * MM, CROSS_MM * MM, CROSS_MM * MM, CROSS_MM * MM)

    def _clear(self, box: Box) -> None:
        """Takes ``box``, white."""
        self.taken.append(box)
        self.canvas.setFillGray(1)
        self.canvas.rect(box.left, box.bottom, box.right - box.left, box.top - box.bottom, stroke=0, fill=1)

    def _say(self, text: str, x: float, y: float, size: float, face: str = _REGULAR) -> None:
        self.canvas.setFillGray(0)
        self.canvas.setFont(face, size)
        self.canvas.drawString(x, y, text)

    @staticmethod
    def _width(text: str, size: float = _SMALL) -> float:
        return float(pdfmetrics.stringWidth(text, _REGULAR, size))


def _tick(mm: int) -> float:
    return next(length for step, length in reversed(_TICKS.items()) if mm % step == 0)


def _sides(box: Box) -> list[Box]:
    left, bottom, right, top = box
    return [
        Box(left, bottom, right, bottom + 0.4),
        Box(left, top - 0.4, right, top),
        Box(left, bottom, left + 0.4, top),
        Box(right - 0.4, bottom, right, top),
    ]


def _hits(box: Box, taken: Iterable[Box]) -> int:
    return sum(box.meets(one) for one in taken)


def _beside(place: Box, width: float, height: float) -> Iterator[Box]:
    """Where the name of a place may stand: in its upper left corner or beneath that, then around it."""
    left, bottom, right, top = place
    rows = range(max(1, int((top - bottom) / height)))
    for inside in (left + 1.2 * MM, left + _TICKS[10] + 3 * MM):
        for row in rows:
            level = top - 1.2 * MM - row * height
            if inside + width < right:
                yield Box(inside, level - height, inside + width, level)
    for x in (left, right - width):
        yield Box(x, top + 1 * MM, x + width, top + 1 * MM + height)
        yield Box(x, bottom - 1 * MM - height, x + width, bottom - 1 * MM)
    for row in rows:
        level = top - row * height
        yield Box(right + 1 * MM, level - height, right + 1 * MM + width, level)
        yield Box(left - 1 * MM - width, level - height, left - 1 * MM, level)
