"""All HTTP of the house: JSON over httpx, and the line between *not sent* and *nobody knows*.

httpx's pool collapses with size (one core, small requests: one client with 64 connections 425 a
second, sixteen clients of four connections 1,620). So one :class:`JsonClient` holds several small
clients that share one TLS context, and this stays the only module that imports httpx.
"""

from __future__ import annotations

import asyncio
import functools
import ssl
from typing import NamedTuple

import httpx
import msgspec

CONNECTIONS_A_CLIENT = 4
CONNECT_SECONDS = 10.0
LARGEST_ANSWER = 32 * 1024 * 1024  # bytes

# Amounts travel as exact JSON numbers: 100.50, not 100.5 and not "100.50".
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_HEADERS = {"Accept": "application/json", "Content-Type": "application/json", "Accept-Encoding": "identity"}


class NotSentError(Exception):
    """Nothing reached the provider's application: nothing can have been created. ``detail`` is the system's word."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NoAnswerError(Exception):
    """The request left and no whole answer came back: it may have been carried out. ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Answer(NamedTuple):
    """What came back: the HTTP status, whatever it is, and the whole body."""

    status: int
    body: bytes


class JsonClient:
    """Asks one host. At most ``concurrency`` requests at a time; redirects and proxies are not followed."""

    def __init__(self, base_url: str, *, timeout_seconds: float, concurrency: int) -> None:
        self.host = httpx.URL(base_url).host
        self._timeout_seconds = timeout_seconds
        self._slots = asyncio.Semaphore(concurrency)
        self._clients = [
            httpx.AsyncClient(
                base_url=base_url,
                verify=_tls(),
                trust_env=False,
                follow_redirects=False,
                headers=_HEADERS,
                timeout=httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)),
                limits=httpx.Limits(max_connections=CONNECTIONS_A_CLIENT),
            )
            for _ in range(-(-concurrency // CONNECTIONS_A_CLIENT))
        ]
        self._busy = [0] * len(self._clients)

    async def request(self, method: str, path: str, content: object) -> Answer:
        """Sends ``content`` as JSON, with ``GET`` too, and waits at most ``timeout_seconds`` for all of the answer.

        Raises:
            NotSentError: no connection, so nothing was sent.
            NoAnswerError: ``answer-late``, ``answer-cut``, ``answer-too-large`` or ``answer-encoded``.
        """
        body = _ENCODER.encode(content)
        async with self._slots:
            shard = self._busy.index(min(self._busy))
            self._busy[shard] += 1
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    return await _exchange(self._clients[shard], method, path, body)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
                raise NotSentError(str(error)) from error
            except (TimeoutError, httpx.TimeoutException) as error:
                # Our own limit may strike while still connecting; saying "nobody knows" is then merely careful.
                raise NoAnswerError("answer-late") from error
            except httpx.TransportError as error:
                raise NoAnswerError("answer-cut") from error
            finally:
                self._busy[shard] -= 1

    async def aclose(self) -> None:
        for client in self._clients:
            await client.aclose()


@functools.cache
def _tls() -> ssl.SSLContext:
    """One for all clients: reading the authorities takes some 30 ms."""
    return httpx.create_ssl_context(trust_env=False)


async def _exchange(client: httpx.AsyncClient, method: str, path: str, body: bytes) -> Answer:
    async with client.stream(method, path, content=body) as response:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            # Compressed although we asked for plain: a few bytes could unfold into any size.
            raise NoAnswerError("answer-encoded")
        received = bytearray()
        async for chunk in response.aiter_raw():
            received += chunk
            if len(received) > LARGEST_ANSWER:
                raise NoAnswerError("answer-too-large")
        return Answer(response.status_code, bytes(received))
