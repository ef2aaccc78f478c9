"""Every step of a run that outlives it, each of them a point at which the run can be killed.

Laid over the program from outside, in a process that is about to die: commits, renames, flushes, removals, lines of the
log and calls to the provider, before and after each.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from emission import store
from emission.ledger import Ledger
from emission.outputs.log import RunLog
from emission.providers import http


class Boundaries:
    """Counts the points that a run passes, and kills it at the ``deadly`` one (counted from 1; 0 is none)."""

    def __init__(self, deadly: int = 0) -> None:
        self.passed: list[str] = []
        self._deadly = deadly

    def reached(self, point: str) -> None:
        self.passed.append(point)
        if len(self.passed) == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    def lay(self) -> None:
        """Over the whole program, for as long as this process lives."""
        # Every seam is put in by name: these classes and modules are shared with nothing that survives.
        setattr(Ledger, "transaction", self._transaction(Ledger.transaction))  # noqa: B010
        for owner, name in (
            (os, "replace"),
            (Path, "unlink"),
            (shutil, "rmtree"),
            (RunLog, "note"),
        ):
            setattr(owner, name, self._around(f"{owner.__name__}.{name}", getattr(owner, name)))
        # A kill is no power cut: the system keeps what was written, so that nobody need wait for the platter.
        setattr(store, "flush", self._around("store.flush", _nothing))  # noqa: B010
        setattr(http, "_exchange", self._around_call(http._exchange))  # noqa: B010

    def _around(self, name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **named: Any) -> Any:
            self.reached(f"before {name}")
            result = step(*arguments, **named)
            self.reached(f"after {name}")
            return result

        return stepping

    def _around_call(self, exchange: Callable[..., Any]) -> Callable[..., Any]:
        async def calling(*arguments: Any) -> Any:
            self.reached("before the call leaves")
            answer = await exchange(*arguments)
            self.reached("after the answer came")
            return answer

        return calling

    def _transaction(self, transaction: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def outermost(ledger: Ledger) -> Iterator[Connection]:
            if ledger._open is not None:
                with transaction(ledger) as connection:
                    yield connection
                return
            wrote = False
            with transaction(ledger) as connection:
                changes = _changes(connection)
                yield connection
                wrote = _changes(connection) != changes
                # A transaction that only read is no boundary: before and after it are the same.
                if wrote:
                    self.reached("before a commit")
            if wrote:
                self.reached("after a commit")

        return outermost


def _nothing(_paths: Iterable[Path]) -> None:
    pass


def _changes(connection: Connection) -> int:
    changes: int = connection.connection.dbapi_connection.total_changes  # type: ignore[union-attr] # sqlite3's own
    return changes
