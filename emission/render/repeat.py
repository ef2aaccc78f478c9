"""Stubs, due dates, instalments: the same elements once for each of a list."""

from __future__ import annotations

import msgspec

from emission.render.fields import Scope, Values
from emission.render.layout import Sheet
from emission.render.markup import Element
from emission.render.nodes import MM, Node


class Repeat(msgspec.Struct, frozen=True):
    """Children once for each record of ``scope``, (``across``, ``down``) points from the one before.

    More than ``most`` are refused. ``nested``: the list belongs to the obligation of the stack around it, and each
    record begins with that one's number.
    """

    scope: int
    nested: bool
    most: int
    x: float
    y: float
    across: float
    down: float
    role: str
    children: tuple[Node, ...]

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:  # noqa: ARG002 -- it has values of its own
        records = sheet.scopes[self.scope]
        if self.nested:
            turn = str(sheet.current)
            records = [record for record in records if record[0] == turn]
        if len(records) > self.most:
            sheet.fault("repeat-too-many", self.role, count=str(len(records)), most=str(self.most))
            return 0.0
        for place, record in enumerate(records):
            left, top = x + self.x + place * self.across, y + self.y + place * self.down
            for child in self.children:
                child.draw(sheet, record, left, top)
        return 0.0


def repeated(element: Element, scope: Scope, children: tuple[Node, ...]) -> Repeat:
    """The node of a ``repeat``.

    Raises:
        TemplateError: ``most`` is no whole number above 0, or there is no such direction.
    """
    most = element.whole("most")
    step = element.number("step") * MM
    down = element.choice("direction", ("down", "across"), "down") == "down"
    return Repeat(
        scope=scope.index,
        nested=scope.within is not None,
        most=most,
        x=element.number("x") * MM,
        y=element.number("y") * MM,
        across=0.0 if down else step,
        down=step if down else 0.0,
        role=element.attributes.get("role", ""),
        children=children,
    )
