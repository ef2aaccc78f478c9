"""Every operation that was ever created, in SQLite, committed before anybody is told of it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

PAGE = 1000  # rows read at a time when everything is listed

_TABLE = """
CREATE TABLE IF NOT EXISTS operation (
    sequence INTEGER PRIMARY KEY,
    external_id TEXT NOT NULL,
    repetition INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kept BLOB NOT NULL
)
"""
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS operation_external_id ON operation (external_id)",
    "CREATE INDEX IF NOT EXISTS operation_number ON operation (number)",
)


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """One operation. Amounts in cents, dates as YYYY-MM-DD; the second due date is empty where there is none.

    ``state`` is ePagos' ``Estado``: P pending, A credited, C cancelled.
    """

    external_id: str
    number: int
    convenio: int
    payment_form: int
    amount: int
    due_date: str
    amount_2: int
    due_date_2: str
    barcode: str
    qr: str
    state: str = "P"


class Memory:
    """One writer: the server's own thread. ``None`` keeps it in memory only."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        # NORMAL: in WAL a commit survives the death of the process, which is what a sandbox must survive.
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", _TABLE, *_INDEXES):
            self._connection.execute(statement)

    def count_of(self, external_id: str) -> int:
        """How many operations this external id has had: repeating it makes another one, as ePagos may (ASSUMED)."""
        (count,) = self._connection.execute(
            "SELECT count(*) FROM operation WHERE external_id = ?", (external_id,)
        ).fetchone()
        return int(count)

    def keep(self, operations: Sequence[tuple[int, Kept]]) -> None:
        """Commits all, each with its repetition, or none."""
        rows = [
            (kept.external_id, repetition, kept.number, msgspec.msgpack.encode(kept)) for repetition, kept in operations
        ]
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                "INSERT INTO operation (external_id, repetition, number, kept) VALUES (?, ?, ?, ?)", rows
            )

    def under(self, external_id: str) -> list[Kept]:
        """Those of one external id, oldest first."""
        rows = self._connection.execute(
            "SELECT kept FROM operation WHERE external_id = ? ORDER BY sequence", (external_id,)
        )
        return [_kept(blob) for (blob,) in rows]

    def mark(self, number: int, state: str) -> bool:
        """Gives an operation another state; whether there is one of that number."""
        row = self._connection.execute("SELECT kept FROM operation WHERE number = ?", (number,)).fetchone()
        if row is not None:
            kept = msgspec.msgpack.encode(msgspec.structs.replace(_kept(row[0]), state=state))
            self._connection.execute("UPDATE operation SET kept = ? WHERE number = ?", (kept, number))
        return row is not None

    def forget(self) -> None:
        """Nothing was ever created."""
        self._connection.execute("DELETE FROM operation")

    def count(self) -> int:
        (count,) = self._connection.execute("SELECT count(*) FROM operation").fetchone()
        return int(count)

    def all(self, first: int) -> Iterator[Kept]:
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
            yield from (_kept(blob) for _, blob in rows)

    def close(self) -> None:
        self._connection.close()


def _kept(blob: bytes) -> Kept:
    return msgspec.msgpack.decode(blob, type=Kept)
