"""What else knows of payments: a bill that is paid is said to be paid, and its money is not changed any more."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tests.run.town import CONFIG, Town, row, rows

SUPERSEDE = CONFIG.replace("[output]", 'on_change = "supersede"\n\n[output]')
HEADER = "Numero;Secuencia;Tipo;Codigo_unico_transaccion;Numero_operacion;Monto;Fecha_pago;Fecha_deposito;Forma_pago"


class Office:
    """A town whose second bill a settlement tells to be paid, of which the sandbox knows nothing."""

    def __init__(self, folder: Path) -> None:
        self.town = Town(folder, SUPERSEDE)
        self.town.batch(rows(3))
        run = self.town.run()
        (self.bill,) = (line for line in run.manifest if line["obligation_id"] == "TSG-0002")
        self.settle("r1.csv", "P", "77")

    def settle(self, name: str, kind: str, number: str) -> None:
        line = f"{number};1;{kind};{self.bill['operation']};;{self.bill['amount']};2026-12-09;2026-12-14;Rapipago"
        (self.town.folder / name).write_text(f"{HEADER}\n{line}\n", encoding="utf-8")
        result = self.town.call("reconcile", name, "--profile", "epagos-rendicion")
        assert result.exit_code == 0, result.stdout + result.stderr

    def amend(self, expect: int) -> dict[str, dict[str, str]]:
        self.town.batch([row(1), row(2, amount="1500.00"), row(3)])
        result = self.town.call("amend", "lote.csv", "--yes", "--json")
        assert result.exit_code == expect, result.stdout + result.stderr
        with (self.town.folder / "out/lote/manifest.csv").open(encoding="utf-8", newline="") as stream:
            return {line["obligation_id"]: line for line in csv.DictReader(stream)}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_clerk_finds_it_paid(office: Office) -> None:
    shown = office.town.call("find", "TSG-0002").stdout
    assert "PAGADA" in shown
    assert "el 09/12/2026 · rendido · rendición 77/1 · Rapipago" in shown
    assert "PAGADA" not in office.town.call("find", "TSG-0001").stdout


def test_its_paper_is_handed_over_with_a_warning(office: Office) -> None:
    result = office.town.call("reprint", "--id", "TSG-0002")
    assert "pagad" in (result.stderr + result.stdout).casefold()
    assert office.town.call("reprint", "--id", "TSG-0001").stderr != result.stderr


def test_its_money_is_not_changed_though_the_provider_knows_nothing_of_the_payment(office: Office) -> None:
    lines = office.amend(expect=3)
    assert (lines["TSG-0002"]["status"], lines["TSG-0002"]["reason_code"]) == ("failed", "paid-before-change")
    owed = Decimal("1500.00") - Decimal(office.bill["amount"])
    assert f"{owed:.2f}".replace(".", ",") in office.town.call("find", "TSG-0002").stdout.replace(".", "")
    assert office.town.call("audit", "lote").exit_code == 0


def test_once_the_money_went_back_it_may_be_changed(office: Office) -> None:
    office.settle("r2.csv", "D", "78")
    assert "PAGADA" not in office.town.call("find", "TSG-0002").stdout
    lines = office.amend(expect=0)
    assert (lines["TSG-0002"]["status"], lines["TSG-0002"]["amount"]) == ("rendered", "1500.00")
    assert office.town.call("audit", "lote").exit_code == 0
