"""Runs: a run is an environment, an issuer and a batch id."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import insert, select, update

from emission.ledger.schema import run
from emission.ledger.store import Ledger


class Run(msgspec.Struct, frozen=True):
    """One run as it stands. ``state`` is ``open``, ``started`` (something may have been asked) or ``finished``.

    ``look`` and ``setup`` are what its papers are made with: a fingerprint, and what stands behind it by name.
    ``image`` is the fingerprint of the files whose rows stand staged as they were admitted; empty where none do.
    """

    id: int
    environment: str
    issuer: str
    batch: str
    provider: str
    currency: str
    issue_date: str
    source: str
    header: tuple[str, ...]
    folder: str
    look: str
    setup: dict[str, str]
    image: str
    state: str
    exit_code: int | None


def find(ledger: Ledger, environment: str, issuer: str, batch: str) -> Run | None:
    """The run of that name, if there ever was one."""
    wanted = (run.c.environment == environment, run.c.issuer == issuer, run.c.batch == batch)
    with ledger.transaction() as connection:
        row = connection.execute(select(run).where(*wanted)).mappings().first()
    return None if row is None else _run(dict(row))


def every(ledger: Ledger) -> list[Run]:
    """All runs, oldest first."""
    with ledger.transaction() as connection:
        return [_run(dict(row)) for row in connection.execute(select(run).order_by(run.c.id)).mappings()]


def create(
    ledger: Ledger, *, environment: str, issuer: str, batch: str, provider: str, currency: str, issue_date: str
) -> Run:
    """A run that has read nothing yet; its ``issue_date`` is kept for all that follows."""
    values = {
        "environment": environment,
        "issuer": issuer,
        "batch": batch,
        "provider": provider,
        "currency": currency,
        "issue_date": issue_date,
        "source": "",
        "header": msgspec.msgpack.encode(()),
        "state": "open",
        "started_at": time.time(),
    }
    with ledger.transaction() as connection:
        key = connection.execute(insert(run).values(values)).inserted_primary_key
    assert key is not None
    ledger.record("run", [key[0]], "created", f"issue_date {issue_date}")
    found = find(ledger, environment, issuer, batch)
    assert found is not None
    return found


def change(
    ledger: Ledger,
    this: Run,
    *,
    header: Sequence[str] | None = None,
    setup: dict[str, str] | None = None,
    **values: object,
) -> Run:
    """The run with ``values`` changed, in the ledger and in the answer."""
    changed = dict(values)
    if header is not None:
        changed["header"] = msgspec.msgpack.encode(tuple(header))
    if setup is not None:
        changed["setup"] = msgspec.msgpack.encode(setup)
    with ledger.transaction() as connection:
        connection.execute(update(run).where(run.c.id == this.id).values(changed))
        row = connection.execute(select(run).where(run.c.id == this.id)).mappings().one()
    return _run(dict(row))


def _run(row: dict[str, Any]) -> Run:
    header = msgspec.msgpack.decode(row.pop("header"), type=tuple[str, ...])
    packed = row.pop("setup")
    setup = msgspec.msgpack.decode(packed, type=dict[str, str]) if packed else {}
    row.pop("started_at")
    return Run(**row, header=header, setup=setup)
