from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import endtoend, memory, peaks
from bench.page import PAGE, contested
from emission.model import Role

ROOT = Path(__file__).parents[2]


def bench(folder: Path, *options: str) -> tuple[str, dict[str, Any]]:
    file = folder / "figures.json"
    command = [sys.executable, "-m", "bench", "--engine", "--rounds", "1", "--bills", "4"]
    command += ["--folder", str(folder / "out"), "--json", str(file), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(file.read_bytes())


def test_a_small_bench_of_the_engine_gives_its_figures_and_leaves_no_vouchers_behind(tmp_path: Path) -> None:
    printed, figures = bench(tmp_path)

    rendering = figures["engine"]["rendering"]
    for contest in (rendering["files"], rendering["book"]):
        rates, times = contest["rates"], contest["times_as_fast"]
        assert all(0 < rate["min"] <= rate["median"] <= rate["max"] for rate in rates.values())
        assert {*times, *(other for others in times.values() for other in others)} == set(rates)
    assert "reportlab + qrcode" in rendering["bytes_a_file"]
    for peer in rendering["absent"]:
        assert f"absent, since it is not installed: {peer}" in printed
    spending = figures["engine"]["spending"]
    assert 0 < sum(spending["floor"].values()) < spending["milliseconds"]
    assert sum(spending["by_kind"].values()) == pytest.approx(spending["milliseconds"], abs=0.01)
    assert figures["machine"]["cores"]
    assert figures["machine"]["packages"]
    assert "files a second and core" in printed
    assert list((tmp_path / "out").iterdir()) == []


def test_a_small_run_gives_its_figures(tmp_path: Path) -> None:
    batch = endtoend.make_project(tmp_path, 12)
    with memory.Watch() as watch:
        whole = endtoend.run(batch, watch.follow)
    assert (whole.vouchers, whole.rows) == (12, 14)
    assert sum(whole.stages.values()) == pytest.approx(whole.seconds, abs=0.01)
    assert endtoend.sizes(batch).lot_pages
    assert len(set(endtoend.texts_of(batch, Role.QR))) == 13  # one is not payable
    assert not memory.available() or 0 < watch.peaks["coordinator"] <= watch.together


@pytest.mark.skipif("not memory.available()", reason="Linux alone tells what processes use")
def test_memory_is_told_of_lots(tmp_path: Path) -> None:
    short, long = peaks.lots(contested(tmp_path / "lots", PAGE, 2), tmp_path, [2, 12])
    assert (short.pages, long.pages) == (2, 12)
    assert short.peak > 0
    assert list(tmp_path.glob("*.pdf")) == []
