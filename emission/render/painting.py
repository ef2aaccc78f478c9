"""Marks one upon the other as a content stream (ISO 32000-1, 8 and 9): inks are set where they change.

Words stand for themselves, each line in a text object of its own. Lines that share one and say only how far they are
from each other made files of 16.7 KB smaller by a hundred bytes, and took a fifth of a millisecond more.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from emission.render.inks import Inks
from emission.render.items import Mark


class Pen:
    """Writes marks; ``parts`` is what it wrote so far."""

    def __init__(self, inks: Inks) -> None:
        self.parts: list[str] = []
        self._inks = inks
        self._fill = self._stroke = ""

    def paint(self, marks: Iterable[Mark], before: Iterable[str] = itertools.repeat("")) -> None:
        """Writes ``marks``, and what stands ``before`` each of them."""
        parts, fill = self.parts, self._fill
        for begin, mark in zip(before, marks, strict=False):
            if begin:
                parts.append(begin)
            ink = mark.ink
            if mark.strokes:
                self._draw_lines_in(ink)
            elif ink != fill and ink:
                fill = ink
                parts.append(self._inks[ink].fill)
            parts.append(mark.operators)
        self._fill = fill

    def _draw_lines_in(self, ink: str) -> None:
        if ink != self._stroke:
            self._stroke = ink
            self.parts.append(self._inks[ink].stroke)


def content(marks: Iterable[Mark], inks: Inks) -> bytes:
    """A content stream of ``marks``."""
    return painted(marks, inks).encode("latin-1")


def painted(marks: Iterable[Mark], inks: Inks) -> str:
    """The same as it is put together."""
    pen = Pen(inks)
    pen.paint(marks)
    return "".join(pen.parts)
