"""BIND PSP: a ``Deuda`` for each obligation, and its interoperable QR by a second call.

What its pages leave open is configuration (``[provider.bind]``, docs/providers/bind.md). Between the two calls a debt
is created and its codes are pending: a look-up by our own id finds it, so nothing is lost and nothing made twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import quote

from emission.codes import emv
from emission.codes.faults import CodeError
from emission.config import Settings
from emission.errors import DisagreementError, ProviderError, UnavailableError
from emission.model import Operation, Role
from emission.payment import News, Notice
from emission.providers import bind_access as access
from emission.providers import bind_answer as answers
from emission.providers import bind_paid as paid
from emission.providers.base import (
    CODES_PENDING,
    Capabilities,
    Created,
    OperationState,
    Order,
    Outcome,
    Refusal,
    Unknown,
)
from emission.providers.bind_access import Till
from emission.providers.bind_answer import Creada, Deuda
from emission.providers.bind_request import CURRENCY, DUE_DATES, PESOS, deuda
from emission.providers.bind_session import MISDIRECTED, Session, open_session
from emission.providers.http import Answer, NoAnswerError
from emission.providers.kind import Kind
from emission.providers.manners import patiently
from emission.providers.noticing import Heard, Openings
from emission.providers.reading import UnusableError

PATH = "/bindentidad-deuda-v2/v2/api/v1.201/Deuda"
TILL = ("comercio", "sucursal", "caja")


def capabilities(settings: Settings) -> Capabilities:
    """Known before credentials are."""
    del settings
    return Capabilities(batch_size=1, due_dates=DUE_DATES, lookup=True, calls=True, cancel=True, calls_a_batch=2)


class Bind:
    """The adapter; see :class:`emission.providers.base.Provider` for what its methods promise."""

    name = "bind"

    def __init__(self, settings: Settings, till: Till, session: Session) -> None:
        self._bind = settings.provider.bind
        self._till = till
        self._session = session
        self.capabilities = capabilities(settings)

    async def issue(self, orders: Sequence[Order]) -> Sequence[Outcome]:
        """A creating call, and one for its QR."""
        return [await self._issue(order) for order in orders]

    async def _issue(self, order: Order) -> Outcome:
        if order.obligation.currency != CURRENCY:
            return Refusal("provider-currency", "")
        if len(order.obligation.due_dates) > DUE_DATES:
            return Refusal("provider-due-dates", "")
        try:
            answer = await self._session.call("POST", PATH, deuda(order, self._till, self._bind))
            if (refused := self._refused(answer)) is not None:
                return refused
            number = answers.number_of(self._session.read(answer, Creada))
        except (NoAnswerError, UnusableError) as error:
            return Unknown(error.code)
        return await self._with_codes(order, number)

    def _refused(self, answer: Answer) -> Outcome | None:
        if answer.status in self._bind.exists:
            return Unknown("answer-exists")  # by whomever: a look-up tells whether it is what we ask for
        if answer.status in MISDIRECTED:
            raise ProviderError("provider-http-refused", host=self._session.host, status=answer.status)
        if 400 <= answer.status < 500:
            return Refusal("provider-refused", self._session.words(answer))
        return None

    async def _with_codes(self, order: Order, number: str) -> Outcome:
        """The debt that was just created, once its QR is there; a later look-up goes on where this one fails."""
        try:
            debts = await self._debts(f"deudaId={quote(number, safe='')}")
            made = [answers.operation(debt, order, self._bind.states) for debt in debts]
        except UnusableError as error:
            return Unknown(error.code)
        except (ProviderError, NoAnswerError):
            return Unknown(CODES_PENDING)
        if len(made) != 1 or not made[0].codes:
            return Unknown(CODES_PENDING)
        return Created(made[0]) if _is_emv(made[0]) else Unknown("answer-unreadable")

    async def lookup(self, order: Order) -> Sequence[Operation]:
        """All debts under the order's external id; one whose QR is not made yet has no codes."""
        try:
            debts = await self._under(order)
            return [answers.operation(debt, order, self._bind.states) for debt in debts]
        except (NoAnswerError, UnusableError) as error:
            kind = DisagreementError if error.code == "answer-disagrees" else UnavailableError
            code = "lookup-disagrees" if kind is DisagreementError else "lookup-failed"
            raise kind(code, host=self._session.host, external_id=order.external_id, cause=error.code) from error

    async def state(self, order: Order, number: str) -> OperationState:
        """By payments and ``estado``; unknown where the number is not among the answers."""
        try:
            told = [
                answers.state(debt, self._bind.states)
                for debt in await self._under(order)
                if answers.number_of(debt) == number
            ]
        except (NoAnswerError, UnusableError) as error:
            raise UnavailableError(
                "lookup-failed", host=self._session.host, external_id=order.external_id, cause=error.code
            ) from error
        return told[0] if len(set(told)) == 1 else OperationState.UNKNOWN

    async def cancel(self, order: Order, number: str) -> bool:
        """Deletes the debt; a payment that came first is told by the look-up that follows."""
        try:
            answer = await self._session.call("DELETE", f"{PATH}/{quote(number, safe='')}")
        except NoAnswerError:
            answer = None  # it may be gone all the same
        gone = answer is not None and 200 <= answer.status < 300
        return gone or await self.state(order, number) is OperationState.DEAD

    async def hear(self, notice: Notice, openings: Openings) -> Heard:
        """Nothing is signed: a notice says which debts to ask about, and no more."""
        del openings
        return paid.hear(notice)

    async def told_of(self, number: str, external_id: str) -> News:
        """See :class:`emission.providers.base.Answering`."""
        named = f"deudaId={quote(number, safe='')}" if number else _by_id(external_id)
        try:
            debts = [debt for debt in await self._debts(named) if not number or answers.number_of(debt) == number]
            told = tuple(one for debt in debts for one in paid.sightings(debt, self._bind.states))
        except (NoAnswerError, UnusableError) as error:
            raise ProviderError("query-failed", host=self._session.host, cause=error.code) from error
        return News(tuple(one for one in told if not external_id or one.external_id in ("", external_id)))

    async def aclose(self) -> None:
        await self._session.aclose()

    async def _under(self, order: Order) -> list[Deuda]:
        found = await self._debts(_by_id(order.external_id))
        return [debt for debt in found if answers.is_of(debt, order)]

    async def _debts(self, query: str) -> list[Deuda]:
        """One object, a list of them, or none: which of these a look-up answers by our id is not documented."""
        return await patiently(partial(self._asked, query))

    async def _asked(self, query: str) -> list[Deuda]:
        answer = await self._session.call("GET", f"{PATH}?{query}")
        if answer.status in self._bind.absent or (answer.status < 300 and answer.body.strip() in {b"", b"null"}):
            return []
        if answer.status >= 300:
            raise ProviderError("lookup-status", host=self._session.host, status=answer.status)
        told = self._session.read(answer, Deuda | list[Deuda])  # type: ignore[arg-type] # a union is no type to mypy
        return told if isinstance(told, list) else [told]


