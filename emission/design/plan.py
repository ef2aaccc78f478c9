"""Where each element of a template stood while a page was drawn: its box, and what went wrong within it."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

import msgspec

from emission.model import Bill, Fault, Voucher
from emission.render.box import Box
from emission.render.continuing import whole_table
from emission.render.fields import Values
from emission.render.items import Page
from emission.render.layout import Layout, Sheet, lay_out
from emission.render.markup import Element
from emission.render.nodes import MM, Node
from emission.render.program import Program
from emission.render.reach import reach
from emission.render.tracing import Trace

# Elements that own a rectangle of the page, whatever stands in it.
_PLACES = ("zone", "flow", "table", "panel", "banner")


class Spot(msgspec.Struct, frozen=True):
    """An element's box on a page (points from its lower left corner); ``is_place``: its own rectangle, else its ink."""

    element: Element
    box: Box
    is_place: bool


@dataclasses.dataclass(frozen=True)
class _Drawn:
    """One drawing of an element at (x, y from the top), and the sheet's marks before and after it."""

    element: Element
    page: Page
    x: float
    y: float
    start: tuple[int, ...]
    end: tuple[int, ...]


class Plan(Trace):
    """A trace that remembers where every element was drawn, too."""

    def __init__(self, program: Program) -> None:
        super().__init__(program.origins)
        self.program = program
        self._drawn: list[_Drawn] = []

    def wrapped(self, node: Node) -> Node:
        """The node, and all within it, noting where they stand."""
        element = self.origins.of(node)
        inside = super().wrapped(node)
        return inside if element is None else _Noted(inside, element, self)

    def begin(self, page: Page, mark: tuple[int, ...]) -> None:
        """Forgets what was taken off ``page`` again since: a flow that was too full is drawn anew."""
        self._drawn = [
            one
            for one in self._drawn
            if one.page is not page or all(end <= now for end, now in zip(one.end, mark, strict=True))
        ]

    def note(self, drawn: _Drawn) -> None:
        """Remembers a drawing that added something."""
        self._drawn.append(drawn)

    def faulty(self, layout: Layout) -> Iterator[tuple[Fault, Element | None]]:
        """Each fault with the innermost element that it was found in; ``None`` where no element did it."""
        for index, fault in enumerate(layout.faults):
            owners = (one.element for one in self._drawn if one.start[-1] <= index < one.end[-1])
            yield fault, next(owners, None)

    def spots(self, page: Page) -> list[Spot]:
        """The boxes of everything on ``page``: places first, then ink and codes in the order of reading."""
        return [*self._of_kind(page), *self._places(page), *self._inks(page), *self._codes(page)]

    def _places(self, page: Page) -> Iterator[Spot]:
        for one in self._drawn:
            element = one.element
            if one.page is page and element.name in _PLACES:
                left, top = one.x + element.number("x") * MM, one.y + element.number("y") * MM
                width = element.number("w") or sum(column.number("w") for column in _columns(element))
                box = self._box(left, top, width * MM, element.number("h") * MM)
                if box.right > box.left and box.top > box.bottom:
                    yield Spot(element, box, is_place=True)

    def _of_kind(self, page: Page) -> Iterator[Spot]:
        """What no node draws: watermarks, and the mark for the printing office."""
        kind = self.program.pages[page.kind]
        boxes = [(mark, mark.reach) for mark in kind.watermarks]
        for made, box in (*boxes, *([(kind.control, kind.control.box)] if kind.control else ())):
            element = self.origins.of(made)
            assert element is not None
            yield Spot(element, box, is_place=True)

    def _box(self, left: float, top: float, width: float, height: float) -> Box:
        bottom = self.program.height - top - height
        return Box(left, bottom, left + width, bottom + height)

    def _inks(self, page: Page) -> Iterator[Spot]:
        makers = self.makers(page).items
        codes = {index for code in page.reserved for index in range(code.first, code.last)}
        items = [(makers[at], item) for at, item in enumerate(page.items[: len(makers)]) if at not in codes]
        for _, group in itertools.groupby(items, key=lambda pair: id(pair[0])):
            run = list(group)
            yield Spot(run[0][0], _around([reach(item, self.program.faces) for _, item in run]), is_place=False)

    def _codes(self, page: Page) -> Iterator[Spot]:
        for maker, code in zip(self.makers(page).reserved, page.reserved, strict=True):
            yield Spot(maker, code.box, is_place=True)


@dataclasses.dataclass(frozen=True)
class _Noted:
    """A node that draws as ever, and tells the plan where."""

    node: Node
    element: Element
    plan: Plan

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        page, start = sheet.page, sheet.mark()
        self.plan.begin(page, start)
        used = self.node.draw(sheet, values, x, y)
        if sheet.mark() != start:
            self.plan.note(_Drawn(self.element, page, x, y, start, sheet.mark()))
        return used


def planned(program: Program, voucher: Voucher) -> tuple[Layout, Plan]:
    """``voucher`` laid out as a specimen, and where everything stood.

    Raises:
        CodeError: a code that cannot be drawn as it is.
    """
    plan = Plan(program)
    bill = Bill(voucher, (None,) * len(voucher.obligations))
    return lay_out(plan.over(program), bill, {}, reserving=True), plan


def _columns(element: Element) -> Sequence[Element]:
    """The columns of a table; of the rest of one, those of the table that it goes on with."""
    root = element
    while root.parent is not None and root.name != "voucher":
        root = root.parent
    return whole_table(element, root).children if "rest" in element.attributes else element.children


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.bottom for box in boxes),
        max(box.right for box in boxes),
        max(box.top for box in boxes),
    )
