"""ePagos over its REST API v1.0 or SOAP 2.5: lotes of up to 50 operations or single ones, and look-ups.

Codes of answers: ePagos' developer pages ("02002"), which its REST sends as numbers (2002). What was only
inferred of it is marked ASSUMED where it decides something.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

import msgspec

from emission.config import Settings
from emission.errors import DisagreementError, ProviderError, UnavailableError
from emission.model import Operation, Role
from emission.payment import News, Notice
from emission.providers.base import Capabilities, Created, Linked, OperationState, Order, Outcome, Refusal, Unknown
from emission.providers.epagos import access, hearing, linked, wire
from emission.providers.epagos import answer as answers
from emission.providers.epagos.answer import Respuesta
from emission.providers.epagos.queries import Queries
from emission.providers.epagos.request import CURRENCY, LONGEST_URL, bill_url, pedido
from emission.providers.epagos.rest import Rest
from emission.providers.epagos.session import Session
from emission.providers.epagos.soap import NAMESPACES, Soap
from emission.providers.epagos.wire import Wire
from emission.providers.http import Client, JsonClient, NoAnswerError
from emission.providers.kind import Kind
from emission.providers.manners import manners, patiently
from emission.providers.noticing import Heard, Openings
from emission.providers.reading import UnusableError, whole_number

DUE_DATES = 2
T = TypeVar("T")

PAGE = 100  # operations on one page of a look-up
MOST_PAGES = 10

CREATED = frozenset({2001, 2002, 8001})
REFUSED = frozenset({2004, 2006, 2007, 2008, 8004, 8007})  # rejected, parameter, cancelled, amounts
NO_SUCH_MEANS = 2009
MISCONFIGURED = frozenset({NO_SUCH_MEANS, 2010, 8005, 8008})  # means of payment, version, size of a lote
# 2005, 8003, 8006 (internal) and every code that is not here may have created something: only a look-up tells.
FOUND = 4001


def capabilities(settings: Settings) -> Capabilities:
    """Known before credentials are."""
    return Capabilities(
        batch_size=settings.provider.batch_size,
        due_dates=DUE_DATES,
        lookup=True,
        calls=True,
        lookup_lacks=(Role.LINK_CODE, Role.PMC_CODE),
        link=settings.provider.epagos.linked_qr,
    )


class Epagos:
    """The adapter; see :class:`emission.providers.base.Provider` for what its methods promise."""

    name = "epagos"

    def __init__(self, settings: Settings, session: Session) -> None:
        self._provider = settings.provider
        self._codes = settings.codes
        self._session = session
        self._queries = Queries(session)
        self.capabilities = capabilities(settings)

    async def issue(self, orders: Sequence[Order]) -> Sequence[Outcome]:
        """One creating call for all of them, then look-ups for those whose QR did not come with it."""
        outcomes: dict[str, Outcome] = {}
        for order in orders:
            if (code := self._not_for_epagos(order)) is not None:
                outcomes[order.external_id] = Refusal(code=code, message="")
        sent = [order for order in orders if order.external_id not in outcomes]
        if sent:
            try:
                created = await self._create(sent)
            except (NoAnswerError, UnusableError) as error:
                created = [Unknown(error.code)] * len(sent)
            outcomes |= {order.external_id: outcome for order, outcome in zip(sent, created, strict=True)}
            outcomes |= await self._missing_qrs(sent, outcomes)
        return [outcomes[order.external_id] for order in orders]

    async def lookup(self, order: Order) -> Sequence[Operation]:
        """All operations under the order's external id, page by page."""
        return await self._look_up(order, lambda raw: self._found(raw, order))

    async def state(self, order: Order, number: str) -> OperationState:
        """By the ``Estado`` of a look-up; unknown where the number is not among the answers, or twice and at odds."""
        told = await self._look_up(order, lambda raw: answers.state_of(raw, order, number))
        return told[0] if len(set(told)) == 1 else OperationState.UNKNOWN

    def news(self, since: datetime.date, until: datetime.date) -> AsyncIterator[News]:
        """See :class:`emission.providers.base.Querying`."""
        return self._queries.news(since, until)

    async def told_of(self, number: str, external_id: str) -> News:
        """See :class:`emission.providers.base.Answering`."""
        return await self._queries.told_of(number, external_id)

    async def link(self, operations: Sequence[Linked]) -> str | Refusal:
        """See :class:`emission.providers.base.Linking`."""
        return await linked.link(self._session, operations)

    async def hear(self, notice: Notice, openings: Openings) -> Heard:
        """Nothing is signed: a notice says which operation to ask about, and no more."""
        del openings
        return hearing.hear(notice)

    async def _look_up(self, order: Order, read: Callable[[msgspec.Raw], T | None]) -> list[T]:
        """What ``read`` makes of every operation under the order's external id, page by page."""
        found: list[T] = []
        try:
            for page in range(1, MOST_PAGES + 1):
                head = await patiently(partial(self._page, order, page))
                items = head.pago or []
                found += [item for raw in items if (item := read(raw)) is not None]
                if not items or whole_number(head.cantidadTotal or len(items)) <= page * PAGE:
                    return found
        except (NoAnswerError, UnusableError) as error:
            kind = DisagreementError if error.code == "answer-disagrees" else UnavailableError
            code = "lookup-disagrees" if kind is DisagreementError else "lookup-failed"
            raise kind(code, host=self._session.host, external_id=order.external_id, cause=error.code) from error
        raise ProviderError("lookup-endless", host=self._session.host, external_id=order.external_id)

    async def aclose(self) -> None:
        await self._session.aclose()

    async def _create(self, sent: Sequence[Order]) -> list[Outcome]:
        pedidos = [pedido(order, self._provider) for order in sent]
        if self.capabilities.batch_size == 1:
            (alone,) = pedidos
            reply = await self._session.call(wire.SINGLE, msgspec.structs.asdict(alone))
        else:
            reply = await self._session.call(wire.LOTE, {"lote": pedidos})
        code = reply.head.code
        if code in MISCONFIGURED:
            raise await self._misconfigured(code, self._session.words(reply.head))
        if code in REFUSED:
            return self._refusals(reply.head, sent)
        if code not in CREATED:
            return [Unknown("provider-internal-error")] * len(sent)
        if self.capabilities.batch_size == 1:
            return [self._created(reply.body, sent[0])]
        return self._lote(reply.head, sent)

    async def _misconfigured(self, code: int, answer: str) -> ProviderError:
        """The error for a person, with the means of payment there are where it is those that are wrong."""
        told = {"host": self._session.host, "number": code, "answer": answer}
        if code == NO_SUCH_MEANS:
            with suppress(ProviderError):
                known = [f"{number} {name}" for number, name, active in await self._queries.means() if active]
                return ProviderError("provider-means", **told, known=", ".join(known), form=self._provider.payment_form)
        return ProviderError("provider-misconfigured", **told)

    def _refusals(self, head: Respuesta, sent: Sequence[Order]) -> list[Outcome]:
        """One bad order refuses its lote; nothing of it was created (ASSUMED: only codes for the whole are documented).

        Where the provider names the guilty by its external id, the others may be accepted without it.
        """
        words = self._session.words(head)
        if len(sent) == 1:
            return [Refusal("provider-refused", words)]
        named = {order.external_id for order in sent if order.external_id in str(head.respuesta)}
        return [
            Refusal("provider-refused", words)
            if order.external_id in named
            else Refusal("provider-refused-lote", words, transient=bool(named))
            for order in sent
        ]

    def _lote(self, head: Respuesta, sent: Sequence[Order]) -> list[Outcome]:
        """Matched by external id, never by position: an order without exactly one item of its own stays unknown."""
        items: dict[str, list[msgspec.Raw]] = {}
        for raw in head.lote or []:
            try:
                items.setdefault(answers.external_id(raw), []).append(raw)
            except UnusableError:
                continue  # whose it was cannot be read: its order finds no item and stays unknown
        outcomes: list[Outcome] = []
        for order in sent:
            own = items.get(order.external_id, [])
            if len(own) == 1:
                outcomes.append(self._created(own[0], order))
            else:
                outcomes.append(Unknown("answer-item-repeated" if own else "answer-item-missing"))
        return outcomes

    def _created(self, raw: bytes | msgspec.Raw, order: Order) -> Outcome:
        try:
            operation = answers.created(raw, order, provider=self._provider, qr_source=self._codes.qr_source)
        except UnusableError as error:
            return Unknown(error.code)
        return _with_warnings(operation)

    async def _missing_qrs(self, sent: Sequence[Order], outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
        """Where no QR came (whether REST's lote brings one is not documented), its address by look-up."""
        if self._codes.qr == "optional" or self._codes.qr_source == "t30":
            return {}
        waiting = [
            (order, outcome.operation)
            for order in sent
            if isinstance(outcome := outcomes[order.external_id], Created) and not outcome.operation.text(Role.QR)
        ]
        found = await asyncio.gather(*(self._with_qr(order, operation) for order, operation in waiting))
        return {order.external_id: outcome for (order, _), outcome in zip(waiting, found, strict=True)}

    async def _with_qr(self, order: Order, operation: Operation) -> Outcome:
        try:
            held = await self.lookup(order)
        except ProviderError:
            return Unknown("qr-not-asked")  # created all right; a later look-up finds it with its address
        url = next((one.text(Role.PAYMENT_URL) for one in held if one.number == operation.number), "")
        return _with_warnings(answers.with_links(operation, t30="", url=url, qr_source=self._codes.qr_source))

    async def _page(self, order: Order, page: int) -> Respuesta:
        wanted = {"ExternoId": order.external_id, "Pagina": page}
        reply = await self._session.call(wire.PAYMENTS, {"pago": wanted})
        if reply.head.code != FOUND:
            raise ProviderError(
                "lookup-refused",
                host=self._session.host,
                external_id=order.external_id,
                number=reply.head.code,
                answer=self._session.words(reply.head),
            )
        return reply.head

    def _not_for_epagos(self, order: Order) -> str | None:
        if order.obligation.currency != CURRENCY:
            return "provider-currency"
        if len(bill_url(order, self._provider.epagos.bill_url)) > LONGEST_URL:
            return "provider-bill-url"
        return "provider-due-dates" if len(order.obligation.due_dates) > DUE_DATES else None

    def _found(self, raw: msgspec.Raw, order: Order) -> Operation | None:
        return answers.found(raw, order, provider=self._provider, qr_source=self._codes.qr_source)


def open_epagos(settings: Settings, base_url: str, environ: Mapping[str, str]) -> Epagos:
    """The adapter for ``settings``; nothing is asked yet.

    Raises:
        UsageError: see :func:`emission.providers.open_provider`.
    """
    return Epagos(settings, Session(_wire(settings, base_url), access.credentials(settings, environ)))


def _wire(settings: Settings, base_url: str) -> Wire:
    provider = settings.provider
    address, path = access.address(settings, base_url), ""
    if provider.transport == "soap":
        address, path = access.endpoint(address)
    if provider.transport == "rest":
        return Rest(JsonClient(address, **manners(provider)))
    namespace = provider.epagos.soap_namespace or NAMESPACES[settings.environment]
    action = provider.epagos.soap_action or f"{namespace.rstrip('/')}/"
    return Soap(Client(address, **manners(provider)), path=path, namespace=namespace, action=action)


def check_access(settings: Settings, environ: Mapping[str, str]) -> None:
    """Raises :class:`UsageError` where the adapter could not be opened outside of the sandbox."""
    access.address(settings, "")
    access.credentials(settings, environ)


KIND = Kind(
    open=open_epagos,
    check_access=check_access,
    capabilities=capabilities,
    agreement=lambda settings: str(settings.provider.convenio),
    facts=lambda settings: settings.provider.model_dump(include={"convenio", "payment_form"}),
    posts=True,
)


def _with_warnings(operation: Operation) -> Created:
    left_out = {Role.BARCODE: "barcode-not-given", Role.QR: "qr-not-given"}
    return Created(operation, tuple(code for role, code in left_out.items() if not operation.text(role)))
