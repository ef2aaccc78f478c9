"""What ecommpay is told of a payment by Rapipago, as its Payment Page and as Gate want it.

Sources: ecommpay's pages on Rapipago and on its Payment Page, and the parameters' names in its SDKs. Amounts are minor
units; every text is one line without ``;``, which separates what is signed.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from emission import links
from emission.model import Obligation, Payer
from emission.providers.living import Visit
from emission.providers.telling import plain_text

CURRENCIES = ("ARS", "USD")
METHOD = "rapipago"
DOCUMENT_DIGITS = (7, 8, 11)
_LONGEST = 100
_OFFSET = dt.timezone(dt.timedelta(hours=-3))  # Argentina has no summer time


class Account(msgspec.Struct, frozen=True):
    """What the town agreed on with ecommpay, and what stands in for what a bill lacks."""

    project_id: int
    base_url: str
    customer: str
    whole_amounts: bool
    fallback_email: str


def unfit(obligation: Obligation, account: Account) -> str | None:
    """Why Rapipago would refuse this bill at the till or at the counter of its web page: the code of a sentence."""
    if obligation.currency not in CURRENCIES:
        return "ecommpay-currency"
    if len(_document(obligation.payer)) not in DOCUMENT_DIGITS:
        return "ecommpay-document"
    if not (obligation.payer.email or account.fallback_email):
        return "ecommpay-email"
    if account.whole_amounts and any(due.amount % 100 for due in obligation.due_dates):
        return "ecommpay-whole-amount"
    return None


def page(visit: Visit, account: Account) -> dict[str, str | int]:
    """The parameters of the Payment Page, unsigned, in the order of its documentation."""
    bill, payer = visit.obligation, visit.obligation.payer
    first, last = _names(payer)
    return {
        "project_id": account.project_id,
        "payment_id": visit.reference,
        "payment_currency": bill.currency,
        "payment_amount": visit.amount,
        "payment_description": _description(bill),
        "customer_id": _customer(visit, account),
        "customer_first_name": first,
        "customer_last_name": last,
        # The address bar of whoever holds the paper shows this: the town's own e-mail tells less.
        "customer_email": _text(account.fallback_email or payer.email),
        "identify_doc_number": _document(payer),
        "force_payment_method": METHOD,
        "language_code": "es",
        # Until the end of the last day on which this is the amount.
        "best_before": dt.datetime.combine(visit.due, dt.time(23, 59, 59), _OFFSET).isoformat(),
        "merchant_success_url": links.back(visit.link, done=True),
        "merchant_fail_url": links.back(visit.link, done=False),
        "merchant_callback_url": links.notices(account.base_url, "ecommpay"),
    }


def sale(visit: Visit, account: Account) -> dict[str, object]:
    """The body of Gate's sale, unsigned. Where ``merchant_callback_url`` goes is WEAK: see the page of the provider."""
    bill, payer = visit.obligation, visit.obligation.payer
    first, last = _names(payer)
    return {
        "general": {"project_id": account.project_id, "payment_id": visit.reference},
        "payment": {"amount": visit.amount, "currency": bill.currency, "description": _description(bill)},
        "customer": {
            "id": _customer(visit, account),
            "ip_address": visit.visitor,
            "first_name": first,
            "last_name": last,
            "email": _text(payer.email or account.fallback_email),
            "identify": {"doc_number": _document(payer)},
        },
        "return_url": {
            "success": links.back(visit.link, done=True),
            "decline": links.back(visit.link, done=False),
        },
        "merchant_callback_url": links.notices(account.base_url, "ecommpay"),
    }


def _customer(visit: Visit, account: Account) -> str:
    """Of the obligation: two bills of one payer for one amount could be refused as the same one (code 3613)."""
    return visit.external_id if account.customer == "obligation" else _document(visit.obligation.payer)


def _document(payer: Payer) -> str:
    digits = "".join(char for char in payer.id if char not in "-. ")
    return digits if digits.isascii() and digits.isdigit() else ""


def _names(payer: Payer) -> tuple[str, str]:
    """First and last name; both are required, so one that is all there is stands for both."""
    first, last = payer.first_name, payer.last_name
    if not last:
        last, comma, after = payer.name.partition(",")
        if not comma:
            after, _, last = payer.name.partition(" ")
        first = first or after
    first, last = _text(first), _text(last)
    return first or last, last or first


def _description(bill: Obligation) -> str:
    return _text(" ".join(filter(None, (bill.concept or bill.tax, bill.period, bill.obligation_id))))


def _text(text: str) -> str:
    return plain_text(text.replace(";", ","), _LONGEST)
