"""What the tests of a process share, and what they need not wait for."""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Iterator

import pytest
import typer.main
import typer.testing
from sqlalchemy import Engine, event
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from emission.ledger import store
from emission.render import look, shared
from emission.shipped import shipped

# Statements of one process, whose ledgers would each compile them anew: a quarter of the time of a small run.
_STATEMENTS: LRUCache[object, object] = LRUCache(2000)


@pytest.fixture(scope="session", autouse=True)
def _spared() -> Iterator[None]:
    """No test cuts the power, so that nothing needs to be on the platter; what stays the same is made once a process.

    That is SQL, the tree of commands (a third of the time of a small one), and what a shipped design shares.
    """
    really = store._engine
    ships, each_time, once = shipped("templates"), shared.shared_files, functools.cache(shared.shared_files)

    def engine(name: str) -> Engine:
        made = really(name)
        made._compiled_cache = _STATEMENTS  # type: ignore[assignment] # an LRUCache, as its own

        @event.listens_for(made, "connect")
        def configure(connection: object, _record: object) -> None:
            connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined] # sqlite3's own

        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_engine", engine)
        # Statements are kept by their dialect, of which every engine has one of its own.
        patch.setattr(SQLiteDialect_pysqlite, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(SQLiteDialect_pysqlite, "__hash__", lambda one: hash(type(one)))
        patch.setattr(typer.testing, "_get_command", functools.cache(typer.main.get_command))
        patch.setattr(look, "shared_files", lambda folder: (once if folder.parent == ships else each_time)(folder))
        patch.setattr(os, "sync", lambda: None, raising=False)
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> Iterator[None]:
    """Programs that tests start heed Ctrl-C, also where the shell began the tests in its background, deaf to it."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
