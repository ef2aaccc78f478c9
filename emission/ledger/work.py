"""What is still to be done in a run: vouchers that wait, and what the provider was asked for them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, case, exists, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from emission.ledger.schema import effect, entry, lot, obligation, operation, voucher
from emission.ledger.store import Ledger
from emission.model import Fault, Obligation, Operation

PAGE = 500

_obligation = msgspec.msgpack.Decoder(Obligation)
_operation = msgspec.msgpack.Decoder(Operation)
pack = msgspec.msgpack.Encoder().encode


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
    operation: bytes | None

    def obligation(self) -> Obligation:
        return _obligation.decode(self.record)

    @property
    def settled(self) -> bool:
        """Whether this obligation is ready to be printed."""
        return not self.payable or self.state == "confirmed"

    @property
    def hopeless(self) -> bool:
        """Whether only a person, or another attempt later, can help."""
        return self.payable and self.state in ("refused", "held")


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
            entry.c.voucher, obligation.c.id, entry.c.row, obligation.c.revision, entry.c.record,
            effect.c.id, effect.c.external_id, effect.c.state, effect.c.attempt, effect.c.lookups, effect.c.sent_at,
            effect.c.code, effect.c.message, operation.c.record,
        )
        .join(obligation, obligation.c.id == entry.c.obligation)
        .outerjoin(effect, (effect.c.obligation == obligation.c.id) & (effect.c.revision == obligation.c.revision))
        .outerjoin(operation, operation.c.effect == effect.c.id)
        .where(entry.c.voucher.in_(keys), ~entry.c.faulty)
        .order_by(entry.c.position)
    )  # fmt: skip
    carried: dict[int, list[Debt]] = {}
    with ledger.transaction() as connection:
        for (
            key,
            debt,
            row,
            revision,
            record,
            asked,
            external_id,
            state,
            attempt,
            lookups,
            sent_at,
            code,
            message,
            answer,
        ) in connection.execute(debts):
            carried.setdefault(key, []).append(
                Debt(
                    key=debt,
                    row=row,
                    revision=revision,
                    record=record,
                    payable=_obligation.decode(record).payable,
                    effect=asked,
                    external_id=external_id or "",
                    state=state or "",
                    attempt=attempt or 0,
                    lookups=lookups or 0,
                    sent_at=sent_at or 0.0,
                    code=code or "",
                    message=message or "",
                    operation=answer,
                )
            )
        rows = connection.execute(heads).mappings().all()
    names = ("id", "ordinal", "voucher_id", "file", "printed", "pages", "lot", "sequence")
    return [Waiting(**{name: row[name] for name in names}, debts=tuple(carried[row["id"]])) for row in rows]


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


class Rendered(msgspec.Struct, frozen=True):
    """A voucher whose bytes are on disk; ``part`` and ``part_offset`` say where its print pages wait."""

    id: int
    sha256: str
    part: str
    part_offset: int


def rendered(ledger: Ledger, done: Sequence[Rendered]) -> None:
    """Writes down that these vouchers are on disk. They must be."""
    if not done:
        return
    names = ("sha256", "part", "part_offset")
    statement = update(voucher).where(voucher.c.id == bindparam("b_id"))
    changes = [{f"b_{name}": value for name, value in msgspec.structs.asdict(item).items()} for item in done]
    with ledger.transaction() as connection:
        values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in names}
        connection.execute(statement.values(**values, state="rendered", reason=""), changes)


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


class Page(msgspec.Struct, frozen=True):
    """Where the print pages of a voucher wait."""

    sequence: int
    pages: int
    part: str
    part_offset: int


def open_lots(ledger: Ledger, run_id: int) -> list[int]:
    """The lots that are not sealed."""
    query = select(lot.c.number).where(lot.c.run_id == run_id, lot.c.state == "open")
    with ledger.transaction() as connection:
        return list(connection.execute(query.order_by(lot.c.number)).scalars())


def sealable(ledger: Ledger, run_id: int, candidates: Iterable[int]) -> list[int]:
    """Those open lots of ``candidates`` none of whose vouchers wait any more."""
    mine = (voucher.c.run_id == lot.c.run_id) & (voucher.c.lot == lot.c.number)
    busy = exists().where(mine, voucher.c.state == "pending", voucher.c.printed)
    query = select(lot.c.number).where(
        lot.c.run_id == run_id, lot.c.number.in_(list(candidates)), lot.c.state == "open", ~busy
    )
    with ledger.transaction() as connection:
        return list(connection.execute(query.order_by(lot.c.number)).scalars())


def print_pages(ledger: Ledger, run_id: int, number: int) -> Iterator[Page]:
    """The pages of a lot, in sequence."""
    query = (
        select(voucher.c.sequence, voucher.c.pages, voucher.c.part, voucher.c.part_offset)
        .where(voucher.c.run_id == run_id, voucher.c.lot == number, voucher.c.state == "rendered", voucher.c.printed)
        .order_by(voucher.c.sequence)
    )
    with ledger.transaction() as connection:
        rows = connection.execute(query).all()
    for sequence, pages, part, offset in rows:
        yield Page(sequence, pages, part, offset)


def sealed(ledger: Ledger, run_id: int, number: int, vouchers: int, pages: int, file: str, sha256: str) -> None:
    """Writes down that a lot is on disk."""
    values = {"state": "sealed", "vouchers": vouchers, "pages": pages, "file": file, "sha256": sha256}
    with ledger.transaction() as connection:
        connection.execute(update(lot).where(lot.c.run_id == run_id, lot.c.number == number).values(values))
        ledger.record("lot", [number], "sealed", f"run {run_id}, {vouchers} vouchers, {pages} pages")


def reopen(ledger: Ledger, run_id: int, *, everything: bool) -> None:
    """Lots with a voucher that waits again are open again, and all their vouchers wait with it.

    ``everything`` makes every rendered voucher wait: another look, or another folder.
    """
    mine = voucher.c.run_id == run_id
    with ledger.transaction() as connection:
        if everything:
            connection.execute(update(voucher).where(mine, voucher.c.state == "rendered").values(state="pending"))
            connection.execute(update(lot).where(lot.c.run_id == run_id).values(state="open"))
            return
        busy = select(voucher.c.lot).where(
            mine, voucher.c.state == "pending", voucher.c.lot.is_not(None), voucher.c.printed
        )
        torn = (lot.c.run_id == run_id) & (lot.c.state == "sealed") & lot.c.number.in_(busy)
        numbers = list(connection.execute(select(lot.c.number).where(torn)).scalars())
        again = mine & voucher.c.lot.in_(numbers) & (voucher.c.state == "rendered")
        connection.execute(update(voucher).where(again).values(state="pending"))
        connection.execute(update(lot).where(torn).values(state="open"))


def wait_again(ledger: Ledger, keys: Sequence[int]) -> None:
    """Vouchers whose bytes are gone wait to be rendered again."""
    with ledger.transaction() as connection:
        for start in range(0, len(keys), PAGE):
            chunk = keys[start : start + PAGE]
            connection.execute(update(voucher).where(voucher.c.id.in_(chunk)).values(state="pending"))


def open_again(ledger: Ledger, run_id: int, numbers: Sequence[int]) -> None:
    """Lots whose file is gone are open again, and all their vouchers wait."""
    with ledger.transaction() as connection:
        mine = (voucher.c.run_id == run_id) & voucher.c.lot.in_(numbers) & (voucher.c.state == "rendered")
        connection.execute(update(voucher).where(mine).values(state="pending"))
        connection.execute(update(lot).where(lot.c.run_id == run_id, lot.c.number.in_(numbers)).values(state="open"))


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


def parts(ledger: Ledger, run_id: int) -> list[tuple[int, str]]:
    """Key and part file of every rendered voucher whose lot is not sealed yet."""
    mine = (lot.c.run_id == voucher.c.run_id) & (lot.c.number == voucher.c.lot)
    query = (
        select(voucher.c.id, voucher.c.part)
        .join(lot, mine)
        .where(voucher.c.run_id == run_id, voucher.c.state == "rendered", voucher.c.printed, lot.c.state == "open")
    )
    with ledger.transaction() as connection:
        return [(key, part) for key, part in connection.execute(query)]


def lot_files(ledger: Ledger, run_id: int) -> list[tuple[int, str]]:
    """Number and file of every sealed lot that has pages."""
    query = select(lot.c.number, lot.c.file).where(lot.c.run_id == run_id, lot.c.state == "sealed", lot.c.vouchers > 0)
    with ledger.transaction() as connection:
        return [(number, file) for number, file in connection.execute(query)]
