"""What is still to be done in a run: vouchers that wait, and how far their obligations are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, case, func, select, update

from emission.ledger import standing
from emission.ledger.effects import beside
from emission.ledger.payments import of_effects
from emission.ledger.schema import effect, entry, obligation, operation, voucher
from emission.ledger.store import Ledger
from emission.model import Fault, Obligation

PAGE = 500

_obligation = msgspec.msgpack.Decoder(Obligation)
pack = msgspec.msgpack.Encoder().encode


class Predecessor(msgspec.Struct, frozen=True):
    """An operation that this obligation has from an earlier revision; ``amount`` is what it asks for, in minor units.

    ``state`` is ``confirmed`` until its successor is there; then ``superseded`` (it lives on) or ``cancelled``.
    ``strays`` are the numbers of operations that live beside it; ``paid`` what payments on it left with the
    municipality, ``None`` where none is known to stand.
    """

    effect: int
    external_id: str
    state: str
    number: str
    amount: int
    strays: tuple[str, ...] = ()
    paid: int | None = None


class Debt(msgspec.Struct, frozen=True):
    """One obligation of a waiting voucher, with what was asked and answered so far (``state`` "" is nothing)."""

    key: int
    row: int
    revision: int
    record: bytes
    payable: bool
    effect: int | None
    external_id: str
    state: str
    attempt: int
    lookups: int
    sent_at: float
    code: str
    message: str
    transient: bool
    operation: bytes | None
    predecessors: tuple[Predecessor, ...] = ()

    def obligation(self) -> Obligation:
        return _obligation.decode(self.record)

    @property
    def settled(self) -> bool:
        """Whether this obligation is ready to be printed."""
        if not self.payable:
            return all(before.state != "confirmed" for before in self.predecessors)
        return self.state == "confirmed"

    @property
    def hopeless(self) -> bool:
        """Whether only a person, or another attempt later, can help."""
        return self.payable and (
            self.state in ("held", "abandoned") or (self.state == "refused" and not self.transient)
        )


class Waiting(msgspec.Struct, frozen=True):
    """A voucher that waits for its operations or for its rendering."""

    id: int
    ordinal: int
    voucher_id: str
    file: str
    printed: bool
    pages: int
    lot: int | None
    sequence: int | None
    debts: tuple[Debt, ...]

    @property
    def settled(self) -> bool:
        return all(debt.settled for debt in self.debts)

    @property
    def hopeless(self) -> bool:
        return any(debt.hopeless for debt in self.debts)


def waiting(ledger: Ledger, run_id: int, *, page: int) -> Iterator[list[Waiting]]:
    """The vouchers that wait, in order, ``page`` at a time; what is settled meanwhile is not met again."""
    last = 0
    while True:
        query = select(voucher.c.id).where(
            voucher.c.run_id == run_id, voucher.c.state == "pending", voucher.c.ordinal > last
        )
        with ledger.transaction() as connection:
            keys = list(connection.execute(query.order_by(voucher.c.ordinal).limit(page)).scalars())
        if not keys:
            return
        found = vouchers(ledger, keys)
        yield found
        last = found[-1].ordinal


def vouchers(ledger: Ledger, keys: Sequence[int]) -> list[Waiting]:
    """These vouchers as they stand now, in order."""
    heads = select(voucher).where(voucher.c.id.in_(keys)).order_by(voucher.c.ordinal)
    debts = (
        select(
            entry.c.voucher, obligation.c.id.label("key"), entry.c.row, obligation.c.revision, entry.c.record,
            effect.c.id.label("effect"), effect.c.external_id, effect.c.state, effect.c.attempt, effect.c.lookups,
            effect.c.sent_at, effect.c.code, effect.c.message, effect.c.transient,
            operation.c.record.label("operation"),
        )
        .join(obligation, obligation.c.id == entry.c.obligation)
        .outerjoin(effect, (effect.c.obligation == obligation.c.id) & (effect.c.revision == obligation.c.revision))
        .outerjoin(operation, operation.c.effect == effect.c.id)
        .where(entry.c.voucher.in_(keys), ~entry.c.faulty)
        .order_by(entry.c.position)
    )  # fmt: skip
    carried: dict[int, list[Debt]] = {}
    with ledger.transaction() as connection:
        read = [dict(found) for found in connection.execute(debts).mappings()]
        before = _predecessors(ledger, connection, [found["key"] for found in read if found["revision"] > 1])
        for found in read:
            carried.setdefault(found["voucher"], []).append(_debt(found, before.get(found["key"], ())))
        rows = connection.execute(heads).mappings().all()
    for key, inputs in standing.inputs_of_standing(ledger, [key for key in keys if key not in carried]).items():
        carried[key] = [_as_it_stands(record, packed) for record, packed in inputs]
    names = ("id", "ordinal", "voucher_id", "file", "printed", "pages", "lot", "sequence")
    return [Waiting(**{name: row[name] for name in names}, debts=tuple(carried[row["id"]])) for row in rows]


# An obligation that nobody was asked for has no effect: its columns come back empty.
_UNASKED: dict[str, Any] = {
    "external_id": "", "state": "", "attempt": 0, "lookups": 0, "sent_at": 0.0, "code": "", "message": "",
    "transient": False,
}  # fmt: skip


def _as_it_stands(record: bytes, packed: bytes | None) -> Debt:
    """A debt of a bill that no row asks to be changed any more: there is nothing left to ask for."""
    row: dict[str, Any] = _UNASKED | {"state": "confirmed", "key": 0, "row": 0, "revision": 1, "effect": None}
    return Debt(**row, record=record, payable=packed is not None, operation=packed)


def _debt(row: dict[str, Any], predecessors: Sequence[Predecessor]) -> Debt:
    row.pop("voucher")
    if row["effect"] is None:
        row |= _UNASKED
    payable = _obligation.decode(row["record"]).payable
    return Debt(**row, payable=payable, predecessors=tuple(predecessors))


def _predecessors(ledger: Ledger, connection: Connection, obligations: Sequence[int]) -> dict[int, list[Predecessor]]:
    """By obligation, oldest first, what earlier revisions left."""
    if not obligations:
        return {}
    query = (
        select(
            effect.c.obligation, effect.c.id, effect.c.external_id, effect.c.state, operation.c.number, effect.c.amount
        )
        .join(operation, operation.c.effect == effect.c.id)
        .join(obligation, obligation.c.id == effect.c.obligation)
        .where(
            effect.c.obligation.in_(obligations),
            effect.c.revision < obligation.c.revision,
            effect.c.state.in_(("confirmed", "superseded", "cancelled")),
        )
        .order_by(effect.c.revision)
    )
    rows = connection.execute(query).all()
    strays = beside(ledger, [row[1] for row in rows])
    paid = of_effects(connection, [row[1] for row in rows])
    found: dict[int, list[Predecessor]] = {}
    for key, order, external_id, state, number, amount in rows:
        kept = [one.kept for one in paid.get(order, ()) if one.stands]
        received = sum(kept) if kept else None
        before = Predecessor(order, external_id, state, number, amount, strays.get(order, ()), received)
        found.setdefault(key, []).append(before)
    return found


class Rendered(msgspec.Struct, frozen=True):
    """A voucher whose bytes are on disk; ``part`` and ``part_offset`` say where its print pages wait."""

    id: int
    sha256: str
    part: str
    part_offset: int


def rendered(ledger: Ledger, done: Sequence[Rendered], look: str) -> None:
    """Writes down that these vouchers are on disk, made with ``look``. They must be."""
    if not done:
        return
    names = ("sha256", "part", "part_offset")
    statement = update(voucher).where(voucher.c.id == bindparam("b_id"))
    changes = [{f"b_{name}": value for name, value in msgspec.structs.asdict(item).items()} for item in done]
    with ledger.transaction() as connection:
        standing.redrawn(ledger, {item.id: item.sha256 for item in done}, look)
        values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in names}
        connection.execute(statement.values(**values, look=look, state="rendered", reason=""), changes)


def failed(ledger: Ledger, reasons: dict[int, str]) -> None:
    """Writes down the code for which each of these vouchers could not be made."""
    if reasons:
        statement = update(voucher).where(voucher.c.id == bindparam("b_id"))
        changes = [{"b_id": key, "b_reason": reason} for key, reason in reasons.items()]
        with ledger.transaction() as connection:
            connection.execute(statement.values(state="failed", reason=bindparam("b_reason")), changes)


def explain(ledger: Ledger, run_id: int, outcomes: dict[int, Sequence[Fault]]) -> None:
    """Keeps, by row, what came of it at the provider, in its codes or in its rendering."""
    if outcomes:
        statement = update(entry).where(entry.c.run_id == run_id, entry.c.row == bindparam("b_row"))
        changes = [{"b_row": row, "b_outcome": pack(tuple(faults))} for row, faults in outcomes.items()]
        with ledger.transaction() as connection:
            connection.execute(statement.values(outcome=bindparam("b_outcome")), changes)


class Progress(msgspec.Struct, frozen=True):
    """Vouchers of a run by where they are."""

    pending: int
    rendered: int
    failed: int


def progress(ledger: Ledger, run_id: int) -> Progress:
    """Counts the vouchers of a run."""
    counts = [
        func.coalesce(func.sum(case((voucher.c.state == name, 1), else_=0)), 0) for name in Progress.__struct_fields__
    ]
    with ledger.transaction() as connection:
        return Progress(*connection.execute(select(*counts).where(voucher.c.run_id == run_id)).one())


def wait_again(ledger: Ledger, keys: Sequence[int]) -> None:
    """Vouchers whose bytes are gone wait to be rendered again."""
    with ledger.transaction() as connection:
        for start in range(0, len(keys), PAGE):
            chunk = keys[start : start + PAGE]
            connection.execute(update(voucher).where(voucher.c.id.in_(chunk)).values(state="pending"))


def files(ledger: Ledger, run_id: int) -> Iterator[tuple[int, str]]:
    """Key and file of every rendered voucher."""
    last = 0
    query = select(voucher.c.id, voucher.c.file).where(voucher.c.run_id == run_id, voucher.c.state == "rendered")
    while True:
        with ledger.transaction() as connection:
            rows = connection.execute(query.where(voucher.c.id > last).order_by(voucher.c.id).limit(PAGE * 10)).all()
        if not rows:
            return
        yield from ((key, file) for key, file in rows)
        last = rows[-1][0]


def fallen(ledger: Ledger, run_id: int) -> list[tuple[int, str]]:
    """Key and file of every voucher that was withdrawn or failed; a kill may have left one that nobody wrote down."""
    mine = (voucher.c.run_id == run_id) & voucher.c.state.in_(("withdrawn", "failed"))
    with ledger.transaction() as connection:
        return [(key, file) for key, file in connection.execute(select(voucher.c.id, voucher.c.file).where(mine))]


def forget_files(ledger: Ledger, keys: Sequence[int]) -> None:
    """These vouchers have no file any more."""
    with ledger.transaction() as connection:
        for start in range(0, len(keys), PAGE):
            chunk = keys[start : start + PAGE]
            connection.execute(update(voucher).where(voucher.c.id.in_(chunk)).values(sha256="", part=""))
