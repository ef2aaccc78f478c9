"""Somebody pays at the sandbox: what the provider then says, and to whom."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import httpx
import msgspec

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
    headers = {"Content-Type": notice.media_type}
    async with httpx.AsyncClient(trust_env=False, timeout=SECONDS) as client:
        try:
            await client.post(address, content=notice.body, headers=headers)
        except httpx.HTTPError:
            return
