"""ePagos on loopback: REST v1.0 and SOAP 2.5 over one service, and the controls that let money come and go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from emission.sandbox.control import Control, Fields
from emission.sandbox.epagos import operations, settling
from emission.sandbox.epagos.operations import Kept
from emission.sandbox.epagos.payment import pay
from emission.sandbox.epagos.service import Service
from emission.sandbox.epagos.settling import Marked, Settling
from emission.sandbox.epagos.soap import Soap
from emission.sandbox.faults import Faults
from emission.sandbox.memory import Memory

Endpoint = Callable[[Request], Awaitable[Response]]

# REST's places (ePagos' Java SDK); business answers are HTTP 200.
_PLACES = {
    "obtener_token": ("PUT", "/token"),
    "solicitud_pago": ("PUT", "/transaccion"),
    "obtener_pagos": ("GET", "/transaccion"),
    "solicitud_pago_lote": ("PUT", "/transaccionLote"),
    "obtener_rendiciones": ("GET", "/rendicion"),
    "obtener_contracargos": ("GET", "/contracargo"),
    "obtener_pagos_adicionales": ("GET", "/pagoAdicional"),
    "obtener_entidades_pago": ("GET", "/entidadPago"),
}
_MARKS: dict[str, Callable[[Kept, Marked], Kept]] = {
    "pay": settling.pay,
    "cancel": settling.cancel,
    "return": settling.give_back,
    "chargeback": settling.charge_back,
}
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Sandbox:
    """The endpoints over one memory."""

    def __init__(self, memory: Memory[Kept], faults: Faults) -> None:
        self._memory = memory
        self._faults = faults
        self._service = Service(memory, faults)

    def app(self) -> Starlette:
        around = self._faults.around
        rest = [Route(path, around(self._rest(name)), methods=[verb]) for name, (verb, path) in _PLACES.items()]
        control = [
            *Control(self._memory, self._faults, listed=operations.listed, pay=pay).routes(),
            *(Route(f"/_sandbox/{name}", self._marking(mark), methods=["POST"]) for name, mark in _MARKS.items()),
            Route("/_sandbox/settle", self.settle, methods=["POST"]),
        ]
        soap = Soap(self._service, self._faults)
        return Starlette(routes=[*control, *soap.routes(), *rest, Mount("/v1.0", routes=rest)])

    async def settle(self, request: Request) -> Response:
        """Settles whatever is not; how many settlements that makes."""
        try:
            on = msgspec.json.decode(await request.body(), type=Settling).on
        except msgspec.MsgspecError as error:
            return Response(str(error), status_code=400)
        return Response(b'{"settlements":%d}' % settling.settle(self._memory, on), media_type="application/json")

    def _rest(self, method: str) -> Endpoint:
        async def answer(request: Request) -> Response:
            return await self._service.answer(method, await request.body(), _json)

        return answer

    def _marking(self, mark: Callable[[Kept, Marked], Kept]) -> Endpoint:
        async def marked(request: Request) -> Response:
            """Marks the operation that the body names; 404 where there is none."""
            try:
                wanted = msgspec.json.decode(await request.body(), type=Marked)
                kept = self._memory.of(int(wanted.number))
            except (msgspec.MsgspecError, ValueError) as error:
                return Response(str(error), status_code=400)
            if kept is None:
                return Response(status_code=404)
            self._memory.change(mark(kept, wanted))
            return Response(status_code=204)

        return marked


def _json(fields: Fields) -> Response:
    return Response(_ENCODER.encode(fields), media_type="application/json")