def open_bind(settings: Settings, base_url: str, environ: Mapping[str, str]) -> Bind:
    """The adapter for ``settings``; nothing is asked yet.

    Raises:
        UsageError: see :func:`emission.providers.open_provider`.
    """
    till = access.till(settings)
    return Bind(settings, till, open_session(settings, base_url, environ))


def check_access(settings: Settings, environ: Mapping[str, str]) -> None:
    """Raises :class:`UsageError` where the adapter could not be opened outside of the sandbox."""
    access.address(settings, "")
    access.till(settings)
    access.client(settings, "", environ)


def agreement(settings: Settings) -> str:
    """The till stands for the agreement: a debt of another till is another debt."""
    till = access.till(settings)
    return f"{till.comercio}/{till.sucursal}/{till.caja}"


KIND = Kind(
    open=open_bind,
    check_access=check_access,
    capabilities=capabilities,
    agreement=agreement,
    facts=lambda settings: {f"bind.{name}": getattr(settings.provider.bind, name) for name in TILL},
    posts=True,
)


def _by_id(external_id: str) -> str:
    return f"codigoDeuda={quote(external_id, safe='')}&moneda={PESOS}"


def _is_emv(operation: Operation) -> bool:
    """Whether the text is a sound EMV one: what a payer's wallet cannot read is no code."""
    try:
        emv.parse(operation.text(Role.QR))
    except CodeError:
        return False
    return True
