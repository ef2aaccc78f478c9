"""One command at a time works on a ledger; who that is stands in it, for whoever comes meanwhile.

The lock is the operating system's, which takes it back from a process that dies however it dies:
so whoever gets it may go on at once, and a name that is still written down is of one who was killed.
"""

from __future__ import annotations

import datetime
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from zoneinfo import ZoneInfo

import msgspec
from filelock import FileLock, Timeout
from sqlalchemy import delete, insert, select

from emission.errors import Stopped
from emission.ledger.schema import meta
from emission.ledger.store import Ledger

ARGENTINA = ZoneInfo("America/Argentina/Buenos_Aires")
_NAME = "holder"


class Holder(msgspec.Struct, frozen=True):
    """A process that works on the ledger. ``since`` is seconds since 1970, UTC."""

    host: str
    process: int
    since: float
    batch: str

    @property
    def began(self) -> str:
        """``2026-11-24 09:30:12``, on the office's clock."""
        return moment(self.since)


def moment(at: float) -> str:
    """``2026-11-24 09:30:12`` of seconds since 1970, UTC: on the office's clock."""
    return datetime.datetime.fromtimestamp(at, ARGENTINA).strftime("%Y-%m-%d %H:%M:%S")


@contextmanager
def holding(ledger: Ledger, batch: str) -> Iterator[Holder | None]:
    """The ledger is this process's for as long as the block lasts. Gives who left it without a word, if anybody.

    Raises:
        Stopped: another process works on it; ``params`` say which, where, since when and on what batch.
    """
    if ledger.path is None:
        yield None
        return
    lock = FileLock(ledger.path.with_name(f"{ledger.path.name}.lock"), mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise _held(ledger) from None
    try:
        left = holder_of(ledger)
        _write(ledger, Holder(socket.gethostname(), os.getpid(), time.time(), batch))
        try:
            yield left
        finally:
            # A ledger that cannot be written has said so already.
            with suppress(Stopped):
                _write(ledger, None)
    finally:
        lock.release()


def holder_of(ledger: Ledger) -> Holder | None:
    """Who works on the ledger, as far as is written down."""
    with ledger.transaction() as connection:
        packed = connection.execute(select(meta.c.value).where(meta.c.name == _NAME)).scalar()
    return None if packed is None else msgspec.json.decode(packed, type=Holder)


def _held(ledger: Ledger) -> Stopped:
    holder = holder_of(ledger)
    if holder is None:  # it has the lock, and has not yet written its name
        return Stopped("ledger-held-by-somebody", path=ledger.path)
    return Stopped("ledger-held", host=holder.host, process=holder.process, since=holder.began, batch=holder.batch)


def _write(ledger: Ledger, holder: Holder | None) -> None:
    with ledger.transaction() as connection:
        connection.execute(delete(meta).where(meta.c.name == _NAME))
        if holder is not None:
            connection.execute(insert(meta), {"name": _NAME, "value": msgspec.json.encode(holder).decode()})
