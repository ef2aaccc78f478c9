"""ePagos' two transports beside each other: ``python -m bench.transports``.

Both ask the same sandbox, in a process of its own, by turns, so that whatever else the machine does hits both. CPU is
this process's own: what a call costs the run, not the provider.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import statistics
import time
from collections.abc import Sequence

from emission.config import Settings
from emission.model import DueDate, Obligation, Payer
from emission.provider_settings import Provider
from emission.providers import open_provider
from emission.providers.base import Created, Order
from emission.sandbox.child import Sandbox

ROUNDS = 5
TRANSPORTS = ("rest", "soap")
SIZES = {50: 20, 1: 200}  # orders of a call → calls of a round
CONCURRENCY = 8


def main() -> None:
    """Prints a line for each transport and size of call: the median of :data:`ROUNDS` rounds."""
    print("transport  orders/call  calls/s  orders/s  CPU ms/call  CPU ms/order")
    with Sandbox(None) as sandbox:
        for size, calls in SIZES.items():
            rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in TRANSPORTS}
            for number in range(ROUNDS + 1):
                for name in TRANSPORTS:
                    figures = asyncio.run(_round(sandbox.url, name, size, calls, f"{name}{size}X{number}"))
                    if number:  # the first warms up
                        rounds[name].append(figures)
            for name in TRANSPORTS:
                wall, cpu = (statistics.median(figures) for figures in zip(*rounds[name], strict=True))
                each = 1000 * cpu / calls
                print(
                    f"{name:9}  {size:11}  {calls / wall:7.0f}  {calls * size / wall:8.0f}"
                    f"  {each:11.2f}  {each / size:12.3f}"
                )


async def _round(url: str, transport: str, size: int, calls: int, name: str) -> tuple[float, float]:
    settings = Settings(
        provider=Provider.model_validate({"transport": transport, "batch_size": size, "concurrency": CONCURRENCY})
    )
    provider = open_provider(settings, base_url=url, environ={})
    try:
        await provider.issue(_orders(f"{name}W", 1))  # the token, and a connection
        batches = [_orders(f"{name}C{call}N", size) for call in range(calls)]
        wall, cpu = time.perf_counter(), time.process_time()
        outcomes = await asyncio.gather(*(provider.issue(batch) for batch in batches))
        spent = time.perf_counter() - wall, time.process_time() - cpu
    finally:
        await provider.aclose()
    assert all(isinstance(outcome, Created) for batch in outcomes for outcome in batch)
    return spent


def _orders(name: str, count: int) -> Sequence[Order]:
    due_dates = (DueDate(dt.date(2026, 12, 10), 123_456), DueDate(dt.date(2026, 12, 20), 133_456))
    payer = Payer(name="Ñandubay & Hijos <S.R.L.>", id_type="CUIT", id="30-99999999-5", email="sin@example.com")
    return [
        Order(f"{name}{number}", Obligation(f"TSG/{name}{number}", payer, due_dates, "ARS", "TSG", "2026-12"))
        for number in range(count)
    ]


if __name__ == "__main__":
    main()
