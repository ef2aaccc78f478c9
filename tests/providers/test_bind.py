"""The client against BIND PSP's sandbox and against strangers: two calls a debt, and nothing twice."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from emission.codes import emv
from emission.errors import DisagreementError, ProviderError, UnavailableError, UsageError
from emission.model import DueDate, Role
from emission.providers import check_access, open_provider
from emission.providers.base import CODES_PENDING, Created, OperationState, Refusal, Unknown
from emission.wording import explain
from tests.providers.conftest import Stranger
from tests.providers.orders import ask, issue, lookup, order, settings
from tests.run.hall import Sandbox

SECRET = "c0ntraseña-secreta"
Wire = Callable[..., None]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Sandbox(None, "bind") as sandbox:
        yield sandbox.url


@pytest.fixture
def arm(url: str) -> Iterator[Wire]:
    def post(**arming: Any) -> None:
        httpx.post(f"{url}/_sandbox/faults", json=arming, trust_env=False).raise_for_status()

    yield post
    httpx.delete(f"{url}/_sandbox/faults", trust_env=False).raise_for_status()


def debts(url: str, name: str) -> list[dict[str, Any]]:
    told = httpx.get(f"{url}/_sandbox/operations", trust_env=False).json()["operations"]
    return [one for one in told if one["external_id"] == name]


def test_a_debt_has_three_due_dates_and_its_qr_as_it_was_received(url: str) -> None:
    due = tuple(DueDate(dt.date(2026, 12, 10 * number), 100_000 + number) for number in (1, 2, 3))
    (created,) = issue(url, [order("THREE", due_dates=due)], kind="bind")
    assert isinstance(created, Created)
    (debt,) = debts(url, "THREE")
    assert debt["due"] == [
        ["2026-12-10T23:59:59-03:00", "1000.01"],
        ["2026-12-20T23:59:59-03:00", "1000.02"],
        ["2026-12-30T23:59:59-03:00", "1000.03"],
    ]
    assert created.operation.number == debt["number"]
    assert created.operation.text(Role.QR) == debt["qr"]
    assert emv.classify(debt["qr"]) == "emv"


@pytest.mark.parametrize(
    "changes", [{"currency": "USD"}, {"due_dates": tuple(DueDate(dt.date(2026, 12, day), 1) for day in (1, 2, 3, 4))}]
)
def test_what_a_debt_cannot_carry_is_refused_without_asking(url: str, changes: dict[str, Any]) -> None:
    (refused,) = issue(url, [order("NOT", **changes)], kind="bind")
    assert isinstance(refused, Refusal)
    assert debts(url, "NOT") == []


def test_a_qr_that_is_not_there_yet_leaves_a_debt_that_a_look_up_finds(url: str, arm: Wire) -> None:
    arm(fault="no-qr")
    (pending,) = issue(url, [order("PENDING")], kind="bind")
    assert pending == Unknown(CODES_PENDING)
    (found,) = lookup(url, order("PENDING"), kind="bind")
    assert found.text(Role.QR) == debts(url, "PENDING")[0]["qr"]


@pytest.mark.parametrize("fault", ["lose-answer", "cut-body", "error-after-commit"])
def test_an_answer_that_is_lost_leaves_one_debt_that_a_look_up_finds(url: str, arm: Wire, fault: str) -> None:
    arm(fault=fault)
    (lost,) = issue(url, [order(fault.upper())], kind="bind")
    assert isinstance(lost, Unknown)
    (found,) = lookup(url, order(fault.upper()), kind="bind")
    assert [found.number] == [debt["number"] for debt in debts(url, fault.upper())]


def test_a_token_that_expires_in_the_middle_is_renewed_by_one_call(url: str, arm: Wire) -> None:
    arm(fault="expire-token", after=1, times=1)
    (created,) = issue(url, [order("EXPIRED")], kind="bind")
    assert isinstance(created, Created)
    assert len(debts(url, "EXPIRED")) == 1


def test_one_call_renews_the_token_for_all_that_wait(stranger: Stranger) -> None:
    asked: list[str] = []

    def answering(_method: str, path: str, _body: object) -> object:
        asked.append(path)
        return {"access_token": "t", "expires_in": "3600"} if path == "/token" else {"id": 1}

    base = stranger(answering)

    async def many(provider: Any) -> object:
        return await asyncio.gather(*(provider.issue([order(f"M{number}")]) for number in range(8)))

    ask(base, many, kind="bind", bind={"token_url": f"{base}/token"})
    assert asked.count("/token") == 1


def test_other_amounts_under_our_id_are_a_disagreement(url: str) -> None:
    issue(url, [order("SAME", 1000)], kind="bind")
    with pytest.raises(DisagreementError):
        lookup(url, order("SAME", 2000), kind="bind")


def test_two_debts_under_our_id_are_both_told(url: str, arm: Wire) -> None:
    arm(fault="twice")
    issue(url, [order("TWO")], kind="bind")
    assert len(lookup(url, order("TWO"), kind="bind")) == 2


def test_state_and_cancelling(url: str) -> None:
    def number_of(name: str) -> str:
        (created,) = issue(url, [order(name)], kind="bind")
        assert isinstance(created, Created)
        return created.operation.number

    def state(name: str, number: str) -> OperationState:
        return ask(url, lambda provider: provider.state(order(name), number), kind="bind")

    def cancel(name: str, number: str) -> bool:
        return bool(ask(url, lambda provider: provider.cancel(order(name), number), kind="bind"))  # type: ignore[attr-defined] # BIND can

    paid, gone = number_of("PAID"), number_of("GONE")
    httpx.post(f"{url}/_sandbox/pay/PAID", trust_env=False).raise_for_status()
    assert (state("PAID", paid), state("GONE", gone), state("GONE", "1")) == ("paid", "alive", "unknown")
    assert (cancel("PAID", paid), cancel("GONE", gone)) == (False, True)
    # That 4 means deleted is the sandbox's own: nobody knows it until the configuration says so.
    assert state("GONE", gone) is OperationState.UNKNOWN


def test_the_documents_of_a_debt_that_exists_already_are_asked_for(stranger: Stranger) -> None:
    outcomes = strange(stranger, {"POST": Response("ya existe", status_code=409)})
    assert outcomes == [Unknown("answer-exists")]


def strange(stranger: Stranger, answers: dict[str, object], **bind: object) -> list[object]:
    """What becomes of one order where a provider answers so, by method."""

    def answering(method: str, path: str, _body: object) -> object:
        return {"access_token": "t0ken-secreto"} if path == "/token" else answers[method]

    base = stranger(answering)
    return list(issue(base, [order("A")], kind="bind", bind={"token_url": f"{base}/token", **bind}))


DEBT: dict[str, Any] = {
    "id": 7,
    "codigoExterno": {"codigoDeuda": "A"},
    "montoTotal": 1234.56,
    "moneda": 0,
    "estado": 2,
    "medioPagoDisponibles": [{"formaPago": 1, "DetalleEspecifico": {"data": "QR"}}],
}


@pytest.mark.parametrize(
    ("debt", "outcome"),
    [
        (DEBT, Unknown("answer-unreadable")),  # no EMV text
        ({**DEBT, "montoTotal": 1234.57}, Unknown("answer-disagrees")),
        ({**DEBT, "codigoExterno": {"codigoDeuda": "B"}}, Unknown("answer-disagrees")),
        ({**DEBT, "medioPagoDisponibles": None}, Unknown(CODES_PENDING)),
        (
            {**DEBT, "medioPagoDisponibles": [{"formaPago": 1, "detalleEspecifico": {"data": " "}}]},
            Unknown(CODES_PENDING),
        ),
        ([DEBT, DEBT], Unknown(CODES_PENDING)),
        ([], Unknown(CODES_PENDING)),
        (b"<html>", Unknown("answer-unreadable")),
    ],
)
def test_a_second_answer_is_not_taken_at_its_word(stranger: Stranger, debt: object, outcome: Unknown) -> None:
    assert strange(stranger, {"POST": {"id": 7}, "GET": debt}) == [outcome]


def test_a_refusal_is_quoted_without_our_secrets(stranger: Stranger) -> None:
    answer = Response("campo motivo; t0ken-secreto sandbox-secret", status_code=422)
    assert strange(stranger, {"POST": answer}) == [Refusal("provider-refused", "campo motivo; *** ***")]


@pytest.mark.parametrize(("status", "code"), [(403, "provider-scope-refused"), (404, "provider-http-refused")])
def test_what_concerns_every_order_stops_the_run(stranger: Stranger, status: int, code: str) -> None:
    with pytest.raises(ProviderError) as caught:
        strange(stranger, {"POST": Response("no", status_code=status)})
    assert caught.value.code == code
    assert not isinstance(caught.value, UnavailableError)


def test_wrong_credentials_are_a_plain_error_without_them(url: str) -> None:
    environ = {"BIND_CLIENT_ID": "town", "BIND_CLIENT_SECRET": SECRET}
    with pytest.raises(ProviderError) as caught:
        issue("", [order("A")], kind="bind", base_url=url, environ=environ)
    assert caught.value.code == "credentials-refused"
    assert SECRET not in explain("es", caught.value)


@pytest.mark.parametrize(
    ("bind", "named"),
    [
        ({}, "provider.bind.comercio"),
        ({"comercio": "C", "sucursal": "S"}, "provider.bind.caja"),
        ({"comercio": "C", "sucursal": "S", "caja": "B"}, "provider.bind.tenant"),
        ({"comercio": "C", "sucursal": "S", "caja": "B", "token_url": "http://login.example/t"}, "login.example"),
    ],
)
def test_what_is_missing_outside_of_the_sandbox_is_named(bind: dict[str, str], named: str) -> None:
    wanted = settings(kind="bind", environment="test", bind=bind)
    environ = {"BIND_CLIENT_ID": "town", "BIND_CLIENT_SECRET": SECRET}
    for opening in (check_access, lambda given, env: open_provider(given, environ=env)):
        with pytest.raises(UsageError) as caught:
            opening(wanted, environ)
        assert named in explain("en", caught.value)
