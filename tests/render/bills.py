"""Invented bills for the tests of this room. Nobody's names, nobody's numbers."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import msgspec

from emission.model import (
    Address,
    Bill,
    Code,
    DueDate,
    Line,
    Obligation,
    Operation,
    Payer,
    Role,
    Voucher,
)
from emission.render import Look

TEMPLATE = Path(__file__).parents[2] / "templates" / "municipal-a4"
QR_TEXT = (
    "00020101021243650016com.ejemplo.pago0201306366a1f0c-5f2b-4d9e-8b7e-3a1c2d4e5f605015001130709999999952049311"
    "5303032540812345.675802AR5922MUNICIPALIDAD EJEMPLO6006CIUDAD6304"
)


def look(**changes: Any) -> Look:
    given: dict[str, Any] = {
        "template": str(TEMPLATE),
        "name": "Municipalidad de Villa Ñandubay",
        "tax_id": "30-99999999-5",
        "office": "Secretaría de Hacienda",
        "address": "San Martín 100",
        "banner": "PRUEBA – SIN VALOR",
    }
    return Look(**(given | changes))


def lines(count: int) -> tuple[Line, ...]:
    return tuple(
        Line(f"Servicio número {number}", 100_00 + number, "2026-12", 90_00 + number, -10_00 if number == 2 else 10_00)
        for number in range(count)
    )


def obligation(
    number: int = 1, *, name: str = "Ñandubay & Hijos <S.R.L.>", dues: int = 2, **changes: Any
) -> Obligation:
    due_dates = tuple(
        DueDate(datetime.date(2026, 12, 10 + 5 * place), 1_234_567 + place * 100) for place in range(dues)
    )
    given: dict[str, Any] = {
        "obligation_id": f"TSG-{number}",
        "payer": Payer(name, id_type="CUIT", id="30999999995"),
        "due_dates": due_dates,
        "currency": "ARS",
        "tax": "TSG",
        "period": "2026-12",
        "account": "0012-345/9",
        "concept": "Tasa por Servicios Generales",
        "postal": Address("Bv. Yrigoyen", "1450", "Piso 3", "Villa Ñandubay", "Q8300ABC", "Neuquén"),
        "message": "Evitá recargos: pagá antes del primer vencimiento.",
        "lines": lines(3),
    }
    return Obligation(**(given | changes))


def operation(
    number: int = 1, *, barcodes: tuple[str, ...] | None = None, qr: str | None = None, url: str = ""
) -> Operation:
    """An operation with a barcode of 60 digits that begins with 99 and a QR, unless told otherwise."""
    texts = (f"99{number:010}{'1234567890' * 4}12345678",) if barcodes is None else barcodes
    codes = [Code(Role.BARCODE, text, ordinal) for ordinal, text in enumerate(texts, 1)]
    text = f"{QR_TEXT}{number:04X}" if qr is None else qr
    if text:
        codes.append(Code(Role.QR, text))
    if url:
        codes.append(Code(Role.PAYMENT_URL, url))
    codes += [Code(role, f"{number:019}") for role in (Role.PAYMENT_CODE, Role.LINK_CODE, Role.PMC_CODE)]
    return Operation(f"EXT{number}", str(80_000_000_000 + number), tuple(codes))


def bill(*pairs: tuple[Obligation, Operation | None], voucher_id: str = "V-1") -> Bill:
    return Bill(Voucher(voucher_id, tuple(one for one, _ in pairs)), tuple(other for _, other in pairs))


def coupons(count: int, **changes: Any) -> Bill:
    """One voucher of ``count`` instalments."""
    return bill(
        *((obligation(number, label=f"Cuota {number}", **changes), operation(number)) for number in range(1, count + 1))
    )


LINKED_QR = "https://pagos.ejemplo.test/qr/v/7f3a9c2e5b8d41f6a0c7"


def linked(given: Bill) -> Bill:
    """The same, with one QR for all of its obligations."""
    code = Code(Role.LINKED_QR, LINKED_QR)
    operations = (
        None if one is None else msgspec.structs.replace(one, codes=(*one.codes, code)) for one in given.operations
    )
    return Bill(given.voucher, tuple(operations))
