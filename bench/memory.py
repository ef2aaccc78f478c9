"""Peak memory of a run and of every process that it starts, as Linux's /proc tells it."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from bench import endtoend

PROC = Path("/proc")
SECONDS_BETWEEN_LOOKS = 0.1
NOT_HERE = "Peak memory is read from /proc, which this system does not have: run this on Linux."


class Peak(msgspec.Struct, frozen=True):
    """Peaks in MiB of resident memory of one run.

    ``together`` is the most that all processes but the sandbox had at one look; what they share is
    counted in each, so it is never too little. ``worker`` is the largest one, 0 where there is none.
    """

    vouchers: int
    rows: int
    coordinator: float
    worker: float
    together: float
    sandbox: float


class Growth(msgspec.Struct, frozen=True):
    """Two runs, and how many times the small one's memory the large one took."""

    small: Peak
    large: Peak
    coordinator: float
    worker: float
    together: float


def available() -> bool:
    """Whether this system tells what processes use."""
    return (PROC / "self" / "status").is_file()


def growth(folder: Path, small: int, large: int) -> Growth:
    """Runs of ``small`` and ``large`` batches, in rows, one after the other."""
    peaks = [peak(folder / f"memory-{rows}", rows) for rows in (small, large)]
    first, second = peaks
    return Growth(
        first,
        second,
        coordinator=_ratio(second.coordinator, first.coordinator),
        worker=_ratio(second.worker, first.worker),
        together=_ratio(second.together, first.together),
    )


class Watch:
    """``with Watch() as watch: watch.follow(pid)``: looks at a process and its descendants until the end."""

    def __init__(self) -> None:
        self.peaks: dict[str, float] = {"coordinator": 0.0, "worker": 0.0, "sandbox": 0.0, "other": 0.0}
        self.together = 0.0
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def follow(self, pid: int) -> None:
        self._thread = threading.Thread(target=self._look_on, args=(pid,), daemon=True)
        self._thread.start()

    def _look_on(self, pid: int) -> None:
        while not self._done.wait(SECONDS_BETWEEN_LOOKS):
            now = 0.0
            for process in _family(pid):
                role = "coordinator" if process == pid else _role(process)
                resident, peak = of_process(process)
                self.peaks[role] = max(self.peaks[role], peak)
                now += 0.0 if role == "sandbox" else resident
            self.together = max(self.together, now)


def peak(folder: Path, rows: int) -> Peak:
    """One run of a batch of so many rows."""
    # Of every forty vouchers of an invented batch one has three rows.
    batch = endtoend.make_project(folder, round(rows * 20 / 21))
    with Watch() as watch:
        done = endtoend.run(batch, watch.follow)
    return Peak(
        vouchers=done.vouchers,
        rows=done.rows,
        coordinator=round(watch.peaks["coordinator"], 1),
        worker=round(watch.peaks["worker"], 1),
        together=round(watch.together, 1),
        sandbox=round(watch.peaks["sandbox"], 1),
    )


def _ratio(large: float, small: float) -> float:
    return round(large / small, 2) if small else 0.0


def _family(pid: int) -> list[int]:
    """The process and all that descend from it, now."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            # "pid (name) state parent …", and a name may hold anything.
            fields = _read(entry / "stat").rpartition(")")[2].split()
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    family = [pid]
    for member in family:
        family += children.get(member, [])
    return family


def _role(pid: int) -> str:
    command = _read(PROC / str(pid) / "cmdline")
    if "emission.sandbox" in command:
        return "sandbox"
    return "worker" if "spawn_main" in command else "other"


def of_process(pid: int) -> tuple[float, float]:
    """MiB resident now and at most so far; nothing of a process that has just ended."""
    facts = dict(line.split(":", 1) for line in _read(PROC / str(pid) / "status").splitlines() if ":" in line)
    return _mebibytes(facts.get("VmRSS", "")), _mebibytes(facts.get("VmHWM", ""))


def _mebibytes(fact: str) -> float:
    return int(fact.split(maxsplit=1)[0]) / 1024 if fact else 0.0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
