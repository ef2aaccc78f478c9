"""``emission report-payments``: each payment is told once, whatever BIND answers and however often it is typed."""

from __future__ import annotations

import csv
import json
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.run.hall import Sandbox
from tests.run.town import CONFIG, Town, rows

COLUMNS = (
    "payment_id", "external_id", "amount", "outcome", "created_at", "processed_at", "payer_tax_id", "payer_account",
)  # fmt: skip


class Office:
    """A town that issued three bills with BIND, and the payments that its own wallet took."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        provider = f'[provider]\nkind = "bind"\nbase_url = "{url}"\nsettle_seconds = 0\ntimeout_seconds = 2\n'
        provider += "[provider.pace]\nlongest_wait = 0.2\n"
        self.town = Town(folder, CONFIG, provider)
        self.town.batch(rows(3))
        self.ids = [line["external_id"] for line in self.town.run().manifest]

    def payment(self, number: int, outcome: str = "accredited", **changes: str) -> dict[str, str]:
        return {
            "payment_id": f"W-{number}",
            "external_id": self.ids[number],
            "amount": f"{1000 + number}.50",
            "outcome": outcome,
            "created_at": "2026-12-01T21:30:00",
            "processed_at": "2026-12-01T21:30:05",
            "payer_tax_id": "20-99999999-9",
            "payer_account": "0000000000000000000017",
            **changes,
        }

    def file(self, *payments: dict[str, str], name: str = "pagos.csv") -> str:
        with (self.town.folder / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, delimiter=";")
            writer.writeheader()
            writer.writerows(payments)
        return name

    def report(self, name: str = "pagos.csv", *options: str, expect: int = 0) -> dict[str, int]:
        result = self.town.call("report-payments", name, "--json", *options)
        assert result.exit_code == expect, result.stdout + result.stderr
        last: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
        counts: dict[str, int] = last["counts"]
        return counts

    def arm(self, **arming: object) -> None:
        urllib.request.urlopen(f"{self.url}/_sandbox/faults", json.dumps(arming).encode(), timeout=10).close()

    def told(self) -> dict[str, list[list[str]]]:
        """What BIND was told, by external id."""
        with urllib.request.urlopen(f"{self.url}/_sandbox/operations", timeout=10) as answer:
            return {one["external_id"]: one["reports"] for one in json.load(answer)["operations"]}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "town"
    folder.mkdir()
    with Sandbox(tmp_path / "bind.db", "bind") as sandbox:
        yield Office(folder, sandbox.url)


def test_each_payment_and_outcome_is_told_once_in_whatever_file_it_stands(office: Office) -> None:
    office.file(office.payment(0), office.payment(1), office.payment(1, "devuelta"), office.payment(2, "rejected"))
    assert office.report() == {"confirmed": 4}
    assert office.report() == {"already": 4}
    other = office.file(office.payment(2, "rejected"), office.payment(0), name="otro.csv")
    assert office.report(other) == {"already": 2}
    told = office.told()
    assert [[state for _, state, _ in told[name]] for name in office.ids] == [
        ["ACREDITADO"],
        ["ACREDITADO", "DEVUELTA"],
        ["RECHAZADA"],
    ]
    assert told[office.ids[0]][0][2] == "1000.50"
    assert len({message for reports in told.values() for message, *_ in reports}) == 4
    with closing(sqlite3.connect(office.town.folder / "emission.db")) as ledger:
        kept = ledger.execute("SELECT number, answer FROM report").fetchall()
    assert all(number.startswith("TRX") and b"payment_reference" in answer for number, answer in kept)
    # The bills are what they were: reports are no orders.
    assert office.town.run().report["rendered"] == 3


@pytest.mark.parametrize("fault", ["lose-answer", "cut-body", "error-after-commit"])
def test_what_may_have_arrived_is_not_told_again_by_itself(office: Office, fault: str) -> None:
    office.file(office.payment(0))
    office.arm(fault=fault)
    assert office.report(expect=3) == {"unknown": 1}
    assert office.report(expect=3) == {"unknown": 1}
    assert len(office.told()[office.ids[0]]) == 1
    assert office.report("pagos.csv", "--again") == {"confirmed": 1}
    (first, again) = office.told()[office.ids[0]]
    assert first == again  # under the same idMensaje


def test_an_id_that_may_have_arrived_means_one_message(office: Office) -> None:
    office.file(office.payment(0), office.payment(1))
    office.arm(fault="lose-answer")
    assert office.report(expect=3) == {"unknown": 1, "confirmed": 1}
    office.file(office.payment(0, amount="1.00"))
    assert office.report("pagos.csv", "--again", expect=3) == {"changed": 1}
    assert len(office.told()[office.ids[0]]) == 1
    office.file(office.payment(0))
    assert office.report("pagos.csv", "--again") == {"confirmed": 1}


def test_reports_are_audited(office: Office) -> None:
    office.file(office.payment(0), office.payment(1))
    office.arm(fault="lose-answer")
    office.report(expect=3)
    office.report("pagos.csv", "--again")
    assert office.town.call("audit", "lote").exit_code == 0
    for statement in (
        "UPDATE effect SET attempt = 1 WHERE id = (SELECT min(effect) FROM report)",
        "UPDATE effect SET state = 'refused' WHERE id = (SELECT min(effect) FROM report)",
        "UPDATE effect SET request_hash = x'00' WHERE id = (SELECT min(effect) FROM report)",
        "DELETE FROM report WHERE effect = (SELECT min(effect) FROM report)",
        (
            "UPDATE history SET detail = 'other' WHERE id = (SELECT min(history.id) FROM history, report"
            " WHERE event = 'sent' AND subject = 'effect' AND subject_id = effect)"
        ),
        (
            "UPDATE history SET event = 'sent' WHERE event = 'confirmed' AND subject = 'effect'"
            " AND subject_id = (SELECT min(effect) FROM report)"
        ),
    ):
        before = (office.town.folder / "emission.db").read_bytes()
        with closing(sqlite3.connect(office.town.folder / "emission.db")) as ledger:
            assert ledger.execute(statement).rowcount
            ledger.commit()
            ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found = office.town.call("audit", "lote")
        assert (found.exit_code, "TSG-0001" in found.stdout) == (3, True), statement
        (office.town.folder / "emission.db").write_bytes(before)


def test_fail_is_a_failure_though_http_says_200_and_may_be_mended(office: Office) -> None:
    config = (office.town.folder / "emission.toml").read_text(encoding="utf-8")
    office.town.configure(config + '[provider.bind.report]\naccredited = "ACEDITADA"\n')
    office.file(office.payment(0))
    result = office.town.call("report-payments", "pagos.csv")
    assert (result.exit_code, "estadoTransaccion" in result.stdout) == (3, True)
    office.town.configure(config)
    assert office.report() == {"confirmed": 1}


def test_a_provider_that_cannot_be_asked_stops_it_and_the_same_command_goes_on(office: Office) -> None:
    office.file(office.payment(0), office.payment(1))
    office.arm(fault="throttle", after=4, times=99, seconds=7200)
    assert office.town.call("report-payments", "pagos.csv").exit_code == 4
    urllib.request.urlopen(urllib.request.Request(f"{office.url}/_sandbox/faults", method="DELETE"), timeout=10).close()
    assert office.report() == {"already": 1, "confirmed": 1}
    assert [len(office.told()[name]) for name in office.ids] == [1, 1, 0]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"amount": "-1"}, "amount"),
        ({"outcome": "paid"}, "outcome"),
        ({"created_at": "ayer"}, "created_at"),
        ({"payer_tax_id": "20-99999999-4"}, "payer_tax_id"),
        ({"payment_id": ""}, "payment_id"),
        ({"external_id": "NOBODYS"}, "NOBODYS"),
        ({"payment_id": "W-0"}, "W-0"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_of_the_file_is_told(
    office: Office, changes: dict[str, str], named: str
) -> None:
    office.file(office.payment(0), office.payment(1, **changes))
    result = office.town.call("report-payments", "pagos.csv")
    assert (result.exit_code, named in result.stderr, "línea 3" in result.stderr) == (2, True, True)
    assert not any(office.told().values())
