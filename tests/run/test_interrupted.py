"""Whatever stops a run, the same command goes on, and nothing is asked for twice."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from emission.stages import produce
from emission.stages.account import Book
from tests.run.hall import Sandbox
from tests.run.town import CONFIG, Run, Town, row, rows

# Three calls' worth.
ROWS = 120


class Server:
    """A sandbox that outlives the runs, with faults on demand."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str) -> dict[str, object]:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            content: dict[str, object] = json.load(answer)
        return content

    def fail(self, fault: str, times: int = 1, seconds: float = 0) -> None:
        body = json.dumps({"fault": fault, "times": times, "seconds": seconds}).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/faults", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10):
            pass

    def external_ids(self) -> list[str]:
        return [operation["external_id"] for operation in self.get("/_sandbox/operations")["operations"]]  # type: ignore[attr-defined] # JSON


@pytest.fixture
def server() -> Iterator[Server]:
    with Sandbox(None) as sandbox:
        yield Server(sandbox.url)


@pytest.fixture
def town(tmp_path: Path, server: Server) -> Town:
    provider = f'[provider]\nbase_url = "{server.url}"\nsettle_seconds = 1\ntimeout_seconds = 60\n'
    folder = tmp_path / "town"
    folder.mkdir()
    return Town(folder, CONFIG, provider)


def test_killed_in_the_middle_it_goes_on_without_asking_twice(town: Town, server: Server) -> None:
    town.batch(rows(ROWS))
    server.fail("slow", times=1000, seconds=0.3)
    command = [sys.executable, "-m", "emission", "run", "lote.csv", "--quiet"]
    with subprocess.Popen(command, cwd=town.folder, stderr=subprocess.DEVNULL) as process:
        while not server.external_ids() and process.poll() is None:
            time.sleep(0.02)
        process.kill()
    assert not (town.folder / "out" / "lote" / "manifest.csv").exists()
    server.fail("slow", times=0)
    run = town.run()
    assert run.report["rendered"] == ROWS
    asked = server.external_ids()
    assert len(asked) == len(set(asked)) == ROWS


@pytest.mark.parametrize("fault", ["lose-answer", "error-after-commit", "drop-item", "reorder"])
def test_an_unknown_outcome_is_looked_up_and_never_repeated(town: Town, server: Server, fault: str) -> None:
    town.batch(rows(60))
    server.fail(fault)
    run = town.run()
    assert run.report["rendered"] == 60
    asked = server.external_ids()
    assert len(asked) == len(set(asked)) == 60
    looked_up = {"lose-answer": 50, "error-after-commit": 50, "drop-item": 1, "reorder": 0}[fault]
    assert sum(found["code"] == "link-code-not-given" for found in run.faults) == looked_up
    assert sum(line["link_code"] == "" for line in run.manifest) == looked_up


def test_a_provider_that_is_down_stops_the_run_and_the_same_command_goes_on(town: Town, server: Server) -> None:
    town.batch(rows(3))
    real = (town.folder / "emission.toml").read_text(encoding="utf-8")
    town.configure(real.replace(server.url, "http://127.0.0.1:9"))
    run = town.run(expect=4)
    assert "emission run lote.csv" in run.result.stderr
    report = run.report
    assert (report["pending"], report["rendered"], report["exit_code"]) == (3, 0, 4)
    assert not (run.folder / "manifest.csv").exists()
    town.configure(real)
    assert town.run().report["rendered"] == 3
    assert len(server.external_ids()) == 3


def test_a_limit_stops_and_the_rest_makes_the_same_files(town: Town, server: Server, tmp_path: Path) -> None:
    batch = [*rows(5), row(6, voucher_id="V", payer_name="Una"), row(7, voucher_id="V", payer_name="Una"), row(8)]
    town.batch(batch)
    first = town.run("lote.csv", "--limit", "3", expect=4)
    assert first.report["pending"] == 5
    assert not (first.folder / "manifest.csv").exists()
    town.run("lote.csv", "--limit", "3", expect=4)
    last = town.run()
    folder = tmp_path / "undisturbed"
    folder.mkdir()
    other = Town(folder)
    other.batch(batch)
    undisturbed = other.run()
    assert last.digital() == undisturbed.digital()
    assert [path.read_bytes() for path in last.lots()] == [path.read_bytes() for path in undisturbed.lots()]
    assert len(server.external_ids()) == 8


def begun(town: Town, server: Server, seconds: float) -> subprocess.Popen[str]:
    """A run of three calls, caught while the provider takes that long over one call after the other."""
    town.batch(rows(ROWS))
    text = (town.folder / "emission.toml").read_text(encoding="utf-8")
    town.configure(text.replace("timeout_seconds = 60", "timeout_seconds = 300") + "concurrency = 1\n")
    server.fail("slow", times=1000, seconds=seconds)
    command = [sys.executable, "-m", "emission", "run", "lote.csv"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=town.folder, stdout=pipe, stderr=pipe, text=True)
    while not server.external_ids() and process.poll() is None:
        time.sleep(0.02)
    return process


