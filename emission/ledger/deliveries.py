"""Every file that a run took in, by what it was: so that an old one is known when it comes back."""

from __future__ import annotations

import time
from typing import Literal

import msgspec
from sqlalchemy import insert, select

from emission.ledger.schema import delivery
from emission.ledger.store import Ledger

Kind = Literal["whole", "part", "amendment"]


class Delivery(msgspec.Struct, frozen=True):
    """A file as it was when the run took it in. ``sha256`` of its bytes; ``at`` seconds since 1970, UTC."""

    path: str
    sha256: str
    kind: Kind
    at: float


def take(ledger: Ledger, run_id: int, path: str, sha256: str, kind: Kind) -> None:
    """Notes a delivery; the same file again is the same one."""
    before = all_of(ledger, run_id)
    if before and (before[-1].path, before[-1].sha256) == (path, sha256):
        return
    values = {"run_id": run_id, "path": path, "sha256": sha256, "kind": kind, "at": time.time()}
    with ledger.transaction() as connection:
        connection.execute(insert(delivery), values)
        ledger.record("run", [run_id], "delivered", kind)


def all_of(ledger: Ledger, run_id: int) -> list[Delivery]:
    """The deliveries of a run, oldest first."""
    columns = (delivery.c.path, delivery.c.sha256, delivery.c.kind, delivery.c.at)
    query = select(*columns).where(delivery.c.run_id == run_id).order_by(delivery.c.id)
    with ledger.transaction() as connection:
        return [Delivery(*row) for row in connection.execute(query)]


def amended_since(ledger: Ledger, run_id: int, sha256: str) -> Delivery | None:
    """The last amendment, where the file of ``sha256`` is one that it took the place of."""
    deliveries = all_of(ledger, run_id)
    amendment = next((one for one in reversed(deliveries) if one.kind == "amendment"), None)
    if amendment is None:
        return None
    since = deliveries[deliveries.index(amendment) :]
    known = sha256 in {one.sha256 for one in deliveries}
    return amendment if known and sha256 not in {one.sha256 for one in since} else None
