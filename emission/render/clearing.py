"""Whether struck pages stand clear, without laying them out: asked of their plates once, for the longest words.

A plate answers for all that may stand in its boxes. Where it cannot, the page is laid out, and its own words are
looked at.
"""

from __future__ import annotations

import functools

import msgspec

from emission.render.box import Box
from emission.render.clearance import clashes
from emission.render.items import Item, Page, Panel
from emission.render.layout import Layout
from emission.render.plates import Plate, Struck
from emission.render.straying import strays

# Beside every page: what stands here is in nobody's way.
_NOWHERE = Panel(-10000.0, -10000.0, 0.0, 0.0, "black")


def stands_clear(page: Struck) -> bool:
    """Whether nothing on the page is known to reach a code, or to leave the paper; if not, it has to be looked at."""
    if not _is_clear(page.plate):
        return False
    if not page.items:
        return True
    codes = [msgspec.structs.replace(code, first=0, last=0) for code in page.plate.page.reserved]
    return _has_room(page.plate, Page(page.kind, items=list(page.items.values()), reserved=codes))


@functools.lru_cache(maxsize=512)
def _is_clear(plate: Plate) -> bool:
    """Whether all pages of a plate are, but for what nodes draw in ways of their own."""
    items: list[Item] = list(plate.page.items)
    for drawn, _ in plate.drawn:
        items[drawn.first : drawn.last] = [_NOWHERE] * (drawn.last - drawn.first)
    for one, _ in plate.said:
        left, width, size = one.x + one.box.x, one.box.width, one.box.style.size
        if left < 0 or left + width > plate.program.width:
            return False
        for index in range(one.first, one.last):
            level = getattr(plate.page.items[index], "y", 0.0)
            if not 0 <= level <= plate.program.height:
                return False
            # No glyph of a text face reaches over its size up, or over a third of it down.
            items[index] = Panel(left, level - size / 3, width, size * 4 / 3, "black")
    return _has_room(plate, msgspec.structs.replace(plate.page, items=items))


def _has_room(plate: Plate, page: Page) -> bool:
    program = plate.program
    if page.reserved and clashes(program, Layout([page], [])):
        return False
    sheet = Box(0.0, 0.0, program.width, program.height)
    return not any(True for _ in strays(page.items, sheet, program.faces))
