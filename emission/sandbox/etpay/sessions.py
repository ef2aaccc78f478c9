"""A session at ETpay: what is remembered of it, what is said of it, and what happens when somebody pays."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlencode

import jwt
import msgspec

from emission.sandbox import memory
from emission.sandbox.control import Fields, Paid
from emission.sandbox.etpay.contract import Initialize
from emission.sandbox.notices import Notice, Payment

OPEN, PAID, FAILED, BROKEN = "open", "paid", "failed", "system_error"
CURRENCY = "CLP"
MEDIA_TYPE = "application/json"


class Kept(memory.Kept, frozen=True, array_like=True):
    """One session; ``number`` is its token, ``signing`` the key of what is said of it. Amounts in whole pesos."""

    number: str
    signing: str
    amount: int
    bank: str
    completed_url: str
    cancellation_url: str
    webhook_url: str
    concat: str
    metadata: tuple[tuple[str, str], ...]
    state: str = OPEN
    paid: int = 0
    payment_token: str = ""
    attempts: int = 0


def create(asked: Initialize, repetition: int) -> Kept:
    """The session; tokens come from the order's id and how often it was asked for, not from the hour."""
    return Kept(
        external_id=asked.merchant_order_id,
        number=_token("session", asked.merchant_order_id, repetition),
        signing=_token("signature", asked.merchant_order_id, repetition),
        amount=asked.amount,
        bank=asked.bank,
        completed_url=asked.payment_completed_url,
        cancellation_url=asked.payment_cancellation_url,
        webhook_url=asked.payment_webhook_url,
        concat=asked.concat,
        metadata=tuple((datum.name, datum.value) for datum in asked.metadata if datum.show),
    )


def listed(kept: Kept) -> Fields:
    """For who counts from outside."""
    return {
        "external_id": kept.external_id,
        "number": kept.number,
        "amount": str(kept.amount),
        "currency": CURRENCY,
        "bank": kept.bank,
        "state": kept.state,
        "paid": str(kept.paid),
    }


def claims(kept: Kept) -> Fields:
    """What a JWT, and an answer about the status, says of the last attempt to pay."""
    return {
        "session_token": kept.number,
        "merchant_account_bank": "cl_bci",
        "merchant_account_type": "checking_account",
        "merchant_account": "00000000",
        "merchant_name": "Municipalidad de Ejemplo",
        "merchant_currency": CURRENCY,
        "merchant_order_id": kept.external_id,
        "merchant_amount": kept.paid or kept.amount,
        "user_bank": kept.bank or "cl_test",
        "user_rut": "11111111-1",
        "user_account": "00000000",
        "payment_token": kept.payment_token,
        "payment_status": kept.state == PAID,
        "payment_process": "auto",
    }


def signed(kept: Kept) -> str:
    """The JWT of a session: under its own key, and under its token where ETpay itself broke down."""
    now = int(time.time())
    if kept.state == BROKEN:
        told: Mapping[str, object] = {"session_token": kept.number, "system_error": True, "iat": now}
        return jwt.encode(dict(told), str(kept.number), algorithm="HS256")
    return jwt.encode({**claims(kept), "iat": now}, kept.signing, algorithm="HS256")


def pay(held: Sequence[Kept], payment: Payment) -> Paid[Kept]:
    """The newest session that is open, else the newest: paid, failed, or broken down.

    Raises:
        ValueError: another state, or an amount that is none.
    """
    state = payment.state or PAID
    if state not in {PAID, FAILED, BROKEN}:
        raise ValueError(f"state {state}: {PAID}, {FAILED} or {BROKEN}")
    kept = next((one for one in reversed(held) if one.state == OPEN), held[-1])
    amount = Decimal(kept.amount) if payment.amount is None else payment.amount
    if amount <= 0 or amount != int(amount):
        raise ValueError("amount: whole pesos")
    attempts = kept.attempts + 1
    kept = msgspec.structs.replace(
        kept,
        state=state,
        paid=int(amount),
        attempts=attempts,
        payment_token=_token("payment", str(kept.number), attempts),
    )
    token = signed(kept)
    # Under which name the JWT is posted no page says.
    return Paid(kept, Notice(token, msgspec.json.encode({"jwt": token}), MEDIA_TYPE, kept.webhook_url))


def way_back(kept: Kept) -> str:
    """Where the funnel sends a payer, with the JWT: after ``concat`` where the address has a query of its own."""
    url = kept.completed_url if kept.state == PAID else kept.cancellation_url
    return f"{url}{kept.concat or '?'}{urlencode({'jwt': signed(kept)})}" if url else ""


def _token(kind: str, name: str, repetition: int) -> str:
    return hashlib.sha256(f"{kind}\0{name}\0{repetition}".encode()).hexdigest()
