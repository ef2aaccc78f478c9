"""What a person decides of an order that the provider could not settle: accept one, try again, give up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from typing import Literal

import msgspec

from emission.config import Settings
from emission.errors import DisagreementError, Refused, UsageError
from emission.ledger import Ledger
from emission.ledger import held as orders
from emission.ledger.held import Decision, Held
from emission.model import Operation
from emission.pipeline import embedded_sandbox
from emission.providers import capabilities_of, check_access, open_provider
from emission.providers.base import Order
from emission.stages.issue import LOST_IN_A_LOOKUP


class Decided(msgspec.Struct, frozen=True):
    """What was done: ``state`` is the order's now; ``number`` and ``strays`` of what the provider has, if accepted."""

    decision: Literal["accept", "retry", "give-up"]
    order: Held
    state: str
    number: str
    strays: tuple[str, ...]
    warnings: tuple[str, ...]
    by: Decision


def held(settings: Settings) -> list[Held]:
    """What waits for a person in this environment, and what one gave up; nothing where there is no ledger yet."""
    if not settings.ledger_path.exists():
        return []
    with closing(Ledger(settings.ledger_path)) as ledger:
        return orders.held(ledger, settings.environment, settings.issuer.digits)


def accept(settings: Settings, wanted: str, number: str, by: Decision, environ: Mapping[str, str]) -> Decided:
    """Asks the provider now, and takes the operation ``number`` if it is among those that agree with the record.

    Raises:
        UsageError: no such order, or several; no reason or number; the provider of the order is another one.
        Refused: the provider has no such operation, or one that differs from what was asked; or somebody decided.
        ProviderError: it could not be asked.
    """
    _explained(by)
    if not number:
        raise UsageError("held-number")
    with closing(_ledger(settings)) as ledger:
        order = _chosen(ledger, settings, wanted)
        if order.provider != settings.provider.kind or not capabilities_of(settings).lookup:
            raise UsageError("held-cannot-ask", id=order.obligation_id, provider=order.provider)
        if order.record is None:
            raise Refused("held-no-row", id=order.obligation_id)
        check_access(settings, environ)
        found = {item.number: item for item in _ask(settings, Order(order.external_id, order.record), environ)}
        if number not in found:
            numbers = ", ".join(found) or "-"
            raise Refused("held-not-among", id=order.obligation_id, number=number, numbers=numbers)
        operation = found.pop(number)
        left_out = tuple(code for role, code in LOST_IN_A_LOOKUP.items() if not operation.text(role))
        orders.accept(ledger, order, operation, tuple(found), left_out, by)
    return Decided("accept", order, "confirmed", number, tuple(found), left_out, by)


def retry(settings: Settings, wanted: str, by: Decision) -> Decided:
    """The next run asks the provider about the order and repeats it only where that finds nothing.

    Where the provider cannot be asked it is simply sent again.

    Raises:
        UsageError: no such order, or several; no reason; the provider of the order is another one.
        Refused: somebody decided meanwhile.
    """
    _explained(by)
    state = "unknown" if capabilities_of(settings).lookup else "planned"
    with closing(_ledger(settings)) as ledger:
        order = _chosen(ledger, settings, wanted)
        if order.provider != settings.provider.kind:
            raise UsageError("held-elsewhere", id=order.obligation_id, provider=order.provider)
        orders.retry(ledger, order, state, by)
    return Decided("retry", order, state, "", (), (), by)


def give_up(settings: Settings, wanted: str, by: Decision) -> Decided:
    """The order is never sent again: its row stays failed.

    Raises:
        UsageError: no such order, or several; it was given up already; no reason.
        Refused: somebody decided meanwhile.
    """
    _explained(by)
    with closing(_ledger(settings)) as ledger:
        order = _chosen(ledger, settings, wanted)
        if order.state == "abandoned":
            raise UsageError("held-given-up-already", id=order.obligation_id, why=order.message)
        orders.give_up(ledger, order, by)
    return Decided("give-up", order, "abandoned", "", (), (), by)


def _explained(by: Decision) -> None:
    if not by.why.strip():
        raise UsageError("held-why")


def _ledger(settings: Settings) -> Ledger:
    if not settings.ledger_path.exists():
        raise UsageError("held-nothing", id="-")
    return Ledger(settings.ledger_path)


def _chosen(ledger: Ledger, settings: Settings, wanted: str) -> Held:
    """The order of that external id, or the only one of the obligation."""
    if not wanted:
        raise UsageError("held-which")
    known = orders.held(ledger, settings.environment, settings.issuer.digits)
    found = [order for order in known if order.external_id == wanted]
    found = found or [order for order in known if order.obligation_id == wanted]
    if not found:
        raise UsageError("held-nothing", id=wanted)
    if len(found) > 1:
        raise UsageError("held-several", id=wanted, external_ids=", ".join(order.external_id for order in found))
    return found[0]


def _ask(settings: Settings, order: Order, environ: Mapping[str, str]) -> Sequence[Operation]:
    async def ask(base_url: str | None) -> Sequence[Operation]:
        provider = open_provider(settings, base_url=base_url, environ=environ)
        try:
            return await provider.lookup(order)
        finally:
            await provider.aclose()

    with ExitStack() as stack:
        try:
            return asyncio.run(ask(embedded_sandbox(stack, settings)))
        except DisagreementError as error:
            raise Refused("held-disagrees", id=order.obligation.obligation_id, external_id=order.external_id) from error
