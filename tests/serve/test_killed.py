"""`emission serve` as a process of its own: a town without living links, killed after a notice was answered."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.serve.office import SECONDS, Office


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address."""
    command = [sys.executable, "-m", "emission", "serve", "--port", "0"]
    with (
        subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
        ) as process,
    ):
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().removeprefix("ready ").strip()
        finally:
            process.kill()


def test_what_was_answered_outlives_a_kill(tmp_path: Path) -> None:
    with Office(tmp_path, "epagos", 1) as office:
        office.close()
        told = office.pay()
        office.arm("down", rate=1)
        with serving(tmp_path) as (process, url):
            assert process.stderr is not None
            assert "/avisos/epagos como webhook en el panel de ePagos" in process.stderr.readline()
            assert httpx.get(f"{url}/", trust_env=False).status_code == 404
            assert httpx.post(f"{url}/avisos/epagos", data=told, trust_env=False, timeout=SECONDS).status_code == 200
            process.send_signal(signal.SIGKILL)
        assert office.payments(office.external_id()) == []
        office.provider.delete("/_sandbox/faults").raise_for_status()
        with serving(tmp_path) as (process, _url):
            assert office.notices(1) == [("done", "asked", "")]
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS) in (0, -signal.SIGTERM)
        assert office.payments(office.external_id()) == [("credited", 100_000, "query")]
