"""What an audit reads of the ledger: every fact beside the others that should agree with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, distinct, exists, func, select

from emission.ledger import schema
from emission.ledger.schema import (
    delivery,
    effect,
    entry,
    history,
    lot,
    obligation,
    operation,
    rendering,
    sought,
    voucher,
)
from emission.ledger.store import Ledger

PAGE = 1000


class Row(msgspec.Struct, frozen=True):
    """One entry with everything that hangs on it; what has none of a kind has ``None`` there.

    ``home`` is the run that last asked for the obligation.
    """

    row: int
    position: int
    obligation_id: str
    voucher_id: str
    faulty: bool
    amount: int | None
    content: bytes
    presentation: bytes | None
    parsed: bytes
    record: bytes | None
    faults: bytes | None
    obligation: int | None
    voucher: int | None
    identity: str | None
    environment: str | None
    issuer: str | None
    tax: str | None
    period: str | None
    named: str | None
    home: int | None
    payable_hash: bytes | None
    effect: int | None
    provider: str | None
    asked: int | None
    asked_hash: bytes | None
    state: str | None
    request_hash: bytes | None
    operation: bytes | None
    paper: str | None
    paper_state: str | None
    reason: str | None
    printed: bool | None


def rows(ledger: Ledger, run_id: int) -> Iterator[Row]:
    """Every entry of the run, in order."""
    query = (
        select(
            *(entry.c[name] for name in (
                "row", "position", "obligation_id", "voucher_id", "faulty", "amount", "content", "presentation",
                "parsed", "record", "faults", "obligation", "voucher",
            )),
            obligation.c.identity, obligation.c.environment, obligation.c.issuer, obligation.c.tax,
            obligation.c.period, obligation.c.obligation_id.label("named"), obligation.c.run_id.label("home"),
            obligation.c.payable_hash,
            effect.c.id.label("effect"), effect.c.provider, effect.c.amount.label("asked"),
            effect.c.payable_hash.label("asked_hash"), effect.c.state,
            effect.c.request_hash, operation.c.record.label("operation"),
            voucher.c.voucher_id.label("paper"), voucher.c.state.label("paper_state"), voucher.c.reason,
            voucher.c.printed,
        )
        .outerjoin(voucher, voucher.c.id == entry.c.voucher)
        .outerjoin(obligation, obligation.c.id == entry.c.obligation)
        .outerjoin(effect, (effect.c.obligation == obligation.c.id) & (effect.c.revision == obligation.c.revision))
        .outerjoin(operation, operation.c.effect == effect.c.id)
        .where(entry.c.run_id == run_id)
        .order_by(entry.c.row)
    )  # fmt: skip
    for found in paged(ledger, query, entry.c.row, "row"):
        yield Row(**found)


class Paper(msgspec.Struct, frozen=True):
    """A voucher as the ledger has it."""

    id: int
    ordinal: int
    voucher_id: str
    file: str
    folded: str
    printed: bool
    pages: int
    lot: int | None
    sequence: int | None
    state: str
    sha256: str
    look: str


def papers(ledger: Ledger, run_id: int, *conditions: ColumnElement[bool]) -> Iterator[Paper]:
    """The vouchers of the run, in order."""
    query = select(*(voucher.c[name] for name in Paper.__struct_fields__)).where(
        voucher.c.run_id == run_id, *conditions
    )
    for found in paged(ledger, query.order_by(voucher.c.ordinal), voucher.c.ordinal, "ordinal"):
        yield Paper(**found)


def rendered(ledger: Ledger, run_id: int) -> Iterator[Paper]:
    """Those of them that are on disk."""
    yield from papers(ledger, run_id, voucher.c.state == "rendered")


class LotRow(msgspec.Struct, frozen=True):
    """A lot as the ledger has it."""

    number: int
    state: str
    vouchers: int
    pages: int
    file: str
    sha256: str
    look: str
    released_at: float | None


def lots(ledger: Ledger, run_id: int) -> list[LotRow]:
    """The lots of the run."""
    query = select(*(lot.c[name] for name in LotRow.__struct_fields__)).where(lot.c.run_id == run_id)
    with ledger.transaction() as connection:
        return [LotRow(**row) for row in connection.execute(query.order_by(lot.c.number)).mappings()]


def decided(ledger: Ledger, run_id: int) -> set[int]:
    """Rows that have no paper and whose order a person decided about last: the next run takes it up."""
    mine = (history.c.subject == "effect") & (history.c.subject_id == effect.c.id)
    last = select(history.c.who).where(mine).order_by(history.c.id.desc()).limit(1).scalar_subquery()
    query = (
        select(entry.c.row)
        .join(voucher, voucher.c.id == entry.c.voucher)
        .join(obligation, obligation.c.id == entry.c.obligation)
        .join(effect, (effect.c.obligation == obligation.c.id) & (effect.c.revision == obligation.c.revision))
        .where(entry.c.run_id == run_id, voucher.c.state == "failed", last != "")
    )
    with ledger.transaction() as connection:
        return set(connection.execute(query).scalars())


def revised_elsewhere(ledger: Ledger, run_id: int) -> list[tuple[int, bytes, bytes, str]]:
    """Row, record and the obligation's payable hash where another run, which is named, revised it last."""
    query = (
        select(entry.c.row, entry.c.record, obligation.c.payable_hash, schema.run.c.batch)
        .join(obligation, obligation.c.id == entry.c.obligation)
        .join(schema.run, schema.run.c.id == obligation.c.run_id)
        .where(
            entry.c.run_id == run_id, obligation.c.run_id != run_id, obligation.c.revision > 1,
            entry.c.record.is_not(None), ~entry.c.faulty,
        )
    )  # fmt: skip
    with ledger.transaction() as connection:
        return [(row, record, digest, batch) for row, record, digest, batch in connection.execute(query)]


