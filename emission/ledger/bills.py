"""One bill with all that became of it, in every run that names it: its papers, its orders, its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, select

from emission.ledger.payments import Payment, of_effects
from emission.ledger.renderings import Input
from emission.ledger.schema import (
    difference,
    effect,
    entry,
    history,
    lot,
    obligation,
    operation,
    rendering,
    run,
    stray,
    voucher,
)
from emission.ledger.search import Subject
from emission.model import Fault, Obligation, Operation

_obligation = msgspec.msgpack.Decoder(Obligation)
_operation = msgspec.msgpack.Decoder(Operation)
_faults = msgspec.msgpack.Decoder(tuple[Fault, ...])
_words = msgspec.msgpack.Decoder(tuple[str, ...])
_inputs = msgspec.msgpack.Decoder(list[Input])


class _Shown(msgspec.Struct, frozen=True):
    """Of what intake made of a row, the part that people are shown."""

    account: str
    payer_name: str
    faults: tuple[Fault, ...]


_shown = msgspec.msgpack.Decoder(_Shown)


class Paper(msgspec.Struct, frozen=True):
    """What a run made of the bill.

    ``state`` is ``rejected``, ``standing`` (the row was refused, the paper made before it is valid), or its
    voucher's; ``lot_state`` is empty where it is not printed, ``released_at`` 0 where it was not released.
    """

    run: int
    batch: str
    environment: str
    currency: str
    folder: str
    source: str
    row: int
    obligation_id: str
    account: str
    name: str
    amount: int | None
    record: Obligation | None
    faults: tuple[Fault, ...]
    voucher: int | None
    voucher_id: str
    state: str
    reason: str
    file: str
    lot: int | None
    sequence: int | None
    lot_state: str
    released_at: float


class Order(msgspec.Struct, frozen=True):
    """What a provider was asked for the bill.

    ``current`` is of the revision that stands; ``owed`` minor units to settle by hand, negative in the payer's favour.
    """

    effect: int
    revision: int
    current: bool
    external_id: str
    amount: int
    state: str
    code: str
    message: str
    paid: bool
    operation: Operation | None
    left_out: tuple[str, ...]
    strays: tuple[str, ...]
    owed: int | None
    payments: tuple[Payment, ...]


class Event(msgspec.Struct, frozen=True):
    """Something that happened; ``at`` seconds since 1970, UTC; ``who`` decided, where a person did."""

    at: float
    subject: str
    event: str
    detail: str
    who: str


class Bill(msgspec.Struct, frozen=True):
    """One bill: the newest run's paper first, the newest order first, the oldest event first."""

    obligation_id: str
    tax: str
    period: str
    revision: int
    papers: tuple[Paper, ...]
    orders: tuple[Order, ...]
    events: tuple[Event, ...]


def bill_of(connection: Connection, subject: Subject) -> Bill:
    """The bill that was found."""
    if subject.obligation is None:
        papers = _papers(connection, (entry.c.run_id == subject.run) & (entry.c.row == subject.row))
        return Bill(
            papers[0].obligation_id,
            "",
            "",
            0,
            papers,
            (),
            tuple(_happened(connection, "run", [subject.run], "created")),
        )
    columns = (obligation.c.obligation_id, obligation.c.tax, obligation.c.period, obligation.c.revision)
    name, tax, period, revision = connection.execute(
        select(*columns).where(obligation.c.id == subject.obligation)
    ).one()
    papers = _papers(connection, entry.c.obligation == subject.obligation)
    orders = _orders(connection, subject.obligation, revision)
    events = [
        *_happened(connection, "run", sorted({paper.run for paper in papers}), "created"),
        *_happened(connection, "obligation", [subject.obligation]),
        *_happened(connection, "effect", [order.effect for order in orders]),
        *_papers_events(connection, papers),
    ]
    events.sort(key=lambda event: event.at)
    return Bill(name, tax, period, revision, papers, tuple(orders), tuple(events))


def papers_of(connection: Connection, subjects: Sequence[Subject]) -> list[Paper]:
    """The newest paper of each bill, in the order of ``subjects``; none of a bill whose row is gone."""
    found: list[Paper] = []
    for subject in subjects:
        mine = entry.c.obligation == subject.obligation
        if subject.obligation is None:
            mine = (entry.c.run_id == subject.run) & (entry.c.row == subject.row)
        found += _papers(connection, mine)[:1]
    return found


