"""The operation that an obligation brings with it: codes from the batch, character by character."""

from __future__ import annotations

from emission.model import Code, Obligation, Operation, Role

# The batch's columns, in the order in which codes are kept.
COLUMNS: dict[str, tuple[Role, int]] = {
    "barcode": (Role.BARCODE, 1),
    "barcode_2": (Role.BARCODE, 2),
    "barcode_3": (Role.BARCODE, 3),
    "qr": (Role.QR, 1),
    "payment_url": (Role.PAYMENT_URL, 1),
    "payment_code": (Role.PAYMENT_CODE, 1),
    "link_code": (Role.LINK_CODE, 1),
    "pmc_code": (Role.PMC_CODE, 1),
}


def operation_of(obligation: Obligation, external_id: str) -> Operation | None:
    """The operation that an obligation brings with it; ``None`` where it has neither barcode nor QR."""
    supplied = obligation.supplied
    if not supplied.get("barcode") and not supplied.get("qr"):
        return None
    codes = tuple(Code(role, supplied[name], n) for name, (role, n) in COLUMNS.items() if supplied.get(name))
    return Operation(external_id=external_id, number=supplied.get("operation", ""), codes=codes)
