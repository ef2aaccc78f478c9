"""What ePagos accepts, as the sandbox checks it: the documented names, types and rules of its REST v1.0.

Written from the contract and not from our client, so that each keeps the other honest. Unknown fields pass.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec

LOTE_LIMIT = 50


class ContractError(Exception):
    """A refusal by the contract: the end of its code (``4``: parameter, ``7``: amounts) is the endpoint's business."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = words


class Item(msgspec.Struct):
    """A line of ``detalle_operacion``."""

    id_item: int
    desc_item: str
    monto_item: Decimal
    cantidad_item: int


class Documento(msgspec.Struct):
    """``identificacion_pagador``."""

    tipo_doc_pagador: int


class Pagador(msgspec.Struct):
    """Required are an e-mail, which may be empty here, and a kind of document."""

    email_pagador: str
    identificacion_pagador: Documento


class Operacion(msgspec.Struct):
    """What is to be paid."""

    id_moneda_operacion: int
    monto_operacion: Decimal
    detalle_operacion: list[Item]
    pagador: Pagador
    numero_operacion: str = ""
    identificador_externo_2: str = ""
    identificador_externo_3: str = ""
    opc_fecha_vencimiento: dt.date | None = None
    fecha_2do_venc: dt.date | None = None
    monto_operacion_2do_venc: Decimal | None = None
    opc_devolver_qr: bool = False


class Medio(msgspec.Struct):
    """A means of payment and its part of the amount."""

    id_fp: int
    monto_fp: Decimal


class Pedido(msgspec.Struct):
    """One operation that is asked for."""

    convenio: int
    operacion: Operacion
    fp: list[Medio]


def cents(amount: Decimal) -> int:
    """Whole cents of an amount that :func:`check` let pass."""
    return int(amount * 100)


def check(pedido: Pedido) -> None:
    """Raises :class:`ContractError` with the name of the parameter that is wrong, or for sums that differ."""
    operacion = pedido.operacion
    rules = {
        "convenio": 0 < pedido.convenio < 10**8,
        "operacion.id_moneda_operacion": operacion.id_moneda_operacion == 1,
        "operacion.monto_operacion": _is_amount(operacion.monto_operacion),
        "operacion.numero_operacion": _is_text(operacion.numero_operacion, 100),
        "operacion.identificador_externo_2": _is_text(operacion.identificador_externo_2, 100),
        "operacion.identificador_externo_3": _is_text(operacion.identificador_externo_3, 512),
        "operacion.opc_fecha_vencimiento": _is_due_date(operacion.opc_fecha_vencimiento),
        "operacion.detalle_operacion": bool(operacion.detalle_operacion),
        "operacion.pagador.email_pagador": _is_text(operacion.pagador.email_pagador, 254),
        "operacion.pagador.identificacion_pagador": 1 <= operacion.pagador.identificacion_pagador.tipo_doc_pagador <= 9,
        "operacion.fecha_2do_venc": _is_second_due_date(operacion),
        "fp": bool(pedido.fp),
    }
    for name, kept in rules.items():
        if not kept:
            raise ContractError("parameter", name)
    detailed = sum((item.monto_item * item.cantidad_item for item in operacion.detalle_operacion), Decimal(0))
    offered = sum((medio.monto_fp for medio in pedido.fp), Decimal(0))
    if detailed != operacion.monto_operacion or offered != operacion.monto_operacion:
        raise ContractError("amounts", "detalle_operacion, fp")


def _is_amount(amount: Decimal | None) -> bool:
    # Ten digits of cents: what the sandbox's own barcode has room for.
    return amount is not None and amount.is_finite() and 0 < amount < 10**8 and amount * 100 == int(amount * 100)


def _is_text(text: str, longest: int) -> bool:
    return len(text) <= longest and (not text or text.isprintable())


def _is_second_due_date(operacion: Operacion) -> bool:
    if operacion.fecha_2do_venc is None:
        return operacion.monto_operacion_2do_venc is None
    first, second = operacion.opc_fecha_vencimiento, operacion.fecha_2do_venc
    later = first is not None and second > first
    return later and _is_due_date(second) and _is_amount(operacion.monto_operacion_2do_venc)


def _is_due_date(date: dt.date | None) -> bool:
    # The sandbox has no clock, so that rehearsals never expire; its barcode says years with two digits.
    return date is None or 2000 <= date.year <= 2099
