"""How fast a provider is asked: no faster than the configuration says, and slower wherever it suffers.

Calls at once fall by half where it answers 429, and by a tenth where its answers take three times as long as they did;
with each answer that comes as it should they rise again. A wait that it asks for (``Retry-After``) holds for all calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

TIRED = 3.0  # times as long as the shortest of late
NOTICEABLE = 0.25  # seconds: below this nobody is tired
SMOOTH = 0.2  # the part of the newest answer in the running mean
FORGET = 1.01  # by which the shortest grows an answer, so that one lucky answer is not the measure for ever


class Pace:
    """At most ``concurrency`` calls at once, ``calls_a_second`` begun (0: as many as there are)."""

    def __init__(self, concurrency: int, calls_a_second: float = 0) -> None:
        self._most = concurrency
        self._apart = 1 / calls_a_second if calls_a_second else 0.0
        self._allowed = float(concurrency)
        self._under_way = 0
        self._free = asyncio.Condition()
        self._next = 0.0
        self._not_before = 0.0
        self._slowed = 0.0
        self._mean = 0.0
        self._shortest = 0.0

    @property
    def at_once(self) -> int:
        """How many calls may be under way now."""
        return max(1, int(self._allowed))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A place among the calls, once its time has come."""
        async with self._free:
            await self._free.wait_for(lambda: self._under_way < self.at_once)
            self._under_way += 1
        try:
            await self._time()
            yield
        finally:
            async with self._free:
                self._under_way -= 1
                self._free.notify_all()

    def answered(self, seconds: float) -> None:
        """An answer came after so many seconds."""
        self._mean = seconds if not self._mean else self._mean + SMOOTH * (seconds - self._mean)
        self._shortest = min(seconds, self._shortest * FORGET) if self._shortest else seconds
        if self._mean > max(NOTICEABLE, TIRED * self._shortest):
            self._slower(0.9, self._mean)
        else:
            self._allowed = min(self._most, self._allowed + 1 / self._allowed)

    def throttled(self, seconds: float) -> None:
        """It was too much: nothing more leaves for so many seconds, and then half as many at once."""
        now = asyncio.get_running_loop().time()
        self._not_before = max(self._not_before, now + seconds)
        self._slower(0.5, seconds)

    def _slower(self, part: float, again_after: float) -> None:
        """Once in a while only: calls that were under way together suffered from one and the same cause."""
        now = asyncio.get_running_loop().time()
        if now >= self._slowed:
            self._slowed = now + again_after
            self._allowed = max(1.0, self._allowed * part)

    async def _time(self) -> None:
        clock = asyncio.get_running_loop().time
        if self._apart:
            mine = max(clock(), self._next)
            self._next = mine + self._apart
            await asyncio.sleep(mine - clock())
        await self._rest()

    async def _rest(self) -> None:
        left = self._not_before - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.sleep(left)
            await self._rest()  # meanwhile somebody may have been asked to wait longer
