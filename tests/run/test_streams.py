"""The program as a shell starts it: streams closed, names too long, no room for temporary files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from emission.__main__ import main
from tests.run.town import Town, rows

LONG = "x" * 300
EMISSION = f"{sys.executable} -m emission"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path)
    town.batch(rows(2))
    return town


def shell(town: Town, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    line = ["bash", "-o", "pipefail", "-c", command]
    return subprocess.run(
        line,
        cwd=town.folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("streams", [">&-", "<&- >&- 2>&-", "--json >&-"])
def test_without_a_stream_the_run_is_made_all_the_same(town: Town, streams: str) -> None:
    assert shell(town, f"{EMISSION} run lote.csv {streams}").returncode == 0
    assert len(list((town.folder / "out/lote/digital").rglob("*.pdf"))) == 2


@pytest.mark.parametrize("option", ["", "--json"])
def test_a_listener_that_leaves_is_no_failure_of_the_run(town: Town, option: str) -> None:
    # The listener is gone before the first word: it waits for nothing.
    left = shell(town, f"(sleep 1; {EMISSION} run lote.csv {option}) | true")
    assert left.returncode == 4
    assert "Traceback" not in left.stderr
    assert "emission run lote.csv" in left.stderr
    assert town.run().report["rendered"] == 2


def test_a_name_that_no_system_takes_is_said_in_a_sentence(town: Town) -> None:
    town.run()
    for command in ("backup", "audit", "status -c", "run lote.csv --template", "init"):
        said = town.call(*command.split(), LONG)
        assert (said.exit_code, command) == (2, command)
        assert "xxx" in said.stderr


def test_no_room_for_a_workbooks_temporary_file_stops_the_run_in_order(town: Town) -> None:
    stopped = shell(town, f"{EMISSION} run lote.csv", TMPDIR=str(town.folder / "nowhere"))
    assert stopped.returncode == 4
    assert "manifest.xlsx" in stopped.stderr
    assert "emission run lote.csv" in stopped.stderr
    assert town.run().report["rendered"] == 2


def test_a_ledger_on_a_disk_that_stays_full_is_said_each_time(town: Town) -> None:
    for _ in range(2):
        stopped = shell(town, f"ulimit -f 8; trap '' XFSZ; {EMISSION} run lote.csv")
        assert stopped.returncode == 4, stopped.stderr
        assert "emission.db" in stopped.stderr


def test_ctrl_c_while_the_program_loads_is_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    loading = ModuleType("emission.cli")
    loading.__dict__["main"] = interrupted
    monkeypatch.setitem(sys.modules, "emission.cli", loading)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
