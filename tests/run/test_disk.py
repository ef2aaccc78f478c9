"""A disk that cannot hold the run stops it before anybody is asked; one that fills up, with a sentence."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.run.town import CONFIG, Town, row, rows


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_too_little_room_stops_before_the_first_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(tmp_path)
    town.batch(rows(3))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, 1000))
    stopped = town.run(expect=4)
    assert "disk-too-small" in stopped.result.stdout
    assert stopped.report["pending"] == 3
    assert stopped.report["provider_calls"] == 0
    monkeypatch.undo()
    assert town.run().report["rendered"] == 3


def full_for(name: str) -> Callable[..., int]:
    """``os.open`` on a disk that has no room any more for files of that name."""
    really = os.open

    def opening(path: Any, flags: int, *mode: int, **named: Any) -> int:
        if flags & os.O_CREAT and name in os.fspath(path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        return really(path, flags, *mode, **named)

    return opening


@pytest.mark.parametrize(
    "name",
    ["TSG-0002.pdf", ".parts", "lot-0002.pdf", "manifest.csv", "manifest.xlsx", "faults.csv", "report.json", "run.log"],
)
def test_a_disk_that_fills_up_is_named_and_the_same_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    town = Town(tmp_path, f"{CONFIG}lot_pages = 3\n")
    town.batch([*rows(5), row(6, amount="?")])
    monkeypatch.setattr(os, "open", full_for(name))
    stopped = town.run(expect=4)
    monkeypatch.undo()
    assert '"code":"file-not-written"' in stopped.result.stdout
    assert name in stopped.result.stderr
    assert os.strerror(errno.ENOSPC) in stopped.result.stderr
    assert "emission run lote.csv" in stopped.result.stderr
    assert not list(tmp_path.rglob(".*.part"))
    whole = town.run(expect=3)
    assert (whole.report["rendered"], whole.report["rejected"]) == (5, 1)
    assert len(town.operations()) == 5


@pytest.mark.parametrize("pages", range(75, 135, 10))
def test_a_ledger_that_cannot_grow_stops_the_run_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    class Full(sqlite3.Connection):
        """SQLite's own full disk: a file of at most so many pages of 4 KB."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.execute(f"PRAGMA max_page_count = {pages}")

    really = sqlite3.connect

    def connecting(*arguments: Any, **named: Any) -> sqlite3.Connection:
        return really(*arguments, **named, factory=Full)

    town = Town(tmp_path, CONFIG)
    town.batch(rows(40))
    monkeypatch.setattr(sqlite3, "connect", connecting)
    stopped = town.call("run", "lote.csv")
    monkeypatch.undo()
    assert stopped.exit_code == 4, stopped.output
    assert "emission.db" in stopped.stderr
    assert "emission run lote.csv" in stopped.stderr
    assert town.run().report["rendered"] == 40
    assert len(town.operations()) == 40
