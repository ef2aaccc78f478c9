"""One invented obligation is asked for, looked up, asked for again and taken back: what the provider does is told.

Each question is answered by a code of a sentence and its parameters; nothing here knows one provider from another.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TypeVar, cast

from emission.codes import emv
from emission.config import Settings
from emission.errors import ProviderError
from emission.model import Operation, Payer, Role
from emission.providers.base import (
    CODES_PENDING,
    Cancelling,
    Created,
    OperationState,
    Order,
    Outcome,
    Provider,
    Refusal,
)
from emission.trying.finding import Say, invented, timed

T = TypeVar("T")


class Issuing:
    """Asks one question after the other.

    ``seconds`` is what the creation took, ``qr_apart`` whether a QR costs a further call.
    """

    def __init__(self, settings: Settings, provider: Provider, say: Say) -> None:
        self._settings = settings
        self._provider = provider
        self._say = say
        self.seconds = 0.0
        self.qr_apart = False

    async def examine(self) -> None:
        """All of them, as far as they go; whatever may have been created is named at the end, or taken back.

        Raises:
            ProviderError: the very first one, or the creation, was not answered: credentials, or the network.
        """
        provider = self._provider
        nothing = await provider.lookup(self._order())
        self._say("check-credentials")
        self._say("check-absent" if not nothing else "check-absent-found")
        orders = [self._order() for _ in range(min(2, provider.capabilities.batch_size))]
        self._say("check-trying", ids=", ".join(order.external_id for order in orders))
        outcomes, self.seconds = await timed(provider.issue(orders))
        try:
            self._created(outcomes)
            if not isinstance(outcomes[0], Refusal):
                await self._questions(orders[0])
        finally:
            for order, outcome in zip(orders, outcomes, strict=True):
                if not isinstance(outcome, Refusal):
                    await self._leave_nothing(order)

    def _created(self, outcomes: Sequence[Outcome]) -> None:
        first = outcomes[0]
        took = {"seconds": f"{self.seconds:.2f}", "count": len(outcomes)}
        if isinstance(first, Refusal):
            self._say("check-not-created", **took, answer=first.message or first.code)
        elif not isinstance(first, Created):
            self._say("check-pending" if first.message == CODES_PENDING else "check-doubt", **took, cause=first.message)
        else:
            text = first.operation.text(Role.QR)
            self.qr_apart = not text or "qr-not-given" in first.warnings
            codes = ", ".join(f"{code.role} ({len(code.text)})" for code in first.operation.codes) or "-"
            self._say("check-created", **took, codes=codes, qr=emv.classify(text) if text else "-")

    async def _questions(self, order: Order) -> None:
        held, seconds = await timed(self._asked(self._provider.lookup(order), ()))
        if held:
            codes = ", ".join(code.role for code in held[0].codes) or "-"
            code = "check-lookup" if len(held) == 1 else "check-lookup-count"
            self._say(code, seconds=f"{seconds:.2f}", count=len(held), codes=codes)
        else:
            self._say("check-lookup-count", seconds=f"{seconds:.2f}", count=0, codes="-")
        if self._settings.environment != "production":
            held = await self._again(order, held)
        if held:
            state = await self._asked(self._provider.state(order, held[0].number), OperationState.UNKNOWN)
            self._say(f"check-state-{state}")

    async def _again(self, order: Order, held: Sequence[Operation]) -> Sequence[Operation]:
        """The same order once more, outside of production: does it make a second operation? All that there are now."""
        outcomes = await self._asked(self._provider.issue([order]), ())
        now = await self._asked(self._provider.lookup(order), held)
        if len(now) > len(held):
            self._say("check-twice-made", count=len(now))
        elif any(isinstance(outcome, Created) for outcome in outcomes):
            self._say("check-twice-same", count=len(now))
        elif outcomes:
            (outcome,) = outcomes
            assert not isinstance(outcome, Created)
            self._say("check-twice-refused", answer=outcome.message or outcome.__class__.__name__)
        return now

    async def _leave_nothing(self, order: Order) -> None:
        """Takes back what is there, and names what stays."""
        try:
            held = await self._provider.lookup(order)
            for operation in held:
                await self._taken_back(order, operation.number)
        except ProviderError:
            held = ()
        if not held:
            self._say("check-perhaps-stays", ids=order.external_id)

    async def _taken_back(self, order: Order, number: str) -> None:
        if not self._provider.capabilities.cancel:
            self._say("check-stays", number=number)
            return
        gone = await cast("Cancelling", self._provider).cancel(order, number)
        after = await self._provider.state(order, number)
        told = "cancelled" if gone and after is not OperationState.ALIVE else "not-cancelled"
        self._say(f"check-{told}", number=number, state=after)

    async def _asked(self, question: Awaitable[T], otherwise: T) -> T:
        """The answer; or what counts where there is none, which is said."""
        try:
            return await question
        except ProviderError as error:
            self._say("check-lookup-failed", cause=error.code)
            return otherwise

    def _order(self) -> Order:
        payer = Payer(name="Prueba de emission", email=self._settings.provider.fallback_email)
        return invented(self._settings, min(2, self._provider.capabilities.due_dates), payer)
