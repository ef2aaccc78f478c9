"""``python -m bench.asking``: the client alone, requests a second and processor time a request, way against way.

The server is a bare one in a process of its own, so that what is counted is the client's. Compare within one run: the
ratios hold, the rates swing with the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import httpx
import msgspec

from bench.machine import this_machine
from emission.providers.http import JsonClient

ROUNDS = 3
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
SERVER = """
import asyncio, sys
answer = bytes.fromhex(sys.argv[1])

class Bare(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.received = transport, b""

    def data_received(self, data):
        self.received += data
        while (end := self.received.find(b"\\r\\n\\r\\n")) >= 0:
            head = self.received[:end].lower()
            at = head.find(b"content-length: ")
            length = int(head[at + 16 :].split(b"\\r")[0]) if at >= 0 else 0
            if len(self.received) < end + 4 + length:
                return
            self.received = self.received[end + 4 + length :]
            self.transport.write(answer)

async def main():
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""
Ask = Callable[[], Awaitable[object]]


class Figure(msgspec.Struct, frozen=True):
    """One way: requests a second, and microseconds of this process's processor time a request."""

    way: str
    requests_a_second: float
    cpu_us: float


@contextmanager
def serving(answer: bytes) -> Iterator[str]:
    """A server that answers everything with these bytes."""
    command = [sys.executable, "-c", SERVER, (ANSWER % (len(answer), answer)).hex()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        server.terminate()


async def measured(way: str, ask: Ask, requests: int, concurrency: int) -> Figure:
    """``requests`` of them, ``concurrency`` at once."""
    todo = iter(range(requests))

    async def worker() -> None:
        for _ in todo:
            await ask()

    await ask()
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(concurrency)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Figure(way, requests / wall, cpu / requests * 1e6)


async def contest(url: str, content: object, requests: int, concurrency: int) -> list[Figure]:
    """The product's client, and httpx as it comes: one client for all."""
    body = msgspec.json.encode(content)
    ours = JsonClient(url, timeout_seconds=30, concurrency=concurrency)
    plain = httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=concurrency), timeout=30)
    figures: list[Figure] = []
    for _ in range(ROUNDS):
        figures.append(await measured("emission", lambda: ours.request("PUT", "/", content), requests, concurrency))
        figures.append(await measured("one httpx client", lambda: plain.put(url, content=body), requests, concurrency))
    await ours.aclose()
    await plain.aclose()
    return [min((one for one in figures if one.way == way), key=lambda one: one.cpu_us) for way in _ways(figures)]


def _ways(figures: list[Figure]) -> list[str]:
    return list(dict.fromkeys(one.way for one in figures))


def main() -> None:
    """Measures what the command line says and prints a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.asking", description=__doc__)
    parser.add_argument("--requests", type=int, default=2000, help="of each round; the best of three counts")
    parser.add_argument("--bytes", type=int, default=1000, help="of a request, and of its answer")
    options = parser.parse_args()
    content = {"lote": "x" * options.bytes}
    machine = this_machine()
    print(f"{machine.processor}, {machine.cores} cores, load {machine.load}, httpx {machine.packages['httpx']}\n")
    print("| At once | Way | Requests a second | CPU a request |\n|---|---|---|---|")
    with serving(msgspec.json.encode(content)) as url:
        for concurrency in (1, 8, 64):
            for one in asyncio.run(contest(url, content, options.requests, concurrency)):
                print(f"| {concurrency} | {one.way} | {one.requests_a_second:,.0f} | {one.cpu_us:,.0f} µs |")


if __name__ == "__main__":
    main()
