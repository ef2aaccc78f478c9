"""Where work on chunks happens: in this process, or in one a core. Bytes never depend on which.

A unit of work is a module-level function with a small picklable chunk; its answer is a small summary.
"""

from __future__ import annotations

import asyncio
import atexit
import importlib
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from types import TracebackType
from typing import ParamSpec, TypeVar

from emission import garbage
from emission.errors import Stopped

P = ParamSpec("P")
Job = TypeVar("Job")
Context = TypeVar("Context")
Result = TypeVar("Result")

# A chunk takes a second or two, a large lot some tens of them, and each waits for those before it. Ten minutes mean
# that its process will never answer. They are counted in looks, so that a machine that slept is no worker that hangs.
LOOK_SECONDS = 5.0
LOOKS = 120
# What asks a program to end. Windows has not all of them.
_POLITE = ("SIGINT", "SIGTERM", "SIGHUP")


class Workers(Executor):
    """Where units of work run, ``count`` of them at once."""

    count: int


class Serial(Workers):
    """Runs each unit at once, in this process: for one worker, for tests, for debuggers."""

    count = 1

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Future[Result]:
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a future carries whatever its unit raised
            future.set_exception(error)
        return future


class Processes(ProcessPoolExecutor, Workers):
    """Worker processes, which are killed rather than waited for where the work ended badly."""

    def __init__(self, count: int) -> None:
        # spawn: the same on every platform, and no locks inherited from threads.
        super().__init__(count, mp_context=get_context("spawn"), initializer=_settle_in)
        self.count = count

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Future[Result]:
        # It may start a worker.
        with _undisturbed():
            return super().submit(fn, *args, **kwargs)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        if error is not None:
            _kill_workers()
            self._take_back()
        return super().__exit__(kind, error, traceback)

    def _take_back(self) -> None:
        """Lets nobody wait any more for a worker to take what is being handed out: there is none.

        Python does so itself from 3.11.5 on (its issue 94777); before, it waited for ever where much was handed out.
        """
        reader = getattr(getattr(self, "_call_queue", None), "_reader", None)
        if reader is not None:
            reader.close()


def open_executor(workers: int) -> Workers:
    """An executor of so many processes: 0 is one a core, 1 is this process."""
    count = workers or os.cpu_count() or 1
    return Serial() if count == 1 else Processes(count)


def load(executor: Workers, *modules: str) -> None:
    """Lets the workers start and import ``modules`` while this process does something else; errors come later."""
    for _ in range(executor.count):
        executor.submit(_load, modules)


def _load(modules: tuple[str, ...]) -> None:
    for name in modules:
        importlib.import_module(name)


def ordered(
    executor: Workers, function: Callable[[Job], Result], jobs: Iterable[tuple[Job, Context]]
) -> Iterator[tuple[Context, Result]]:
    """Each job's context with its result, in order; at most two jobs a worker are ahead of the reader.

    Raises:
        Stopped: ``worker-hung``.
    """
    ahead: deque[tuple[Context, Future[Result]]] = deque()
    for job, context in jobs:
        ahead.append((context, executor.submit(function, job)))
        if len(ahead) >= 2 * executor.count:
            done, future = ahead.popleft()
            yield done, answer(future)
    for context, future in ahead:
        yield context, answer(future)


async def in_worker(executor: Executor, function: Callable[[Job], Result], job: Job) -> Result:
    """What ``function`` makes of ``job`` in a worker.

    Raises:
        Stopped: ``worker-hung``; every worker was killed, so that nobody waits for one.
    """
    future = asyncio.wrap_future(executor.submit(function, job))
    for _ in range(LOOKS):
        done, _ = await asyncio.wait({future}, timeout=LOOK_SECONDS)
        if done:
            return future.result()
    raise _hung()


def answer(future: Future[Result]) -> Result:
    """What a worker made, once it is there.

    Raises:
        Stopped: ``worker-hung``; every worker was killed.
    """
    for _ in range(LOOKS):
        done, _ = wait({future}, LOOK_SECONDS)
        if done:
            return future.result()
    raise _hung()


def _hung() -> Stopped:
    _kill_workers()
    return Stopped("worker-hung", minutes=round(LOOKS * LOOK_SECONDS / 60))


def _kill_workers() -> None:
    # A stopped process ignores a polite end. Files are put in place whole, so a kill leaves none half-written.
    for child in active_children():
        child.kill()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Within, Ctrl-C and its like wait: they would find workers that are half there, and those have no manners yet.

    Processes that start within are born with those signals waiting.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name) for name in _POLITE})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _settle_in() -> None:
    # Ctrl-C, and a terminal that closes, go to the whole process group; the run decides when its workers stop.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {getattr(signal, name) for name in _POLITE})
    os.umask(0o077)
    garbage.look_seldom()
    # Its files are in place and its answers given: to take apart what was loaded would keep the whole command waiting.
    atexit.register(os._exit, 0)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    # A killed run must not leave workers behind: nobody else would ever end them.
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
