"""``emission serve`` as a server: one process, of which there may be several on one ledger."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack

import uvicorn

from emission.config import Settings
from emission.errors import UsageError
from emission.pipeline import embedded_sandbox
from emission.providers import open_opener
from emission.sandbox import READY
from emission.sandbox.serve import Server
from emission.serve.app import application
from emission.serve.desk import Desk

MOST_AT_ONCE = 256  # connections and answers under way; beyond, a visitor is told to come back
LARGEST_HEAD = 16 * 1024  # bytes
GRACE_SECONDS = 30
IDLE_SECONDS = 75  # longer than proxies keep a connection: what they still use must not be closed under them


def serve(settings: Settings, host: str, port: int, environ: Mapping[str, str]) -> None:
    """Answers until interrupted. Says ``ready`` and its address on standard output once it does.

    Raises:
        UsageError: no ledger, no provider of living links, no credentials, or the port is taken.
    """
    with ExitStack() as stack:
        desk = Desk(settings.ledger_path)
        stack.callback(desk.close)
        base_url = embedded_sandbox(stack, settings)
        listener = stack.enter_context(_listener(host, port))
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_answer(settings, desk, listener, base_url, environ))


async def _answer(
    settings: Settings, desk: Desk, listener: socket.socket, base_url: str | None, environ: Mapping[str, str]
) -> None:
    opener = open_opener(settings, base_url=base_url, environ=environ)
    try:
        address, port = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        server = Server(_config(application(settings, desk, opener), settings), _announce(f"http://{shown}:{port}"))
        await server.serve(sockets=[listener])
    finally:
        await opener.aclose()


def _config(app: object, settings: Settings) -> uvicorn.Config:
    proxies = settings.links.proxies
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # uvicorn's own types of an application and Starlette's differ in name alone
        log_level="warning",
        access_log=False,  # who pays what is nobody's to read
        lifespan="off",
        server_header=False,
        # Only a proxy that the town named says where a visitor comes from.
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=IDLE_SECONDS,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _listener(host: str, port: int) -> socket.socket:
    try:
        kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(kind, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise UsageError("serve-port-taken", host=host, port=port, detail=error.strerror) from error
    return listener


def _announce(url: str) -> Callable[[], None]:
    def say() -> None:
        sys.stdout.write(f"{READY}{url}\n")
        sys.stdout.flush()

    return say
