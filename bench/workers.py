"""Two workers against one: chunks checked, drawn and put on disk, as in a run; no ledger, no provider."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.page import Contested
from bench.spread import Spread, spread
from emission.executors import open_executor, ordered
from emission.model import Bill, Channel
from emission.stages.fitting import warm_up
from emission.stages.produce import CHUNK
from emission.stages.stamp import Chunk, Job, stamp_chunk


class Workers(msgspec.Struct, frozen=True):
    """Vouchers a second, file and lot page of each, by how many workers; and how many times one's two workers make."""

    one: Spread
    two: Spread
    times: Spread


def workers(contested: Contested, folder: Path, rounds: int) -> Workers:
    """Rounds by turns of all the bills; the workers are there and have compiled before any is timed."""
    jobs = _chunks(contested, folder)
    rates: dict[int, list[float]] = {1: [], 2: []}
    with open_executor(1) as one, open_executor(2) as two:
        executors = {1: one, 2: two}
        for count, executor in executors.items():
            warm_up(executor, contested.look, contested.agreement)
            list(ordered(executor, stamp_chunk, jobs[: 2 * count]))
        for turn in range(rounds):
            for count in (1, 2) if turn % 2 else (2, 1):
                began = time.perf_counter()
                made = [item for _, chunk in ordered(executors[count], stamp_chunk, jobs) for item in chunk]
                rates[count].append(len(made) / (time.perf_counter() - began))
    times = spread([two / one for one, two in zip(rates[1], rates[2], strict=True)])
    return Workers(spread(rates[1]), spread(rates[2]), times)


def _chunks(contested: Contested, folder: Path) -> list[tuple[Chunk, None]]:
    """By a quarter of a chunk at most, so that two workers end at about the same time."""
    bills = [one.bills[Channel.BOTH] for one in contested.drawn]
    size = max(1, min(CHUNK // 4, len(bills) // 2))
    whole: list[tuple[Chunk, None]] = []
    for number, start in enumerate(range(0, len(bills), size)):
        jobs = tuple(_job(place, number, bill) for place, bill in enumerate(bills[start : start + size]))
        whole.append((Chunk(contested.look, contested.agreement, str(folder), f"parts/{number}.part", jobs), None))
    return whole


def _job(place: int, chunk: int, bill: Bill) -> Job:
    pack = msgspec.msgpack.encode
    name = f"digital/{chunk:04}/{place:04}.pdf"
    operations: Sequence[bytes | None] = [None if one is None else pack(one) for one in bill.operations]
    records = tuple(pack(one) for one in bill.voucher.obligations)
    return Job(place, bill.voucher.voucher_id, name, printed=True, records=records, operations=tuple(operations))
