"""Marks one upon the other as a content stream (ISO 32000-1, 8 and 9): what they need is set where it changes.

Words that follow each other share a text object, and say how far they are from those before.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from emission.render.inks import Inks
from emission.render.items import Mark, Shown
from emission.render.operators import in_font, move


class Pen:
    """Writes marks; ``parts`` is what it wrote so far."""

    def __init__(self, inks: Inks) -> None:
        self.parts: list[str] = []
        self._inks = inks
        self._fill = self._stroke = self._font = ""
        # Where the last words were held, within a text object.
        self._at: tuple[int, int] | None = None

    def paint(self, marks: Iterable[Mark], before: Iterable[str] = itertools.repeat("")) -> None:
        """Writes ``marks``, and what stands ``before`` each of them."""
        for begin, mark in zip(before, marks, strict=False):
            if begin:
                self._end_text()
                self.parts.append(begin)
            if isinstance(mark, Shown):
                self._show(mark)
            else:
                self._end_text()
                self._set(mark)
                self.parts.append(mark.operators)
        self._end_text()

    def _set(self, mark: Mark) -> None:
        """Sets the mark's ink."""
        ink = mark.ink
        if mark.strokes:
            if ink != self._stroke:
                self._stroke = ink
                self.parts.append(self._inks[ink].stroke)
        elif ink not in ("", self._fill):
            self._fill = ink
            self.parts.append(self._inks[ink].fill)

    def _show(self, mark: Shown) -> None:
        self._set(mark)
        if self._at is None:
            self._at = 0, 0
            self.parts.append("BT\n")
        font = in_font(mark.face, mark.size)
        if font != self._font:
            self._font = font
            self.parts.append(f"{font} ")
        x, y = self._at
        self._at = mark.x, mark.y
        self.parts.append(f"{move(mark.x - x, mark.y - y)}{mark.operators}\n")

    def _end_text(self) -> None:
        if self._at is not None:
            self._at = None
            self.parts.append("ET\n")


def content(marks: Iterable[Mark], inks: Inks) -> bytes:
    """A content stream of ``marks``."""
    return painted(marks, inks).encode("latin-1")


def painted(marks: Iterable[Mark], inks: Inks) -> str:
    """The same as it is put together."""
    pen = Pen(inks)
    pen.paint(marks)
    return "".join(pen.parts)
