"""The whole main job as an office runs it: a child process, default workers, the embedded sandbox, files on disk."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

import emission
from bench.batches import write
from bench.spread import Spread, spread
from emission import config
from emission.ledger import Ledger, accounts, runs
from emission.model import Role
from emission.shipped import shipped

STEM = "tasas"
_SAMPLE = "tasas-2026-12"


class EndToEnd(msgspec.Struct, frozen=True):
    """``seconds`` is the child's life, interpreter's start included; ``stages`` add up to it.

    ``reported_seconds`` is what the run's own report says, which begins when its ledger is open.
    """

    vouchers: int
    rows: int
    seconds: float
    vouchers_per_second: float
    vouchers_per_second_and_core: float
    stages: dict[str, float]
    reported_seconds: float


class Sizes(msgspec.Struct, frozen=True):
    """Bytes of the files of a run: each digital PDF, and a lot shared out among its pages."""

    digital: Spread
    lot_pages: int
    lot_page: float


def make_project(folder: Path, vouchers: int) -> Path:
    """A municipality in ``folder``, as the sample's, with a batch of so many vouchers; the batch's path."""
    write(folder, vouchers, stem=STEM)
    for name in ("emission.toml", "logo.png"):
        shutil.copy(shipped("samples") / _SAMPLE / name, folder)
    return folder / f"{STEM}.csv"


def run(batch: Path, started: Callable[[int], object] | None = None) -> EndToEnd:
    """One ``emission run``; ``started`` is told the child's process id.

    Raises:
        SystemExit: the run did not make every voucher; it says so itself on standard error.
    """
    # As pip leaves a program that it has installed.
    compileall.compile_dir(Path(emission.__file__).parent, quiet=1)
    began = time.perf_counter()
    command = [sys.executable, "-m", "emission", "run", str(batch), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", errors="replace") as child:
        if started is not None:
            started(child.pid)
        assert child.stdout is not None
        events = [(time.perf_counter() - began, msgspec.json.decode(line)) for line in child.stdout]
    seconds = time.perf_counter() - began
    if child.returncode:
        raise SystemExit(f"emission run ended with exit code {child.returncode}: nothing was measured")
    report: dict[str, Any] = next(event for _, event in events if event["event"] == "report")
    return EndToEnd(
        vouchers=report["vouchers"],
        rows=report["rows"],
        seconds=round(seconds, 3),
        vouchers_per_second=round(report["vouchers"] / seconds, 1),
        vouchers_per_second_and_core=round(report["vouchers"] / seconds / (os.cpu_count() or 1), 1),
        stages=_stages(events, seconds),
        reported_seconds=report["seconds"],
    )


def texts_of(batch: Path, role: Role) -> list[str]:
    """What the codes of that role say in the finished run of ``batch``."""
    with closing(Ledger(config.load(None, batch).ledger_path)) as ledger:
        rows = list(accounts.accounts(ledger, runs.every(ledger)[0].id))
    return [row.operation.text(role) for row in rows if row.operation is not None]


def sizes(batch: Path) -> Sizes:
    """The files of the finished run of ``batch``."""
    folder = batch.parent / "out" / STEM
    digital = [path.stat().st_size for path in folder.glob("digital/*/*.pdf")]
    lots = msgspec.json.decode((folder / "report.json").read_bytes())["lots"]
    pages = sum(lot["pages"] for lot in lots)
    stored = sum((folder / lot["file"]).stat().st_size for lot in lots)
    return Sizes(spread(digital), pages, round(stored / pages, 1) if pages else 0.0)


def _stages(events: list[tuple[float, dict[str, Any]]], seconds: float) -> dict[str, float]:
    """Seconds by stage, from when the child said what."""
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    for at, event in events:
        name = event.get("stage", event["event"])
        first.setdefault(name, at)
        last[name] = at
    # A stage ends where the next one begins; making ends with the last voucher, before the last lot is sealed.
    ends = {
        "start": first["reading"],
        "read": first["checking"],
        "check": first["forecast"],
        "issue and render": last["making"],
        "seal and account": first["report"],
        "end": seconds,
    }
    begins = [0.0, *ends.values()]
    return {name: round(end - begin, 3) for begin, (name, end) in zip(begins, ends.items(), strict=False)}
