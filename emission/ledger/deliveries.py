"""Every file that a run took in, by what it was: so that an old one is known when it comes back."""

from __future__ import annotations

import time
import zlib
from typing import Literal

import msgspec
from sqlalchemy import insert, select

from emission.ledger.schema import delivery
from emission.ledger.store import Ledger

Kind = Literal["whole", "part", "amendment", "lines"]
TAKES_THE_PLACE_OF_ALL: tuple[Kind, ...] = ("whole", "amendment")


class Delivery(msgspec.Struct, frozen=True):
    """A file as it was when the run took it in. ``sha256`` of its bytes; ``at`` seconds since 1970, UTC.

    ``lines`` is the detail file of the batch that came before it; the other kinds are batches.
    """

    id: int
    path: str
    sha256: str
    kind: Kind
    at: float


def take(ledger: Ledger, run_id: int, path: str, sha256: str, kind: Kind, *, content: bytes | None = None) -> None:
    """Notes a delivery, and keeps its ``content`` where it is given; the same file again is the same one."""
    before = [one for one in all_of(ledger, run_id) if (one.kind == "lines") == (kind == "lines")]
    if before and (before[-1].path, before[-1].sha256) == (path, sha256):
        return
    packed = None if content is None else zlib.compress(content)
    values = {"run_id": run_id, "path": path, "sha256": sha256, "kind": kind, "at": time.time(), "content": packed}
    with ledger.transaction() as connection:
        connection.execute(insert(delivery), values)
        ledger.record("run", [run_id], "delivered", kind)


def all_of(ledger: Ledger, run_id: int) -> list[Delivery]:
    """The deliveries of a run, oldest first."""
    columns = (delivery.c[name] for name in Delivery.__struct_fields__)
    query = select(*columns).where(delivery.c.run_id == run_id).order_by(delivery.c.id)
    with ledger.transaction() as connection:
        return [Delivery(*row) for row in connection.execute(query)]


def content_of(ledger: Ledger, key: int) -> bytes | None:
    """What was kept of a delivery; nothing where its file was left to its owner.

    Raises:
        zlib.error: it is damaged.
    """
    with ledger.transaction() as connection:
        packed = connection.execute(select(delivery.c.content).where(delivery.c.id == key)).scalar()
    return None if packed is None else zlib.decompress(packed)


def amended_since(ledger: Ledger, run_id: int, sha256: str) -> Delivery | None:
    """The last amendment, where the file of ``sha256`` is one that it took the place of."""
    deliveries = [one for one in all_of(ledger, run_id) if one.kind != "lines"]
    amendment = next((one for one in reversed(deliveries) if one.kind == "amendment"), None)
    if amendment is None:
        return None
    since = deliveries[deliveries.index(amendment) :]
    known = sha256 in {one.sha256 for one in deliveries}
    return amendment if known and sha256 not in {one.sha256 for one in since} else None
