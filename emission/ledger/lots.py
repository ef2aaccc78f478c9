"""Print lots: open while a voucher of theirs waits, sealed once their file is on disk, released to the printer.

Nothing here opens, moves or rewrites a released lot.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import msgspec
from sqlalchemy import exists, func, select, update

from emission.ledger.renderings import PAGE, Input, inputs_of
from emission.ledger.schema import history, lot, voucher
from emission.ledger.standing import inputs_of_standing
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
    """Lots with a voucher that waits again, or that left, are open again, and all their vouchers wait with it.

    ``everything`` makes every rendered voucher wait that is not with the printer: another look, or another folder.
    """
    mine = voucher.c.run_id == run_id
    with ledger.transaction() as connection:
        if everything:
            gone = select(lot.c.number).where(lot.c.run_id == run_id, lot.c.state == "released")
            here = ~voucher.c.printed | voucher.c.lot.is_(None) | voucher.c.lot.not_in(gone)
            connection.execute(update(voucher).where(mine, here, voucher.c.state == "rendered").values(state="pending"))
            kept = (lot.c.run_id == run_id) & (lot.c.state != "released")
            connection.execute(update(lot).where(kept).values(state="open"))
            return
        busy = select(voucher.c.lot).where(
            mine, voucher.c.state == "pending", voucher.c.lot.is_not(None), voucher.c.printed
        )
        inside = (voucher.c.run_id == run_id) & (voucher.c.lot == lot.c.number) & voucher.c.printed
        standing = select(func.count()).select_from(voucher).where(inside, voucher.c.state == "rendered")
        # One that goes on paper no more, or in another lot, has left.
        left = standing.scalar_subquery() != lot.c.vouchers
        torn = (lot.c.run_id == run_id) & (lot.c.state == "sealed") & (lot.c.number.in_(busy) | left)
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


def with_withdrawn(ledger: Ledger, run_id: int) -> list[int]:
    """Sealed lots that still hold the page of a voucher that was withdrawn."""
    left = (voucher.c.run_id == run_id) & (voucher.c.state == "withdrawn") & (voucher.c.sha256 != "")
    held = select(voucher.c.lot).where(left, voucher.c.printed, voucher.c.lot.is_not(None))
    query = select(lot.c.number).where(lot.c.run_id == run_id, lot.c.state == "sealed", lot.c.number.in_(held))
    with ledger.transaction() as connection:
        return list(connection.execute(query).scalars())


def stale_files(ledger: Ledger, run_id: int) -> list[str]:
    """Files of lots that are open again, and manifests of a release that came to nothing: they stand no more."""
    query = select(lot.c.file).where(lot.c.run_id == run_id, lot.c.state == "open", lot.c.file != "")
    with ledger.transaction() as connection:
        files = list(connection.execute(query).scalars())
    return [name for file in files for name in (file, manifest_of(file))]


def manifest_of(file: str) -> str:
    """Where the manifest of a released lot lies: beside the lot's file."""
    return PurePosixPath(file).with_suffix(".csv").as_posix()


class Sheet(msgspec.Struct, frozen=True):
    """A lot as people ask for it; ``waiting`` vouchers keep it open, ``released_at`` is seconds since 1970 (UTC)."""

    number: int
    state: str
    vouchers: int
    pages: int
    file: str
    sha256: str
    waiting: int
    released_at: float
    released_by: str


def sheets(ledger: Ledger, run_id: int) -> list[Sheet]:
    """Every lot of a run, in order."""
    busy = (
        select(func.count())
        .select_from(voucher)
        .where(voucher.c.run_id == run_id, voucher.c.lot == lot.c.number, voucher.c.state == "pending")
    )
    names = ("number", "state", "vouchers", "pages", "file", "sha256")
    query = select(
        *(lot.c[name] for name in names),
        busy.where(voucher.c.printed).scalar_subquery().label("waiting"),
        func.coalesce(lot.c.released_at, 0.0).label("released_at"),
    )
    whom = select(history.c.subject_id, history.c.who).where(
        history.c.subject == "lot", history.c.event == "released", history.c.detail.startswith(f"run {run_id},")
    )
    with ledger.transaction() as connection:
        by = dict(connection.execute(whom).all())
        rows = connection.execute(query.where(lot.c.run_id == run_id).order_by(lot.c.number)).mappings().all()
    return [Sheet(**row, released_by=by.get(row["number"], "")) for row in rows]


