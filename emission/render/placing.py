"""Where the compiler stands while it walks a template, and what it finds to be the same on every page."""

from __future__ import annotations

import msgspec

from emission.render.control import Control
from emission.render.fields import Scope
from emission.render.items import Item, Mark, Panel, Ready, Slogan
from emission.render.markup import Element
from emission.render.nodes import Cut, Flow, Gap, Ground, Node, Photo, Row, Rule, Text
from emission.render.program import Folio
from emission.render.turning import Turned


class Place(msgspec.Struct, frozen=True):
    """Where the compiler stands: the scope of fields, enclosing tests, room to the right, and the corner.

    ``shared``: whatever stands here is on every page of its kind, at (x, y) of the page.
    """

    scope: Scope
    width: float
    x: float = 0.0
    y: float = 0.0
    guards: tuple[str, ...] = ()
    shared: bool = True
    flowing: bool = False
    stacked: bool = False
    repeated: bool = False

    def moved(self, x: float, y: float, width: float) -> Place:
        return msgspec.structs.replace(self, x=self.x + x, y=self.y + y, width=width)


class PageParts:
    """What a page's elements leave behind while they are compiled."""

    def __init__(self) -> None:
        self.ground: list[Panel] = []
        self.slogans: list[Slogan] = []
        self.background: Mark | None = None
        self.watermarks: list[Ready] = []
        self.beneath: set[str] = set()
        self.static: list[Item] = []
        self.images: set[str] = set()
        self.folio: Folio | None = None
        self.control: Control | None = None


def unconditional(element: Element) -> list[Element]:
    """The elements beneath ``element`` that no ``when`` guards."""
    found: list[Element] = []
    for child in element.children:
        if child.name != "when":
            found += [child, *unconditional(child)]
    return found


def still(node: Node) -> bool:
    """Whether the node draws the same for every voucher."""
    if isinstance(node, Turned):
        return still(node.text)
    if isinstance(node, Text):
        return node.source.fixed is not None and node.href is None
    if isinstance(node, (Flow, Row)):
        return all(still(child) for child in node.children)
    return isinstance(node, (Rule, Ground, Cut, Photo, Gap)) or getattr(node, "still", False) is True
