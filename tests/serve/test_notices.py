"""What each provider's sandbox posts to `emission serve`: the ledger has the payment once, and a forged one nothing."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import jwt
import msgspec
import pytest
from sqlalchemy import delete, select

from emission.ecommpay_signature import sign
from emission.ledger import Ledger, sessions
from emission.ledger.link_schema import session
from emission.ledger.payment_schema import payment, sighting
from emission.ledger.payments import Books
from emission.ledger.schema import effect
from emission.ledger.sessions import Wanted
from emission.payment import Notice
from emission.reconcile.noticing import LARGEST, receive
from emission.sandbox.ecommpay import payments as sandboxed
from tests.reconcile.books import state_of
from tests.serve.office import Office

PAID, PAYABLE, CHECKING = "está pagada", "Vence el", "Hay un pago en verificación"
SECRET = "sandbox-secret"
SIGNED = {"etpay": "jwt-hs256", "ecommpay": "hmac-sha512", "gate": "hmac-sha512"}
KINDS = ("epagos", "bind", "etpay", "ecommpay")


class Bill:
    """A bill of its own for a test, and what comes in from then on."""

    def __init__(self, office: Office, kind: str, number: int) -> None:
        self.office = office
        self.kind = kind
        self.number = number
        self.name = office.external_id(number)
        self.path = office.path(number) if kind in SIGNED else ""
        self._before = len(office.notices())

    def begin(self) -> None:
        """Whatever a payer does before there is something to pay."""
        self.office.visit(self.number)
        if self.kind == "gate":
            self.notices(1)
            self._before += 1

    def pay(self, **payment: str) -> bytes:
        """Somebody pays; the notice as it is posted, in other bytes than the sandbox's."""
        told = self.office.pay(self.number, **payment)
        return json.dumps({"jwt": told} if self.kind == "etpay" else told, indent=1).encode()

    def post(self, content: bytes) -> int:
        channel = "ecommpay" if self.kind == "gate" else self.kind
        return self.office.http.post(f"/avisos/{channel}", content=content).status_code

    def notices(self, count: int) -> list[tuple[str, str, str]]:
        return self.office.notices(self._before + count)[self._before :]

    def page(self) -> str:
        return self.office.http.get(self.path).text

    @property
    def amount(self) -> int:
        return 1000 + self.number if self.kind == "etpay" else (1000 + self.number) * 100 + self.number

    @property
    def source(self) -> str:
        return "notice" if self.kind in SIGNED else "query"

    def payments(self) -> list[tuple[str, int, str]]:
        return self.office.payments(self.name)

    def sessions(self) -> list[str]:
        query = select(session.c.state).where(session.c.reference == self.name).order_by(session.c.id)
        with closing(Ledger(self.office.settings.ledger_path)) as ledger, ledger.transaction() as connection:
            return list(connection.execute(query).scalars())

    def state(self) -> str:
        """All that the ledger says of money."""
        with closing(Ledger(self.office.settings.ledger_path)) as ledger:
            return state_of(ledger)


Open = Callable[[str], Bill]


@pytest.fixture(scope="module")
def open_bill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """One office of each kind, made when it is first wanted; each of its bills is handed out once."""
    offices: dict[str, tuple[Office, Iterator[int]]] = {}
    with ExitStack() as stack:

        def opened(kind: str) -> Bill:
            if kind not in offices:
                provider, table = ("ecommpay", 'way = "gate"') if kind == "gate" else (kind, "")
                office = Office(tmp_path_factory.mktemp(kind), provider, 12, reached=True, table=table)
                stack.enter_context(office)
                # As in the panels of ePagos and BIND; the others are told with each session or sale.
                where = {"url": f"{office.base}/avisos/{provider}"}
                office.provider.post("/_sandbox/notices", json=where).raise_for_status()
                offices[kind] = office, itertools.count()
            office, numbers = offices[kind]
            return Bill(office, kind, next(numbers))

        yield opened


@pytest.fixture(params=KINDS)
def bill(request: pytest.FixtureRequest, open_bill: Open) -> Bill:
    return open_bill(request.param)


@pytest.fixture
def etpay(open_bill: Open) -> Bill:
    return open_bill("etpay")


@pytest.fixture
def gate(open_bill: Open) -> Bill:
    return open_bill("gate")


def test_what_is_paid_at_the_provider_is_in_the_ledger_once(bill: Bill) -> None:
    bill.begin()
    body = bill.pay()
    done = ("done", SIGNED.get(bill.kind, "asked"), "")
    assert bill.notices(1) == [done]
    paid = [("credited", bill.amount, bill.source)]
    assert bill.payments() == paid
    before = bill.state()
    assert [bill.post(body) for _ in range(2)] == [200, 200]
    assert bill.notices(2) == [done, done]
    assert (bill.payments(), bill.state()) == (paid, before)
    assert "PAGADA" in bill.office.town.call("find", f"TSG-{bill.number:04}").stdout
    if bill.kind in SIGNED:
        assert bill.sessions() == ["paid"]
        assert PAID in bill.page()
        assert PAID in bill.office.http.post(bill.path).text
        assert PAYABLE in bill.office.http.get(bill.office.path(11)).text
        assert len(bill.office.opened(bill.number)) == 1


