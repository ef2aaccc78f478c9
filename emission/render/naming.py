"""Clashes, and words off the paper, as faults that name their elements, with their lines in the template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from emission.codes.qr import QrSymbol
from emission.model import Bill, Fault
from emission.render.box import Box
from emission.render.clearance import Clash, clashes
from emission.render.items import Item, OnScreen, Page, Words
from emission.render.layout import Layout, lay_out
from emission.render.markup import Element
from emission.render.nodes import MM
from emission.render.program import Program
from emission.render.reach import reach
from emission.render.straying import strays
from emission.render.tracing import Makers, Trace


def clash_faults(program: Program, bill: Bill, layout: Layout, qrs: Mapping[str, QrSymbol]) -> list[Fault]:
    """A fault for every pair of elements of which one keeps the other, a code, from standing clear.

    ``layout`` is that of ``bill``, whose encoded QRs are ``qrs``.
    """
    if not clashes(program, layout):
        return []
    trace = Trace(program.origins)
    again = lay_out(trace.over(program), bill, qrs, reserving=True)
    faults: dict[tuple[str, int, int], Fault] = {}
    for clash in clashes(program, again):
        code, other = _pair(program, clash, trace.makers(clash.page))
        faults.setdefault((clash.fault, code.line, other.line), _fault(program, again.pages, clash, code, other))
    return list(faults.values())


def stray_faults(program: Program, bill: Bill, layout: Layout, qrs: Mapping[str, QrSymbol]) -> list[Fault]:
    """A fault for every element that puts words outside of the paper; as :func:`clash_faults`."""
    sheet = Box(0.0, 0.0, program.width, program.height)
    if not [index for page in layout.pages for index in strays(page.items, sheet, program.faces)]:
        return []
    trace = Trace(program.origins)
    again = lay_out(trace.over(program), bill, qrs, reserving=True)
    faults: dict[int, Fault] = {}
    for number, page in enumerate(again.pages, 1):
        makers = trace.makers(page).items
        for index in strays(page.items, sheet, program.faces):
            # The folio comes after all that nodes draw.
            folio = program.origins.of(program.pages[page.kind].folio)
            element = makers[index] if index < len(makers) else folio or program.origins.of(program.pages[page.kind])
            assert element is not None
            faults.setdefault(id(element), _stray(program, element, page.items[index], str(number)))
    return list(faults.values())


def _stray(program: Program, element: Element, item: Item, page: str) -> Fault:
    box = reach(item, program.faces)
    words = item.item if isinstance(item, OnScreen) else item
    return Fault(
        "words-off-page",
        element.attributes.get("role", "") or element.name,
        words.shape.text if isinstance(words, Words) else "",
        params={
            "file": Path(element.file).name,
            "line": str(element.line),
            "column": str(element.column),
            "element": element.label,
            "page": page,
            "x": f"{box.left / MM:.1f}",
            "y": f"{(program.height - box.top) / MM:.1f}",
        },
    )


def _pair(program: Program, clash: Clash, makers: Makers) -> tuple[Element, Element]:
    """The element of the code, and the one that it clashes with."""
    code = makers.reserved[clash.code]
    if clash.other < 0:
        return code, _page(program, clash)
    if clash.is_code:
        return code, makers.reserved[clash.other]
    # Nodes claim all that they draw; the folio comes after them.
    if clash.other < len(makers.items):
        return code, makers.items[clash.other]
    return code, program.origins.of(program.pages[clash.page.kind].folio) or _page(program, clash)


def _page(program: Program, clash: Clash) -> Element:
    element = program.origins.of(program.pages[clash.page.kind])
    assert element is not None
    return element


def _fault(program: Program, pages: Iterable[Page], clash: Clash, code: Element, other: Element) -> Fault:
    number = next(number for number, page in enumerate(pages, 1) if page is clash.page)
    return Fault(
        clash.fault,
        other.attributes.get("role", "") or code.name,
        params={
            "file": Path(other.file).name,
            "line": str(other.line),
            "column": str(other.column),
            "element": other.label,
            "code_file": Path(code.file).name,
            "code_line": str(code.line),
            "code_column": str(code.column),
            "code_element": code.label,
            "page": str(number),
            "x": f"{clash.x / MM:.1f}",
            "y": f"{(program.height - clash.y) / MM:.1f}",
        },
    )
