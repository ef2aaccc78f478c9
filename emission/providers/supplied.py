"""Codes that the municipality brings in its own batch: printed as they are, nobody is asked."""

from __future__ import annotations

from collections.abc import Sequence

from emission.codes.supplied import operation_of
from emission.model import Operation
from emission.providers.base import Capabilities, Created, OperationState, Order, Outcome, Refusal
from emission.providers.kind import Kind


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


KIND = Kind(
    open=lambda _settings, _base_url, _environ: Supplied(),
    check_access=lambda _settings, _environ: None,
    capabilities=lambda _settings: Supplied.capabilities,
    agreement=lambda _settings: "",
    facts=lambda settings: settings.provider.model_dump(include={"convenio", "payment_form"}),
)


def _outcome(order: Order) -> Outcome:
    operation = operation_of(order.obligation, order.external_id)
    return Refusal(code="supplied-codes-missing", message="") if operation is None else Created(operation)
