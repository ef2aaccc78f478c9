"""The sandbox as a server on this machine's loopback, and nowhere else."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from emission.errors import UsageError
from emission.sandbox import READY
from emission.sandbox.faults import Faults
from emission.sandbox.rooms import open_room, room_of

HOST = "127.0.0.1"


def serve(
    provider: str, port: int, state: Path | None, *, faults: Faults | None = None, die_with_stdin: bool = False
) -> None:
    """Serves until interrupted; with ``die_with_stdin`` until standard input ends, as it does when a parent dies.

    Port 0 takes any free one. ``state`` is the SQLite file of its memory, ``None`` forgets everything. Once
    connections are answered, the address and the credentials are said on standard output, a line each.

    Raises:
        UsageError: ``sandbox-unknown``, ``sandbox-port-taken`` or ``sandbox-state-of-another``.
    """
    app, memory = open_room(provider, state, faults)
    try:
        with _listener(port) as listener, contextlib.suppress(KeyboardInterrupt):
            address = f"http://{HOST}:{listener.getsockname()[1]}"
            server = Server(_config(app), lambda: _announce(address, room_of(provider).credentials))
            if die_with_stdin:
                threading.Thread(target=_stop_at_end_of_input, args=(server,), daemon=True).start()
            server.run(sockets=[listener])
    finally:
        memory.close()


def _listener(port: int) -> socket.socket:
    # The protocol is named because asyncio switches Nagle's delay off (40 ms an answer) only where it is.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        # Elsewhere the same option would let two servers share the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise UsageError("sandbox-port-taken", port=port, detail=error.strerror) from error
    return listener


def _announce(url: str, credentials: str) -> None:
    sys.stdout.write(f"{READY}{url}\ncredentials {credentials}\n")
    sys.stdout.flush()


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=1)


class Server(uvicorn.Server):
    """uvicorn's own, which says when it serves."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()


def _stop_at_end_of_input(server: uvicorn.Server) -> None:
    # os.read, since a thread that waits inside sys.stdin would hold its lock while the interpreter ends.
    with contextlib.suppress(OSError):
        while os.read(0, 1024):
            pass
    server.should_exit = True
