"""What is still to be done in a run: vouchers that wait, and how far their obligations are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, case, func, select, update

from emission.ledger import standing
from emission.ledger.bulk import many
from emission.ledger.effects import beside
from emission.ledger.payments import of_effects
from emission.ledger.schema import effect, entry, obligation, operation, voucher
from emission.ledger.store import Ledger
from emission.model import Fault, Obligation

PAGE = 500

_obligation = msgspec.msgpack.Decoder(Obligation)
pack = msgspec.msgpack.Encoder().encode


class _Payable(msgspec.Struct, frozen=True):
    """Of an obligation's record, all that is asked before it is its turn."""

    payable: bool = True


_payable = msgspec.msgpack.Decoder(_Payable)


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
    payable: bool
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


_HEADS = (
    select(*(voucher.c[name] for name in Waiting.__struct_fields__ if name != "debts"))
    .where(voucher.c.id.in_(bindparam("keys", expanding=True)))
    .order_by(voucher.c.ordinal)
)
# An obligation that nobody was asked for has no effect.
_UNASKED: dict[str, Any] = {
    "external_id": "", "state": "", "attempt": 0, "lookups": 0, "sent_at": 0.0, "code": "", "message": "",
    "transient": False,
}  # fmt: skip
# The voucher, and then the fields of a debt, as far as they are read.
_DEBTS = (
    select(
        entry.c.voucher, obligation.c.id.label("key"), entry.c.row, obligation.c.revision, entry.c.record, effect.c.id,
        *(func.coalesce(effect.c[name], nothing) for name, nothing in _UNASKED.items()),
        operation.c.record.label("operation"),
    )
    .join(obligation, obligation.c.id == entry.c.obligation)
    .outerjoin(effect, (effect.c.obligation == obligation.c.id) & (effect.c.revision == obligation.c.revision))
    .outerjoin(operation, operation.c.effect == effect.c.id)
    .where(entry.c.voucher.in_(bindparam("keys", expanding=True)), ~entry.c.faulty)
    .order_by(entry.c.position)
)  # fmt: skip


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
    carried: dict[int, list[Debt]] = {}
    with ledger.transaction() as connection:
        read = connection.execute(_DEBTS, {"keys": keys}).all()
        before = _predecessors(ledger, connection, [found.key for found in read if found.revision > 1])
        for found in read:
            carried.setdefault(found.voucher, []).append(_debt(found, before.get(found.key, ())))
        rows = connection.execute(_HEADS, {"keys": keys}).all()
    for key, inputs in standing.inputs_of_standing(ledger, [key for key in keys if key not in carried]).items():
        carried[key] = [_as_it_stands(record, packed) for record, packed in inputs]
    return [Waiting(*(*row, tuple(carried[row.id]))) for row in rows]


def _as_it_stands(record: bytes, packed: bytes | None) -> Debt:
    """A debt of a bill that no row asks to be changed any more: there is nothing left to ask for."""
    told = _UNASKED | {"state": "confirmed"}
    return Debt(0, 0, 1, record, None, **told, operation=packed, payable=packed is not None)


def _debt(row: Row[*tuple[Any, ...]], predecessors: Sequence[Predecessor]) -> Debt:
    return Debt(*(*row[1:], _payable.decode(row.record).payable, tuple(predecessors)))


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


_VOUCHER = update(voucher).where(voucher.c.id == bindparam("b_id"))
_RENDERED = _VOUCHER.values(
    state="rendered",
    reason="",
    look=bindparam("b_look"),
    sha256=bindparam("b_sha256"),
    part=bindparam("b_part"),
    part_offset=bindparam("b_part_offset"),
)
_FAILED = _VOUCHER.values(state="failed", reason=bindparam("b_reason"))
_ENTRY = update(entry).where(entry.c.run_id == bindparam("b_run_id"), entry.c.row == bindparam("b_row"))
_EXPLAIN = _ENTRY.values(outcome=bindparam("b_outcome"))


def rendered(ledger: Ledger, done: Sequence[Rendered], look: str) -> None:
    """Writes down that these vouchers are on disk, made with ``look``. They must be."""
    changes = [{f"b_{name}": value for name, value in msgspec.structs.asdict(item).items()} for item in done]
    with ledger.transaction() as connection:
        standing.redrawn(ledger, {item.id: item.sha256 for item in done}, look)
        many(connection, _RENDERED, changes, b_look=look)


def failed(ledger: Ledger, reasons: dict[int, str]) -> None:
    """Writes down the code for which each of these vouchers could not be made."""
    changes = [{"b_id": key, "b_reason": reason} for key, reason in reasons.items()]
    with ledger.transaction() as connection:
        many(connection, _FAILED, changes)


def explain(ledger: Ledger, run_id: int, outcomes: dict[int, Sequence[Fault]]) -> None:
    """Keeps, by row, what came of it at the provider, in its codes or in its rendering."""
    changes = [{"b_row": row, "b_outcome": pack(tuple(faults))} for row, faults in outcomes.items()]
    with ledger.transaction() as connection:
        many(connection, _EXPLAIN, changes, b_run_id=run_id)


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
