"""Things that go wrong, on demand: the one seam through which the sandbox misbehaves.

``POST /_sandbox/faults`` with ``{"fault": name, "times": n, "every": k, "seconds": s}`` arms a fault: of the
calls that it concerns it hits each ``k``-th, ``n`` times in all. ``DELETE`` disarms them. Creations are committed
before the answer goes wrong, except by ``down``, which does nothing at all, and ``late``, which commits afterwards.
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
    CUT_BODY = "cut-body"  # committed; the connection closes in the middle of the body
    ERROR_AFTER_COMMIT = "error-after-commit"  # committed; HTTP 500
    LATE = "late"  # the connection closes; committed only ``seconds`` later
    TWICE = "twice"  # every order of the call creates two operations
    DROP_ITEM = "drop-item"  # the first item of a lote is missing from its answer
    REORDER = "reorder"  # the items of a lote come back in the opposite order
    NO_QR = "no-qr"  # a created operation comes without any QR
    NO_PAYMENT_CODES = "no-payment-codes"  # a created operation comes without codigo_link and codigo_pmc
    SLOW = "slow"  # the answer waits ``seconds``
    DOWN = "down"  # HTTP 503, nothing done


class Arming(msgspec.Struct):
    """The body of the control call, and what is left of it: ``met`` counts the calls that it concerned."""

    fault: Kind
    times: int = 1
    every: int = 1
    seconds: float = 1.0
    met: int = 0


class Faults:
    """What is armed, and how often still."""

    def __init__(self) -> None:
        self._armed: dict[Kind, Arming] = {}

    async def arm(self, request: Request) -> Response:
        """The control call; an unreadable one is answered 400."""
        try:
            arming = msgspec.json.decode(await request.body(), type=Arming)
        except msgspec.MsgspecError as error:
            return Response(str(error), status_code=400)
        self._armed[arming.fault] = arming
        return Response(status_code=204)

    async def disarm(self, _request: Request) -> Response:
        """From now on everything goes well."""
        self._armed.clear()
        return Response(status_code=204)

    def take(self, kind: Kind) -> bool:
        """Whether this call is hit; each hit uses one up."""
        arming = self._armed.get(kind)
        if arming is None or arming.times <= 0:
            return False
        arming.met += 1
        hit = arming.met % max(1, arming.every) == 0
        arming.times -= hit
        return hit

    def seconds(self, kind: Kind) -> float:
        """How long an armed fault takes."""
        return self._armed[kind].seconds

    def wound(self, items: list[dict[str, object]]) -> list[dict[str, object]]:
        """The items of a lote as they leave."""
        if self.take(Kind.DROP_ITEM):
            items = items[1:]
        return items[::-1] if self.take(Kind.REORDER) else items

    async def on_the_way_out(self, answer: Response) -> Response:
        """The answer to a creation as it leaves."""
        if self.take(Kind.SLOW):
            await asyncio.sleep(self.seconds(Kind.SLOW))
        if self.take(Kind.ERROR_AFTER_COMMIT):
            return Response("internal error", status_code=500)
        if self.take(Kind.CUT_BODY):
            return CutAnswer(bytes(answer.body))
        return CutAnswer(b"") if self.take(Kind.LOSE_ANSWER) else answer


class CutAnswer(Response):
    """Promises a whole body and ends in the middle of it: the server has no choice but to close the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        whole = bytes(self.body)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % (len(whole) or 1000))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": whole[: len(whole) // 2], "more_body": True})
