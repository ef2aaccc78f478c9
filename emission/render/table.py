"""The detail: one row a line, hairlines not boxes, and a last row that adds up.

A table with more lines than its height carries becomes denser, down to its ``least`` row; beyond
that the voucher is refused before anyone is asked for an operation.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import msgspec

from emission.render.faces import Face
from emission.render.fields import Values
from emission.render.fitting import fit, natural
from emission.render.items import Panel, Stroke, Tag
from emission.render.layout import Sheet
from emission.render.nodes import Source, Style, Text

NONE = Source("")
_LABEL = 7.5  # pt, column titles
_AIR = 3.0  # pt on both sides of a cell's words


class Column(msgspec.Struct, frozen=True, eq=False):
    """One column: ``x`` and ``width`` in points; ``cell`` is what a row says in it, ``foot`` the last row.

    ``carry``: what stands in the line between two pages after that row.
    """

    title: str
    x: float
    width: float
    align: str
    cell: Source
    foot: Source
    lines: int
    carry: Source = NONE


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
        return self._whole(sheet, values, (left, top), self._pitch(sheet, records))

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

    def _pitch(self, sheet: Sheet, records: Sequence[Values]) -> tuple[float, list[float]]:
        """The height of a plain row, and of each row, so that all of them find room; no heights where they do not."""
        room = self._room
        pitch = min(self.row, room / max(1, len(records)))
        heights = self._heights(records, pitch)
        while sum(heights) > room and pitch > self.least:
            # Words that are too long at one size may not be at the next.
            sheet.page.alone |= self._wraps
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
            self._row(sheet, record, [column.cell for column in self.columns], (left, at), pitch)
            at += height
        return at

    def _without_rows(self, sheet: Sheet, values: Values, left: float, top: float) -> float:
        """A list of nothing: the words for that between titles and last row, or no table at all."""
        if not self.empty.text(values):
            return 0.0
        at = self._titles(sheet, left, top)
        self._row(sheet, values, [NONE] * len(self.columns), (left, at), self.row, across=(self.empty, values))
        end = self._foot(sheet, values, left, at + self.row + 1)
        sheet.close()
        return end - top

    def _heights(self, records: Sequence[Values], pitch: float) -> list[float]:
        size = _size(self.size, pitch)
        wrapping = [column for column in self.columns if column.lines > 1]
        heights = []
        for record in records:
            lines = 1
            for column in wrapping:
                text, width = column.cell.text(record), column.width - 2 * _AIR
                if natural(self.face, text, width, size) is None:
                    fitted = fit(self.face, text, width, size, column.lines)
                    lines = max(lines, len(fitted[1]) if fitted else 1)
            heights.append(pitch + (lines - 1) * size * 1.1)
        return heights

    @property
    def _wraps(self) -> bool:
        """Whether words may make a row higher."""
        return any(column.lines > 1 for column in self.columns)

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
                    # A title goes on beyond its column where it is longer.
                    box, shape = _title(column, self.face, self.role), self.face.shape(column.title)
                    sheet.say(box.line(shape, _LABEL, left, sheet.height - top - self.row * 0.6))
                sheet.tag("TH", first)
            sheet.close()
        self._line(sheet, left, top + self.row, 0.6, "black")
        return top + self.row + 0.5

    def _row(
        self,
        sheet: Sheet,
        values: Values,
        sources: Sequence[Source],
        place: tuple[float, float],
        pitch: float,
        *,
        face: Face | None = None,
        across: tuple[Source, Values] = (NONE, ()),
    ) -> None:
        """One row, of a cell for each column; words ``across`` all, of values of theirs, belong to the first."""
        face, size, cell = face or self.face, _size(self.size, pitch), "TD" if self._titled else ""
        left, top = place
        page, first = sheet.page, sheet.next
        sheet.open("TR" if cell else "P")
        words, known = across
        if words.text(known):
            box = _across(words, self.face, self.size, self.width, self.role)
            box.lines(sheet, known, left, top + self.row / 2 + self.size * 0.33)
        for column, source in zip(self.columns, sources, strict=True):
            if source.text(values):
                _cell(column, source, face, size, self.role).lines(sheet, values, left, top + pitch / 2 + size * 0.33)
            if cell:
                page.tags.append(Tag(cell, first, len(page.items)))
                first = len(page.items)
        if not cell:
            sheet.tag("", first)
        sheet.close()

    def _foot(self, sheet: Sheet, values: Values, left: float, at: float) -> float:
        feet = [column.foot for column in self.columns]
        if not any(foot.text(values) for foot in feet):
            return at
        self._line(sheet, left, at, 0.6, "black")
        self._row(sheet, values, feet, (left, at + 1), self.row, face=self.strong)
        return at + self.row + 1

    def _line(self, sheet: Sheet, left: float, at: float, weight: float, ink: str) -> None:
        level = sheet.height - at
        sheet.add(Stroke(left, level, left + self.width, level, weight, ink))


@functools.lru_cache(maxsize=256)
def _size(usual: float, pitch: float) -> float:
    """The size of words in a row that is ``pitch`` high (points)."""
    return min(usual, round(pitch * 0.74, 2))


# Each cell of a column is the same box, and asks for it by who they are.


@functools.lru_cache(maxsize=4096)
def _cell(column: Column, source: Source, face: Face, size: float, role: str) -> Text:
    """The box of a cell; its baseline is where it is drawn."""
    style = Style(face, size, size * 1.1, column.align, lines=column.lines, role=role)
    return Text(source, style, column.x + _AIR, 0.0, column.width - 2 * _AIR)


@functools.lru_cache(maxsize=256)
def _title(column: Column, face: Face, role: str) -> Text:
    """The box of a column's title."""
    style = Style(face, _LABEL, _LABEL, column.align, "grey", role=role)
    return Text(Source(column.title), style, column.x + _AIR, 0.0, column.width - 2 * _AIR)


@functools.lru_cache(maxsize=256)
def _across(source: Source, face: Face, size: float, width: float, role: str) -> Text:
    """The box of grey words over all columns."""
    return Text(source, Style(face, size, size, ink="grey", role=role), _AIR, 0.0, width - 2 * _AIR)
