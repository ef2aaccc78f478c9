"""Vectors: the tests of ecommpay's SDKs and the worked examples of its pages (reference page ``providers.md``, 4.8)."""

from __future__ import annotations

import base64
import doctest
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from payment_page_sdk.callback import Callback
from payment_page_sdk.process_exception import ProcessException
from payment_page_sdk.signature_handler import SignatureHandler

from emission import ecommpay_signature
from emission.ecommpay_signature import SignatureError, read, sign, text_to_sign

VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("ecommpay_vectors.json").read_text("utf-8"))
NOTICE: dict[str, Any] = {
    "project_id": 1,
    "payment": {"id": "ABC", "status": "success", "sum": {"amount": 50000, "currency": "ARS"}},
    "operation": {"id": 15, "code": "0"},
}

# What the package on PyPI and we agree on: it signs null as "None", does not escape ":", prints floats in its own way.
WORDS = st.text(st.characters(codec="utf-8", exclude_characters=":"), min_size=1, max_size=12)
KEYS = st.sampled_from(["frame_mode", "a", "a-b", "a1", "general"]) | WORDS.filter(lambda key: key != "signature")
LEAVES = st.text(st.characters(codec="utf-8"), max_size=20) | st.integers() | st.booleans()
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=12) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=15
)
MESSAGES = st.dictionaries(KEYS, VALUES, max_size=6)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_published_vector_is_signed_alike(vector: dict[str, Any]) -> None:
    assert text_to_sign(vector["payload"]) == vector["string_to_sign"]
    assert sign(vector["payload"], vector["key"]) == vector["signature"]


@pytest.mark.parametrize("vector", [one for one in VECTORS if "signed_payload" in one], ids=lambda one: one["name"])
def test_a_published_notice_is_believed(vector: dict[str, Any]) -> None:
    body = json.dumps(vector["signed_payload"]).encode()
    assert text_to_sign(read(body, vector["key"])) == vector["string_to_sign"]
    with pytest.raises(SignatureError, match="signature-wrong"):
        read(body, vector["key"] + "x")


@given(MESSAGES, st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_ecommpays_own_package_signs_alike(message: dict[str, Any], secret: str) -> None:
    signature = SignatureHandler(secret).sign(message)
    assert sign(message, secret) == signature
    body = json.dumps({**message, "signature": signature}).encode()
    if not isinstance(message.get("general"), dict):
        assert text_to_sign(read(body, secret)) == text_to_sign(message)


def test_ecommpays_own_package_believes_us() -> None:
    signed = {**NOTICE, "signature": sign(NOTICE, "s")}
    assert Callback(json.dumps(signed), SignatureHandler("s")).get_payment_id() == "ABC"
    with pytest.raises(ProcessException):
        Callback(json.dumps(signed), SignatureHandler("t"))


@pytest.mark.parametrize("place", ["top", "general", "both"])
def test_a_signature_is_found_where_it_may_stand(place: str) -> None:
    signature = sign(NOTICE, "s")
    message = dict(NOTICE)
    if place != "general":
        message["signature"] = signature
    if place != "top":
        message["general"] = {"signature": signature}
    found = read(json.dumps(message).encode(), "s")
    assert found["payment"] == {"id": "ABC", "status": "success", "sum": {"amount": "50000", "currency": "ARS"}}


def test_a_signature_elsewhere_is_none() -> None:
    for message in ({**NOTICE, "body": {"signature": sign(NOTICE, "s")}}, NOTICE, {**NOTICE, "signature": None}):
        with pytest.raises(SignatureError, match="signature-missing"):
            read(json.dumps(message).encode(), "s")


@given(st.data())
def test_whatever_is_changed_is_noticed(data: st.DataObject) -> None:
    body = json.dumps({**NOTICE, "signature": sign(NOTICE, "s")}).encode()
    position = data.draw(st.integers(0, len(body) - 1))
    changed = bytearray(body)
    changed[position] = data.draw(st.integers(0, 255).filter(lambda byte: byte != body[position]))
    for forged in (bytes(changed), body[:position]):
        try:
            found = read(forged, "s")
        except SignatureError:
            continue
        assert text_to_sign(found) == text_to_sign(NOTICE)  # a blank between tokens says nothing


def test_numbers_are_signed_as_they_stand() -> None:
    text = "amount:12345678901234567890;big:1e16;half:0.50"
    mac = sign({"all": text}, "s")
    body = b'{"amount": 12345678901234567890, "big": 1e16, "half": 0.50, "signature": "%s"}'
    same = sign({"amount": "12345678901234567890", "big": "1e16", "half": "0.50"}, "s")
    assert same != mac
    assert read(body % same.encode(), "s")["half"] == "0.50"
    with pytest.raises(TypeError):
        sign({"half": 0.5}, "s")


def test_lists_longer_than_ten_are_believed_in_each_order() -> None:
    """The SDKs sort them in two ways, and keys that begin alike in three; nobody says which of them the platform is."""
    values = {str(index): str(index) for index in range(12)}
    message = {"items": list(values.values()), "a": "1", "a-b": "2"}
    by_path = sorted((f"items:{key}", f"items:{key}:{value}") for key, value in values.items())
    naturally = [f"items:{key}:{value}" for key, value in values.items()]
    texts = {
        ";".join(["a:1", "a-b:2", *(line for _, line in by_path)]),
        ";".join(["a-b:2", "a:1", *sorted(line for _, line in by_path)]),
        ";".join(["a:1", "a-b:2", *naturally]),
    }
    assert text_to_sign(message) in texts
    for text in texts:
        mac = _mac(text)
        assert read(json.dumps({**message, "signature": mac}).encode(), "s") == message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"a": NaN, "signature": "x"}',
        b'{"a": "1", "a": "2", "signature": "x"}',
        b'{"a": ' * 40 + b"1" + b"}" * 40,
        b"[" * 100_000,
        b'{"a": "\xff"}',
    ],
    ids=["empty", "list", "null", "nan", "twice", "deep", "abyss", "no-text"],
)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(SignatureError, match="not-json"):
        read(body, "s")


def _mac(text: str) -> str:
    """The rule written out once more, beside the one under test."""
    return base64.b64encode(hmac.new(b"s", text.encode(), hashlib.sha512).digest()).decode()


def test_the_examples_of_its_page_hold() -> None:
    assert doctest.testmod(ecommpay_signature).failed == 0
