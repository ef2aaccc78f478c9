"""The provider is asked: intent first, one attempt, and look-ups wherever nobody knows.

Without idempotency at the provider, "never twice" is a procedure. The intent is in the ledger
before the call leaves. After an unknown outcome nothing is repeated before the settle time has
passed, the provider is asked what it has under our external id, and only where it has nothing,
asked twice, is the order sent again. Where it answers two, or one that differs, a person decides.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import cast

import msgspec

from emission import identity
from emission.errors import DisagreementError, ProviderError
from emission.ledger import Ledger, effects, links
from emission.ledger.effects import Answer, Replaced
from emission.ledger.runs import Run
from emission.ledger.work import Debt, Waiting
from emission.links import token
from emission.model import Operation, Role
from emission.provider_settings import Pace
from emission.provider_settings import Provider as Manners
from emission.providers.base import CODES_PENDING, Created, Linking, Order, Outcome, Provider, Refusal, Unknown
from emission.stages.calling import Turns, call_all
from emission.stages.joining import join, to_join
from emission.stages.succession import intent_of, make_way
from emission.stages.window import Hours

# Look-ups that must find nothing, the last of them after the settle time, before an order is sent again.
LOOKUPS_BEFORE_REPEAT = 2
# What a provider's look-up may not return; the voucher goes without it, and says so.
LOST_IN_A_LOOKUP = {Role.LINK_CODE: "link-code-not-given", Role.PMC_CODE: "pmc-code-not-given"}
# Attempts of one order in one run of the command; after that somebody should look.
ATTEMPTS = 3


class Issuer:
    """Asks one provider for the operations of one run, with the manners that are configured."""

    def __init__(
        self,
        ledger: Ledger,
        run: Run,
        provider: Provider,
        *,
        manners: Manners,
        agreement: str,
        on_call: Callable[[int], None],
        on_wait: Callable[[dict[str, str]], None],
    ) -> None:
        self._ledger = ledger
        self._run = run
        self._provider = provider
        self._agreement = agreement
        # Who is not called, may be asked at any hour.
        self._hours = Hours(manners.pace if provider.capabilities.calls else Pace(), on_wait)
        self._turns = Turns(manners.concurrency, self._hours, manners.pace.failures)
        self._settle_seconds = manners.settle_seconds
        self._secret = links.secret(ledger)
        self._opened_at = time.monotonic()
        self._in_doubt_since: dict[int, float] = {}
        self._attempts: Counter[int] = Counter()
        self._on_call = on_call

    async def issue(self, vouchers: Sequence[Waiting]) -> None:
        """Brings the obligations of ``vouchers`` as far as they go now; every answer is in the ledger at the end.

        Raises:
            ProviderError: the provider cannot be asked on; what was asked is in the ledger.
        """
        debts = [debt for voucher in vouchers for debt in voucher.debts if not debt.settled and not debt.hopeless]
        await call_all([self._look_up(debt) for debt in debts if debt.state == "unknown"])
        fresh = [debt for debt in debts if debt.state in ("", "planned", "refused")]
        clear = await call_all([self._make_way(debt) for debt in fresh])
        fresh = [debt for debt, may_leave in zip(fresh, clear, strict=True) if may_leave and debt.payable]
        size = self._provider.capabilities.batch_size
        await call_all([self._ask(fresh[start : start + size]) for start in range(0, len(fresh), size)])

    async def join(self, vouchers: Sequence[Waiting]) -> dict[int, bool]:
        """Asks for one QR of each of those that have several obligations; by voucher, whether it was asked for.

        One that was not, because nothing is sent any more, waits for it.

        Raises:
            ProviderError: as :meth:`issue`.
        """
        wanted = to_join(vouchers) if self._provider.capabilities.link else []
        asked = await call_all([self._join(voucher) for voucher in wanted])
        return {voucher.id: done for voucher, done in zip(wanted, asked, strict=True)}

    def seconds_until_settled(self, vouchers: Sequence[Waiting]) -> float:
        """How long until these may be asked for again: unknown outcomes need time, and so does who is failing."""
        ages = [
            self._settle_seconds - self._age(debt)
            for voucher in vouchers
            for debt in voucher.debts
            if debt.state == "unknown"
        ]
        return max(self._turns.pause, min(ages, default=0.0))

    async def keep_hours(self) -> None:
        """Waits until calls may leave, or for :meth:`halt`.

        Raises:
            Stopped: ``window-closed``: outside of the hours the run is to stop.
        """
        self._hours.begin()
        await self._hours.keep()

    def halt(self) -> None:
        """Sends nothing more; orders that have not left stay as they are."""
        self._turns.halt()

    def exhausted(self, voucher: Waiting) -> bool:
        """Whether an order of this voucher was repeated until it makes no sense any more."""
        return any(not debt.settled and self._attempts[debt.key] >= ATTEMPTS for debt in voucher.debts)

    async def _ask(self, debts: Sequence[Debt]) -> None:
        orders = [self._order(debt) for debt in debts]
        async with self._turns.forgiving() as mine:
            if not mine:
                return
            intents = [intent_of(debt, order) for debt, order in zip(debts, orders, strict=True)]
            self._attempts.update(debt.key for debt in debts)
            sent = effects.intend(self._ledger, self._provider.name, intents)
            keys = [sent[order.external_id] for order in orders]
            if self._provider.capabilities.calls:
                self._on_call(self._provider.capabilities.calls_a_batch)
            try:
                outcomes = await self._provider.issue(orders)
            except ProviderError:
                # Nothing of this call was created; asked again, it is a first time.
                effects.answered(self._ledger, [Answer(key, "planned") for key in keys])
                self._attempts.subtract(debt.key for debt in debts)
                raise
            self._write_down(
                [(debt, _answer(key, outcome)) for debt, key, outcome in zip(debts, keys, outcomes, strict=True)]
            )
            self._count(outcomes)

    def _count(self, outcomes: Sequence[Outcome]) -> None:
        """Keeps the count of calls in a row after which nobody knew anything."""
        doubts = [one.message for one in outcomes if isinstance(one, Unknown) and one.message != CODES_PENDING]
        if len(doubts) == len(outcomes):
            self._turns.failed(doubts[0])
        else:
            self._turns.answered()

    async def _join(self, voucher: Waiting) -> bool:
        async with self._turns.turn() as mine:
            if mine:
                self._on_call(1)
                await join(self._ledger, cast("Linking", self._provider), voucher)
            return mine

    async def _make_way(self, debt: Debt) -> bool:
        if not debt.predecessors:
            return True
        async with self._turns.forgiving() as mine:
            if not mine:
                return False
            self._on_call(1)
            cleared = await make_way(self._ledger, self._provider, debt, self._order(debt))
            self._turns.answered()
            # One that may not leave is not asked about for ever.
            self._attempts[debt.key] += not cleared
            return cleared
        return False

    def _write_down(self, answers: Sequence[tuple[Debt, Answer]]) -> None:
        """Keeps the answers; an operation that is there takes the place of those before it."""
        told: list[Answer] = []
        replaced: list[Replaced] = []
        for debt, answer in answers:
            operation = answer.operation
            if operation is not None and debt.predecessors:
                operation = msgspec.structs.replace(operation, replaces=_replaced(operation, debt))
                replaced += [
                    Replaced(before.effect, "superseded") for before in debt.predecessors if before.state == "confirmed"
                ]
            told.append(msgspec.structs.replace(answer, operation=operation))
            if answer.state == "unknown":
                self._in_doubt_since[debt.key] = time.monotonic()
        with self._ledger.transaction():
            effects.answered(self._ledger, told)
            effects.replaced(self._ledger, replaced)

    async def _look_up(self, debt: Debt) -> None:
        assert debt.effect is not None
        if not self._provider.capabilities.lookup:
            effects.answered(self._ledger, [Answer(debt.effect, "held", code="outcome-unknown")])
            return
        settled = self._age(debt) >= self._settle_seconds
        async with self._turns.forgiving() as mine:
            if not mine:
                return
            self._on_call(1)
            try:
                found = await self._provider.lookup(self._order(debt))
            except DisagreementError:
                effects.answered(
                    self._ledger, [Answer(debt.effect, "held", code="outcome-unknown", message="answer-disagrees")]
                )
                return
            self._turns.answered()
            self._settle(debt, debt.effect, found, settled=settled)

    def _settle(self, debt: Debt, effect: int, found: Sequence[Operation], *, settled: bool) -> None:
        """Writes down what a look-up found."""
        if len(found) == 1 and not found[0].codes:
            # Not asked about for ever: what has no codes after some looks is left for a later command.
            self._attempts[debt.key] += 1
            pending = Answer(effect, "unknown", code=CODES_PENDING, message=found[0].number)
            effects.answered(self._ledger, [pending])
        elif len(found) == 1:
            lacks = self._provider.capabilities.lookup_lacks
            left_out = tuple(LOST_IN_A_LOOKUP[role] for role in lacks if not found[0].text(role))
            answer = Answer(effect, "confirmed", operation=found[0], warnings=left_out, code="looked-up")
            self._write_down([(debt, answer)])
        elif found:
            numbers = ", ".join(operation.number for operation in found[:5])
            effects.answered(self._ledger, [Answer(effect, "held", code="outcome-unknown", message=numbers)])
        elif settled and debt.lookups + 1 >= LOOKUPS_BEFORE_REPEAT:
            effects.answered(self._ledger, [Answer(effect, "planned", code="not-found")])
        else:
            effects.looked_up(self._ledger, [effect])

    def _order(self, debt: Debt) -> Order:
        obligation = debt.obligation()
        name = debt.external_id or identity.external_id(
            self._run.environment, self._run.issuer, self._provider.name, self._agreement, obligation, debt.revision
        )
        return Order(name, obligation, link=token(self._secret, name) if self._provider.capabilities.living else "")

    def _age(self, debt: Debt) -> float:
        """Seconds since this process knows of the doubt: no calendar clock, which may jump, has a say in it."""
        return time.monotonic() - self._in_doubt_since.get(debt.key, self._opened_at)


def _replaced(operation: Operation, debt: Debt) -> str:
    """The number that the paper says is void; codes that an office brings may keep their number under other codes."""
    before = debt.predecessors[-1].number
    return "" if before == operation.number else before


def _answer(effect: int, outcome: Outcome) -> Answer:
    if isinstance(outcome, Created):
        return Answer(effect, "confirmed", operation=outcome.operation, warnings=outcome.warnings)
    if isinstance(outcome, Refusal):
        return Answer(effect, "refused", code=outcome.code, message=outcome.message, transient=outcome.transient)
    pending = outcome.message == CODES_PENDING
    return Answer(effect, "unknown", code=CODES_PENDING if pending else "outcome-unknown", message=outcome.message)
