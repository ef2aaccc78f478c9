"""What the sandbox makes of an order, and how it tells of it in the single, the lote and the look-up spelling.

Everything derives from the external id and from how often it was used, never from arrival or time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

import msgspec

from emission import money
from emission.codes import emv
from emission.codes.agreements import SANDBOX, spoken
from emission.model import DueDate
from emission.sandbox import memory
from emission.sandbox.control import Fields
from emission.sandbox.epagos.contract import Pedido, cents

LOWEST_NUMBER = 10**13  # fourteen digits: what the sandbox's barcode has room for
# A name under .invalid (RFC 2606) is nobody's: a scanned sandbox link leads nowhere.
LINKS = "https://pagos.sandbox.invalid/qr/"
MERCHANT = "SANDBOX SIN VALOR"
NO_DATE = "0000-00-00 00:00:00"  # SQL's own, as it comes out of PHP
NO_DUE_DATE = dt.date(2099, 12, 31)


class Paid(msgspec.Struct, frozen=True, array_like=True):
    """One payment: the day, the means, cents; the settlement that it is in, once it is, and that one's day."""

    on: str
    form: int
    amount: int
    settlement: int = 0
    settled_on: str = ""


class Lost(msgspec.Struct, frozen=True, array_like=True):
    """Money that went back: ``kind`` is D for a return, CC for a chargeback, whose ``state`` is ePagos'."""

    kind: str
    on: str
    state: str = "P"
    settlement: int = 0
    settled_on: str = ""


class Kept(memory.Kept, frozen=True, array_like=True):
    """One operation. Amounts in cents, dates as YYYY-MM-DD; the second due date is empty where there is none.

    ``state`` is ePagos' ``Estado``: P pending, A credited, C cancelled, D returned. Of ``paid`` all but the first are
    further payments. ``linked`` are the names of the QRs that lead to it and to others.
    """

    number: int
    convenio: int
    payment_form: int
    amount: int
    due_date: str
    amount_2: int
    due_date_2: str
    barcode: str
    qr: str
    state: str = "P"
    external_2: str = ""
    external_3: str = ""
    paid: tuple[Paid, ...] = ()
    lost: tuple[Lost, ...] = ()
    linked: tuple[str, ...] = ()


def create(pedido: Pedido, repetition: int) -> Kept:
    """The operation for an order that the contract lets pass; ``repetition`` counts its external id from 0."""
    operacion = pedido.operacion
    number = _number(operacion.numero_operacion, repetition)
    first = DueDate(operacion.opc_fecha_vencimiento or NO_DUE_DATE, cents(operacion.monto_operacion))
    due_dates = [first]
    if operacion.fecha_2do_venc is not None and operacion.monto_operacion_2do_venc is not None:
        due_dates.append(DueDate(operacion.fecha_2do_venc, cents(operacion.monto_operacion_2do_venc)))
    second = due_dates[-1] if len(due_dates) > 1 else None
    return Kept(
        external_id=operacion.numero_operacion,
        number=number,
        convenio=pedido.convenio,
        payment_form=pedido.fp[0].id_fp,
        amount=first.amount,
        due_date=first.date.isoformat(),
        amount_2=second.amount if second else 0,
        due_date_2=second.date.isoformat() if second else "",
        barcode=barcode(pedido.convenio, number, due_dates),
        qr=_qr(number, first.amount),
        external_2=operacion.identificador_externo_2,
        external_3=operacion.identificador_externo_3,
    )


def barcode(convenio: int, number: int, due_dates: Sequence[DueDate]) -> str:
    """The 60 digits of an operation: one or two due dates, amounts up to 10 digits of minor units.

    Raises:
        CodeError: ``agreement-value``, ``agreement-due-dates`` (none, or more than two) or ``agreement-date``.
    """
    return SANDBOX.compose(spoken(SANDBOX, due_dates, agreement=str(convenio), operation=str(number)))


def created_single(kept: Kept, *, qr: bool, payment_codes: bool) -> Fields:
    """Flat, in REST's spelling, and in ``fp`` as SOAP has it."""
    fields = {"id_transaccion": kept.number, "numero_operacion": kept.external_id, "convenio": kept.convenio}
    links = {"codigo_qr_T30_texto": kept.qr, "url_qr": _link(kept)} if qr else {}
    codes = _codes(kept, payment_codes=payment_codes)
    return {**fields, "id_fp": kept.payment_form, **codes, **links, "fp": [_form(kept, codes, qr=qr)]}


