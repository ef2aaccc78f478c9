"""What ecommpay's callbacks are worth: the whole message is signed under the project's secret.

Source: ecommpay's pages on callbacks. They come more than once and out of order, so :attr:`Told.key` says which of them
are the same, and :attr:`Told.final` which are the last word on an operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from emission.ecommpay_signature import SignatureError, read
from emission.errors import NoticeError

LARGEST = 64 * 1024  # bytes; real ones have one or two
LONGEST = 1024  # characters of a text
FINAL = frozenset({"success", "decline", "error", "cancelled", "refunded", "partially refunded", "reversed"})
PAID = frozenset({"success"})
GIVEN_BACK = frozenset({"refunded", "partially refunded", "reversed"})


class Told(msgspec.Struct, frozen=True):
    """What ecommpay says of a payment. Amounts in minor units; times as ecommpay writes them.

    ``amount`` is the payment's, ``operation_amount`` what moved in the operation that is told of, 0 where it is not
    told.

    ``redirect_url`` and ``redirect_form``: where the payer goes, in a callback between a sale and its end.
    """

    payment_id: str
    status: str
    amount: int
    currency: str
    operation_id: str
    operation_status: str
    at: str
    code: str
    operation_amount: int = 0
    redirect_url: str = ""
    redirect_form: dict[str, str] | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """The same in every repetition of a callback, and in no other one."""
        return self.payment_id, self.operation_id, self.operation_status

    @property
    def final(self) -> bool:
        return self.status in FINAL

    @property
    def paid(self) -> bool:
        return self.status in PAID

    @property
    def given_back(self) -> bool:
        """Whether the payer has it again, or some of it."""
        return self.status in GIVEN_BACK


def hear(body: bytes, secret: str, project_id: int) -> Told:
    """What a callback says, once its signature, wherever it stands, was found to be right.

    Raises:
        NoticeError: ``notice-unreadable``, ``notice-forged``, or ``notice-of-another``: of another project.
    """
    if len(body) > LARGEST:
        raise NoticeError("notice-unreadable")
    try:
        message = read(body, secret)
    except SignatureError as error:
        raise NoticeError("notice-unreadable" if error.code == "not-json" else "notice-forged") from error
    general = _table(message, "general")
    if str(message.get("project_id") or general.get("project_id")) != str(project_id):
        raise NoticeError("notice-of-another", external_id="")
    return told(message)


def told(message: dict[str, Any]) -> Told:
    """What a message says whose signature was found to be right; an answer about the status tells a payment alike.

    Raises:
        NoticeError: ``notice-unreadable``.
    """
    payment, operation = _table(message, "payment"), _table(message, "operation")
    money = _table(payment, "sum")
    payment_id, status = _text(payment, "id"), _text(payment, "status")
    if not payment_id or not status:
        raise NoticeError("notice-unreadable")
    url, form = redirect_of(message)
    return Told(
        payment_id=payment_id,
        status=status,
        amount=_amount(money),
        currency=_text(money, "currency"),
        operation_id=_text(operation, "id"),
        operation_status=_text(operation, "status"),
        at=_text(payment, "date") or _text(operation, "date"),
        code=_text(operation, "code"),
        operation_amount=_amount(_table(operation, "sum_initial")),
        redirect_url=url,
        redirect_form=form,
    )


def redirect_of(message: Mapping[str, Any]) -> tuple[str, dict[str, str] | None]:
    """Where ``redirect_data`` (or ``redirectData``) sends the payer, and what is posted there, if anything.

    Callbacks bear it (KNOWN), the answer about the status is ASSUMED to.
    """
    found = message.get("redirect_data") or message.get("redirectData")
    if not isinstance(found, dict) or not isinstance(found.get("url"), str):
        return "", None
    body = found.get("body")
    fields = {name: value for name, value in body.items() if isinstance(value, str)} if isinstance(body, dict) else {}
    return found["url"], fields if found.get("method") == "POST" else None


def _amount(money: Mapping[str, Any]) -> int:
    amount = _text(money, "amount") or "0"
    if not (amount.isascii() and amount.isdigit() and len(amount) <= 15):
        raise NoticeError("notice-unreadable")
    return int(amount)


def _table(message: dict[str, Any], name: str) -> dict[str, Any]:
    found = message.get(name)
    return found if isinstance(found, dict) else {}


def _text(table: Mapping[str, Any], name: str) -> str:
    """A text, or the digits of a number, which :func:`read` keeps as they stood."""
    found = table.get(name)
    if not isinstance(found, str):
        return ""
    if len(found) > LONGEST or not found.isprintable():
        raise NoticeError("notice-unreadable")
    return found
