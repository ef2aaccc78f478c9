"""What ETpay accepts, as the sandbox checks it. Written from its pages and not from our client. Unknown fields pass."""

from __future__ import annotations

import hmac
import re
from typing import TypeVar

import msgspec

MERCHANT, TOKEN = "sandbox", "sandbox-secret"
BANKS = frozenset((
    "cl_estado", "cl_santander", "cl_bch", "cl_bci", "cl_itau", "cl_scotiabank", "cl_falabella", "cl_test",
))  # fmt: skip
T = TypeVar("T")
_ORDER_ID = re.compile(r"[A-Za-z0-9]{1,64}")


class ContractError(Exception):
    """A refusal: its HTTP status (ASSUMED, no page says them) and the field that is wrong."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


class Datum(msgspec.Struct):
    """An item of ``metadata``."""

    name: str
    value: str
    show: bool = True


class Initialize(msgspec.Struct):
    """The body of ``session/initialize``."""

    merchant_code: str
    merchant_api_token: str
    merchant_order_id: str
    order_amount: int | str
    payment_completed_url: str = ""
    payment_cancellation_url: str = ""
    payment_webhook_url: str = ""
    concat: str = ""
    metadata: list[Datum] = []
    user_bank_code: str = ""

    @property
    def amount(self) -> int:
        return int(self.order_amount)

    @property
    def bank(self) -> str:
        """In small letters: the page on buttons writes codes so, the SDK in capitals."""
        return self.user_bank_code.lower()


class Query(msgspec.Struct):
    """The body of ``check_payment_status``; one of the three names is enough."""

    merchant_api_token: str
    merchant_code: str = MERCHANT
    payment_token: str = ""
    merchant_order_id: str = ""
    session_token: str = ""


def initialize(body: bytes) -> Initialize:
    """The session that is asked for.

    Raises:
        ContractError: it is refused.
    """
    asked = _decoded(body, Initialize)
    _known(asked)
    amount = str(asked.order_amount)
    if not (amount.isascii() and amount.isdigit() and int(amount) > 0):
        raise ContractError(400, "order_amount")
    if not _ORDER_ID.fullmatch(asked.merchant_order_id):
        raise ContractError(400, "merchant_order_id")
    if asked.bank and asked.bank not in BANKS:
        raise ContractError(400, "user_bank_code")
    return asked


def query(body: bytes) -> Query:
    """What is asked for.

    Raises:
        ContractError: it is refused.
    """
    asked = _decoded(body, Query)
    _known(asked)
    if not (asked.payment_token or asked.merchant_order_id or asked.session_token):
        raise ContractError(400, "payment_token, merchant_order_id, session_token")
    return asked


def _decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise ContractError(400, str(error)) from error


def _known(asked: Initialize | Query) -> None:
    given = f"{asked.merchant_code}\n{asked.merchant_api_token}".encode()
    if not hmac.compare_digest(given, f"{MERCHANT}\n{TOKEN}".encode()):
        raise ContractError(401, "merchant_code, merchant_api_token")