def lots_without_row(ledger: Ledger, run_id: int) -> list[int]:
    """Numbers of lots that vouchers name and that do not exist."""
    known = exists().where(lot.c.run_id == run_id, lot.c.number == voucher.c.lot)
    query = select(voucher.c.lot).distinct().where(voucher.c.run_id == run_id, voucher.c.lot.is_not(None), ~known)
    with ledger.transaction() as connection:
        return sorted(connection.execute(query).scalars())


def told_of_lot(ledger: Ledger, run_id: int, number: int, happening: str) -> int:
    """How often the history tells that this happened to a lot (``sealed``, ``released``)."""
    told = history.c.detail.startswith(f"run {run_id},", autoescape=True)
    mine = (history.c.subject == "lot") & (history.c.subject_id == number)
    query = select(func.count()).where(mine, history.c.event == happening, told)
    with ledger.transaction() as connection:
        return int(connection.execute(query).scalar_one())


def retired(ledger: Ledger, key: int) -> list[bytes]:
    """What earlier papers of a voucher came from."""
    with ledger.transaction() as connection:
        return list(connection.execute(select(rendering.c.inputs).where(rendering.c.voucher == key)).scalars())


def looks(ledger: Ledger, run_id: int) -> list[str]:
    """The looks that the papers and the lots of the run were made with."""
    papers_ = select(voucher.c.look).where(voucher.c.run_id == run_id, voucher.c.state == "rendered")
    lots_ = select(lot.c.look).where(lot.c.run_id == run_id, lot.c.vouchers > 0)
    kept_ = select(rendering.c.look).where(rendering.c.run_id == run_id)
    with ledger.transaction() as connection:
        return sorted(connection.execute(papers_.union(lots_, kept_)).scalars())


def unnamed(ledger: Ledger, run_id: int) -> list[tuple[str, str]]:
    """Id and file of the rendered papers that no row of the run names."""
    names = exists().where(entry.c.voucher == voucher.c.id)
    query = select(voucher.c.voucher_id, voucher.c.file).where(
        voucher.c.run_id == run_id, voucher.c.state == "rendered", ~names
    )
    with ledger.transaction() as connection:
        return [(name, file) for name, file in connection.execute(query.order_by(voucher.c.ordinal))]


def unsought(ledger: Ledger, run_id: int) -> list[tuple[int, str]]:
    """Row and id of the obligations that no search would find."""
    known = select(sought.c.obligation).where(sought.c.obligation.is_not(None))
    query = select(entry.c.row, entry.c.obligation_id).where(
        entry.c.run_id == run_id, ~entry.c.faulty, entry.c.obligation.is_not(None), entry.c.obligation.not_in(known)
    )
    with ledger.transaction() as connection:
        return [(row, name) for row, name in connection.execute(query.order_by(entry.c.position))]


def known_files(ledger: Ledger, run_id: int, folded: Sequence[str]) -> dict[str, str]:
    """Of these case-folded names, the files that vouchers have, with the voucher's state."""
    query = select(voucher.c.file, voucher.c.state).where(voucher.c.run_id == run_id, voucher.c.folded.in_(folded))
    with ledger.transaction() as connection:
        return dict(connection.execute(query).all())


def shared_numbers(ledger: Ledger) -> list[tuple[str, list[str]]]:
    """Operation numbers that several obligations of one environment have from one provider, with their ids."""
    held = (
        select(operation.c.number, func.group_concat(distinct(obligation.c.obligation_id)))
        .join(effect, effect.c.id == operation.c.effect)
        .join(obligation, obligation.c.id == effect.c.obligation)
        # Codes that an office brings with it have whatever numbers it gives them.
        .where(operation.c.number != "", effect.c.provider != "supplied")
        .group_by(effect.c.provider, obligation.c.environment, operation.c.number)
        .having(func.count(distinct(obligation.c.id)) > 1)
    )
    with ledger.transaction() as connection:
        return [(number, str(ids).split(",")) for number, ids in connection.execute(held.order_by(operation.c.number))]


