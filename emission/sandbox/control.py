"""The sandbox's own controls, the same in every room: what was created, a fresh start, and what is to go wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Generic

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from emission.sandbox.faults import Faults
from emission.sandbox.memory import K, Memory

Fields = dict[str, object]
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Control(Generic[K]):
    """``listed`` tells of an operation to who counts them from outside: amounts as text."""

    def __init__(self, memory: Memory[K], faults: Faults, listed: Callable[[K], Fields]) -> None:
        self._memory = memory
        self._faults = faults
        self._listed = listed

    def routes(self) -> list[Route]:
        return [
            Route("/_sandbox/operations", self.listing, methods=["GET"]),
            Route("/_sandbox/operations", self.forget, methods=["DELETE"]),
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
