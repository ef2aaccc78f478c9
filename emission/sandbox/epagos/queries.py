"""What ePagos can be asked: payments, settlements, chargebacks, further payments, means of payment.

Criteria are taken in capitals or not (ePagos' Java and Python SDKs differ). The sandbox's own choice, where the
contract is silent: a range of dates has at most 31 days, both included.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import msgspec

from emission.sandbox.control import Fields
from emission.sandbox.epagos import operations, settling
from emission.sandbox.epagos.answer import told
from emission.sandbox.epagos.operations import Kept
from emission.sandbox.memory import Memory

PAGE = 100  # operations on one page
MOST_DAYS = 31

MEANS = {
    4: ("Pago Fácil", "tipo_fp_presencial"),
    5: ("RapiPago", "tipo_fp_presencial"),
    6: ("Pago Mis Cuentas", "tipo_fp_publicacion"),
    26: ("Red Link", "tipo_fp_publicacion"),
    34: ("Combinado", "tipo_fp_presencial"),
    44: ("Transferencias 3.0", "tipo_fp_transferencia"),
}
_NAMES = {
    "codigounicotransaccion": "CodigoUnicoTransaccion",
    "externoid": "Externa",
    "externoid_2": "Externa_2",
    "externoid_3": "Externa_3",
    "estado": "Estado",
}
_DATES = ("FechaPago", "FechaAcreditacion", "FechaNovedadAcreditacion")

Criteria = Mapping[str, str | int]


RANGE, PARAMETER = 4, 5  # ends of an answer's code


class CriteriaError(Exception):
    """Criteria that are none: ``code`` is the end of the answer's code."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


class Queries:
    """Answers over one memory. Pages after the first go on with what the first one found.

    Every method raises :class:`CriteriaError`.
    """

    def __init__(self, memory: Memory[Kept]) -> None:
        self._memory = memory
        self._found: tuple[Criteria, list[int]] = ({}, [])

    def payments(self, body: bytes) -> Fields:
        """``obtener_pagos``."""
        criteria = dict(_criteria(body, "pago"))
        page = _number(criteria.pop("pagina", 1))
        if not criteria:
            raise CriteriaError(PARAMETER, "pago")
        spans = {name: span for name in _DATES if (span := _span(criteria, f"{name}desde", f"{name}hasta"))}
        if page == 1 or self._found[0] != criteria:
            self._found = (criteria, [kept.number for kept in self._all() if _meets(kept, criteria, spans)])
        numbers = self._found[1]
        shown = numbers[(page - 1) * PAGE :][:PAGE] if page > 0 else []
        held = [kept for number in shown if (kept := self._memory.of(number)) is not None]
        pago = [operations.looked_up(kept) for kept in held]
        return told(4001, "Consulta correcta", cantidadTotal=len(numbers), pagina=page, pago=pago)

    def settlements(self, body: bytes) -> Fields:
        """``obtener_rendiciones``."""
        criteria = _criteria(body, "rendicion")
        made = _span(criteria, "Fecha_desde", "Fecha_hasta")
        deposited = _span(criteria, "Fecha_deposito_desde", "Fecha_deposito_hasta")
        numbers = {name: criteria[name.lower()] for name in ("Numero", "Secuencia") if name.lower() in criteria}
        found = [
            fields
            for fields in settling.settlements(self._all())
            if all(fields[name] == wanted for name, wanted in numbers.items())
            and _within(str(fields["Fecha_hasta"]), made)
            and _within(str(fields["Fecha_deposito"]), deposited)
        ]
        return told(5001, "Rendiciones devueltas", rendicion=found)

    def chargebacks(self, body: bytes) -> Fields:
        """``obtener_contracargos``."""
        criteria = _criteria(body, "contracargos")
        span = _span(criteria, "Fecha_desde", "Fecha_hasta")
        names = [name for name in ("Numero", "Estado") if criteria.get(name.lower())]
        found = [
            fields
            for kept in self._all()
            for fields in settling.chargebacks(kept)
            if all(str(fields[name]) == str(criteria[name.lower()]) for name in names)
            and _within(str(fields["Fecha"]), span)
        ]
        return told(6001, "Contracargos devueltos", contracargos=found)

    def further_payments(self, body: bytes) -> Fields:
        """``obtener_pagos_adicionales``."""
        span = _span(_criteria(body, "pagos"), "Fecha_desde", "Fecha_hasta")
        if span is None:
            raise CriteriaError(PARAMETER, "pagos")
        found = [
            fields
            for kept in self._all()
            for fields in operations.further_payments(kept)
            if _within(str(fields["FechaNovedad"]), span)
        ]
        return told(7001, "Pagos adicionales devueltos", pagos_adicionales=found)

    def means(self, body: bytes) -> Fields:
        """``obtener_entidades_pago``: all, or those that are named, as numbers or as structures."""
        named = msgspec.json.decode(body).get("fp") or MEANS
        wanted = {one.get("id_fp") if isinstance(one, dict) else one for one in named}
        fp = [
            {"id_fp": number, "nombre_fp": name, "tipo_fp": kind, "estado_fp": "estado_fp_activo"}
            for number, (name, kind) in MEANS.items()
            if number in wanted
        ]
        return told(3001, "Entidades devueltas", fp=fp)

    def _all(self) -> Iterator[Kept]:
        return self._memory.all(self._memory.count())


Span = tuple[str, str] | None


def _criteria(body: bytes, name: str) -> Criteria:
    given = msgspec.json.decode(body).get(name)
    if not isinstance(given, dict):
        raise CriteriaError(PARAMETER, name)
    return {key.lower(): value for key, value in given.items() if value not in (None, "")}


def _number(value: str | int) -> int:
    try:
        return int(value)
    except ValueError:
        raise CriteriaError(PARAMETER, str(value)) from None


def _span(criteria: Criteria, first: str, last: str) -> Span:
    """The two dates, with times where they have some; nothing where neither is named."""
    since, until = (str(criteria.get(name.lower(), "")) for name in (first, last))
    if not since and not until:
        return None
    try:
        days = [dt.date.fromisoformat(text[:10]) for text in (since, until)]
    except ValueError:
        raise CriteriaError(PARAMETER, f"{first}, {last}") from None
    if not 0 <= (days[1] - days[0]).days < MOST_DAYS:
        raise CriteriaError(RANGE, f"{MOST_DAYS}")
    return since.replace("T", " "), until.replace("T", " ")


def _within(date: str, span: Span) -> bool:
    return span is None or (bool(date) and span[0] <= date and date[: len(span[1])] <= span[1])


def _meets(kept: Kept, criteria: Criteria, spans: Mapping[str, Span]) -> bool:
    # Told only of those that it may be: most of a large memory was never paid.
    if spans and not kept.paid:
        return False
    fields = operations.looked_up(kept)
    codes = {kept.barcode, ""}
    return (
        all(str(fields[_NAMES[name]]) == str(wanted) for name, wanted in criteria.items() if name in _NAMES)
        and str(criteria.get("codbarras", "")) in codes
        and all(_within(str(fields[name]), span) for name, span in spans.items())
    )
