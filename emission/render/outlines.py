"""SVG's shapes → path operators of PDF, in the shape's own coordinates (SVG 1.1, 8 and 9)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from fontTools.svgLib.path import parse_path

MOST_SEGMENTS = 100_000

_Point = tuple[float, float]
_LENGTH = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(px|pt|pc|mm|cm|in|)")
_PIXELS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_DATA = re.compile(r"[MmZzLlHhVvCcSsQqTtAaEe0-9+\-.,\s]*")
_BREAK = re.compile(r"[\s,]+")


class TooManySegments(Exception):  # noqa: N818 -- what it says of a drawing, not of the program
    """The drawing has more than :data:`MOST_SEGMENTS`."""


def number(value: float) -> str:
    """A number as PDF writes it: six digits, never an exponent."""
    text = f"{value:.6g}"
    return f"{value:.8f}" if "e" in text else text


def length(written: str) -> float:
    """A length in pixels of CSS, of which an inch has 96.

    Raises:
        ValueError: no length, or one that is relative to something.
    """
    found = _LENGTH.fullmatch(written.strip())
    if found is None:
        raise ValueError(written)
    return finite(float(found[1]) * _PIXELS[found[2]])


def finite(value: float) -> float:
    """The value itself.

    Raises:
        ValueError: it is none that a PDF can say.
    """
    if not abs(value) < 1e9:
        raise ValueError(str(value))
    return value


class Pen:
    """What ``fontTools`` draws a path with; ``segments`` counts over all paths of a drawing."""

    def __init__(self) -> None:
        self.segments = 0
        self._parts: list[str] = []
        self._at: _Point = (0.0, 0.0)

    def path(self, data: str) -> str:
        """The operators of path ``data``, without what paints them.

        Raises:
            ValueError: it is no path.
            TooManySegments: the limit is passed.
        """
        if _DATA.fullmatch(data) is None:
            raise ValueError(data)
        self._parts = []
        try:
            parse_path(_BREAK.sub(" ", data), self)
        except (IndexError, ZeroDivisionError) as error:
            raise ValueError(data) from error
        return "".join(self._parts)

    def moveTo(self, point: _Point) -> None:  # noqa: N802 -- fontTools' own name, as below
        self._add("m", point)

    def lineTo(self, point: _Point) -> None:  # noqa: N802
        self._add("l", point)

    def curveTo(self, first: _Point, second: _Point, end: _Point) -> None:  # noqa: N802
        self._add("c", first, second, end)

    def qCurveTo(self, control: _Point, end: _Point) -> None:  # noqa: N802
        first, second = (
            (near[0] + (control[0] - near[0]) * 2 / 3, near[1] + (control[1] - near[1]) * 2 / 3)
            for near in (self._at, end)
        )
        self._add("c", first, second, end)

    def closePath(self) -> None:  # noqa: N802
        self._parts.append("h\n")

    def endPath(self) -> None:  # noqa: N802
        """An open path needs no word for it."""

    def _add(self, operator: str, *points: _Point) -> None:
        self.segments += 1
        if self.segments > MOST_SEGMENTS:
            raise TooManySegments
        numbers = " ".join(number(finite(value)) for point in points for value in point)
        self._parts.append(f"{numbers} {operator}\n")
        self._at = points[-1]


def outline(name: str, attributes: Mapping[str, str]) -> str:
    """The path data of a shape; empty where it shows nothing.

    Raises:
        ValueError: an attribute's value cannot be.
    """
    return _OUTLINES[name](attributes)


def _lengths(attributes: Mapping[str, str], names: str) -> list[float]:
    return [length(attributes.get(name, "0")) for name in names.split()]


def _path(attributes: Mapping[str, str]) -> str:
    return attributes.get("d", "").strip()


def _rect(attributes: Mapping[str, str]) -> str:
    x, y, width, height = _lengths(attributes, "x y width height")
    if width <= 0 or height <= 0:
        return ""
    round_x, round_y = _radii(attributes)
    a, b = min(round_x, width / 2), min(round_y, height / 2)
    if not (a > 0 and b > 0):
        return f"M{x} {y}h{width}v{height}h{-width}Z"
    corner = f"a{a} {b} 0 0 1"
    across, down = width - 2 * a, height - 2 * b
    return (
        f"M{x + a} {y}h{across}{corner} {a} {b}v{down}{corner} {-a} {b}"
        f"h{-across}{corner} {-a} {-b}v{-down}{corner} {a} {-b}Z"
    )


def _radii(attributes: Mapping[str, str]) -> tuple[float, float]:
    """One that is not said is as the other."""
    said = [attributes.get(name, "auto") for name in ("rx", "ry")]
    across, down = (None if one == "auto" else length(one) for one in said)
    return across if across is not None else down or 0.0, down if down is not None else across or 0.0


def _circle(attributes: Mapping[str, str]) -> str:
    return _ellipse({**attributes, "rx": attributes.get("r", "0"), "ry": attributes.get("r", "0")})


def _ellipse(attributes: Mapping[str, str]) -> str:
    x, y = _lengths(attributes, "cx cy")
    a, b = _radii(attributes)
    if a <= 0 or b <= 0:
        return ""
    half = f"a{a} {b} 0 1 1"
    return f"M{x - a} {y}{half} {2 * a} 0{half} {-2 * a} 0Z"


def _line(attributes: Mapping[str, str]) -> str:
    return "M{} {}L{} {}".format(*_lengths(attributes, "x1 y1 x2 y2"))


def _polyline(attributes: Mapping[str, str]) -> str:
    numbers = [float(part) for part in _BREAK.split(attributes.get("points", "").strip()) if part]
    if len(numbers) % 2 or not all(map(math.isfinite, numbers)):
        raise ValueError(attributes["points"])
    return "M" + " ".join(map(str, numbers)) if numbers else ""


def _polygon(attributes: Mapping[str, str]) -> str:
    points = _polyline(attributes)
    return f"{points}Z" if points else ""


_OUTLINES: dict[str, Callable[[Mapping[str, str]], str]] = {
    "path": _path,
    "rect": _rect,
    "circle": _circle,
    "ellipse": _ellipse,
    "line": _line,
    "polyline": _polyline,
    "polygon": _polygon,
}
SHAPES = frozenset(_OUTLINES)
