"""ETpay's room, called by ETpay's own SDK (1.0.1 on PyPI) and with the pages in hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import etpay_sdk
import httpx
import jwt
import pytest

from tests.run.hall import Sandbox
from tests.sandbox.listening import Listener

CREDENTIALS = {"merchant_code": "sandbox", "merchant_api_token": "sandbox-secret"}


@pytest.fixture
def url() -> Iterator[str]:
    with Sandbox(None, "etpay") as sandbox:
        yield sandbox.url


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, trust_env=False) as client:
        yield client


def transactions(url: str, *, token: str = CREDENTIALS["merchant_api_token"], **params: Any) -> etpay_sdk.Transactions:
    return etpay_sdk.Transactions(
        etpay_sdk.Configs("sandbox", token, url), etpay_sdk.TransactionParams(**{"order_amount": 2000, **params})
    )


def initialize(http: httpx.Client, **changes: object) -> httpx.Response:
    body = {**CREDENTIALS, "merchant_order_id": "OBL1", "order_amount": 2000, **changes}
    return http.post("/session/initialize", json=body)


def test_the_sdk_opens_a_session_asks_about_it_and_believes_the_notice(url: str, http: httpx.Client) -> None:
    metadata = etpay_sdk.Metadata([{"name": "Concepto", "value": "Aseo", "show": True}])
    sdk = transactions(url, merchant_order_id="OBL1", metadata=metadata, user_bank_code="CL_BCI")
    session = sdk.create().json()
    assert sdk.status(merchant_order_id="OBL1").json() == []
    notice = http.post("/_sandbox/pay/OBL1").json()["notice"]
    claims = sdk.verify(notice, session["signature_token"])
    (attempt,) = sdk.status(session_token=session["token"]).json()
    assert claims.pop("iat")
    assert attempt == claims
    assert claims["payment_status"] is True
    assert (claims["merchant_order_id"], claims["merchant_amount"], claims["user_bank"]) == ("OBL1", 2000, "cl_bci")
    assert sdk.status(payment_token=claims["payment_token"]).json() == [attempt]
    with pytest.raises(jwt.InvalidSignatureError):
        sdk.verify(notice, session["token"])


def test_an_order_may_have_several_sessions_each_with_keys_of_its_own(url: str, http: httpx.Client) -> None:
    sdk = transactions(url, merchant_order_id="OBL2")
    first, second = sdk.create().json(), sdk.create().json()
    assert first["token"] != second["token"]
    assert first["signature_token"] != second["signature_token"]
    listed = http.get("/_sandbox/operations").json()
    assert listed["count"] == 2
    assert [one["number"] for one in listed["operations"]] == [first["token"], second["token"]]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"merchant_api_token": "other"}, 401),
        ({"merchant_code": "other"}, 401),
        ({"order_amount": 0}, 400),
        ({"order_amount": -5}, 400),
        ({"order_amount": 10.5}, 400),
        ({"order_amount": "1.000"}, 400),
        ({"merchant_order_id": ""}, 400),
        ({"merchant_order_id": "A-1"}, 400),
        ({"merchant_order_id": "A" * 65}, 400),
        ({"user_bank_code": "cl_other"}, 400),
    ],
)
def test_what_the_pages_do_not_allow_is_refused(http: httpx.Client, changes: dict[str, object], status: int) -> None:
    answer = initialize(http, **changes)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert http.get("/_sandbox/operations").json()["count"] == 0


def test_a_refused_sdk_is_told(url: str) -> None:
    assert transactions(url, token="wrong", merchant_order_id="OBL1").create().status_code == 401


def test_a_notice_goes_where_the_session_says(http: httpx.Client) -> None:
    with Listener() as listener:
        initialize(http, payment_webhook_url=listener.url).raise_for_status()
        notice = http.post("/_sandbox/pay/OBL1", json={"amount": "1500", "state": "failed"}).json()["notice"]
        assert listener.body() == {"jwt": notice}
    claims = jwt.decode(notice, options={"verify_signature": False})
    assert (claims["payment_status"], claims["merchant_amount"]) == (False, 1500)


def test_when_it_breaks_down_it_signs_with_the_sessions_own_token(http: httpx.Client) -> None:
    token = initialize(http).json()["token"]
    notice = http.post("/_sandbox/pay/OBL1", json={"state": "system_error"}).json()["notice"]
    claims = jwt.decode(notice, token, algorithms=["HS256"])
    assert claims["system_error"] is True
    assert claims["session_token"] == token


@pytest.mark.parametrize("payment", [{"state": "other"}, {"amount": "0"}, {"amount": "10.5"}, {"amount": "x"}])
def test_a_payment_that_makes_no_sense_changes_nothing(http: httpx.Client, payment: dict[str, str]) -> None:
    initialize(http)
    assert http.post("/_sandbox/pay/OBL1", json=payment).status_code == 400
    assert http.get("/_sandbox/operations").json()["operations"][0]["state"] == "open"


def test_a_payer_walks_through_the_funnel_and_back(http: httpx.Client) -> None:
    back = "https://pagos.ejemplo.test/volver"
    session = initialize(http, payment_completed_url=back, metadata=[{"name": "Período", "value": "<b>", "show": True}])
    token = session.json()["token"]
    page = http.get(f"/session/{token}")
    assert "Período" in page.text
    assert "<b>" not in page.text
    assert http.get("/_sandbox/operations").json()["operations"][0]["state"] == "open"
    done = http.post(f"/session/{token}/paid")
    assert done.status_code == 303
    assert done.headers["location"].startswith(f"{back}?jwt=")
    assert http.post(f"/session/{token}/paid").status_code == 409


def test_a_lost_answer_leaves_a_session(http: httpx.Client) -> None:
    http.post("/_sandbox/faults", json={"fault": "lose-answer"}).raise_for_status()
    with pytest.raises(httpx.TransportError):
        initialize(http)
    assert http.get("/_sandbox/operations").json()["count"] == 1
