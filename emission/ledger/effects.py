"""All that leaves the house: written down before it leaves, and what became of it after."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from emission.ledger import links, search
from emission.ledger.bulk import many
from emission.ledger.schema import difference, effect, entry, operation, stray
from emission.ledger.store import Ledger
from emission.model import Operation

pack = msgspec.msgpack.Encoder().encode
unpack = msgspec.msgpack.Decoder(tuple[str, ...]).decode

# Why money is left to settle on a paid operation whose bill nobody names any more.
PAID_AND_GONE = "paid-and-gone"


class Intent(msgspec.Struct, frozen=True):
    """One order about to leave: of which obligation, in which revision, under which external id, for how much.

    ``request_hash`` is of the whole record, ``payable_hash`` of what a payment depends on.
    """

    obligation: int
    revision: int
    external_id: str
    request_hash: bytes
    payable_hash: bytes
    amount: int


_INTENDED = upsert(effect)
_INTEND = _INTENDED.on_conflict_do_update(
    index_elements=[effect.c.external_id],
    set_={
        "state": "sent",
        "attempt": effect.c.attempt + 1,
        "lookups": 0,
        "request_hash": _INTENDED.excluded.request_hash,
        "payable_hash": _INTENDED.excluded.payable_hash,
        "amount": _INTENDED.excluded.amount,
        "sent_at": _INTENDED.excluded.sent_at,
        "code": "",
        "message": "",
    },
)
_NAMED = select(effect.c.external_id, effect.c.id).where(effect.c.external_id.in_(bindparam("names", expanding=True)))


def intend(ledger: Ledger, provider: str, intents: Sequence[Intent]) -> dict[str, int]:
    """Writes down, before the call, that these orders are leaving; the effects by external id."""
    rows = [msgspec.structs.asdict(intent) for intent in intents]
    same = {"kind": "create", "provider": provider, "state": "sent", "attempt": 1, "sent_at": time.time()}
    with ledger.transaction() as connection:
        many(connection, _INTEND, rows, **same)
        keys = dict(connection.execute(_NAMED, {"names": [intent.external_id for intent in intents]}).all())
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


_ANSWER = update(effect).where(effect.c.id == bindparam("b_id"))
_ANSWER = _ANSWER.values({name: bindparam(f"b_{name}") for name in ("state", "code", "message", "transient")})
_OPERATE = insert(operation)


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
    unknown = [answer.effect for answer in answers if answer.state == "unknown"]
    with ledger.transaction() as connection:
        many(connection, _ANSWER, changes)
        many(connection, _OPERATE, operations)
        found = [(answer.effect, answer.operation) for answer in answers if answer.operation is not None]
        search.index_operations(connection, found)
        links.keep(connection, found)
        if unknown:
            # A call may last longer than the settle time, which counts from its end where that is known.
            connection.execute(update(effect).where(effect.c.id.in_(unknown)).values(sent_at=time.time()))
        for state in sorted({answer.state for answer in answers}):
            ledger.record("effect", [answer.effect for answer in answers if answer.state == state], state)


class Joined(msgspec.Struct, frozen=True):
    """An operation with the QR that leads to it and to others of its voucher, or with a warning that there is none."""

    effect: int
    operation: Operation
    warnings: tuple[str, ...] = ()


def joined(ledger: Ledger, found: Sequence[Joined]) -> None:
    """Writes down what one QR for several operations came to."""
    if not found:
        return
    statement = update(operation).where(operation.c.effect == bindparam("b_effect"))
    with ledger.transaction() as connection:
        query = select(operation.c.effect, operation.c.warnings)
        told = {key: unpack(warnings) for key, warnings in connection.execute(query.where(operation.c.effect.in_(
            [one.effect for one in found])))}  # fmt: skip
        changes = [
            {
                "b_effect": one.effect,
                "b_record": pack(one.operation),
                "b_warnings": pack(tuple(dict.fromkeys((*told[one.effect], *one.warnings)))),
            }
            for one in found
        ]
        named = statement.values(record=bindparam("b_record"), warnings=bindparam("b_warnings"))
        connection.execute(named, changes)
        ledger.record("effect", [one.effect for one in found], "joined")


class Replaced(msgspec.Struct, frozen=True):
    """What became of an operation whose obligation has other money: ``superseded`` (it lives on) or ``cancelled``.

    ``confirmed`` where the obligation has its money again.
    """

    effect: int
    state: str


def replaced(ledger: Ledger, found: Sequence[Replaced]) -> None:
    """Writes down what became of earlier operations."""
    if found:
        statement = update(effect).where(effect.c.id == bindparam("b_id"), effect.c.state != bindparam("b_state"))
        changes = [{"b_id": item.effect, "b_state": item.state} for item in found]
        with ledger.transaction() as connection:
            connection.execute(statement.values(state=bindparam("b_state")), changes)
            for state in sorted({item.state for item in found}):
                ledger.record("effect", [item.effect for item in found if item.state == state], state)


def refuse_unsent(ledger: Ledger, provider: str, intent: Intent, *, code: str, message: str, transient: bool) -> None:
    """An order that must not leave: written down as refused, though nobody was asked."""
    values = {
        "obligation": intent.obligation,
        "kind": "create",
        "revision": intent.revision,
        "provider": provider,
        "external_id": intent.external_id,
        "amount": intent.amount,
    }
    told = {"state": "refused", "code": code, "message": message, "transient": transient}
    statement = upsert(effect).values({**values, **told})
    statement = statement.on_conflict_do_update(index_elements=[effect.c.external_id], set_=told)
    with ledger.transaction() as connection:
        connection.execute(statement)
        query = select(effect.c.id).where(effect.c.external_id == intent.external_id)
        ledger.record("effect", list(connection.execute(query).scalars()), "refused", code)


def owe(ledger: Ledger, paid: int, amount: int, code: str) -> None:
    """Notes the money (minor units, negative in the payer's favour) that is left to settle on a paid operation."""
    if not amount:
        forgive(ledger, [paid])
        return
    with ledger.transaction() as connection:
        key = connection.execute(select(effect.c.obligation).where(effect.c.id == paid)).scalar_one()
        values = {"effect": paid, "obligation": key, "amount": amount, "code": code, "at": time.time()}
        statement = upsert(difference).values(values)
        told = {"amount": amount, "code": code, "at": values["at"]}
        connection.execute(statement.on_conflict_do_update(index_elements=[difference.c.effect], set_=told))
        ledger.record("effect", [paid], "difference", f"{code} {amount}")


def forgive(ledger: Ledger, effects: Sequence[int]) -> None:
    """Nothing is left to settle on these operations any more."""
    mine = difference.c.effect.in_(effects)
    with ledger.transaction() as connection:
        owing = list(connection.execute(select(difference.c.effect).where(mine)).scalars())
        connection.execute(delete(difference).where(mine))
        ledger.record("effect", owing, "difference", "none")


def named_again(ledger: Ledger, obligations: Sequence[int]) -> None:
    """Rows that had gone name these obligations again: what was owed because they had is owed no more."""
    query = select(difference.c.effect).where(
        difference.c.obligation.in_(obligations), difference.c.code == PAID_AND_GONE
    )
    with ledger.transaction() as connection:
        forgive(ledger, list(connection.execute(query).scalars()))


def beside(ledger: Ledger, effects: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The numbers of the operations that live beside the accepted one, by effect."""
    found: dict[int, tuple[str, ...]] = {}
    query = select(stray.c.effect, stray.c.number).where(stray.c.effect.in_(effects)).order_by(stray.c.at)
    with ledger.transaction() as connection:
        for key, number in connection.execute(query):
            found[key] = (*found.get(key, ()), number)
    return found


def seen_paid(ledger: Ledger, effects: Sequence[int]) -> None:
    """Notes that the provider says of these operations that they are paid."""
    with ledger.transaction() as connection:
        # The code of an order that nobody could settle says why a person must.
        created = effect.c.state.in_(("confirmed", "superseded", "cancelled"))
        unknown = effect.c.id.in_(effects) & (effect.c.code != "paid") & created
        keys = list(connection.execute(select(effect.c.id).where(unknown)).scalars())
        connection.execute(update(effect).where(effect.c.id.in_(keys)).values(code="paid"))
        ledger.record("effect", keys, "paid")


def seen_unpaid(ledger: Ledger, effects: Sequence[int]) -> None:
    """Notes that what was paid of these operations was given or taken back."""
    with ledger.transaction() as connection:
        paid = effect.c.id.in_(effects) & (effect.c.code == "paid")
        keys = list(connection.execute(select(effect.c.id).where(paid)).scalars())
        connection.execute(update(effect).where(effect.c.id.in_(keys)).values(code=""))
        ledger.record("effect", keys, "unpaid")


def looked_up(ledger: Ledger, effects: Sequence[int]) -> None:
    """Counts look-ups that found nothing."""
    if effects:
        with ledger.transaction() as connection:
            connection.execute(update(effect).where(effect.c.id.in_(effects)).values(lookups=effect.c.lookups + 1))


def doubt(ledger: Ledger, run_id: int) -> int:
    """After a stop, nobody knows what became of the orders that were on their way; how many those are."""
    mine = select(entry.c.obligation).where(entry.c.run_id == run_id)
    lost = (effect.c.state == "sent") & (effect.c.kind == "create") & effect.c.obligation.in_(mine)
    with ledger.transaction() as connection:
        keys = list(connection.execute(select(effect.c.id).where(lost)).scalars())
        connection.execute(update(effect).where(lost).values(state="unknown"))
        ledger.record("effect", keys, "unknown", "stopped before the answer")
    return len(keys)


def plan_refused(ledger: Ledger, vouchers: Sequence[int]) -> None:
    """Orders of these vouchers that were refused (so nothing was created) may be sent again."""
    mine = select(entry.c.obligation).where(entry.c.voucher.in_(vouchers))
    refused = (effect.c.state == "refused") & (effect.c.kind == "create") & effect.c.obligation.in_(mine)
    with ledger.transaction() as connection:
        keys = list(connection.execute(select(effect.c.id).where(refused)).scalars())
        connection.execute(update(effect).where(effect.c.id.in_(keys)).values(state="planned"))
        ledger.record("effect", keys, "planned", "refused before")
