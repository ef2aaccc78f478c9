"""An operation whose money changed makes way for its successor: asked first, cancelled where that can be had.

A paid one is never replaced; the difference is left to settle. Most providers cancel nothing, so the
operation lives on beside its successor, and a payment on it is the same obligation's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import cast

from emission import identity, money
from emission.ledger import Ledger, effects
from emission.ledger.effects import Intent, Replaced
from emission.ledger.work import Debt, Predecessor
from emission.providers.base import Cancelling, OperationState, Order, Provider


async def make_way(ledger: Ledger, provider: Provider, debt: Debt, order: Order) -> bool:
    """Whether ``order`` may leave, for all that is known of the operations that it takes the place of.

    Raises:
        ProviderError: the provider could not be asked; nothing is changed.
    """
    for before in debt.predecessors:
        if before.state == "cancelled":
            continue
        earlier = Order(before.external_id, order.obligation)
        state = OperationState.ALIVE if before.paid is None else OperationState.PAID
        if before.paid is None and provider.capabilities.lookup:
            state = await state_of(provider, earlier, before.number, before.strays)
        if state is OperationState.PAID:
            if not _settle_paid(ledger, provider.name, debt, order, before):
                return False
        elif state is OperationState.UNKNOWN and debt.payable:
            _refuse(ledger, provider.name, debt, order, "replaced-not-known", before.number, transient=True)
            return False
        elif state is OperationState.DEAD or (
            provider.capabilities.cancel and await cast("Cancelling", provider).cancel(earlier, before.number)
        ):
            effects.replaced(ledger, [Replaced(before.effect, "cancelled")])
        elif not debt.payable:
            effects.replaced(ledger, [Replaced(before.effect, "superseded")])
    return True


async def state_of(provider: Provider, order: Order, number: str, strays: Sequence[str]) -> OperationState:
    """What became of the operation ``number`` and of those beside it: a payment on any is the same obligation's.

    Raises:
        ProviderError: the provider could not be asked.
    """
    own = await provider.state(order, number)
    others = {await provider.state(order, stray) for stray in strays}
    if OperationState.PAID in others:
        return OperationState.PAID
    return OperationState.ALIVE if own is OperationState.DEAD and OperationState.ALIVE in others else own


def intent_of(debt: Debt, order: Order) -> Intent:
    """What is written down before ``order`` leaves."""
    digest = hashlib.sha256(debt.record).digest()
    payable = identity.payable_hash(order.obligation)
    return Intent(debt.key, debt.revision, order.external_id, digest, payable, order.obligation.amount)


def _settle_paid(ledger: Ledger, provider: str, debt: Debt, order: Order, before: Predecessor) -> bool:
    """Notes what is left to settle; a debt that is not payable any more goes on without its operation."""
    due = order.obligation.amount if debt.payable else 0
    code = "paid-before-change" if debt.payable else "paid-not-payable"
    difference = due - (before.amount if before.paid is None else before.paid)
    with ledger.transaction():
        effects.seen_paid(ledger, [before.effect])
        effects.owe(ledger, before.effect, difference, code)
        if not debt.payable:
            effects.replaced(ledger, [Replaced(before.effect, "superseded")])
            return True
        told = f"{before.number}: {money.local(difference, order.obligation.currency)}"
        _refuse(ledger, provider, debt, order, code, told, transient=False)
    return False


def _refuse(
    ledger: Ledger, provider: str, debt: Debt, order: Order, code: str, message: str, *, transient: bool
) -> None:
    intent = intent_of(debt, order)
    effects.refuse_unsent(ledger, provider, intent, code=code, message=message, transient=transient)
