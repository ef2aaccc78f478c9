"""All that can befall a run, at instants that a seed decides: faults at the provider, and kills."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
import urllib.request
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

# Fault → how many calls it hits when it is armed, and for how many seconds where it knows any. What is late stays well
# below the settle time, as an office would set it.
FAULTS = {
    "lose-answer": (3, 0.0), "cut-body": (2, 0.0), "error-after-commit": (2, 0.0), "drop-item": (3, 0.0),
    "reorder": (3, 0.0), "late": (1, 0.5), "slow": (4, 0.4),
}  # fmt: skip
CALM_SECONDS = (0.3, 1.5)  # from one fault to the next
DOWN_SECONDS = (0.5, 3.0)  # for which nobody answers at all
DOWN_SHARE = 0.04  # of all faults

# What ends a run early, and how often of a hundred times.
ENDS = {"kill -9": 80, "SIGTERM": 10, "kill -9 of a worker": 10}


class Weather:
    """``with Weather(url, chance) as weather``: the provider misbehaves for as long as the block lasts."""

    def __init__(self, url: str, chance: random.Random) -> None:
        self.armed: Counter[str] = Counter()
        self._url = url
        self._chance = chance
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._blow, daemon=True)

    def __enter__(self) -> Self:
        for fault in FAULTS:  # one that the sandbox does not know is said here, not in a thread
            self._arm(fault, 0, 0.0)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _blow(self) -> None:
        while not self._over.wait(self._chance.uniform(*CALM_SECONDS)):
            if self._chance.random() < DOWN_SHARE:
                self._arm("down", 10**6, 0.0)
                self._over.wait(self._chance.uniform(*DOWN_SECONDS))
                self._arm("down", 0, 0.0)
            else:
                fault = self._chance.choice(list(FAULTS))
                most, seconds = FAULTS[fault]
                self._arm(fault, self._chance.randint(1, most), seconds)

    def _arm(self, fault: str, times: int, seconds: float) -> None:
        body = msgspec.json.encode({"fault": fault, "times": times, "seconds": seconds})
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self._url}/_sandbox/faults", body, headers)  # noqa: S310 - our own sandbox
        with urllib.request.urlopen(request, timeout=60):  # noqa: S310 - likewise
            if times:
                self.armed[fault] += 1


class Fate:
    """When and how a run ends early; ``struck`` counts what did."""

    def __init__(self, chance: random.Random) -> None:
        self.struck: Counter[str] = Counter()
        self._chance = chance

    def befall(self, run: subprocess.Popen[bytes], making: threading.Event, span: float) -> None:
        """Lets ``run`` be for a while, mostly until it issues, and up to ``span`` seconds more; then ends it."""
        (how,) = self._chance.choices(list(ENDS), list(ENDS.values()))
        if self._chance.random() < 0.8:
            while not making.wait(0.05):
                if run.poll() is not None:
                    return
        until = time.monotonic() + self._chance.uniform(0.05, span)
        while time.monotonic() < until:
            if run.poll() is not None:
                return
            time.sleep(0.01)
        with contextlib.suppress(ProcessLookupError):
            if how == "kill -9 of a worker":
                workers = _workers(run.pid)
                if not workers:
                    return
                os.kill(self._chance.choice(workers), signal.SIGKILL)
            else:
                run.send_signal(signal.SIGTERM if how == "SIGTERM" else signal.SIGKILL)
            self.struck[how] += 1


def _workers(pid: int) -> list[int]:
    """The processes that render for ``pid``; none where the system does not tell."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        commands = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    except OSError:
        return []
    return sorted(child for child, command in commands.items() if b"spawn_main" in command)
