"""One server for all the sandboxes of a test process: to start a process for each would take most of the tests' time.

Each town's sandbox has an address of its own on it, ``http://127.0.0.1:PORT/NUMBER``. That a process of its own serves
and dies as promised is what ``tests/sandbox`` and ``tests/faults`` see to.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn

from emission.sandbox.memory import Memory
from emission.sandbox.rooms import open_room
from emission.sandbox.serve import Server

Scope = MutableMapping[str, Any]
Answering = Callable[[Scope, Any, Any], Awaitable[None]]
SECONDS = 30.0


class Hall:
    """A server in a thread of this process, and the applications on it by their numbers."""

    def __init__(self) -> None:
        self.apps: dict[str, Answering] = {}
        self._numbers = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        config = uvicorn.Config(self, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
        self._server = Server(config, self._ready.set)
        threading.Thread(target=self._serve, daemon=True).start()
        assert self._ready.wait(SECONDS)

    async def __call__(self, scope: Scope, receive: object, send: object) -> None:
        number = scope["path"].split("/", 2)[1]
        await self.apps[number]({**scope, "root_path": f"/{number}"}, receive, send)

    def enter(self, provider: str, state: Path | None) -> tuple[str, Memory[Any]]:
        """Serves the sandbox of that memory; its number."""
        return asyncio.run_coroutine_threadsafe(self._enter(provider, state), self._loop).result(SECONDS)

    def leave(self, number: str, memory: Memory[Any]) -> None:
        """Closes it; what it kept is on disk."""
        asyncio.run_coroutine_threadsafe(self._leave(number, memory), self._loop).result(SECONDS)

    @property
    def url(self) -> str:
        (server,) = self._server.servers
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _enter(self, provider: str, state: Path | None) -> tuple[str, Memory[Any]]:
        app, memory = open_room(provider, state)
        number = str(next(self._numbers))
        self.apps[number] = app
        return number, memory

    async def _leave(self, number: str, memory: Memory[Any]) -> None:
        del self.apps[number]
        memory.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.serve())


_halls: dict[int, Hall] = {}


def hall() -> Hall:
    """That of this process: a forked one has no threads of its parent's."""
    if os.getpid() not in _halls:
        _halls[os.getpid()] = Hall()
    return _halls[os.getpid()]


class Sandbox:
    """As :class:`emission.sandbox.child.Sandbox`, served by the hall."""

    def __init__(self, state: Path | None, provider: str = "epagos") -> None:
        self._state = state
        self._provider = provider
        self.url = ""

    def __enter__(self) -> Self:
        self._number, self._memory = hall().enter(self._provider, self._state)
        self.url = f"{hall().url}/{self._number}"
        return self

    def dismiss(self) -> None:
        """The hall stays."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        hall().leave(self._number, self._memory)
