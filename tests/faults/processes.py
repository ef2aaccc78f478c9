"""The processes of a run: those that it has, as the operating system tells it, and one that a test forks for it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import traceback
import warnings
from collections.abc import Callable
from typing import NoReturn


def workers_of(pid: int) -> list[int]:
    """The processes that render for ``pid``, now."""
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    found = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return [int(child) for child, parent, command in found if int(parent) == pid and "spawn_main" in command]


def lives(pid: int) -> bool:
    """Whether it is there, and is more than a dead child that nobody has reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


class Child:
    """A fork of this process that does ``work`` and tells what it made."""

    def __init__(self, work: Callable[[], object]) -> None:
        reading, writing = os.pipe()
        with warnings.catch_warnings():
            # Whoever imported numpy has threads of its own sleeping; they hold nothing that a child needs.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process = os.fork()
        if self._process == 0:
            os.close(reading)
            _do(work, writing)
        os.close(writing)
        self._reading = reading

    def end(self) -> tuple[bool, object]:
        """Whether it was killed, and what it made; its last words where it could not."""
        with os.fdopen(self._reading, "rb") as stream:
            told = stream.read()
        _, status = os.waitpid(self._process, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        return killed, pickle.loads(told) if told else None  # noqa: S301 - our own child's words


def _do(work: Callable[[], object], writing: int) -> NoReturn:
    try:
        made = work()
    except BaseException:  # noqa: BLE001 - it must not come back into pytest, whatever happened
        made = traceback.format_exc()
    with os.fdopen(writing, "wb") as stream:
        pickle.dump(made, stream)
    os._exit(0)
