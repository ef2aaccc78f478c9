"""The sandbox beside a pipeline: what it remembers, and when it ends."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from emission.errors import ProviderError, UsageError
from emission.sandbox.child import Sandbox
from emission.sandbox.serve import serve
from emission.wording import explain
from tests.sandbox.caller import Caller, wanted

PATIENCE = 20.0  # seconds: how long a test waits for what should happen at once


def operations(url: str, *names: str) -> list[dict[str, Any]]:
    """Creates an operation for each name, and gives all that there are."""
    with httpx.Client(base_url=url, trust_env=False) as http:
        caller = Caller(http)
        for name in names:
            caller.single(wanted(name))
        listed: list[dict[str, Any]] = caller.listed()["operations"]
        return listed


def test_its_memory_survives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "new folder" / "sandbox.db"
    with Sandbox(state) as child:
        before = operations(child.url, "A", "B")
    with Sandbox(state) as child:
        assert operations(child.url) == before


def test_its_memory_survives_being_killed_after_an_answer(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.db"
    child = Sandbox(state)
    with child:
        before = operations(child.url, "A")
        child._process.kill()
        child._process.wait(PATIENCE)
    with Sandbox(state) as child:
        assert operations(child.url) == before


def test_numbers_depend_on_the_external_id_alone(tmp_path: Path) -> None:
    with Sandbox(None) as child:
        one = {found["external_id"]: found for found in operations(child.url, "A", "B", "C")}
    with Sandbox(tmp_path / "sandbox.db") as child:
        other = {found["external_id"]: found for found in operations(child.url, "C", "A", "B")}
    assert one == other


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_its_memory_is_private(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.db"
    with Sandbox(state) as child:
        operations(child.url, "A")
        modes = {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {0o600}


def test_it_ends_when_its_parents_pipe_closes() -> None:
    with Sandbox(None) as child:
        assert child._process.stdin is not None
        child._process.stdin.close()
        assert child._process.wait(PATIENCE) == 0


def test_one_that_nobody_asked_is_not_waited_for() -> None:
    with Sandbox(None) as child:
        process = child._process
    assert process.returncode not in {None, 0}


def test_one_that_is_dismissed_ends_by_itself() -> None:
    with Sandbox(None) as child:
        operations(child.url, "A")
        child.dismiss()
        assert child._process.wait(PATIENCE) == 0


def test_it_ends_when_its_parent_is_killed() -> None:
    source = (
        "import time\n"
        "from emission.sandbox.child import Sandbox\n"
        "with Sandbox(None) as child:\n"
        "    print(child.url, flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        # An open connection that the sandbox must close when it goes: no waiting, no polling.
        with (
            socket.create_connection(address, timeout=PATIENCE) as connection,
            contextlib.suppress(ConnectionResetError),
        ):
            parent.kill()
            assert connection.recv(1) == b""  # TimeoutError where it lives on


def test_one_that_cannot_start_says_why(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as child, pytest.raises(ProviderError) as caught:  # a folder is no file
        str(child.url)
    assert caught.value.code == "sandbox-not-started"
    assert "Error" in explain("es", caught.value)


def test_a_port_in_use_is_a_plain_error() -> None:
    with Sandbox(None) as child, pytest.raises(UsageError) as caught:
        serve("epagos", int(child.url.rpartition(":")[2]), None)
    assert caught.value.code == "sandbox-port-taken"


def test_the_working_folder_cannot_stand_in_its_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sqlite3.py").write_text("raise SystemExit('the office keeps its own')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Sandbox(None) as child:
        assert child.url.startswith("http://127.0.0.1:")