def damage(ledger: Ledger) -> Iterator[str]:
    """What SQLite itself finds wrong with the file."""
    with ledger.transaction() as connection:
        for (finding,) in connection.exec_driver_sql("PRAGMA integrity_check(100)"):
            if finding != "ok":
                yield str(finding)


def dangling(ledger: Ledger) -> Iterator[tuple[str, int, str]]:
    """Rows that name a row that is not there: table, its key, the table that lacks it."""
    with ledger.transaction() as connection:
        for table, key, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield str(table), int(key or 0), str(parent)


def orphan_history(ledger: Ledger) -> Iterator[int]:
    """Effects that the history tells of and that are not there."""
    known = exists().where(effect.c.id == history.c.subject_id)
    query = select(history.c.subject_id).distinct().where(history.c.subject == "effect", ~known)
    with ledger.transaction() as connection:
        yield from connection.execute(query.order_by(history.c.subject_id)).scalars()


def gaps(ledger: Ledger, column: Column[Any], *conditions: ColumnElement[bool]) -> Iterator[tuple[int, int]]:
    """The first and the last number of every stretch that a series from 1 on lacks."""
    table = column.table
    with ledger.transaction() as connection:
        first, last, count = connection.execute(
            select(func.min(column), func.max(column), func.count()).select_from(table).where(*conditions)
        ).one()
        if not count or (first == 1 and last == count):
            return
        expected = 1
        query = select(column).where(*conditions).order_by(column)
        for number in connection.execution_options(yield_per=PAGE).execute(query).scalars():
            if number > expected:
                yield expected, number - 1
            expected = number + 1


# Series that only grow and lose nothing, over the whole ledger.
SERIES: tuple[Column[Any], ...] = (
    schema.run.c.id, obligation.c.id, effect.c.id, voucher.c.id, delivery.c.id, rendering.c.id, history.c.id,
    sought.c.id,
)  # fmt: skip


def series_of(run_id: int) -> tuple[tuple[Column[Any], ColumnElement[bool]], ...]:
    """Those of one run."""
    return (
        (entry.c.row, entry.c.run_id == run_id),
        (voucher.c.ordinal, voucher.c.run_id == run_id),
        (lot.c.number, lot.c.run_id == run_id),
    )


class Cells(msgspec.Struct, frozen=True):
    """What an entry says of the row that came in; ``amount`` in minor units, ``parsed`` as intake packed it."""

    position: int
    row: int
    obligation_id: str
    content: bytes
    amount: int | None
    parsed: bytes

    @property
    def original(self) -> tuple[str, ...]:
        """The cells themselves; none where they cannot be read any more."""
        try:
            return _original.decode(self.parsed).original
        except msgspec.MsgspecError:
            return ()


class _Original(msgspec.Struct, frozen=True):
    original: tuple[str, ...]


_original = msgspec.msgpack.Decoder(_Original)


def cells(ledger: Ledger, run_id: int) -> Iterator[Cells]:
    """Every entry as it came in, in order."""
    query = select(*(entry.c[name] for name in Cells.__struct_fields__)).where(entry.c.run_id == run_id)
    for found in paged(ledger, query.order_by(entry.c.row), entry.c.row, "row"):
        yield Cells(**found)


def records(ledger: Ledger, run_id: int) -> Iterator[tuple[int, str, bytes]]:
    """Row, obligation id and packed obligation of every sound entry, in order."""
    query = select(entry.c.row, entry.c.obligation_id, entry.c.record).where(
        entry.c.run_id == run_id, ~entry.c.faulty, entry.c.record.is_not(None)
    )
    for found in paged(ledger, query.order_by(entry.c.row), entry.c.row, "row"):
        yield found["row"], found["obligation_id"], found["record"]


def told_of_run(ledger: Ledger, run_id: int, happening: str) -> int:
    """How often the history tells that this happened to a run."""
    mine = (history.c.subject == "run") & (history.c.subject_id == run_id)
    query = select(func.count()).where(mine, history.c.event == happening)
    with ledger.transaction() as connection:
        return int(connection.execute(query).scalar_one())


def paged(ledger: Ledger, query: Any, column: Column[Any], name: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - SQLAlchemy's select of whatever columns
    """The rows of ``query``, which is ordered by ``column`` (``name`` among its own), a page at a time."""
    last: int | None = None
    while True:
        page = query.limit(PAGE) if last is None else query.where(column > last).limit(PAGE)
        with ledger.transaction() as connection:
            found = connection.execute(page).mappings().all()
        if not found:
            return
        for row in found:
            yield dict(row)
        last = found[-1][name]
