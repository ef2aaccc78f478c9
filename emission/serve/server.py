"""``emission serve`` as a server: one process, of which there may be several on one ledger."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import cast

import uvicorn

from emission import links
from emission.config import Settings
from emission.console import Console
from emission.errors import UsageError
from emission.pipeline import embedded_sandbox
from emission.providers import check_access, is_living, open_opener, open_provider, posts_notices
from emission.providers.noticing import Noticing
from emission.reconcile.desk import books_of
from emission.reconcile.postman import Postman
from emission.sandbox import READY
from emission.sandbox.serve import Server
from emission.serve.app import application
from emission.serve.desk import Desk

MOST_AT_ONCE = 256  # connections and answers under way; beyond, a visitor is told to come back
LARGEST_HEAD = 16 * 1024  # bytes
GRACE_SECONDS = 30
IDLE_SECONDS = 75  # longer than proxies keep a connection: what they still use must not be closed under them


def serve(settings: Settings, host: str, port: int, environ: Mapping[str, str], console: Console) -> None:
    """Answers until interrupted. Says ``ready`` and its address on standard output once it does, and what for.

    Raises:
        UsageError: no ledger, a provider with nothing to serve, no credentials, or the port is taken.
    """
    if not posts_notices(settings):
        raise UsageError("serve-nothing", provider=settings.provider.kind)
    with ExitStack() as stack:
        desk = Desk(settings.ledger_path)
        stack.callback(desk.close)
        base_url = embedded_sandbox(stack, settings)
        listener = stack.enter_context(_listener(host, port))
        postman = _postman(settings, base_url, environ)
        postman.start()
        # Closed before the ledger is: what arrived is worked on, and what could not be is when one starts again.
        stack.callback(postman.close)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_answer(settings, desk, listener, base_url, environ, postman, console))


async def _answer(
    settings: Settings,
    desk: Desk,
    listener: socket.socket,
    base_url: str | None,
    environ: Mapping[str, str],
    postman: Postman,
    console: Console,
) -> None:
    opener = open_opener(settings, base_url=base_url, environ=environ) if is_living(settings) else None
    try:
        address, port = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        app = application(settings, desk, opener, postman.arrived)
        announce = _announce(f"http://{shown}:{port}", settings, console)
        await Server(_config(app, settings), announce).serve(sockets=[listener])
    finally:
        if opener is not None:
            await opener.aclose()


def _postman(settings: Settings, base_url: str | None, environ: Mapping[str, str]) -> Postman:
    """Who works on notices.

    Raises:
        UsageError: the provider could not be asked, as :func:`open_provider` says.
    """
    check_access(settings, environ)
    return Postman(
        settings.ledger_path,
        books_of(settings),
        lambda: cast("Noticing", open_provider(settings, base_url=base_url, environ=environ)),
    )


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


def _announce(url: str, settings: Settings, console: Console) -> Callable[[], None]:
    def say() -> None:
        sys.stdout.write(f"{READY}{url}\n")
        sys.stdout.flush()
        told = {"address": settings.links.address, "local": url}
        if is_living(settings):
            console.remark("serve-links", **told)
        kind = settings.provider.kind
        console.remark(f"serve-notices-{kind}", notices=links.notices(settings.links.address, kind), **told)
        if not settings.links.base_url:
            console.remark("serve-here-only", **told)

    return say
