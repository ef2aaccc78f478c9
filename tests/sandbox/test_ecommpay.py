"""ecommpay's room, called by ecommpay's own SDK (1.0.6 on PyPI) and with the pages in hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from payment_page_sdk.gate import Gate
from payment_page_sdk.payment import Payment
from payment_page_sdk.signature_handler import SignatureHandler

from tests.run.hall import Sandbox
from tests.sandbox.listening import Listener

SECRET = "sandbox-secret"
SALE, STATUS = "/v2/payment/voucher/rapipago/sale", "/v2/payment/status"


@pytest.fixture
def url() -> Iterator[str]:
    with Sandbox(None, "ecommpay") as sandbox:
        yield sandbox.url


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, trust_env=False) as client:
        yield client


def body(name: str = "PAY1", **changes: Any) -> dict[str, Any]:
    message: dict[str, Any] = {
        "general": {"project_id": 1, "payment_id": name},
        "payment": {"amount": 10000, "currency": "ARS", "description": "Tasa"},
        "customer": {
            "id": name, "ip_address": "192.0.2.1", "first_name": "Ana", "last_name": "Ñandú",
            "email": "ana@ejemplo.test", "identify": {"doc_number": "11111111"},
        },
    }  # fmt: skip
    for part, value in changes.items():
        message[part] = {**message.get(part, {}), **value} if isinstance(value, dict) else value
    return message


def post(http: httpx.Client, path: str, message: dict[str, Any], secret: str = SECRET) -> httpx.Response:
    signature = SignatureHandler(secret).sign(message)
    return http.post(path, json={**message, "general": {**message["general"], "signature": signature}})


def page(url: str, secret: str = SECRET, **changes: object) -> str:
    payment = Payment("1", "PAGE1")
    facts = {
        "payment_amount": 10000, "payment_currency": "ARS", "customer_id": "c1", "customer_first_name": "Ana",
        "customer_last_name": "Ñandú", "customer_email": "ana@ejemplo.test", "identify_doc_number": "1111111",
        "force_payment_method": "rapipago", **changes,
    }  # fmt: skip
    for name, value in facts.items():
        setattr(payment, name, value)
    address: str = Gate(secret, f"{url}/payment").get_purchase_payment_page_url(payment)
    return address


def test_the_sdks_page_begins_a_payment_and_the_sdk_believes_its_callback(url: str, http: httpx.Client) -> None:
    seen = http.get(page(url))
    assert seen.status_code == 200
    assert "100,00" in seen.text
    assert http.get(page(url)).status_code == 200
    (listed,) = http.get("/_sandbox/operations").json()["operations"]
    assert (listed["external_id"], listed["amount"], listed["state"]) == ("PAGE1", "100.00", "awaiting redirect result")
    notice = http.post("/_sandbox/pay/PAGE1").json()["notice"]
    callback = Gate(SECRET).handle_callback(json.dumps(notice))
    assert (callback.get_payment_id(), callback.get_payment_status()) == ("PAGE1", "success")
    assert callback.get_value("payment.sum.amount") == 10000


def test_a_page_signed_by_somebody_else_is_refused(url: str, http: httpx.Client) -> None:
    assert http.get(page(url, "other")).json()["code"] == "3261"
    assert http.get(page(url).partition("&signature=")[0]).json()["code"] == "3262"
    assert http.get(page(url).replace("10000", "10")).json()["code"] == "3261"
    assert http.get(page(url, payment_currency="EUR")).json()["code"] == "3023"
    assert http.get(page(url, identify_doc_number="123456")).json()["code"] == "2004"
    assert http.get("/_sandbox/operations").json()["count"] == 0


def test_a_sale_is_acknowledged_and_where_the_payer_goes_is_told(http: httpx.Client) -> None:
    with Listener() as listener:
        answer = post(http, SALE, body(merchant_callback_url=listener.url)).json()
        assert (answer["status"], answer["payment_id"], answer["project_id"]) == ("success", "PAY1", 1)
        told = listener.body()
        assert Gate(SECRET).handle_callback(json.dumps(told)).get_payment_status() == "awaiting redirect result"
        assert http.get(urlsplit(told["redirect_data"]["url"]).geturl()).status_code == 200
        notice = http.post("/_sandbox/pay/PAY1", json={"state": "decline"}).json()["notice"]
        assert listener.body() == notice
    assert notice["errors"][0]["code"] == notice["operation"]["code"]
    status = post(http, STATUS, {"general": {"project_id": 1, "payment_id": "PAY1"}})
    assert Gate(SECRET).handle_callback(status.text).get_payment_status() == "decline"


def test_an_id_is_taken_once(http: httpx.Client) -> None:
    assert post(http, SALE, body()).status_code == 200
    assert post(http, SALE, body()).json()["code"] == "3041"
    assert post(http, SALE, body("PAY2", customer={"id": "PAY1"})).json()["code"] == "3613"
    assert post(http, SALE, body("PAY2")).status_code == 200
    assert http.get("/_sandbox/operations").json()["count"] == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"general": {"project_id": 2}}, "2154"),
        ({"general": {"payment_id": ""}}, "3024"),
        ({"payment": {"currency": "EUR"}}, "3023"),
        ({"payment": {"amount": 0}}, "2004"),
        ({"payment": {"amount": "10.50"}}, "2004"),
        ({"customer": {"ip_address": ""}}, "2003"),
        ({"customer": {"id": ""}}, "2003"),
        ({"customer": {"identify": {"doc_number": "123456789"}}}, "2004"),
    ],
)
def test_what_the_pages_do_not_allow_is_refused(http: httpx.Client, changes: dict[str, Any], code: str) -> None:
    answer = post(http, SALE, body(**changes))
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert http.get("/_sandbox/operations").json()["count"] == 0


def test_who_does_not_sign_is_refused(http: httpx.Client) -> None:
    assert post(http, SALE, body(), "other").json()["code"] == "3261"
    assert http.post(SALE, json=body()).json()["code"] == "3262"
    assert http.post(SALE, content=b"{").json()["code"] == "502"
    assert post(http, STATUS, {"general": {"project_id": 1, "payment_id": "NONE"}}).json()["code"] == "3061"


def test_a_payer_goes_to_the_till_and_back(http: httpx.Client) -> None:
    post(http, SALE, body(return_url={"success": "https://pagos.ejemplo.test/volver"})).raise_for_status()
    done = http.post("/voucher/PAY1/success")
    assert (done.status_code, done.headers["location"]) == (303, "https://pagos.ejemplo.test/volver")
    assert http.post("/voucher/PAY1/success").status_code == 409


@pytest.mark.parametrize("payment", [{"state": "other"}, {"amount": "0"}, {"amount": "1.001"}])
def test_a_payment_that_makes_no_sense_changes_nothing(http: httpx.Client, payment: dict[str, str]) -> None:
    post(http, SALE, body())
    assert http.post("/_sandbox/pay/PAY1", json=payment).status_code == 400
    assert http.get("/_sandbox/operations").json()["operations"][0]["state"] == "awaiting redirect result"
