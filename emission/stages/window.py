"""The hours in which a provider may be asked in bulk: a town's month start has slowed an acquirer for everyone."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from emission.errors import Stopped
from emission.provider_settings import Pace

LOOK_SECONDS = 60.0  # a machine that slept, or whose clock was set, is late by no more


class Hours:
    """Keeps calls to the window. ``on_wait`` hears once of each wait: the window, and when it opens."""

    def __init__(self, pace: Pace, on_wait: Callable[[dict[str, str]], None] = lambda _told: None) -> None:
        self._pace = pace
        self._on_wait = on_wait
        self._told: dt.datetime | None = None
        self._halted = asyncio.Event()

    def halt(self) -> None:
        """Nobody waits any more."""
        self._halted.set()

    @property
    def shut(self) -> bool:
        """Whether calls may not leave now, and none is to wait."""
        return self._pace.outside == "stop" and opens_at(self._pace, now()) is not None

    def begin(self) -> None:
        """Looks whether anything may be begun.

        Raises:
            Stopped: ``window-closed``: outside of the hours the run is to stop.
        """
        opens = opens_at(self._pace, now())
        if opens is not None and self._pace.outside == "stop":
            raise Stopped("window-closed", **self._facts(opens))

    async def keep(self) -> None:
        """Waits until calls may leave, where the run is to wait, or for :meth:`halt`."""
        while self._pace.outside == "wait" and not self._halted.is_set():
            opens = opens_at(self._pace, now())
            if opens is None:
                return
            if opens != self._told:
                self._told = opens
                self._on_wait(self._facts(opens))
            await pause(self._halted, min(LOOK_SECONDS, (opens - now()).total_seconds()))

    def _facts(self, opens: dt.datetime) -> dict[str, str]:
        return {"window": f"{self._pace.window} {self._pace.zone}", "opens": f"{opens:%d/%m/%Y %H:%M}"}


def now() -> dt.datetime:
    """The calendar's clock."""
    return dt.datetime.now(dt.UTC)


async def pause(halted: asyncio.Event, seconds: float) -> None:
    """Waits so long, or until ``halted``."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(halted.wait(), max(0.0, seconds))


def opens_at(pace: Pace, now: dt.datetime) -> dt.datetime | None:
    """When the window opens next, in the town's zone; ``None`` where calls may leave now.

    ``now`` carries a zone. A window from an hour to an earlier one lasts over midnight; one of no length is never shut.
    """
    if not pace.window:
        return None
    local = now.astimezone(ZoneInfo(pace.zone))
    opens, closes = (dt.time.fromisoformat(text) for text in pace.window.split("-"))
    time = local.time()
    inside = opens <= time < closes if opens < closes else time >= opens or time < closes
    if inside:
        return None
    today = dt.datetime.combine(local.date(), opens, local.tzinfo)
    return today if today > local else dt.datetime.combine(local.date() + dt.timedelta(days=1), opens, local.tzinfo)


def ends_at(pace: Pace, begins: dt.datetime, seconds: float) -> dt.datetime:
    """When work of so many seconds ends that begins then and goes on in the window alone, in the town's zone."""
    now, left = begins.astimezone(ZoneInfo(pace.zone)), dt.timedelta(seconds=seconds)
    if not pace.window:
        return now + left
    while True:
        now = opens_at(pace, now) or now
        closes = _closes_at(pace, now)
        if now + left <= closes or closes <= now:
            return now + left
        now, left = closes, left - (closes - now)


def _closes_at(pace: Pace, inside: dt.datetime) -> dt.datetime:
    closes = dt.time.fromisoformat(pace.window.partition("-")[2])
    today = dt.datetime.combine(inside.date(), closes, inside.tzinfo)
    return today if today > inside else today + dt.timedelta(days=1)
