"""A payment at ecommpay: what is remembered of it, what is said of it, and what happens when somebody pays."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

import msgspec

from emission import money
from emission.sandbox import memory
from emission.sandbox.control import Fields, Paid
from emission.sandbox.ecommpay.contract import PROJECT, Asked, answer
from emission.sandbox.notices import Notice, Payment

WAITING, SUCCESS, DECLINE = "awaiting redirect result", "success", "decline"
# All that a callback may say.
STATES = frozenset((
    SUCCESS, DECLINE, WAITING, "awaiting 3ds result", "awaiting customer", "awaiting clarification", "awaiting capture",
    "cancelled", "refunded", "partially refunded", "processing", "error", "reversed",
))  # fmt: skip
MEDIA_TYPE = "application/json"


class Kept(memory.Kept, frozen=True, array_like=True):
    """One payment; ``number`` is the operation's. Amounts in minor units; ``way`` is page or gate."""

    number: int
    way: str
    amount: int
    currency: str
    description: str
    customer_id: str
    success_url: str
    decline_url: str
    callback_url: str
    state: str = WAITING
    paid: int = 0


def create(asked: Asked, way: str) -> Kept:
    """The payment; its number comes from its id, not from the hour."""
    digest = hashlib.sha256(asked.payment_id.encode()).digest()
    return Kept(
        external_id=asked.payment_id,
        number=int.from_bytes(digest[:5], "big"),
        way=way,
        amount=asked.amount,
        currency=asked.currency,
        description=asked.description,
        customer_id=asked.customer_id,
        success_url=asked.success_url,
        decline_url=asked.decline_url,
        callback_url=asked.callback_url,
    )


def listed(kept: Kept) -> Fields:
    """For who counts from outside."""
    return {
        "external_id": kept.external_id,
        "number": str(kept.number),
        "amount": money.plain(kept.amount, kept.currency),
        "currency": kept.currency,
        "way": kept.way,
        "state": kept.state,
        "paid": money.plain(kept.paid, kept.currency),
    }


def pay(held: Sequence[Kept], payment: Payment) -> Paid[Kept]:
    """The payment in another state: paid where none is named. What is said of it is the callback.

    Raises:
        ValueError: a state that no callback has, or an amount that is none.
    """
    state = payment.state or SUCCESS
    if state not in STATES:
        raise ValueError(f"state {state}: {', '.join(sorted(STATES))}")
    kept = held[-1]
    try:
        amount = kept.amount if payment.amount is None else money.from_decimal(payment.amount, kept.currency)
    except money.AmountError as error:
        raise ValueError(f"amount: {error.reason}") from error
    if amount <= 0:
        raise ValueError("amount > 0")
    kept = msgspec.structs.replace(kept, state=state, paid=amount)
    body = answer({"project_id": PROJECT, **_told(kept)})
    return Paid(kept, Notice(msgspec.json.decode(body), body, MEDIA_TYPE, kept.callback_url))


def redirecting(kept: Kept, url: str) -> Notice:
    """The callback between a sale and its end: where the payer goes."""
    told = {"project_id": PROJECT, **_told(kept), "redirect_data": _redirect(url)}
    body = answer(told)
    return Notice(told, body, MEDIA_TYPE, kept.callback_url)


def status(kept: Kept, url: str) -> bytes:
    """The answer about the status. That it says where the payer goes is the sandbox's own choice."""
    told = _told(kept)
    redirect = {"redirect_data": _redirect(url)} if kept.state == WAITING and kept.way == "gate" else {}
    general = {"general": {"project_id": PROJECT, "payment_id": kept.external_id}}
    return answer({**general, **told, "operations": [told["operation"]], **redirect})


def _redirect(url: str) -> Fields:
    return {"body": {}, "method": "GET", "url": url}


def _told(kept: Kept) -> Fields:
    at = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    asked = {"amount": kept.paid or kept.amount, "currency": kept.currency}
    code, message = ("20101", "Declined") if kept.state == DECLINE else ("0", "Success")
    told: Fields = {
        "payment": {
            "id": kept.external_id,
            "type": "purchase",
            "status": kept.state,
            "date": at,
            "method": "rapipago",
            "sum": asked,
            "description": kept.description,
        },
        "customer": {"id": kept.customer_id},
        "operation": {
            "id": kept.number,
            "type": "sale",
            "status": kept.state,
            "date": at,
            "created_date": at,
            "request_id": f"{kept.number:x}",
            "sum_initial": {"amount": kept.amount, "currency": kept.currency},
            "sum_converted": asked,
            "provider": {"id": 1167, "payment_id": str(kept.number % 1000), "date": at, "auth_code": ""},
            "code": code,
            "message": message,
        },
    }
    return {**told, "errors": [{"code": code, "message": message}]} if kept.state == DECLINE else told
