"""ePagos' answers, read with distrust: REST and SOAP spellings, numbers as text, dates that are no dates.

One operation may come flat (REST, single), or nested in ``respuesta_forma_pago_array`` (lote) or ``fp``.
Unknown fields are ignored. Whatever cannot be taken at its word raises :class:`UnusableError`, which
concerns one operation only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from emission import money
from emission.model import Code, DueDate, Obligation, Operation, Role
from emission.provider_settings import Provider
from emission.providers.base import OperationState, Order
from emission.providers.epagos.request import CURRENCY
from emission.providers.reading import Amount, Scalar, UnusableError, decode, text, whole_number

QrSource = Literal["auto", "t30", "url"]

# A credited or pending operation is ours; one of these is not payable any more (E-PY: table of Estado).
DEAD_STATES = {"C": "cancelled", "R": "rejected", "V": "expired", "D": "returned"}

# Of an operation that we know to be ours: an expired one may still be paid late, a returned payment is no payment.
STATES = {
    "A": OperationState.PAID,
    "L": OperationState.PAID,
    "P": OperationState.ALIVE,
    "O": OperationState.ALIVE,
    "V": OperationState.ALIVE,
    "C": OperationState.DEAD,
    "R": OperationState.DEAD,
    "D": OperationState.DEAD,
}


class Respuesta(msgspec.Struct):
    """What every answer begins with; its items stay undecoded so that one bad item spoils one row."""

    id_resp: int | str
    respuesta: Scalar = None
    token: Scalar = None
    lote: list[msgspec.Raw] | None = None
    pago: list[msgspec.Raw] | None = None
    rendicion: list[msgspec.Raw] | None = None
    contracargos: list[msgspec.Raw] | None = None
    pagos_adicionales: list[msgspec.Raw] | None = None
    fp: list[msgspec.Raw] | None = None
    cantidadTotal: Scalar = None  # noqa: N815 - the provider's spelling

    @property
    def code(self) -> int:
        """``2002`` and ``"02002"`` are one code.

        Raises:
            UnusableError: ``answer-unreadable``.
        """
        return whole_number(self.id_resp)


class Nombrada(msgspec.Struct):
    """Whose an item is, whatever else is wrong with it: an item twice is doubt, though one of them be spoilt."""

    numero_operacion: Scalar = None


class Creada(msgspec.Struct):
    """What names a created operation; its codes are read from the same bytes as :class:`Codigos`."""

    id_transaccion: int | str
    numero_operacion: Scalar = None
    convenio: Scalar = None
    respuesta_forma_pago_array: list[msgspec.Raw] | None = None
    fp: list[msgspec.Raw] | None = None


class Barra(msgspec.Struct):
    """One further symbol, for another due date."""

    codigo_barra: Scalar = None
    fechavenc: Scalar = None
    importe: Amount = None


class Codigos(msgspec.Struct):
    """The codes of one operation, in both spellings; base64 images are not even decoded."""

    codigo_pago_fp: Scalar = None
    codigo_barras_fp: Scalar = None
    codigo_link: Scalar = None
    codigo_pmc: Scalar = None
    url_qr: Scalar = None
    Url_QR: Scalar = None
    codigo_qr_T30_texto: Scalar = None  # noqa: N815 - REST's spelling
    qr_texto_T30: Scalar = None  # noqa: N815 - SOAP's spelling
    codigo_qr: Scalar = None
    fechavenc_fp: Scalar = None
    importe_fp: Amount = None
    barras_adicionales: list[Barra] | None = None


class FormaPago(msgspec.Struct):
    """How a looked-up operation may be paid."""

    Identificador: Scalar = None
    CodigoPago: Scalar = None
    CodigoBarras: Scalar = None
    FechaVencimiento: Scalar = None


class Pago(msgspec.Struct):
    """One operation as a look-up tells it."""

    CodigoUnicoTransaccion: int | str
    Externa: Scalar = None
    Convenio: Scalar = None
    Importe: Amount = None
    Estado: Scalar = None
    Url_QR: Scalar = None
    FormaPago: list[FormaPago] | None = None


def external_id(raw: msgspec.Raw) -> str:
    """Whose an item of a lote is; :class:`UnusableError` where that cannot be read."""
    return text(decode(raw, Nombrada).numero_operacion)


def created(raw: bytes | msgspec.Raw, order: Order, *, provider: Provider, qr_source: QrSource) -> Operation:
    """The operation that one answer, or one item of a lote, says was created for ``order``.

    Raises:
        UnusableError: ``answer-unreadable``, or ``answer-disagrees`` in amount, due date or agreement.
    """
    item = decode(raw, Creada)
    nested = (item.respuesta_forma_pago_array or item.fp or [])[:1]
    sources = [decode(source, Codigos) for source in (*nested, raw)]
    obligation = order.obligation
    _agree(item.convenio, str(provider.convenio))
    _agree(item.numero_operacion, order.external_id)
    for source in sources:
        _agree_due(source.fechavenc_fp, source.importe_fp, obligation.due_dates[:1])
    codes = [
        *_code(Role.BARCODE, _first(source.codigo_barras_fp for source in sources)),
        *(_further_barcodes(sources, obligation) if provider.epagos.further_barcodes == "due_dates" else ()),
        *_code(Role.PAYMENT_CODE, _first(source.codigo_pago_fp for source in sources)),
        *_code(Role.LINK_CODE, _first(source.codigo_link for source in sources)),
        *_code(Role.PMC_CODE, _first(source.codigo_pmc for source in sources)),
    ]
    url = _first(text for source in sources for text in (source.url_qr, source.Url_QR))
    t30 = _first(_t30(source) for source in sources)
    number = str(whole_number(item.id_transaccion))
    return with_links(Operation(order.external_id, number, tuple(codes)), t30=t30, url=url, qr_source=qr_source)


def found(raw: msgspec.Raw, order: Order, *, provider: Provider, qr_source: QrSource) -> Operation | None:
    """The operation that a look-up tells of; ``None`` where it bears another external id.

    Raises:
        UnusableError: ``answer-unreadable``, or ``answer-disagrees`` in amount, first due date, agreement or state.
    """
    pago = decode(raw, Pago)
    if text(pago.Externa) not in {"", order.external_id}:
        return None
    _agree(pago.Convenio, str(provider.convenio))
    if text(pago.Estado).upper() in DEAD_STATES:
        raise UnusableError("answer-disagrees")
    forms = pago.FormaPago or []
    for form in forms:
        _agree_due(form.FechaVencimiento, None, order.obligation.due_dates[:1])
    _agree_due(None, pago.Importe, order.obligation.due_dates[:1])
    ours = [form for form in forms if text(form.Identificador) == str(provider.payment_form)] or forms
    codes = [
        *_code(Role.BARCODE, _first(form.CodigoBarras for form in ours[:1])),
        *_code(Role.PAYMENT_CODE, _first(form.CodigoPago for form in ours[:1])),
    ]
    number = str(whole_number(pago.CodigoUnicoTransaccion))
    return with_links(
        Operation(order.external_id, number, tuple(codes)), t30="", url=text(pago.Url_QR), qr_source=qr_source
    )


def state_of(raw: msgspec.Raw, order: Order, number: str) -> OperationState | None:
    """What a look-up says of the operation ``number``; ``None`` where it tells of another one.

    Raises:
        UnusableError: ``answer-unreadable``.
    """
    pago = decode(raw, Pago)
    if text(pago.Externa) not in {"", order.external_id}:
        return None
    if str(whole_number(pago.CodigoUnicoTransaccion)) != number:
        return None
    return STATES.get(text(pago.Estado).upper(), OperationState.UNKNOWN)


def with_links(operation: Operation, *, t30: str, url: str, qr_source: QrSource) -> Operation:
    """The operation with its payment address and the text for its QR, chosen by ``[codes] qr_source``."""
    qr = {"t30": t30, "url": url, "auto": t30 or url}[qr_source]
    links = (*_code(Role.PAYMENT_URL, url), *_code(Role.QR, qr))
    return msgspec.structs.replace(operation, codes=(*operation.codes, *links))


def _first(values: Iterable[Scalar]) -> str:
    return next((written for written in map(text, values) if written.strip()), "")


def _t30(source: Codigos) -> str:
    explicit = _first((source.codigo_qr_T30_texto, source.qr_texto_T30))
    if explicit:
        return explicit
    # ``codigo_qr`` is a picture in some answers: only what begins as EMV's payload format indicator is text.
    if isinstance(source.codigo_qr, str) and source.codigo_qr.startswith("000201"):
        return text(source.codigo_qr)
    return ""


def _code(role: Role, written: str, ordinal: int = 1) -> list[Code]:
    return [Code(role, written, ordinal)] if written.strip() else []


def _further_barcodes(sources: Sequence[Codigos], obligation: Obligation) -> list[Code]:
    """``barras_adicionales``, each put to the due date it names; without a date, in their order from the second."""
    bars = next((source.barras_adicionales for source in sources if source.barras_adicionales), [])
    placed: dict[int, str] = {}
    for position, bar in enumerate(bars, start=1):
        due = date(bar.fechavenc)
        index = position if due is None else _index(due, obligation.due_dates)
        if index >= len(obligation.due_dates) or index in placed:
            raise UnusableError("answer-disagrees")
        _agree_due(None, bar.importe, obligation.due_dates[index : index + 1])
        placed[index] = text(bar.codigo_barra)
    # A symbol for the first due date repeats ``codigo_barras_fp``.
    return [code for index in sorted(placed) if index for code in _code(Role.BARCODE, placed[index], index + 1)]


def _index(due: dt.date, due_dates: Sequence[DueDate]) -> int:
    return next((index for index, known in enumerate(due_dates) if known.date == due), len(due_dates))


def _agree(value: Scalar, expected: str) -> None:
    if text(value) not in {"", expected}:
        raise UnusableError("answer-disagrees")


def _agree_due(told: Scalar, amount: Amount, due_dates: Sequence[DueDate]) -> None:
    """Date and amount are those of the only due date given; what the answer leaves out agrees."""
    (due,) = due_dates
    named = date(told)
    if named is not None and named != due.date:
        raise UnusableError("answer-disagrees")
    if amount not in {None, ""}:
        try:
            minor = money.from_decimal(amount, CURRENCY)
        except (money.AmountError, ArithmeticError):
            raise UnusableError("answer-unreadable") from None
        if minor != due.amount:
            raise UnusableError("answer-disagrees")


def date(value: Scalar) -> dt.date | None:
    """``YYYY-MM-DD`` with or without a time behind it; ``None`` for nothing and for SQL's zero dates.

    Raises:
        UnusableError: ``answer-unreadable``.
    """
    written = text(value).strip()
    if not written or written.startswith(("0000-", "-0001-")):
        return None
    try:
        return dt.date.fromisoformat(written[:10])
    except ValueError:
        raise UnusableError("answer-unreadable") from None
