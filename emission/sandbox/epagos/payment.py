"""Somebody pays an operation, or is paid back: the notice that ePagos posts to the address in its panel.

Fields: ePagos' page on its webhook. It is not signed. Form or JSON is not documented: a form is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import msgspec

from emission import money
from emission.sandbox.control import Fields, Paid
from emission.sandbox.epagos import settling
from emission.sandbox.epagos.operations import Kept
from emission.sandbox.epagos.settling import Marked
from emission.sandbox.notices import Notice, Payment

CREDITED, RETURNED = "A", "D"
ORGANISM = 1
MEANS = "Rapipago"


def pay(held: Sequence[Kept], payment: Payment) -> Paid[Kept]:
    """The first operation, paid (``A``, what is meant where no state is named) or paid back (``D``).

    Raises:
        ValueError: another state, or an amount that is none.
    """
    state = payment.state or CREDITED
    if state not in {CREDITED, RETURNED}:
        raise ValueError(f"state {state}: {CREDITED} (paid) or {RETURNED} (paid back)")
    kept = held[0]
    amount = kept.amount if payment.amount is None else money.from_decimal(payment.amount, "ARS")
    if amount <= 0:
        raise ValueError("amount > 0")
    fields = _fields(kept, state, str(money.plain(amount, "ARS")))
    notice = Notice(fields, urlencode(fields).encode(), "application/x-www-form-urlencoded")
    marked = Marked(str(kept.number), amount=amount)
    return Paid(settling.pay(kept, marked) if state == CREDITED else settling.give_back(kept, marked), notice)


def _fields(kept: Kept, state: str, amount: str) -> Fields:
    means = {"nombre_fp": MEANS, "id_fp": kept.payment_form, "importe_fp": amount}
    common: Fields = {
        "id_transaccion": kept.number,
        "id_fp": kept.payment_form,
        "fp": msgspec.json.encode(means).decode(),
        "id_organismo": ORGANISM,
        "convenio": kept.convenio,
        "numero_operacion": kept.external_id,
        "codigo_barras": kept.barcode,
        "monto_pagado": amount,
    }
    if state == RETURNED:
        return {**common, "fecha_devolucion": kept.due_date, "tipo": "D"}
    return {"id_resp": "02001", **common, "fecha_pago": kept.due_date, "tipo": "P"}
