"""Payments beside what they are of, for whoever judges, reports and hands them on: one bill's together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, func, select

from emission.ledger.payment_schema import charge, payment, settlement
from emission.ledger.payments import Books, Payment, payment_of
from emission.ledger.schema import effect, entry, obligation, operation
from emission.ledger.store import Ledger
from emission.model import Obligation

PAGE = 1000

_obligation = msgspec.msgpack.Decoder(Obligation)


class Asked(msgspec.Struct, frozen=True):
    """What was asked for with the order that a payment is of.

    ``current`` says that the bill has no newer revision; ``number`` is the accepted operation's; ``amount`` minor units
    at the first due date; ``record`` what the bill says now, ``None`` where no sound row names it any more.
    """

    effect: int
    obligation_id: str
    tax: str
    period: str
    current: bool
    number: str
    external_id: str
    amount: int
    record: Obligation | None


class Entry(msgspec.Struct, frozen=True):
    """A payment as the ledger has it; ``asked`` is ``None`` where nobody knows of what. ``changed_at``: seconds."""

    id: int
    channel: str
    key: str
    payment: Payment
    asked: Asked | None
    changed_at: float


class Deposit(msgspec.Struct, frozen=True):
    """A settlement as one source told it; ``None`` where that did not say. ``charges`` are what was kept, by kind."""

    channel: str
    number: str
    source: str
    currency: str
    gross: int | None
    deposited: int | None
    payments: int | None
    deposited_on: str
    charges: dict[str, int]


def bills(ledger: Ledger, books: Books, since: float = 0.0) -> Iterator[list[Entry]]:
    """The payments of each bill that has any; then each of those that nobody knows, alone.

    With ``since`` (seconds since 1970, UTC) those of bills of which anything changed from then on.
    """
    mine = (payment.c.environment == books.environment) & (payment.c.issuer == books.issuer)
    mine &= payment.c.changed_at >= since
    last = 0
    while True:
        keys = select(payment.c.obligation).where(mine, payment.c.obligation > last).distinct()
        with ledger.transaction() as connection:
            page = list(connection.execute(keys.order_by(payment.c.obligation).limit(PAGE)).scalars())
        if not page:
            break
        last = page[-1]
        yield from of_bills(ledger, page).values()
    last = 0
    while found := _entries(ledger, mine & payment.c.obligation.is_(None) & (payment.c.id > last), limit=PAGE):
        last = found[-1][1].id
        yield from ([one] for _, one in found)


def of_bills(ledger: Ledger, obligations: Sequence[int]) -> dict[int, list[Entry]]:
    """The payments of these obligations, by obligation."""
    grouped: dict[int, list[Entry]] = {}
    for owner, one in _entries(ledger, payment.c.obligation.in_(obligations)):
        grouped.setdefault(owner, []).append(one)
    return {owner: grouped[owner] for owner in sorted(grouped)}


def settled(ledger: Ledger, books: Books) -> dict[tuple[str, str], tuple[int, int]]:
    """How many payments are known to be in each settlement (channel and number), and their amount."""
    mine = (payment.c.environment == books.environment) & (payment.c.issuer == books.issuer)
    query = select(payment.c.channel, payment.c.settlement, func.count(), func.sum(payment.c.amount))
    query = query.where(mine, payment.c.settlement != "").group_by(payment.c.channel, payment.c.settlement)
    found: dict[tuple[str, str], tuple[int, int]] = {}
    with ledger.transaction() as connection:
        for channel, numbers, count, amount in connection.execute(query):
            # A payment in two settlements is in the sum of each.
            for number in numbers.split():
                before = found.get((channel, number), (0, 0))
                found[channel, number] = (before[0] + count, before[1] + amount)
    return found


def deposits(ledger: Ledger, books: Books, since: float = 0.0) -> list[Deposit]:
    """Every settlement, as each source told it last: the telling with a day of deposit before those without.

    With ``since`` those that were told from then on.
    """
    mine = (settlement.c.environment == books.environment) & (settlement.c.issuer == books.issuer)
    names = ("channel", "number", "source", "currency", "gross", "deposited", "payments", "deposited_on")
    query = select(settlement.c.id, *(settlement.c[name] for name in names)).where(mine, settlement.c.seen_at >= since)
    # Of several tellings always the same one counts, whichever came first.
    order = (settlement.c.channel, settlement.c.number, settlement.c.source, settlement.c.deposited_on,
             settlement.c.deposited, settlement.c.digest)  # fmt: skip
    with ledger.transaction() as connection:
        rows = connection.execute(query.order_by(*order)).mappings().all()
        kept = connection.execute(
            select(charge.c.settlement, charge.c.kind, func.sum(charge.c.amount)).group_by(
                charge.c.settlement, charge.c.kind
            )
        ).all()
    charges: dict[int, dict[str, int]] = {}
    for key, kind, amount in kept:
        charges.setdefault(key, {})[kind] = amount
    told = {(row["channel"], row["number"], row["source"]): row for row in rows}
    return [Deposit(**{name: row[name] for name in names}, charges=charges.get(row["id"], {})) for row in told.values()]


def _entries(ledger: Ledger, wanted: ColumnElement[bool], limit: int | None = None) -> list[tuple[int, Entry]]:
    query = _joined().where(wanted).order_by(payment.c.id)
    with ledger.transaction() as connection:
        rows = [dict(row) for row in connection.execute(query.limit(limit)).mappings()]
        records = _records(ledger, {row["obligation"] for row in rows if row["obligation"] is not None})
    return [(row["obligation"], _entry(row, records)) for row in rows]


def _joined() -> Select[Any]:
    return (
        select(
            payment,
            effect.c.id.label("asked_effect"), effect.c.external_id.label("asked_external_id"),
            effect.c.amount.label("asked_amount"), (effect.c.revision == obligation.c.revision).label("current"),
            obligation.c.obligation_id, obligation.c.tax, obligation.c.period,
            operation.c.number.label("asked_number"),
        )
        .outerjoin(effect, effect.c.id == payment.c.effect)
        .outerjoin(obligation, obligation.c.id == payment.c.obligation)
        .outerjoin(operation, operation.c.effect == effect.c.id)
    )  # fmt: skip


def _records(ledger: Ledger, obligations: Iterable[int]) -> dict[int, Obligation]:
    """What the newest sound rows say of the bills."""
    query = select(entry.c.obligation, entry.c.record).where(
        entry.c.obligation.in_(list(obligations)), ~entry.c.faulty, entry.c.record.is_not(None)
    )
    with ledger.transaction() as connection:
        rows = connection.execute(query.order_by(entry.c.run_id)).all()
    return {key: _obligation.decode(record) for key, record in rows}


def _entry(row: dict[str, Any], records: dict[int, Obligation]) -> Entry:
    asked = None
    if row["asked_effect"] is not None:
        asked = Asked(
            effect=row["asked_effect"],
            obligation_id=row["obligation_id"],
            tax=row["tax"],
            period=row["period"],
            current=bool(row["current"]),
            number=row["asked_number"] or "",
            external_id=row["asked_external_id"],
            amount=row["asked_amount"],
            record=records.get(row["obligation"]),
        )
    made = payment_of(row)
    key = f"{row['channel']}:{row['subject']}:{row['ordinal']}"
    return Entry(row["id"], row["channel"], key, made, asked, row["changed_at"])
