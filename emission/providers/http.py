"""All HTTP of the house, over httpx, and the line between *not sent* and *nobody knows*.

httpx's pool collapses with size: ``python -m bench.asking`` measures it. So each call that may be under way has a
client of one connection, which share one TLS context, and this stays the only module of the product that asks
anybody. ``httpx-aiohttp`` would ask two to three times as fast, but sends a PUT again by itself where the connection
closes after the request, and says of a POST there that it could not connect: that is a bill made twice.
"""

from __future__ import annotations

import asyncio
import email.utils
import functools
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import httpx
import msgspec

from emission.providers.pace import Pace

CONNECT_SECONDS = 10.0
LARGEST_ANSWER = 32 * 1024 * 1024  # bytes
TOO_MANY = 429
TRIES = 6  # of a call that is answered 429, each after the wait that it asks for
FIRST_WAIT = 0.5  # seconds after a 429 that names none; then twice as long each time
LONGEST_WAIT = 120.0

# Amounts travel as exact JSON numbers: 100.50, not 100.5 and not "100.50".
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_JSON = {"Accept": "application/json", "Content-Type": "application/json"}


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
    """What came back: the HTTP status, whatever it is, the whole body, and the seconds of a ``Retry-After``."""

    status: int
    body: bytes
    retry_after: float | None = None


Witness = Callable[[str, Answer, float], None]
_witness: ContextVar[Witness | None] = ContextVar("witness", default=None)


@contextmanager
def witnessed(witness: Witness) -> Iterator[None]:
    """Within, ``witness`` hears of every whole answer: the path without its query, the answer, and its seconds."""
    before = _witness.set(witness)
    try:
        yield
    finally:
        _witness.reset(before)


class Client:
    """Asks one host at a ``pace``; redirects and proxies are not followed.

    ``longest_wait``: seconds that a 429 may ask to wait; one that asks for more is handed back.
    """

    def __init__(
        self, base_url: str, *, timeout_seconds: float, concurrency: int, calls_a_second: float = 0,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:  # fmt: skip
        self.host = httpx.URL(base_url).host
        self.pace = Pace(concurrency, calls_a_second)
        self._timeout_seconds = timeout_seconds
        self._longest_wait = longest_wait
        self._idle = [
            httpx.AsyncClient(
                base_url=base_url,
                verify=_tls(),
                trust_env=False,
                follow_redirects=False,
                headers={"Accept-Encoding": "identity"},
                timeout=httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)),
                limits=httpx.Limits(max_connections=1),
            )
            for _ in range(concurrency)
        ]
        self._clients = tuple(self._idle)

    async def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Sends ``body``, with ``GET`` too, and waits at most ``timeout_seconds`` for all of the answer.

        What is answered 429 was not carried out: it is sent again after the wait that the answer asks for.

        Raises:
            NotSentError: no connection, so nothing was sent.
            NoAnswerError: ``answer-late``, ``answer-cut``, ``answer-too-large`` or ``answer-encoded``.
        """
        for attempt in range(TRIES):
            async with self.pace.turn():
                answer = await self._timed(method, path, body, headers)
            wait = answer.retry_after
            if answer.status == TOO_MANY and wait is None:
                wait = FIRST_WAIT * 2**attempt
            if wait is not None:
                self.pace.throttled(min(wait, self._longest_wait))
            if answer.status != TOO_MANY or wait is None or wait > self._longest_wait:
                return answer
        return answer

    async def aclose(self) -> None:
        for client in self._clients:
            await client.aclose()

    async def _timed(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        client = self._idle.pop()
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout_seconds):
                answer = await _exchange(client, method, path, body, headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise NotSentError(str(error)) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            # Our own limit may strike while still connecting; saying "nobody knows" is then merely careful.
            self.pace.answered(self._timeout_seconds)
            raise NoAnswerError("answer-late") from error
        except httpx.TransportError as error:
            raise NoAnswerError("answer-cut") from error
        finally:
            self._idle.append(client)
        seconds = time.perf_counter() - began
        self.pace.answered(seconds)
        if (witness := _witness.get()) is not None:
            witness(path.partition("?")[0], answer, seconds)
        return answer


class JsonClient(Client):
    """A client of JSON alone."""

    async def request(self, method: str, path: str, content: object) -> Answer:
        """Sends ``content`` as JSON; see :meth:`Client.send`."""
        return await self.send(method, path, _ENCODER.encode(content), _JSON)


@functools.cache
def _tls() -> ssl.SSLContext:
    """One for all clients: reading the authorities takes some 30 ms."""
    return httpx.create_ssl_context(trust_env=False)


async def _exchange(
    client: httpx.AsyncClient, method: str, path: str, body: bytes, headers: Mapping[str, str]
) -> Answer:
    async with client.stream(method, path, content=body, headers=headers) as response:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            # Compressed although we asked for plain: a few bytes could unfold into any size.
            raise NoAnswerError("answer-encoded")
        received = bytearray()
        async for chunk in response.aiter_raw():
            received += chunk
            if len(received) > LARGEST_ANSWER:
                raise NoAnswerError("answer-too-large")
        return Answer(response.status_code, bytes(received), _seconds(response.headers.get("Retry-After", "")))


def _seconds(retry_after: str) -> float | None:
    """Seconds, or the seconds until a date (RFC 9110, 10.2.3); ``None`` for nothing and for what is neither."""
    try:
        return max(0.0, float(retry_after)) if retry_after else None
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