def test_what_nobody_paid_is_not_believed(bill: Bill, open_bill: Open) -> None:
    other = open_bill(bill.kind)
    for one in (bill, other):
        one.begin()
    genuine = other.pay()
    assert other.notices(1)[0][0] == "done"
    before = bill.state()
    bodies = [*forged(bill, other), genuine[:-10], genuine[10:], b"\x00", b"{}", b"[]", b"[" * 50_000, b"a=%ff"]
    assert {bill.post(body) for body in bodies} == {200}
    assert [bill.post(body) for body in (b"", b"  ", b"x" * (LARGEST + 1))] == [400, 400, 413]
    assert "done" not in {state for state, _, _ in other.notices(1 + len(bodies))[1:]}
    assert (bill.payments(), bill.state()) == ([], before)
    assert bill.office.http.get("/salud").status_code == 204


def forged(bill: Bill, other: Bill) -> list[bytes]:
    """Word for word what would be posted if the bill were paid, by somebody who is not the provider."""
    name = bill.name
    (asked,) = bill.office.opened(bill.number)
    if bill.kind == "epagos":
        said = {"id_resp": "02001", "id_transaccion": asked["number"], "numero_operacion": name, "tipo": "P"}
        return [json.dumps({**said, "monto_pagado": "1000.00"}).encode(), f"numero_operacion={name}".encode()]
    if bill.kind == "bind":
        message = {"IdentificadorProcesador": asked["number"], "EstadoTransaccion": "ACREDITADO"}
        payload = {"IdentificadorOrigen": name, "MensajePago": message}
        return [json.dumps({"Type": "PAGO", "Payload": payload}).encode()]
    if bill.kind == "ecommpay":
        return forged_callbacks(bill)
    claims = {
        "session_token": asked["number"],
        "merchant_order_id": name,
        "merchant_amount": bill.amount,
        "merchant_currency": "CLP",
        "payment_token": "p" * 64,
        "payment_status": True,
        "iat": int(time.time()),
    }
    return [
        jwt.encode(claims, "", algorithm="none").encode(),
        jwt.encode(claims, "another key, as long as the right one is long", algorithm="HS256").encode(),
        jwt.encode(claims, other.office.opened(other.number)[0]["number"], algorithm="HS256").encode(),
        # The payer's browser knows the session's own token: it never says *paid*.
        jwt.encode(claims, asked["number"], algorithm="HS256").encode(),
        jwt.encode({**claims, "session_token": "nobody's"}, "k" * 40, algorithm="HS256").encode(),
        jwt.encode({**claims, "session_token": "\ud800"}, "k" * 40, algorithm="HS256").encode(),
    ]


def forged_callbacks(bill: Bill) -> list[bytes]:
    paid: dict[str, Any] = {
        "project_id": 1,
        "payment": {"id": bill.name, "status": "success", "sum": {"amount": bill.amount, "currency": "ARS"}},
    }
    dollars = {**paid, "payment": {**paid["payment"], "sum": {"amount": bill.amount, "currency": "USD"}}}
    little = {**paid, "payment": {**paid["payment"], "sum": {"amount": 1, "currency": "ARS"}}}
    return [
        json.dumps(one).encode()
        for one in (
            paid,
            {**paid, "signature": sign(paid, "another")},
            {**paid, "body": {"signature": sign(paid, SECRET)}},
            {**little, "signature": sign(paid, SECRET)},
            {**dollars, "signature": sign(dollars, SECRET)},
        )
    ]


def test_a_stop_between_the_post_and_the_work_loses_nothing(bill: Bill) -> None:
    office = bill.office
    bill.begin()
    # All that the letterbox does of a notice; whoever would have worked on it was killed.
    body = bill.pay()
    books = Books(office.settings.environment, office.settings.issuer.digits)
    channel = "ecommpay" if bill.kind == "gate" else bill.kind
    bill.notices(1)
    with closing(Ledger(office.settings.ledger_path)) as ledger, ledger.transaction() as connection:
        connection.execute(delete(sighting))
        connection.execute(delete(payment))
        receive(ledger, books, channel, Notice(body))
    with office.more():
        bill.notices(2)
    assert bill.payments() == [("credited", bill.amount, bill.source)]


def test_servers_that_share_a_ledger_take_a_notice_once(etpay: Bill) -> None:
    etpay.begin()
    with etpay.office.more() as other:
        body = etpay.pay()
        for door in (etpay.office.http, other) * 3:
            assert door.post("/avisos/etpay", content=body).status_code == 200
        etpay.notices(2)
    assert etpay.payments() == [("credited", etpay.amount, "notice")]


def test_another_amount_is_kept_and_looked_at_by_the_office(etpay: Bill) -> None:
    etpay.begin()
    etpay.pay(amount="5")
    etpay.notices(1)
    assert etpay.payments() == [("credited", 5, "notice")]
    assert CHECKING in etpay.page()
    assert CHECKING in etpay.office.http.post(f"{etpay.path}/cl_bci").text
    assert len(etpay.office.opened(etpay.number)) == 1


