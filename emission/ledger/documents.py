"""Files of payments that were taken."""

from __future__ import annotations

import time

import msgspec
from sqlalchemy import insert, select, update

from emission.ledger.payment_schema import document
from emission.ledger.payments import Books
from emission.ledger.store import Ledger


class Document(msgspec.Struct, frozen=True):
    """One of them; ``taken_at`` seconds since 1970, UTC; ``complete`` unless a kill came between."""

    id: int
    name: str
    number: str
    sha256: str
    digests: bytes
    taken_at: float
    complete: bool


def find(ledger: Ledger, books: Books, channel: str, *, number: str, sha256: str) -> Document | None:
    """The file of that number that was taken, else the one of that content."""
    columns = (document.c[name] for name in Document.__struct_fields__)
    mine = [
        document.c.environment == books.environment, document.c.issuer == books.issuer, document.c.channel == channel
    ]  # fmt: skip
    query = select(*columns).where(*mine)
    with ledger.transaction() as connection:
        for same in (document.c.number == number, document.c.sha256 == sha256):
            row = connection.execute(query.where(same).limit(1)).first()
            if row is not None:
                return Document(*row)
    return None


def add(ledger: Ledger, books: Books, channel: str, found: Document, *, payments: int, amount: int) -> int:
    """Writes down that a file is being taken; its key."""
    row = {
        **books.keys,
        "channel": channel,
        **msgspec.structs.asdict(found),
        "taken_at": time.time(),
        "complete": False,
    }
    row |= {"payments": payments, "amount": amount}
    del row["id"]
    with ledger.transaction() as connection:
        key = connection.execute(insert(document).values(row).returning(document.c.id)).scalar_one()
    return int(key)


def complete(ledger: Ledger, key: int) -> None:
    """Writes down that all of a file was taken."""
    with ledger.transaction() as connection:
        connection.execute(update(document).where(document.c.id == key).values(complete=True))
