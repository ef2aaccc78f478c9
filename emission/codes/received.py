"""Codes as received, held against what can be drawn and against their own record.

A bad code never raises and never stops another row: it becomes faults of its own row, before
anything is drawn. Codes that a municipality brings itself (``supplied``) are opaque where no agreement is
configured: any text that can be drawn is printed as it is.
"""

from __future__ import annotations

import math
import re
import unicodedata

import msgspec

from emission import money
from emission.codes import agreements, emv, pictured, url
from emission.codes.agreements import Profile
from emission.codes.faults import CodeError
from emission.codes.geometry import fit_linear, fit_qr
from emission.codes.qr import version_of
from emission.codes.symbology import Symbology
from emission.model import Code, Fault, Obligation, Operation, Role

# A name of its own for each: Python 3.11 takes ten times as long to look a member of an enumeration up.
_BARCODE, _QR, _LINKED_QR = Role.BARCODE, Role.QR, Role.LINKED_QR
_LINKS = (Role.PAYMENT_URL, Role.BANK_URL)
_EMV_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]*)?")


class Agreement(msgspec.Struct, frozen=True):
    """What received codes are held against.

    ``qr`` is ``required`` or ``optional``; ``profile`` the form of the codes, nothing where they are opaque; ``number``
    the agreement's own at the provider, where that is known; ``values`` what fields of the profile must hold; ``hosts``
    where links may lead, anywhere where there are none.
    """

    provider: str
    environment: str
    symbology: Symbology
    qr: str
    profile: Profile | None = None
    number: str = ""
    values: dict[str, str] = {}
    hosts: tuple[str, ...] = ()


def check(
    obligation: Obligation,
    operation: Operation,
    agreement: Agreement,
    *,
    width_mm: float = 138.0,
    qr_side_mm: float = 63.0,
) -> list[Fault]:
    """Everything that is wrong with an operation's codes; nothing where the obligation is not payable.

    ``width_mm`` and ``qr_side_mm`` are the room for a barcode and a QR, quiet zones included (63 mm holds version 40
    at 0.339 mm a module). ``http`` links pass in the sandbox alone.
    """
    if not obligation.payable:
        return []
    faults = _missing(operation, qr_required=agreement.qr == "required")
    opaque = agreement.provider == "supplied" and agreement.profile is None
    for code in operation.codes:
        found: list[Fault] = []
        if code.role is _BARCODE:
            found = _barcode(code.text, agreement.symbology, width_mm)
            if agreement.profile is not None and not found:
                found = _record(code, obligation, operation, agreement, agreement.profile)
        elif code.role is _LINKED_QR:
            found = _linked(code, agreement)
        else:
            found = _unprintable(code, opaque=opaque)
            if code.role is _QR and not found:
                found = _qr(code.text, obligation, agreement, qr_side_mm, opaque=opaque)
            elif code.role in _LINKS and not found and not opaque:
                found = _url(code.text, agreement)
        faults.extend(_of_field(fault, code) for fault in found)
    return faults


def _missing(operation: Operation, *, qr_required: bool) -> list[Fault]:
    if not operation.text(_QR) and qr_required:
        return [Fault("qr-missing", field=_QR)]
    if not operation.text(_QR) and not operation.text(_BARCODE):
        return [Fault("codes-missing", field=_BARCODE)]
    return []


def _of_field(fault: Fault, code: Code) -> Fault:
    """The fault under the manifest's name of that code, such as ``barcode_2``."""
    field = f"{code.role}_{code.ordinal}" if code.ordinal > 1 else str(code.role)
    return msgspec.structs.replace(fault, field=field)


def _barcode(text: str, symbology: Symbology, width_mm: float) -> list[Fault]:
    if symbology == "code128" and text and not text.isprintable():
        return [Fault("barcode-characters", value=text, params={"symbology": "Code 128"})]
    try:
        fit_linear(symbology, text, width_mm)
    except CodeError as error:
        return [error.fault]
    return []


