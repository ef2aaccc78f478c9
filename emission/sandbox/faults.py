"""Things that go wrong, on demand: the one seam through which the sandbox misbehaves.

``POST /_sandbox/faults`` with ``{"fault": name, "times": n, "seconds": s}`` arms a fault for the next ``n``
calls that it concerns. Creations are committed before any of these, except ``down``, which does nothing at all.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Kind(StrEnum):
    """What goes wrong."""

    LOSE_ANSWER = "lose-answer"  # committed; the connection closes after the head of the answer
    ERROR_AFTER_COMMIT = "error-after-commit"  # committed; HTTP 500
    DROP_ITEM = "drop-item"  # the first item of a lote is missing from its answer
    REORDER = "reorder"  # the items of a lote come back in the opposite order
    NO_QR = "no-qr"  # a created operation comes without any QR
    SLOW = "slow"  # the answer waits ``seconds``
    DOWN = "down"  # HTTP 503, nothing done


class Arming(msgspec.Struct):
    """The body of the control call."""

    fault: Kind
    times: int = 1
    seconds: float = 1.0


class Faults:
    """What is armed, and how often still."""

    def __init__(self) -> None:
        self._left: dict[Kind, int] = {}
        self._seconds = 0.0

    async def arm(self, request: Request) -> Response:
        """The control call; an unreadable one is answered 400."""
        try:
            arming = msgspec.json.decode(await request.body(), type=Arming)
        except msgspec.MsgspecError as error:
            return Response(str(error), status_code=400)
        self._left[arming.fault] = arming.times
        self._seconds = arming.seconds
        return Response(status_code=204)

    def take(self, kind: Kind) -> bool:
        """Whether this call is hit; each hit uses one up."""
        left = self._left.get(kind, 0)
        if left:
            self._left[kind] = left - 1
        return left > 0

    def wound(self, items: list[dict[str, object]]) -> list[dict[str, object]]:
        """The items of a lote as they leave."""
        if self.take(Kind.DROP_ITEM):
            items = items[1:]
        return items[::-1] if self.take(Kind.REORDER) else items

    async def on_the_way_out(self, answer: Response) -> Response:
        """The answer to a creation as it leaves."""
        if self.take(Kind.SLOW):
            await asyncio.sleep(self._seconds)
        if self.take(Kind.ERROR_AFTER_COMMIT):
            return Response("internal error", status_code=500)
        return LostAnswer() if self.take(Kind.LOSE_ANSWER) else answer


class LostAnswer(Response):
    """Promises a body and ends: the server has no choice but to close the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
