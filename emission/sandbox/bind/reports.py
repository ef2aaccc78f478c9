"""QRs are read, and payments of a closed ecosystem reported, as BIND's pages *Leer QR* and *Informar pago QR* say.

The sandbox's own choices: a message that comes twice counts twice (what BIND does is not documented); a payment that
it does not take is HTTP 200 with ``FAIL``, as the page says.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from emission import money
from emission.codes import emv
from emission.codes.faults import CodeError
from emission.sandbox.bind.operations import PAID, PENDING, Kept
from emission.sandbox.control import Fields
from emission.sandbox.memory import Memory

CUIT, MCC, ACCOUNT = "30999999995", "9311", "0000000000000000000000"
TRANSACTION = "SANDBOX"
STATES = {"ACREDITADO", "DEVUELTA", "RECHAZADA"}


class Operacion(msgspec.Struct):
    """``operacion``: what is required of it."""

    idMensaje: str  # noqa: N815 - the provider's spelling, here and below
    identificadorProcesador: str  # noqa: N815
    identificadorTransaccion: str  # noqa: N815
    tipoTransaccion: str  # noqa: N815
    rubroMovimiento: str  # noqa: N815
    formaPago: str  # noqa: N815
    fechaNegocio: str  # noqa: N815
    fechaProceso: str  # noqa: N815
    moneda: str
    importeBruto: Decimal  # noqa: N815
    estadoTransaccion: str  # noqa: N815
    rubroTransaccion: str  # noqa: N815
    procesadorPago: str  # noqa: N815


class Pair(msgspec.Struct):
    """A key and a value."""

    key: str
    value: str


class Vendedor(msgspec.Struct):
    """``vendedor``."""

    cuentaVendedor: str  # noqa: N815
    identificadorVendedor: str  # noqa: N815
    informacionesAdicionales: list[Pair]  # noqa: N815


class Comprador(msgspec.Struct):
    """``comprador``."""

    identificadorPagador: str  # noqa: N815
    cuentaPagador: str  # noqa: N815
    informacionesAdicionales: list[Pair]  # noqa: N815


class Aviso(msgspec.Struct):
    """The body of ``QRConfirmaPago``."""

    operacion: Operacion
    vendedor: Vendedor
    comprador: Comprador
    informacionesAdicionales: list[Pair]  # noqa: N815


def of_qr(memory: Memory[Kept], text: str) -> Kept | None:
    """The debt whose QR this is."""
    try:
        fields = dict(emv.parse(text))
    except CodeError:
        return None
    kept = memory.of(fields.get("62", "")[4:])
    return kept if kept is not None and kept.qr == text else None


def info(kept: Kept) -> Fields:
    """As *Leer QR* tells of it."""
    collector = {"name": "SANDBOX", "identification_number": CUIT, "account": ACCOUNT, "mcc": MCC}
    order = {"id": f"{TRANSACTION}{kept.number}", "total_amount": money.to_decimal(kept.amount, "ARS")}
    status = "closed_amount" if kept.state == PENDING else "empty_order"
    return {"status": status, "collector": collector, "order": order if kept.state == PENDING else {}}


def confirm(memory: Memory[Kept], aviso: Aviso) -> Fields:
    """PASS, and the debt is paid (or, given back, to be paid again); FAIL with its reason, and nothing is changed."""
    operacion = aviso.operacion
    number = operacion.identificadorTransaccion.removeprefix(TRANSACTION)
    kept = memory.of(number)
    wrong = _wrong(aviso)
    if kept is None or wrong:
        return {"transaction_status": "FAIL", "on_error": {"mensaje": wrong or "identificadorTransaccion"}}
    state = operacion.estadoTransaccion
    amount = int(operacion.importeBruto * 100)
    reports = (*kept.reports, (operacion.idMensaje, state, amount))
    paid = {"ACREDITADO": PAID, "DEVUELTA": PENDING}.get(state, kept.state)
    memory.change(msgspec.structs.replace(kept, state=paid, paid=amount, reports=reports))
    return {
        "qr_id_trx": f"TRX{number}{len(reports)}",
        "id_billetera": next((pair.value for pair in aviso.informacionesAdicionales), ""),
        "fecha_negocio": operacion.fechaNegocio,
        "validation_data": {"payment_reference": operacion.idMensaje, "codigo_postal": "0000", "mcc": MCC},
        "transaction_status": "PASS",
        "on_error": None,
    }


def _wrong(aviso: Aviso) -> str:
    operacion = aviso.operacion
    keys = {pair.key.casefold() for pair in aviso.vendedor.informacionesAdicionales}
    fixed = (
        operacion.tipoTransaccion == operacion.rubroTransaccion == "EcoCerrado"
        and operacion.rubroMovimiento == "PAGO"
        and (operacion.formaPago, operacion.moneda) == ("SALDO_VIRTUAL", "ARS")
    )
    if not fixed:
        return "valores fijos"
    if operacion.estadoTransaccion not in STATES:
        return "estadoTransaccion"
    if not keys >= {"cuit", "mcc", "codigocomercio", "codigosucursal", "codigocaja"}:
        return "vendedor.informacionesAdicionales"
    return "" if operacion.idMensaje and aviso.vendedor.identificadorVendedor == CUIT else "idMensaje, vendedor"
