"""Codes that the municipality brings in its own batch: printed as they are, nobody is asked."""

from __future__ import annotations

from collections.abc import Sequence

from emission.model import Code, Obligation, Operation, Role
from emission.providers.base import Capabilities, Created, OperationState, Order, Outcome, Refusal

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


class Supplied:
    """The provider of towns that already have their codes, say from a payment panel's export."""

    name = "supplied"
    capabilities = Capabilities(batch_size=500, due_dates=3, lookup=False, calls=False)

    async def issue(self, orders: Sequence[Order]) -> Sequence[Outcome]:
        """Each order's own codes, character by character; a refusal where it brings neither barcode nor QR."""
        return [_outcome(order) for order in orders]

    async def lookup(self, order: Order) -> Sequence[Operation]:
        """Nobody holds anything: the batch is the only source."""
        del order
        return []

    async def state(self, order: Order, number: str) -> OperationState:
        """Nobody can be asked."""
        del order, number
        return OperationState.UNKNOWN

    async def aclose(self) -> None:
        """Nothing is open."""


def operation_of(obligation: Obligation, external_id: str) -> Operation | None:
    """The operation that an obligation brings with it; ``None`` where it has neither barcode nor QR."""
    supplied = obligation.supplied
    if not supplied.get("barcode") and not supplied.get("qr"):
        return None
    codes = tuple(Code(role, supplied[name], n) for name, (role, n) in COLUMNS.items() if supplied.get(name))
    return Operation(external_id=external_id, number=supplied.get("operation", ""), codes=codes)


def _outcome(order: Order) -> Outcome:
    operation = operation_of(order.obligation, order.external_id)
    return Refusal(code="supplied-codes-missing", message="") if operation is None else Created(operation)
