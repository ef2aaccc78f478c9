"""An operation as templates know it; a specimen where it is still to come."""

from __future__ import annotations

import msgspec

from emission.model import Bill, Obligation, Operation, Role
from emission.render.look import Look


class Bank(msgspec.Struct, frozen=True):
    """A bank to pay at, and the address that leads there."""

    name: str
    url: str


class Slip(msgspec.Struct, frozen=True):
    """What templates know as ``operation``: the provider's codes by their names, empty where there is none.

    ``banks`` are those that the provider has a link for each; ``linked_qr`` is the one for all obligations of the
    voucher, the same on each of them, and none where fewer than two are to be paid.
    """

    number: str = ""
    payment_code: str = ""
    link_code: str = ""
    pmc_code: str = ""
    payment_url: str = ""
    barcodes: tuple[str, ...] = ()
    qr: str = ""
    linked_qr: str = ""
    replaces: str = ""
    banks: tuple[Bank, ...] = ()
    specimen: bool = False


# What stands in the place of an operation that does not exist yet. As long as the longest that come
# (a number of 64 bits, a link that is still printed in full), so that a zone that they would overfill is
# refused before anyone is asked for an operation; none of it can be paid.
SPECIMEN = Slip(
    number="00000000000000000000",
    payment_code="0000000000000000000",
    link_code="0000000000000000000",
    pmc_code="0000000000000000000",
    payment_url="https://specimen.invalid/pagar/00000000-0000-0000-0000-000000000000-0",
    barcodes=("",),
    qr="-",
    specimen=True,
)
NOTHING = Slip()
# Words that a batch brings with it are measured as they are.
_SUPPLIED = {name: name for name in ("payment_code", "link_code", "pmc_code", "payment_url")} | {"number": "operation"}


# Names of their own: Python 3.11 takes ten times as long to look a member of an enumeration up.
_BARCODE, _QR, _LINKED_QR = Role.BARCODE, Role.QR, Role.LINKED_QR
_PAYMENT_CODE, _LINK_CODE, _PMC_CODE = Role.PAYMENT_CODE, Role.LINK_CODE, Role.PMC_CODE
_PAYMENT_URL, _BANK_URL = Role.PAYMENT_URL, Role.BANK_URL


def slip(obligation: Obligation, operation: Operation | None) -> Slip:
    """The operation as templates and symbols see it; a specimen where it is still to come."""
    if not obligation.payable:
        return NOTHING
    if operation is None:
        symbols = sum(key.startswith("barcode") and text != "" for key, text in obligation.supplied.items())
        return msgspec.structs.replace(
            SPECIMEN,
            barcodes=SPECIMEN.barcodes * max(1, symbols),
            **{name: obligation.supplied[key] for name, key in _SUPPLIED.items() if key in obligation.supplied},
        )
    url = operation.text(_PAYMENT_URL)
    barcodes = (operation.text(_BARCODE, ordinal) for ordinal in (1, 2, 3))
    return Slip(
        number=operation.number,
        payment_code=operation.text(_PAYMENT_CODE),
        link_code=operation.text(_LINK_CODE),
        pmc_code=operation.text(_PMC_CODE),
        payment_url=url,
        barcodes=tuple(text for text in barcodes if text),
        # Where the provider gives no QR of its own, its payment page is worth one.
        qr=operation.text(_QR) or url,
        linked_qr=operation.text(_LINKED_QR),
        replaces=operation.replaces,
        banks=tuple(Bank(code.label, code.text) for code in operation.codes if code.role is _BANK_URL),
    )


def slips_of(bill: Bill, look: Look) -> list[Slip]:
    """Those of its obligations, in their order; a specimen has a QR for all of them where the look is to have one."""
    slips = [slip(*pair) for pair in zip(bill.voucher.obligations, bill.operations, strict=True)]
    linked = _linked_qr([one for one in slips if one.number], look)
    return [one if one.linked_qr == linked else msgspec.structs.replace(one, linked_qr=linked) for one in slips]


def _linked_qr(to_pay: list[Slip], look: Look) -> str:
    if len(to_pay) < 2:
        return ""
    if to_pay[0].specimen:
        return SPECIMEN.qr if look.linked_qr == "yes" else ""
    return to_pay[0].linked_qr
