"""Invented vouchers that a template is proved on: everything a page may show, nothing that is unusually long."""

from __future__ import annotations

import datetime

from emission.model import Address, DueDate, Line, Obligation, Payer, Voucher

# One coupon, two, three, and a booklet that goes on over further pages.
_COUNTS = (1, 2, 3, 7)


def sample_vouchers(extra: dict[str, str] | None = None) -> list[Voucher]:
    """Payable vouchers of one to several obligations, with one due date each and with three.

    ``extra`` are the further columns of every obligation.
    """
    return [
        Voucher(
            f"MUESTRA-{count}-{dues}", tuple(_obligation(number, dues, extra or {}) for number in range(1, count + 1))
        )
        for count in _COUNTS
        for dues in (1, 3)
    ]


def _obligation(number: int, dues: int, extra: dict[str, str]) -> Obligation:
    days = [datetime.date(2026, 12, 10 + 5 * place) for place in range(dues)]
    return Obligation(
        obligation_id=f"MUESTRA-{number:04}",
        payer=Payer("Ejemplo, Ana María", "Ana María", "Ejemplo", "CUIT", "20000000001", "ana@ejemplo.test"),
        due_dates=tuple(DueDate(day, 12_345_67 + 100_00 * place) for place, day in enumerate(days)),
        currency="ARS",
        tax="TSG",
        period="2026-12",
        label=f"Cuota {number}",
        account="0012-345/6",
        concept="Tasa por Servicios Generales",
        property_address="San Martín 100",
        message="Este comprobante es una muestra.",
        postal=Address("San Martín", "100", "Piso 1", "Villa Ejemplo", "Q8300AAA", "Neuquén"),
        lines=(
            Line("Alumbrado y limpieza", 10_000_00, "2026-12", 9_500_00, 500_00),
            Line("Conservación de calles", 2_345_67, "2026-12", 2_345_67, 0),
        ),
        extra=extra,
    )
