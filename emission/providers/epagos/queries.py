"""ePagos is asked what was paid: payments page by page, further payments, chargebacks and settlements.

By the day on which ePagos took note (``FechaNovedadAcreditacion``), as its developer pages advise. How long a range may
be is not documented: what is refused for its length is asked again by halves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from emission.errors import ProviderError
from emission.payment import News
from emission.providers.epagos import collected, wire
from emission.providers.epagos.answer import Respuesta
from emission.providers.epagos.session import Session
from emission.providers.http import NoAnswerError
from emission.providers.reading import UnusableError, whole_number

PAGE = 100  # operations on a page
MOST_PAGES = 10_000
DAYS = 15  # of a first question
DAYS_OF_RETURNS = 90  # a returned payment keeps the day of its payment: how far back they are looked for

FOUND = {
    wire.PAYMENTS: 4001,
    wire.SETTLEMENTS: 5001,
    wire.CHARGEBACKS: 6001,
    wire.FURTHER_PAYMENTS: 7001,
    wire.MEANS: 3001,
}
TOO_LONG = frozenset({4004, 5004, 6004, 7004})

T = TypeVar("T")
Span = tuple[dt.date, dt.date]  # first and last day
Criteria = Mapping[str, object]
# A question about a span of days: the pieces that it comes to.
Ask = Callable[[Span], AsyncIterator[News]]


class RangeError(Exception):
    """A span of days that is too long for the provider."""


class Queries:
    """Questions of one conversation; nothing is kept between them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def news(self, since: dt.date, until: dt.date) -> AsyncIterator[News]:
        """See :class:`emission.providers.base.Querying`."""
        questions: Sequence[tuple[Ask, dt.date]] = (
            (self._payments, since),
            (self._returns, since - dt.timedelta(days=DAYS_OF_RETURNS)),
            (self._further_payments, since),
            (self._chargebacks, since),
            (self._settlements, since),
            (self._deposits, since),
        )
        for ask, first in questions:
            for span in _spans(first, until):
                async for piece in self._by_halves(ask, span):
                    if piece.sightings or piece.settlements:
                        yield piece

    async def told_of(self, number: str, external_id: str) -> News:
        """See :class:`emission.providers.base.Querying`."""
        criteria: Criteria = {"ExternoId": external_id} if external_id else {"CodigoUnicoTransaccion": int(number)}
        pieces = [piece async for piece in self._paged(criteria)]
        told = tuple(one for piece in pieces for one in piece.sightings if not number or one.number == number)
        return News(sightings=told)

    async def means(self) -> list[tuple[int, str, bool]]:
        """The means of payment of this organism: number, name, and whether each is active.

        Raises:
            ProviderError: as :meth:`news`.
        """
        head = await self._ask(wire.MEANS, {"fp": []})
        return [self._read(collected.means, raw) for raw in head.fp or []]

    def _payments(self, span: Span) -> AsyncIterator[News]:
        return self._paged(_noted(span))

    def _returns(self, span: Span) -> AsyncIterator[News]:
        return self._paged({"Estado": collected.RETURNED, **_noted(span)})

    async def _further_payments(self, span: Span) -> AsyncIterator[News]:
        head = await self._ask(wire.FURTHER_PAYMENTS, {"pagos": _dated("Fecha", span)})
        for raw in head.pagos_adicionales or []:
            yield self._read(collected.further_payment, raw)

    async def _chargebacks(self, span: Span) -> AsyncIterator[News]:
        criteria = {"Numero": "", "Estado": "", **_dated("Fecha", span)}
        head = await self._ask(wire.CHARGEBACKS, {"contracargos": criteria})
        for raw in head.contracargos or []:
            yield self._read(collected.chargeback, raw)

    async def _settlements(self, span: Span) -> AsyncIterator[News]:
        head = await self._ask(wire.SETTLEMENTS, {"rendicion": _dated("Fecha", span)})
        for raw in head.rendicion or []:
            yield self._read(collected.settlement, raw)

    async def _deposits(self, span: Span) -> AsyncIterator[News]:
        head = await self._ask(wire.SETTLEMENTS, {"rendicion": _dated("Fecha_deposito", span)})
        for raw in head.rendicion or []:
            yield self._read(collected.settlement, raw)

    async def _paged(self, criteria: Criteria) -> AsyncIterator[News]:
        told = 0
        for page in range(1, MOST_PAGES + 1):
            head = await self._ask(wire.PAYMENTS, {"pago": {**criteria, "Pagina": page}})
            items = head.pago or []
            told += len(items)
            for raw in items:
                yield self._read(collected.payment, raw)
            total = self._count(head, told)
            if told >= total:
                return
            if not items:
                raise ProviderError("query-short", host=self._session.host, found=told, total=total)
        raise ProviderError("query-endless", host=self._session.host)

    async def _by_halves(self, ask: Ask, span: Span) -> AsyncIterator[News]:
        first, last = span
        try:
            # All of it before any of it is believed: a range is refused at its first page, if it is.
            pieces = [piece async for piece in ask(span)]
        except RangeError:
            if first == last:
                raise ProviderError("query-range", host=self._session.host, day=first.isoformat()) from None
            middle = first + (last - first) / 2
            for half in ((first, middle), (middle + dt.timedelta(days=1), last)):
                async for piece in self._by_halves(ask, half):
                    yield piece
            return
        for piece in pieces:
            yield piece

    async def _ask(self, question: str, content: Criteria) -> Respuesta:
        try:
            head = (await self._session.call(question, content)).head
            code = head.code
        except (NoAnswerError, UnusableError) as error:
            raise ProviderError("query-failed", host=self._session.host, cause=error.code) from error
        if code in TOO_LONG:
            raise RangeError
        if code != FOUND[question]:
            words = self._session.words(head)
            raise ProviderError("query-refused", host=self._session.host, number=code, answer=words)
        return head

    def _count(self, head: Respuesta, told: int) -> int:
        try:
            return told if head.cantidadTotal is None else whole_number(head.cantidadTotal)
        except UnusableError as error:
            raise ProviderError("query-failed", host=self._session.host, cause=error.code) from error

    def _read(self, read: Callable[[msgspec.Raw], T], raw: msgspec.Raw) -> T:
        try:
            return read(raw)
        except UnusableError as error:
            raise ProviderError("query-failed", host=self._session.host, cause=error.code) from error


def _spans(first: dt.date, last: dt.date) -> list[Span]:
    starts = [first + dt.timedelta(days=days) for days in range(0, (last - first).days + 1, DAYS)]
    return [(start, min(start + dt.timedelta(days=DAYS - 1), last)) for start in starts]


def _noted(span: Span) -> Criteria:
    first, last = span
    return {
        "FechaNovedadAcreditacionDesde": f"{first} 00:00:00",
        "FechaNovedadAcreditacionHasta": f"{last} 23:59:59",
    }


def _dated(name: str, span: Span) -> Criteria:
    first, last = span
    return {f"{name}_desde": first.isoformat(), f"{name}_hasta": last.isoformat()}
