"""Killed at random instants while its workers render, a run leaves nobody behind and goes on to the same bytes."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.processes import lives, workers_of
from tests.faults.provider import serving
from tests.faults.thorough import THOROUGH
from tests.run.town import CONFIG, Town, rows

pytestmark = pytest.mark.skipif("os.name == 'nt'", reason="Windows ends processes in another way")

KILLS = 3 if THOROUGH else 1
BILLS = 60
SETTINGS = """
lot_pages = 25

[codes]
qr_source = "url"

[provider]
base_url = "{url}"
batch_size = 5
concurrency = 2
settle_seconds = 0.5
"""


def test_killed_among_its_workers_it_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    chance = random.Random(26)  # noqa: S311 - instants, no secrets
    papers: list[dict[str, bytes]] = []
    for kills in (0, KILLS):
        with serving(None) as provider:
            provider.fail("no-payment-codes", times=10**6)
            provider.fail("lose-answer", times=2 * kills)
            provider.fail("slow", times=10**6, seconds=0.05)
            folder = tmp_path / str(kills)
            folder.mkdir()
            town = Town(folder, CONFIG.replace("workers = 1", "workers = 2"), SETTINGS.format(url=provider.url))
            town.batch(rows(BILLS))
            for _ in range(kills):
                kill_at_random(town, chance)
            run = town.run()
            asked = provider.external_ids()
            assert len(asked) == len(set(asked)) == BILLS
            lots = {path.name: path.read_bytes() for path in run.lots()}
            papers.append({**run.digital(), **lots, "manifest": (run.folder / "manifest.csv").read_bytes()})
    assert papers[0] == papers[1]


def kill_at_random(town: Town, chance: random.Random) -> None:
    command = [sys.executable, "-m", "emission", "run", "lote.csv", "--quiet"]
    with subprocess.Popen(command, cwd=town.folder, stderr=subprocess.DEVNULL) as process:
        while not (workers := workers_of(process.pid)) and process.poll() is None:
            time.sleep(0.02)
        time.sleep(chance.uniform(0.5, 2.0))
        workers = workers_of(process.pid) or workers
        process.kill()
    assert workers
    until = time.monotonic() + 10
    while any(lives(worker) for worker in workers):
        assert time.monotonic() < until, "a worker lives on"
        time.sleep(0.02)
