"""One invented obligation is asked for, looked up, asked for again and taken back: what the provider does is told.

Each question is answered by a code of a sentence and its parameters; nothing here knows one provider from another.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
import time
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import ExitStack
from typing import TypeVar, cast

import msgspec

from emission.codes import emv
from emission.config import Settings
from emission.errors import ProviderError, UsageError
from emission.model import DueDate, Obligation, Operation, Payer, Role
from emission.providers import capabilities_of, check_access, open_provider
from emission.providers.base import CODES_PENDING, Cancelling, Created, OperationState, Order, Outcome, Provider
from emission.sandbox.child import Sandbox
from emission.trying.coming import Coming, coming

T = TypeVar("T")
AMOUNT = 100_000  # minor units
DAYS_AHEAD = 30


class Found(msgspec.Struct, frozen=True):
    """The answer to a question: the code of a sentence, and what it needs."""

    code: str
    params: dict[str, str] = {}


class Trial(msgspec.Struct, frozen=True):
    """What was found out, and the run that it forecasts."""

    provider: str
    environment: str
    found: list[Found]
    coming: Coming


def check(settings: Settings, environ: Mapping[str, str], obligations: int, *, may_create: bool) -> Trial:
    """Tries the provider of ``settings``, and forecasts a run of so many obligations.

    Raises:
        UsageError: nobody is asked (``supplied``), credentials are missing, or production was not confirmed.
        ProviderError: it cannot be asked.
    """
    if not capabilities_of(settings).calls:
        raise UsageError("check-nobody-asked", kind=settings.provider.kind)
    if settings.environment == "production" and not may_create:
        raise UsageError("check-not-confirmed")
    check_access(settings, environ)
    with ExitStack() as stack:
        base_url = None
        if settings.environment == "sandbox" and not settings.provider.base_url:
            # One that forgets: the town's own remembers its bills, and nothing else.
            base_url = stack.enter_context(Sandbox(None, settings.provider.kind)).url
        return asyncio.run(_check(settings, base_url, environ, obligations))


async def _check(settings: Settings, base_url: str | None, environ: Mapping[str, str], obligations: int) -> Trial:
    provider = open_provider(settings, base_url=base_url, environ=environ)
    try:
        examiner = _Examiner(settings, provider)
        found = await examiner.examine()
    finally:
        await provider.aclose()
    ahead = coming(settings, provider.capabilities, obligations, examiner.seconds, qr_apart=examiner.qr_apart)
    return Trial(provider.name, settings.environment, found, ahead)


class _Examiner:
    """Asks one question after the other.

    ``seconds`` is what the creation took, ``qr_apart`` whether a QR costs a further call.
    """

    def __init__(self, settings: Settings, provider: Provider) -> None:
        self._settings = settings
        self._provider = provider
        self.seconds = 0.0
        self.qr_apart = False

    async def examine(self) -> list[Found]:
        """All of them, as far as they go.

        Raises:
            ProviderError: the very first one was not answered: credentials, or the network.
        """
        provider, first = self._provider, self._order()
        nothing, _ = await _timed(provider.lookup(self._order()))
        found = [Found("check-credentials"), Found("check-absent" if not nothing else "check-absent-found")]
        size = min(2, provider.capabilities.batch_size)
        outcomes, self.seconds = await _timed(provider.issue([first, self._order()][:size]))
        found += self._created(outcomes)
        if not isinstance(outcomes[0], Created) and not _is_pending(outcomes[0]):
            return found
        held = await self._held(first, found)
        if self._settings.environment != "production":
            held = await self._again(first, held, found)
        if held:
            found.append(Found(f"check-state-{await provider.state(first, held[0].number)}"))
        for operation in held:
            await self._taken_back(first, operation.number, found)
        return found

    def _created(self, outcomes: Sequence[Outcome]) -> list[Found]:
        first = outcomes[0]
        took = {"seconds": f"{self.seconds:.2f}", "count": str(len(outcomes))}
        if not isinstance(first, Created):
            pending = _is_pending(first)
            return [Found("check-pending" if pending else "check-not-created", {**took, "answer": first.message})]
        self.qr_apart = not first.operation.text(Role.QR) or "qr-not-given" in first.warnings
        codes = ", ".join(f"{code.role} ({len(code.text)})" for code in first.operation.codes) or "-"
        qr = emv.classify(first.operation.text(Role.QR)) if first.operation.text(Role.QR) else "-"
        return [Found("check-created", {**took, "codes": codes, "qr": qr})]

    async def _held(self, order: Order, found: list[Found]) -> Sequence[Operation]:
        try:
            held, seconds = await _timed(self._provider.lookup(order))
        except ProviderError as error:
            found.append(Found("check-lookup-failed", {"cause": error.code}))
            return []
        code = "check-lookup" if len(held) == 1 else "check-lookup-count"
        codes = ", ".join(code.role for code in held[0].codes) if held else "-"
        found.append(Found(code, {"seconds": f"{seconds:.2f}", "count": str(len(held)), "codes": codes or "-"}))
        return held

    async def _again(self, order: Order, held: Sequence[Operation], found: list[Found]) -> Sequence[Operation]:
        """The same order once more, outside of production: does it make a second operation? All that there are now."""
        (outcome,) = await self._provider.issue([order])
        try:
            now = await self._provider.lookup(order)
        except ProviderError as error:
            found.append(Found("check-lookup-failed", {"cause": error.code}))
            return held
        if len(now) > len(held):
            found.append(Found("check-twice-made", {"count": str(len(now))}))
        elif isinstance(outcome, Created):
            found.append(Found("check-twice-same", {"count": str(len(now))}))
        else:
            found.append(Found("check-twice-refused", {"answer": outcome.message or outcome.__class__.__name__}))
        return now

    async def _taken_back(self, order: Order, number: str, found: list[Found]) -> None:
        if not self._provider.capabilities.cancel:
            found.append(Found("check-stays", {"number": number}))
            return
        gone = await cast("Cancelling", self._provider).cancel(order, number)
        after = await self._provider.state(order, number)
        told = "cancelled" if gone and after is not OperationState.ALIVE else "not-cancelled"
        found.append(Found(f"check-{told}", {"number": number, "state": after}))

    def _order(self) -> Order:
        """An invented obligation under an id that nobody ever used."""
        today = self._settings.batch.issue_date or dt.datetime.now(dt.UTC).date()
        count = min(2, self._provider.capabilities.due_dates)
        due = tuple(
            DueDate(today + dt.timedelta(days=DAYS_AHEAD * number), AMOUNT + number) for number in range(1, count + 1)
        )
        name = f"PRUEBA{secrets.token_hex(12).upper()}"
        payer = Payer(name="Prueba de emission", email=self._settings.provider.fallback_email)
        currency = self._settings.batch.currency
        return Order(name, Obligation(name, payer, due, currency, "TSG", f"{today:%Y-%m}", concept="Prueba"))


def _is_pending(outcome: Outcome) -> bool:
    return not isinstance(outcome, Created) and outcome.message == CODES_PENDING


async def _timed(question: Awaitable[T]) -> tuple[T, float]:
    began = time.perf_counter()
    return await question, time.perf_counter() - began
