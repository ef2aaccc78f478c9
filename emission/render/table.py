"""The detail: one row a line, hairlines not boxes, and a last row that adds up.

A table with more lines than its height carries becomes denser, down to its ``least`` row; beyond
that the voucher is refused before anyone is asked for an operation.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import msgspec

from emission.render.faces import Face, Shape
from emission.render.fields import Values
from emission.render.fitting import fit, natural
from emission.render.items import Panel, Stroke, Tag
from emission.render.layout import Sheet
from emission.render.nodes import Source

NONE = Source("")
_LABEL = 7.5  # pt, column titles
_AIR = 3.0  # pt on both sides of a cell's words
_SURELY_ONE_LINE = 20  # characters


class Column(msgspec.Struct, frozen=True):
    """One column: ``x`` and ``width`` in points; ``index`` of its cell in the record of a row.

    ``carry``: of what stands in the line between two pages after that row; -1 where nothing does.
    """

    title: str
    x: float
    width: float
    align: str
    index: int
    foot: Source
    lines: int
    carry: int = -1


class Table(msgspec.Struct, frozen=True):
    """Rows of ``scope``; ``row`` and ``least`` are the usual and the smallest height of one, ``height`` of all."""

    scope: int
    columns: tuple[Column, ...]
    face: Face
    strong: Face
    size: float
    x: float
    y: float
    width: float
    height: float
    row: float
    least: float
    zebra: bool
    role: str
    empty: Source = NONE

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        left, top = x + self.x, y + self.y
        records = sheet.scopes[self.scope]
        if not records:
            return self._without_rows(sheet, values, left, top)
        return self._whole(sheet, values, (left, top), self._pitch(records))

    def _whole(
        self, sheet: Sheet, values: Values, corner: tuple[float, float], rows: tuple[float, list[float]]
    ) -> float:
        """All rows from ``corner`` down, of that pitch and heights; its height."""
        records = sheet.scopes[self.scope]
        (left, top), (pitch, heights) = corner, rows
        if not heights:
            most = int(self._room / self.least)
            sheet.fault("too-many-lines", self.role, lines=str(len(records)), most=str(most))
            return self.height
        at = self._rows(sheet, records, heights, (left, self._titles(sheet, left, top)), pitch)
        end = self._foot(sheet, values, left, at + 1)
        sheet.close()
        return end - top

    @property
    def _room(self) -> float:
        """What titles and the last row leave of the height."""
        return self.height - 2 * self.row - 2

    def _pitch(self, records: Sequence[Values]) -> tuple[float, list[float]]:
        """The height of a plain row, and of each row, so that all of them find room; no heights where they do not."""
        room = self._room
        pitch = min(self.row, room / max(1, len(records)))
        heights = self._heights(records, pitch)
        while sum(heights) > room and pitch > self.least:
            pitch = max(self.least, pitch * 0.94)
            heights = self._heights(records, pitch)
        return pitch, [] if sum(heights) > room + 0.01 or pitch < self.least else heights

    def _rows(
        self,
        sheet: Sheet,
        records: Sequence[Values],
        heights: Sequence[float],
        place: tuple[float, float],
        pitch: float,
        first: int = 0,
    ) -> float:
        """Draws rows from ``place`` down, of which the uppermost is ``first`` of the table; where they end."""
        left, at = place
        for number, (record, height) in enumerate(zip(records, heights, strict=True), first):
            if self.zebra and number % 2 == 0:
                bottom = sheet.height - at - height
                sheet.page.ground.append(Panel(left, bottom, self.width, height, "zebra"))
            self._row(sheet, [record[column.index] for column in self.columns], (left, at), pitch, self.face)
            at += height
        return at

    def _without_rows(self, sheet: Sheet, values: Values, left: float, top: float) -> float:
        """A list of nothing: the words for that between titles and last row, or no table at all."""
        words = self.empty.text(values)
        if not words:
            return 0.0
        at = self._titles(sheet, left, top)
        self._row(sheet, [""] * len(self.columns), (left, at), self.row, self.face, words)
        end = self._foot(sheet, values, left, at + self.row + 1)
        sheet.close()
        return end - top

    def _across(self, sheet: Sheet, words: str, left: float, at: float) -> None:
        """Grey words over all columns, in a row of their own."""
        size, lines = fit(self.face, words, self.width - 2 * _AIR, self.size, 1) or sheet.refuse(
            self.face, words, self.size, self.role
        )
        for line in lines:
            baseline = at + self.row / 2 + self.size * 0.33
            sheet.words(self.face, line, size, left + _AIR, baseline, "grey", self.role)

    def _heights(self, records: Sequence[Values], pitch: float) -> list[float]:
        size = _size(self.size, pitch)
        wrapping = [column for column in self.columns if column.lines > 1]
        heights = []
        for record in records:
            lines = 1
            for column in wrapping:
                text, width = record[column.index], column.width - 2 * _AIR
                if len(text) > _SURELY_ONE_LINE and natural(self.face, text, width, size) is None:
                    fitted = fit(self.face, text, width, size, column.lines)
                    lines = max(lines, len(fitted[1]) if fitted else 1)
            heights.append(pitch + (lines - 1) * size * 1.1)
        return heights

    @property
    def _titled(self) -> bool:
        """Whether it is a table to a screen reader too: cells without a title are lines of words."""
        return any(column.title for column in self.columns)

    def _titles(self, sheet: Sheet, left: float, top: float) -> float:
        """Begins the table, with the row of its titles."""
        sheet.open("Table" if self._titled else "Div")
        if self._titled:
            sheet.open("TR")
            for column in self.columns:
                first = sheet.next
                if column.title:
                    shape = self.face.shape(column.title)
                    at = left + _start(shape, column, _LABEL)
                    sheet.words(self.face, shape, _LABEL, at, top + self.row * 0.6, "grey", self.role, still=True)
                sheet.tag("TH", first)
            sheet.close()
        self._line(sheet, left, top + self.row, 0.6, "black")
        return top + self.row + 0.5

    def _row(
        self,
        sheet: Sheet,
        texts: Sequence[str],
        place: tuple[float, float],
        pitch: float,
        face: Face,
        across: str = "",
    ) -> None:
        """One row, of a cell for each column; words ``across`` all of them belong to the first."""
        full, cell, first = _size(self.size, pitch), "TD" if self._titled else "", sheet.next
        left, baseline = place[0], place[1] + pitch / 2 + full * 0.33
        page = sheet.page
        sheet.open("TR" if cell else "P")
        if across:
            self._across(sheet, across, *place)
        for column, text in zip(self.columns, texts, strict=True):
            if text:
                self._cell(sheet, column, text, (left, baseline), full, face)
            if cell:
                page.tags.append(Tag(cell, first, len(page.items)))
                first = len(page.items)
        if not cell:
            sheet.tag("", first)
        sheet.close()

    def _cell(
        self, sheet: Sheet, column: Column, text: str, place: tuple[float, float], full: float, face: Face
    ) -> None:
        left, baseline = place
        shape = natural(face, text, column.width - 2 * _AIR, full)
        if shape is not None:
            sheet.words(face, shape, full, left + _start(shape, column, full), baseline, "black", self.role)
            return
        size, lines = fit(face, text, column.width - 2 * _AIR, full, column.lines) or sheet.refuse(
            face, text, full, self.role
        )
        for line in lines:
            sheet.words(face, line, size, left + _start(line, column, size), baseline, "black", self.role)
            baseline += full * 1.1

    def _foot(self, sheet: Sheet, values: Values, left: float, at: float) -> float:
        texts = [column.foot.text(values) for column in self.columns]
        if not any(texts):
            return at
        self._line(sheet, left, at, 0.6, "black")
        self._row(sheet, texts, (left, at + 1), self.row, self.strong)
        return at + self.row + 1

    def _line(self, sheet: Sheet, left: float, at: float, weight: float, ink: str) -> None:
        level = sheet.height - at
        sheet.add(Stroke(left, level, left + self.width, level, weight, ink))


@functools.lru_cache(maxsize=256)
def _size(usual: float, pitch: float) -> float:
    """The size of words in a row that is ``pitch`` high (points)."""
    return min(usual, round(pitch * 0.74, 2))


def _start(shape: Shape, column: Column, size: float) -> float:
    """Where a text starts, from the table's left."""
    if column.align == "left":
        return column.x + _AIR
    spare = column.width - shape.width * size / 1000
    return column.x + (spare - _AIR if column.align == "right" else spare / 2)
