"""A rectangle of the page, sides parallel to it."""

from __future__ import annotations

from typing import NamedTuple

# Two that touch do not meet: places are rounded to hundredths of a point when they are written.
_TOUCH = 0.02


class Box(NamedTuple):
    """Its sides in points from the page's lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box) -> bool:
        """Whether the two have an area in common."""
        return (
            self.left < other.right - _TOUCH
            and other.left < self.right - _TOUCH
            and self.bottom < other.top - _TOUCH
            and other.bottom < self.top - _TOUCH
        )

    def within(self, other: Box) -> bool:
        """Whether no part of it stands outside of ``other``."""
        return (
            self.left > other.left - _TOUCH
            and self.right < other.right + _TOUCH
            and self.bottom > other.bottom - _TOUCH
            and self.top < other.top + _TOUCH
        )

    def grown(self, by: float) -> Box:
        """The box with ``by`` points more on every side."""
        return Box(self.left - by, self.bottom - by, self.right + by, self.top + by)
