"""Which side of a sheet a page of a lot is printed on: no voucher begins on the back of another's."""

from __future__ import annotations

from collections.abc import Sequence

from emission.render.items import Page
from emission.render.plates import Struck, whole
from emission.render.program import Program


def on_sheets(program: Program, pages: Sequence[Struck]) -> list[Struck]:
    """The pages of a voucher as its sheets have them: a blank side wherever the next page belongs on the other.

    Where the template says no ``side`` sheets are printed on one, and nothing is added.
    """
    if program.blank is None:
        return list(pages)
    blank = whole(program, Page(len(program.pages)))
    sides: list[Struck] = []
    for page in pages:
        wanted = program.pages[page.kind].side
        if wanted and wanted != ("back" if len(sides) % 2 else "front"):
            sides.append(blank)
        sides.append(page)
    return [*sides, blank] if len(sides) % 2 else sides
