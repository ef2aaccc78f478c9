"""Tables that go on over further pages: titles again, stripes as they were, the last row at the very end.

The first part is a table with a ``name`` and ``overflow="continue"``; what it has no room for is shown by
``<table rest="NAME">`` of a page with ``continues="NAME"``, which is repeated until all is shown.
"""

from __future__ import annotations

import msgspec

from emission.render.fields import Scope, Values
from emission.render.layout import Sheet
from emission.render.markup import Element
from emission.render.nodes import Source
from emission.render.placing import unconditional
from emission.render.table import NONE, Table

_ROWS = ("each", "row")  # what a table cannot do without, though the rest of one has it from there


class LongTable(Table, frozen=True, kw_only=True):
    """A part of a table that may need several pages.

    ``name``: of the table as a whole; ``resumes``: whether this part shows the rest of it; ``carry`` and
    ``carried``: words beneath the last row of a page, and above the first one of the next.
    """

    name: str
    resumes: bool
    carry: Source
    carried: Source

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        records = sheet.scopes[self.scope]
        start = sheet.rest_from.get(self.name, -1) if self.resumes else 0
        if start < 0:
            return 0.0
        sheet.rest_to.pop(self.name, None)
        corner = x + self.x, y + self.y
        if not self.resumes:
            if not records:
                return self._without_rows(sheet, values, *corner)
            rows = self._pitch(sheet, records)
            if rows[1]:
                # Nothing is left over; rows may be as dense as those of any table.
                return self._whole(sheet, values, corner, rows)
        return self._part(sheet, values, corner, start)

    def _part(self, sheet: Sheet, values: Values, corner: tuple[float, float], start: int) -> float:
        """Draws the rows from ``start`` on that find room, and notes where the next page begins."""
        left, top = corner
        records = sheet.scopes[self.scope]
        heights = self._heights(records[start:], self.row)
        sheet.page.alone |= self._wraps
        at = self._titles(sheet, left, top)
        if start:
            at = self._between(sheet, values, self.carried, records[start - 1], left, at)
        count, last = self._share(heights, top + self.height - at, values)
        if not count:
            sheet.rest_to[self.name] = start
            sheet.fault("too-many-lines", self.role, lines=str(len(records)), most=str(start))
            return self.height
        end = start + count
        at = self._rows(sheet, records[start:end], heights[:count], (left, at), self.row, start)
        if last:
            at = self._foot(sheet, values, left, at + 1)
        else:
            sheet.rest_to[self.name] = end
            at = self._between(sheet, values, self.carry, records[end - 1], left, at)
        sheet.close()
        return at - top

    def _share(self, heights: list[float], room: float, values: Values) -> tuple[int, bool]:
        """How many rows stand on this page, and whether they are the last. The last row of all is never alone."""
        foot = self.row + 2 if any(column.foot.text(values) for column in self.columns) else 0.0
        if _fitting(heights, room - foot) == len(heights):
            return len(heights), True
        line = self.row if self.carry.text(values) or self._carries else 0.0
        return min(_fitting(heights, room - line), len(heights) - 1), False

    @property
    def _carries(self) -> bool:
        return any(column.carry != NONE for column in self.columns)

    def _between(self, sheet: Sheet, values: Values, words: Source, record: Values, left: float, at: float) -> float:
        """The line between two pages, with what columns carry after ``record``; where it ends."""
        if not words.text(values) and not self._carries:
            return at
        carried = [column.carry for column in self.columns]
        self._row(sheet, record, carried, (left, at), self.row, across=(words, values))
        return at + self.row


def _fitting(heights: list[float], room: float) -> int:
    count, used = 0, 0.0
    for height in heights:
        used += height
        if used > room + 0.01:
            break
        count += 1
    return count


def continued(table: Table, element: Element, carry: Source, carried: Source) -> Table:
    """The table as its element wants it: one that goes on, the rest of one, or as it is."""
    name = element.attributes.get("rest") or element.attributes.get("name", "")
    goes_on = element.choice("overflow", ("refuse", "continue"), "refuse") == "continue"
    if not goes_on:
        return table
    return LongTable(
        **msgspec.structs.asdict(table),
        name=name,
        resumes="rest" in element.attributes,
        carry=carry,
        carried=carried,
    )


def carried_in(column: Element, scope: Scope) -> Source:
    """What a column carries from one page to the next."""
    written = column.attributes.get("carry", "").strip()
    return Source(None, scope.field(written, column)) if written else NONE


def whole_table(element: Element, root: Element) -> Element:
    """The table with rows and columns: for the rest of one, those of the table that it goes on with.

    Raises:
        TemplateError: it has no rows, goes on nowhere, or is the rest of no table.
    """
    rest = element.attributes.get("rest")
    if rest is not None:
        return _merged(element, _named(element, "rest", rest, root))
    for name in _ROWS:
        if name not in element.attributes:
            element.fail("template-attribute-missing", attribute=name)
    if element.attributes.get("overflow") == "continue":
        name = element.attributes.get("name", "")
        if not name:
            element.fail("template-attribute-missing", attribute="name")
        if not any(page.attributes.get("continues") == name for page in root.children):
            element.fail("template-rest", name=name)
    return element


def rest_of(page: Element, root: Element) -> str:
    """The name of the table that ``page`` goes on with; empty where it is no such page.

    Raises:
        TemplateError: there is no such table before it, or nothing on the page shows the rest.
    """
    name = page.attributes.get("continues", "no")
    if name in {"yes", "no"}:
        return ""
    _named(page, "continues", name, root)
    if not any(one.name == "table" and one.attributes.get("rest") == name for one in unconditional(page)):
        page.fail("template-rest-table", name=name)
    return name


def _named(element: Element, attribute: str, name: str, root: Element) -> Element:
    tables = {
        one.attributes["name"]: one
        for one in root.walk()
        if one.name == "table" and one.attributes.get("overflow") == "continue" and one.attributes.get("name")
    }
    if name not in tables:
        expected = " | ".join(["yes", "no", *tables] if attribute == "continues" else tables) or "<table name=…>"
        element.fail("template-value", attribute=attribute, value=name, expected=expected)
    return tables[name]


def _merged(element: Element, first: Element) -> Element:
    """The rest's own place and looks; all else as the first part has it."""
    inherited = {name: value for name, value in first.attributes.items() if name not in {"x", "y"}}
    merged = Element(element.name, inherited | element.attributes, element.spot)
    merged.children, merged.parent = first.children, element.parent
    return merged
