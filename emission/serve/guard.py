"""What every answer bears, and how much is ever taken in."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1024  # bytes; a visitor's button sends none


class Headers:
    """Nothing is kept, framed, indexed or told to others; nothing runs; forms lead to ``hosts`` and to us."""

    def __init__(self, app: ASGIApp, style: str, hosts: Sequence[str], *, https: bool) -> None:
        self._app = app
        forms = " ".join(["'self'", *hosts])
        policy = (
            f"default-src 'none'; style-src '{style}'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
        )
        self._headers = {
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "X-Robots-Tag": "noindex, nofollow",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"
            self._headers["Cross-Origin-Opener-Policy"] = "same-origin"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, marked if scope["type"] == "http" else send)


async def body_within(request: Request, most: int = LARGEST_BODY) -> bytes | None:
    """The body; nothing where it is larger than ``most`` bytes, of which no more is read than shows it."""
    declared = request.headers.get("content-length", "0")
    if not (declared.isascii() and declared.isdigit()) or len(declared) > 12 or int(declared) > most:
        return None
    taken = bytearray()
    async for chunk in request.stream():
        taken += chunk
        if len(taken) > most:
            return None
    return bytes(taken)