def released(ledger: Ledger, run_id: int) -> list[int]:
    """The lots that went to the printer."""
    query = select(lot.c.number).where(lot.c.run_id == run_id, lot.c.state == "released")
    with ledger.transaction() as connection:
        return list(connection.execute(query.order_by(lot.c.number)).scalars())


def stand_as_released(ledger: Ledger, run_id: int) -> None:
    """Vouchers of released lots that a stopped command was making again stand as they went to the printer."""
    gone = select(lot.c.number).where(lot.c.run_id == run_id, lot.c.state == "released")
    begun = (voucher.c.run_id == run_id) & (voucher.c.state == "pending") & (voucher.c.sha256 != "")
    begun &= voucher.c.printed & voucher.c.lot.in_(gone)
    with ledger.transaction() as connection:
        connection.execute(update(voucher).where(begun).values(state="rendered"))


def lost_for_good(ledger: Ledger, run_id: int, folder: Path, look: str) -> dict[int, str]:
    """Vouchers of released lots, by key, whose file is gone and that this ``look`` would make otherwise than it was."""
    gone = select(lot.c.number).where(lot.c.run_id == run_id, lot.c.state == "released")
    mine = (voucher.c.run_id == run_id) & voucher.c.printed & voucher.c.lot.in_(gone) & (voucher.c.state == "rendered")
    query = select(voucher.c.id, voucher.c.voucher_id, voucher.c.file).where(mine, voucher.c.look != look)
    with ledger.transaction() as connection:
        rows = connection.execute(query.order_by(voucher.c.ordinal)).all()
    return {key: name for key, name, file in rows if not (folder / file).is_file()}


def released_without_file(ledger: Ledger, run_id: int, folder: Path) -> list[int]:
    """Those of them whose file is gone; nobody but ``emission reprint`` makes it again."""
    query = select(lot.c.number, lot.c.file).where(lot.c.run_id == run_id, lot.c.state == "released")
    with ledger.transaction() as connection:
        rows = connection.execute(query.order_by(lot.c.number)).all()
    return [number for number, file in rows if not all((folder / name).is_file() for name in (file, manifest_of(file)))]


class Slip(msgspec.Struct, frozen=True):
    """What lies at one place of a lot: a voucher, with its packed obligations and operations in their order."""

    sequence: int
    pages: int
    voucher_id: str
    sha256: str
    inputs: tuple[Input, ...]


def slips(ledger: Ledger, run_id: int, number: int) -> list[Slip]:
    """The places of a lot that is sealed, in sequence."""
    query = (
        select(voucher.c.sequence, voucher.c.pages, voucher.c.voucher_id, voucher.c.sha256, voucher.c.id)
        .where(voucher.c.run_id == run_id, voucher.c.lot == number, voucher.c.state == "rendered", voucher.c.printed)
        .order_by(voucher.c.sequence)
    )
    with ledger.transaction() as connection:
        rows = connection.execute(query).all()
        inputs: dict[int, list[Input]] = {}
        for start in range(0, len(rows), PAGE):
            keys = [key for *_, key in rows[start : start + PAGE]]
            inputs |= inputs_of_standing(ledger, keys) | inputs_of(connection, keys)
    return [
        Slip(sequence, pages, name, digest, tuple(inputs.get(key, ()))) for sequence, pages, name, digest, key in rows
    ]


def release(ledger: Ledger, run_id: int, sheet: Sheet, who: str) -> bool:
    """Freezes a sealed lot; false where it is not any more what ``sheet`` says.

    Nor is it where a voucher in it waits again or was withdrawn, and the run was stopped before it opened the lot.
    """
    inside = (voucher.c.run_id == run_id) & (voucher.c.lot == sheet.number) & voucher.c.printed
    standing = select(func.count()).select_from(voucher).where(inside, voucher.c.state == "rendered")
    same = (lot.c.run_id == run_id) & (lot.c.number == sheet.number)
    same &= (lot.c.state == "sealed") & (lot.c.sha256 == sheet.sha256)
    same &= (standing.scalar_subquery() == lot.c.vouchers) & ~exists().where(inside, voucher.c.state == "pending")
    with ledger.transaction() as connection:
        changed = connection.execute(update(lot).where(same).values(state="released", released_at=time.time()))
        if changed.rowcount:
            detail = f"run {run_id}, {sheet.vouchers} vouchers, {sheet.pages} pages"
            ledger.record("lot", [sheet.number], "released", detail, who)
        return bool(changed.rowcount)
