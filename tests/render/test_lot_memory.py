"""A lot's writer keeps of a page nothing but where its objects are, so that a lot may have any number of pages."""

from __future__ import annotations

import gc
import io
import tracemalloc

from emission.codes.control import ControlMark
from emission.render import LotWriter, template_for
from tests.render.bills import bill, look, obligation, operation
from tests.render.pages import stamped

FEW, MANY = 100, 500
# Eight bytes for the place of each of a page's objects, and room for a table that grows by parts. Whole sheaves are
# compared, since one that is not full is held. A page itself takes 2 KB.
BYTES_A_PAGE = 100


class Nowhere(io.BytesIO):
    """Takes all, keeps nothing."""

    def write(self, content: object) -> int:
        return len(memoryview(content))  # type: ignore[arg-type] # bytes, whatever typeshed calls them


def kept(pages: int) -> int:
    """Bytes that are held at most while a lot of so many pages is written."""
    style = look()
    (page,) = stamped(style, bill((obligation(), operation()))).lot_pages
    program = template_for(style).for_lots
    gc.collect()
    tracemalloc.start()
    try:
        writer = LotWriter(program, Nowhere())
        for sequence in range(1, pages + 1):
            writer.add(page, ControlMark(1, sequence, 1, 1))
        gc.collect()  # proofs of control marks leave rings of objects behind
        held, _ = tracemalloc.get_traced_memory()
        writer.close()
    finally:
        tracemalloc.stop()
    return held


def test_memory_does_not_grow_with_the_pages_of_a_lot() -> None:
    kept(MANY)  # what is remembered once and for all: layers, and how runs of modules are written
    assert (kept(MANY) - kept(FEW)) / (MANY - FEW) < BYTES_A_PAGE
