"""All that left the house for a run's bills: orders of every revision, since those that were superseded live on."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from emission import identity
from emission.audit.case import Case
from emission.audit.finding import Difference, Where, differing
from emission.audit.readable import BROKEN
from emission.ledger import orders as ordered
from emission.ledger.orders import OrderRow
from emission.model import Obligation, Operation

# States in which the provider holds an operation.
ALIVE = ("confirmed", "superseded", "cancelled")
NEVER_ASKED = ("planned", "refused")

_operation = msgspec.msgpack.Decoder(Operation)
_obligation = msgspec.msgpack.Decoder(Obligation)
_inputs = msgspec.msgpack.Decoder(list[tuple[bytes, bytes | None]])


def orders(case: Case) -> Iterator[Difference]:
    """Every order: its history, its operation, its place among the revisions, what was left to settle on it."""
    beside = ordered.with_strays(case.ledger)
    for order in ordered.orders(case.ledger, case.run.id):
        where = Where(case.book, order.row, order.obligation_id)
        try:
            yield from differing(where, (*_history(order), *_operation_of(order)), "ledger-differs")
            if order.revision < order.current:
                yield from _as_drawn(case, order, where)
        except BROKEN as error:
            yield Difference("ledger-unreadable", where, found=str(error))
        if order.record is None and order.state in ALIVE:
            yield Difference("operation-missing", msgspec.structs.replace(where, column="operation"), order.external_id)
        yield from differing(where, _difference(order), "ledger-differs")
        if order.id in beside:
            kept, told = ordered.strays(case.ledger, order.id)
            yield from differing(where, (("stray.number", ", ".join(told), ", ".join(kept)),), "ledger-differs")


def _history(order: OrderRow) -> Iterator[tuple[str, object, object]]:
    yield "effect.kind", "create", order.kind
    yield "effect.attempt", order.sent, order.attempt
    if order.told is not None:
        yield "effect.state", order.told, order.state
    if order.paid:
        yield "effect.code", "paid", order.code
    yield "obligation.revision", order.revised + 1, order.current
    # One that an amendment was taken back from was never asked for.
    if order.revision > order.current and order.state not in NEVER_ASKED:
        yield "effect.revision", order.current, order.revision
    if order.follower == "confirmed" and order.state == "confirmed" and order.revision < order.current:
        yield "effect.state", "superseded", order.state


def _operation_of(order: OrderRow) -> Iterator[tuple[str, object, object]]:
    if order.record is None:
        return
    operation = _operation.decode(order.record)
    yield "operation.number", operation.number, order.number
    yield "effect.external_id", operation.external_id, order.external_id
    if order.state not in ALIVE and order.told in ALIVE:
        return  # told of already
    if order.state not in ALIVE:
        yield "effect.state", "confirmed", order.state


def _as_drawn(case: Case, order: OrderRow, where: Where) -> Iterator[Difference]:
    """An earlier operation, and its money, against the papers that it stood on."""
    for packed in ordered.drawn_from(case.ledger, order.obligation):
        for record, operation in _inputs.decode(packed):
            if operation is None or _operation.decode(operation).external_id != order.external_id:
                continue
            obligation = _obligation.decode(record)
            if obligation.obligation_id != order.obligation_id:
                continue
            facts: tuple[tuple[str, object, object], ...] = (
                ("operation.record", operation, order.record),
                ("effect.amount", obligation.amount, order.amount),
            )
            if order.payable_hash is not None:
                facts += (("effect.payable_hash", identity.payable_hash(obligation), order.payable_hash),)
            yield from differing(where, facts, "ledger-differs")
            return


def _difference(order: OrderRow) -> tuple[tuple[str, object, object], ...]:
    kept = None if order.difference_code is None else f"{order.difference_code} {order.difference}"
    owed = None if order.owed == "none" else order.owed
    facts: tuple[tuple[str, object, object], ...] = (("difference", owed, kept),)
    if order.difference_of is not None:
        facts += (("difference.obligation", order.obligation, order.difference_of),)
    return facts
