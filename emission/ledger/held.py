"""Orders that nobody may guess about, and what a person decides of them: each decision one short transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import func, insert, select, update

from emission.errors import Refused
from emission.ledger import effects, work
from emission.ledger.effects import Answer, Replaced
from emission.ledger.schema import effect, entry, history, obligation, operation, run, stray, voucher
from emission.ledger.store import Ledger
from emission.model import Fault, Obligation, Operation

# A person decides of an order in one of these states.
UNDECIDED = ("held", "abandoned")

_obligation = msgspec.msgpack.Decoder(Obligation)


class Held(msgspec.Struct, frozen=True):
    """An order that waits for a person (``held``), or that one gave up (``abandoned``).

    ``since`` is seconds since 1970 (UTC), ``amount`` minor units, ``batches`` every run that names the obligation;
    ``record`` is what is asked for now, ``None`` where no sound row names it any more. ``message`` is a code, the
    numbers that the provider answered, or the reason that a person gave.
    """

    effect: int
    obligation: int
    revision: int
    provider: str
    external_id: str
    state: str
    amount: int
    message: str
    since: float
    batches: tuple[str, ...]
    currency: str
    sources: tuple[str, ...]
    obligation_id: str
    record: Obligation | None


class Decision(msgspec.Struct, frozen=True):
    """Who decided, and why."""

    who: str
    why: str


def held(ledger: Ledger, environment: str, issuer: str) -> list[Held]:
    """Those of an issuer's environment, the longest held first; what an amendment replaced is decided already."""
    happened = select(func.max(history.c.at)).where(
        history.c.subject == "effect", history.c.subject_id == effect.c.id, history.c.event == effect.c.state
    )
    since = func.coalesce(happened.scalar_subquery(), effect.c.sent_at, 0.0).label("since")
    names = ("revision", "provider", "external_id", "state", "amount", "message")
    query = (
        select(
            effect.c.id.label("effect"), effect.c.obligation, *(effect.c[name] for name in names), since,
            obligation.c.obligation_id, run.c.batch, run.c.currency,
        )
        .join(obligation, obligation.c.id == effect.c.obligation)
        .join(run, run.c.id == obligation.c.run_id)
        .where(
            effect.c.state.in_(UNDECIDED),
            effect.c.revision == obligation.c.revision,
            obligation.c.environment == environment,
            obligation.c.issuer == issuer,
        )
        .order_by(since, effect.c.id)
    )  # fmt: skip
    rows = (
        select(run.c.batch, run.c.source, entry.c.record)
        .join(run, run.c.id == entry.c.run_id)
        .order_by(entry.c.faulty, run.c.id)
    )
    found = []
    with ledger.transaction() as connection:
        for found_order in connection.execute(query).mappings().all():
            order = dict(found_order)
            home = order.pop("batch")
            naming = connection.execute(rows.where(entry.c.obligation == order["obligation"])).all()
            packed = next((record for *_, record in naming if record), None)
            found.append(
                Held(
                    **order,
                    # Where no row names it any more it is still of the batch that asked for it.
                    batches=tuple(dict.fromkeys(batch for batch, *_ in naming)) or (home,),
                    sources=tuple(dict.fromkeys(source for _, source, _ in naming)),
                    record=_obligation.decode(packed) if packed else None,
                )
            )
    return found


def accept(
    ledger: Ledger, order: Held, operation: Operation, strays: Sequence[str], warnings: Sequence[str], by: Decision
) -> None:
    """The order has this ``operation``; ``strays`` are the numbers of others that live beside it.

    Raises:
        Refused: somebody decided meanwhile.
    """
    with ledger.transaction() as connection:
        _claim(ledger, order)
        before = _standing_before(ledger, order)
        if before:
            operation = msgspec.structs.replace(operation, replaces=before[-1][1])
        answer = Answer(order.effect, "confirmed", operation=operation, warnings=tuple(warnings), code="accepted")
        effects.answered(ledger, [answer])
        effects.replaced(ledger, [Replaced(key, "superseded") for key, _ in before])
        now = time.time()
        if strays:
            values = [{"effect": order.effect, "number": number, "at": now} for number in strays]
            connection.execute(insert(stray), values)
            for number in strays:
                ledger.record("effect", [order.effect], "stray", number)
        ledger.record("effect", [order.effect], "accepted", f"{operation.number}: {by.why}", by.who)


def retry(ledger: Ledger, order: Held, state: str, by: Decision) -> None:
    """The order is to be settled by the next run: ``unknown`` is asked about first, ``planned`` is sent again.

    Raises:
        Refused: somebody decided meanwhile.
    """
    with ledger.transaction():
        _claim(ledger, order, state=state, lookups=0, sent_at=time.time(), code="", message="")
        ledger.record("effect", [order.effect], state, by.why, by.who)


def give_up(ledger: Ledger, order: Held, by: Decision) -> None:
    """The order is never sent again, and its rows say so.

    Raises:
        Refused: somebody decided meanwhile.
    """
    with ledger.transaction() as connection:
        _claim(ledger, order, state="abandoned", code="given-up", message=by.why)
        mine = (entry.c.obligation == order.obligation) & (voucher.c.id == entry.c.voucher)
        query = select(entry.c.run_id, entry.c.row, voucher.c.id).where(mine, voucher.c.state == "failed")
        for run_id, row, key in connection.execute(query).all():
            work.explain(ledger, run_id, {row: [given_up(by.why)]})
            work.failed(ledger, {key: "given-up"})
        told = f"{order.message}: {by.why}" if order.message else by.why
        ledger.record("effect", [order.effect], "abandoned", told, by.who)


def given_up(why: str) -> Fault:
    """What is wrong with a row whose order a person gave up."""
    return Fault("given-up", params={"why": why})


def _claim(ledger: Ledger, order: Held, **values: Any) -> None:  # noqa: ANN401 - columns of one table
    """Changes the order where it still is as the person saw it.

    Raises:
        Refused: it is not.
    """
    seen = (effect.c.id == order.effect) & (effect.c.state == order.state) & (effect.c.message == order.message)
    with ledger.transaction() as connection:
        changed = connection.execute(update(effect).where(seen).values(**{"state": order.state, **values}))
        if not changed.rowcount:
            raise Refused("held-no-more", id=order.obligation_id, external_id=order.external_id)


def _standing_before(ledger: Ledger, order: Held) -> list[tuple[int, str]]:
    """Effect and number of the operations of earlier revisions that stood until now, oldest first."""
    query = (
        select(effect.c.id, operation.c.number)
        .join(operation, operation.c.effect == effect.c.id)
        .where(
            effect.c.obligation == order.obligation,
            effect.c.revision < order.revision,
            effect.c.state == "confirmed",
        )
        .order_by(effect.c.revision)
    )
    with ledger.transaction() as connection:
        return [(key, number) for key, number in connection.execute(query)]
