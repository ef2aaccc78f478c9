"""The nouns of money that comes in: what a source says of a payment, and what a provider deposited. Imports nothing.

Amounts are minor units of a currency (ISO 4217); days are those of the municipality's calendar.
"""

from __future__ import annotations

import datetime
from enum import StrEnum

import msgspec


class Source(StrEnum):
    """Where word of a payment comes from. Each loses some of it, so all are listened to and put together."""

    NOTICE = "notice"
    QUERY = "query"
    FILE = "file"


class Happening(StrEnum):
    """What became of a payer's money: collected, acknowledged by the provider, deposited, given back, taken back."""

    PAID = "paid"
    CREDITED = "credited"
    SETTLED = "settled"
    RETURNED = "returned"
    CHARGED_BACK = "charged_back"


class Sighting(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one source says of one payment.

    The bill is named by ``number`` (the provider's operation), ``external_id`` (ours) or ``code`` (what a till read or
    a payer typed); the more of them the better. ``reference`` is the payment's own, given by whoever collects and never
    given twice; where there is none, ``occurrence`` counts from 1 those of one document that say the same. ``part`` is
    the own reference of a return or a chargeback. ``on`` is the day of what happened, beside the day of the payment;
    ``settlement`` the number of the settlement that says so; ``means`` how it was paid, in the provider's words.
    """

    happening: Happening
    amount: int
    currency: str
    number: str = ""
    external_id: str = ""
    code: str = ""
    reference: str = ""
    occurrence: int = 1
    part: str = ""
    paid_on: datetime.date | None = None
    on: datetime.date | None = None
    settlement: str = ""
    means: str = ""


class Charge(msgspec.Struct, frozen=True):
    """What a provider keeps of a settlement: ``kind`` is ``commission``, ``vat``, ``gross_income``, … or its words."""

    kind: str
    amount: int


class Settlement(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a provider deposited: ``gross`` is the sum of its payments, ``deposited`` what is left of it.

    ``number`` is the provider's own; a settlement in several sequences is ``5/1``, ``5/2``. ``payments`` counts those
    in it; ``gross`` and ``deposited`` are ``None`` where they are not told.
    """

    number: str
    currency: str
    gross: int | None = None
    deposited: int | None = None
    charges: tuple[Charge, ...] = ()
    payments: int | None = None
    deposited_on: datetime.date | None = None


class News(msgspec.Struct, frozen=True):
    """A piece of what a provider tells of money."""

    sightings: tuple[Sighting, ...] = ()
    settlements: tuple[Settlement, ...] = ()


class Notice(msgspec.Struct, frozen=True):
    """What somebody posted to us, as it came: nothing of it is true before it was verified."""

    body: bytes
    content_type: str = ""
