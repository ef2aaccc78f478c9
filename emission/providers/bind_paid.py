"""What BIND PSP says was paid of a debt, and which debts one of its notices may be of.

Its page on the QR webhook (KNOWN) signs nothing and carries no ``codigoDeuda``: which of a notice's names is the debt's
is UNKNOWN, so each of them is tried, and the debt itself is asked about. The fields of ``pagos`` in the answer are
UNKNOWN too: they are read in the spellings that BIND's other pages use (ASSUMED), and what cannot be read is an error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from emission import money
from emission.errors import NoticeError
from emission.payment import Happening, Notice, Sighting
from emission.providers.base import OperationState
from emission.providers.bind_answer import Deuda, States, amount_of, number_of, state
from emission.providers.bind_request import CURRENCY, PESOS
from emission.providers.noticing import Heard
from emission.providers.reading import UnusableError, text

# Spellings without regard to case.
_AMOUNTS = ("importe", "monto", "importebruto", "montototal")
_STATES = ("estado", "estadotransaccion", "estadodescripcion")
_DAYS = ("fechapago", "fechanegocio", "fechaproceso", "fecha")
_IDS = ("id", "idpago", "qridtrx", "identificadortransaccion")
# What a state begins with: BIND's pages write ACREDITADO, ACREDITADA and ACEDITADA.
_CAME, _WENT, _NEVER = ("ACRED", "ACED", "APROB"), ("DEVUEL",), ("RECHAZ", "PENDIENTE", "EXPIR")
MEANS = "QR"
MOST = 10**15  # minor units


class MensajePago(msgspec.Struct):
    """The payment that a notice is of."""

    IdentificadorProcesador: str | int | None = None
    IdentificadorTransaccion: str | int | None = None


class Payload(msgspec.Struct):
    """What happened, and to what."""

    IdentificadorOrigen: str | int | None = None
    DestinoPrincipal: str | int | None = None
    DestinoSecundario: str | int | None = None
    MensajePago: MensajePago | None = None


class Aviso(msgspec.Struct):
    """A notice, of which only names count; fields may be added to it."""

    Payload: Payload


def hear(notice: Notice) -> Heard:
    """The debts that a notice may be of, to be asked about.

    Raises:
        NoticeError: it is no notice of BIND's, or names nothing.
    """
    try:
        payload = msgspec.json.decode(notice.body, type=Aviso).Payload
        message = payload.MensajePago or MensajePago()
        told = (
            payload.IdentificadorOrigen, payload.DestinoPrincipal, payload.DestinoSecundario,
            message.IdentificadorProcesador, message.IdentificadorTransaccion,
        )  # fmt: skip
        names = dict.fromkeys(name for one in told if (name := text(one).strip()))
    except (msgspec.MsgspecError, UnusableError, RecursionError, ValueError):
        raise NoticeError("notice-unreadable") from None
    if not names:
        raise NoticeError("notice-of-nothing")
    return Heard("", operations=tuple(pair for name in names for pair in ((name, ""), ("", name))))


def sightings(debt: Deuda, states: States) -> Iterator[Sighting]:
    """What was paid of a debt, and what was given back.

    Raises:
        UnusableError: ``answer-unreadable``: it says so in words or figures that nobody here knows; or
            ``answer-disagrees``: in another currency.
    """
    if text(debt.moneda) not in {"", str(PESOS), CURRENCY}:
        raise UnusableError("answer-disagrees")
    number, external_id = number_of(debt), text(debt.codigoExterno.codigoDeuda) if debt.codigoExterno else ""
    pagos = [_folded(raw) for raw in debt.pagos or []]
    if not pagos and state(debt, states) is OperationState.PAID:
        pagos = [{}]  # paid, as its state says, and nothing more of it
    for ordinal, pago in enumerate(pagos, start=1):
        happening = _happening(_first(pago, _STATES))
        if happening is None:
            continue
        amount = _cents(pago)
        if amount is None:
            amount = amount_of(debt) if len(pagos) == 1 else None
        if amount is None or not 0 < amount < MOST:
            raise UnusableError("answer-unreadable")
        day = _day(_first(pago, _DAYS))
        # A debt is paid once (KNOWN), so that its own number names a payment that has no name.
        own = _first(pago, _IDS) or (number if ordinal == 1 else f"{number}/{ordinal}")
        given_back = happening is Happening.RETURNED
        yield Sighting(
            happening,
            amount,
            CURRENCY,
            number=number,
            external_id=external_id,
            reference=own,
            paid_on=None if given_back else day,
            on=day,
            means=MEANS,
        )


def _folded(raw: msgspec.Raw) -> dict[str, Any]:
    try:
        return {name.lower(): value for name, value in msgspec.json.decode(raw, type=dict[str, Any]).items()}
    except (msgspec.MsgspecError, RecursionError, ValueError):
        raise UnusableError("answer-unreadable") from None


def _first(pago: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of these that says something; figures as text."""
    found = next((pago[name] for name in names if pago.get(name) not in (None, "")), None)
    if isinstance(found, bool) or not isinstance(found, str | int | None):
        raise UnusableError("answer-unreadable")
    return text(found).strip()


def _happening(word: str) -> Happening | None:
    """A payment that is listed without a state was made."""
    word = word.upper()
    if not word or word.startswith(_CAME):
        return Happening.CREDITED
    if word.startswith(_WENT):
        return Happening.RETURNED
    if word.startswith(_NEVER):
        return None
    raise UnusableError("answer-unreadable")


def _cents(pago: Mapping[str, Any]) -> int | None:
    found = next((pago[name] for name in _AMOUNTS if pago.get(name) not in (None, "")), None)
    try:
        return None if found is None else money.from_decimal(found, CURRENCY)
    except (money.AmountError, ArithmeticError):
        raise UnusableError("answer-unreadable") from None


def _day(moment: str) -> dt.date | None:
    """The day of a moment as BIND writes it."""
    if not moment:
        return None
    try:
        return dt.date.fromisoformat(moment[:10])
    except ValueError:
        raise UnusableError("answer-unreadable") from None
