"""A town takes its payments back: from files, from ePagos, in any order, and sees how they stand."""

from __future__ import annotations

import csv
import json
import urllib.request
from pathlib import Path
from typing import Any

import msgspec
import pytest

from emission import money
from tests.run.town import Town, rows

HEADER = "Numero;Secuencia;Tipo;Codigo_unico_transaccion;Numero_operacion;Monto;Fecha_pago;Fecha_deposito;Forma_pago"
Operation = dict[str, str]


class Office:
    """A town with eight bills, and the operations that were created for them."""

    def __init__(self, town: Town, operations: list[Operation]) -> None:
        self.town = town
        self.operations = operations

    def file(self, name: str, *lines: str) -> Path:
        path = self.town.folder / name
        path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        return path

    def line(self, place: int, pesos: str = "", kind: str = "P", settlement: str = "1;1") -> str:
        one = self.operations[place]
        number = f"{one['number']};{one['external_id']}"
        return f"{settlement};{kind};{number};{pesos or one['amount']};2026-12-09;2026-12-16;Rapipago"

    def control(self, name: str, place: int | None = None, **body: object) -> None:
        """Something happens at ePagos."""
        number = {} if place is None else {"number": self.operations[place]["number"]}
        with self.town.sandbox() as url:
            content = json.dumps({**number, "on": "2026-12-09", **body}).encode()
            urllib.request.urlopen(urllib.request.Request(f"{url}/_sandbox/{name}", content), timeout=10).close()

    def ask(self, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
        return self.reconcile("--since", "2026-12-01", "--until", "2026-12-31", *arguments, expect=expect)

    def reconcile(self, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
        result = self.town.call("reconcile", *arguments, "--json")
        assert result.exit_code == expect, result.stdout + result.stderr
        return [json.loads(one) for one in result.stdout.splitlines()]

    def report(self, name: str = "payments", expect: int = 0) -> list[dict[str, str]]:
        self.reconcile("report", expect=expect)
        with (self.town.folder / f"out/payments/{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Operation]]:
    town = Town(tmp_path_factory.mktemp("issued"))
    town.batch(rows(8))
    town.run("lote.csv", "--quiet")
    by_amount = sorted(town.operations(), key=lambda one: float(one["amount"]))
    return town.folder, by_amount


@pytest.fixture
def office(issued: tuple[Path, list[Operation]], tmp_path: Path) -> Office:
    folder, operations = issued
    for name in ("emission.db", "emission-sandbox.db"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    return Office(Town(tmp_path), operations)


def results(lines: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(line["obligation_id"], line["result"], line["state"]) for line in lines]


def test_a_payment_that_several_sources_tell_is_one(office: Office) -> None:
    for place in range(3):
        office.control("pay", place)
    office.control("settle", on="2026-12-14")
    office.file("r.csv", *(office.line(place) for place in range(3)))
    for _ in range(2):
        events = office.reconcile("r.csv", "--profile", "epagos-rendicion")
        assert events[0]["payments"] == 3
        office.ask()
    lines = office.report()
    assert results(lines) == [(f"TSG-000{n}", "paid", "settled") for n in (1, 2, 3)]
    assert {line["sources"] for line in lines} == {"file query"}
    assert [line["amount"] for line in lines] == [one["amount"] for one in office.operations[:3]]
    assert [line["number"] for line in office.report("settlements")] == ["1/1", "1/1"]


def test_every_anomaly_is_named(office: Office) -> None:
    office.control("pay", 5)
    office.control("settle", on="2026-12-14")
    office.control("pay", 0)
    office.control("pay", 0, on="2026-12-11")
    office.control("pay", 1, amount=100)
    office.control("pay", 2)
    office.control("return", 2)
    office.control("pay", 3)
    office.control("chargeback", 3, state="FNF")
    office.control("pay", 4)
    office.file("other.csv", "9;1;P;99999999999999;NOBODYS;10.50;2026-12-09;2026-12-16;Link")
    office.reconcile("other.csv", "--profile", "epagos-rendicion", expect=3)
    office.ask(expect=3)
    office.ask()  # nothing that came is new, so nothing of it is to be looked at
    lines = office.report(expect=3)
    assert sorted(results(lines)) == sorted([
        ("TSG-0001", "paid", "credited"), ("TSG-0001", "paid_twice", "credited"),
        ("TSG-0002", "wrong_amount", "credited"), ("TSG-0003", "undone", "returned"),
        ("TSG-0004", "undone", "charged_back"), ("TSG-0005", "paid", "credited"),
        ("TSG-0006", "paid", "settled"), ("", "unknown", "settled"),
    ])  # fmt: skip
    (wrong,) = (line for line in lines if line["result"] == "wrong_amount")
    assert money.parse(wrong["difference"], "ARS") == 100 - money.parse(wrong["due"], "ARS")


def test_a_settlement_that_does_not_agree_with_the_payments_says_by_how_much(office: Office) -> None:
    office.control("pay", 0)
    office.control("pay", 1)
    more = f"{float(office.operations[1]['amount']) + 1:.2f}"
    office.file("r.csv", office.line(0), office.line(1, more))
    office.reconcile("r.csv", "--profile", "epagos-rendicion", expect=3)
    office.ask(expect=3)
    (line,) = (line for line in office.report(expect=3) if line["odd"])
    assert (line["obligation_id"], line["odd"]) == ("TSG-0002", "sources_at_odds")
    (settlement,) = office.report("settlements", expect=3)
    assert (settlement["number"], settlement["difference"]) == ("1/1", "1.00")


def test_words_and_tables_say_the_same(office: Office) -> None:
    office.file("r.csv", office.line(0), office.line(1))
    result = office.town.call("reconcile", "r.csv", "--profile", "epagos-rendicion")
    assert result.exit_code == 0
    total = sum(money.parse(one["amount"], "ARS") for one in office.operations[:2])
    assert f"2 pagos, {money.local(total, 'ARS')}" in result.stdout
    assert "Coincide" in result.stdout
    office.report()
    assert (office.town.folder / "out/payments/payments.xlsx").stat().st_size > 1000


def test_one_refused_file_does_not_keep_the_others_out(office: Office) -> None:
    office.file("bad.csv", office.line(0, "x"))
    office.file("good.csv", office.line(1))
    events = office.reconcile("bad.csv", "good.csv", "--profile", "epagos-rendicion", expect=3)
    assert [event["event"] for event in events] == ["error", "payments_file", "payments"]
    assert "línea 2" in events[0]["message"]


def test_usage_is_told(office: Office) -> None:
    (event,) = office.reconcile("r.csv", expect=2)
    assert event["code"] == "payments-profile-needed"
    (event,) = office.reconcile("r.csv", "--profile", "epagos-rendicion", expect=2)
    assert event["code"] == "payments-file-missing"
    (event,) = office.reconcile("--since", "2026-12-10", "--until", "2026-12-01", expect=2)
    assert event["code"] == "reconcile-range"


def test_a_summary_survives_json(office: Office) -> None:
    (event,) = office.reconcile()
    assert event["whole"] == msgspec.json.decode(b'{"count":0,"amount":0}')
