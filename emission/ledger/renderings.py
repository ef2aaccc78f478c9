"""What a voucher was before it is made again, moved or withdrawn is kept, with all that its bytes came from."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from emission.ledger.schema import effect, entry, lot, obligation, operation, rendering, voucher
from emission.ledger.store import Ledger
from emission.model import Obligation

PAGE = 500

_obligation = msgspec.msgpack.Decoder(Obligation)
_pack = msgspec.msgpack.Encoder().encode

# A packed obligation, and its packed operation where it has one.
Input = tuple[bytes, bytes | None]


def retire(ledger: Ledger, run_id: int, vouchers: Sequence[int]) -> None:
    """Keeps what these vouchers are now, where they are on paper and that paper is not kept yet.

    Comes before their rows are replaced and the revisions of their obligations raised.
    """
    with ledger.transaction() as connection:
        for start in range(0, len(vouchers), PAGE):
            _retire(connection, run_id, vouchers[start : start + PAGE])


def retire_bearers(ledger: Ledger, obligations: Sequence[int]) -> None:
    """Keeps every paper, of whatever run, that bears one of these obligations; comes before their money changes."""
    query = select(entry.c.run_id, entry.c.voucher).where(~entry.c.faulty, entry.c.voucher.is_not(None))
    with ledger.transaction() as connection:
        for start in range(0, len(obligations), PAGE):
            bearing = entry.c.obligation.in_(obligations[start : start + PAGE])
            found: dict[int, set[int]] = {}
            for run_id, key in connection.execute(query.where(bearing)):
                found.setdefault(run_id, set()).add(key)
            for run_id, keys in found.items():
                retire(ledger, run_id, sorted(keys))


def _retire(connection: Connection, run_id: int, vouchers: Sequence[int]) -> None:
    papers = [paper for paper in _papers(connection, run_id, vouchers) if paper["sha256"]]
    kept = _kept(connection, [paper["voucher"] for paper in papers])
    inputs = inputs_of(connection, [paper["voucher"] for paper in papers])
    fresh: list[dict[str, Any]] = []
    for paper in papers:
        # One that waits has its old paper's hash and, once it was retired, rows that may be another's.
        places = kept.get((paper["voucher"], paper["sha256"]), {})
        known = places if paper.pop("waits") else places.keys() & {paper["lot"]}
        mine = inputs.get(paper["voucher"], [])
        if not known and mine:
            fresh.append({**paper, "run_id": run_id, "inputs": _pack(mine), "retired_at": time.time()})
        elif paper["released"] and not places.get(paper["lot"], True):
            _release(connection, paper)
    if fresh:
        connection.execute(insert(rendering), fresh)


def _papers(connection: Connection, run_id: int, vouchers: Sequence[int]) -> list[dict[str, Any]]:
    query = (
        select(
            voucher.c.id.label("voucher"), voucher.c.sha256, voucher.c.look, voucher.c.pages, voucher.c.printed,
            voucher.c.lot, voucher.c.sequence, (voucher.c.state == "pending").label("waits"),
            (voucher.c.printed & (func.coalesce(lot.c.state, "") == "released")).label("released"),
        )
        .outerjoin(lot, (lot.c.run_id == voucher.c.run_id) & (lot.c.number == voucher.c.lot))
        .where(voucher.c.run_id == run_id, voucher.c.id.in_(vouchers), voucher.c.state.in_(("rendered", "pending")))
        .order_by(voucher.c.id)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]


def _kept(connection: Connection, vouchers: Sequence[int]) -> dict[tuple[int, str], dict[int | None, bool]]:
    """By voucher and hash of what is kept: its lots, and whether it was released in each."""
    query = select(rendering.c.voucher, rendering.c.sha256, rendering.c.lot, rendering.c.released)
    found: dict[tuple[int, str], dict[int | None, bool]] = {}
    for key, digest, number, released in connection.execute(query.where(rendering.c.voucher.in_(vouchers))):
        found.setdefault((key, digest), {})[number] = released
    return found


def _release(connection: Connection, paper: dict[str, Any]) -> None:
    """What was kept before its lot went to the printer (it was withdrawn for a while, say) is released now."""
    mine = (rendering.c.voucher == paper["voucher"]) & (rendering.c.sha256 == paper["sha256"])
    connection.execute(update(rendering).where(mine, rendering.c.lot == paper["lot"]).values(released=True))


def inputs_of(connection: Connection, vouchers: Sequence[int]) -> dict[int, list[Input]]:
    """What vouchers would be drawn from now: their sound rows in order, with the operations that stand."""
    query = (
        select(entry.c.voucher, entry.c.record, operation.c.record)
        .join(obligation, obligation.c.id == entry.c.obligation)
        .outerjoin(effect, (effect.c.obligation == obligation.c.id) & (effect.c.revision == obligation.c.revision))
        .outerjoin(operation, operation.c.effect == effect.c.id)
        .where(entry.c.voucher.in_(vouchers), ~entry.c.faulty)
        .order_by(entry.c.position)
    )
    found: dict[int, list[Input]] = {}
    for key, record, order in connection.execute(query):
        found.setdefault(key, []).append((record, order if _obligation.decode(record).payable else None))
    return found