def _papers(connection: Connection, mine: ColumnElement[bool]) -> tuple[Paper, ...]:
    query = (
        select(
            entry.c.run_id.label("run"), run.c.batch, run.c.environment, run.c.currency, run.c.folder, run.c.source,
            entry.c.row, entry.c.obligation_id, entry.c.amount, entry.c.record, entry.c.parsed, entry.c.faulty,
            entry.c.faults, entry.c.outcome, entry.c.voucher, entry.c.voucher_id,
            voucher.c.state, voucher.c.reason, voucher.c.file, voucher.c.sha256, voucher.c.printed, voucher.c.lot,
            voucher.c.sequence, lot.c.state.label("lot_state"), lot.c.released_at,
        )
        .join(run, run.c.id == entry.c.run_id)
        .outerjoin(voucher, voucher.c.id == entry.c.voucher)
        .outerjoin(lot, (lot.c.run_id == voucher.c.run_id) & (lot.c.number == voucher.c.lot))
        .where(mine)
        .order_by(entry.c.run_id.desc(), entry.c.row)
    )  # fmt: skip
    return tuple(_paper(connection, dict(row)) for row in connection.execute(query).mappings().all())


def _paper(connection: Connection, row: dict[str, Any]) -> Paper:
    shown = _shown.decode(row.pop("parsed"))
    faulty, sha256, printed = row.pop("faulty"), row.pop("sha256"), row.pop("printed")
    faults = (*shown.faults, *_unpacked(row.pop("faults")), *_unpacked(row.pop("outcome")))
    record = _obligation.decode(row.pop("record")) if row["record"] else row.pop("record")
    state = row.pop("state") or "rejected"
    if faulty:
        state = "standing" if state in ("rendered", "pending") and sha256 else "rejected"
    if state == "standing":
        record = _printed(connection, row["voucher"], sha256, row["obligation_id"]) or record
    row |= {
        "record": record,
        "reason": row["reason"] or "",
        "file": (row["file"] or "") if state in ("rendered", "standing", "withdrawn") else "",
        "lot_state": (row["lot_state"] or "") if printed else "",
        "released_at": row["released_at"] or 0.0,
    }
    return Paper(
        **row,
        state=state,
        faults=faults,
        account=record.account if record else shown.account,
        name=record.payer.name if record else shown.payer_name,
    )


def _printed(connection: Connection, key: int, sha256: str, name: str) -> Obligation | None:
    """What stands on a paper whose row says something else by now."""
    query = select(rendering.c.inputs).where(rendering.c.voucher == key, rendering.c.sha256 == sha256)
    packed = connection.execute(query.order_by(rendering.c.id.desc())).scalar()
    records = [_obligation.decode(record) for record, _ in _inputs.decode(packed)] if packed else []
    return next((record for record in records if record.obligation_id == name), None)


def _orders(connection: Connection, key: int, revision: int) -> list[Order]:
    columns = ("revision", "external_id", "amount", "state", "code", "message")
    query = (
        select(
            effect.c.id.label("effect"), *(effect.c[name] for name in columns),
            operation.c.record, operation.c.warnings, difference.c.amount.label("owed"),
        )
        .outerjoin(operation, operation.c.effect == effect.c.id)
        .outerjoin(difference, difference.c.effect == effect.c.id)
        .where(effect.c.obligation == key, effect.c.kind == "create")
        .order_by(effect.c.revision.desc())
    )  # fmt: skip
    found = []
    rows = list(map(dict, connection.execute(query).mappings()))
    payments = of_effects(connection, [row["effect"] for row in rows])
    for row in rows:
        record, warnings = row.pop("record"), row.pop("warnings")
        numbers = connection.execute(select(stray.c.number).where(stray.c.effect == row["effect"])).scalars()
        order = Order(
            **row,
            current=row["revision"] == revision,
            paid=row["code"] == "paid",
            operation=_operation.decode(record) if record else None,
            left_out=_words.decode(warnings) if warnings else (),
            strays=tuple(numbers),
            payments=tuple(payments.get(row["effect"], ())),
        )
        found.append(order)
    return found


def _papers_events(connection: Connection, papers: Sequence[Paper]) -> list[Event]:
    """What happened to the papers: made again, sealed into a lot, handed to the printer."""
    found = _happened(connection, "voucher", [paper.voucher for paper in papers if paper.voucher is not None])
    for paper in papers:
        if paper.lot is not None and paper.lot_state:
            # Lots are numbered by run, and the history names the run in words.
            of_all_runs = _happened(connection, "lot", [paper.lot])
            found += [event for event in of_all_runs if event.detail.startswith(f"run {paper.run},")]
    keys = [paper.voucher for paper in papers if paper.voucher is not None]
    retired = select(rendering.c.retired_at, rendering.c.released, rendering.c.lot).where(rendering.c.voucher.in_(keys))
    for at, released, number in connection.execute(retired):
        found.append(Event(at, "rendering", "released" if released else "retired", str(number or "-"), ""))
    return found


def _happened(connection: Connection, subject: str, keys: Sequence[int], event: str = "") -> list[Event]:
    columns = (history.c.at, history.c.subject, history.c.event, history.c.detail, history.c.who)
    query = select(*columns).where(history.c.subject == subject, history.c.subject_id.in_(keys))
    if event:
        query = query.where(history.c.event == event)
    return [Event(*row) for row in connection.execute(query.order_by(history.c.id))]


def _unpacked(packed: bytes | None) -> tuple[Fault, ...]:
    return _faults.decode(packed) if packed else ()
