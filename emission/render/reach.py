"""How far the ink of an item reaches over the page."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping

from emission.render.box import Box
from emission.render.faces import Face
from emission.render.items import (
    Bars,
    CutLine,
    Drawing,
    Item,
    Matrix,
    OnScreen,
    Panel,
    Picture,
    Ready,
    RoundPanel,
    Slogan,
    Stroke,
    TurnedWords,
    Words,
)

_PART = re.compile(r"[-.0-9]+|[a-zA-Z]")


def reach(item: Item, faces: Mapping[str, Face]) -> Box:
    """The smallest box around the item's ink; words by the heights of their own glyphs."""
    if type(item) is Ready:
        return item.reach
    if type(item) is OnScreen:
        return reach(item.item, faces)
    if isinstance(item, TurnedWords):
        return _turned(item, faces[item.face])
    if isinstance(item, Words):
        lowest, highest = faces[item.face].span(item.shape.text)
        width = item.shape.width * item.size / 1000
        return Box(item.x, item.y + lowest * item.size / 1000, item.x + width, item.y + highest * item.size / 1000)
    return _REACHES[type(item)](item)


def _turned(item: TurnedWords, face: Face) -> Box:
    low, high = (part * item.size / 1000 for part in face.span(item.shape.text))
    width = item.shape.width * item.size / 1000
    corners = [
        (item.x + along * item.cosine - up * item.sine, item.y + along * item.sine + up * item.cosine)
        for along in (0.0, width)
        for up in (low, high)
    ]
    xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _stroke(item: Stroke) -> Box:
    """Ends are butt ends (ISO 32000-1, 8.4.3.3): half the weight stands beside the line alone."""
    along, across = abs(item.to_x - item.x), abs(item.to_y - item.y)
    half_x, half_y = (item.weight / 2 if along < across else 0.0), (item.weight / 2 if across <= along else 0.0)
    left, right = sorted((item.x, item.to_x))
    bottom, top = sorted((item.y, item.to_y))
    return Box(left - half_x, bottom - half_y, right + half_x, top + half_y)


def _area(item: Panel | Picture) -> Box:
    return Box(item.x, item.y, item.x + item.width, item.y + item.height)


def _bars(item: Bars) -> Box:
    return Box(item.x, item.y, item.x + sum(item.symbol.widths) * item.unit, item.y + item.height)


def _matrix(item: Matrix) -> Box:
    side = item.symbol.size * item.module
    return Box(item.x, item.y, item.x + side, item.y + side)


def _drawing(item: Drawing) -> Box:
    left, bottom, right, top = _figure(item.path)
    return Box(item.x + left, item.y + bottom, item.x + right, item.y + top)


@functools.lru_cache(maxsize=64)
def _figure(path: str) -> Box:
    """The box around a figure's points and control points, with half its weight."""
    numbers: list[float] = []
    xs: list[float] = []
    ys: list[float] = []
    half = 0.5
    for part in _PART.findall(path):
        if not part.isalpha():
            numbers.append(float(part))
            continue
        if part == "w":
            half = numbers[0] / 2
        elif part != "J":
            xs += numbers[::2]
            ys += numbers[1::2]
        numbers = []
    return Box(min(xs) - half, min(ys) - half, max(xs) + half, max(ys) + half)


def _beneath(item: Slogan) -> Box:
    """The banner lies beneath everything; codes stand on a white of their own."""
    return Box(item.x, item.y, item.x, item.y)


_REACHES: dict[type, Callable[..., Box]] = {
    Stroke: _stroke,
    CutLine: _stroke,
    Panel: _area,
    RoundPanel: _area,
    Picture: _area,
    Bars: _bars,
    Matrix: _matrix,
    Drawing: _drawing,
    Slogan: _beneath,
}
