"""Several ways to do one job, timed by turns on the same chunks in one process."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import msgspec

from bench.spread import Spread, spread

Item = TypeVar("Item")
Work = Callable[[Sequence[Item]], object]


class Contest(msgspec.Struct, frozen=True):
    """``rates``: items a second of every contestant; ``times_as_fast``: of ours over each of theirs, round by round."""

    rounds: int
    chunk: int
    rates: dict[str, Spread]
    times_as_fast: dict[str, dict[str, Spread]]


def contest(
    ours: Mapping[str, Work[Item]],
    theirs: Mapping[str, Work[Item]],
    items: Sequence[Item],
    *,
    chunk: int,
    rounds: int,
    at_most: Mapping[str, int] = MappingProxyType({}),
) -> Contest:
    """All do the same chunk in each round, one after the other; who begins changes from round to round.

    Who is slow does only the first of it, ``at_most`` so many; what counts is the time for each item.

    The first chunk warms everybody up. The rounds after it have a new one each, so that nobody profits from
    what it remembers; there are fewer where ``items`` do not suffice. Only if there is one chunk is it timed too.
    """
    chunks = [items[at : at + chunk] for at in range(0, len(items) - chunk + 1, chunk)] or [items]
    timed = chunks[1 : rounds + 1] or chunks
    contestants = {**ours, **theirs}
    for name, work in contestants.items():
        work(chunks[0][: at_most.get(name)])
    seconds = _by_turns(contestants, timed, at_most)
    names = list(contestants)
    return Contest(
        rounds=len(timed),
        chunk=len(timed[0]),
        rates={name: spread([1 / took for took in seconds[name]]) for name in names},
        times_as_fast={mine: {other: _ratios(seconds[other], seconds[mine]) for other in theirs} for mine in ours},
    )


def _by_turns(
    contestants: Mapping[str, Work[Item]], chunks: Sequence[Sequence[Item]], at_most: Mapping[str, int]
) -> dict[str, list[float]]:
    """Seconds of every contestant for an item, chunk by chunk."""
    names = list(contestants)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    gc.freeze()  # whatever else this process has loaded is nobody's burden
    try:
        for turn, part in enumerate(chunks):
            shift = turn % len(names)
            for name in names[shift:] + names[:shift]:
                share = part[: at_most.get(name)]
                seconds[name].append(_seconds(contestants[name], share) / len(share))
    finally:
        gc.unfreeze()
    return seconds


def _ratios(slow: Sequence[float], fast: Sequence[float]) -> Spread:
    return spread([one / other for one, other in zip(slow, fast, strict=True)])


def _seconds(work: Work[Item], part: Sequence[Item]) -> float:
    gc.collect()  # nobody pays for another's litter
    # The processor's seconds, of all threads: others on the machine take none of them.
    began = time.process_time()
    work(part)
    return time.process_time() - began
