"""ePagos' REST API v1.0: a verb and a path a question, ``GET`` with a body too (ePagos' Java SDK, RestTransport)."""

from __future__ import annotations

from emission.providers.epagos import wire
from emission.providers.epagos.wire import Content
from emission.providers.http import Answer, JsonClient

_PLACES = {
    wire.ACCESS: ("PUT", "/token"),
    wire.SINGLE: ("PUT", "/transaccion"),
    wire.LOTE: ("PUT", "/transaccionLote"),
    wire.PAYMENTS: ("GET", "/transaccion"),
    wire.SETTLEMENTS: ("GET", "/rendicion"),
    wire.CHARGEBACKS: ("GET", "/contracargo"),
    wire.FURTHER_PAYMENTS: ("GET", "/pagoAdicional"),
    wire.MEANS: ("GET", "/entidadPago"),
}


class Rest:
    """The transport ``rest``; see :class:`emission.providers.epagos.wire.Wire`."""

    def __init__(self, client: JsonClient) -> None:
        self.host = client.host
        self._client = client

    async def ask(self, question: str, who: Content, content: Content) -> Answer:
        method, path = _PLACES[question]
        return await self._client.request(method, path, {**who, **content})

    async def aclose(self) -> None:
        await self._client.aclose()
