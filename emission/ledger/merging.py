"""A file that comes for a run that already has rows: is it the whole batch again, or a part of it?

The file's rows wait at positions beyond :data:`ASIDE` until that is known.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import ColumnElement, delete, exists, func, insert, literal, select, true, update

from emission.ledger import staging
from emission.ledger.schema import effect, entry, staged, voucher
from emission.ledger.staging import Staged
from emission.ledger.store import Ledger

ASIDE = 1 << 40


def has_entries(ledger: Ledger, run_id: int) -> bool:
    """Whether the run has ever admitted a file."""
    with ledger.transaction() as connection:
        return connection.execute(select(entry.c.row).where(entry.c.run_id == run_id).limit(1)).first() is not None


def absent(ledger: Ledger, run_id: int, *, issued: bool) -> int:
    """How many sound entries of the run the file aside does not bring: the issued ones, or the others."""
    condition = _issued() if issued else ~_issued()
    brought = exists().where(staged.c.run_id == run_id, staged.c.obligation_id == entry.c.obligation_id)
    query = select(func.count()).select_from(entry)
    with ledger.transaction() as connection:
        found = connection.execute(query.where(entry.c.run_id == run_id, ~brought, ~entry.c.faulty, condition))
        return int(found.scalar_one())


def take_as_whole(ledger: Ledger, run_id: int) -> None:
    """The file aside is the batch: its rows keep the file's numbers."""
    moved = {"position": staged.c.position - ASIDE, "bundle": staged.c.bundle - ASIDE}
    with ledger.transaction() as connection:
        connection.execute(update(staged).where(staged.c.run_id == run_id).values(moved))


def take_as_part(ledger: Ledger, run_id: int, corrected: dict[int, int]) -> None:
    """The entries stay; rows of the file aside replace theirs, and the new ones are numbered on.

    ``corrected`` maps a position aside to the row number that it says it corrects.
    """
    _restage(ledger, run_id)
    taken: set[int] = set()
    for page in staging.pages(ledger, run_id, staged.c.position > ASIDE):
        last = _last_position(ledger, run_id)
        placed: list[Staged] = []
        for row in page:
            position = _entry_of(ledger, run_id, row, corrected.get(row.position))
            if position is None or position in taken:
                last += 1
                position = last
            elif row.faulty and _is_issued(ledger, run_id, position):
                # What was issued stands; a faulty row that names it is refused by itself, as nobody's.
                last += 1
                position = last
                row = msgspec.structs.replace(row, obligation_id="", voucher_id="")  # noqa: PLW2901 - the same row
            taken.add(position)
            placed.append(msgspec.structs.replace(row, position=position, row=position, bundle=position))
        with ledger.transaction() as connection:
            gone = [row.position for row in (*page, *placed)]
            connection.execute(delete(staged).where(staged.c.run_id == run_id, staged.c.position.in_(gone)))
            staging.add(ledger, run_id, placed)
    _regroup(ledger, run_id)


def other_debts(ledger: Ledger, run_id: int) -> tuple[int, str]:
    """How many issued bills the image would put another debt in the place of, under the same id; the first such id.

    Their tax or their period changed, which makes another debt. The staged rows must be recognised.
    """
    same = staged.c.faulty | (staged.c.obligation == entry.c.obligation)
    named = (staged.c.run_id == run_id) & (staged.c.obligation_id == entry.c.obligation_id)
    query = select(func.count(), func.min(entry.c.obligation_id)).where(
        entry.c.run_id == run_id, ~entry.c.faulty, _issued(), exists().where(named), ~exists().where(named, same)
    )
    with ledger.transaction() as connection:
        count, first = connection.execute(query).one()
    return int(count), first or ""


def _issued() -> ColumnElement[bool]:
    asked = exists().where(effect.c.obligation == entry.c.obligation, effect.c.state != "planned")
    rendered = exists().where(voucher.c.id == entry.c.voucher, voucher.c.state == "rendered")
    return asked | rendered


def _is_issued(ledger: Ledger, run_id: int, position: int) -> bool:
    query = select(entry.c.row).where(entry.c.run_id == run_id, entry.c.row == position, ~entry.c.faulty, _issued())
    with ledger.transaction() as connection:
        return connection.execute(query).first() is not None


def _restage(ledger: Ledger, run_id: int) -> None:
    same = ("run_id", "position", "row", "obligation_id", "voucher_id", "amount", "content", "parsed", "record")
    columns = [*(entry.c[name] for name in same), entry.c.position, entry.c.record.is_(None), ~true(), literal(0)]
    source = select(*columns).where(entry.c.run_id == run_id)
    with ledger.transaction() as connection:
        connection.execute(insert(staged).from_select([*same, "bundle", "faulty", "dropped", "pages"], source))


def _last_position(ledger: Ledger, run_id: int) -> int:
    query = select(func.max(staged.c.position)).where(staged.c.run_id == run_id, staged.c.position < ASIDE)
    with ledger.transaction() as connection:
        return int(connection.execute(query).scalar() or 0)


def _entry_of(ledger: Ledger, run_id: int, row: Staged, corrects: int | None) -> int | None:
    """The entry that this row is: the rejected one it corrects, else the one of its id, else its very twin."""
    mine = entry.c.run_id == run_id
    questions: list[ColumnElement[bool]] = []
    if corrects is not None:
        questions.append((entry.c.row == corrects) & (entry.c.faulty | (entry.c.obligation_id == row.obligation_id)))
    if row.obligation_id:
        questions.append(entry.c.obligation_id == row.obligation_id)
    else:
        questions.append(entry.c.faulty & (entry.c.content == row.content))
    with ledger.transaction() as connection:
        for question in questions:
            query = select(entry.c.row).where(mine, question).order_by(entry.c.row).limit(1)
            found = connection.execute(query).scalar()
            if found is not None:
                return int(found)
    return None


def _regroup(ledger: Ledger, run_id: int) -> None:
    """Finds the vouchers again, over rows that now stand in another order."""
    current, bundle = "", 0
    for page in staging.pages(ledger, run_id):
        changes = []
        for row in page:
            if not row.voucher_id or row.voucher_id != current:
                current, bundle = row.voucher_id, row.position
            changes.append({"b_position": row.position, "b_bundle": bundle})
        staging.settle(ledger, run_id, changes, "bundle")
