"""Things that go wrong, on demand: the one seam through which the sandbox misbehaves.

``POST /_sandbox/faults`` with ``{"fault": name, "times": n, "every": k, "seconds": s}`` arms a fault: of the
calls that it concerns it hits each ``k``-th, ``n`` times in all. ``DELETE`` disarms them. Creations are committed
before the answer goes wrong, except by ``down``, ``error`` and ``throttle``, which do nothing at all, ``late``, which
commits afterwards, and ``partial``, which commits a half. With a ``rate`` it hits by chance, and the chances are drawn
from a seed: the same calls in the same order meet the same fate.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

T = TypeVar("T")
Endpoint = Callable[[Request], Awaitable[Response]]


class Kind(StrEnum):
    """What goes wrong. The first six concern every call of the contract, the others those that create."""

    LATENCY = "latency"  # any answer waits ``seconds``
    DOWN = "down"  # HTTP 503, nothing done
    ERROR = "error"  # HTTP 500, nothing done
    THROTTLE = "throttle"  # HTTP 429 with Retry-After of ``seconds``, nothing done
    TIMEOUT = "timeout"  # done; no answer for ``seconds``, and then the connection closes
    MALFORMED = "malformed"  # done; the answer is no JSON
    EXPIRE_TOKEN = "expire-token"  # noqa: S105 - tokens given out so far are good no more
    LOSE_ANSWER = "lose-answer"  # committed; the connection closes after the head of the answer
    CUT_BODY = "cut-body"  # committed; the connection closes in the middle of the body
    ERROR_AFTER_COMMIT = "error-after-commit"  # committed; HTTP 500
    LATE = "late"  # the connection closes; committed only ``seconds`` later
    TWICE = "twice"  # every order of the call creates two operations
    PARTIAL = "partial"  # the first half of a lote is created and answered, the rest is neither
    DROP_ITEM = "drop-item"  # the first item of a lote is missing from its answer
    REORDER = "reorder"  # the items of a lote come back in the opposite order
    NO_QR = "no-qr"  # a created operation comes without any QR
    NO_PAYMENT_CODES = "no-payment-codes"  # a created operation comes without codigo_link and codigo_pmc
    ODD_DATES = "odd-dates"  # SOAP: a look-up tells dates as they are no dates of its own declaration
    SLOW = "slow"  # the answer to a creation waits ``seconds``


SECONDS = {Kind.TIMEOUT: 60.0}  # where an arming names none: else one
FOR_EVER = 2**62


class Arming(msgspec.Struct, forbid_unknown_fields=True):
    """What is to go wrong: of the calls after the first ``after`` each ``every``-th, by chance where there is a rate.

    ``times`` in all: once where nothing is said, without end where there is a ``rate`` (0 to 1).
    """

    fault: Kind
    times: int | None = None
    every: int = 1
    after: int = 0
    rate: float | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.rate is not None and not 0 <= self.rate <= 1:
            raise ValueError(f"rate of {self.fault}: {self.rate} is not from 0 to 1")
        if self.every < 1 or self.after < 0 or (self.seconds or 0) < 0:
            raise ValueError(f"{self.fault}: every ≥ 1, after ≥ 0, seconds ≥ 0")


class _Armed:
    """An arming, and what is left of it."""

    def __init__(self, arming: Arming, seed: int) -> None:
        self.seconds = SECONDS.get(arming.fault, 1.0) if arming.seconds is None else arming.seconds
        self._arming = arming
        self._left = (1 if arming.rate is None else FOR_EVER) if arming.times is None else arming.times
        self._chance = random.Random(f"{seed} {arming.fault}")  # noqa: S311 - a fate that can be met again, no secret
        self._met = -arming.after

    def hits(self) -> bool:
        if self._left <= 0:
            return False
        self._met += 1
        if self._met < 1 or self._met % self._arming.every:
            return False
        if self._arming.rate is not None and self._chance.random() >= self._arming.rate:
            return False
        self._left -= 1
        return True


class Faults:
    """What is armed, and how often still. Of a fault that is armed several times each arming has its turn."""

    def __init__(self, script: list[Arming] | None = None, seed: int = 0) -> None:
        self._seed = seed
        self._armed: dict[Kind, list[_Armed]] = {}
        for arming in script or ():
            self._armed.setdefault(arming.fault, []).append(_Armed(arming, seed))
        self._seconds: dict[Kind, float] = {}

    async def arm(self, request: Request) -> Response:
        """The control call, which takes the place of what was armed of that fault; an unreadable one is 400."""
        try:
            arming = msgspec.json.decode(await request.body(), type=Arming)
        except msgspec.MsgspecError as error:
            return Response(str(error), status_code=400)
        self._armed[arming.fault] = [_Armed(arming, self._seed)]
        return Response(status_code=204)

    async def disarm(self, _request: Request) -> Response:
        """From now on everything goes well."""
        self._armed.clear()
        return Response(status_code=204)

    def take(self, kind: Kind) -> bool:
        """Whether this call is hit; each hit uses one up."""
        hit = next((armed for armed in self._armed.get(kind, ()) if armed.hits()), None)
        if hit is not None:
            self._seconds[kind] = hit.seconds
        return hit is not None

    def seconds(self, kind: Kind) -> float:
        """How long the fault takes that hit last."""
        return self._seconds[kind]

    def around(self, endpoint: Endpoint) -> Endpoint:
        """An endpoint of the contract, with what may happen to any call."""

        async def answer(request: Request) -> Response:
            await request.body()
            if self.take(Kind.LATENCY):
                await asyncio.sleep(self.seconds(Kind.LATENCY))
            if self.take(Kind.DOWN):
                return Response("down", status_code=503)
            if self.take(Kind.ERROR):
                return Response("internal error", status_code=500)
            if self.take(Kind.THROTTLE):
                wait = f"{self.seconds(Kind.THROTTLE):g}"
                return Response("too many requests", status_code=429, headers={"Retry-After": wait})
            return await self._unanswered(await endpoint(request))

        return answer

    async def _unanswered(self, answer: Response) -> Response:
        if self.take(Kind.TIMEOUT):
            await asyncio.sleep(self.seconds(Kind.TIMEOUT))
            return CutAnswer(b"")
        if self.take(Kind.MALFORMED):
            return Response(b'{"id_resp": <html>', media_type="application/json")
        return answer

    def halve(self, asked: list[T]) -> list[T]:
        """The part of a lote that is created."""
        return asked[: len(asked) // 2] if len(asked) > 1 and self.take(Kind.PARTIAL) else asked

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
