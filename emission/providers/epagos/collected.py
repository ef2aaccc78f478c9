"""What ePagos tells of money, read with the same distrust as its other answers, in our own words.

Fields: ePagos' SDKs and developer pages. ``Importe`` of a payment is what was paid without a card's costs of financing.
The first payment of an operation is known by the operation's number; each further one has its ``IdPago``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from emission import money
from emission.payment import Charge, Happening, News, Settlement, Sighting
from emission.providers.epagos.answer import date
from emission.providers.epagos.request import CURRENCY
from emission.providers.reading import Amount, Scalar, UnusableError, decode, text, whole_number

PAID = frozenset({"A", "L"})  # credited, on its own or with a lote
RETURNED = "D"
LOST = "FNF"  # a dispute that ended against the office: the money is taken back

_CHARGES = {
    "Monto_comision": "commission",
    "Monto_IVA": "vat",
    "Monto_IIBB": "gross_income",
    "Monto_CC": "chargebacks",
    "Monto_ND": "not_deposited",
}


class Medio(msgspec.Struct):
    """How a payment was made."""

    Identificador: Scalar = None
    CodigoBarras: Scalar = None


class Adicional(msgspec.Struct):
    """A further payment on an operation that was paid."""

    IdPago: int | str
    CodigoUnicoTransaccion: int | str
    Monto: Amount = None
    FormaPago: Scalar = None
    FechaPago: Scalar = None
    FechaNovedad: Scalar = None


class Cobro(msgspec.Struct):
    """An operation with what was paid on it."""

    CodigoUnicoTransaccion: int | str
    Externa: Scalar = None
    Importe: Amount = None
    Estado: Scalar = None
    FechaPago: Scalar = None
    FechaAcreditacion: Scalar = None
    FechaNovedadAcreditacion: Scalar = None
    FormaPago: list[Medio] | None = None
    PagosAdicionales: list[Adicional] | None = None


class Contracargo(msgspec.Struct):
    """A dispute of a card's holder."""

    Numero: int | str
    Transaccion: int | str
    Estado: Scalar = None
    Monto: Amount = None
    Fecha: Scalar = None
    Fecha_finalizacion: Scalar = None


class Movimiento(msgspec.Struct):
    """A line of a settlement: a payment, or one that went back."""

    Codigo_unico_transaccion: int | str
    Monto: Amount = None
    Numero_operacion: Scalar = None


class Rendicion(msgspec.Struct):
    """A settlement."""

    Numero: int | str
    Secuencia: Scalar = None
    Fecha_deposito: Scalar = None
    Monto: Amount = None
    Monto_depositado: Amount = None
    Monto_comision: Amount = None
    Monto_IVA: Amount = None
    Monto_IIBB: Amount = None
    Monto_CC: Amount = None
    Monto_ND: Amount = None
    Cantidad: Scalar = None
    Detalles: list[Movimiento] | None = None
    Contracargos: list[Movimiento] | None = None
    Devoluciones: list[Movimiento] | None = None


class Entidad(msgspec.Struct):
    """A means of payment that ePagos takes money by."""

    id_fp: int | str
    nombre_fp: Scalar = None
    tipo_fp: Scalar = None
    estado_fp: Scalar = None


def payment(raw: msgspec.Raw) -> News:
    """An item of ``obtener_pagos``; nothing where it was not paid."""
    cobro = decode(raw, Cobro)
    state = text(cobro.Estado).strip().upper()
    further = [_further(one, text(cobro.Externa)) for one in cobro.PagosAdicionales or []]
    if state not in PAID and state != RETURNED:
        return News(sightings=tuple(further))
    medios = cobro.FormaPago or []
    paid_on = date(cobro.FechaAcreditacion) or date(cobro.FechaPago)
    number = _number(cobro.CodigoUnicoTransaccion)
    credited = Sighting(
        Happening.CREDITED,
        _cents(cobro.Importe),
        CURRENCY,
        number=number,
        reference=number,
        external_id=text(cobro.Externa),
        code=text(medios[0].CodigoBarras) if medios else "",
        paid_on=paid_on,
        on=date(cobro.FechaNovedadAcreditacion) or paid_on,
        means=text(medios[0].Identificador) if medios else "",
    )
    returned = [msgspec.structs.replace(credited, happening=Happening.RETURNED, on=None)] if state == RETURNED else []
    return News(sightings=(credited, *returned, *further))


