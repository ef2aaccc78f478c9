"""A bill that was paid anywhere says so at its link, and opens no other payment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serve.office import Office

PAID, PAYABLE, CHECKING = "está pagada", "Vence el", "Hay un pago en verificación"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("counter"), "ecommpay", 4) as office:
        yield office


def collected(office: Office, number: int, amount: str, receipt: str) -> None:
    """A collector's file says so: what was typed at its counter is the link on the paper."""
    code = office.run.manifest[number]["payment_url"]
    line = f"{code};{amount};09/12/2026;{receipt};efectivo\n"
    name = f"cobros-{receipt}-{'devuelto' if amount.startswith('-') else 'cobrado'}.csv"
    (office.town.folder / name).write_text(f"codigo;importe;fecha;comprobante;medio\n{line}", encoding="utf-8")
    result = office.town.call("reconcile", name, "--profile", "collector-csv")
    assert result.exit_code in (0, 3), result.stderr


def test_paid_at_a_counter_is_paid_at_the_link(office: Office) -> None:
    collected(office, 0, "1000,00", "R1")
    assert PAID in office.http.get(office.path(0)).text
    answer = office.http.post(office.path(0))
    assert (answer.status_code, PAID in answer.text) == (200, True)
    assert office.opened(0) == []
    assert PAYABLE in office.http.get(office.path(1)).text


def test_another_amount_at_a_counter_is_a_matter_for_the_office(office: Office) -> None:
    collected(office, 1, "1,00", "R2")
    for answer in (office.http.get(office.path(1)), office.http.post(office.path(1))):
        assert (CHECKING in answer.text, "<form" in answer.text) == (True, False)
    # The rest comes, and then the bill is paid.
    collected(office, 1, "1001,01", "R3")
    assert PAID in office.http.get(office.path(1)).text
    assert office.opened(1) == []


def test_the_amount_of_a_later_due_date_is_the_bills_too(office: Office) -> None:
    collected(office, 2, "1102,00", "R4")
    assert PAID in office.http.get(office.path(2)).text


def test_what_was_given_back_may_be_paid_again(office: Office) -> None:
    collected(office, 3, "1003,03", "R5")
    assert PAID in office.http.get(office.path(3)).text
    collected(office, 3, "-1003,03", "R5")
    assert PAYABLE in office.http.get(office.path(3)).text
    assert office.http.post(office.path(3)).status_code == 303
