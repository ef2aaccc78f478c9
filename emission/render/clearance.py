"""Whether codes stand clear: nothing else in their places, all of them on the page, none near a cut.

A code reserves the box that its element gives it: bars or modules, quiet zones, digits. It stands there on a
white of its own, so that grounds and banners beneath it do no harm; any other ink in it is a clash.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator

import msgspec

from emission.render.box import Box
from emission.render.items import CutLine, Item, Page, Ready, Reserved, Stroke, Words
from emission.render.layout import Layout
from emission.render.nodes import MM
from emission.render.program import Program
from emission.render.reach import reach

CUT_MM = 5.0  # from the bars or modules of a code to where the paper is cut: a blade strays by as much


class Clash(msgspec.Struct, frozen=True):
    """A code that does not stand clear.

    ``code`` counts the reserved places of ``page``; ``other`` its items, or its reserved places where it ``is_code``,
    and is -1 for the edge of the page. (x, y) are points from the page's lower left corner.
    """

    fault: str
    page: Page
    code: int
    other: int
    x: float
    y: float
    is_code: bool = False


def clashes(program: Program, layout: Layout) -> list[Clash]:
    """Everything that keeps the codes of a laid out bill from standing clear."""
    return [clash for page in layout.pages if page.reserved for clash in _on_page(program, page)]


def _on_page(program: Program, page: Page) -> Iterator[Clash]:
    sheet = Box(0.0, 0.0, program.width, program.height)
    boxes = tuple([code.box for code in page.reserved])
    for number in _leaving(boxes, sheet):
        yield Clash("code-off-page", page, number, -1, boxes[number].left, boxes[number].top)
    for number, later in _crossing(boxes):
        yield _clash("code-covered", page, number, later, boxes[later], is_code=True)
    for index, item in _near(page, boxes, program.largest):
        box = reach(item, program.faces)
        for number in _reached(boxes, box):
            yield _clash("code-covered", page, number, index, box)
        if _is_cut(item):
            for number, code in enumerate(page.reserved):
                if code.symbol.meets(box.grown(CUT_MM * MM)) and not code.box.meets(box):
                    yield _clash("code-near-cut", page, number, index, box)


# Codes stand at the same places on nearly every page of a kind.


@functools.lru_cache(maxsize=256)
def _leaving(boxes: tuple[Box, ...], sheet: Box) -> list[int]:
    """Which boxes are not wholly on the sheet."""
    return [number for number, box in enumerate(boxes) if not box.within(sheet)]


@functools.lru_cache(maxsize=256)
def _crossing(boxes: tuple[Box, ...]) -> list[tuple[int, int]]:
    """Which boxes have an area in common, in pairs."""
    pairs = itertools.combinations(range(len(boxes)), 2)
    return [(one, other) for one, other in pairs if boxes[one].meets(boxes[other])]


def _reached(boxes: Iterable[Box], box: Box) -> list[int]:
    """Which of the boxes have an area in common with ``box``."""
    left, bottom, right, top = box
    # Nearly all are elsewhere: only what is not is worth a call.
    return [
        number
        for number, place in enumerate(boxes)
        if left < place[2] and right > place[0] and bottom < place[3] and top > place[1] and place.meets(box)
    ]


def _near(page: Page, boxes: Iterable[Box], largest: float) -> list[tuple[int, Item]]:
    """What is no code's own and may reach one. Most words of a page are elsewhere, and not worth a closer look.

    No glyph of a text face reaches over its size up, or over a third of it down: words are first held against
    places that are as much too high, for the ``largest`` of them.
    """
    places = [(left, bottom - largest, right, top + largest / 3) for left, bottom, right, top in boxes]
    lowest, highest = min([place[1] for place in places]), max([place[3] for place in places])
    far_down, far_up = lowest - CUT_MM * MM, highest + CUT_MM * MM
    band = [
        (index, item)
        for start, end in _between(page)
        for index, item in enumerate(page.items[start:end], start)
        if (lowest < item.y < highest if type(item) is Words else not _far(item, far_down, far_up))
    ]
    return [(index, item) for index, item in band if type(item) is not Words or _may_reach(item, places, largest)]


def _may_reach(words: Words, places: Iterable[tuple[float, float, float, float]], largest: float) -> bool:
    """Whether words may reach one of the ``places``, which are too high for all but the ``largest``."""
    x, y, spare = words.x, words.y, largest - words.size
    for left, bottom, right, top in places:
        if x < right and bottom + spare < y < top - spare / 3 and x + words.shape.width * words.size / 1000 > left:
            return True
    return False


def _far(item: Item, lowest: float, highest: float) -> bool:
    """Whether an item that is no words is a line or static, and wholly above or beneath."""
    if type(item) is Stroke:
        return (item.y > highest and item.to_y > highest) or (item.y < lowest and item.to_y < lowest)
    return type(item) is Ready and (item.reach[1] > highest or item.reach[3] < lowest)


def _between(page: Page) -> Iterator[tuple[int, int]]:
    """The stretches of a page's items that belong to no code."""
    at = 0
    for code in page.reserved:
        yield at, code.first
        at = code.last
    yield at, len(page.items)


def _is_cut(item: Item) -> bool:
    return item.cut if isinstance(item, Ready) else isinstance(item, CutLine)


def _clash(fault: str, page: Page, number: int, other: int, box: Box, *, is_code: bool = False) -> Clash:
    """The clash, at the upper left corner of what the two have in common (or of what comes too close)."""
    code: Reserved = page.reserved[number]
    return Clash(fault, page, number, other, max(box.left, code.box.left), min(box.top, code.box.top), is_code=is_code)
