"""BIND PSP is told of payments of a closed ecosystem: a QR is read, then ``QRConfirmaPago`` says what became of it.

Its page contradicts itself in spelling, keys and types: ``[provider.bind.report]`` follows its example. It moves no
money. HTTP 200 with ``FAIL`` is a failure. That a message is told twice under one ``idMensaje`` without harm is written
nowhere: so nobody here tells one again that may have arrived.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from emission import money
from emission.config import Settings
from emission.errors import UnavailableError
from emission.provider_settings import Bind
from emission.providers import bind_access as access
from emission.providers.bind_access import Till
from emission.providers.bind_session import Session, open_session
from emission.providers.http import NoAnswerError
from emission.providers.manners import patiently
from emission.providers.reading import Amount, Scalar, UnusableError, text

READ = "/walletentidad-operaciones/v1/api/v1.201/QR/GetInfoPagoQR"
CONFIRM = "/bindentidad-pagoexterno-v2/v2/api/v1.201/QRConfirmaPago"
PAYABLE = frozenset({"open_amount", "closed_amount"})
LATER = frozenset({"pending", "time-out"})
BUSINESS = ZoneInfo("America/Argentina/Buenos_Aires")  # UTC-3, all year round
FIXED = {"tipoTransaccion": "EcoCerrado", "rubroTransaccion": "EcoCerrado", "rubroMovimiento": "PAGO"}
FIXED |= {"formaPago": "SALDO_VIRTUAL", "moneda": "ARS"}


class Collector(msgspec.Struct):
    """Whom a QR pays."""

    account: Scalar = None
    identification_number: Scalar = None
    mcc: Scalar = None


class Order(msgspec.Struct):
    """What a QR asks for; ``id`` is the transaction that a payment names."""

    id: Scalar = None
    total_amount: Amount = None


class Info(msgspec.Struct):
    """A QR as it was read."""

    status: str
    collector: Collector = msgspec.field(default_factory=Collector)
    order: Order = msgspec.field(default_factory=Order)


class Confirmed(msgspec.Struct):
    """What is said of a report; ``validation_data`` is kept as it stands."""

    transaction_status: str
    qr_id_trx: Scalar = None
    validation_data: msgspec.Raw = msgspec.Raw(b"null")
    on_error: msgspec.Raw = msgspec.Raw(b"null")


class Told(NamedTuple):
    """What became of a report: ``confirmed``, ``refused`` or ``unknown``."""

    state: str
    number: str = ""
    answer: bytes = b""
    message: str = ""


class Message(NamedTuple):
    """What is told of one payment; ``outcome`` is accredited, returned or rejected, ``amount`` in minor units."""

    id: str
    payment_id: str
    outcome: str
    amount: int
    created_at: dt.datetime
    processed_at: dt.datetime
    payer_tax_id: str
    payer_account: str


class Unreadable(Exception):  # noqa: N818 - a finding about a QR, not a fault of ours
    """A QR that cannot be paid, as BIND says; ``status`` is its word."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class Reporter:
    """Reads QRs with the credentials of the wallet, confirms with those of the collector (ASSUMED of BIND)."""

    name = "bind"

    def __init__(self, settings: Settings, till: Till, wallet: Session, collector: Session) -> None:
        self._bind: Bind = settings.provider.bind
        self._processor = self._bind.report.processor or settings.issuer.name
        self._till = till
        self._wallet = wallet
        self._collector = collector

    async def read(self, qr: str) -> Info:
        """What BIND says of a QR, as it stands on the paper.

        Raises:
            Unreadable: it cannot be paid.
            ProviderError: BIND could not be asked.
        """
        try:
            return await patiently(partial(self._read, qr))
        except (NoAnswerError, UnusableError) as error:
            raise UnavailableError("qr-not-read", host=self._wallet.host, cause=error.code) from error

    async def _read(self, qr: str) -> Info:
        answer = await self._wallet.call("GET", f"{READ}?textoQR={quote(qr, safe='')}")
        if 400 <= answer.status < 500:
            raise Unreadable(f"HTTP {answer.status}")
        info = self._wallet.read(answer, Info)
        if info.status in LATER:
            raise UnavailableError("qr-not-read", host=self._wallet.host, cause=info.status)
        if info.status not in PAYABLE or not text(info.order.id):
            raise Unreadable(text(info.status)[:40])
        return info

    def body(self, message: Message, info: Info) -> dict[str, object]:
        """The body of ``QRConfirmaPago``, field by field as its page lists them."""
        report, number = self._bind.report, text(info.collector.identification_number)
        cuit, mcc = ("CUIT", "MCC") if report.keys == "upper" else ("cuit", "mcc")
        amount: Decimal | str = money.to_decimal(message.amount, "ARS")
        operation = {
            "idMensaje": message.id,
            "identificadorProcesador": message.payment_id,
            "identificadorTransaccion": text(info.order.id),
            "identificadorOrdenVenta": "",
            "identificadorReferencia": "",
            "idOrdenVentaReferencia": "",
            **FIXED,
            "fechaNegocio": self._business(message.created_at),
            "fechaProceso": _utc(message.processed_at),
            "importeBruto": str(amount) if report.amount == "text" else amount,
            "estadoTransaccion": getattr(report, message.outcome),
            "procesadorPago": self._processor,
        }
        seller = {
            cuit: number,
            mcc: text(info.collector.mcc),
            "codigoComercio": self._till.comercio,
            "codigoSucursal": self._till.sucursal,
            "codigoCaja": self._till.caja,
        }
        return {
            "operacion": operation,
            "vendedor": {
                "cuentaVendedor": text(info.collector.account),
                "identificadorVendedor": number,
                "informacionesAdicionales": _pairs(seller),
            },
            "comprador": {
                "identificadorPagador": message.payer_tax_id,
                "cuentaPagador": message.payer_account,
                "informacionesAdicionales": _pairs({cuit: message.payer_tax_id}),
            },
            "informacionesAdicionales": _pairs({"ID_BILLETERA": report.wallet_id}),
        }

    async def confirm(self, body: Mapping[str, object]) -> Told:
        """Tells it once.

        Raises:
            ProviderError: nothing of it arrived.
        """
        try:
            answer = await self._collector.call("POST", CONFIRM, body)
            if 400 <= answer.status < 500:
                return Told("refused", message=self._collector.words(answer))
            said = self._collector.read(answer, Confirmed)
            number = text(said.qr_id_trx)
        except (NoAnswerError, UnusableError) as error:
            return Told("unknown", message=error.code)
        if said.transaction_status == "PASS":
            return Told("confirmed", number, bytes(said.validation_data))
        if said.transaction_status == "FAIL":
            return Told("refused", number, message=self._collector.words(answer._replace(body=bytes(said.on_error))))
        return Told("unknown", number, message="answer-unreadable")

    async def aclose(self) -> None:
        await self._wallet.aclose()
        await self._collector.aclose()

    def _business(self, moment: dt.datetime) -> str:
        local = moment.astimezone(BUSINESS).isoformat(timespec="milliseconds")
        return local if self._bind.report.business_date == "offset" else f"{local[:-6]}Z"


def open_reporter(settings: Settings, base_url: str, environ: Mapping[str, str]) -> Reporter:
    """The reporter of ``settings``; nothing is asked yet.

    The wallet's credentials are ``<credentials_env>_WALLET_CLIENT_ID`` and ``_WALLET_CLIENT_SECRET``; where there are
    none, the collector's.

    Raises:
        UsageError: see :func:`emission.providers.open_provider`.
    """
    till = access.till(settings)
    prefix = settings.provider.credentials_prefix
    wallet = {name: environ.get(f"{prefix}_WALLET_{name}", "") for name in ("CLIENT_ID", "CLIENT_SECRET")}
    walleted = {f"{prefix}_{name}": value for name, value in wallet.items()} if all(wallet.values()) else environ
    return Reporter(
        settings, till, open_session(settings, base_url, walleted), open_session(settings, base_url, environ)
    )


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC).isoformat(timespec='milliseconds')[:-6]}Z"
