from __future__ import annotations

import contextlib
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
from tests.providers import orders, soap

Arm = Callable[..., None]
# What a stranger answers: from method, path and body to anything that becomes an answer.
Answering = Callable[[str, str, dict[str, Any]], object]
Stranger = Callable[[Answering], str]

TOKEN = {"id_resp": "01001", "respuesta": "ok", "token": "t0ken"}


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

    async def rest(request: Request) -> Response:
        path = "/" + request.path_params["path"]
        body = await request.body()
        told = json.loads(body) if body.startswith(b"{") else {}
        answer = answerings[request.path_params["name"]](request.method, path, told)
        return _response(TOKEN if answer is None else answer, lambda told: json.dumps(told).encode())

    async def over_soap(request: Request) -> Response:
        method, body = soap.asked(await request.body())
        answer = answerings[request.path_params["name"]](*soap.PLACES[method], body)
        return _response(TOKEN if answer is None else answer, lambda told: soap.answered(method, told))

    routes = [
        Route("/{name}/wsdl/2.5/index.php", over_soap, methods=["POST"]),
        Route("/{name}/{path:path}", rest, methods=["GET", "PUT", "POST"]),
    ]
    app = Starlette(routes=routes)
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


def _response(answer: object, write: Callable[[object], bytes]) -> Response:
    """Bytes and whole responses go out as the test has them, but for a body in JSON."""
    if isinstance(answer, bytes):
        return Response(answer)
    if not isinstance(answer, Response):
        return Response(write(answer))
    with contextlib.suppress(ValueError):
        told = write(json.loads(bytes(answer.body)))
        return Response(told, answer.status_code, {k: v for k, v in answer.headers.items() if k != "content-length"})
    return answer


@pytest.fixture(params=["rest", "soap"])
def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test over each of ePagos' transports."""
    name: str = request.param
    monkeypatch.setattr(orders, "transport", name)
    return name


@pytest.fixture
def stranger(strangers: tuple[str, dict[str, Answering]]) -> Stranger:
    """Gives the address of a provider that answers whatever the test says; ``None`` is a token."""
    url, answerings = strangers

    def serve(answering: Answering) -> str:
        name = str(len(answerings))
        answerings[name] = answering
        return f"{url}/{name}"

    return serve
