"""The ledger as it stands at one moment, for reading alone: takes no lock, waits for nobody, changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event, select
from sqlalchemy.exc import DatabaseError

from emission.errors import UsageError
from emission.ledger import schema
from emission.ledger.store import Ledger


class Snapshot(Ledger):
    """A ledger that a run may be writing meanwhile: what it reads is all of one moment.

    Raises:
        UsageError: there is no ledger, the file is none, or another release wrote it.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise UsageError("ledger-absent", path=path)
        self.path = path
        self._engine = create_engine("sqlite://", creator=lambda: _connect(path), hide_parameters=True)
        event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        try:
            self._connection = self._engine.connect()
            version = self._connection.execute(
                select(schema.meta.c.value).where(schema.meta.c.name == "version")
            ).scalar()
        except (DatabaseError, sqlite3.DatabaseError) as error:
            self._engine.dispose()
            raise UsageError("ledger-unusable", path=path, detail=getattr(error, "orig", error)) from error
        found = int(version) if version and version.isdigit() else 0
        if found != schema.VERSION:
            self.close()
            code = "ledger-newer" if found > schema.VERSION else "ledger-older"
            raise UsageError(code, path=path, found=found, known=schema.VERSION)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The one moment that is read, for as long as the ledger is open.

        Raises:
            DatabaseError: the file is damaged.
        """
        yield self._connection

    def look_again(self) -> None:
        """From now on what is read is of a later moment."""
        self._connection.rollback()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, isolation_level=None)
    # Text that is none any more is read all the same, and differs.
    connection.text_factory = lambda content: content.decode("utf-8", "backslashreplace")
    # cache_size in KiB, as the writer's: a large ledger is walked through many times.
    for pragma in ("query_only = ON", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
