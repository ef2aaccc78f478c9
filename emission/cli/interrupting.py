"""What Ctrl-C, a polite kill and a terminal that closes do."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from emission.console import Console

_POLITE = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def interruptible(console: Console) -> Iterator[Callable[[Callable[[], None]], None]]:
    """The first signal ends the run gently, where it has begun; the second at once, and a third leaves no say."""
    # Whoever started us with a signal ignored (nohup, a shell's background) wants it ignored.
    previous = {number: signal.getsignal(number) for number in _POLITE}
    handled = [number for number, handler in previous.items() if handler is not signal.SIG_IGN]
    terminals = [descriptor for descriptor in (1, 2) if _is_terminal(descriptor)]
    gently: list[Callable[[], None]] = []

    def handle(number: int, _frame: object) -> None:
        if number == getattr(signal, "SIGHUP", None):
            _go_silent(terminals)
        if not gently:
            for each in handled:
                signal.signal(each, signal.SIG_DFL)
            _end_at_once()
            return
        gently.pop()()
        # It may have struck in the middle of a line; the courtesy is not worth an error.
        with suppress(OSError, RuntimeError):
            console.stopping()

    for number in handled:
        signal.signal(number, handle)
    try:
        yield gently.append
    finally:
        for number in handled:
            signal.signal(number, previous[number])


def _end_at_once() -> None:
    """Ends what is done now; where a loop runs, between two of its steps.

    Raised in the loop's own machinery, the exception would lose the step that was just taken from its queue, and
    whoever waits for that step, as asyncio itself does before it closes, would wait for ever.
    """
    import asyncio

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        raise KeyboardInterrupt from None
    loop.call_soon_threadsafe(_interrupt)


def _interrupt() -> None:
    raise KeyboardInterrupt


def _is_terminal(descriptor: int) -> bool:
    with suppress(OSError):
        return os.isatty(descriptor)
    return False


def _go_silent(terminals: list[int]) -> None:
    """What would be written to a terminal that is gone goes nowhere, instead of stopping the run with an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in terminals:
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
