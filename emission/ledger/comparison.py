"""A new file beside what the run has issued: row by row, what would change, and how far the old bill has gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Select, exists, func, select

from emission import identity
from emission.ledger import staging
from emission.ledger.schema import effect, entry, lot, obligation, operation, staged, voucher
from emission.ledger.staging import Staged
from emission.ledger.store import Ledger

PAGE = 1000


class Kind(StrEnum):
    """What the new file does to a bill."""

    UNCHANGED = "unchanged"
    TEXT = "text"
    MONEY = "money"
    GONE = "gone"
    NEW = "new"
    REJECTED = "rejected"


class Reach(StrEnum):
    """How far the bill as it was has gone."""

    NOT_RENDERED = "not_rendered"
    RENDERED = "rendered"
    RELEASED = "released"
    PAID = "paid"


class Change(msgspec.Struct, frozen=True):
    """One row of either side. Amounts in minor units, ``None`` where there is none to read.

    ``effect`` is the operation that lives at the provider for the bill as it was, if any, with its
    ``external_id``, ``number`` and the packed obligation that it was asked with.
    """

    kind: Kind
    reach: Reach
    before: int | None
    after: int | None
    effect: int | None = None
    external_id: str = ""
    number: str = ""
    record: bytes = b""


def compare(ledger: Ledger, run_id: int) -> Iterator[Change]:
    """Every staged row against its entry, then every entry that the file does not name any more."""
    for page in staging.pages(ledger, run_id):
        before = _entries(ledger, _bills(run_id).where(entry.c.obligation_id.in_([row.obligation_id for row in page])))
        for row in page:
            yield _change(row, None if row.dropped else before.get(row.obligation_id))
    same = staged.c.faulty | entry.c.obligation.is_(None) | (staged.c.obligation == entry.c.obligation)
    named = exists().where(staged.c.run_id == run_id, staged.c.obligation_id == entry.c.obligation_id, same)
    last = -1
    while True:
        query = _bills(run_id).where(~named, entry.c.row > last).order_by(entry.c.row).limit(PAGE)
        gone = _entries(ledger, query)
        if not gone:
            return
        for bill in gone.values():
            if not bill["faulty"] or bill["state"] == "rendered":
                yield _old(Kind.GONE, bill, None)
            last = max(last, bill["row"])


def _bills(run_id: int) -> Select[Any]:
    """The rows of the run, each with the operation that lives: a stopped amendment may have asked for none."""
    living = effect.alias("living")
    present = obligation.c.revision
    mine = (living.c.obligation == obligation.c.id) & (living.c.state == "confirmed")
    alive = select(func.max(living.c.revision)).where(mine).correlate(obligation).scalar_subquery()
    lives = (effect.c.obligation == obligation.c.id) & (effect.c.revision == func.coalesce(alive, present))
    return (
        select(
            entry.c.obligation_id, entry.c.voucher_id, entry.c.row, entry.c.faulty, entry.c.amount,
            entry.c.presentation, entry.c.record, entry.c.obligation, obligation.c.payable_hash, voucher.c.state,
            lot.c.state.label("lot_state"), effect.c.id.label("effect"), effect.c.state.label("effect_state"),
            effect.c.code, effect.c.external_id, effect.c.amount.label("asked"), operation.c.number,
            effect.c.payable_hash.label("asked_hash"), voucher.c.sha256,
        )
        .outerjoin(voucher, voucher.c.id == entry.c.voucher)
        .outerjoin(lot, (lot.c.run_id == voucher.c.run_id) & (lot.c.number == voucher.c.lot) & voucher.c.printed)
        .outerjoin(obligation, obligation.c.id == entry.c.obligation)
        .outerjoin(effect, lives)
        .outerjoin(operation, operation.c.effect == effect.c.id)
        .where(entry.c.run_id == run_id)
    )  # fmt: skip


def _entries(ledger: Ledger, query: Select[Any]) -> dict[str, dict[str, Any]]:
    """By obligation id; where several rows bear one, the row that has a bill."""
    found: dict[str, dict[str, Any]] = {}
    with ledger.transaction() as connection:
        for row in connection.execute(query).mappings():
            name = row["obligation_id"] or f"\0{row['row']}"
            if name not in found or row["obligation"] is not None:
                found[name] = dict(row)
    return found


def _change(row: Staged, bill: dict[str, Any] | None) -> Change:
    if bill is not None and not row.faulty and bill["obligation"] not in (None, row.obligation):
        bill = None  # another debt of the same id: of another tax or period
    known = bill is not None and bill["obligation"] is not None
    if row.faulty and not any(fault.code.startswith("payable-") for fault in row.faults):
        return _old(Kind.REJECTED, bill, row.amount) if known else _fresh(Kind.REJECTED, row)
    if bill is None or not known:
        return _fresh(Kind.NEW, row)
    record = row.obligation_record()
    if identity.payable_hash(record) != _payable_hash(bill):
        return _old(Kind.MONEY, bill, row.amount)
    was, now = (bill["presentation"], bill["voucher_id"]), (row.presentation, row.voucher_id)
    told_otherwise = not bill["faulty"] and was != now
    return _old(Kind.TEXT if told_otherwise else Kind.UNCHANGED, bill, row.amount)


def _fresh(kind: Kind, row: Staged) -> Change:
    return Change(kind, Reach.NOT_RENDERED, None, row.amount)


def _old(kind: Kind, bill: dict[str, Any] | None, after: int | None) -> Change:
    assert bill is not None
    alive = bill["effect_state"] == "confirmed"
    return Change(
        kind,
        _reach(bill),
        bill["asked"] if alive else bill["amount"],
        after,
        effect=bill["effect"] if alive else None,
        external_id=bill["external_id"] or "",
        number=bill["number"] or "",
        record=bill["record"] or b"",
    )


def _payable_hash(bill: dict[str, Any]) -> bytes | None:
    """What the living operation asks for; where none lives, what would be asked for."""
    asked: bytes | None = bill["asked_hash"] if bill["effect_state"] == "confirmed" else None
    return asked or bill["payable_hash"]


def _reach(bill: dict[str, Any]) -> Reach:
    if bill["code"] == "paid":
        return Reach.PAID
    if bill["state"] != "rendered" and not (bill["state"] == "pending" and bill["sha256"]):
        return Reach.NOT_RENDERED
    return Reach.RELEASED if bill["lot_state"] == "released" else Reach.RENDERED


def effects_of(changes: Sequence[Change]) -> list[int]:
    """The operations of ``changes``."""
    return [change.effect for change in changes if change.effect is not None]
