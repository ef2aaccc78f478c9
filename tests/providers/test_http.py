"""The one door to the network."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from emission.providers.http import Answer, JsonClient, NoAnswerError


class Bare:
    """A server of bare bytes: every request gets ``answer``, and the connection ends where that says so."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._under_way = 0
        self._connections: list[asyncio.Task[None]] = []
        self.most = 0  # requests under way at once
        self.received = b""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._connections.append(asyncio.create_task(self._converse(reader, writer)))

        async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
            await asyncio.gather(*self._connections)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head.lower())
                assert length is not None
                self.received += head + await reader.readexactly(int(length[1]))
                self._under_way += 1
                self.most = max(self.most, self._under_way)
                await asyncio.sleep(0.01)
                self._under_way -= 1
                writer.write(self._answer)
                if b"close" in self._answer:
                    break
        writer.close()
        await writer.wait_closed()


def asked(answer: bytes, *, count: int = 1, concurrency: int = 8) -> tuple[list[Answer | BaseException], int]:
    """The answers, and the most requests that were under way at once."""

    async def conversation() -> tuple[list[Answer | BaseException], int]:
        bare = Bare(answer)
        async with bare.serving() as url:
            client = JsonClient(url, timeout_seconds=20, concurrency=concurrency)
            try:
                calls = (client.request("GET", "/transaccion", {"n": number}) for number in range(count))
                answers = await asyncio.gather(*calls, return_exceptions=True)
            finally:
                await client.aclose()
        return answers, bare.most

    return asyncio.run(conversation())


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize("concurrency", [1, 6])
def test_never_more_requests_than_allowed_are_under_way(concurrency: int) -> None:
    answers, most = asked(OK, count=40, concurrency=concurrency)
    assert answers == [Answer(200, b"{}")] * 40
    assert most <= concurrency


@pytest.mark.parametrize(
    "cut",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200",
        b"close",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: -1\r\n\r\n{}",
    ],
)
def test_an_answer_that_ends_early_is_no_answer(cut: bytes) -> None:
    ((error,), _) = asked(cut if b"close" in cut else cut + b"\r\nclose")
    assert isinstance(error, NoAnswerError)
    assert error.code == "answer-cut"


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    assert asked(OK)[0] == [Answer(200, b"{}")]


def test_a_call_looks_for_no_module(monkeypatch: pytest.MonkeyPatch) -> None:
    # One that is not installed would be looked for on every path of Python's, five times a call.
    asked(OK)
    missed: list[str] = []

    class Recorder:
        def find_spec(self, name: str, *_: object) -> None:
            missed.append(name)

    monkeypatch.setattr(sys, "meta_path", [Recorder(), *sys.meta_path])
    assert asked(OK, count=3)[0] == [Answer(200, b"{}")] * 3
    assert missed == []


def served(answers: list[bytes], *, calls: int = 1, method: str = "PUT", **manners: float) -> tuple[list[object], int]:
    """What becomes of calls one after the other, and how many requests came; the last answer is for all that follow."""

    async def conversation() -> tuple[list[object], int]:
        received = 0
        conversations: list[asyncio.Task[None]] = []

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            conversations.append(asyncio.create_task(converse(reader, writer)))

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal received
            with contextlib.suppress(asyncio.IncompleteReadError):
                while True:
                    await reader.readuntil(b"\r\n\r\n")
                    await reader.readexactly(2)
                    answer = answers[min(received, len(answers) - 1)]
                    received += 1
                    if not answer:
                        break
                    writer.write(answer)
            writer.close()
            await writer.wait_closed()

        async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            client = JsonClient(url, timeout_seconds=20, concurrency=1, **manners)
            found: list[object] = []
            for _ in range(calls):
                try:
                    found.append(await client.request(method, "/", {}))
                except NoAnswerError as error:
                    found.append(error.code)
            await client.aclose()
            await asyncio.gather(*conversations)
        return found, received

    return asyncio.run(conversation())


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_request_is_never_repeated_where_the_connection_closes_after_it(method: str) -> None:
    # Some clients repeat what HTTP calls idempotent by themselves: a PUT here is a bill, and would be made twice.
    assert served([OK, b""], calls=2, method=method) == ([Answer(200, b"{}"), "answer-cut"], 2)


def too_many(retry_after: str) -> bytes:
    return f"HTTP/1.1 429 No\r\nRetry-After: {retry_after}\r\nContent-Length: 0\r\n\r\n".encode()


def test_too_many_requests_wait_as_long_as_they_are_asked_to() -> None:
    began = time.monotonic()
    assert served([too_many("0.2"), too_many("0.2"), OK]) == ([Answer(200, b"{}")], 3)
    assert time.monotonic() - began >= 0.4


def test_a_wait_that_is_too_long_is_not_waited_for() -> None:
    assert served([too_many("3600"), OK], longest_wait=60) == ([Answer(429, b"", 3600.0)], 1)


def test_who_is_always_refused_gives_up_in_the_end() -> None:
    (answer,), requests = served([too_many("0")])
    assert isinstance(answer, Answer)
    assert (answer.status, requests) == (429, 6)


def test_a_wait_may_be_told_as_a_date() -> None:
    (answer,), _ = served([too_many("Fri, 31 Dec 2100 23:59:59 GMT")])
    assert isinstance(answer, Answer)
    assert answer.retry_after is not None
    assert answer.retry_after > 10**6


@pytest.mark.parametrize("nonsense", ["soon", "-1", "nan", "Fri, 99 Dec 2100"])
def test_nonsense_is_no_wait(nonsense: str) -> None:
    began = time.monotonic()
    assert served([too_many(nonsense), OK])[0] == [Answer(200, b"{}")]
    assert time.monotonic() - began < 5


def test_calls_a_second_are_kept() -> None:
    began = time.monotonic()
    served([OK], calls=5, calls_a_second=20)
    assert time.monotonic() - began >= 4 / 20
