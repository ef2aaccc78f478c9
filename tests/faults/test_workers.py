"""A worker that hangs, dies or finds no memory stops the run with a sentence, and the same command goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import active_children
from pathlib import Path

import pytest

from emission import executors
from emission.stages import produce
from tests.faults.provider import Provider, serving
from tests.run.town import CONFIG, Run, Town, rows


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving(None) as server:
        yield server


@pytest.fixture
def town(tmp_path: Path, provider: Provider) -> Town:
    settings = f'[provider]\nbase_url = "{provider.url}"\nconcurrency = 1\nsettle_seconds = 0.2\n'
    town = Town(tmp_path, CONFIG.replace("workers = 1", "workers = 2"), settings)
    town.batch(rows(210))
    provider.fail("slow", times=10**6, seconds=0.3)
    return town


def sleep_on(_job: object) -> None:
    """What a worker does that hangs."""
    time.sleep(3600)


def once_it_renders(provider: Provider, accident: Callable[[], None]) -> threading.Thread:
    """Lets ``accident`` happen when the provider was asked for the second chunk, so that workers have the first."""

    def wait() -> None:
        until = time.monotonic() + 60
        while len(provider.external_ids()) <= produce.CHUNK and time.monotonic() < until:
            time.sleep(0.02)
        accident()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def goes_on(town: Town, provider: Provider, stopped: Run, code: str) -> None:
    assert stopped.report["stopped_by"] == code
    assert f'"code":"{code}"' in stopped.result.stdout
    assert "emission run lote.csv" in stopped.result.stderr
    assert stopped.report["pending"] > 0
    assert active_children() == []
    provider.fail("slow", times=0)
    assert town.run().report["rendered"] == 210
    asked = provider.external_ids()
    assert len(asked) == len(set(asked)) == 210


def test_a_worker_that_hangs_is_ended_with_the_run(
    town: Town, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_patience() -> None:
        monkeypatch.setattr(executors, "LOOK_SECONDS", 0.2)
        monkeypatch.setattr(executors, "LOOKS", 5)

    monkeypatch.setattr(produce, "stamp_chunk", sleep_on)
    impatience = once_it_renders(provider, lose_patience)
    stopped = town.run(expect=4)
    impatience.join()
    monkeypatch.undo()
    goes_on(town, provider, stopped, "worker-hung")


@pytest.mark.skipif("os.name == 'nt'", reason="Windows has no such signal")
def test_workers_that_the_system_kills_stop_the_run(town: Town, provider: Provider) -> None:
    def kill_workers() -> None:
        for child in active_children():
            child.kill()

    killing = once_it_renders(provider, kill_workers)
    stopped = town.run(expect=4)
    killing.join()
    goes_on(town, provider, stopped, "worker-died")


@pytest.mark.parametrize("step", ["stamp_chunk", "seal_lot"])
def test_no_memory_stops_the_run(town: Town, provider: Provider, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def greedy(_job: object) -> None:
        raise MemoryError

    provider.fail("slow", times=0)
    monkeypatch.setattr(produce, step, greedy)
    stopped = town.run("lote.csv", "--workers", "1", expect=4)
    assert stopped.report["stopped_by"] == "out-of-memory"
    assert "emission run lote.csv" in stopped.result.stderr
    monkeypatch.undo()
    assert town.run("lote.csv", "--workers", "1").report["rendered"] == 210
    assert len(provider.external_ids()) == 210
