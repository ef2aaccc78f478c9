"""The door to the ledger: one file, one writer, and nothing said to be done before it is on disk."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, update
from sqlalchemy.exc import OperationalError

from emission.errors import Stopped, UsageError
from emission.ledger import schema, search
from emission.ledger.bulk import many
from emission.ledger.migrations import migrate

# A disk that takes no more, or does not answer (the low byte of SQLite's code says which kind of error it is).
_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)

_APPEND = insert(schema.history)


class Ledger:
    """An open ledger. Every change happens inside :meth:`transaction`, durable when it ends.

    Raises:
        UsageError: the file is no ledger, or was written by a newer release.
        Stopped: its disk is full or does not answer.
    """

    def __init__(self, path: Path | None) -> None:
        """``path`` is created where it does not exist; ``None`` is a ledger in a temporary file."""
        self.path = path
        if path is not None and not path.parent.is_dir():
            # Another folder would be another ledger, and another ledger would issue everything again.
            raise UsageError("ledger-folder-missing", path=path.parent)
        # An empty name is SQLite's own temporary database: on disk, private, gone when closed.
        self._engine = _engine(str(path) if path is not None else "")
        self._open: Connection | None = None
        try:
            self._connection = self._engine.connect()
            with self.transaction() as connection:
                self._bring_up_to_date(connection)
        except (OperationalError, sqlite3.OperationalError) as error:
            cause = error.orig if isinstance(error, OperationalError) else error
            if getattr(cause, "sqlite_errorcode", 0) & 0xFF in _NO_ROOM:
                raise Stopped("ledger-not-written", path=path, detail=cause) from error
            raise UsageError("ledger-unusable", path=path, detail=cause) from error

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing, and on disk when it ends; one inside another joins it.

        Raises:
            Stopped: the disk is full or the ledger cannot be written.
        """
        if self._open is not None:
            yield self._open
            return
        try:
            with self._connection.begin():
                self._open = self._connection
                try:
                    yield self._connection
                finally:
                    self._open = None
        except OperationalError as error:
            if isinstance(error.orig, sqlite3.OperationalError):
                raise Stopped("ledger-not-written", path=self.path, detail=error.orig) from error
            raise

    @contextmanager
    def draft(self) -> Iterator[None]:
        """Changes within may be lost where the power fails, the last ones first, until one after it is on disk.

        For what is read again anyway. A change that waits for the platter takes some hundredths of a second.
        """
        self._pragma("synchronous = NORMAL")
        try:
            yield
        finally:
            self._pragma("synchronous = FULL")

    def record(self, subject: str, subject_ids: Sequence[int], happening: str, detail: str = "", who: str = "") -> None:
        """Appends to the history; never a payer's name, an address or a secret. ``who`` decided, where a person did."""
        same = {"at": time.time(), "subject": subject, "event": happening, "detail": detail, "who": who}
        with self.transaction() as connection:
            many(connection, _APPEND, [{"subject_id": subject_id} for subject_id in subject_ids], **same)

    def _pragma(self, pragma: str) -> None:
        driver = self._connection.connection.driver_connection
        assert driver is not None
        driver.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()

    def _bring_up_to_date(self, connection: Connection) -> None:
        """Makes the tables, or brings an older release's to this one's, all in one transaction."""
        schema.meta.create(connection, checkfirst=True)
        found = connection.execute(select(schema.meta.c.value).where(schema.meta.c.name == "version")).scalar()
        if found is not None and int(found) > schema.VERSION:
            raise UsageError("ledger-newer", path=self.path, found=found, known=schema.VERSION)
        if found is None:
            schema.metadata.create_all(connection)
            search.create(connection)
            connection.execute(insert(schema.meta), {"name": "version", "value": str(schema.VERSION)})
        elif int(found) < schema.VERSION:
            migrate(connection, int(found))
            changed = update(schema.meta).where(schema.meta.c.name == "version")
            connection.execute(changed.values(value=str(schema.VERSION)))


def _engine(name: str) -> Engine:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(name, timeout=10, isolation_level=None)

    # What is bound to statements is personal data: no error may show it.
    engine = create_engine("sqlite://", creator=connect, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - SQLAlchemy hands over the driver's own
        # FULL: a commit is on the platter before anybody is told that it happened.
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -65536"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # IMMEDIATE: a second writer waits here instead of failing half-way.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
