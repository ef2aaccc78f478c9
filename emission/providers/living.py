"""Providers behind living links: nothing is asked when the paper is made, a session or sale when somebody pays.

The paper bears the town's own address (:mod:`emission.links`) as its QR, its link and, where the provider has them, as
a button for each bank. ``emission serve`` opens what they lead to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol

import msgspec

from emission import links
from emission.model import Code, Obligation, Operation, Role
from emission.providers.base import Order, Refusal, Unknown


class Visit(msgspec.Struct, frozen=True):
    """Somebody wants to pay: what is to be opened.

    ``reference`` is our id for it at the provider; ``amount`` minor units; ``due`` the last day on which that is the
    amount; ``visitor`` the address it was asked from; ``link`` the living link, for the way back.
    """

    reference: str
    external_id: str
    obligation: Obligation
    bank: str
    amount: int
    due: date
    visitor: str
    link: str


class Opened(msgspec.Struct, frozen=True):
    """The provider has it. ``url`` is where the payer goes, empty while the provider is still to say so.

    ``form`` is what is posted there, ``token`` the provider's name for it, ``signing`` the key of its notices.
    """

    url: str
    form: dict[str, str] | None = None
    token: str = ""
    signing: str = ""


class Known(msgspec.Struct, frozen=True):
    """One that was opened, or perhaps was; without a ``token`` where that never arrived."""

    reference: str
    token: str
    amount: int
    currency: str


class Standing(StrEnum):
    """What became of it: may be paid; can be paid no more; paid; another amount was paid; never heard of; not said."""

    ALIVE = "alive"
    OVER = "over"
    PAID = "paid"
    MISPAID = "mispaid"
    ABSENT = "absent"
    UNSAID = "unsaid"


class Found(msgspec.Struct, frozen=True):
    """What the provider says of one, and where the payer goes if it says that."""

    standing: Standing
    url: str = ""
    form: dict[str, str] | None = None


class Way(msgspec.Struct, frozen=True):
    """How a provider's payments are opened, known without a call.

    ``seconds`` one may be paid for; ``reused``: it takes one id of ours for many; ``repeatable``: it takes an id once
    only, so that asking again can never make two; ``banks``: code → name; ``hosts`` it may send a payer to;
    ``offline``: nobody is asked, since the payer's address is signed here.
    """

    seconds: float
    reused: bool
    repeatable: bool
    banks: Mapping[str, str]
    hosts: tuple[str, ...]
    offline: bool = False


class Opener(Protocol):
    """What ``emission serve`` asks of a provider. Safe for concurrent calls."""

    name: str
    way: Way

    async def open(self, visit: Visit) -> Opened | Refusal | Unknown:
        """Asks once.

        Raises:
            ProviderError: nothing of it can have been opened.
        """
        ...

    async def ask(self, known: Sequence[Known]) -> Sequence[Found]:
        """What became of these, all of one bill; one answer each, in their order.

        Raises:
            ProviderError: the provider could not be asked, or answered what cannot be believed.
        """
        ...

    async def aclose(self) -> None:
        """Releases connections."""
        ...


def nth_reference(external_id: str, ordinal: int) -> str:
    """Our id for the ``ordinal``-th payment of a bill, where the provider takes an id once only."""
    return external_id if ordinal == 1 else f"{external_id}R{ordinal}"


def operation_of(order: Order, base_url: str, banks: Mapping[str, str]) -> Operation:
    """What the paper bears. Its number is our id, by which the provider's panel finds the payments."""
    link = links.address(base_url, order.link)
    buttons = (
        Code(Role.BANK_URL, links.address(base_url, order.link, code), ordinal, name)
        for ordinal, (code, name) in enumerate(banks.items(), start=1)
    )
    return Operation(
        external_id=order.external_id,
        number=order.external_id,
        codes=(Code(Role.QR, link), Code(Role.PAYMENT_URL, link), *buttons),
        link=order.link,
    )
