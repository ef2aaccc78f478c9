"""Obligations in ePagos' own words: the REST v1.0 bodies, field by field.

Field names and types: ePagos' Java SDK (model/*.java); tables of documents, provinces and kinds of
debt: ePagos' developer pages. Nulls are left out, as that SDK does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote

import msgspec

from emission import money
from emission.model import Address, Obligation, Payer
from emission.provider_settings import Provider
from emission.providers.base import Order
from emission.providers.telling import plain_text

CURRENCY = "ARS"
PESOS = 1  # id_moneda_operacion
ARGENTINA = 13  # pais_dom_pagador
LONGEST_URL = 256  # url_boleta

TAXES: dict[str, int] = {
    "TSG": 1, "TISH": 2, "TCRVM": 3, "ROD": 4, "CEM": 5, "COM": 6, "COM_PUB": 7, "COM_SEG": 8, "COM_HAB": 9,
    "COM_ANT": 10, "TASAS": 11, "INF": 12, "INF_TRA": 13, "INF_COM": 14, "CONTRA": 15, "DER_OFI": 16,
    "CONTRIB": 17, "CONTRAC": 18, "SANIT": 19, "SERV": 20,
}  # fmt: skip

DNI, NO_DOCUMENT, CUIT = 1, 7, 9
# CUIL and CDI have no number of their own in the table; they share the CUIT's eleven digits and register.
DOCUMENTS: dict[str, int] = {"DNI": DNI, "LE": 2, "LC": 3, "CI": 8, "CUIT": CUIT, "CUIL": CUIT, "CDI": CUIT}

PROVINCES: dict[str, int] = {
    "buenos aires": 1, "caba": 2, "catamarca": 3, "cordoba": 4, "corrientes": 5, "chaco": 6, "chubut": 7,
    "entre rios": 8, "formosa": 9, "jujuy": 10, "la pampa": 11, "la rioja": 12, "mendoza": 13, "misiones": 14,
    "neuquen": 15, "rio negro": 16, "salta": 17, "san juan": 18, "san luis": 19, "santa cruz": 20, "santa fe": 21,
    "santiago del estero": 22, "tierra del fuego": 23, "tucuman": 24,
    "pba": 1, "provincia de buenos aires": 1, "capital federal": 2, "c a b a": 2, "ciudad autonoma de buenos aires": 2,
}  # fmt: skip


class Documento(msgspec.Struct, omit_defaults=True):
    """Who the payer is to the tax registers."""

    tipo_doc_pagador: int
    numero_doc_pagador: int | None = None
    cuit_doc_pagador: int | None = None


class Domicilio(msgspec.Struct, omit_defaults=True):
    """Where the payer lives."""

    calle_dom_pagador: str = ""
    numero_dom_pagador: str = ""
    adicional_dom_pagador: str = ""
    cp_dom_pagador: str = ""
    ciudad_dom_pagador: str = ""
    provincia_dom_pagador: int | None = None
    pais_dom_pagador: int | None = None


class Pagador(msgspec.Struct, omit_defaults=True):
    """Who pays."""

    nombre_pagador: str
    email_pagador: str
    identificacion_pagador: Documento
    apellido_pagador: str = ""
    domicilio_pagador: Domicilio | None = None


class Item(msgspec.Struct):
    """One line of the detail."""

    id_item: int
    desc_item: str
    monto_item: Decimal
    cantidad_item: int


class Operacion(msgspec.Struct, omit_defaults=True):
    """What is owed, until when, and by whom."""

    numero_operacion: str
    identificador_externo_2: str
    id_moneda_operacion: int
    monto_operacion: Decimal
    opc_fecha_vencimiento: str
    detalle_operacion: list[Item]
    pagador: Pagador
    # Without defaults of ours, so that each is written out: the provider's own for the PDF is true.
    opc_generar_pdf: bool
    opc_devolver_qr: bool
    opc_devolver_codbarras: bool
    fecha_2do_venc: str | None = None
    monto_operacion_2do_venc: Decimal | None = None
    tipo_operacion: int | None = None
    codigo_publicacion: int | None = None
    url_boleta: str | None = None
    opc_fp_permitidas: str | None = None
    opc_fp_excluidas: str | None = None
    opc_tp_excluidos: str | None = None
    opc_T30_cerrado: bool | None = None  # noqa: N815 - the provider's spelling
    opc_T30_reutilizable: bool | None = None  # noqa: N815 - so is this one
    opc_T30_requiere_orden: bool | None = None  # noqa: N815 - its pages have this one
    opc_T30_require_orden: bool | None = None  # noqa: N815 - its SDKs have both


class Medio(msgspec.Struct):
    """One means of payment and what may be paid with it."""

    id_fp: int
    monto_fp: Decimal


class Pedido(msgspec.Struct):
    """One operation to create: an item of a lote, or most of a single call."""

    convenio: int
    operacion: Operacion
    fp: list[Medio]


def pedido(order: Order, provider: Provider) -> Pedido:
    """The order as ePagos wants it: pesos as exact decimals, dates as YYYY-MM-DD."""
    obligation, chosen = order.obligation, provider.epagos
    amount = _pesos(obligation.amount)
    operacion = Operacion(
        numero_operacion=order.external_id,
        identificador_externo_2=plain_text(obligation.obligation_id, 100),
        id_moneda_operacion=PESOS,
        monto_operacion=amount,
        opc_fecha_vencimiento=obligation.due_dates[0].date.isoformat(),
        detalle_operacion=_detalle(obligation),
        pagador=_pagador(obligation.payer, obligation.postal, provider.fallback_email),
        opc_generar_pdf=False,
        opc_devolver_qr=True,
        opc_devolver_codbarras=False,  # the image; the digits come without it
        tipo_operacion=chosen.debt_type or TAXES.get(obligation.tax.strip().upper()),
        codigo_publicacion=chosen.publication_code or None,
        url_boleta=bill_url(order, chosen.bill_url) or None,
        opc_fp_permitidas=_numbers(chosen.allowed_forms),
        opc_fp_excluidas=_numbers(chosen.excluded_forms),
        opc_tp_excluidos=_numbers(chosen.excluded_form_types),
        # The provider's own defaults go without saying.
        opc_T30_cerrado=None if chosen.t30_closed else False,
        opc_T30_reutilizable=chosen.t30_reusable or None,
        opc_T30_requiere_orden=chosen.t30_needs_order or None,
        opc_T30_require_orden=chosen.t30_needs_order or None,
    )
    if len(obligation.due_dates) > 1:
        operacion.fecha_2do_venc = obligation.due_dates[1].date.isoformat()
        operacion.monto_operacion_2do_venc = _pesos(obligation.due_dates[1].amount)
    medio = Medio(id_fp=provider.payment_form, monto_fp=amount)
    return Pedido(convenio=provider.convenio, operacion=operacion, fp=[medio])


def bill_url(order: Order, pattern: str) -> str:
    """Where the bill of an order is hosted; ePagos takes :data:`LONGEST_URL` characters."""
    if not pattern:
        return ""
    names = {"obligation_id": order.obligation.obligation_id, "tax": order.obligation.tax}
    names |= {"external_id": order.external_id, "period": order.obligation.period}
    return pattern.format_map({name: quote(value, safe="") for name, value in names.items()})


def _numbers(chosen: Sequence[int]) -> str | None:
    return ",".join(map(str, chosen)) or None


def _pesos(minor: int) -> Decimal:
    return money.to_decimal(minor, CURRENCY)


def _detalle(obligation: Obligation) -> list[Item]:
    """The lines where they sum to the amount, as ePagos demands (02008, 08007); else one item for all of it."""
    totals = [line.total for line in obligation.lines]
    if totals and min(totals) > 0 and sum(totals) == obligation.amount:
        named = [(line.concept or obligation.concept, line.total) for line in obligation.lines]
    else:
        named = [(obligation.concept or obligation.label or obligation.tax, obligation.amount)]
    return [
        Item(id_item=number, desc_item=plain_text(concept, 100) or "-", monto_item=_pesos(total), cantidad_item=1)
        for number, (concept, total) in enumerate(named, start=1)
    ]


def _pagador(payer: Payer, postal: Address, fallback_email: str) -> Pagador:
    return Pagador(
        nombre_pagador=plain_text(payer.first_name if payer.last_name else payer.name, 100),
        apellido_pagador=plain_text(payer.last_name, 100),
        email_pagador=plain_text(payer.email or fallback_email, 254),
        identificacion_pagador=_documento(payer),
        domicilio_pagador=_domicilio(postal),
    )


def _documento(payer: Payer) -> Documento:
    digits = "".join(char for char in payer.id if char not in "-. ")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 11):
        return Documento(tipo_doc_pagador=NO_DOCUMENT)
    kind = DOCUMENTS.get(payer.id_type.strip().upper(), CUIT if len(digits) == 11 else DNI)
    number = int(digits)
    return Documento(kind, numero_doc_pagador=number, cuit_doc_pagador=number if kind == CUIT else None)


def _domicilio(postal: Address) -> Domicilio | None:
    if postal == Address():
        return None
    return Domicilio(
        calle_dom_pagador=plain_text(postal.street, 100),
        numero_dom_pagador=plain_text(postal.number, 20),
        adicional_dom_pagador=plain_text(postal.extra, 100),
        cp_dom_pagador=plain_text(postal.postal_code, 20),
        ciudad_dom_pagador=plain_text(postal.city, 100),
        provincia_dom_pagador=PROVINCES.get(_province(postal.province)),
        pais_dom_pagador=ARGENTINA,
    )


@lru_cache(maxsize=256)  # a town's bills go to a handful of provinces
def _province(name: str) -> str:
    """Lower case, no accents, single blanks: ``Entre Ríos`` and ``ENTRE  RIOS`` are one province."""
    base = (char for char in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalpha() else " " for char in base).split())
