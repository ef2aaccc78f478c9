"""A disk that cannot hold the run stops it before anybody is asked."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.run.town import Town, rows


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
    assert not (tmp_path / "emission-sandbox.db").exists()
    monkeypatch.undo()
    assert town.run().report["rendered"] == 3
