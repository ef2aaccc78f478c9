"""The sandbox in a process of its own that cannot outlive its parent."""

from __future__ import annotations

import contextlib
import functools
import queue
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from emission.errors import ProviderError
from emission.sandbox import READY

START_SECONDS = 30.0
STOP_SECONDS = 5.0
LAST_WORDS = 500  # characters of what a child that failed wrote to its standard error

# ``python -m emission.sandbox``, but never from the working folder, where an office may keep a ``csv.py``;
# from wherever this very package is, installed or not.
_RUN = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); "
    "runpy.run_module('emission.sandbox', run_name='__main__', alter_sys=True)"
)
_ROOT = Path(__file__).parents[2]


class Sandbox:
    """``with Sandbox(state) as sandbox: sandbox.url``. The pipe to its standard input is its lifeline.

    It is ePagos' where no ``provider`` is named. It starts while its parent does something else, until its address is
    wanted.
    """

    def __init__(self, state: Path | None, provider: str = "epagos") -> None:
        self._state = state
        self._provider = provider

    def __enter__(self) -> Self:
        self._errors = tempfile.TemporaryFile()
        self._process = _start(self._provider, self._state, self._errors)
        return self

    @functools.cached_property
    def url(self) -> str:
        """Where it answers.

        Raises:
            ProviderError: ``sandbox-not-started``, with the child's last words.
        """
        line = _first_line(self._process)
        if not line.startswith(READY):
            self._stop()
            self._errors.seek(0)
            words = self._errors.read().decode(errors="replace")[-LAST_WORDS:].strip()
            raise ProviderError("sandbox-not-started", detail=words)
        return line.removeprefix(READY).strip()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if "url" not in self.__dict__:
            # Nobody asked it for anything.
            self._process.kill()
        self._stop()
        self._errors.close()

    def dismiss(self) -> None:
        """Nothing more is asked: it ends while its parent does something else."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def _stop(self) -> None:
        self.dismiss()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def _start(provider: str, state: Path | None, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-c", _RUN, str(_ROOT), "--port", "0", "--die-with-stdin", "--provider", provider]
    if state is not None:
        command += ["--state", str(state.absolute())]
    # A group of its own: Ctrl-C is the parent's to answer, which still has answers to collect from the sandbox.
    group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    return subprocess.Popen(  # noqa: S603 - our own module, and no shell
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=sys.platform != "win32",
        creationflags=group,
    )


def _first_line(process: subprocess.Popen[bytes]) -> str:
    """What it says first, within :data:`START_SECONDS`; pipes cannot be waited for with a limit on every system."""
    assert process.stdout is not None
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=lambda out: lines.put(out.readline()), args=(process.stdout,), daemon=True).start()
    try:
        return lines.get(timeout=START_SECONDS).decode(errors="replace")
    except queue.Empty:
        return ""
