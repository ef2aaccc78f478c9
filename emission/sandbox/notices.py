"""Somebody pays at the sandbox: what the provider then says, and to whom."""

from __future__ import annotations

import asyncio
import contextlib
import urllib.request
from decimal import Decimal
from typing import NamedTuple

import msgspec

# Web addresses alone, and no proxy of the environment's: whoever controls the sandbox says where notices go.
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
SECONDS = 10.0  # how long a notice may take to be taken


class Payment(msgspec.Struct):
    """The body of ``POST /_sandbox/pay/{external_id}``: the operation's own amount and a payment where nothing is said.

    ``state`` is in the provider's own words; one that the room does not know is refused.
    """

    amount: Decimal | None = None
    state: str = ""


class Notice(NamedTuple):
    """``content`` is what whoever paid is shown, ``body`` the same as it is sent.

    ``address`` is the one that the operation names; one that was told to the sandbox counts where it names none.
    """

    content: object
    body: bytes
    media_type: str
    address: str = ""


async def send(notice: Notice, address: str) -> None:
    """Posts it once; who does not listen misses it, as a provider's last try would be missed."""
    await asyncio.to_thread(_post, notice, address)


def _post(notice: Notice, address: str) -> None:
    # The standard library's: a sandbox starts beside every rehearsal, and httpx would be a third of its start.
    request = urllib.request.Request(address, notice.body, {"Content-Type": notice.media_type})  # noqa: S310 - as below
    with contextlib.suppress(OSError), _NO_PROXY.open(request, timeout=SECONDS):
        pass
