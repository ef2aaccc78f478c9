"""Where providers post their notices: kept, answered at once, and worked on after, by whoever reads the box."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from emission.errors import NoticeError, Stopped
from emission.ledger import Ledger
from emission.ledger.payments import Books
from emission.links import NOTICES
from emission.payment import Notice
from emission.reconcile.noticing import LARGEST, receive
from emission.serve.guard import body_within

# Makes a change in the ledger beside the event loop.
Write = Callable[[Callable[[Ledger], bool]], Awaitable[bool]]
LONGEST_TYPE = 200  # characters of a Content-Type
PATIENCE = 30.0  # seconds that a notice may take to come in
AGAIN = 60  # seconds after which a sender should come again


class Letterbox:
    """One slot a provider: ``/avisos/epagos``.

    Answers 200 for what is kept (or was kept already: providers repeat until they hear so), 400 for nothing, 404 for
    nobody's slot, 408 for what never ends, 413 for too much, 503 where the sender should come again. Never says why,
    and never what it knows.
    """

    def __init__(self, books: Books, channels: Collection[str], write: Write, arrived: Callable[[str], None]) -> None:
        """``arrived`` is told the channel of every new notice, to have it worked on."""
        self._books = books
        self._channels = frozenset(channels)
        self._write = write
        self._arrived = arrived

    def routes(self) -> list[Route]:
        return [Route(f"/{NOTICES}/{{channel}}", self.post, methods=["POST"])]

    async def post(self, request: Request) -> Response:
        """A notice."""
        channel = request.path_params["channel"]
        if channel not in self._channels:
            return _answer(404)
        try:
            async with asyncio.timeout(PATIENCE):
                body = await body_within(request, LARGEST)
        except TimeoutError:
            return _answer(408)
        except ClientDisconnect:
            # Nobody hears this: half a notice is none.
            raise HTTPException(400) from None
        if body is None:
            return _answer(413)
        notice = Notice(body, request.headers.get("content-type", "")[:LONGEST_TYPE])
        try:
            fresh = await self._write(lambda ledger: receive(ledger, self._books, channel, notice))
        except NoticeError:
            return _answer(400)
        except Stopped:
            return PlainTextResponse("", status_code=503, headers={"Retry-After": str(AGAIN)})
        if fresh:
            self._arrived(channel)
        return PlainTextResponse("OK")


def _answer(status: int) -> Response:
    return PlainTextResponse("", status_code=status)
