"""How long a run takes at a provider that answers as fast as it just did."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec

from emission.config import Settings
from emission.providers.base import Capabilities
from emission.stages.window import ends_at


class Coming(msgspec.Struct, frozen=True):
    """A run of ``obligations``: how many calls, how many hours of asking, and when it ends if it began now.

    ``an_hour``: behind living links, how many payments may be opened in one, as far as one server asks at once.
    """

    obligations: int
    calls: int
    seconds: float
    end: str
    an_hour: int | None = None


def coming(
    settings: Settings, capabilities: Capabilities, obligations: int, seconds_a_batch: float, *, qr_apart: bool
) -> Coming:
    """``qr_apart``: each obligation costs a further call for its QR, as long as one of a batch's."""
    batches = -(-obligations // capabilities.batch_size)
    further = obligations if qr_apart and settings.codes.qr == "required" else 0
    calls = batches * capabilities.calls_a_batch + further
    at_once = settings.provider.concurrency
    asking = (batches * seconds_a_batch + further * seconds_a_batch / capabilities.calls_a_batch) / at_once
    most = settings.provider.pace.calls_a_second
    seconds = max(asking, calls / most) if most else asking
    end = ends_at(settings.provider.pace, dt.datetime.now(dt.UTC), seconds)
    return Coming(obligations, calls, round(seconds, 1), end.isoformat(timespec="minutes"))


def opening(settings: Settings, obligations: int, seconds_a_payment: float) -> Coming:
    """Behind living links a run asks nobody; ``seconds_a_payment`` is what one opening took, 0 where it asks nobody."""
    now = dt.datetime.now(ZoneInfo(settings.provider.pace.zone))
    an_hour = None
    if seconds_a_payment:
        an_hour = int(3600 * settings.provider.concurrency / seconds_a_payment)
        most = settings.provider.pace.calls_a_second
        an_hour = min(an_hour, int(3600 * most)) if most else an_hour
    return Coming(obligations, 0, 0.0, now.isoformat(timespec="minutes"), an_hour)
