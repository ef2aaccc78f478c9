"""What stands on a page, before any back-end: things with a meaning and a place.

Places are PDF points from the bottom left (x, y), sizes points, inks names (:mod:`.inks`). The list
of a page is its reading order. Each back-end decides how an item becomes operators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from emission.codes.linear import LinearSymbol
from emission.codes.qr import QrSymbol
from emission.render.box import Box
from emission.render.faces import Shape

if TYPE_CHECKING:
    from emission.render.fields import Values
    from emission.render.nodes import Node, Text


class Words(msgspec.Struct, frozen=True, gc=False):
    """One line of text in the face of that name; ``still``: whether they are the template's and no voucher's.

    ``share`` is how much of it stands left of where its box holds it: nothing, half or all of it.
    """

    shape: Shape
    face: str
    size: float
    x: float
    y: float
    ink: str = "black"
    role: str = ""
    still: bool = False
    share: float = 0.0


class TurnedWords(Words, frozen=True, gc=False):
    """The same along a line that is not level, whose angle is given as cosine and sine."""

    cosine: float = 1.0
    sine: float = 0.0


class Stroke(msgspec.Struct, frozen=True, gc=False):
    """A straight line; ``dash`` is a PDF dash array's inside, or ``""``."""

    x: float
    y: float
    to_x: float
    to_y: float
    weight: float
    ink: str
    dash: str = ""


class CutLine(Stroke, frozen=True, gc=False):
    """Where the paper is cut: codes keep their distance from it."""


class Panel(msgspec.Struct, frozen=True, gc=False):
    """A filled rectangle from its lower left corner."""

    x: float
    y: float
    width: float
    height: float
    ink: str


class RoundPanel(Panel, frozen=True, gc=False):
    """A filled rectangle with round corners."""

    radius: float


class Drawing(msgspec.Struct, frozen=True, gc=False):
    """A small stroked figure: path operators in points around its own origin."""

    path: str
    x: float
    y: float
    ink: str


class Slogan(msgspec.Struct, frozen=True, gc=False):
    """The banner: words along a rising line from (x, y), as cosine and sine."""

    shape: Shape
    face: str
    size: float
    x: float
    y: float
    cosine: float
    sine: float
    ink: str = "banner"


class Picture(msgspec.Struct, frozen=True, gc=False):
    """The image resource ``name`` in a rectangle from its lower left corner."""

    name: str
    x: float
    y: float
    width: float
    height: float
    alt: str


class Bars(msgspec.Struct, frozen=True):
    """A linear symbol: lower left corner of its first bar, its unit and its height.

    ``units_per_module`` of the symbol's units make an X; ``bearer`` is how high the bars along top and bottom are,
    within that height, and 0 where there are none.
    """

    symbol: LinearSymbol
    x: float
    y: float
    unit: float
    height: float
    alt: str
    bearer: float = 0.0


class Matrix(msgspec.Struct, frozen=True):
    """A QR: lower left corner of its modules (the quiet zone is outside) and the side of a module."""

    symbol: QrSymbol
    x: float
    y: float
    module: float
    alt: str


class Link(msgspec.Struct, frozen=True, gc=False):
    """A place to tap, lower left and upper right corner; ``alt`` says what for. Only digital files have them.

    ``quad`` are the corners of a place within it that is not level, counterclockwise from the start of its words.
    """

    url: str
    x: float
    y: float
    to_x: float
    to_y: float
    alt: str = ""
    quad: tuple[float, ...] = ()


class Mark(msgspec.Struct, frozen=True, gc=False):
    """An item as operators, and the ink that has to be set before them (``""``: it brings its own colours).

    They leave fonts and inks as they were; ``strokes``: whether the ink is that of lines.
    """

    ink: str
    operators: str
    strokes: bool = False


class Shown(Mark, frozen=True, gc=False):
    """Words as operators: they show them from (x, y), tenths of a point, in that face and size (points)."""

    face: str = ""
    size: float = 0.0
    x: int = 0
    y: int = 0


class Ready(msgspec.Struct, frozen=True, gc=False):
    """An item that is the same on every page of its kind: made at compile time.

    In a lot it stands in the shared form, so that back-end passes over it. ``alt`` is a picture's, ``reach`` is how
    far its ink goes, ``cut`` whether it shows where the paper is cut.
    """

    mark: Mark
    alt: str
    reach: Box
    cut: bool


class OnScreen(msgspec.Struct, frozen=True, gc=False):
    """What only a digital file shows: on paper there is nothing to tap."""

    item: Words | Panel


Item = Words | Stroke | Panel | Drawing | Slogan | Picture | Bars | Matrix | Ready | OnScreen


class Reserved(msgspec.Struct, frozen=True, gc=False):
    """The place of a code: its whole ``box``, where in it bars or modules stand, and which items are its own.

    ``symbol`` is as wide as the box. The items are those from ``first`` on, before ``last``.
    """

    box: Box
    symbol: Box
    first: int
    last: int
    linear: bool


class Tag(msgspec.Struct, frozen=True, gc=False):
    """A step through a page's structure: an element of that ``name`` (ISO 32000-1, 14.8.4) around some items.

    They are those from ``first`` on, before ``last``; an element of none is an empty one. Without a name the items
    belong to the element that is open. What no tag has is an artifact: nobody is told of it.
    """

    name: str
    first: int
    last: int


def opening(name: str) -> Tag:
    """The step into an element of that name, which goes on until :data:`CLOSE`."""
    return Tag(name, -1, -1)


CLOSE = opening("")
# Words that only count pages are passed over by a screen reader (ISO 32000-1, 14.8.2.2).
PAGINATION = "Pagination"


class Said(msgspec.Struct, frozen=True):
    """Words of a voucher's own: what ``box`` made of one of the ``values`` at (x, y), the items from ``first`` on.

    Those are before ``last``.
    """

    box: Text
    values: Values
    x: float
    y: float
    first: int
    last: int


class Drawn(msgspec.Struct, frozen=True):
    """What a node made of a voucher at (x, y), in ways of its own: the items from ``first`` on, before ``last``.

    ``used`` is its height; its ``tags`` count from its first item, ``links`` are those from that one of the page on.
    ``turn`` is the obligation that it was drawn for, ``selected`` as the sheet had it before.
    """

    node: Node
    values: Values
    x: float
    y: float
    turn: int
    selected: bool
    used: float
    first: int
    last: int
    tags: tuple[Tag, ...]
    link: int


class Page(msgspec.Struct):
    """One page: its kind (index among the template's pages), ground, banners upon it, items, links.

    ``beyond`` is what it needs beyond the cores of its faces, by their names; ``reserved`` are the places of its codes;
    ``tags`` its structure, in which every link has a tag ``Link`` in turn; ``own`` what the voucher's values became.
    ``alone``: what stands where depends on more of them than that says.
    """

    kind: int
    ground: list[Panel] = msgspec.field(default_factory=list)
    slogans: list[Slogan] = msgspec.field(default_factory=list)
    items: list[Item] = msgspec.field(default_factory=list)
    links: list[Link] = msgspec.field(default_factory=list)
    beyond: dict[str, set[str]] = msgspec.field(default_factory=dict)
    reserved: list[Reserved] = msgspec.field(default_factory=list)
    tags: list[Tag] = msgspec.field(default_factory=list)
    own: list[Said | Drawn] = msgspec.field(default_factory=list)
    alone: bool = False

    def note(self, shape: Shape) -> None:
        """Notes what a line needs beyond the cores."""
        for name, characters in shape.beyond:
            self.beyond.setdefault(name, set()).update(characters)
