"""A notice is believed for its session's key alone, whatever else it says."""

from __future__ import annotations

import base64
import json
import time
import warnings
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwt.warnings import InsecureKeyLengthWarning

from emission.errors import NoticeError
from emission.providers.etpay.notice import Broken, Session, Told, names, read, token_of

KEY = "signature-token-for-tests-0123456789abcdef"
# Made with PyJWT (reference page ``providers.md``, 2.4); ETpay publishes none.
PUBLISHED = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzZXNzaW9uX3Rva2VuIjoic2Vzcy0wMDAxIiwibWVyY2hhbnRfb3JkZXJfaWQiOiJPQkwtMjAyNi"
    "0wMDAwMDEiLCJtZXJjaGFudF9hbW91bnQiOjIwMDAsIm1lcmNoYW50X2N1cnJlbmN5IjoiQ0xQIiwicGF5bWVudF90b2tlbiI6InBheS0wMDAxIiwicG"
    "F5bWVudF9zdGF0dXMiOnRydWUsInBheW1lbnRfcHJvY2VzcyI6ImF1dG8iLCJpYXQiOjE2NDM2NjMzMzJ9.QXCln9X8sQSGQRLGJmmLmSi_x3GvH5L2ty"
    "YCV1mCXYg"
)
SESSION = Session("sess-0001", KEY, "OBL-2026-000001", 2000, "CLP")
CLAIMS: dict[str, Any] = {
    "session_token": "sess-0001",
    "merchant_order_id": "OBL-2026-000001",
    "merchant_amount": 2000,
    "merchant_currency": "CLP",
    "payment_token": "pay-0001",
    "payment_status": True,
    "iat": 1643663332,
}


def signed(key: str = KEY, algorithm: str = "HS256", **changes: object) -> str:
    return encoded({**CLAIMS, **changes}, key, algorithm)


def encoded(claims: dict[str, Any], key: str, algorithm: str = "HS256") -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        return jwt.encode(claims, key, algorithm=algorithm)


def segment(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "body",
    [PUBLISHED.encode(), json.dumps({"jwt": PUBLISHED}).encode(), json.dumps({"token": PUBLISHED, "x": 1}).encode(),
     json.dumps(PUBLISHED).encode()],
    ids=["bare", "jwt", "token", "text"],
)  # fmt: skip
def test_a_notice_is_found_wherever_it_stands_and_read(body: bytes) -> None:
    token = token_of(body)
    assert names(token) == "sess-0001"
    told = read(token, SESSION)
    assert told == Told("sess-0001", "pay-0001", "OBL-2026-000001", True, 2000, True, 1643663332, "")  # noqa: FBT003 - paid, agrees


def test_another_amount_is_told_and_said_to_differ() -> None:
    for amount in (1999, "1999"):
        told = read(signed(merchant_amount=amount), SESSION)
        assert isinstance(told, Told)
        assert (told.paid, told.amount, told.agrees) == (True, 1999, False)


@pytest.mark.parametrize(
    "forged",
    [
        signed("another-key-0123456789abcdef0123456789"),
        signed(SESSION.token),
        signed(KEY + " "),
        signed(KEY * 2, "HS512"),
        f"{segment({'alg': 'none', 'typ': 'JWT'})}.{segment(CLAIMS)}.{segment({})}",
        f"{segment({'alg': 'HS256'})}.{segment(CLAIMS)}.{PUBLISHED.rpartition('.')[2]}",
        f"{segment({'alg': 'HS256', 'kid': '/dev/null', 'jwk': {'kty': 'oct', 'k': ''}})}.{segment(CLAIMS)}.AAAA",
        signed(iat=int(time.time()) + 3600),
        PUBLISHED[:-1],
    ],
    ids=["wrong-key", "session-token", "key-and-blank", "hs512", "none", "no-typ", "key-inside", "future", "cut"],
)
def test_a_forgery_is_none(forged: str) -> None:
    with pytest.raises(NoticeError) as told:
        read(forged, SESSION)
    assert told.value.code == "notice-forged"


@pytest.mark.parametrize(
    "changes",
    [
        {"merchant_order_id": "OBL-2026-000002"},
        {"session_token": "sess-0002"},
        {"merchant_currency": "USD"},
        {"payment_status": "true"},
        {"payment_status": 1},
    ],
)
def test_a_true_notice_of_something_else_is_not_taken(changes: dict[str, object]) -> None:
    with pytest.raises(NoticeError) as told:
        read(encoded({**CLAIMS, **changes}, KEY), SESSION)
    assert told.value.code == "notice-of-another"


def test_a_breakdown_is_known_and_pays_nothing() -> None:
    broken = encoded({"session_token": "sess-0001", "system_error": True, "iat": 1643663332}, "sess-0001")
    assert read(broken, SESSION) == Broken("sess-0001", 1643663332)
    # Whoever has the link of the funnel has that key: it must not sign anything but a breakdown.
    with pytest.raises(NoticeError):
        read(signed("sess-0001", system_error=False), SESSION)


def test_a_session_whose_key_never_came_believes_nothing() -> None:
    with pytest.raises(NoticeError):
        read(signed(), SESSION._replace(signing="", token="sess-0001x"))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_what_is_no_notice_is_refused(body: bytes) -> None:
    with pytest.raises(NoticeError):
        read(token_of(body), SESSION)


@given(st.integers(0, len(PUBLISHED) - 1), st.sampled_from("ABCabc019-_."))
def test_whatever_is_changed_is_noticed(position: int, char: str) -> None:
    forged = PUBLISHED[:position] + char + PUBLISHED[position + 1 :]
    try:
        told = read(token_of(forged.encode()), SESSION)
    except NoticeError:
        return
    # The last letter of a part has bits that say nothing.
    assert told == read(PUBLISHED, SESSION)


def test_a_flood_is_not_read() -> None:
    for body in (b"x" * 20_000, b'{"jwt": "' + b"a." * 10_000 + b'"}', b"[" * 10_000):
        with pytest.raises(NoticeError):
            token_of(body)
