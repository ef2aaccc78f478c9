"""Calls to a provider: how many at once, and what becomes of the others where one failed for all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from emission.errors import ProviderError, UnavailableError
from emission.stages.window import Hours

T = TypeVar("T")
LONGEST_PAUSE = 30.0  # seconds, after failures in a row
FIRST_PAUSE = 0.1


class Turns:
    """At most ``concurrency`` calls are under way; once halted, or once one failed for all, no other begins.

    Each call waits for the ``hours`` in which it may leave.

    A provider that was heard of before may fail for a while: after ``failures`` calls in a row without an answer of
    use the circuit is broken. One that never answered is not asked again.
    """

    def __init__(self, concurrency: int, hours: Hours, failures: int = 1) -> None:
        self._places = asyncio.Semaphore(concurrency)
        self._hours = hours
        self._halted = False
        self._failures = failures
        self._in_a_row = 0
        self._heard = False

    def halt(self) -> None:
        """No call begins any more; those under way end."""
        self._halted = True
        self._hours.halt()

    @property
    def pause(self) -> float:
        """Seconds to leave a provider alone that is failing; 0 for one that is well."""
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2**self._in_a_row) if self._in_a_row else 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """A place among the calls; false where none may begin any more."""
        async with self._places:
            await self._hours.keep()
            try:
                yield not self._halted
            except ProviderError:
                self.halt()
                raise

    @asynccontextmanager
    async def forgiving(self) -> AsyncIterator[bool]:
        """As :meth:`turn`, for a call that is made again later: its failure passes in silence until there are too many.

        So does that the hours are over, where nothing is to wait for the next.

        Raises:
            ProviderError: the call's own where it cannot pass, or ``provider-failing``.
        """
        async with self.turn() as mine:
            try:
                yield mine and not self._hours.shut
            except UnavailableError as error:
                if not self._heard:
                    raise
                self.failed(error.code)

    def answered(self) -> None:
        """The provider said something of use."""
        self._heard, self._in_a_row = True, 0

    def failed(self, cause: str) -> None:
        """A call came to nothing, or nobody knows to what.

        Raises:
            ProviderError: ``provider-failing``: so many in a row that asking on is pointless.
        """
        self._in_a_row += 1
        if self._in_a_row >= self._failures:
            self.halt()
            raise ProviderError("provider-failing", count=self._in_a_row, last=cause)


async def call_all(calls: Sequence[Coroutine[None, None, T]]) -> list[T]:
    """The answers in order.

    Raises:
        Exception: what the first call that failed raised, once all others have ended: each may have created something.
    """
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
