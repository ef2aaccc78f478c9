"""The hours in which a provider may be asked in bulk: a town's month start has slowed an acquirer for everyone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from emission.provider_settings import Pace


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
