"""What ecommpay accepts for Rapipago, as the sandbox checks it. Written from its pages and not from our client.

Only the rule of the signature is shared: published vectors and ecommpay's own package keep that one honest.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from emission.ecommpay_signature import SignatureError, read, sign

PROJECT, SECRET = 1, "sandbox-secret"
CURRENCIES = ("ARS", "USD")
_DOCUMENT = re.compile(r"(\d{7}|\d{8}|\d{11})", re.ASCII)


class ContractError(Exception):
    """A refusal by its code, of ecommpay's list; the HTTP status that goes with it is UNKNOWN, and 400 here."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class Asked(NamedTuple):
    """A payment that is asked for, by whichever way. ``amount`` is in minor units."""

    payment_id: str
    amount: int
    currency: str
    description: str
    customer_id: str
    document: str
    success_url: str
    decline_url: str
    callback_url: str


def page(query: Mapping[str, str]) -> Asked:
    """The payment behind the parameters of the Payment Page.

    Raises:
        ContractError: it is refused.
    """
    given = query.get("signature", "")
    if not given:
        raise ContractError("3262", "empty signature")
    own = sign({name: value for name, value in query.items() if name != "signature"}, SECRET)
    if not hmac.compare_digest(own.encode(), given.encode()):
        raise ContractError("3261", "invalid signature")
    _project(query.get("project_id", ""))
    _present(query, "customer_first_name", "customer_last_name", "customer_email")
    return _checked(
        Asked(
            payment_id=query.get("payment_id", ""),
            amount=_amount(query.get("payment_amount", "")),
            currency=query.get("payment_currency", ""),
            description=query.get("payment_description", ""),
            customer_id=query.get("customer_id", ""),
            document=query.get("identify_doc_number", ""),
            success_url=query.get("merchant_success_url", ""),
            decline_url=query.get("merchant_fail_url", ""),
            callback_url=query.get("merchant_callback_url", ""),
        )
    )


def sale(body: bytes) -> Asked:
    """The payment behind the body of a sale.

    Raises:
        ContractError: it is refused.
    """
    message = signed(body)
    payment, customer = _table(message, "payment"), _table(message, "customer")
    general, back = _table(message, "general"), _table(message, "return_url")
    _present(customer, "first_name", "last_name", "email", "ip_address")
    return _checked(
        Asked(
            payment_id=str(general.get("payment_id", "")),
            amount=_amount(str(payment.get("amount", ""))),
            currency=str(payment.get("currency", "")),
            description=str(payment.get("description", "")),
            customer_id=str(customer.get("id", "")),
            document=str(_table(customer, "identify").get("doc_number", "")),
            success_url=str(back.get("success", "")),
            decline_url=str(back.get("decline", "")),
            # Where it stands is WEAK, so both places will do.
            callback_url=str(message.get("merchant_callback_url") or general.get("merchant_callback_url", "")),
        )
    )


def status(body: bytes) -> str:
    """The id of the payment that is asked about.

    Raises:
        ContractError: it is refused.
    """
    return str(_table(signed(body), "general").get("payment_id", ""))


def signed(body: bytes) -> dict[str, Any]:
    """The message, if we know who sent it."""
    try:
        message = read(body, SECRET)
    except SignatureError as error:
        code = {"not-json": "502", "signature-missing": "3262"}.get(error.code, "3261")
        raise ContractError(code, error.code) from error
    _project(str(_table(message, "general").get("project_id", "")))
    return message


def answer(message: Mapping[str, Any]) -> bytes:
    """A message of ecommpay's with its signature, under ``general`` where there is that."""
    mac = sign(message, SECRET)
    if isinstance(message.get("general"), dict):
        return msgspec.json.encode({**message, "general": {**message["general"], "signature": mac}})
    return msgspec.json.encode({**message, "signature": mac})


def _checked(asked: Asked) -> Asked:
    if not asked.payment_id:
        raise ContractError("3024", "payment_id")
    if not asked.customer_id:
        raise ContractError("2003", "customer id")
    if asked.currency not in CURRENCIES:
        raise ContractError("3023", "currency")
    if not _DOCUMENT.fullmatch(asked.document):
        raise ContractError("2004", "identify doc_number")
    return asked


def _amount(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**12):
        raise ContractError("2004", "amount")
    return int(text)


def _present(table: Mapping[str, Any], *names: str) -> None:
    missing = [name for name in names if not table.get(name)]
    if missing:
        raise ContractError("2003", ", ".join(missing))


def _project(found: str) -> None:
    if found != str(PROJECT):
        raise ContractError("2154", "project_id")


def _table(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = message.get(name)
    return found if isinstance(found, dict) else {}
