"""What was posted to us: kept as it came before anything is made of it, and what was made of it."""

from __future__ import annotations

import hashlib
import time

import msgspec
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from emission.ledger.payment_schema import notice
from emission.ledger.payments import Books
from emission.ledger.store import Ledger
from emission.payment import Notice


class Waiting(msgspec.Struct, frozen=True):
    """A notice that nobody worked on yet; or its provider knew nothing of it, so many times (``attempt``).

    ``worked_at`` is when that was last, seconds since 1970, UTC; 0 where nobody did.
    """

    id: int
    attempt: int
    worked_at: float
    notice: Notice


def count_waiting(ledger: Ledger, books: Books) -> int:
    """How many nobody has worked on yet, of all channels."""
    return _count(ledger, books, notice.c.attempt == 0)


def count_tried(ledger: Ledger, books: Books) -> int:
    """How many wait for their provider to know of them."""
    return _count(ledger, books, notice.c.attempt > 0)


def keep(ledger: Ledger, books: Books, channel: str, posted: Notice) -> bool:
    """Keeps a notice as it came; false where the very same one is kept already."""
    row = {
        **books.keys, "channel": channel, "sha256": hashlib.sha256(posted.body).hexdigest(),
        "content_type": posted.content_type, "body": posted.body, "received_at": time.time(), "state": "waiting",
    }  # fmt: skip
    statement = upsert(notice).values(row).on_conflict_do_nothing().returning(notice.c.id)
    with ledger.transaction() as connection:
        return connection.execute(statement).scalar() is not None


def waiting(ledger: Ledger, books: Books, channel: str, after: int, most: int) -> list[Waiting]:
    """Those that wait, the oldest first."""
    wanted = (*_mine(books), notice.c.channel == channel, notice.c.state == "waiting", notice.c.id > after)
    columns = (notice.c.id, notice.c.attempt, notice.c.worked_at, notice.c.body, notice.c.content_type)
    with ledger.transaction() as connection:
        rows = connection.execute(select(*columns).where(*wanted).order_by(notice.c.id).limit(most)).all()
    return [Waiting(key, attempt, at or 0.0, Notice(body, kind)) for key, attempt, at, body, kind in rows]


def done(ledger: Ledger, key: int, how: str) -> None:
    """What it says was verified (``how``), and taken."""
    _change(ledger, key, state="done", how=how)


def refused(ledger: Ledger, key: int, code: str) -> None:
    """It says nothing that could be believed; of what it was, its hash is kept."""
    _change(ledger, key, state="refused", code=code, body=b"")


def tried(ledger: Ledger, key: int, attempt: int) -> None:
    """Its provider knew nothing of it yet."""
    _change(ledger, key, attempt=attempt)


def _count(ledger: Ledger, books: Books, wanted: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(notice).where(*_mine(books), notice.c.state == "waiting", wanted)
    with ledger.transaction() as connection:
        return int(connection.execute(query).scalar_one())


def _change(ledger: Ledger, key: int, **values: object) -> None:
    with ledger.transaction() as connection:
        connection.execute(update(notice).where(notice.c.id == key).values(**values, worked_at=time.time()))


def _mine(books: Books) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return notice.c.environment == books.environment, notice.c.issuer == books.issuer
