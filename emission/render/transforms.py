"""SVG's ``transform``: a list of steps → one matrix (SVG 1.1, 7.6)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

# As PDF has them: a b c d e f, of x' = a x + c y + e and y' = b x + d y + f.
Transform = tuple[float, float, float, float, float, float]

STILL: Transform = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_STEP = re.compile(r"\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)\s*,?")
_BREAK = re.compile(r"[\s,]+")


def then(outer: Transform, inner: Transform) -> Transform:
    """``inner`` within ``outer``."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f


def read_transform(written: str) -> Transform:
    """The matrix of a ``transform`` attribute.

    Raises:
        ValueError: it is none.
    """
    found, at = STILL, 0
    while at < len(written.rstrip()):
        step = _STEP.match(written, at)
        if step is None:
            raise ValueError(written)
        numbers = [float(part) for part in _BREAK.split(step[2].strip()) if part]
        found, at = then(found, _STEPS[step[1]](numbers)), step.end()
    if not all(map(math.isfinite, found)):
        raise ValueError(written)
    return found


def _matrix(numbers: list[float]) -> Transform:
    a, b, c, d, e, f = numbers
    return a, b, c, d, e, f


def _translate(numbers: list[float]) -> Transform:
    x, y = numbers if len(numbers) > 1 else (*numbers, 0.0)
    return 1.0, 0.0, 0.0, 1.0, x, y


def _scale(numbers: list[float]) -> Transform:
    x, y = numbers if len(numbers) > 1 else numbers * 2
    return x, 0.0, 0.0, y, 0.0, 0.0


def _rotate(numbers: list[float]) -> Transform:
    angle, x, y = numbers if len(numbers) > 1 else (*numbers, 0.0, 0.0)
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    turned = then((1.0, 0.0, 0.0, 1.0, x, y), (cosine, sine, -sine, cosine, 0.0, 0.0))
    return then(turned, (1.0, 0.0, 0.0, 1.0, -x, -y))


def _skew_x(numbers: list[float]) -> Transform:
    (angle,) = numbers
    return 1.0, 0.0, math.tan(math.radians(angle)), 1.0, 0.0, 0.0


def _skew_y(numbers: list[float]) -> Transform:
    (angle,) = numbers
    return 1.0, math.tan(math.radians(angle)), 0.0, 1.0, 0.0, 0.0


_STEPS: dict[str, Callable[[list[float]], Transform]] = {
    "matrix": _matrix,
    "translate": _translate,
    "scale": _scale,
    "rotate": _rotate,
    "skewX": _skew_x,
    "skewY": _skew_y,
}
