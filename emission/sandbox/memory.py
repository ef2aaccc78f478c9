"""Every operation that was ever created, in SQLite, committed before anybody is told of it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from emission.errors import UsageError

PAGE = 1000  # rows read at a time when everything is listed

# ``number`` has no type: ePagos' are numbers, others' are texts, and each is found as it is.
_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS operation (
        sequence INTEGER PRIMARY KEY,
        external_id TEXT NOT NULL,
        repetition INTEGER NOT NULL,
        number NOT NULL,
        kept BLOB NOT NULL
    )
    """,
    "CREATE TABLE IF NOT EXISTS owner (provider TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS operation_external_id ON operation (external_id)",
    "CREATE INDEX IF NOT EXISTS operation_number ON operation (number)",
)
_FIRST_OWNER = "epagos"  # whose a file is that does not say: it was the only one


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What every room remembers of an operation; ``number`` is the provider's own name for it."""

    external_id: str
    number: int | str


K = TypeVar("K", bound=Kept)


class Memory(Generic[K]):
    """One writer: the server's own thread. A ``path`` of ``None`` keeps it in memory only.

    Raises:
        UsageError: ``sandbox-state-of-another``: the file is another provider's.
    """

    def __init__(self, path: Path | None, provider: str, kind: type[K]) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._kind = kind
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        # NORMAL: in WAL a commit survives the death of the process, which is what a sandbox must survive.
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", *_TABLES):
            self._connection.execute(statement)
        owner = self._own(provider)
        if owner != provider:
            self.close()
            raise UsageError("sandbox-state-of-another", path=path, found=owner, provider=provider)

    def count_of(self, external_id: str) -> int:
        """How many operations this external id has had: repeating it makes another one, as a provider may (ASSUMED)."""
        return self._count("SELECT count(*) FROM operation WHERE external_id = ?", external_id)

    def keep(self, operations: Sequence[tuple[int, K]]) -> None:
        """Commits all, each with its repetition, or none."""
        rows = [
            (kept.external_id, repetition, kept.number, msgspec.msgpack.encode(kept)) for repetition, kept in operations
        ]
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                "INSERT INTO operation (external_id, repetition, number, kept) VALUES (?, ?, ?, ?)", rows
            )

    def under(self, external_id: str) -> list[K]:
        """Those of one external id, oldest first."""
        rows = self._connection.execute(
            "SELECT kept FROM operation WHERE external_id = ? ORDER BY sequence", (external_id,)
        )
        return [self._kept(blob) for (blob,) in rows]

    def of(self, number: int | str) -> K | None:
        """The operation of that number."""
        row = self._connection.execute("SELECT kept FROM operation WHERE number = ?", (number,)).fetchone()
        return None if row is None else self._kept(row[0])

    def change(self, kept: K) -> None:
        """Puts ``kept`` in the place of the operation of its number."""
        self._connection.execute(
            "UPDATE operation SET kept = ? WHERE number = ?", (msgspec.msgpack.encode(kept), kept.number)
        )

    def forget(self) -> None:
        """Nothing was ever created."""
        self._connection.execute("DELETE FROM operation")

    def count(self) -> int:
        return self._count("SELECT count(*) FROM operation")

    def all(self, first: int) -> Iterator[K]:
        """The ``first`` so many in the order of their creation, whatever is added meanwhile."""
        last = 0
        while first > 0:
            rows = self._connection.execute(
                "SELECT sequence, kept FROM operation WHERE sequence > ? ORDER BY sequence LIMIT ?",
                (last, min(first, PAGE)),
            ).fetchall()
            if not rows:
                return
            first, last = first - len(rows), rows[-1][0]
            yield from (self._kept(blob) for _, blob in rows)

    def close(self) -> None:
        self._connection.close()

    def _own(self, provider: str) -> str:
        """Whose the file is; one that is nobody's becomes ``provider``'s."""
        found = self._connection.execute("SELECT provider FROM owner").fetchone()
        if found is not None:
            return str(found[0])
        owner = _FIRST_OWNER if self.count() else provider
        self._connection.execute("INSERT INTO owner VALUES (?)", (owner,))
        return owner

    def _count(self, query: str, *values: str) -> int:
        (count,) = self._connection.execute(query, values).fetchone()
        return int(count)

    def _kept(self, blob: bytes) -> K:
        return msgspec.msgpack.decode(blob, type=self._kind)