@pytest.mark.parametrize("end", ["failed", "system_error"])
def test_an_attempt_that_came_to_nothing_pays_nothing(etpay: Bill, end: str) -> None:
    etpay.begin()
    etpay.pay(state=end)
    assert etpay.notices(1) == [("done", "jwt-hs256", "")]
    assert etpay.payments() == []
    assert etpay.sessions() == ["open"]
    assert PAYABLE in etpay.page()


def test_a_payment_in_a_session_that_we_have_no_key_of_is_asked_about(etpay: Bill) -> None:
    etpay.office.arm("lose-answer")
    assert etpay.office.http.post(etpay.path).status_code == 503
    etpay.pay()
    assert etpay.notices(1) == [("done", "asked", "")]
    assert etpay.payments() == [("credited", etpay.amount, "query")]
    assert PAID in etpay.page()


def callback(bill: Bill, status: str, operation: int, kind: str = "sale", *, name: str = "", part: int = 0) -> bytes:
    whole = {"amount": bill.amount, "currency": "ARS"}
    moved = {"amount": part or bill.amount, "currency": "ARS"}
    told = {
        "project_id": 1,
        "payment": {"id": name or bill.name, "status": status, "date": "2026-12-01T13:11:44+0000", "sum": whole},
        "operation": {"id": operation, "type": kind, "status": "success", "sum_initial": moved},
    }
    return json.dumps({**told, "signature": sign(told, SECRET)}).encode()


STORY = (
    ("awaiting redirect result", 1, "sale"),
    ("processing", 1, "sale"),
    ("success", 1, "sale"),
    ("refunded", 2, "refund"),
)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (3, 0, 2, 1)])
def test_callbacks_out_of_order_end_where_their_story_does(gate: Bill, order: tuple[int, ...]) -> None:
    gate.begin()
    for posted, place in enumerate(order, start=1):
        for _ in range(2):
            assert gate.post(callback(gate, *STORY[place])) == 200
        gate.notices(posted)
    assert gate.payments() == [("returned", gate.amount, "notice")]
    assert "PAGADA" not in gate.office.town.call("find", f"TSG-{gate.number:04}").stdout
    assert gate.sessions() in (["paid"], ["over"])


def test_a_refund_of_part_leaves_the_bill_paid(gate: Bill) -> None:
    gate.begin()
    gate.post(callback(gate, "partially refunded", 2, "refund", part=10_000))
    gate.post(callback(gate, "success", 1))
    gate.notices(2)
    assert gate.payments() == [("credited", gate.amount, "notice")]
    assert PAID in gate.page()


def test_where_the_payer_goes_may_come_by_callback_alone(gate: Bill, monkeypatch: pytest.MonkeyPatch) -> None:
    told = sandboxed.status

    def silent(kept: sandboxed.Kept, _url: str) -> bytes:
        # That the status says where the payer goes is the sandbox's own choice.
        return told(msgspec.structs.replace(kept, way="page"), "")

    monkeypatch.setattr(sandboxed, "status", silent)
    gate.begin()
    gate.pay()
    gate.notices(1)
    assert gate.payments() == [("credited", gate.amount, "notice")]


def test_a_callback_that_is_faster_than_its_sales_own_answer_is_not_lost(gate: Bill) -> None:
    with closing(Ledger(gate.office.settings.ledger_path)) as ledger:
        with ledger.transaction() as connection:
            key = connection.execute(select(effect.c.id).where(effect.c.external_id == gate.name)).scalar_one()
        wanted = Wanted(key, "", gate.amount, 3600, lambda _ordinal: gate.name)
        sale, mine = sessions.claim(ledger, wanted, gate.office.clock.now, settle_seconds=45)
        assert mine
        told = json.loads(callback(gate, "awaiting redirect result", 1))
        del told["signature"]
        told["redirect_data"] = {"body": {"a": "1"}, "method": "POST", "url": "https://www.example.com/pay"}
        gate.post(json.dumps({**told, "signature": sign(told, SECRET)}).encode())
        gate.notices(1)
        answered = sessions.opened(ledger, sale, url="", form=None, token="request", signing="")
    assert (answered.state, answered.url, answered.form) == ("open", "https://www.example.com/pay", {"a": "1"})
    assert answered.token == "request"


def test_a_payment_of_the_project_that_is_of_no_bill_is_kept_as_one(gate: Bill) -> None:
    gate.post(callback(gate, "success", 1, name="of-another-shop"))
    gate.notices(1)
    assert gate.office.payments("of-another-shop") == [("credited", gate.amount, "notice")]
    assert PAYABLE in gate.page()
    # Money in another currency would be in no total of the town's.
    told = json.loads(callback(gate, "success", 2, name="of-a-third"))
    del told["signature"]
    told["payment"]["sum"]["currency"] = "EUR"
    gate.post(json.dumps({**told, "signature": sign(told, SECRET)}).encode())
    assert gate.notices(2)[1] == ("refused", "", "notice-of-another")
