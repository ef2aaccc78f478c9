"""A compiled program and one bill → pages of items. The same walk serves preflight, print and screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from emission.codes.qr import QrSymbol
from emission.model import Bill, Fault, Line, Obligation, Voucher
from emission.render.box import Box
from emission.render.declared import typed
from emission.render.faces import Face, Shape
from emission.render.fields import FieldError, Values
from emission.render.items import CLOSE, Item, Link, Page, Reserved, Tag, Words, opening
from emission.render.slips import Slip, slips_of

if TYPE_CHECKING:
    from emission.render.program import PageKind, Program


# Of a page: items, ground, links, reserved places, tags, what is the voucher's own; and the faults so far.
Extent = tuple[int, int, int, int, int, int, int]


class Layout(msgspec.Struct):
    """The pages of one bill, or what keeps it from being one."""

    pages: list[Page]
    faults: list[Fault]


class Sheet:
    """The pen that nodes draw with: current page, current obligation, what went wrong so far.

    ``reserving``: whether codes note their places, which only a check asks for. ``selected``: whether the QR of all
    obligations stands there already.
    """

    def __init__(
        self, height: float, slips: Sequence[Slip], qrs: Mapping[str, QrSymbol], *, reserving: bool = False
    ) -> None:
        self.reserving = reserving
        self.slips = slips
        self.qrs = qrs
        self.height = height
        self.scopes: list[list[Values]] = []
        self.pages: list[Page] = []
        self.page = Page(0)
        self.faults: list[Fault] = []
        self.taken = 0
        # The next row of each table that goes on: as the page found it, and as it leaves it.
        self.rest_from: dict[str, int] = {}
        self.rest_to: dict[str, int] = {}
        self.current = 0
        self.tight = False
        self.selected = False

    @property
    def slip(self) -> Slip:
        return self.slips[self.current]

    def open_page(self, kind: int) -> None:
        self.page = Page(kind)
        self.pages.append(self.page)

    def draw(self, kind: int, design: PageKind) -> None:
        """A page of that kind."""
        self.open_page(kind)
        design.draw(self)

    def add(self, item: Item) -> None:
        self.page.items.append(item)

    def reserve(self, box: Box, symbol: Box, first: int, *, linear: bool) -> None:
        """Keeps ``box`` for the code whose items are those from ``first`` on; ``symbol``: its bars or modules."""
        self.page.reserved.append(Reserved(box, symbol, first, len(self.page.items), linear))

    @property
    def next(self) -> int:
        """The number of the next item."""
        return len(self.page.items)

    def tag(self, name: str, first: int) -> None:
        """Makes what was added from item ``first`` on an element of that name; without one, part of the open one."""
        self.page.tags.append(Tag(name, first, len(self.page.items)))

    def open(self, name: str) -> None:
        """Begins an element around those to come."""
        self.page.tags.append(opening(name))

    def close(self) -> None:
        """Ends the element that was begun last."""
        self.page.tags.append(CLOSE)

    def mark(self) -> Extent:
        """How far the page is drawn, for ``erase``."""
        page = self.page
        counts = len(page.items), len(page.ground), len(page.links), len(page.reserved), len(page.tags), len(page.own)
        return *counts, len(self.faults)

    def erase(self, mark: Extent) -> None:
        """Takes off the page whatever came after ``mark``."""
        items, ground, links, reserved, tags, own, faults = mark
        page = self.page
        del page.tags[tags:], page.own[own:]
        del page.items[items:], page.ground[ground:], page.links[links:], page.reserved[reserved:]
        del self.faults[faults:]

    def take(self, count: int) -> range:
        """The next obligations that no stack has shown yet."""
        first = self.taken
        self.taken = min(first + count, len(self.slips))
        return range(first, self.taken)

    def fault(self, code: str, field: str, value: str = "", **params: str) -> None:
        self.faults.append(Fault(code, field, value, params=params))

    def refuse(self, face: Face, text: str, size: float, role: str) -> tuple[float, Sequence[Shape]]:
        """Notes why ``text`` cannot be drawn; the answer stands for what :func:`fit` gives, and shows nothing."""
        missing = face.missing(text.replace("\n", ""))
        for char in missing:
            self.fault("glyph-missing", role, text, character=char, codepoint=f"U+{ord(char):04X}")
        if not missing:
            self.fault("does-not-fit", role, text, characters=str(len(text)))
        return size, ()

    def words(
        self, face: Face, shape: Shape, size: float, x: float, y: float, ink: str, role: str, *, share: float = 0.0
    ) -> None:
        """One line held ``x`` from the left, its baseline ``y`` from the top (points)."""
        start = x - shape.width * share * size / 1000
        self.say(Words(shape, face.name, size, start, self.height - y, ink, role, share=share))

    def say(self, words: Words) -> None:
        """Adds a line."""
        self.page.note(words.shape)
        self.page.items.append(words)

    def link(self, link: Link, first: int) -> None:
        """A place to tap, whose words are the items from ``first`` on; in a paragraph of its own."""
        self.open("P")
        self.linked(link, first)
        self.close()

    def linked(self, link: Link, first: int) -> None:
        """The same within an element that is open."""
        self.page.links.append(link)
        self.tag("Link", first)

    def box(self, x: float, y: float, to_x: float, to_y: float) -> Box:
        """The box between two corners that count from the top."""
        return Box(x, self.height - to_y, to_x, self.height - y)


def lay_out(
    program: Program,
    bill: Bill,
    qrs: Mapping[str, QrSymbol],
    slips: Sequence[Slip] | None = None,
    *,
    reserving: bool = False,
) -> Layout:
    """Draws ``bill``; ``qrs`` holds the encoded QR of each text in it; ``reserving`` notes the places of codes too.

    An operation that is ``None`` though its obligation is payable is drawn as a specimen; ``slips`` are those of the
    bill, where they are known already.

    Raises:
        CodeError: a code that cannot be drawn as it is.
    """
    sheet = Sheet(program.height, slips or slips_of(bill, program.look), qrs, reserving=reserving)
    draw(program, bill, sheet)
    if len(sheet.pages) > 1:
        for number, page in enumerate(sheet.pages, 1):
            sheet.page = page
            folio = program.pages[page.kind].folio
            if folio:
                folio.draw(sheet, number, len(sheet.pages))
    return Layout(sheet.pages, sheet.faults)


def draw(program: Program, bill: Bill, sheet: Sheet) -> None:
    """Draws all pages of ``bill`` with ``sheet``, which knows its slips; none where an expression fails.

    Raises:
        CodeError: a code that cannot be drawn as it is.
    """
    bill = _typed(program, bill)
    names = _names(bill, sheet.slips)
    try:
        for kind, design in enumerate(program.pages):
            _draw_pages(sheet, kind, design, names)
    except FieldError as error:
        sheet.pages.clear()
        sheet.faults[:] = [_failed(error)]
        return
    if sheet.taken < len(sheet.slips):
        sheet.fault("does-not-fit", "voucher_id", bill.voucher.voucher_id, characters=str(len(sheet.slips)))
    for name, first in sheet.rest_to.items():
        sheet.fault("too-many-lines", name, lines=f"> {first}", most=str(first))


def _typed(program: Program, bill: Bill) -> Bill:
    """The bill with the columns that the template declares as their types."""
    if not program.typed:
        return bill
    voucher, reading = bill.voucher, program.look.reading
    obligations = tuple(typed(program.fields, one, reading) for one in voucher.obligations)
    return Bill(Voucher(voucher.voucher_id, obligations), bill.operations)


def _draw_pages(sheet: Sheet, kind: int, design: PageKind, names: dict[str, Any]) -> None:
    """One page of a kind; as many as it takes where the kind continues, none where nothing is left for it."""
    if design.continues and sheet.taken >= len(sheet.slips):
        return
    if design.rest and design.rest not in sheet.rest_to:
        return
    sheet.scopes = design.fields.evaluate(names)
    if design.rest:
        _draw_rest(sheet, kind, design)
        return
    while True:
        before = sheet.taken
        sheet.draw(kind, design)
        if not design.continues or sheet.taken in (before, len(sheet.slips)):
            return


def _draw_rest(sheet: Sheet, kind: int, design: PageKind) -> None:
    """As many pages as the rows that are left of a table take."""
    while design.rest in sheet.rest_to:
        sheet.rest_from = dict(sheet.rest_to)
        sheet.draw(kind, design)
        if sheet.rest_to.get(design.rest) == sheet.rest_from[design.rest]:
            return


def _names(bill: Bill, slips: Sequence[Slip]) -> dict[str, Any]:
    """The names that templates know (``issuer`` is the look's and stands beside them)."""
    obligations = bill.voucher.obligations
    first = obligations[0]
    details = [(one, line) for one in obligations for line in one.lines or (_only_line(one),)]
    return {
        "voucher": bill.voucher,
        "payer": bill.voucher.payer,
        "obligations": obligations,
        "obligation": first,
        "operation": slips[0],
        "replaced": [slip_.replaces for slip_ in slips if slip_.replaces],
        "extra": first.extra,
        "currency": first.currency,
        "coupons": [(one, slip_, one.extra) for one, slip_ in zip(obligations, slips, strict=True)],
        "lines": [line for _, line in details],
        "details": details,
        "split": any(line.amount is not None or line.surcharge is not None for _, line in details),
    }


def _only_line(obligation: Obligation) -> Line:
    return Line(
        concept=" · ".join(part for part in (obligation.concept or obligation.tax, obligation.label) if part),
        total=obligation.amount,
        period=obligation.period,
    )


def _failed(error: FieldError) -> Fault:
    element = error.element
    file = Path(element.file).name
    place = {"element": element.name, "file": file, "line": str(element.line), "column": str(element.column)}
    if error.missing:
        return Fault(
            "template-field-missing",
            error.element.attributes.get("role", ""),
            params=place | {"problem": error.missing},
        )
    return Fault("template-failed", error.element.attributes.get("role", ""), params=place | {"problem": error.problem})
