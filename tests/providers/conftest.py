from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emission.sandbox.child import Sandbox

Arm = Callable[..., None]
# What a stranger answers: from method, path and body to anything that becomes an answer.
Answering = Callable[[str, str, dict[str, Any]], object]
Stranger = Callable[[Answering], str]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[str]:
    with Sandbox(None) as child:
        yield child.url


@pytest.fixture
def arm(sandbox: str) -> Iterator[Arm]:
    """Arms a fault of the sandbox, and disarms it afterwards."""
    armed: set[str] = set()

    def post(fault: str, times: int, seconds: float = 0, every: int = 1) -> None:
        body = {"fault": fault, "times": times, "seconds": seconds, "every": every}
        httpx.post(f"{sandbox}/_sandbox/faults", json=body, trust_env=False).raise_for_status()
        armed.add(fault)

    yield post
    for fault in armed:
        post(fault, 0)


@pytest.fixture(scope="session")
def strangers() -> Iterator[tuple[str, dict[str, Answering]]]:
    """A server of many providers, each under a path of its own."""
    answerings: dict[str, Answering] = {}

    async def endpoint(request: Request) -> Response:
        path = "/" + request.path_params["path"]
        body = await request.body()
        told = json.loads(body) if body.startswith(b"{") else {}
        answer = answerings[request.path_params["name"]](request.method, path, told)
        if answer is None:
            answer = {"id_resp": "01001", "respuesta": "ok", "token": "t0ken"}
        if isinstance(answer, Response):
            return answer
        if not isinstance(answer, bytes):
            answer = json.dumps(answer).encode()
        return Response(answer, media_type="application/json")

    app = Starlette(routes=[Route("/{name}/{path:path}", endpoint, methods=["GET", "PUT", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # connections wait here until the server is up
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", answerings
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def stranger(strangers: tuple[str, dict[str, Answering]]) -> Stranger:
    """Gives the address of a provider that answers whatever the test says; ``None`` is a token."""
    url, answerings = strangers

    def serve(answering: Answering) -> str:
        name = str(len(answerings))
        answerings[name] = answering
        return f"{url}/{name}"

    return serve
