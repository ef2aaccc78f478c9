"""Which element put what on a page: asked only where something is wrong, so that drawing pays nothing for it.

The nodes are wrapped, each to note what it added; a page is then drawn once more with the wrapped ones.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import msgspec

from emission.render.fields import Values
from emission.render.items import Page
from emission.render.layout import Sheet
from emission.render.markup import Element
from emission.render.nodes import Node, within
from emission.render.origins import Origins

if TYPE_CHECKING:
    from emission.render.program import Program


@dataclasses.dataclass
class Makers:
    """The element of each item and of each reserved place of a page, in their order."""

    items: list[Element] = dataclasses.field(default_factory=list)
    reserved: list[Element] = dataclasses.field(default_factory=list)


class Trace:
    """Notes the makers of what is drawn with the nodes that it wrapped."""

    def __init__(self, origins: Origins) -> None:
        self.origins = origins
        self._makers: dict[int, tuple[Page, Makers]] = {}

    def makers(self, page: Page) -> Makers:
        """The makers of what stands on ``page`` so far."""
        return self._makers.setdefault(id(page), (page, Makers()))[1]

    def over(self, program: Program) -> Program:
        """The program with its nodes wrapped."""
        pages = [
            msgspec.structs.replace(kind, nodes=tuple(self.wrapped(node) for node in kind.nodes))
            for kind in program.pages
        ]
        return dataclasses.replace(program, pages=tuple(pages))

    def wrapped(self, node: Node) -> Node:
        """The node, and all within it, noting what they add."""
        element = self.origins.of(node)
        inside = within(node, self.wrapped)
        return inside if element is None else Wrapped(inside, element, self)


@dataclasses.dataclass(frozen=True)
class Wrapped:
    """A node that draws as ever; what it added and nobody within it claimed is its element's."""

    node: Node
    element: Element
    trace: Trace

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        page, makers = sheet.page, self.trace.makers(sheet.page)
        # A flow that was too full takes off what it drew, and draws it again.
        del makers.items[len(page.items) :], makers.reserved[len(page.reserved) :]
        used = self.node.draw(sheet, values, x, y)
        added = page.items[len(makers.items) :]
        makers.items += [self.trace.origins.of(item) or self.element for item in added]
        makers.reserved += [self.element] * (len(page.reserved) - len(makers.reserved))
        return used
