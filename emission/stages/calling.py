"""Calls to a provider: how many at once, and what becomes of the others where one failed for all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from emission.errors import ProviderError

T = TypeVar("T")


class Turns:
    """At most ``concurrency`` calls are under way; once halted, or once one failed for all, no other begins."""

    def __init__(self, concurrency: int) -> None:
        self._places = asyncio.Semaphore(concurrency)
        self._halted = False

    def halt(self) -> None:
        """No call begins any more; those under way end."""
        self._halted = True

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """A place among the calls; false where none may begin any more."""
        async with self._places:
            try:
                yield not self._halted
            except ProviderError:
                self._halted = True
                raise


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
