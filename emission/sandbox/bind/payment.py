"""Somebody pays a debt: the notice that BIND PSP posts (its page on the QR webhook). It is not signed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import msgspec

from emission import money
from emission.sandbox.bind.operations import PAID, REFUSED, Kept
from emission.sandbox.control import Fields, Paid
from emission.sandbox.notices import Notice, Payment

STATES = {"ACREDITADO": PAID, "RECHAZADA": REFUSED}
MOMENT = "2026-12-01T10:00:00-03:00"  # the sandbox has no clock
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def pay(held: Sequence[Kept], payment: Payment) -> Paid[Kept]:
    """The first debt, paid (``ACREDITADO``, what is meant where no state is named) or refused (``RECHAZADA``).

    Raises:
        ValueError: another state, or an amount that is none.
    """
    state = payment.state or "ACREDITADO"
    if state not in STATES:
        raise ValueError(f"state {state}: {', '.join(STATES)}")
    kept = held[0]
    amount = kept.amount if payment.amount is None else money.from_decimal(payment.amount, "ARS")
    if amount <= 0:
        raise ValueError("amount > 0")
    content = _notice(kept, state, amount)
    notice = Notice(content, _ENCODER.encode(content), "application/json")
    return Paid(msgspec.structs.replace(kept, state=STATES[state], paid=amount), notice)


def _notice(kept: Kept, state: str, amount: int) -> Fields:
    message = {
        "IdentificadorProcesador": kept.number,
        "IdentificadorTransaccion": f"SANDBOX{kept.number}",
        "ImporteBruto": money.to_decimal(amount, "ARS"),
        "EstadoTransaccion": state,
        "Moneda": "ARS",
        "Cuit": "30999999995",
        "IdentificadorPagador": "20999999999",
        "MotivoRechazo": "" if state == "ACREDITADO" else "rechazada",
    }
    payload = {
        "TipoEvento": "PAGO",
        "TipoOrigen": "QR",
        "IdentificadorOrigen": kept.number,
        "DestinoPrincipal": "",
        "DestinoSecundario": "",
        "FechaEmision": MOMENT,
        "IdMensaje": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kept.number} {state}")),
        "MensajePago": message,
    }
    return {"When": MOMENT, "Type": "PAGO", "Payload": payload}
