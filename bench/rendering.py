"""Rendering alone, on one core: no ledger, no provider; bills in, pages out, beside other engines on the same page."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import msgspec

from bench.contest import Contest, Work, contest
from bench.page import Contested, Drawn
from bench.peers import PEERS, open_peer
from bench.spread import Spread, spread
from emission.batched import batched
from emission.codes import qr
from emission.codes.control import ControlMark
from emission.codes.qr import QrSymbol
from emission.codes.received import check
from emission.model import Bill, Channel, Fault, Role
from emission.render import LotPage, LotWriter, Stamped, stamp, template_for
from emission.render.lots import lot_page
from emission.render.presswork import pressed
from emission.render.sides import on_sheets
from emission.render.slips import slips_of
from emission.stages.produce import CHUNK

BOOK = 300  # pages of one document
# Of a chunk, for engines that take a tenth of a second for each.
SLOW = {"fpdf2": 10, "WeasyPrint": 10}
FILES, BOTH = "emission, one file a voucher", "emission, file and lot page"
# What a town's logo weighs is its own.
PLAIN = "emission, the same without its logo"
OUR_LOT, THEIR_BOOK = "emission, pages of a lot", "Typst, one document"


class Rendering(msgspec.Struct, frozen=True):
    """Files a second, pages of one document a second, and what both weigh; ``absent`` are peers not installed."""

    page: str
    files: Contest
    bytes_a_file: dict[str, Spread]
    book: Contest
    bytes_a_page: dict[str, float]
    absent: tuple[str, ...]


def rendering(name: str, contested: Contested, rounds: int, chunk: int) -> Rendering:
    """The contests of the page ``name``; rounds are fewer where there are not bills for all of them."""
    opened = {peer: open_peer(peer, contested.stage) for peer in PEERS}
    peers = {peer: draw for peer, draw in opened.items() if draw is not None}
    theirs: dict[str, Work[Drawn]] = {peer: partial(_each, draw) for peer, draw in peers.items()}
    files = contest(
        {FILES: partial(ours, contested, Channel.DIGITAL), BOTH: partial(ours, contested, Channel.BOTH)},
        theirs,
        contested.drawn,
        chunk=chunk,
        rounds=rounds,
        at_most=SLOW,
    )
    some = contested.drawn[:chunk]
    plain = msgspec.structs.replace(contested, look=msgspec.structs.replace(contested.look, logo=""))
    sizes = {
        title: spread([len(file.digital) for file in ours(look, Channel.DIGITAL, some)])
        for title, look in ((FILES, contested), (PLAIN, plain))
    }
    sizes |= {peer: spread([len(file) for file in _each(draw, some[: SLOW.get(peer)])]) for peer, draw in peers.items()}
    our_books: dict[str, Callable[[Sequence[Drawn]], bytes]] = {OUR_LOT: partial(lot, contested)}
    their_books = _their_books(contested) if "Typst" in peers else {}
    count = min(BOOK, len(contested.drawn))
    book = contest(our_books, their_books, contested.drawn, chunk=count, rounds=rounds)
    return Rendering(
        page=name,
        files=files,
        bytes_a_file=sizes,
        book=book,
        bytes_a_page=_weights({**our_books, **their_books}, contested.drawn[:count]),
        absent=tuple(peer for peer in PEERS if peer not in peers),
    )


def ours(contested: Contested, channel: Channel, drawn: Sequence[Drawn]) -> list[Stamped]:
    """Check and stamp, as a worker does with a chunk.

    Raises:
        RuntimeError: a bill was not drawn; its speed would be worth nothing.
    """
    bills = [one.bills[channel] for one in drawn]
    faults = [
        fault
        for bill in bills
        for obligation, operation in zip(bill.voucher.obligations, bill.operations, strict=True)
        if operation is not None
        for fault in check(obligation, operation, contested.agreement)
    ]
    made = stamp(template_for(contested.look), bills)
    faults += [page for page in made if isinstance(page, Fault)]
    if faults:
        raise RuntimeError(faults[0].code)
    return [page for page in made if isinstance(page, Stamped)]


def lot(contested: Contested, drawn: Sequence[Drawn]) -> bytes:
    """A lot of these bills, a page each; a run makes the file of each in the same breath, which is left out here."""
    stream = io.BytesIO()
    writer = LotWriter(template_for(contested.look).for_lots, stream)
    for sequence, pages in enumerate(press_pages(contested, drawn), 1):
        for sheet, page in enumerate(pages, 1):
            writer.add(page, ControlMark(1, sequence, sheet, len(pages)))
    writer.close()
    return stream.getvalue()


def press_pages(contested: Contested, drawn: Sequence[Drawn]) -> Iterator[tuple[LotPage, ...]]:
    """The pages for the press of each bill."""
    program = template_for(contested.look).for_lots
    for chunk in batched(drawn, CHUNK):
        bills = [one.bills[Channel.PRINT] for one in chunk]
        symbols = _symbols(bills)
        for bill in bills:
            made = pressed(program, bill, slips_of(bill, program.look), symbols)
            yield tuple(lot_page(side) for side in on_sheets(program, made.pages))


def _symbols(bills: Sequence[Bill]) -> dict[str, QrSymbol]:
    texts = sorted({operation.text(Role.QR) for bill in bills for operation in bill.operations if operation})
    return dict(zip(texts, qr.encode_many(texts), strict=True))


def _their_books(contested: Contested) -> Mapping[str, Callable[[Sequence[Drawn]], bytes]]:
    from bench.peers.with_typst import book_of  # noqa: PLC0415 - it may not be installed

    book = book_of(contested.stage)
    return {THEIR_BOOK: lambda drawn: book([one.page for one in drawn])}


def _each(draw: Callable[..., bytes], drawn: Sequence[Drawn]) -> list[bytes]:
    return [draw(one.page) for one in drawn]


def _weights(books: Mapping[str, Callable[[Sequence[Drawn]], bytes]], drawn: Sequence[Drawn]) -> dict[str, float]:
    """Bytes that a page more takes: what a document shares among its pages is not counted."""
    half = len(drawn) // 2
    if not half:
        return {name: float(len(make(drawn))) for name, make in books.items()}
    return {
        name: round((len(make(drawn)) - len(make(drawn[:half]))) / (len(drawn) - half), 1)
        for name, make in books.items()
    }
