"""A callback is believed for the project's secret alone, wherever its signature stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emission.ecommpay_signature import sign
from emission.errors import NoticeError
from emission.providers.ecommpay.notice import hear

SECRET = "secret"
# ecommpay's page on Rapipago, the example of a payment of 500,00 ARS.
PAID: dict[str, Any] = {
    "project_id": 198,
    "payment": {
        "id": "TEST_Argentina_PC_2", "type": "purchase", "status": "success", "date": "2018-12-14T13:11:44+0000",
        "method": "rapipago", "sum": {"amount": 50000, "currency": "ARS"}, "description": "TEST_Argentina_PC_2",
    },
    "customer": {"id": "1"},
    "operation": {"id": 15, "type": "sale", "status": "success", "code": "0", "message": "Success"},
}  # fmt: skip
REDIRECT: dict[str, Any] = {
    **PAID,
    "payment": {**PAID["payment"], "status": "awaiting redirect result"},
    "redirect_data": {"body": {"a": "1"}, "method": "POST", "url": "https://www.example.com/pay"},
}


def signed(message: dict[str, Any], secret: str = SECRET, *, inside: bool = False) -> bytes:
    mac = sign(message, secret)
    return json.dumps({**message, "general": {"signature": mac}} if inside else {**message, "signature": mac}).encode()


@pytest.mark.parametrize("inside", [False, True])
def test_a_callback_is_read_wherever_its_signature_stands(inside: bool) -> None:  # noqa: FBT001 - a column of the table
    told = hear(signed(PAID, inside=inside), SECRET, 198)
    assert (told.payment_id, told.amount, told.currency) == ("TEST_Argentina_PC_2", 50000, "ARS")
    assert told.key == ("TEST_Argentina_PC_2", "15", "success")
    assert told.paid
    assert told.final


def test_a_code_is_the_same_as_text_and_as_number() -> None:
    refused = {**PAID, "payment": {**PAID["payment"], "status": "decline"}}
    for code in (20101, "20101"):
        told = hear(signed({**refused, "operation": {**PAID["operation"], "code": code}}), SECRET, 198)
        assert (told.code, told.paid, told.final) == ("20101", False, True)


def test_between_a_sale_and_its_end_it_says_where_the_payer_goes() -> None:
    told = hear(signed(REDIRECT), SECRET, 198)
    assert (told.redirect_url, told.redirect_form) == ("https://www.example.com/pay", {"a": "1"})
    assert not told.final
    older = {**REDIRECT, "redirectData": {"method": "GET", "body": [], "encrypted": [], "url": "https://a.test/"}}
    del older["redirect_data"]
    told = hear(signed(older), SECRET, 198)
    assert (told.redirect_url, told.redirect_form) == ("https://a.test/", None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (signed(PAID, "other"), "notice-forged"),
        (json.dumps(PAID).encode(), "notice-forged"),
        (json.dumps({**PAID, "body": {"signature": sign(PAID, SECRET)}}).encode(), "notice-forged"),
        (signed(PAID).replace(b"50000", b"50001"), "notice-forged"),
        (signed(PAID)[:-5], "notice-unreadable"),
        (b"", "notice-unreadable"),
        (b"x" * 100_000, "notice-unreadable"),
        (signed({**PAID, "project_id": 199}), "notice-of-another"),
        (signed({"payment": PAID["payment"]}), "notice-of-another"),
        (signed({"project_id": 198, "payment": {"status": "success"}}), "notice-unreadable"),
        (
            signed({**PAID, "payment": {**PAID["payment"], "sum": {"amount": "5e4", "currency": "ARS"}}}),
            "notice-unreadable",
        ),
    ],
    ids=["key", "bare", "elsewhere", "changed", "cut", "empty", "flood", "project", "nobody", "no-id", "amount"],
)
def test_what_cannot_be_believed_is_not_taken(body: bytes, code: str) -> None:
    with pytest.raises(NoticeError) as told:
        hear(body, SECRET, 198)
    assert told.value.code == code
