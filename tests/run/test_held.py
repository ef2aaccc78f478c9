"""An order that nobody may guess about waits for a person, whose decision is kept with name and reason."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.run.test_interrupted import Server
from tests.run.town import CONFIG, Run, Town, rows


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    command = [sys.executable, "-m", "emission.sandbox", "--port", "0", "--die-with-stdin"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Server(process.stdout.readline().removeprefix("ready ").strip())
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def town(tmp_path: Path, server: Server) -> Town:
    """One of two bills was created twice, and the answer was lost."""
    folder = tmp_path / "town"
    folder.mkdir()
    access = f'[provider]\nbase_url = "{server.url}"\nsettle_seconds = 0.2\ntimeout_seconds = 5\nbatch_size = 1\n'
    town = Town(folder, CONFIG + '[codes]\nqr_source = "url"\n', access + "concurrency = 1\n")
    town.batch(rows(2))
    server.fail("twice")
    server.fail("lose-answer")
    assert [line["status"] for line in town.run(expect=3).manifest] == ["failed", "rendered"]
    return town


def held(town: Town, *arguments: str, expect: int = 0) -> Result:
    result = town.call("held", *arguments)
    assert result.exit_code == expect, result.stdout + result.stderr
    return result


def waiting(town: Town) -> list[dict[str, Any]]:
    return [json.loads(line) for line in held(town, "--json").stdout.splitlines()]


def numbers(town: Town) -> list[str]:
    found: list[str] = waiting(town)[0]["known"].split(", ")
    return found


def decided(town: Town) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(town.folder / "emission.db")) as ledger:
        query = "SELECT event, detail, who FROM history WHERE who != '' ORDER BY id"
        return ledger.execute(query).fetchall()


def again(town: Town, expect: int = 0, *options: str) -> Run:
    return town.run("lote.csv", *options, expect=expect)


def test_the_list_says_who_pays_how_much_what_is_known_and_what_to_type(town: Town) -> None:
    (order,) = waiting(town)
    assert (order["obligation_id"], order["amount"], order["batches"]) == ("TSG-0001", "1001.01", ["lote"])
    told = held(town).stdout
    for word in ("TSG-0001", "Peñaloza Güemes, Ángela 1", "1.001,01", *numbers(town), "emission held accept"):
        assert word in told
    assert "emission held" in town.call("status").stdout


def test_one_of_two_is_accepted_and_the_next_run_makes_the_bill(town: Town, server: Server) -> None:
    mine, other = numbers(town)
    assert other in held(town, "accept", "TSG-0001", "--number", mine, "--why", "la que pagó", "--who", "Marta").stdout
    asked = len(server.external_ids())
    run = again(town)
    assert run.manifest[0]["status"] == "rendered"
    assert run.manifest[0]["operation"] == mine
    # Its lot was sealed without it.
    assert run.manifest[0]["print_lot"] == "2"
    assert len(server.external_ids()) == asked == 3
    assert ("accepted", f"{mine}: la que pagó", "Marta") in decided(town)
    with closing(sqlite3.connect(town.folder / "emission.db")) as ledger:
        assert ledger.execute("SELECT number FROM stray").fetchall() == [(other,)]
    assert held(town, "--json").stdout == ""
    held(town, "accept", "TSG-0001", "--number", mine, "--why", "x", expect=2)


def test_a_number_that_the_provider_does_not_answer_is_not_accepted(town: Town) -> None:
    told = held(town, "accept", "TSG-0001", "--number", "1", "--why", "x", expect=3).stderr
    assert all(number in told for number in numbers(town))
    held(town, "accept", "TSG-0001", "--number", numbers(town)[0], expect=2)
    assert decided(town) == []


def test_nothing_is_accepted_while_the_provider_is_down(town: Town, server: Server) -> None:
    mine = numbers(town)[0]
    server.fail("down", times=1000)
    held(town, "accept", "TSG-0001", "--number", mine, "--why", "x", expect=4)
    assert [order["state"] for order in waiting(town)] == ["held"]


def test_retried_the_provider_is_asked_first_and_nothing_is_sent(town: Town, server: Server) -> None:
    before = numbers(town)
    held(town, "retry", waiting(town)[0]["external_id"], "--why", "el proveedor borró una", "--who", "Marta")
    assert waiting(town) == []
    again(town, 3)
    assert numbers(town) == before
    assert len(server.external_ids()) == 3
    assert ("unknown", "el proveedor borró una", "Marta") in decided(town)


def test_what_was_given_up_is_never_sent_again_until_somebody_retries(town: Town, server: Server) -> None:
    mine = numbers(town)[0]
    held(town, "give-up", "TSG-0001", "--why", "anulada en mesa", "--who", "Marta")
    held(town, "give-up", "TSG-0001", "--why", "otra vez", expect=2)
    run = again(town, 3, "--retry-failed")
    assert run.codes_of("TSG-0001") == {"given-up"}
    assert "anulada en mesa" in run.manifest[0]["reason"]
    assert [order["state"] for order in waiting(town)] == ["abandoned"]
    assert len(server.external_ids()) == 3
    held(town, "retry", "TSG-0001", "--why", "volvió a mesa")
    again(town, 3)
    held(town, "accept", "TSG-0001", "--number", mine, "--why", "confirmada")
    assert again(town).manifest[0]["status"] == "rendered"


def test_an_operation_of_another_amount_is_not_accepted(town: Town) -> None:
    mine = numbers(town)[0]
    # What the provider has is not what the row says any more.
    with closing(sqlite3.connect(town.folder / "emission.db")) as ledger, ledger:
        packed = ledger.execute("SELECT record FROM entry WHERE obligation_id = 'TSG-0002'").fetchone()[0]
        ledger.execute("UPDATE entry SET record = ? WHERE obligation_id = 'TSG-0001'", (packed,))
    held(town, "accept", "TSG-0001", "--number", mine, "--why", "x", expect=3)
    assert [order["state"] for order in waiting(town)] == ["held"]
