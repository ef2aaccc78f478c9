"""The image of a batch while it is being admitted: every row, what is wrong with it, whose voucher it joins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Update, and_, bindparam, case, delete, distinct, func, insert, select, update

from emission.ledger.bulk import many
from emission.ledger.schema import detail, staged
from emission.ledger.store import Ledger
from emission.model import Fault, Obligation

PAGE = 1000

_faults = msgspec.msgpack.Decoder(tuple[Fault, ...])
_obligation = msgspec.msgpack.Decoder(Obligation)
pack = msgspec.msgpack.Encoder().encode


class Staged(msgspec.Struct, frozen=True):
    """One staged row. ``parsed`` is intake's own account of it, packed; ``faults`` are the whole file's.

    ``identity`` to ``words`` say how its record is filed (:class:`emission.stages.parse.Filed`), where it has one.
    """

    position: int
    row: int
    obligation_id: str
    voucher_id: str
    bundle: int
    amount: int | None
    content: bytes
    parsed: bytes
    record: bytes | None
    faulty: bool = False
    dropped: bool = False
    outcome: bytes | None = None
    presentation: bytes | None = None
    identity: str | None = None
    payable_hash: bytes | None = None
    payable: bool | None = None
    printed: bool | None = None
    words: str | None = None
    obligation: int | None = None
    voucher: int | None = None
    pages: int = 0
    faults: tuple[Fault, ...] = ()

    def obligation_record(self) -> Obligation:
        """The obligation as read. Only for rows that are not faulty by themselves."""
        assert self.record is not None
        return _obligation.decode(self.record)


_COLUMNS = [staged.c[name] for name in Staged.__struct_fields__]
_ADD = insert(staged)
_ADD_DETAIL = insert(detail)
_THIS = update(staged).where(staged.c.run_id == bindparam("b_run_id"), staged.c.position == bindparam("b_position"))


def clear(ledger: Ledger, run_id: int) -> None:
    """Forgets the image and the detail of a run."""
    with ledger.transaction() as connection:
        connection.execute(delete(staged).where(staged.c.run_id == run_id))
        connection.execute(delete(detail).where(detail.c.run_id == run_id))


def add(ledger: Ledger, run_id: int, rows: Sequence[Staged]) -> None:
    """Stages rows."""
    with ledger.transaction() as connection:
        many(connection, _ADD, [_values(row) for row in rows], run_id=run_id)


def pages(ledger: Ledger, run_id: int, *conditions: ColumnElement[bool]) -> Iterator[list[Staged]]:
    """The staged rows in file order, a page at a time; changing them meanwhile is allowed."""
    for page in _pages(ledger, run_id, _COLUMNS, conditions):
        yield [_staged(row) for row in page]


class Identified(msgspec.Struct, frozen=True):
    """Of a staged row, who it is and what is payable."""

    position: int
    identity: str
    payable_hash: bytes
    faulty: bool


def identified(ledger: Ledger, run_id: int) -> Iterator[list[Identified]]:
    """As :func:`pages`, the rows that can be read and were not dropped."""
    columns = [staged.c[name] for name in Identified.__struct_fields__]
    for page in _pages(ledger, run_id, columns, (staged.c.identity.is_not(None), ~staged.c.dropped)):
        yield [Identified(*row) for row in page]


class Recorded(msgspec.Struct, frozen=True):
    """Of a staged row, its packed obligation, where it can be read."""

    position: int
    obligation_id: str
    record: bytes | None


def recorded(ledger: Ledger, run_id: int) -> Iterator[list[Recorded]]:
    """As :func:`pages`, all rows."""
    columns = [staged.c[name] for name in Recorded.__struct_fields__]
    for page in _pages(ledger, run_id, columns, ()):
        yield [Recorded(*row) for row in page]


def _pages(
    ledger: Ledger, run_id: int, columns: Sequence[ColumnElement[Any]], conditions: Iterable[ColumnElement[bool]]
) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    """``columns``, of which ``position`` is the first, in file order."""
    last = -1
    query = (
        select(*columns)
        .where(staged.c.run_id == run_id, staged.c.position > bindparam("last"), *conditions)
        .order_by(staged.c.position)
        .limit(PAGE)
    )
    while True:
        with ledger.transaction() as connection:
            rows = connection.execute(query, {"last": last}).all()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def bundles(ledger: Ledger, run_id: int, *conditions: ColumnElement[bool]) -> Iterator[list[list[Staged]]]:
    """The rows grouped into vouchers, many vouchers at a time, none of them split."""
    waiting: list[Staged] = []
    for page in pages(ledger, run_id, *conditions):
        waiting += page
        last = waiting[-1].bundle
        whole = [row for row in waiting if row.bundle != last]
        waiting = [row for row in waiting if row.bundle == last]
        if whole:
            yield _grouped(whole)
    if waiting:
        yield _grouped(waiting)


def blame(ledger: Ledger, run_id: int, found: Mapping[int, Sequence[Fault]], *, dropped: bool = False) -> None:
    """Adds faults to staged rows, by position; an error makes the row faulty."""
    if not found:
        return
    positions = list(found)
    with ledger.transaction() as connection:
        for start in range(0, len(positions), PAGE):
            chunk = positions[start : start + PAGE]
            query = select(staged.c.position, staged.c.faults, staged.c.faulty).where(
                staged.c.run_id == run_id, staged.c.position.in_(chunk)
            )
            changes = []
            for position, packed, faulty in connection.execute(query).all():
                faults = (*(_faults.decode(packed) if packed else ()), *found[position])
                wrong = faulty or any(fault.severity == "error" for fault in found[position])
                changes.append({"faults": pack(faults), "faulty": wrong, "b_position": position})
            statement = update(staged).where(staged.c.run_id == run_id, staged.c.position == bindparam("b_position"))
            if dropped:
                statement = statement.values(dropped=True)
            connection.execute(statement, changes)


def settle(ledger: Ledger, run_id: int, changes: Sequence[dict[str, Any]], *names: str) -> None:
    """Sets columns ``names`` of the rows at ``b_position``."""
    with ledger.transaction() as connection:
        many(connection, _settling(names), changes, b_run_id=run_id)


@cache
def _settling(names: tuple[str, ...]) -> Update:
    return _THIS.values({name: bindparam(f"b_{name}") for name in names})


def repeated_ids(ledger: Ledger, run_id: int) -> Iterator[list[Staged]]:
    """The rows that share an obligation id, a list an id, in file order."""
    again = (
        select(staged.c.obligation_id)
        .where(staged.c.run_id == run_id, staged.c.obligation_id != "")
        .group_by(staged.c.obligation_id)
        .having(func.count() > 1)
        .order_by(staged.c.obligation_id)
    )
    with ledger.transaction() as connection:
        ids = connection.execute(again).scalars().all()
    for obligation_id in ids:
        yield [row for page in pages(ledger, run_id, staged.c.obligation_id == obligation_id) for row in page]


def returning_vouchers(ledger: Ledger, run_id: int) -> list[str]:
    """Voucher ids that come back after other rows."""
    query = (
        select(staged.c.voucher_id)
        .where(staged.c.run_id == run_id, ~staged.c.dropped, staged.c.voucher_id != "")
        .group_by(staged.c.voucher_id)
        .having(func.count(distinct(staged.c.bundle)) > 1)
    )
    with ledger.transaction() as connection:
        return list(connection.execute(query).scalars())


def siblings_of_the_faulty(ledger: Ledger, run_id: int) -> list[int]:
    """Positions of sound rows whose voucher has a faulty one."""
    bad = select(staged.c.bundle).where(staged.c.run_id == run_id, staged.c.faulty, ~staged.c.dropped)
    query = select(staged.c.position).where(staged.c.run_id == run_id, ~staged.c.faulty, staged.c.bundle.in_(bad))
    with ledger.transaction() as connection:
        return list(connection.execute(query).scalars())


def at(ledger: Ledger, run_id: int, positions: Sequence[int]) -> dict[int, Staged]:
    """The staged rows at those positions."""
    query = select(*_COLUMNS).where(staged.c.run_id == run_id, staged.c.position.in_(positions))
    with ledger.transaction() as connection:
        return {row.position: _staged(row) for row in connection.execute(query).all()}


def bundle_of(ledger: Ledger, run_id: int, wanted: str) -> list[Staged]:
    """The rows of the voucher of that id, or of the voucher with an obligation of that id."""
    for column in (staged.c.voucher_id, staged.c.obligation_id):
        query = select(staged.c.bundle).where(staged.c.run_id == run_id, column == wanted).limit(1)
        with ledger.transaction() as connection:
            bundle = connection.execute(query).scalar()
        if bundle is not None:
            return [row for page in pages(ledger, run_id, staged.c.bundle == bundle) for row in page]
    return []


class Tally(msgspec.Struct, frozen=True):
    """Counts of the image; ``amount`` in minor units over the rows whose amount can be read."""

    rows: int
    faulty: int
    amount: int


def tally(ledger: Ledger, run_id: int) -> Tally:
    """Counts the staged rows."""
    faulty = func.coalesce(func.sum(case((staged.c.faulty, 1), else_=0)), 0)
    amount = func.coalesce(func.sum(staged.c.amount), 0)
    query = select(func.count(), faulty, amount).where(staged.c.run_id == run_id)
    with ledger.transaction() as connection:
        return Tally(*connection.execute(query).one())


class Sums(msgspec.Struct, frozen=True):
    """What the sound rows of an image come to. ``payable`` counts obligations, ``amount`` is in minor units."""

    vouchers: int
    obligations: int
    payable: int
    printed_pages: int
    amount: int


def sums(ledger: Ledger, run_id: int) -> Sums:
    """Sums of the sound rows."""
    sound = (staged.c.run_id == run_id) & ~staged.c.faulty
    vouchers = (
        select(
            func.count().label("rows"),
            func.sum(case((staged.c.payable, 1), else_=0)).label("payable"),
            case((func.max(staged.c.printed), func.max(staged.c.pages)), else_=0).label("pages"),
            func.sum(staged.c.amount).label("amount"),
        )
        .where(sound)
        .group_by(staged.c.bundle)
        .subquery()
    )
    totals = [func.coalesce(func.sum(column), 0) for column in vouchers.c]
    with ledger.transaction() as connection:
        return Sums(*connection.execute(select(func.count(), *totals)).one())


def add_detail(ledger: Ledger, run_id: int, rows: Iterable[tuple[str, int, bytes]]) -> None:
    """Stages details: obligation id, the line of the file where they begin, and what they say, packed."""
    names = ("obligation_id", "line", "parsed")
    with ledger.transaction() as connection:
        many(connection, _ADD_DETAIL, [dict(zip(names, row, strict=True)) for row in rows], run_id=run_id)


def has_details(ledger: Ledger, run_id: int) -> bool:
    """Whether a detail file was staged."""
    with ledger.transaction() as connection:
        return connection.execute(select(detail.c.line).where(detail.c.run_id == run_id).limit(1)).first() is not None


def details_of(ledger: Ledger, run_id: int, obligation_ids: Sequence[str]) -> dict[str, list[bytes]]:
    """The packed details of each obligation, in the order of their file; marks them as used."""
    wanted = and_(detail.c.run_id == run_id, detail.c.obligation_id.in_(obligation_ids))
    found: dict[str, list[bytes]] = {}
    with ledger.transaction() as connection:
        query = select(detail.c.obligation_id, detail.c.parsed).where(wanted).order_by(detail.c.line)
        for obligation_id, parsed in connection.execute(query).all():
            found.setdefault(obligation_id, []).append(parsed)
        connection.execute(update(detail).where(wanted).values(used=True))
    return found


def orphan_details(ledger: Ledger, run_id: int) -> Iterator[tuple[str, bytes]]:
    """Obligation id and packed details that no row of the batch claims."""
    query = select(detail.c.obligation_id, detail.c.parsed).where(detail.c.run_id == run_id, ~detail.c.used)
    with ledger.transaction() as connection:
        found = connection.execute(query.order_by(detail.c.line)).all()
    yield from ((obligation_id, parsed) for obligation_id, parsed in found)


def _grouped(rows: Sequence[Staged]) -> list[list[Staged]]:
    groups: dict[int, list[Staged]] = {}
    for row in rows:
        groups.setdefault(row.bundle, []).append(row)
    return list(groups.values())


def _values(row: Staged) -> dict[str, object]:
    values = msgspec.structs.asdict(row)
    values["faults"] = pack(row.faults) if row.faults else None
    return values


def _staged(row: Row[*tuple[Any, ...]]) -> Staged:
    return Staged(*(*row[:-1], _faults.decode(row.faults) if row.faults else ()))
