"""What an audit reads of the orders to the provider: each beside all that the ledger tells of it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import case, exists, func, select

from emission.ledger.evidence import paged
from emission.ledger.schema import difference, effect, entry, history, obligation, operation, rendering, stray
from emission.ledger.store import Ledger

# The states of an effect that the history tells; whatever else is told of one changes no state.
STATES = (
    "planned", "sent", "confirmed", "refused", "unknown", "held", "superseded", "cancelled", "abandoned",
)  # fmt: skip


class OrderRow(msgspec.Struct, frozen=True):
    """One effect with what hangs on it; ``row`` is 0 where the run has none for its obligation any more.

    ``current`` is the obligation's revision, ``revised`` how often it changed for good, ``follower`` the state of the
    present revision's order. Of the history: ``sent`` counts the orders, ``told`` is the last state, ``paid`` whether
    it tells of a payment that was not taken back, ``owed`` what it last told of a difference.
    """

    id: int
    row: int
    obligation: int
    obligation_id: str
    current: int
    revised: int
    kind: str
    revision: int
    provider: str
    external_id: str
    amount: int
    payable_hash: bytes | None
    state: str
    attempt: int
    code: str
    number: str | None
    record: bytes | None
    sent: int
    told: str | None
    paid: bool
    owed: str | None
    difference: int | None
    difference_code: str | None
    difference_of: int | None
    follower: str | None


def orders(ledger: Ledger, run_id: int) -> Iterator[OrderRow]:
    """Every effect of an obligation that the run asked for last, or that a row of it names."""
    mine = (history.c.subject == "effect") & (history.c.subject_id == effect.c.id)
    told = select(history.c.event).where(mine, history.c.event.in_(STATES)).order_by(history.c.id.desc()).limit(1)
    paid = (
        select(history.c.event)
        .where(mine, history.c.event.in_(("paid", "unpaid")))
        .order_by(history.c.id.desc())
        .limit(1)
    )
    owed = select(history.c.detail).where(mine, history.c.event == "difference").order_by(history.c.id.desc()).limit(1)
    step = case((history.c.event == "revised", 1), (history.c.event == "restored", -1), else_=0)
    revised = select(func.coalesce(func.sum(step), 0)).where(
        history.c.subject == "obligation", history.c.subject_id == obligation.c.id
    )
    present = effect.alias("present")
    follower = select(present.c.state).where(
        present.c.obligation == obligation.c.id,
        present.c.revision == obligation.c.revision,
        present.c.id != effect.c.id,
    )
    # Asked of each effect by the index: a list of all would be made anew for every page.
    named = exists().where(entry.c.run_id == run_id, entry.c.obligation == effect.c.obligation)
    row = func.coalesce(
        select(entry.c.row)
        .where(entry.c.run_id == run_id, entry.c.obligation == obligation.c.id)
        .limit(1)
        .scalar_subquery(),
        0,
    )
    query = (
        select(
            *(effect.c[name] for name in (
                "id", "obligation", "kind", "revision", "provider", "external_id", "amount", "payable_hash",
                "state", "attempt", "code",
            )),
            row.label("row"), obligation.c.obligation_id, obligation.c.revision.label("current"),
            revised.scalar_subquery().label("revised"), operation.c.number, operation.c.record,
            select(func.count()).where(mine, history.c.event == "sent").scalar_subquery().label("sent"),
            told.scalar_subquery().label("told"), (paid.scalar_subquery() == "paid").label("paid"),
            owed.scalar_subquery().label("owed"), difference.c.amount.label("difference"),
            difference.c.code.label("difference_code"), difference.c.obligation.label("difference_of"),
            follower.limit(1).scalar_subquery().label("follower"),
        )
        .join(obligation, obligation.c.id == effect.c.obligation)
        .outerjoin(operation, operation.c.effect == effect.c.id)
        .outerjoin(difference, difference.c.effect == effect.c.id)
        .where((obligation.c.run_id == run_id) | named, effect.c.revision > 0)
        .order_by(effect.c.id)
    )  # fmt: skip
    for found in paged(ledger, query, effect.c.id, "id"):
        yield OrderRow(**found)


def drawn_from(ledger: Ledger, key: int) -> list[bytes]:
    """What kept papers came from that bear the obligation ``key`` in whatever run."""
    bearing = select(entry.c.voucher).where(entry.c.obligation == key, entry.c.voucher.is_not(None))
    with ledger.transaction() as connection:
        query = select(rendering.c.inputs).where(rendering.c.voucher.in_(bearing)).order_by(rendering.c.id)
        return list(connection.execute(query).scalars())


def strays(ledger: Ledger, key: int) -> tuple[list[str], list[str]]:
    """The numbers that live beside the operation of an effect: as they stand, and as the history tells of them."""
    kept = select(stray.c.number).where(stray.c.effect == key)
    told = select(history.c.detail).where(
        history.c.subject == "effect", history.c.subject_id == key, history.c.event == "stray"
    )
    with ledger.transaction() as connection:
        return sorted(connection.execute(kept).scalars()), sorted(connection.execute(told).scalars())


def with_strays(ledger: Ledger) -> set[int]:
    """The effects that have, or should have, operations beside their own."""
    told = select(history.c.subject_id).where(history.c.subject == "effect", history.c.event == "stray")
    with ledger.transaction() as connection:
        return set(connection.execute(select(stray.c.effect).union(told)).scalars())
