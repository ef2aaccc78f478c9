"""Obligations in BIND PSP's own words: the body of ``POST …/Deuda``, field by field (BIND's page *Crear una deuda*)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec

from emission import money
from emission.provider_settings import Bind
from emission.providers.base import Order
from emission.providers.bind_access import Till
from emission.providers.telling import plain_text

CURRENCY = "ARS"
PESOS = 0  # moneda
SINGLE_PAYMENT = 0  # tipoOrden
QR = 1  # formaPago
DUE_DATES = 3


class CodigoExterno(msgspec.Struct):
    """Our ids; the readable one is never matched on."""

    codigoDeuda: str  # noqa: N815 - the provider's spelling, here and below
    codigoAuxiliar1: str  # noqa: N815


class Medio(msgspec.Struct):
    """A means of payment."""

    nombre: str
    formaPago: int  # noqa: N815
    habilitado: bool = True


class Deuda(msgspec.Struct, omit_defaults=True):
    """What is owed, until when, and to which till."""

    codigoExterno: CodigoExterno  # noqa: N815
    codigoComercio: str  # noqa: N815
    codigoSucursal: str  # noqa: N815
    codigoCaja: str  # noqa: N815
    moneda: int
    motivo: str
    tipoOrden: int  # noqa: N815
    medioPagoDisponibles: list[Medio]  # noqa: N815
    fechaVencimiento1: str  # noqa: N815
    montoVencimiento1: Decimal  # noqa: N815
    fechaVencimiento2: str | None = None  # noqa: N815
    montoVencimiento2: Decimal | None = None  # noqa: N815
    fechaVencimiento3: str | None = None  # noqa: N815
    montoVencimiento3: Decimal | None = None  # noqa: N815


def deuda(order: Order, till: Till, bind: Bind) -> Deuda:
    """The debt of ``order``, with as many due dates as it has; amounts are pesos with their cents, never floats."""
    obligation = order.obligation
    due = {
        f"{name}{number}": value
        for number, due in enumerate(obligation.due_dates, start=1)
        for name, value in (
            ("fechaVencimiento", _moment(due.date, bind)),
            ("montoVencimiento", money.to_decimal(due.amount, CURRENCY)),
        )
    }
    motive = obligation.concept or obligation.label or f"{obligation.tax} {obligation.period}"
    return Deuda(
        codigoExterno=CodigoExterno(order.external_id, plain_text(obligation.obligation_id, 50)),
        codigoComercio=till.comercio,
        codigoSucursal=till.sucursal,
        codigoCaja=till.caja,
        moneda=PESOS,
        motivo=plain_text(motive, 100) or "-",
        tipoOrden=SINGLE_PAYMENT,
        medioPagoDisponibles=[Medio("QR", QR)],
        **due,  # type: ignore[arg-type] # the names were composed just above
    )


def _moment(date: dt.date, bind: Bind) -> str:
    """The last moment of a due date; which zone BIND takes a moment without one for is not documented."""
    return f"{date.isoformat()}T{bind.due_time}{bind.offset}"
