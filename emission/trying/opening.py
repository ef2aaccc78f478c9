"""Behind living links nothing is asked in a run: one payment of an invented bill is opened, as a visitor would.

What cannot be seen from here is said to be so; what may be paid afterwards is named, since it cannot be taken back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

import msgspec

from emission import links, money
from emission.codes import url as urls
from emission.config import Settings
from emission.errors import ProviderError, UsageError
from emission.model import Payer, Role
from emission.providers.base import Created, Provider, Refusal, Unknown
from emission.providers.living import Found, Known, Opened, Opener, Standing, Visit
from emission.trying.finding import Say, invented, timed

EMAIL = "prueba@example.com"  # of nobody (RFC 2606)
# Nobody: the range is not given out.
PAYER = Payer(name="Prueba de emission", id_type="DNI", id="99000001", email=EMAIL)
VISITOR = "192.0.2.1"  # of nobody (RFC 5737)
PATIENCE_SECONDS = 20.0  # as long as a visitor of ``emission serve`` waits to be told where to go
SECONDS_BETWEEN_QUESTIONS = 1.0


class Opening:
    """Asks one question after the other. ``seconds`` is what the opening took: 0 where nobody was asked for it.

    ``door`` opens the provider with other settings.
    """

    def __init__(self, settings: Settings, door: Callable[[Settings], Provider], say: Say) -> None:
        self._settings = settings
        self._door = door
        self._provider = door(settings)
        self._opener = cast("Opener", self._provider)
        self._say = say
        self._left: list[str] = []
        self._doubtful: list[str] = []
        self.seconds = 0.0

    async def examine(self) -> None:
        """All of them, as far as they go; whatever may be paid afterwards is named at the end.

        Raises:
            UsageError: with this configuration no bill would be made.
            ProviderError: the very first one, or the opening, was not answered: credentials, or the network.
        """
        visit = await self._paper()
        (nothing,) = await self._opener.ask([_known(visit)])
        self._say("check-credentials")
        heard_of = nothing.standing not in (Standing.ABSENT, Standing.UNSAID)
        self._say("check-absent-found" if heard_of else "check-absent")
        self._say("check-trying", ids=visit.reference)
        if self._opener.way.offline:
            await self._signed(visit)
            return
        try:
            await self._questions(visit)
        finally:
            for code, references in (("check-payable", self._left), ("check-perhaps-payable", self._doubtful)):
                if references:
                    self._say(code, count=len(references), ids=", ".join(dict.fromkeys(references)))

    async def _paper(self) -> Visit:
        """What a bill bears, and a visit to pay it.

        Raises:
            UsageError: ``check-paper-refused``: with this configuration no bill would be made.
        """
        token = "PRUEBA".ljust(links.TOKEN_LENGTH, "A")
        payer = msgspec.structs.replace(PAYER, email=self._settings.provider.fallback_email or EMAIL)
        order = invented(self._settings, 1, payer, token)
        (outcome,) = await self._provider.issue([order])
        if not isinstance(outcome, Created):
            facts = {"kind": self._opener.name, "currency": order.obligation.currency}
            raise UsageError(
                "check-paper-refused", **facts, reason=outcome.code if isinstance(outcome, Refusal) else ""
            )
        buttons = ", ".join(code.label for code in outcome.operation.codes if code.role is Role.BANK_URL)
        self._say("check-paper", link=outcome.operation.text(Role.QR), banks=buttons or "-")
        (due,) = order.obligation.due_dates
        link = links.address(self._settings.links.address, token)
        name = order.external_id
        return Visit(name, name, order.obligation, "", due.amount, due.date, VISITOR, link)

    async def _signed(self, visit: Visit) -> None:
        """Nobody is asked for the payer's address, so nobody says what becomes of it."""
        outcome = await self._opener.open(visit)
        assert isinstance(outcome, Opened)
        self._say("check-signed-here", url=outcome.url)

    async def _questions(self, visit: Visit) -> None:
        opened, self.seconds = await self._open(visit, "check-opened", "check-not-created")
        if opened is None:
            if self._doubtful:
                await self._stands(_known(visit))
            return
        await self._where(visit, opened)
        if self._settings.environment == "production":
            return
        await self._open(visit, "check-again-opened", "check-again-refused")
        if not self._opener.way.reused:
            await self._open(_another(visit, "S", visit.amount), "check-same-opened", "check-same-refused")
        if money.DECIMALS[visit.obligation.currency]:
            await self._open(_another(visit, "C", visit.amount + 50), "check-cents-opened", "check-cents-refused")
        await self._open(_another(visit, "Z", 0), "check-zero-opened", "check-zero-refused")
        await self._banks(visit)

    async def _banks(self, visit: Visit) -> None:
        """A session for one bank in each spelling of its code."""
        if not self._opener.way.banks:
            return
        *_, bank = self._opener.way.banks
        for spelling in ("lower", "upper"):
            etpay = self._settings.provider.etpay.model_copy(update={"bank_codes": spelling})
            provider = self._settings.provider.model_copy(update={"etpay": etpay})
            opener = cast("Opener", self._door(self._settings.model_copy(update={"provider": provider})))
            asked = msgspec.structs.replace(visit, bank=bank)
            await self._open(asked, "check-bank-opened", "check-bank-refused", opener, spelling=spelling, bank=bank)

    async def _open(
        self, visit: Visit, opened: str, refused: str, opener: Opener | None = None, **params: object
    ) -> tuple[Opened | None, float]:
        """Asks once; says which of the two it was, or that nobody knows. The first time the error is the caller's."""
        try:
            outcome, seconds = await timed((opener or self._opener).open(visit))
        except ProviderError as error:
            if not self._left:
                raise
            self._say(refused, **params, seconds="-", answer=error.code)
            return None, 0.0
        except BaseException:
            self._doubtful.append(visit.reference)
            raise
        params["seconds"] = f"{seconds:.2f}"
        # An id that is taken once only: not to know of it again is to be told that it is there.
        is_there = self._opener.way.repeatable and visit.reference in self._left
        if isinstance(outcome, Refusal) or (isinstance(outcome, Unknown) and is_there):
            answer = outcome.message or (outcome.code if isinstance(outcome, Refusal) else "")
            self._say(refused, **params, answer=answer)
        elif isinstance(outcome, Unknown):
            self._doubtful.append(visit.reference)
            self._say("check-doubt", **params, cause=outcome.message)
        else:
            self._left.append(visit.reference)
            self._say(opened, **params)
            return outcome, seconds
        return None, seconds

    async def _where(self, visit: Visit, opened: Opened) -> None:
        """Where the payer is sent, how long that is good for, and what is said of it before anybody pays."""
        known = _known(visit, opened.token)
        began, url = time.perf_counter(), opened.url
        found = await self._asked(known)
        while found and not (url or found.url) and time.perf_counter() - began < PATIENCE_SECONDS:
            await asyncio.sleep(SECONDS_BETWEEN_QUESTIONS)
            found = await self._asked(known)
        url = url or (found.url if found else "")
        if not url:
            self._say("check-where-untold", seconds=f"{time.perf_counter() - began:.0f}")
        else:
            self._say("check-where", seconds=f"{time.perf_counter() - began:.1f}", url=url)
            if not self._may_send_to(url):
                self._say("check-host-unlisted", host=urls.host_of(url) or url[:60])
        if found:
            self._say(f"check-standing-{found.standing}")
        self._say("check-life", minutes=f"{self._opener.way.seconds / 60:.0f}")

    async def _stands(self, known: Known) -> None:
        found = await self._asked(known)
        if found:
            self._say(f"check-standing-{found.standing}")

    async def _asked(self, known: Known) -> Found | None:
        try:
            (found,) = await self._opener.ask([known])
        except ProviderError as error:
            self._say("check-lookup-failed", cause=error.code)
            return None
        return found

    def _may_send_to(self, url: str) -> bool:
        hosts = self._settings.links.hosts or ["-"]
        return urlsplit(url).netloc in self._opener.way.hosts or not urls.faults(url, hosts, ("https",))


def _known(visit: Visit, token: str = "") -> Known:
    return Known(visit.reference, token, visit.amount, visit.obligation.currency)


def _another(visit: Visit, mark: str, amount: int) -> Visit:
    """The same payer under another id."""
    name = f"{visit.external_id}{mark}"
    return msgspec.structs.replace(visit, reference=name, external_id=name, amount=amount)
