"""What the sandbox makes of a debt, and how it tells of it. Everything derives from the external id."""

from __future__ import annotations

import hashlib
import uuid

import msgspec

from emission import money
from emission.codes import emv
from emission.sandbox import memory
from emission.sandbox.bind.contract import Pedido
from emission.sandbox.control import Fields

PENDING, PAID, DELETED, REFUSED = 2, 3, 4, 5
# Only 2 is documented; the other numbers are the sandbox's own.
WORDS = {PENDING: "Pendiente", PAID: "Pagada", DELETED: "Eliminada", REFUSED: "Rechazada"}
MERCHANT = "SANDBOX SIN VALOR"


class Kept(memory.Kept, frozen=True, array_like=True):
    """One debt. Amounts in cents; ``due`` are moments and amounts as they were asked for; ``paid`` what was paid."""

    number: str
    amount: int
    due: list[tuple[str, int]]
    qr: str
    state: int = PENDING
    paid: int = 0
    ready: bool = True  # whether its QR is made
    reports: tuple[tuple[str, str, int], ...] = ()  # idMensaje, estadoTransaccion, cents


def create(pedido: Pedido, repetition: int, *, ready: bool) -> Kept:
    """The debt for an order that the contract lets pass; ``repetition`` counts its external id from 0."""
    name = pedido.codigoExterno.codigoDeuda
    pairs = (
        (pedido.fechaVencimiento1, pedido.montoVencimiento1),
        (pedido.fechaVencimiento2, pedido.montoVencimiento2),
        (pedido.fechaVencimiento3, pedido.montoVencimiento3),
    )
    due = [(moment.isoformat(), int(amount * 100)) for moment, amount in pairs if moment and amount]
    digest = hashlib.blake2b(msgspec.json.encode((name, repetition)), digest_size=8).digest()
    number = str(10**9 + int.from_bytes(digest) % (9 * 10**9))
    return Kept(name, number, due[0][1], due, _qr(number, due[0][1]), ready=ready)


def told(kept: Kept) -> Fields:
    """As *Consultar deuda* tells it."""
    data: Fields = {"data": kept.qr} if kept.ready and kept.state == PENDING else {}
    means = {"id": 1, "nombre": "QR", "formaPago": 1, "DetalleEspecifico": data}
    payment = {"importe": money.to_decimal(kept.paid, "ARS"), "estado": "ACREDITADO"}
    return {
        "id": int(kept.number),
        "codigo": str(uuid.uuid5(uuid.NAMESPACE_URL, kept.number)),
        "codigoExterno": {"codigoDeuda": kept.external_id},
        "montoTotal": money.to_decimal(kept.amount, "ARS"),
        "moneda": 0,
        "estado": kept.state,
        "estadoDescripcion": WORDS[kept.state],
        "medioPagoDisponibles": [means],
        "pagos": [payment] if kept.state == PAID else [],
    }


def listed(kept: Kept) -> Fields:
    """For counting from outside: amounts as text."""
    return {
        "external_id": kept.external_id,
        "number": kept.number,
        "amount": money.plain(kept.amount, "ARS"),
        "due": [[moment, money.plain(amount, "ARS")] for moment, amount in kept.due],
        "qr": kept.qr,
        "state": WORDS[kept.state],
        "reports": [[name, state, money.plain(amount, "ARS")] for name, state, amount in kept.reports],
    }


def _qr(number: str, amount: int) -> str:
    """A dynamic EMV QR (EMVCo MPM 1.1) with a merchant template as acquirers' have; it is nobody's."""
    acquirer = "0015sandbox.invalid"
    reference = number
    return emv.compose(
        [
            ("00", "01"),
            ("01", "12"),
            ("43", acquirer),
            ("52", "9311"),
            ("53", "032"),
            ("54", money.plain(amount, "ARS")),
            ("58", "AR"),
            ("59", MERCHANT),
            ("60", "SANDBOX"),
            ("62", f"05{len(reference):02}{reference}"),
        ]
    )
