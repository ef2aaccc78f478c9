"""All that leaves the house: written down before it leaves, and what became of it after."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from emission.ledger.schema import effect, entry, operation
from emission.ledger.store import Ledger
from emission.model import Operation

pack = msgspec.msgpack.Encoder().encode


class Intent(msgspec.Struct, frozen=True):
    """One order about to leave: of which obligation, in which revision, under which external id."""

    obligation: int
    revision: int
    external_id: str
    request_hash: bytes


def intend(ledger: Ledger, provider: str, intents: Sequence[Intent]) -> dict[str, int]:
    """Writes down, before the call, that these orders are leaving; the effects by external id."""
    now = time.time()
    values = [
        {
            "obligation": intent.obligation,
            "kind": "create",
            "revision": intent.revision,
            "provider": provider,
            "external_id": intent.external_id,
            "state": "sent",
            "attempt": 1,
            "request_hash": intent.request_hash,
            "sent_at": now,
        }
        for intent in intents
    ]
    statement = upsert(effect)
    statement = statement.on_conflict_do_update(
        index_elements=[effect.c.external_id],
        set_={
            "state": "sent",
            "attempt": effect.c.attempt + 1,
            "lookups": 0,
            "request_hash": statement.excluded.request_hash,
            "sent_at": now,
            "code": "",
            "message": "",
        },
    )
    with ledger.transaction() as connection:
        connection.execute(statement, values)
        names = [intent.external_id for intent in intents]
        query = select(effect.c.external_id, effect.c.id).where(effect.c.external_id.in_(names))
        keys = dict(connection.execute(query).all())
        ledger.record("effect", list(keys.values()), "sent")
    return keys


class Answer(msgspec.Struct, frozen=True):
    """What became of an effect: its new state, and the operation where there is one."""

    effect: int
    state: str
    operation: Operation | None = None
    warnings: tuple[str, ...] = ()
    code: str = ""
    message: str = ""
    transient: bool = False


def answered(ledger: Ledger, answers: Sequence[Answer]) -> None:
    """Writes down what the provider said."""
    if not answers:
        return
    changes = [
        {
            "b_id": answer.effect,
            "b_state": answer.state,
            "b_code": answer.code,
            "b_message": answer.message[:500],
            "b_transient": answer.transient,
        }
        for answer in answers
    ]
    operations = [
        {
            "effect": answer.effect,
            "number": answer.operation.number,
            "record": pack(answer.operation),
            "warnings": pack(answer.warnings),
        }
        for answer in answers
        if answer.operation is not None
    ]
    names = ("state", "code", "message", "transient")
    statement = update(effect).where(effect.c.id == bindparam("b_id"))
    unknown = [answer.effect for answer in answers if answer.state == "unknown"]
    with ledger.transaction() as connection:
        connection.execute(statement.values({name: bindparam(f"b_{name}") for name in names}), changes)
        if operations:
            connection.execute(insert(operation), operations)
        # A call may last longer than the settle time, which counts from its end where that is known.
        connection.execute(update(effect).where(effect.c.id.in_(unknown)).values(sent_at=time.time()))
        for state in sorted({answer.state for answer in answers}):
            ledger.record("effect", [answer.effect for answer in answers if answer.state == state], state)


def looked_up(ledger: Ledger, effects: Sequence[int]) -> None:
    """Counts look-ups that found nothing."""
    if effects:
        with ledger.transaction() as connection:
            connection.execute(update(effect).where(effect.c.id.in_(effects)).values(lookups=effect.c.lookups + 1))


def doubt(ledger: Ledger, run_id: int) -> int:
    """After a stop, nobody knows what became of the orders that were on their way; how many those are."""
    mine = select(entry.c.obligation).where(entry.c.run_id == run_id)
    lost = (effect.c.state == "sent") & effect.c.obligation.in_(mine)
    with ledger.transaction() as connection:
        keys = list(connection.execute(select(effect.c.id).where(lost)).scalars())
        connection.execute(update(effect).where(lost).values(state="unknown"))
        ledger.record("effect", keys, "unknown", "stopped before the answer")
    return len(keys)


def plan_refused(ledger: Ledger, vouchers: Sequence[int]) -> None:
    """Orders of these vouchers that were refused (so nothing was created) may be sent again."""
    mine = select(entry.c.obligation).where(entry.c.voucher.in_(vouchers))
    refused = (effect.c.state == "refused") & effect.c.obligation.in_(mine)
    with ledger.transaction() as connection:
        keys = list(connection.execute(select(effect.c.id).where(refused)).scalars())
        connection.execute(update(effect).where(effect.c.id.in_(keys)).values(state="planned"))
        ledger.record("effect", keys, "planned", "refused before")
