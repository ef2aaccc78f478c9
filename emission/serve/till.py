"""Opens a payment for a bill, and never two: intent first, one attempt, look-ups wherever nobody knows.

What was opened before is asked about first, since a payment on it is the bill's. A session or sale that may still be
paid is used again, by whoever comes, at any of the servers; only where there is none does a new one leave. One that
nobody knows of counts as one that may be paid, until its time is over or the provider says what became of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from emission import links
from emission.codes import url as urls
from emission.config import Settings
from emission.errors import ProviderError
from emission.ledger import Ledger, effects, sessions
from emission.ledger import links as linked
from emission.ledger.sessions import ALIVE, Session, Wanted
from emission.providers.base import Refusal, Unknown
from emission.providers.living import Found, Known, Opened, Opener, Standing, Visit, nth_reference
from emission.reconcile.openings import write_down
from emission.serve.desk import Desk
from emission.serve.standing import State, View, view

LOOKUPS_BEFORE_REPEAT = 2
MOST_ASKED = 20  # of the newest that were opened for a bill
SECONDS_BETWEEN_LOOKS = 0.2
PATIENCE_SECONDS = 20.0  # that a visitor waits for another's call, or for the provider to say where to go
SECONDS_BETWEEN_QUESTIONS = 1.0


class Go(msgspec.Struct, frozen=True):
    """The payer may go there; ``form`` is what is posted, nothing where a redirection will do."""

    url: str
    form: Mapping[str, str] | None
    amount: int


class Later(msgspec.Struct, frozen=True):
    """Nothing was opened, or nobody knows; the visitor may come back after ``seconds``."""

    view: View
    seconds: float


class Preparing(msgspec.Struct, frozen=True):
    """It is open, and the provider has still to say where the payer goes."""

    view: View


Answer = Go | Later | Preparing | View


class Till:
    """One for all visitors of a server. ``clock`` is the calendar's: seconds since 1970, UTC."""

    def __init__(self, desk: Desk, opener: Opener, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._desk = desk
        self._opener = opener
        self._settings = settings
        self._clock = clock
        self._hosts = (*opener.way.hosts, *settings.links.hosts)

    @property
    def banks(self) -> Mapping[str, str]:
        """The banks that have a button: code → name."""
        return self._opener.way.banks

    async def look(self, token: str) -> View | None:
        """The bill behind a token; nothing where it is no link of this town's, here and in this environment."""
        bill = await self._desk.read(functools.partial(linked.behind, token=token))
        own = (self._settings.environment, self._settings.issuer.digits, self._opener.name)
        if bill is None or (bill.environment, bill.issuer, bill.provider) != own:
            return None
        return view(bill, self._clock())

    async def open(self, token: str, bank: str, visitor: str) -> Answer | None:
        """Where the payer goes, or why nowhere; nothing as in :meth:`look`, or where there is no such bank."""
        seen = await self.look(token)
        if seen is None or (bank and bank not in self.banks):
            return None
        if seen.state is not State.PAYABLE:
            return seen
        try:
            found = await self._ask_about_earlier(seen)
        except ProviderError as error:
            _tell(error.code)
            return await self._unasked(seen, bank)
        if Standing.PAID in found.values():
            return msgspec.structs.replace(seen, state=State.PAID)
        if Standing.MISPAID in found.values():
            return msgspec.structs.replace(seen, state=State.CHECKING)
        return await self._open(seen, token, bank, visitor, found)

    async def _open(self, seen: View, token: str, bank: str, visitor: str, found: Mapping[int, Standing]) -> Answer:
        assert seen.due is not None
        way, bill, provider = self._opener.way, seen.bill, self._settings.provider
        named = functools.partial(nth_reference, bill.external_id)
        wanted = Wanted(
            effect=bill.effect,
            bank=bank,
            amount=seen.due.amount,
            # Its life begins at the latest when its call would have been given up.
            seconds=way.seconds + provider.timeout_seconds,
            reference=(lambda _ordinal: bill.external_id) if way.reused else named,
        )
        session, mine = await self._desk.write(
            functools.partial(sessions.claim, wanted=wanted, now=self._clock(), settle_seconds=provider.settle_seconds)
        )
        if not mine and session.state == "unknown" and found.get(session.id) is Standing.ABSENT:
            session, mine = await self._repeat(session)
        if mine:
            session = await self._leave(session, seen, token, visitor)
        if session.state == "sent":
            session = await self._overheard(session)
        if session.state == "unknown" and way.repeatable and mine:
            # An id that is taken once only may have been taken: the provider knows at once.
            with contextlib.suppress(ProviderError):
                await self._settled(seen, [session])
            session = await self._now(session)
        return await self._shown(session, seen)

    async def _ask_about_earlier(self, seen: View) -> Mapping[int, Standing]:
        """What became of all that was opened before; what the provider says is written down.

        Raises:
            ProviderError: it could not be asked.
        """
        earlier = await self._desk.read(functools.partial(sessions.of, effect_id=seen.bill.effect))
        asked = [one for one in earlier if one.state not in ("refused", "sent")][-MOST_ASKED:]
        return await self._settled(seen, asked) if asked else {}

    async def _settled(self, seen: View, asked: list[Session]) -> Mapping[int, Standing]:
        assert seen.bill.record is not None
        currency = seen.bill.record.currency
        known = [Known(one.reference, one.token, one.amount, currency) for one in asked]
        answers = dict(zip([one.id for one in asked], await self._opener.ask(known), strict=True))
        await self._desk.write(functools.partial(_write_down, told=[(one, answers[one.id]) for one in asked]))
        return {key: answer.standing for key, answer in answers.items()}

    async def _unasked(self, seen: View, bank: str) -> Answer:
        """Where the provider cannot be asked, what is open stays so; nothing new is opened."""
        earlier = await self._desk.read(functools.partial(sessions.of, effect_id=seen.bill.effect))
        now = self._clock()
        mine = [one for one in earlier if (one.effect, one.bank) == (seen.bill.effect, bank)]
        alive = [one for one in mine if one.state == "open" and one.until > now and one.url]
        return await self._shown(alive[-1], seen) if alive else Later(seen, 60.0)

    async def _repeat(self, session: Session) -> tuple[Session, bool]:
        """Sends the same id once more, where the provider has had time and found nothing, twice."""
        now = self._clock()
        settled = session.sent_at + self._settings.provider.settle_seconds <= now
        if not (self._opener.way.repeatable and settled and session.lookups >= LOOKUPS_BEFORE_REPEAT):
            return session, False
        taken = await self._desk.write(functools.partial(sessions.again, found=session, now=now))
        return await self._now(session), taken

    async def _leave(self, session: Session, seen: View, token: str, visitor: str) -> Session:
        """The one attempt; its outcome is in the ledger when this returns, though nobody waits for it any more."""
        assert seen.due is not None
        assert seen.bill.record is not None
        visit = Visit(
            reference=session.reference,
            external_id=seen.bill.external_id,
            obligation=seen.bill.record,
            bank=session.bank,
            amount=session.amount,
            due=seen.due.date,
            visitor=visitor,
            link=links.address(self._settings.links.address, token.upper()),
        )
        return await asyncio.shield(asyncio.ensure_future(self._attempt(session, visit)))

    async def _attempt(self, session: Session, visit: Visit) -> Session:
        try:
            outcome = await self._opener.open(visit)
        except ProviderError as error:
            outcome = Refusal(error.code, "")
        if isinstance(outcome, Opened):
            opened = functools.partial(
                sessions.opened,
                found=session,
                url=outcome.url,
                form=outcome.form,
                token=outcome.token,
                signing=outcome.signing,
            )
            return await self._desk.write(opened)
        if isinstance(outcome, Unknown):
            _tell(outcome.message)
            return await self._desk.write(functools.partial(sessions.doubt, found=session, message=outcome.message))
        _tell(f"{outcome.code} {outcome.message}")
        return await self._desk.write(
            functools.partial(sessions.refused, found=session, code=outcome.code, message=outcome.message)
        )

    async def _overheard(self, session: Session) -> Session:
        """Another visitor's call is under way: its answer is ours too."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while session.state == "sent" and time.monotonic() < ends:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            session = await self._now(session)
        return session

    async def _shown(self, session: Session, seen: View) -> Answer:
        if session.state == "paid":
            return msgspec.structs.replace(seen, state=State.PAID)
        if session.state == "open" and not session.url:
            session = await self._told_where(session, seen)
        if session.state == "open":
            return self._go(session, seen)
        if session.state in ALIVE and not self._opener.way.repeatable:
            return Later(seen, max(0.0, session.until - self._clock()))
        return Later(seen, self._settings.provider.settle_seconds)

    async def _told_where(self, session: Session, seen: View) -> Session:
        """Asks until the provider says where the payer goes, by an answer or by a notice, or enough was waited."""
        ends, said = time.monotonic() + PATIENCE_SECONDS, ""
        while session.state == "open" and not session.url and time.monotonic() < ends:
            try:
                await self._settled(seen, [session])
            except ProviderError as error:
                if not said:
                    _tell(error.code)
                said = error.code
            session = await self._now(session)
            if not session.url:
                await asyncio.sleep(SECONDS_BETWEEN_QUESTIONS)
        return await self._now(session)

    def _go(self, session: Session, seen: View) -> Answer:
        if not session.url:
            return Preparing(seen)
        address = self._at_hand(session.url)
        if not self._may_send_to(address):
            _tell("redirect-refused")
            return Later(seen, 0.0)
        return Go(address, session.form, session.amount)

    def _at_hand(self, address: str) -> str:
        """Each server's embedded sandbox has a port of its own, and all of them know every session."""
        if self._settings.environment != "sandbox" or self._settings.provider.base_url:
            return address
        return urlsplit(address)._replace(netloc=self._opener.way.hosts[0]).geturl()

    def _may_send_to(self, address: str) -> bool:
        """Only to addresses that the provider or the town named; in the open only in the sandbox."""
        schemes = ("https", "http") if self._settings.environment == "sandbox" else ("https",)
        if urlsplit(address).netloc in self._opener.way.hosts and address.partition(":")[0] in ("https", "http"):
            return True
        return not urls.faults(address, self._settings.links.hosts or ["-"], schemes)

    async def _now(self, session: Session) -> Session:
        return await self._desk.read(lambda ledger: sessions.now_of(ledger, session.id))


def _write_down(ledger: Ledger, told: Sequence[tuple[Session, Found]]) -> None:
    """What the provider, who was asked and whose answer was verified, says of these sessions, and so of their bills."""
    with ledger.transaction():
        write_down(ledger, told)
        paid = [one.effect for one, answer in told if answer.standing is Standing.PAID]
        effects.seen_paid(ledger, paid)


def _tell(code: str) -> None:
    """For whoever looks after the machine; never who came, or with which link."""
    sys.stderr.write(f"emission serve: {code}\n")
    sys.stderr.flush()
