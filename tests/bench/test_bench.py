from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import memory

ROOT = Path(__file__).parents[2]


def bench(folder: Path, *options: str) -> tuple[str, dict[str, dict[str, object]]]:
    file = folder / "figures.json"
    command = [sys.executable, "-m", "bench", "--vouchers", "12", "--rounds", "1"]
    command += ["--folder", str(folder / "out"), "--json", str(file), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(file.read_bytes())


def test_a_small_bench_gives_its_figures_and_leaves_no_vouchers_behind(tmp_path: Path) -> None:
    printed, figures = bench(tmp_path, *(["--memory", "--memory-rows", "2", "8"] if memory.available() else []))

    whole = figures["end_to_end"]
    assert whole["vouchers"] == 12
    assert whole["rows"] == 14
    stages = whole["stages"]
    assert isinstance(stages, dict)
    assert sum(stages.values()) == pytest.approx(whole["seconds"], abs=0.01)
    assert figures["rendering"]["chunk"] == 10  # of the twelve one has three obligations and one is not payable
    for contest in ("rendering", "qr"):
        rates, times = figures[contest]["rates"], figures[contest]["times_as_fast"]
        assert isinstance(rates, dict)
        assert isinstance(times, dict)
        assert all(0 < rate["min"] <= rate["median"] <= rate["max"] for rate in rates.values())
        assert {*times, *(other for others in times.values() for other in others)} == set(rates)
    assert figures["machine"]["cores"]
    assert figures["machine"]["packages"]
    assert figures["sizes"]["lot_pages"]
    assert "vouchers a second" in printed
    assert list((tmp_path / "out").iterdir()) == []
    if memory.available():
        small, large = figures["memory"]["small"], figures["memory"]["large"]
        assert isinstance(small, dict)
        assert isinstance(large, dict)
        assert (small["rows"], large["rows"]) == (2, 10)
        assert 0 < small["coordinator"] <= small["together"]