def _record(
    code: Code, obligation: Obligation, operation: Operation, agreement: Agreement, profile: Profile
) -> list[Fault]:
    """The digits against their form, and against amounts, due dates and numbers of the record itself.

    The first symbol carries all due dates where it has room for several, each further one its own alone.
    """
    first = code.ordinal - 1
    alone = first > 0 or profile.due_dates == 1
    due_dates = obligation.due_dates[first : first + 1] if alone else obligation.due_dates
    digits = operation.number if operation.number.isascii() and operation.number.isdigit() else ""
    try:
        says = profile.explain(code.text, agreement.values)
        expected = agreements.spoken(profile, due_dates, agreement=agreement.number, operation=digits)
    except CodeError as error:
        return [error.fault]
    return [
        Fault("barcode-record", value=code.text, params={"name": name, "found": found, "right": right})
        for name, found, right in agreements.differences(says, expected)
    ]


def _unprintable(code: Code, *, opaque: bool) -> list[Fault]:
    """Characters that cannot be written (half of a surrogate pair), or that nobody can see."""
    if code.text.isprintable():
        return []
    refused = ("Cs",) if opaque else ("Cs", "Cc")
    bad = next((char for char in code.text if unicodedata.category(char) in refused), None)
    if bad is None:
        return []
    return [Fault("code-unprintable", value=ascii(code.text), params={"character": f"U+{ord(bad):04X}"})]


def _qr(text: str, obligation: Obligation, agreement: Agreement, side_mm: float, *, opaque: bool) -> list[Fault]:
    if not text:
        return []
    try:
        version = version_of(text)
        # Where no page shows one there is nothing that it has to fit.
        if math.isfinite(side_mm):
            fit_qr(version, side_mm)
    except CodeError as error:
        return [error.fault]
    if opaque:
        return []
    kind, profile = emv.classify(text), agreement.profile
    if profile is not None and kind not in profile.qr:
        return [Fault("qr-kind", value=text, params={"kind": kind, "known": ", ".join(profile.qr)})]
    if kind == "emv":
        return _emv(text, obligation, profile)
    return _url(text, agreement) if kind == "url" else []


def _linked(code: Code, agreement: Agreement) -> list[Fault]:
    """One QR for several operations has no amount to agree with: where it leads must be right, and that it is drawn."""
    if pictured.is_modules(code.text):
        try:
            pictured.symbol(code.text)
        except CodeError as error:
            return [error.fault]
        return []
    faults = _unprintable(code, opaque=False)
    return faults or (_url(code.text, agreement) if emv.classify(code.text) == "url" else [])


def _emv(text: str, obligation: Obligation, profile: Profile | None) -> list[Fault]:
    """Country and currency must be the agreement's, the currency at least the record's; so must the amount, if any."""
    try:
        fields = dict(emv.parse(text))
    except CodeError as error:
        return [error.fault]
    country, currency = (profile.country, profile.currency) if profile is not None else ("", "")
    expected = {emv.COUNTRY_TAG: country or fields.get(emv.COUNTRY_TAG, "")}
    if currency or emv.CURRENCY_TAG in fields:
        expected[emv.CURRENCY_TAG] = money.NUMBERS[currency or obligation.currency]
    faults = [
        Fault("qr-field", value=text, params={"tag": tag, "found": fields.get(tag, ""), "right": right})
        for tag, right in sorted(expected.items())
        if fields.get(tag, "") != right
    ]
    says = fields.get(emv.AMOUNT_TAG)
    if says is not None and _minor(says, obligation.currency) != obligation.amount:
        right = money.plain(obligation.amount, obligation.currency)
        faults.append(Fault("qr-amount", value=text, params={"found": says, "right": right}))
    return faults


def _minor(amount: str, currency: str) -> int | None:
    """Tag 54 (digits, perhaps a point) in minor units."""
    if not _EMV_AMOUNT.fullmatch(amount):
        return None
    try:
        # A provider's zeros after the decimals say nothing; in a batch they could mean thousands.
        whole, _, fraction = amount.partition(".")
        return money.parse(f"{whole}.{fraction.rstrip('0')}".rstrip("."), currency)
    except money.AmountError:
        return None


def _url(text: str, agreement: Agreement) -> list[Fault]:
    if not text:
        return []
    return url.faults(text, agreement.hosts, ("https", "http") if agreement.environment == "sandbox" else ("https",))
