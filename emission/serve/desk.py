"""The ledger beside an event loop: SQLite waits for disks and for other writers, and the loop must not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from emission.errors import UsageError
from emission.ledger import Ledger
from emission.ledger.snapshot import Snapshot

READERS = 4

T = TypeVar("T")


class Desk:
    """One thread writes and a few read, each with a connection of its own; a run may be at work meanwhile.

    Raises:
        UsageError: there is no ledger, or it is of another release.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise UsageError("ledger-absent", path=path)
        self._path = path
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="ledger-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="ledger-reader")
        self._mine = threading.local()
        try:
            self._ledger = self._writer.submit(Ledger, path).result()
        except BaseException:
            self._writer.shutdown()
            raise

    async def read(self, question: Callable[[Ledger], T]) -> T:
        """The answer, of one moment; holds up nobody."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._ask, question)

    async def write(self, change: Callable[[Ledger], T]) -> T:
        """Makes a change, on disk once this returns.

        Raises:
            Stopped: the disk is full, or another writer did not make way.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writer, change, self._ledger)

    def close(self) -> None:
        self._writer.submit(self._ledger.close).result()
        self._writer.shutdown()
        self._readers.shutdown()

    def _ask(self, question: Callable[[Ledger], T]) -> T:
        snapshot: Snapshot | None = getattr(self._mine, "snapshot", None)
        if snapshot is None:
            snapshot = self._mine.snapshot = Snapshot(self._path)
        try:
            return question(snapshot)
        finally:
            snapshot.look_again()
