"""The nouns of the house. Imports nothing of ours.

Money is integer minor units of ``currency`` (ISO 4217); dates are calendar dates of the
municipality; every struct is frozen and crosses process borders as MessagePack.
"""

from __future__ import annotations

import datetime
from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """Whether a fault stops its row."""

    ERROR = "error"
    WARNING = "warning"


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong with one row: a stable code, where it is, and what was found.

    The sentence for people is made by :mod:`emission.wording` from ``code`` and ``params``.
    """

    code: str
    field: str = ""
    value: str = ""
    severity: Severity = Severity.ERROR
    params: dict[str, str] = {}


class Channel(StrEnum):
    """How a voucher reaches its payer. A digital file is made for every voucher, whatever it says."""

    DIGITAL = "digital"
    EMAIL = "email"
    PRINT = "print"
    BOTH = "both"

    @property
    def printed(self) -> bool:
        return self in (Channel.PRINT, Channel.BOTH)


class Payer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who pays. ``id_type`` is ``CUIT``, ``DNI`` or whatever the batch declares; ``id`` is its digits."""

    name: str
    first_name: str = ""
    last_name: str = ""
    id_type: str = ""
    id: str = ""
    email: str = ""


class Address(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the paper goes."""

    street: str = ""
    number: str = ""
    extra: str = ""
    city: str = ""
    postal_code: str = ""
    province: str = ""


class DueDate(msgspec.Struct, frozen=True):
    """A date and the amount (minor units) payable until it."""

    date: datetime.date
    amount: int


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the detail; amounts in minor units, negative for discounts."""

    concept: str
    total: int
    period: str = ""
    amount: int | None = None
    surcharge: int | None = None


class Obligation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One debt, one row of the batch: one to three due dates, first one first.

    ``extra`` holds the batch's further columns under their own names, ``supplied`` the codes
    that a municipality brings with it (only for the provider ``supplied``).
    """

    obligation_id: str
    payer: Payer
    due_dates: tuple[DueDate, ...]
    currency: str
    tax: str
    period: str
    label: str = ""
    account: str = ""
    concept: str = ""
    property_address: str = ""
    payable: bool = True
    legend: str = ""
    message: str = ""
    postal: Address = Address()
    channel: Channel = Channel.BOTH
    lines: tuple[Line, ...] = ()
    extra: dict[str, str] = {}
    supplied: dict[str, str] = {}

    @property
    def amount(self) -> int:
        """The amount (minor units) at the first due date."""
        return self.due_dates[0].amount


class Role(StrEnum):
    """What a code on the paper is for."""

    BARCODE = "barcode"
    QR = "qr"
    PAYMENT_URL = "payment_url"
    PAYMENT_CODE = "payment_code"
    LINK_CODE = "link_code"
    PMC_CODE = "pmc_code"
    BANK_URL = "bank_url"
    LINKED_QR = "linked_qr"


class Code(msgspec.Struct, frozen=True, omit_defaults=True):
    """One code as the provider gave it. ``ordinal`` counts codes of one role from 1 (a symbol a due date).

    ``label`` is what people call it, where there are several to choose from: the bank of a link.
    """

    role: Role
    text: str
    ordinal: int = 1
    label: str = ""


class Operation(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the provider created for one obligation. ``number`` is the provider's own.

    ``replaces`` is the number of the operation that this one takes the place of, if any; ``link`` the token of its
    living link, where it has one.
    """

    external_id: str
    number: str
    codes: tuple[Code, ...] = ()
    replaces: str = ""
    link: str = ""

    def text(self, role: Role, ordinal: int = 1) -> str:
        """The code of that role, or the empty string."""
        for code in self.codes:
            if code.role is role and code.ordinal == ordinal:
                return code.text
        return ""


class Voucher(msgspec.Struct, frozen=True):
    """The paper that one taxpayer receives, with one or more obligations in the batch's order."""

    voucher_id: str
    obligations: tuple[Obligation, ...]

    @property
    def payer(self) -> Payer:
        return self.obligations[0].payer

    @property
    def channel(self) -> Channel:
        return self.obligations[0].channel


class Bill(msgspec.Struct, frozen=True):
    """A voucher with the operation of each of its obligations (``None`` where it is not payable)."""

    voucher: Voucher
    operations: tuple[Operation | None, ...]


class Status(StrEnum):
    """Where a row ended, as the manifest says it; ``PENDING`` only while a run is unfinished."""

    PENDING = "pending"
    RENDERED = "rendered"
    REJECTED = "rejected"
    FAILED = "failed"


class Account(msgspec.Struct, frozen=True):
    """One input row and all that became of it.

    ``original`` holds its fields as they stood in the file; ``amount`` minor units at the first due
    date, ``None`` where it cannot be read; ``left_out`` the codes that the provider did not give.
    """

    row: int
    status: Status
    faults: tuple[Fault, ...]
    original: tuple[str, ...]
    obligation_id: str
    voucher_id: str
    account: str
    payer_name: str
    email: str
    amount: int | None
    obligation: Obligation | None
    revision: int
    external_id: str
    operation: Operation | None
    left_out: tuple[str, ...]
    file: str
    pages: int
    sha256: str
    lot: int | None
    sequence: int | None

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.severity is Severity.ERROR)
