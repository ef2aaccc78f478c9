"""Empties the letterbox beside the server, in a thread and over a connection of its own: nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from emission.errors import EmissionError
from emission.ledger import Ledger
from emission.ledger.payments import Books
from emission.providers.noticing import Noticing
from emission.reconcile.noticing import Worked, work

AGAIN_SECONDS = 60.0  # after a provider could not be asked, or knew nothing of a payment yet

_log = logging.getLogger("emission.reconcile")


class Postman:
    """Works on what waits at once, whenever something arrives, and again after a while where something is left."""

    def __init__(
        self, path: Path, books: Books, open_provider: Callable[[], Noticing], again_seconds: float = AGAIN_SECONDS
    ) -> None:
        """``path`` is the ledger's; ``open_provider`` makes an adapter, which is closed after each round."""
        self._path = path
        self._books = books
        self._open_provider = open_provider
        self._again_seconds = again_seconds
        self._arrived = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def arrived(self, _channel: str) -> None:
        """Something new is in the box."""
        self._arrived.set()

    def close(self) -> None:
        """Returns once all that had arrived was worked on."""
        self._closing = True
        self._arrived.set()
        self._thread.join()

    def _run(self) -> None:
        with closing(Ledger(self._path)) as ledger:
            while True:
                last = self._closing
                self._arrived.clear()
                left = self._round(ledger)
                if last:
                    return
                self._arrived.wait(self._again_seconds if left else None)

    def _round(self, ledger: Ledger) -> bool:
        """Whether something is left for later."""
        try:
            return asyncio.run(self._work(ledger)).left > 0
        except EmissionError as error:
            # Who serves is told; what waits goes on waiting, and is worked on after.
            _log.warning("%s", error)
            return True
        except Exception:  # noqa: BLE001 - a fault of ours in one notice must not end the reading of the others
            _log.exception("notices wait: a fault of emission")
            return True

    async def _work(self, ledger: Ledger) -> Worked:
        provider = self._open_provider()
        try:
            return await work(ledger, self._books, provider)
        finally:
            await provider.aclose()
