"""Where work on chunks happens: in this process, or in one a core. Bytes never depend on which.

A unit of work is a module-level function with a small picklable chunk; its answer is a small summary.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Job = TypeVar("Job")
Context = TypeVar("Context")
Result = TypeVar("Result")


class Serial(Executor):
    """Runs each unit at once, in this process: for one worker, for tests, for debuggers."""

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Future[Result]:
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a future carries whatever its unit raised
            future.set_exception(error)
        return future


def worker_count(workers: int) -> int:
    """How many processes ``workers`` means: 0 is one a core."""
    return workers or os.cpu_count() or 1


def open_executor(workers: int) -> Executor:
    """An executor of :func:`worker_count` processes; 1 is this process."""
    count = worker_count(workers)
    if count == 1:
        return Serial()
    # spawn: the same on every platform, and no locks inherited from threads.
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_settle_in)


def ordered(
    executor: Executor, function: Callable[[Job], Result], jobs: Iterable[tuple[Job, Context]], window: int
) -> Iterator[tuple[Context, Result]]:
    """Each job's context with its result, in order, with at most ``window`` jobs ahead of the reader."""
    ahead: deque[tuple[Context, Future[Result]]] = deque()
    for job, context in jobs:
        ahead.append((context, executor.submit(function, job)))
        if len(ahead) >= window:
            done, future = ahead.popleft()
            yield done, future.result()
    for context, future in ahead:
        yield context, future.result()


def _settle_in() -> None:
    # Ctrl-C goes to the whole process group; the run decides when its workers stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o077)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    # A killed run must not leave workers behind: nobody else would ever end them.
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
