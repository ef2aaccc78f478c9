"""Payments that a provider is told of: written down before they leave, and never told twice."""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, exists, func, insert, select, update

from emission.ledger.evidence import paged
from emission.ledger.schema import effect, entry, history, obligation, operation, report
from emission.ledger.store import Ledger
from emission.model import Operation

KIND = "report"
_operation = msgspec.msgpack.Decoder(Operation)


class Reported(msgspec.Struct, frozen=True):
    """A report as it stands.

    Its state, what was said of the QR when it was read, why it is not confirmed, and the hash of what was sent last.
    """

    state: str
    facts: bytes
    message: str
    request_hash: bytes


class Evidence(msgspec.Struct, frozen=True):
    """A report beside its history, for who audits it.

    ``row`` is 0 where the run has none for its obligation any more; ``outcome`` ``None`` where what was told is
    missing; ``events`` are states with, of those sent, the hash of what left.
    """

    row: int
    obligation_id: str
    message_id: str
    state: str
    attempt: int
    request_hash: bytes
    outcome: str | None
    events: tuple[tuple[str, str], ...]


class Bill(msgspec.Struct, frozen=True):
    """The order that a payment is of: its obligation, its effect's environment and provider, and its operation."""

    obligation: int
    provider: str
    operation: Operation


def bill_of(ledger: Ledger, environment: str, issuer: str, external_id: str) -> Bill | None:
    """The order of that external id, where it has an operation."""
    query = (
        select(effect.c.obligation, effect.c.provider, operation.c.record)
        .join(operation, operation.c.effect == effect.c.id)
        .join(obligation, obligation.c.id == effect.c.obligation)
        .where(
            effect.c.external_id == external_id,
            effect.c.kind == "create",
            obligation.c.environment == environment,
            obligation.c.issuer == issuer,
        )
    )
    with ledger.transaction() as connection:
        row = connection.execute(query).first()
    return None if row is None else Bill(row[0], row[1], _operation.decode(row[2]))


def find(ledger: Ledger, message_id: str) -> Reported | None:
    """The report of that message."""
    query = (
        select(effect.c.state, report.c.facts, effect.c.message, effect.c.request_hash)
        .join(report, report.c.effect == effect.c.id)
        .where(effect.c.external_id == message_id, effect.c.kind == KIND)
    )
    with ledger.transaction() as connection:
        row = connection.execute(query).first()
    return None if row is None else Reported(*row)


def facts_of(ledger: Ledger, obligation_key: int, payment: str) -> bytes | None:
    """What an earlier report of the same payment knew of its QR: one that is paid may not be read any more."""
    query = (
        select(report.c.facts)
        .join(effect, effect.c.id == report.c.effect)
        .where(report.c.payment == payment, effect.c.obligation == obligation_key)
        .order_by(report.c.effect)
    )
    with ledger.transaction() as connection:
        return connection.execute(query).scalar()


class Intent(msgspec.Struct, frozen=True):
    """A report about to leave; ``amount`` in minor units."""

    message_id: str
    obligation: int
    provider: str
    payment: str
    outcome: str
    amount: int
    transaction: str
    facts: bytes
    request_hash: bytes


def intend(ledger: Ledger, intent: Intent) -> int:
    """Writes down, before the call, that this report is leaving; its effect."""
    with ledger.transaction() as connection:
        found = connection.execute(select(effect.c.id).where(effect.c.external_id == intent.message_id)).scalar()
        key = _again(connection, found, intent) if found is not None else _new(connection, intent)
        ledger.record("effect", [key], "sent", intent.request_hash.hex())
    return int(key)


def answered(ledger: Ledger, key: int, state: str, *, number: str = "", answer: bytes = b"", message: str = "") -> None:
    """Writes down what became of it: ``confirmed``, ``refused``, ``unknown`` or ``planned``."""
    with ledger.transaction() as connection:
        connection.execute(update(effect).where(effect.c.id == key).values(state=state, message=message[:500]))
        if number or answer:
            connection.execute(update(report).where(report.c.effect == key).values(number=number, answer=answer))
        ledger.record("effect", [key], state)


def doubt(ledger: Ledger) -> None:
    """After a stop, nobody knows what became of the reports that were on their way."""
    lost = (effect.c.state == "sent") & (effect.c.kind == KIND)
    with ledger.transaction() as connection:
        keys = list(connection.execute(select(effect.c.id).where(lost)).scalars())
        connection.execute(update(effect).where(lost).values(state="unknown"))
        ledger.record("effect", keys, "unknown", "stopped before the answer")


def evidence(ledger: Ledger, run_id: int) -> Iterator[Evidence]:
    """The reports of every obligation that the run asked for last, or that a row of it names."""
    named = exists().where(entry.c.run_id == run_id, entry.c.obligation == effect.c.obligation)
    row = select(func.coalesce(func.min(entry.c.row), 0)).where(
        entry.c.run_id == run_id, entry.c.obligation == effect.c.obligation
    )
    query = (
        select(
            effect.c.id, row.scalar_subquery().label("row"), obligation.c.obligation_id,
            effect.c.external_id.label("message_id"), effect.c.state, effect.c.attempt, effect.c.request_hash,
            report.c.outcome,
        )
        .join(obligation, obligation.c.id == effect.c.obligation)
        .outerjoin(report, report.c.effect == effect.c.id)
        .where((obligation.c.run_id == run_id) | named, effect.c.kind == KIND)
        .order_by(effect.c.id)
    )  # fmt: skip
    for found in paged(ledger, query, effect.c.id, "id"):
        key = found.pop("id")
        mine = (history.c.subject == "effect") & (history.c.subject_id == key)
        told = select(history.c.event, history.c.detail).where(mine).order_by(history.c.id)
        with ledger.transaction() as connection:
            events = tuple((event, detail) for event, detail in connection.execute(told))
        yield Evidence(**{**found, "request_hash": found["request_hash"] or b""}, events=events)


def _again(connection: Connection, key: int, intent: Intent) -> int:
    values = {
        "state": "sent",
        "attempt": effect.c.attempt + 1,
        "sent_at": time.time(),
        "message": "",
        "amount": intent.amount,
        "request_hash": intent.request_hash,
    }
    connection.execute(update(effect).where(effect.c.id == key).values(values))
    return key


def _new(connection: Connection, intent: Intent) -> int:
    mine = (effect.c.obligation == intent.obligation) & (effect.c.kind == KIND)
    lowest = connection.execute(select(func.coalesce(func.min(effect.c.revision), 1)).where(mine)).scalar_one()
    values = {
        "obligation": intent.obligation,
        "kind": KIND,
        "revision": lowest - 1,
        "provider": intent.provider,
        "external_id": intent.message_id,
        "amount": intent.amount,
        "state": "sent",
        "attempt": 1,
        "request_hash": intent.request_hash,
        "sent_at": time.time(),
    }
    (key,) = connection.execute(insert(effect).values(values)).inserted_primary_key or (0,)
    told = {"effect": key, "payment": intent.payment, "outcome": intent.outcome}
    told |= {"transaction_id": intent.transaction}
    connection.execute(insert(report).values({**told, "facts": intent.facts}))
    return int(key)
