"""How often somebody may ask. What is kept has a bound: whoever was quiet for longest is forgotten first."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

MOST = 20_000  # of those that are remembered at a time; a few megabytes
_HOUSEHOLD = 64  # bits of an IPv6 address that one line of a provider has


class Limit:
    """So many a minute of each, in bursts of as many (a token bucket, in this process alone)."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = float(a_minute)
        self._a_second = a_minute / 60
        self._clock = clock
        self._left: OrderedDict[bytes | str, tuple[float, float]] = OrderedDict()

    def wait(self, who: bytes | str) -> float:
        """Seconds until the next may come; 0 where this one may."""
        now = self._clock()
        left, since = self._left.pop(who, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._a_second)
        granted = left >= 1
        self._left[who] = (left - granted, now)
        if len(self._left) > MOST:
            self._left.popitem(last=False)
        return 0.0 if granted else (1 - left) / self._a_second


def visitor(address: str) -> str:
    """Who that is: an IPv4 address, or the part of an IPv6 address that a household has in common."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, _HOUSEHOLD), strict=False))
