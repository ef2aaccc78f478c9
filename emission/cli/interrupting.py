"""What Ctrl-C and a polite kill do."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from emission.console import Console


@contextmanager
def interruptible(console: Console) -> Iterator[Callable[[Callable[[], None]], None]]:
    """The first Ctrl-C (or a polite kill) ends the run gently; the second at once."""
    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stoppable(stop: Callable[[], None]) -> None:
        def handle(_number: int, _frame: object) -> None:
            for number, handler in previous.items():
                signal.signal(number, handler)
            console.stopping()
            stop()

        for number in previous:
            signal.signal(number, handle)

    try:
        yield stoppable
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
