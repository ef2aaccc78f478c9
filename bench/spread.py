"""Many measurements of one thing, told honestly: the least, the middle one, the most."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec


class Spread(msgspec.Struct, frozen=True):
    """The least, the median and the greatest of several measurements."""

    min: float
    median: float
    max: float


def spread(values: Sequence[float]) -> Spread:
    """The spread of ``values``, of which there is at least one."""
    return Spread(round(min(values), 3), round(statistics.median(values), 3), round(max(values), 3))