def created_in_lote(kept: Kept, *, qr: bool, payment_codes: bool) -> Fields:
    """Nested, in the spelling of the official pages."""
    return {
        "id_transaccion": kept.number,
        "numero_operacion": kept.external_id,
        "convenio": kept.convenio,
        "respuesta_forma_pago_array": [_form(kept, _codes(kept, payment_codes=payment_codes), qr=qr)],
    }


def _form(kept: Kept, codes: Fields, *, qr: bool) -> Fields:
    links = {"qr_texto_T30": kept.qr, "url_qr": _link(kept)} if qr else {}
    return {"importe_fp": pesos(kept.amount), "fechavenc_fp": kept.due_date, **codes, **links}


def looked_up(kept: Kept) -> Fields:
    """As ``obtener_pagos`` tells it: other names, dates with a time behind them."""
    paid = kept.paid[0] if kept.paid else None
    form = {
        "Identificador": paid.form if paid else kept.payment_form,
        "Importe": pesos(paid.amount if paid else kept.amount),
        "CodigoPago": _payment_code(kept),
        "CodigoBarras": kept.barcode,
        "FechaVencimiento": f"{kept.due_date} 00:00:00",
    }
    return {
        "CodigoUnicoTransaccion": kept.number,
        "Externa": kept.external_id,
        "Externa_2": kept.external_2,
        "Externa_3": kept.external_3,
        "Convenio": kept.convenio,
        "Importe": pesos(paid.amount if paid else kept.amount),
        "Estado": kept.state,
        "FechaPago": f"{paid.on} 10:00:00" if paid else NO_DATE,
        "FechaAcreditacion": f"{paid.on} 11:00:00" if paid else NO_DATE,
        "FechaNovedadAcreditacion": f"{paid.on} 12:00:00" if paid else NO_DATE,
        "FormaPago": [form],
        "PagosAdicionales": further_payments(kept),
        "Url_QR": _link(kept),
    }


def further_payments(kept: Kept) -> list[Fields]:
    """Payments after the first, as ``obtener_pagos_adicionales`` tells them."""
    return [
        {
            "CodigoUnicoTransaccion": kept.number,
            "FormaPago": str(paid.form),
            "Monto": pesos(paid.amount),
            "FechaPago": paid.on,
            "FechaNovedad": paid.on,
            "IdPago": kept.number * 10 + position,
        }
        for position, paid in enumerate(kept.paid[1:], start=1)
    ]


def listed(kept: Kept) -> Fields:
    """For counting from outside: amounts as text."""
    return {
        "external_id": kept.external_id,
        "number": str(kept.number),
        "amount": money.plain(kept.amount, "ARS"),
        "barcode": kept.barcode,
        "qr": kept.qr,
        "state": kept.state,
    }


def _number(external_id: str, repetition: int) -> int:
    digest = hashlib.blake2b(msgspec.json.encode((external_id, repetition)), digest_size=8).digest()
    return LOWEST_NUMBER + int.from_bytes(digest) % (9 * LOWEST_NUMBER)


def _codes(kept: Kept, *, payment_codes: bool) -> Fields:
    networks = {"codigo_link": f"{kept.convenio}{kept.number}", "codigo_pmc": str(kept.number)}
    return {
        "codigo_pago_fp": _payment_code(kept),
        "codigo_barras_fp": kept.barcode,
        **(networks if payment_codes else {}),
        "barras_adicionales": [],  # one symbol of the sandbox's carries both due dates
    }


def _payment_code(kept: Kept) -> str:
    return f"9{kept.number}"


def _link(kept: Kept) -> str:
    return f"{LINKS}{kept.number}"


def pesos(minor: int) -> object:
    """Cents as an exact decimal."""
    return money.to_decimal(minor, "ARS")


def _qr(number: int, amount: int) -> str:
    """A dynamic EMV QR (EMVCo MPM 1.1): Argentina, pesos, taxes; its reference is the operation's number."""
    reference = str(number)
    return emv.compose(
        [
            ("00", "01"),
            ("01", "12"),
            ("52", "9311"),
            ("53", "032"),
            ("54", money.plain(amount, "ARS")),
            ("58", "AR"),
            ("59", MERCHANT),
            ("60", "SANDBOX"),
            ("62", f"05{len(reference):02}{reference}"),
        ]
    )
