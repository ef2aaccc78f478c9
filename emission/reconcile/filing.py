"""A file of payments into the ledger: whole or not at all, once, and never a second one under the same number."""

from __future__ import annotations

from pathlib import Path

import msgspec

from emission.errors import Refused
from emission.ledger import Ledger, documents, payments
from emission.ledger.documents import Document
from emission.ledger.holder import moment
from emission.ledger.payments import Books
from emission.payment import Source
from emission.reconcile.profiles import Profile
from emission.reconcile.statement import Statement, changed_lines, read
from emission.reconcile.taking import take

SHOWN = 20  # lines that are named


class Filed(msgspec.Struct, frozen=True):
    """What became of a file.

    ``before`` is when it was taken already, or empty; ``repeated`` counts its payments that another file of the same
    collector had told word by word; ``amount`` is what its payments sum up to.
    """

    file: str
    number: str
    currency: str
    payments: int
    amount: int
    repeated: int
    before: str = ""
    first_name: str = ""


def take_file(ledger: Ledger, books: Books, path: Path, profile: Profile) -> Filed:
    """Takes the file at ``path``.

    Raises:
        UsageError: there is no such file.
        FileError: lines are wrong, or its controls do not agree.
        Refused: nothing of it can be read, or another file was taken under its number.
    """
    statement = read(path, profile)
    filed = Filed(path.name, statement.number, profile.currency, len(statement.said), statement.amount, 0)
    known = documents.find(ledger, books, profile.channel, number=statement.number, sha256=statement.sha256)
    if known is not None:
        if known.sha256 != statement.sha256:
            raise _altered(path, statement, known)
        if known.complete:
            return msgspec.structs.replace(filed, before=moment(known.taken_at), first_name=known.name)
    key = known.id if known else _add(ledger, books, path, profile, statement)
    # Page by page, so that a run beside never waits long; what a kill cuts short is taken again, and counts once.
    taken = take(ledger, books, profile.channel, Source.FILE, statement.said, key)
    with ledger.transaction():
        payments.note_settlements(ledger, books, profile.channel, Source.FILE, statement.settlements)
        documents.complete(ledger, key)
    if known:
        return filed
    return msgspec.structs.replace(filed, repeated=taken.said - taken.fresh)


def _add(ledger: Ledger, books: Books, path: Path, profile: Profile, statement: Statement) -> int:
    mine = Document(0, path.name, statement.number, statement.sha256, statement.digests, 0, complete=False)
    count = len(statement.said)
    return documents.add(ledger, books, profile.channel, mine, payments=count, amount=statement.amount)


def _altered(path: Path, statement: Statement, known: Document) -> Refused:
    lines = changed_lines(known.digests, statement.digests)
    shown = ", ".join(map(str, lines[:SHOWN])) + (", …" if len(lines) > SHOWN else "")
    return Refused(
        "payments-file-altered", path=path, number=statement.number, first=known.name, at=moment(known.taken_at),
        lines=shown, count=len(lines),
    )  # fmt: skip
