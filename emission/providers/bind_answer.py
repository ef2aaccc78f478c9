"""BIND PSP's debts as it tells of them, held against what was asked; a debt's QR is taken as it stands.

Fields: BIND's page *Consultar deuda*. Which due dates it repeats is not documented: what it says must agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from emission import money
from emission.model import Code, Operation, Role
from emission.providers.base import OperationState, Order
from emission.providers.bind_request import CURRENCY, PESOS, QR
from emission.providers.reading import Amount, Scalar, UnusableError, text

States = Mapping[str, Literal["alive", "paid", "dead"]]


class Creada(msgspec.Struct):
    """The answer to a creation."""

    id: int | str


class Detalle(msgspec.Struct):
    """What a means of payment needs: ``data`` is the raw text of a QR."""

    data: str | None = None


class Medio(msgspec.Struct, rename={"upper": "DetalleEspecifico", "lower": "detalleEspecifico"}):
    """A means of payment; its detail is told in both spellings."""

    formaPago: int | None = None  # noqa: N815 - the provider's spelling
    upper: Detalle | None = None
    lower: Detalle | None = None

    @property
    def data(self) -> str:
        detail = self.upper or self.lower
        return (detail.data if detail else None) or ""


class Externo(msgspec.Struct):
    """Our ids."""

    codigoDeuda: Scalar = None  # noqa: N815 - the provider's spelling


class Deuda(msgspec.Struct):
    """One debt."""

    id: int | str
    codigoExterno: Externo | None = None  # noqa: N815 - the provider's spelling, here and below
    montoTotal: Amount = None  # noqa: N815
    moneda: Scalar = None
    estado: Scalar = None
    medioPagoDisponibles: list[Medio] | None = None  # noqa: N815
    pagos: list[msgspec.Raw] | None = None


def number_of(debt: Creada | Deuda) -> str:
    """BIND's own number of a debt.

    Raises:
        UnusableError: ``answer-unreadable``: it has none.
    """
    number = text(debt.id).strip()
    if not number:
        raise UnusableError("answer-unreadable")
    return number


def is_of(debt: Deuda, order: Order) -> bool:
    """Whether the debt bears the order's external id, or does not say which it bears."""
    told = text(debt.codigoExterno.codigoDeuda) if debt.codigoExterno else ""
    return told in {"", order.external_id}


def operation(debt: Deuda, order: Order, states: States) -> Operation:
    """The operation that a debt is for ``order``; without codes where BIND has not made them yet.

    Raises:
        UnusableError: ``answer-unreadable``, or ``answer-disagrees`` in id, amount, currency or state.
    """
    if not is_of(debt, order) or text(debt.moneda) not in {"", str(PESOS), CURRENCY}:
        raise UnusableError("answer-disagrees")
    if state(debt, states) is OperationState.DEAD or amount_of(debt) not in {None, order.obligation.amount}:
        raise UnusableError("answer-disagrees")
    means = debt.medioPagoDisponibles or []
    texts = dict.fromkeys(text(one.data) for one in means if one.formaPago in {None, QR} and one.data.strip())
    if len(texts) > 1:
        raise UnusableError("answer-disagrees")
    return Operation(order.external_id, number_of(debt), tuple(Code(Role.QR, found) for found in texts))


def state(debt: Deuda, states: States) -> OperationState:
    """A debt with a payment is paid; else what ``estado`` means, as far as one knows."""
    if debt.pagos:
        return OperationState.PAID
    return OperationState(states.get(text(debt.estado), "unknown"))


def amount_of(debt: Deuda) -> int | None:
    """``montoTotal`` in cents; ``None`` where it is not told.

    Raises:
        UnusableError: ``answer-unreadable``.
    """
    if debt.montoTotal is None:
        return None
    try:
        return money.from_decimal(debt.montoTotal, CURRENCY)
    except (money.AmountError, ArithmeticError):
        raise UnusableError("answer-unreadable") from None
