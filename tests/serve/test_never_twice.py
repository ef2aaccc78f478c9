"""At once, after a failure, after a death: a bill (and bank) never has two sessions or sales that may be paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from emission.ledger import Ledger, sessions
from emission.ledger.sessions import Wanted
from tests.serve.office import Office

AT_ONCE = 12
BILLS = 5  # in the storm
STORM = (
    "lose-answer", "cut-body", "error-after-commit", "late", "timeout", "malformed", "throttle", "down", "error",
    "slow", "latency",
)  # fmt: skip


@pytest.fixture(scope="module")
def etpay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("etpay"), "etpay", 8, timeout_seconds=5) as office:
        yield office


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("gate")
    with Office(folder, "ecommpay", 8, table='way = "gate"', timeout_seconds=5) as office:
        yield office


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("page"), "ecommpay", 3) as office:
        yield office


@pytest.fixture(params=["etpay", "gate", "page"])
def office(request: pytest.FixtureRequest) -> Office:
    found: Office = request.getfixturevalue(request.param)
    return found


def test_visitors_at_once_at_two_servers_share_one(office: Office) -> None:
    with office.more() as other, ThreadPoolExecutor(AT_ONCE) as crowd:
        doors = [office.http, other] * (AT_ONCE // 2)
        answers = list(crowd.map(lambda door: door.post(office.path(0)), doors))
    assert {answer.status_code for answer in answers} == {303}
    (location,) = {answer.headers["location"] for answer in answers}
    assert httpx.get(location, trust_env=False).status_code == 200
    assert len(office.opened(0)) == 1


def test_a_slow_provider_holds_up_no_other_visitor(etpay: Office) -> None:
    etpay.arm("latency", times=1, seconds=2)
    with ThreadPoolExecutor(1) as crowd:
        waiting = crowd.submit(etpay.http.post, etpay.path(1))
        assert etpay.http.get(etpay.path(2)).status_code == 200
        assert not waiting.done()
        assert waiting.result().status_code == 303


@pytest.mark.parametrize("fault", ["lose-answer", "error-after-commit", "cut-body"])
def test_a_lost_session_is_waited_out(etpay: Office, fault: str) -> None:
    number = {"lose-answer": 3, "error-after-commit": 4, "cut-body": 5}[fault]
    etpay.clock.at("2026-12-01")
    etpay.arm(fault)
    for _ in range(3):
        answer = etpay.http.post(etpay.path(number))
        assert answer.status_code == 503
        assert "no abrimos otro pago" in answer.text
    assert len(etpay.opened(number)) == 1
    etpay.clock.now += 21 * 60
    assert etpay.http.post(etpay.path(number)).status_code == 303
    assert len(etpay.opened(number)) == 2


def test_a_payment_in_a_lost_session_is_the_bills(etpay: Office) -> None:
    etpay.arm("lose-answer")
    etpay.http.post(etpay.path(6))
    etpay.pay(6)
    assert "está pagada" in etpay.http.post(f"{etpay.path(6)}/cl_bci").text
    assert len(etpay.opened(6)) == 1


def test_who_was_turned_away_may_come_again(etpay: Office) -> None:
    etpay.arm("throttle", seconds=60)
    assert etpay.http.post(etpay.path(7)).status_code == 503
    assert etpay.opened(7) == []
    assert etpay.http.post(etpay.path(7)).status_code == 303
    # What is open leads on, though the provider cannot be asked about it.
    etpay.arm("throttle", seconds=60)
    assert etpay.http.post(etpay.path(7)).status_code == 303
    etpay.arm("throttle", seconds=60)
    assert etpay.http.post(f"{etpay.path(7)}/cl_bci").status_code == 503
    assert len(etpay.opened(7)) == 1


def test_a_server_that_died_leaves_a_doubt_and_not_a_second_session(etpay: Office) -> None:
    etpay.clock.at("2026-12-02")
    with closing(Ledger(etpay.settings.ledger_path)) as ledger:
        effect = ledger_effect(ledger, etpay.external_id(2))
        wanted = Wanted(effect, "", 1002, 1200, lambda _ordinal: etpay.external_id(2))
        sessions.claim(ledger, wanted, etpay.clock.now - 60, settle_seconds=45)
    assert etpay.http.post(etpay.path(2)).status_code == 503
    assert etpay.opened(2) == []
    etpay.clock.now += 21 * 60
    assert etpay.http.post(etpay.path(2)).status_code == 303
    assert len(etpay.opened(2)) == 1


@pytest.mark.parametrize("fault", ["lose-answer", "error-after-commit", "cut-body"])
def test_a_lost_sale_is_found_again_at_once(gate: Office, fault: str) -> None:
    number = {"lose-answer": 1, "error-after-commit": 2, "cut-body": 3}[fault]
    gate.arm(fault)
    answer = gate.http.post(gate.path(number))
    assert answer.status_code == 303
    (sale,) = gate.opened(number)
    assert sale["external_id"] in answer.headers["location"]


def test_a_sale_that_never_was_is_asked_for_again_under_the_same_id(gate: Office) -> None:
    gate.clock.at("2026-12-01")
    gate.arm("down", times=1)
    assert gate.http.post(gate.path(4)).status_code == 503
    assert gate.http.post(gate.path(4)).status_code == 503
    gate.clock.now += 60
    assert gate.http.post(gate.path(4)).status_code == 303
    (sale,) = gate.opened(4)
    assert sale["external_id"] == gate.external_id(4)


def test_a_sale_that_comes_late_is_taken_as_it_is(gate: Office) -> None:
    gate.arm("late", seconds=0.2)
    assert gate.http.post(gate.path(5)).status_code == 503
    while not gate.opened(5):
        pass
    assert gate.http.post(gate.path(5)).status_code == 303
    assert len(gate.opened(5)) == 1


def test_after_a_refusal_by_the_till_there_is_a_new_sale(gate: Office) -> None:
    gate.http.post(gate.path(6))
    gate.pay(6, state="decline")
    assert gate.http.post(gate.path(6)).status_code == 303
    assert [one["external_id"] for one in gate.opened(6)] == [gate.external_id(6), f"{gate.external_id(6)}R2"]
    assert [one["state"] for one in gate.opened(6)] == ["decline", "awaiting redirect result"]


def test_a_paid_sale_closes_the_bill(gate: Office) -> None:
    gate.http.post(gate.path(7))
    gate.pay(7)
    assert "está pagada" in gate.http.post(gate.path(7)).text
    assert len(gate.opened(7)) == 1


def test_the_page_of_a_bill_is_one_address_for_all(page: Office) -> None:
    first = page.http.post(page.path(1)).headers["location"]
    assert httpx.get(first, trust_env=False).status_code == 200
    page.clock.now += 7 * 86400
    assert page.http.post(page.path(1)).headers["location"] == first
    page.pay(1)
    assert "está pagada" in page.http.post(page.path(1)).text


@pytest.mark.parametrize(("kind", "banks"), [("etpay", ["", "/cl_bci"]), ("ecommpay", [""])])
def test_in_a_storm_every_link_used_again_and_at_once_has_one(kind: str, banks: list[str], tmp_path: Path) -> None:
    table = 'way = "gate"' if kind == "ecommpay" else ""
    with (
        Office(tmp_path, kind, BILLS, table=table, timeout_seconds=5, settle_seconds=1) as office,
        office.more() as other,
    ):
        for fault in STORM:
            office.arm(fault, rate=0.1, seconds=0.01)
        doors = [(door, f"{office.path(number)}{bank}") for number in range(BILLS) for bank in banks
                 for door in (office.http, other, office.http)]  # fmt: skip
        answers: list[httpx.Response] = []
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            for _ in range(3):
                answers += crowd.map(lambda place: place[0].post(place[1]), doors)
                office.clock.now += 30  # too early for a session to be over, late enough to repeat what never was
        assert {answer.status_code for answer in answers} <= {200, 303, 503}
        made = Counter((one["external_id"], one.get("bank", "")) for one in office.operations())
        # A sale's id is taken once; a session may have one of each button.
        assert set(made.values()) == {1}
        assert {name for name, _ in made} <= {office.external_id(number) for number in range(BILLS)}
        places = {answer.headers["location"] for answer in answers if answer.status_code == 303}
        assert 0 < len(places) <= len(made)


def ledger_effect(ledger: Ledger, external_id: str) -> int:
    with ledger.transaction() as connection:
        found = connection.exec_driver_sql("SELECT id FROM effect WHERE external_id = ?", (external_id,))
        return int(found.scalar_one())
