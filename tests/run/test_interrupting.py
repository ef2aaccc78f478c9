"""A signal may strike anywhere, in the middle of what asyncio does for itself too: the run ends all the same."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest

from emission.cli.interrupting import interruptible
from emission.console import Console

pytestmark = pytest.mark.skipif("os.name == 'nt'", reason="Windows raises no signal in the middle of a function")

SECONDS = 20.0


@pytest.fixture
def _patience() -> Iterator[None]:
    """Who waits for ever is woken."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError("it never ended")

    before = signal.signal(signal.SIGALRM, give_up)
    yield
    sys.setprofile(None)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


async def work(stoppable: Callable[[Callable[[], None]], None]) -> None:
    """As production does: waits for what is under way, or for a gentle end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def gently() -> None:
        loop.call_soon_threadsafe(stop.set)

    stoppable(gently)
    stopped = asyncio.create_task(stop.wait())
    under_way = {asyncio.create_task(asyncio.sleep(1000)) for _ in range(2)}
    signal.raise_signal(signal.SIGINT)
    await asyncio.wait({stopped, *under_way}, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait(under_way)


def struck_before_step(number: int) -> int:
    """Runs :func:`work`, strikes a second time as the loop is about to take that step; the steps there were."""
    steps = 0
    console = Console("en", quiet=True, json=False, command=["emission"])

    def count(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal steps
        if event == "call" and frame.f_code is asyncio.Handle._run.__code__:
            steps += 1
            if steps == number:
                sys.setprofile(None)
                signal.raise_signal(signal.SIGINT)

    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    with suppress(KeyboardInterrupt), interruptible(console) as stoppable:
        sys.setprofile(count)
        asyncio.run(work(stoppable))
    return steps


@pytest.mark.usefixtures("_patience")
def test_a_second_signal_ends_a_loop_whichever_of_its_steps_it_meets() -> None:
    # The first step makes the first signal; in those after it what waits begins, and is woken.
    for number in range(2, 9):
        assert struck_before_step(number) == number
