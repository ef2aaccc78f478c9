"""Workers do their work, and never outlive the run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from emission.executors import load, open_executor, ordered

PARENT = """
import os, sys, time
from emission.executors import open_executor

if __name__ == "__main__":
    with open_executor(2) as executor:
        print(executor.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""

# Both workers are busy, and more is handed out to them than a pipe holds.
ENDED_BADLY = """
import time
from emission.executors import open_executor

if __name__ == "__main__":
    with open_executor(2) as executor:
        for _ in range(2):
            executor.submit(time.sleep, 600)
        for _ in range(4):
            executor.submit(len, bytes(10**6))
        time.sleep(1)
        raise SystemExit("bad")
"""
# A worker loads its parent's script before it learns any manners: then Ctrl-C goes to the whole group.
STRUCK = """
import os, signal
from emission.executors import open_executor

if __name__ == "__mp_main__":
    os.killpg(0, signal.SIGINT)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, lambda *_: None)
    with open_executor(2) as executor:
        print(executor.submit(abs, -1).result())
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_with_their_context(workers: int) -> None:
    with open_executor(workers) as executor:
        jobs = [(number, f"context {number}") for number in range(20)]
        assert list(ordered(executor, abs, jobs)) == [(f"context {number}", number) for number in range(20)]


@pytest.mark.skipif("os.name == 'nt'", reason="Windows has no signal 0 to look for a process with")
def test_a_worker_dies_with_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
    for _ in range(500):
        if not _lives(worker):
            return
        time.sleep(0.02)
    pytest.fail("the worker lives on")


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # A dead child of nobody may wait to be reaped where no init runs.
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"


def test_what_a_worker_does_loads_neither_the_ledger_nor_what_calls_providers() -> None:
    # Half a second and 35 MB for each worker of each run.
    script = (
        "import sys, emission.scan.sheets;"
        "from emission.stages import detail, fitting, parse, seal, stamp;"
        "print(*{'httpx', 'pydantic', 'sqlalchemy', 'uvicorn'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == []


def test_tools_that_cannot_be_loaded_are_told_of_when_they_are_used() -> None:
    with open_executor(2) as executor:
        load(executor, "decimal", "no_such_tool")
        assert executor.submit(abs, -1).result() == 1


@pytest.mark.skipif("os.name == 'nt'", reason="Windows has no groups of processes that a signal goes to")
def test_ctrl_c_while_workers_are_being_born_is_their_parents_to_answer(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(STRUCK, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, start_new_session=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_work_that_ended_badly_is_not_handed_out_for_ever(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(ENDED_BADLY, encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "bad\n")
