"""Two runs on one ledger: one works, the other says who does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from emission.errors import Stopped
from emission.ledger import Ledger
from emission.ledger.holder import holder_of, holding
from tests.run.town import Town, rows

HOLDS = """
import sys, time
from pathlib import Path
from emission.ledger import Ledger
from emission.ledger.holder import holding
with holding(Ledger(Path(sys.argv[1])), "agosto"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path)
    town.batch(rows(2))
    return town


def other(town: Town) -> subprocess.Popen[str]:
    """A process that works on the town's ledger until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(town.folder / "emission.db")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str], how: signal.Signals = signal.SIGKILL) -> None:
    process.send_signal(how)
    process.wait(10)
    assert process.stdout is not None
    process.stdout.close()


def test_the_second_says_who_holds_it_and_asks_nobody(town: Town) -> None:
    process = other(town)
    try:
        result = town.call("run", "lote.csv")
    finally:
        end(process)
    assert result.exit_code == 4
    told = " ".join(result.stderr.split())
    assert all(word in told for word in ("agosto", socket.gethostname(), str(process.pid), time.strftime("%Y-")))
    assert "emission run lote.csv" in told
    assert not (town.folder / "emission-sandbox.db").exists()


def test_one_who_was_killed_is_taken_over_and_named(town: Town) -> None:
    process = other(town)
    end(process)
    result = town.call("run", "lote.csv")
    assert result.exit_code == 0
    assert str(process.pid) in result.stderr
    assert "taken-over" in history(town)


def test_nobody_is_named_after_a_run_that_ended_well(town: Town) -> None:
    town.run()
    assert "taken-over" not in history(town)
    result = town.call("run", "lote.csv")
    assert "sin avisar" not in result.stderr
    with closing(Ledger(town.folder / "emission.db")) as ledger:
        assert holder_of(ledger) is None


def test_a_ledger_is_free_again_however_its_holder_ended(tmp_path: Path) -> None:
    path = tmp_path / "emission.db"
    with closing(Ledger(path)) as ledger, closing(Ledger(path)) as second:
        with holding(ledger, "uno"), pytest.raises(Stopped, match="ledger-held"), holding(second, "dos"):
            pass
        with holding(second, "dos") as left:
            assert left is None
            now = holder_of(ledger)
            assert now is not None
            assert (now.process, now.batch) == (os.getpid(), "dos")


def history(town: Town) -> list[str]:
    with closing(Ledger(town.folder / "emission.db")) as ledger, ledger.transaction() as connection:
        return [event for (event,) in connection.exec_driver_sql("SELECT event FROM history").all()]
