"""From the id that a person has in hand to the voucher of a run, and to the rows that speak of it."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select

from emission.ledger.renderings import Input
from emission.ledger.schema import entry, rendering, voucher
from emission.ledger.store import Ledger


class _Named(msgspec.Struct, frozen=True):
    obligation_id: str


_named = msgspec.msgpack.Decoder(_Named)
_inputs = msgspec.msgpack.Decoder(tuple[Input, ...])


class Located(msgspec.Struct, frozen=True):
    """A voucher, or none where the rows never made one; ``state`` is its own (``rejected`` without a voucher)."""

    voucher: int | None
    state: str
    sha256: str
    rows: tuple[int, ...]


def locate(ledger: Ledger, run_id: int, wanted: str) -> Located | None:
    """What the run has under an obligation's id or, failing that, a voucher's; a sound row before a faulty one."""
    by_debt = (
        select(entry.c.voucher, entry.c.row)
        .where(entry.c.run_id == run_id, entry.c.obligation_id == wanted)
        .order_by(entry.c.faulty, entry.c.position)
    )
    by_voucher = select(voucher.c.id).where(voucher.c.run_id == run_id, voucher.c.voucher_id == wanted)
    with ledger.transaction() as connection:
        rows = connection.execute(by_debt).all()
        key = rows[0][0] if rows else connection.execute(by_voucher.limit(1)).scalar()
        if not rows and key is None:
            key = _among_withdrawn(connection, run_id, wanted)
        if key is not None:
            mine = select(entry.c.row).where(entry.c.voucher == key).order_by(entry.c.position)
            state, sha256 = connection.execute(
                select(voucher.c.state, voucher.c.sha256).where(voucher.c.id == key)
            ).one()
            return Located(key, state, sha256, tuple(connection.execute(mine).scalars()))
        if not rows:
            unmade = select(entry.c.row).where(entry.c.run_id == run_id, entry.c.voucher_id == wanted)
            faulty = list(connection.execute(unmade.order_by(entry.c.position)).scalars())
        else:
            faulty = [row for _, row in rows]
    return Located(None, "rejected", "", tuple(faulty)) if faulty else None


def _among_withdrawn(connection: Connection, run_id: int, wanted: str) -> int | None:
    """The voucher that no row names any more and that was kept with an obligation of that id; the last one."""
    query = (
        select(voucher.c.id, rendering.c.inputs)
        .join(rendering, rendering.c.voucher == voucher.c.id)
        .where(voucher.c.run_id == run_id, voucher.c.state == "withdrawn")
        .order_by(rendering.c.id.desc())
    )
    for key, packed in connection.execute(query):
        if any(_named.decode(record).obligation_id == wanted for record, _ in _inputs.decode(packed)):
            return int(key)
    return None
