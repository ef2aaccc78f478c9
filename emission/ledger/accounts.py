"""Every row of a run with all that became of it: what manifest, report and status are made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Table, case, func, literal, select

from emission.ledger.schema import effect, entry, lot, obligation, operation, staged, voucher
from emission.ledger.staging import Staged
from emission.ledger.store import Ledger
from emission.model import Account, Fault, Obligation, Operation, Severity, Status

PAGE = 1000

_obligation = msgspec.msgpack.Decoder(Obligation)
_operation = msgspec.msgpack.Decoder(Operation)
_faults = msgspec.msgpack.Decoder(tuple[Fault, ...])
_words = msgspec.msgpack.Decoder(tuple[str, ...])


class _Shown(msgspec.Struct, frozen=True):
    """Of what intake made of a row, the part that people are shown."""

    original: tuple[str, ...]
    obligation_id: str
    account: str
    payer_name: str
    email: str
    faults: tuple[Fault, ...]


_shown = msgspec.msgpack.Decoder(_Shown)

_STATUS = {"rendered": Status.RENDERED, "failed": Status.FAILED}


def accounts(ledger: Ledger, run_id: int) -> Iterator[Account]:
    """The rows of the run, in input order."""
    yield from _read(ledger, run_id, entry)


def refused_accounts(ledger: Ledger, run_id: int, only: Sequence[Staged] = ()) -> Iterator[Account]:
    """The rows (or only some) of a delivery that was refused as a whole: faulty, or still waiting."""
    conditions = [staged.c.position.in_([row.position for row in only])] if only else []
    yield from _read(ledger, run_id, staged, *conditions)


def accounts_of(ledger: Ledger, run_id: int, rows: Sequence[int]) -> list[Account]:
    """These rows of the run, in input order."""
    return list(_read(ledger, run_id, entry, entry.c.row.in_(rows)))


def lots(ledger: Ledger, run_id: int) -> list[dict[str, Any]]:
    """The sealed lots: number, state, file, vouchers, pages, sha256, and when (seconds since 1970) it was released."""
    columns = (lot.c.number, lot.c.state, lot.c.file, lot.c.vouchers, lot.c.pages, lot.c.sha256, lot.c.released_at)
    query = select(*columns).where(lot.c.run_id == run_id, lot.c.vouchers > 0).order_by(lot.c.number)
    with ledger.transaction() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def voucher_count(ledger: Ledger, run_id: int) -> int:
    """How many vouchers the sound rows of the run make."""
    named = select(entry.c.voucher).where(entry.c.run_id == run_id, ~entry.c.faulty, entry.c.voucher.is_not(None))
    query = select(func.count()).select_from(voucher).where(voucher.c.run_id == run_id, voucher.c.id.in_(named))
    with ledger.transaction() as connection:
        return int(connection.execute(query).scalar_one())


def rows_by_status(ledger: Ledger, run_id: int) -> dict[Status, int]:
    """How many rows of the run ended where."""
    status = case(
        (entry.c.faulty, Status.REJECTED.value),
        *((voucher.c.state == state, name.value) for state, name in _STATUS.items()),
        else_=Status.PENDING.value,
    )
    query = (
        select(status, func.count())
        .select_from(entry.outerjoin(voucher, voucher.c.id == entry.c.voucher))
        .where(entry.c.run_id == run_id)
        .group_by(status)
    )
    with ledger.transaction() as connection:
        found = {Status(name): count for name, count in connection.execute(query)}
    return {name: found.get(name, 0) for name in Status}


def taken_in(ledger: Ledger, run_id: int) -> tuple[int, int]:
    """Rows of the run, and the amounts (minor units) that could be read, straight from what was admitted."""
    query = select(func.count(), func.coalesce(func.sum(entry.c.amount), 0)).where(entry.c.run_id == run_id)
    with ledger.transaction() as connection:
        rows, amount = connection.execute(query).one()
    return int(rows), int(amount)


def warnings_staged(ledger: Ledger, run_id: int) -> int:
    """How many warnings the staged rows carry."""
    query = select(staged.c.parsed, staged.c.faults, staged.c.outcome).where(staged.c.run_id == run_id)
    with ledger.transaction() as connection:
        return sum(_warnings(*row) for row in connection.execute(query).yield_per(PAGE))


def _warnings(parsed: bytes, *further: bytes | None) -> int:
    faults = (*_shown.decode(parsed).faults, *(fault for packed in further for fault in _unpacked(packed)))
    return sum(fault.severity is not Severity.ERROR for fault in faults)


def _read(ledger: Ledger, run_id: int, source: Table, *conditions: ColumnElement[bool]) -> Iterator[Account]:
    # A row that was admitted is numbered by its position, and the key finds a page of them at once, however many.
    place = entry.c.row if source is entry else staged.c.position
    query = (
        select(
            place.label("place"), source.c.row, source.c.voucher_id, source.c.faulty, source.c.amount, source.c.parsed,
            source.c.record, source.c.faults, source.c.outcome,
            voucher.c.state, voucher.c.file, voucher.c.pages, voucher.c.sha256,
            # One that goes on paper no more keeps its place, in case it comes back to it.
            case((voucher.c.printed, voucher.c.lot)).label("lot"),
            case((voucher.c.printed, voucher.c.sequence)).label("sequence"),
            obligation.c.revision, effect.c.external_id, operation.c.record.label("operation"), operation.c.warnings,
        )
        .outerjoin(voucher, (voucher.c.id == source.c.voucher) & (literal(source is entry)))
        .outerjoin(obligation, obligation.c.id == source.c.obligation)
        .outerjoin(effect, (effect.c.obligation == obligation.c.id) & (effect.c.revision == obligation.c.revision))
        .outerjoin(operation, operation.c.effect == effect.c.id)
        .where(source.c.run_id == run_id, *conditions)
        .order_by(place)
        .limit(PAGE)
    )  # fmt: skip
    last = -1
    while True:
        with ledger.transaction() as connection:
            rows = connection.execute(query.where(place > last)).all()
        if not rows:
            return
        for row in rows:
            yield _account(row)
        last = rows[-1].place


def _account(row: Row[*tuple[Any, ...]]) -> Account:
    (
        _, number, voucher_id, faulty, amount, parsed, record, faults, outcome,
        state, file, pages, sha256, lot_number, sequence, revision, external_id, operation_record, warnings,
    ) = row  # fmt: skip
    shown = _shown.decode(parsed)
    status = Status.REJECTED if faulty else _STATUS.get(state, Status.PENDING)
    made = status is Status.RENDERED
    return Account(
        row=number,
        status=status,
        faults=(*shown.faults, *_unpacked(faults), *_unpacked(outcome)),
        original=shown.original,
        obligation_id=shown.obligation_id,
        account=shown.account,
        payer_name=shown.payer_name,
        email=shown.email,
        obligation=_obligation.decode(record) if record else None,
        voucher_id=voucher_id,
        amount=amount,
        revision=revision or 1,
        external_id=external_id or "",
        operation=_operation.decode(operation_record) if operation_record else None,
        left_out=_words.decode(warnings) if warnings else (),
        file=file if made else "",
        pages=pages if made else 0,
        sha256=sha256 if made else "",
        lot=lot_number if made else None,
        sequence=sequence if made else None,
    )


def _unpacked(packed: bytes | None) -> tuple[Fault, ...]:
    return _faults.decode(packed) if packed else ()
