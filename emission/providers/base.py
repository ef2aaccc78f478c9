"""What a provider is to the pipeline: flags, and a few questions.

Retries belong to the pipeline, since each attempt is a row of the ledger. A provider never
repeats a creation on its own; it says for each order what became of it.
"""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Sequence
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from emission.model import Obligation, Operation, Role
from emission.payment import News

# Created, and its codes are still to come: a look-up finds it without any, and later with them.
CODES_PENDING = "codes-pending"


class Capabilities(msgspec.Struct, frozen=True):
    """What this provider can do, known before the first call.

    ``batch_size``: orders in one call; ``due_dates``: how many one operation carries;
    ``lookup``: whether it can be asked by external id; ``calls``: whether issuing needs the
    network at all (``supplied`` does not); ``cancel``: whether an operation can be taken back
    (most cannot), by a provider that is :class:`Cancelling`; ``calls_a_batch``: how many calls one
    batch of orders takes; ``lookup_lacks``: codes that a creation gives and a look-up does not;
    ``link``: whether it makes one QR for several operations, and this configuration wants it to, by
    a provider that is :class:`Linking`; ``living``: whether its paper bears living links.
    """

    batch_size: int
    due_dates: int
    lookup: bool
    calls: bool
    cancel: bool = False
    calls_a_batch: int = 1
    lookup_lacks: tuple[Role, ...] = ()
    link: bool = False
    living: bool = False


class OperationState(StrEnum):
    """What became of an operation: it may be paid, was paid, can be paid by nobody, or the provider does not say."""

    ALIVE = "alive"
    PAID = "paid"
    DEAD = "dead"
    UNKNOWN = "unknown"


class Order(msgspec.Struct, frozen=True):
    """One operation to ask for. ``external_id`` is ours, ≤ 50 alphanumeric characters.

    ``link`` is the token of its living link, where the provider is living.
    """

    external_id: str
    obligation: Obligation
    link: str = ""


class Created(msgspec.Struct, frozen=True):
    """The provider has the operation and gave its codes; ``warnings`` are codes that it left out."""

    operation: Operation
    warnings: tuple[str, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """The provider said no: nothing was created.

    ``code`` is the stable code of the fault, ``message`` the provider's own words (no secrets),
    ``transient`` whether the same order may be accepted later.
    """

    code: str
    message: str
    transient: bool = False


class Unknown(msgspec.Struct, frozen=True):
    """Sent, and nobody can say whether it was created: only a look-up may settle it.

    ``message`` is a code of the reason; :data:`CODES_PENDING` where it was created for certain.
    """

    message: str


Outcome = Created | Refusal | Unknown


class Provider(Protocol):
    """An adapter. Opened and closed by the pipeline; safe for concurrent calls of its methods."""

    name: str
    capabilities: Capabilities

    async def issue(self, orders: Sequence[Order]) -> Sequence[Outcome]:
        """Asks once for every order (at most ``batch_size``); one outcome each, in the orders' order.

        Raises:
            ProviderError: nothing of this call can have been created, and asking on is pointless
                (credentials refused, host unreachable before anything was sent).
        """
        ...

    async def lookup(self, order: Order) -> Sequence[Operation]:
        """Every operation that the provider holds under the order's external id and that agrees with it.

        One without any code is created, and its codes are still to come.

        Raises:
            ProviderError: the provider could not be asked.
            DisagreementError: it holds one that differs in amount, due date, agreement or state.
        """
        ...

    async def state(self, order: Order, number: str) -> OperationState:
        """What became of the operation ``number`` under the order's external id; amounts and dates are not compared.

        Raises:
            ProviderError: the provider could not be asked.
        """
        ...

    async def aclose(self) -> None:
        """Releases connections."""
        ...


class Cancelling(Provider, Protocol):
    """A provider with ``capabilities.cancel``."""

    async def cancel(self, order: Order, number: str) -> bool:
        """Takes the operation ``number`` back; whether nobody can pay it now.

        Raises:
            ProviderError: the provider could not be asked.
        """
        ...


class Linked(msgspec.Struct, frozen=True):
    """An operation that one QR for several leads to: the provider's number, and what the payer is shown of it."""

    number: str
    label: str


class Linking(Provider, Protocol):
    """A provider with ``capabilities.link``."""

    async def link(self, operations: Sequence[Linked]) -> str | Refusal:
        """What one QR for all of them says, or its modules (:mod:`emission.codes.pictured`); or why there is none.

        Raises:
            ProviderError: the provider could not be asked.
        """
        ...


@runtime_checkable
class Answering(Provider, Protocol):
    """A provider that says of one operation what was paid."""

    async def told_of(self, number: str, external_id: str) -> News:
        """All that it says now of one operation, named by its own number, by our external id, or by both.

        Raises:
            ProviderError: the provider could not be asked, or told something that cannot be used.
        """
        ...


@runtime_checkable
class Querying(Answering, Protocol):
    """A provider that can be asked what was paid in a time."""

    def news(self, since: datetime.date, until: datetime.date) -> AsyncIterator[News]:
        """All that changed from ``since`` to ``until``, both included, piece by piece.

        Payments, returns, chargebacks, settlements; the same may be told several times, in any order.

        Raises:
            ProviderError: as :meth:`told_of`.
        """
        ...
