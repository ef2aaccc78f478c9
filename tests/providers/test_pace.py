"""Slower where the provider suffers, faster again where it is well, never faster than configured."""

from __future__ import annotations

import asyncio

from emission.providers.pace import Pace


def at_once(*answers: float, throttled: int = 0, concurrency: int = 8) -> int:
    """How many calls may be under way after answers of so many seconds, and so many refusals."""

    async def conversation() -> int:
        pace = Pace(concurrency)
        for seconds in answers:
            pace.answered(seconds)
        for _ in range(throttled):
            pace.throttled(0)
        return pace.at_once

    return asyncio.run(conversation())


def test_each_refusal_halves_what_is_under_way_and_leaves_one() -> None:
    assert [at_once(throttled=times) for times in (0, 1, 2, 3, 9)] == [8, 4, 2, 1, 1]


def test_refusals_of_one_moment_count_once() -> None:
    async def conversation() -> int:
        pace = Pace(8)
        for _ in range(5):
            pace.throttled(60)
        return pace.at_once

    assert asyncio.run(conversation()) == 4


def test_answers_that_take_ever_longer_slow_it_down() -> None:
    assert at_once(*[0.1] * 20, *[2.0] * 20) < 8


def test_answers_that_are_short_anyway_do_not() -> None:
    assert at_once(*[0.001] * 20, *[0.2] * 20) == 8


def test_it_recovers_and_does_not_exceed_what_is_configured() -> None:
    async def conversation() -> tuple[int, int]:
        pace = Pace(8)
        pace.throttled(0)
        pace.throttled(0)
        low = pace.at_once
        for _ in range(1000):
            pace.answered(0.05)
        return low, pace.at_once

    assert asyncio.run(conversation()) == (2, 8)


def test_nothing_leaves_during_a_wait_however_often_it_is_prolonged() -> None:
    async def conversation() -> float:
        pace = Pace(2)
        clock = asyncio.get_running_loop().time
        began = clock()
        pace.throttled(0.05)

        async def call() -> float:
            async with pace.turn():
                return clock() - began

        calls = [asyncio.create_task(call()) for _ in range(3)]
        await asyncio.sleep(0.01)
        pace.throttled(0.1)
        return min(await asyncio.gather(*calls))

    assert asyncio.run(conversation()) >= 0.1
