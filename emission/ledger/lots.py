"""Print lots: open while a voucher of theirs waits, sealed once their file is on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from sqlalchemy import exists, select, update

from emission.ledger.schema import lot, voucher
from emission.ledger.store import Ledger


class Page(msgspec.Struct, frozen=True):
    """Where the print pages of a voucher wait."""

    sequence: int
    pages: int
    part: str
    part_offset: int


def open_lots(ledger: Ledger, run_id: int) -> list[int]:
    """The lots that are not sealed."""
    query = select(lot.c.number).where(lot.c.run_id == run_id, lot.c.state == "open")
    with ledger.transaction() as connection:
        return list(connection.execute(query.order_by(lot.c.number)).scalars())


def sealable(ledger: Ledger, run_id: int, candidates: Iterable[int]) -> list[int]:
    """Those open lots of ``candidates`` none of whose vouchers wait any more."""
    mine = (voucher.c.run_id == lot.c.run_id) & (voucher.c.lot == lot.c.number)
    busy = exists().where(mine, voucher.c.state == "pending", voucher.c.printed)
    query = select(lot.c.number).where(
        lot.c.run_id == run_id, lot.c.number.in_(list(candidates)), lot.c.state == "open", ~busy
    )
    with ledger.transaction() as connection:
        return list(connection.execute(query.order_by(lot.c.number)).scalars())


def print_pages(ledger: Ledger, run_id: int, number: int) -> Iterator[Page]:
    """The pages of a lot, in sequence."""
    query = (
        select(voucher.c.sequence, voucher.c.pages, voucher.c.part, voucher.c.part_offset)
        .where(voucher.c.run_id == run_id, voucher.c.lot == number, voucher.c.state == "rendered", voucher.c.printed)
        .order_by(voucher.c.sequence)
    )
    with ledger.transaction() as connection:
        rows = connection.execute(query).all()
    for sequence, pages, part, offset in rows:
        yield Page(sequence, pages, part, offset)


class Sealed(msgspec.Struct, frozen=True):
    """A lot on disk: its file (none where it has no pages), and the look that it was made with."""

    vouchers: int
    pages: int
    file: str
    sha256: str
    look: str


def sealed(ledger: Ledger, run_id: int, number: int, done: Sealed) -> None:
    """Writes down that a lot is on disk."""
    values = {"state": "sealed", **msgspec.structs.asdict(done)}
    with ledger.transaction() as connection:
        connection.execute(update(lot).where(lot.c.run_id == run_id, lot.c.number == number).values(values))
        ledger.record("lot", [number], "sealed", f"run {run_id}, {done.vouchers} vouchers, {done.pages} pages")


def reopen(ledger: Ledger, run_id: int, *, everything: bool) -> None:
    """Lots with a voucher that waits again are open again, and all their vouchers wait with it.

    ``everything`` makes every rendered voucher wait: another look, or another folder.
    """
    mine = voucher.c.run_id == run_id
    with ledger.transaction() as connection:
        if everything:
            connection.execute(update(voucher).where(mine, voucher.c.state == "rendered").values(state="pending"))
            connection.execute(update(lot).where(lot.c.run_id == run_id).values(state="open"))
            return
        busy = select(voucher.c.lot).where(
            mine, voucher.c.state == "pending", voucher.c.lot.is_not(None), voucher.c.printed
        )
        torn = (lot.c.run_id == run_id) & (lot.c.state == "sealed") & lot.c.number.in_(busy)
        numbers = list(connection.execute(select(lot.c.number).where(torn)).scalars())
        again = mine & voucher.c.lot.in_(numbers) & (voucher.c.state == "rendered")
        connection.execute(update(voucher).where(again).values(state="pending"))
        connection.execute(update(lot).where(torn).values(state="open"))


def open_again(ledger: Ledger, run_id: int, numbers: Sequence[int]) -> None:
    """Lots whose file is gone are open again, and all their vouchers wait."""
    with ledger.transaction() as connection:
        mine = (voucher.c.run_id == run_id) & voucher.c.lot.in_(numbers) & (voucher.c.state == "rendered")
        connection.execute(update(voucher).where(mine).values(state="pending"))
        connection.execute(update(lot).where(lot.c.run_id == run_id, lot.c.number.in_(numbers)).values(state="open"))


def parts(ledger: Ledger, run_id: int) -> list[tuple[int, str]]:
    """Key and part file of every rendered voucher whose lot is not sealed yet."""
    mine = (lot.c.run_id == voucher.c.run_id) & (lot.c.number == voucher.c.lot)
    query = (
        select(voucher.c.id, voucher.c.part)
        .join(lot, mine)
        .where(voucher.c.run_id == run_id, voucher.c.state == "rendered", voucher.c.printed, lot.c.state == "open")
    )
    with ledger.transaction() as connection:
        return [(key, part) for key, part in connection.execute(query)]


def lot_files(ledger: Ledger, run_id: int) -> list[tuple[int, str]]:
    """Number and file of every sealed lot that has pages."""
    query = select(lot.c.number, lot.c.file).where(lot.c.run_id == run_id, lot.c.state == "sealed", lot.c.vouchers > 0)
    with ledger.transaction() as connection:
        return [(number, file) for number, file in connection.execute(query)]
