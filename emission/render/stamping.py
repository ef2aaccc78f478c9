"""Bills → pages: QRs of a chunk encoded together, each bill laid out once a layout, both back-ends from its items."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from emission.codes import pictured, qr
from emission.codes.faults import CodeError
from emission.codes.qr import QrSymbol
from emission.model import Bill, Fault, Voucher
from emission.render.clearing import stands_clear
from emission.render.declared import faults_of
from emission.render.digital import write_digital
from emission.render.layout import lay_out
from emission.render.lots import LotPage, lot_page
from emission.render.naming import clash_faults, stray_faults
from emission.render.nodes import MM
from emission.render.plates import Struck
from emission.render.presswork import pressed
from emission.render.program import Program
from emission.render.sides import on_sheets
from emission.render.slips import Slip, slips_of
from emission.render.template import Template

# What an expression comes to whose field is not there, or no number.
_FAILED = frozenset(("template-failed", "template-field-missing"))
NOT_PRINTED = Fault("template-prints-nothing", "channel")


class Stamped(msgspec.Struct, frozen=True):
    """One voucher drawn: its digital file, its pages for a lot (none where its channel prints none), how many pages.

    ``pages`` are those that are printed; those of the file where none are.
    """

    digital: bytes
    lot_pages: tuple[LotPage, ...]
    pages: int


class Check(msgspec.Struct, frozen=True):
    """What preflight says of one voucher: faults that make it unprintable, and its pages.

    ``linear_mm`` and ``qr_mm`` are the least room that a barcode and a QR of its find there (no limit where none
    stands): the width, and the side of the square.
    """

    faults: tuple[Fault, ...]
    pages: int
    linear_mm: float = math.inf
    qr_mm: float = math.inf


def preflight(template: Template, vouchers: Sequence[Voucher]) -> list[Check]:
    """Draws every voucher with stand-ins for the codes to come; one answer each, in order.

    Missing glyphs, words that do not fit, fields that the template needs, expressions that fail and
    tables that overflow, ink in the place of a code are found here, before any provider is asked for anything.
    """
    return [_check(template, voucher) for voucher in vouchers]


def checked(program: Program, voucher: Voucher) -> Check:
    """What preflight says of one voucher in one layout."""
    bill = Bill(voucher, (None,) * len(voucher.obligations))
    made = pressed(program, bill, slips_of(bill, program.look), {}, reserving=True)
    faults = made.faults
    if not faults and not all(stands_clear(page) for page in made.pages):
        # Words that overflow run over codes too; once they are mended, what is left of that is told.
        layout = lay_out(program, bill, {}, reserving=True)
        faults = [*clash_faults(program, bill, layout, {}), *stray_faults(program, bill, layout, {})]
    pages = on_sheets(program, made.pages) if voucher.channel.printed else made.pages
    return Check(tuple(_declared(program, voucher, faults)), len(pages), *_room(made.pages))


def stamp(template: Template, bills: Sequence[Bill]) -> list[Stamped | Fault]:
    """Draws every bill; one answer each, in order. A bill that cannot be drawn is a fault and stops no other.

    A bill's bytes depend on it and the template's look alone, never on its neighbours. Where a payable
    obligation has no operation the look must bear a banner: a specimen then shows the codes' places.
    """
    slips = [slips_of(bill, template.look) for bill in bills]
    known = [one for each in slips for one in each if not one.specimen]
    linked = {one.linked_qr for one in known if one.linked_qr}
    drawn = {text for text in linked if pictured.is_modules(text)}
    symbols = _encode({one.qr for one in known if one.qr} | linked - drawn) | _redrawn(drawn)
    return [_stamp(template, bill, each, symbols) for bill, each in zip(bills, slips, strict=True)]


def specimens(template: Template, bills: Sequence[Bill]) -> list[tuple[Stamped, ...] | Fault]:
    """Draws every bill into a file for each layout that it is drawn with: as its file looks, then as it is printed."""
    return [_specimens(template, bill) for bill in bills]


def _specimens(template: Template, bill: Bill) -> tuple[Stamped, ...] | Fault:
    channel = bill.voucher.channel
    if template.printed is None and channel.printed:
        return NOT_PRINTED
    made: list[Stamped] = []
    for program in template.programs_of(channel):
        (file,) = stamp(Template(program, program), [bill])
        if isinstance(file, Fault):
            return file
        made.append(file)
    return tuple(made)


def _check(template: Template, voucher: Voucher) -> Check:
    checks = [checked(program, voucher) for program in template.programs_of(voucher.channel)]
    faults = [fault for check in checks for fault in check.faults]
    if template.printed is None and voucher.channel.printed:
        faults.append(NOT_PRINTED)
    linear, square = (min(getattr(check, name) for check in checks) for name in ("linear_mm", "qr_mm"))
    return Check(tuple(faults), checks[-1].pages, linear, square)


def _room(pages: Iterable[Struck]) -> tuple[float, float]:
    """The widths (mm) of the narrowest place for a barcode, and for a QR."""
    least = {True: math.inf, False: math.inf}
    for page in pages:
        for code in page.plate.page.reserved:
            least[code.linear] = min(least[code.linear], code.box.right - code.box.left)
    return least[True] / MM, least[False] / MM


def _declared(program: Program, voucher: Voucher, faults: Sequence[Fault]) -> list[Fault]:
    """Faults of the fields that the template declares, and before ``faults`` what those of its words come from."""
    reading = program.look.reading
    found = [fault for one in voucher.obligations for fault in faults_of(program.fields, one, reading)]
    return [*found, *(fault for fault in faults if not found or fault.code not in _FAILED)]


def _stamp(
    template: Template, bill: Bill, slips: Sequence[Slip], symbols: dict[str, QrSymbol | Fault]
) -> Stamped | Fault:
    qrs: dict[str, QrSymbol] = {}
    for slip in slips:
        if slip.specimen and not template.look.banner:
            return Fault("operation-missing")
        for text in (slip.qr, slip.linked_qr):
            symbol = symbols.get(text)
            if isinstance(symbol, Fault):
                return symbol
            if symbol is not None:
                qrs[text] = symbol
    layouts = _layouts(template, bill, slips, qrs)
    if isinstance(layouts, Fault):
        return layouts
    digital = write_digital(template.digital, bill, layouts[0])
    if not bill.voucher.channel.printed:
        return Stamped(digital, (), len(layouts[0]))
    lot = tuple(lot_page(side) for side in on_sheets(template.for_lots, layouts[-1]))
    return Stamped(digital, lot, len(lot))


def _layouts(
    template: Template, bill: Bill, slips: Sequence[Slip], qrs: dict[str, QrSymbol]
) -> list[Sequence[Struck]] | Fault:
    """The pages of the bill in each layout that it is drawn with, or the first fault."""
    channel = bill.voucher.channel
    if template.printed is None and channel.printed:
        return NOT_PRINTED
    layouts: list[Sequence[Struck]] = []
    for program in template.programs_of(channel):
        try:
            made = pressed(program, bill, slips, qrs)
        except CodeError as error:
            return error.fault
        if made.faults:
            return made.faults[0]
        layouts.append(made.pages)
    return layouts


def _encode(texts: Iterable[str]) -> dict[str, QrSymbol | Fault]:
    ordered = sorted(texts)
    try:
        return dict(zip(ordered, qr.encode_many(ordered), strict=True))
    except CodeError:
        return {text: _encode_one(text) for text in ordered}


def _redrawn(texts: Iterable[str]) -> dict[str, QrSymbol | Fault]:
    """Symbols that are drawn as their pictures had them, not from what they say."""
    found: dict[str, QrSymbol | Fault] = {}
    for text in texts:
        try:
            found[text] = pictured.symbol(text)
        except CodeError as error:
            found[text] = error.fault
    return found


def _encode_one(text: str) -> QrSymbol | Fault:
    try:
        return qr.encode(text)
    except CodeError as error:
        return error.fault