@pytest.mark.skipif("os.name == 'nt'", reason="Windows sends no such signals to one process")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_polite_end_is_gentle_and_says_what_to_type(town: Town, server: Server, number: str) -> None:
    with begun(town, server, seconds=0.5) as process:
        process.send_signal(getattr(signal, number))
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "emission run lote.csv" in said
    asked_by_then = len(server.external_ids())
    assert 0 < asked_by_then < ROWS
    report = json.loads((town.folder / "out" / "lote" / "report.json").read_text(encoding="utf-8"))
    assert report["stopped_by"] == "interrupted"
    server.fail("slow", times=0)
    assert town.run().report["rendered"] == ROWS
    asked = server.external_ids()
    assert len(asked) == len(set(asked)) == ROWS


@pytest.mark.skipif("os.name == 'nt'", reason="Windows sends no SIGINT to one process")
def test_a_second_ctrl_c_ends_at_once_and_leaves_nothing_half_written(town: Town, server: Server) -> None:
    # The call that is under way takes longer than this test waits, on however busy a machine.
    with begun(town, server, seconds=240) as process:
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        while "Ctrl-C" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "emission run lote.csv" in said
    assert not list((town.folder / "out").rglob(".*.part"))
    server.fail("slow", times=0)
    assert town.run().report["rendered"] == ROWS
    asked = server.external_ids()
    assert len(asked) == len(set(asked)) == ROWS


def test_a_reader_that_closes_its_end_stops_the_run_in_order(town: Town, server: Server) -> None:
    town.batch(rows(60))
    command = [sys.executable, "-m", "emission", "run", "lote.csv", "--json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=town.folder, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 4
    assert "Traceback" not in said
    assert "emission run lote.csv --json" in said
    assert town.run().report["rendered"] == 60
    assert len(server.external_ids()) == 60


def test_a_lost_answer_does_not_keep_its_lot_waiting_for_the_end(
    town: Town, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(produce, "CHUNK", 30)
    text = (town.folder / "emission.toml").read_text(encoding="utf-8")
    town.configure(
        text.replace("workers = 1", "workers = 1\nlot_pages = 30").replace("settle_seconds = 1\n", "")
        + "settle_seconds = 0.2\nconcurrency = 1\n"
    )
    town.batch(rows(210))
    server.fail("lose-answer")
    server.fail("slow", times=1000, seconds=0.1)
    assert town.run().report["rendered"] == 210
    with closing(sqlite3.connect(town.folder / "emission.db")) as ledger:
        query = "SELECT subject, event, subject_id FROM history ORDER BY id"
        happened = ledger.execute(query).fetchall()
    assert ("effect", "unknown") in {line[:2] for line in happened}
    last_call = max(place for place, line in enumerate(happened) if line[:2] == ("effect", "sent"))
    assert happened.index(("lot", "sealed", 1)) < last_call


def test_errors_at_the_provider_stop_the_run_and_leave_nothing_doubtful_behind(town: Town, server: Server) -> None:
    town.batch(rows(60))
    server.fail("down", times=1000)
    stopped = town.run(expect=4)
    assert stopped.report["pending"] == 60
    server.fail("down", times=0)
    assert town.run().report["rendered"] == 60
    asked = server.external_ids()
    assert len(asked) == len(set(asked)) == 60


@pytest.mark.skipif("os.name == 'nt'", reason="Windows sends no SIGTERM")
@pytest.mark.parametrize(("closing_step", "down", "code"), [("finish", 0, 0), ("stop", 1000, 4)])
def test_a_polite_end_while_the_account_is_closed_lets_it_be_closed(
    town: Town, server: Server, monkeypatch: pytest.MonkeyPatch, closing_step: str, down: int, code: int
) -> None:
    really = getattr(Book, closing_step)

    def interrupted(book: Book, *arguments: object) -> object:
        signal.raise_signal(signal.SIGTERM)
        return really(book, *arguments)

    monkeypatch.setattr(Book, closing_step, interrupted)
    town.batch(rows(3))
    server.fail("down", times=down)
    assert town.call("run", "lote.csv").exit_code == code
    monkeypatch.undo()
    server.fail("down", times=0)
    assert town.run().report["rendered"] == 3
    assert len(server.external_ids()) == 3


def stages(run: Run) -> list[str]:
    events = [json.loads(line) for line in run.result.stdout.splitlines()]
    return list(dict.fromkeys(event["stage"] for event in events if event["event"] == "progress"))


def test_a_command_that_goes_on_does_not_read_the_batch_again(town: Town, server: Server) -> None:
    town.batch(rows(20))
    assert stages(town.run("lote.csv", "--limit", "5", expect=4)) == ["reading", "checking", "making"]
    assert stages(town.run("lote.csv", "--limit", "5", expect=4)) == ["making"]
    # Rows that came meanwhile are read.
    town.batch(rows(22), "lote.csv")
    assert "reading" in stages(town.run("lote.csv", "--limit", "5", expect=4))
    whole = town.run()
    assert stages(whole) == ["making"]
    assert whole.report["rendered"] == 22
    # A run that is over is read again: what it was refused for may have changed.
    assert "reading" in stages(town.run())
    assert len(server.external_ids()) == 22


def test_going_on_the_control_totals_still_hold(town: Town, server: Server) -> None:
    town.batch(rows(20))
    town.run("lote.csv", "--limit", "5", expect=4)
    text = (town.folder / "emission.toml").read_text(encoding="utf-8")
    town.configure(text.replace("[batch]", "[batch]\nexpected_rows = 21"))
    assert '"code":"control-rows"' in town.call("run", "lote.csv", "--json").stdout
    town.configure(text)
    assert town.run().report["rendered"] == 20
    assert len(server.external_ids()) == 20
