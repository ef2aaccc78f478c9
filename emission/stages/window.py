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
