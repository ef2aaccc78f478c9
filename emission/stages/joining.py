"""One QR for all obligations of a voucher, where the provider makes one: asked for once all of them have an operation.

It creates nothing that could be paid, so a voucher does not wait for it: where there is none, it goes without.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from emission.ledger import Ledger, effects
from emission.ledger.effects import Joined
from emission.ledger.work import Debt, Waiting
from emission.model import Code, Obligation, Operation, Role
from emission.providers.base import Linked, Linking

_operation = msgspec.msgpack.Decoder(Operation)


def to_join(vouchers: Sequence[Waiting]) -> list[Waiting]:
    """Those with several operations of this run's own that no one QR leads to yet."""
    return [voucher for voucher in vouchers if voucher.settled and _is_apart(_payable(voucher))]


async def join(ledger: Ledger, provider: Linking, voucher: Waiting) -> None:
    """Asks for the QR of a voucher and keeps it with each of its operations.

    Raises:
        ProviderError: the provider cannot be asked.
    """
    debts = _payable(voucher)
    held = [_held(debt) for debt in debts]
    pairs = list(zip(debts, held, strict=True))
    made = await provider.link([Linked(one.number, _label(debt.obligation())) for debt, one in pairs])
    found: list[Joined] = []
    for debt, one in pairs:
        assert debt.effect is not None
        apart = tuple(code for code in one.codes if code.role is not Role.LINKED_QR)
        if isinstance(made, str):
            joined = msgspec.structs.replace(one, codes=(*apart, Code(Role.LINKED_QR, made)))
            found.append(Joined(debt.effect, joined))
        else:
            found.append(Joined(debt.effect, msgspec.structs.replace(one, codes=apart), (made.code,)))
    effects.joined(ledger, found)


def _payable(voucher: Waiting) -> list[Debt]:
    return [debt for debt in voucher.debts if debt.payable and debt.operation is not None and debt.effect is not None]


def _is_apart(debts: Sequence[Debt]) -> bool:
    codes = {_held(debt).text(Role.LINKED_QR) for debt in debts} if len(debts) > 1 else {"one alone"}
    return len(codes) > 1 or codes == {""}


def _held(debt: Debt) -> Operation:
    assert debt.operation is not None
    return _operation.decode(debt.operation)


def _label(obligation: Obligation) -> str:
    return obligation.label or obligation.concept or obligation.obligation_id