def further_payment(raw: msgspec.Raw) -> News:
    """An item of ``obtener_pagos_adicionales``."""
    return News(sightings=(_further(decode(raw, Adicional), ""),))


def chargeback(raw: msgspec.Raw) -> News:
    """An item of ``obtener_contracargos``; nothing before it is lost."""
    told = decode(raw, Contracargo)
    if text(told.Estado).strip().upper() != LOST:
        return News()
    taken = Sighting(
        Happening.CHARGED_BACK,
        _cents(told.Monto),
        CURRENCY,
        number=_number(told.Transaccion),
        part=_number(told.Numero),
        on=date(told.Fecha_finalizacion) or date(told.Fecha),
    )
    return News(sightings=(taken,))


def settlement(raw: msgspec.Raw) -> News:
    """An item of ``obtener_rendiciones``: the settlement, and each of its lines."""
    told = decode(raw, Rendicion)
    sequence = text(told.Secuencia).strip()
    number = f"{_number(told.Numero)}/{sequence}" if sequence else _number(told.Numero)
    charges = [(kind, _maybe_cents(getattr(told, name))) for name, kind in _CHARGES.items()]
    summed = Settlement(
        number,
        CURRENCY,
        gross=_maybe_cents(told.Monto),
        deposited=_maybe_cents(told.Monto_depositado),
        charges=tuple(Charge(kind, amount) for kind, amount in charges if amount),
        payments=None if told.Cantidad is None else whole_number(told.Cantidad),
        deposited_on=date(told.Fecha_deposito),
    )
    lines = [
        *_lines(Happening.SETTLED, told.Detalles or [], summed),
        *_lines(Happening.CHARGED_BACK, told.Contracargos or [], summed),
        *_lines(Happening.RETURNED, told.Devoluciones or [], summed),
    ]
    return News(sightings=tuple(lines), settlements=(summed,))


def means(raw: msgspec.Raw) -> tuple[int, str, bool]:
    """An item of ``obtener_entidades_pago``: its number, its name, and whether it is active."""
    told = decode(raw, Entidad)
    return whole_number(told.id_fp), text(told.nombre_fp), text(told.estado_fp) != "estado_fp_desactivado"


def _lines(happening: Happening, moved: Sequence[Movimiento], summed: Settlement) -> Iterator[Sighting]:
    seen: Counter[tuple[str, int]] = Counter()
    for one in moved:
        number, amount = _number(one.Codigo_unico_transaccion), _cents(one.Monto)
        seen[number, amount] += 1
        yield Sighting(
            happening,
            amount,
            CURRENCY,
            number=number,
            external_id=text(one.Numero_operacion),
            occurrence=seen[number, amount],
            on=summed.deposited_on,
            settlement=summed.number,
        )


def _further(told: Adicional, external_id: str) -> Sighting:
    paid_on = date(told.FechaPago)
    return Sighting(
        Happening.CREDITED,
        _cents(told.Monto),
        CURRENCY,
        number=_number(told.CodigoUnicoTransaccion),
        external_id=external_id,
        reference=_number(told.IdPago),
        paid_on=paid_on,
        on=date(told.FechaNovedad) or paid_on,
        means=text(told.FormaPago),
    )


def _number(value: Scalar) -> str:
    return str(whole_number(value))


def _cents(amount: Amount) -> int:
    """Minor units of an amount that must be there, and must not be negative."""
    cents = _maybe_cents(amount)
    if cents is None or cents < 0:
        raise UnusableError("answer-unreadable")
    return cents


def _maybe_cents(amount: Amount) -> int | None:
    if amount is None or amount == "":
        return None
    try:
        return money.from_decimal(amount, CURRENCY)
    except (money.AmountError, ArithmeticError):
        raise UnusableError("answer-unreadable") from None
