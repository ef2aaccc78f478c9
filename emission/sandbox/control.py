"""The sandbox's own controls, the same in every room: what was created, who paid, what is to go wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Generic, NamedTuple

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from emission.sandbox.faults import Faults
from emission.sandbox.memory import K, Memory
from emission.sandbox.notices import Notice, Payment, send

Fields = dict[str, object]
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Address(msgspec.Struct):
    """The body of ``POST /_sandbox/notices``."""

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://")]


class Paid(NamedTuple, Generic[K]):
    """The operation as it is after a payment, and what is said of it."""

    kept: K
    notice: Notice


class Control(Generic[K]):
    """``listed`` tells of an operation to who counts them from outside: amounts as text.

    ``pay`` is handed the operations under one external id, oldest first, of which there is at least one; it raises
    :class:`ValueError` for a payment that the provider does not know.
    """

    def __init__(
        self,
        memory: Memory[K],
        faults: Faults,
        *,
        listed: Callable[[K], Fields],
        pay: Callable[[Sequence[K], Payment], Paid[K]],
    ) -> None:
        self._memory = memory
        self._faults = faults
        self._listed = listed
        self._pay = pay
        self._address = ""

    def routes(self) -> list[Route]:
        return [
            Route("/_sandbox/operations", self.listing, methods=["GET"]),
            Route("/_sandbox/operations", self.forget, methods=["DELETE"]),
            Route("/_sandbox/pay/{external_id}", self.pay, methods=["POST"]),
            Route("/_sandbox/notices", self.told_where, methods=["POST"]),
            Route("/_sandbox/faults", self._faults.arm, methods=["POST"]),
            Route("/_sandbox/faults", self._faults.disarm, methods=["DELETE"]),
        ]

    async def listing(self, _request: Request) -> Response:
        """Every operation ever created, in the order of its creation."""
        return StreamingResponse(self._listing(), media_type="application/json")

    async def _listing(self) -> AsyncIterator[bytes]:
        count = self._memory.count()
        yield b'{"count":%d,"operations":[' % count
        for position, kept in enumerate(self._memory.all(count)):
            yield (b"," if position else b"") + _ENCODER.encode(self._listed(kept))
        yield b"]}"

    async def forget(self, _request: Request) -> Response:
        """Nothing was ever created."""
        self._memory.forget()
        return Response(status_code=204)

    async def told_where(self, request: Request) -> Response:
        """Where notices go of operations that name no address of their own, as in a provider's panel."""
        try:
            self._address = msgspec.json.decode(await request.body(), type=Address).url
        except msgspec.MsgspecError as error:
            return Response(str(error), status_code=400)
        return Response(status_code=204)

    async def pay(self, request: Request) -> Response:
        """Somebody pays; the very notice is the answer, and leaves once that is given."""
        try:
            payment = msgspec.json.decode(await request.body() or b"{}", type=Payment)
        except msgspec.MsgspecError as error:
            return Response(str(error), status_code=400)
        held = self._memory.under(request.path_params["external_id"])
        if not held:
            return Response(status_code=404)
        try:
            kept, notice = self._pay(held, payment)
        except ValueError as error:
            return Response(str(error), status_code=400)
        self._memory.change(kept)
        address = notice.address or self._address
        sending = BackgroundTask(send, notice, address) if address else None
        answer = _ENCODER.encode({"notice": notice.content})
        return Response(answer, media_type="application/json", background=sending)
