"""Whether struck pages stand clear, without laying them out: asked of their plates once, for the longest words.

A plate answers for all that may stand in its boxes, but for those that reach over a code or the paper's edge: the words
in these are looked at.
"""

from __future__ import annotations

import functools

import msgspec

from emission.render.box import Box
from emission.render.clearance import Clash, clashes
from emission.render.items import Page, Panel
from emission.render.layout import Layout
from emission.render.plates import Plate, Struck
from emission.render.straying import strays

# Beside every page: what stands here is in nobody's way.
_NOWHERE = Panel(-10000.0, -10000.0, 0.0, 0.0, "black")


def stands_clear(page: Struck) -> bool:
    """Whether nothing on the page is known to reach a code, or to leave the paper; if not, it has to be laid out."""
    plate = page.plate
    suspects = _suspects(plate)
    if suspects is None:
        return False
    items = list(page.items.values())
    for number in suspects:
        one, _ = plate.said[number]
        said = one.box.said(page.texts[number], one.x, plate.program.height - one.y - one.box.drop)
        items += said[0] if said else ()
    codes = [msgspec.structs.replace(code, first=0, last=0) for code in plate.page.reserved] if items else []
    return not items or _has_room(plate, Page(page.kind, items=items, reserved=codes))


@functools.lru_cache(maxsize=512)
def _suspects(plate: Plate) -> tuple[int, ...] | None:
    """The slots whose words may reach what they must not; nothing where something else of the plate does.

    What nodes draw in ways of their own is left out.
    """
    program, items = plate.program, list(plate.page.items)
    for drawn, _ in plate.drawn:
        items[drawn.first : drawn.last] = [_NOWHERE] * (drawn.last - drawn.first)
    slots: dict[int, int] = {}
    found: set[int] = set()
    for number, (one, _) in enumerate(plate.said):
        left, width, size = one.x + one.box.x, one.box.width, one.box.style.size
        for index in range(one.first, one.last):
            level = getattr(items[index], "y", 0.0)
            if left < 0 or left + width > program.width or not 0 <= level <= program.height:
                found.add(number)
            slots[index] = number
            # No glyph of a text face reaches over its size up, or over a third of it down.
            items[index] = Panel(left, level - size / 3, width, size * 4 / 3, "black")
    page = msgspec.structs.replace(plate.page, items=items)
    met = [-1 if clash.is_code else slots.get(clash.other, -1) for clash in _clashes(plate, page)]
    if -1 in met or any(True for _ in strays(items, _paper(plate), program.faces)):
        return None
    return tuple(sorted(found.union(met)))


def _clashes(plate: Plate, page: Page) -> list[Clash]:
    return clashes(plate.program, Layout([page], [])) if page.reserved else []


def _paper(plate: Plate) -> Box:
    return Box(0.0, 0.0, plate.program.width, plate.program.height)


def _has_room(plate: Plate, page: Page) -> bool:
    return not _clashes(plate, page) and not any(True for _ in strays(page.items, _paper(plate), plate.program.faces))
