"""What ePagos is told of an obligation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.model import Address, Line, Payer
from emission.provider_settings import Provider
from emission.providers.epagos.request import pedido
from tests.providers.orders import order

Fields = dict[str, Any]


def told(**changes: Any) -> Fields:
    amount, chosen = changes.pop("amount", 123450), changes.pop("epagos", {})
    provider = Provider.model_validate({"fallback_email": "sin@example.com", "epagos": chosen})
    wanted = pedido(order("A", amount, **changes), provider)
    body = msgspec.json.Encoder(decimal_format="number").encode(wanted)
    fields: Fields = msgspec.json.decode(body)
    return fields


def test_amounts_are_exact_json_numbers() -> None:
    wanted = pedido(order("A", 10**10 - 1), Provider())
    body = msgspec.json.Encoder(decimal_format="number").encode(wanted)
    assert body.count(b":99999999.99") == 3  # the amount, its only item, its only means of payment


def test_the_pdf_is_declined_and_the_qr_asked_for() -> None:
    operacion = told()["operacion"]
    assert (operacion["opc_generar_pdf"], operacion["opc_devolver_qr"]) == (False, True)


def test_the_second_due_date_travels_with_its_amount() -> None:
    operacion = told(second=133456)["operacion"]
    assert operacion["opc_fecha_vencimiento"] == "2026-12-10"
    assert (operacion["fecha_2do_venc"], operacion["monto_operacion_2do_venc"]) == ("2026-12-20", 1334.56)
    assert "fecha_2do_venc" not in told()["operacion"]


@given(st.lists(st.integers(-(10**9), 10**9), max_size=6), st.integers(1, 10**9))
def test_the_items_always_sum_to_the_amount(totals: list[int], amount: int) -> None:
    lines = tuple(Line(concept="Barrido", total=total) for total in totals)
    for total in {amount, max(1, sum(totals))}:
        wanted = pedido(order("A", total, lines=lines), Provider())
        items = wanted.operacion.detalle_operacion
        assert sum(item.monto_item * item.cantidad_item for item in items) == wanted.operacion.monto_operacion
        assert all(item.monto_item > 0 for item in items)


def test_lines_that_sum_are_told_one_by_one() -> None:
    lines = (Line("Alumbrado", 100_000), Line("Barrido", 23_450))
    assert [item["desc_item"] for item in told(lines=lines)["operacion"]["detalle_operacion"]] == [
        "Alumbrado",
        "Barrido",
    ]


@given(st.text(max_size=300))
def test_the_readable_id_is_one_printable_line_of_at_most_100_characters(obligation_id: str) -> None:
    text = told(obligation_id=obligation_id)["operacion"]["identificador_externo_2"]
    assert len(text) <= 100
    assert text.isprintable()


@pytest.mark.parametrize(
    ("id_type", "number", "expected"),
    [
        (
            "CUIT",
            "30-99999999-5",
            {"tipo_doc_pagador": 9, "numero_doc_pagador": 30999999995, "cuit_doc_pagador": 30999999995},
        ),
        (
            "",
            "30999999995",
            {"tipo_doc_pagador": 9, "numero_doc_pagador": 30999999995, "cuit_doc_pagador": 30999999995},
        ),
        ("DNI", "31.252.804", {"tipo_doc_pagador": 1, "numero_doc_pagador": 31252804}),
        ("", "31252804", {"tipo_doc_pagador": 1, "numero_doc_pagador": 31252804}),
        ("LE", "4123456", {"tipo_doc_pagador": 2, "numero_doc_pagador": 4123456}),
        ("PASAPORTE", "AB123", {"tipo_doc_pagador": 7}),
        ("", "", {"tipo_doc_pagador": 7}),
    ],
)
def test_documents_travel_as_their_kind(id_type: str, number: str, expected: Fields) -> None:
    pagador = told(payer=Payer(name="Ñ", id_type=id_type, id=number))["operacion"]["pagador"]
    assert pagador["identificacion_pagador"] == expected


def test_an_empty_email_falls_back() -> None:
    assert told()["operacion"]["pagador"]["email_pagador"] == "sin@example.com"
    payer = Payer(name="Ñ", email="vecina@example.com")
    assert told(payer=payer)["operacion"]["pagador"]["email_pagador"] == "vecina@example.com"


@pytest.mark.parametrize(
    ("province", "number"),
    [
        ("Entre Ríos", 8),
        ("ENTRE  RIOS", 8),
        ("C.A.B.A.", 2),
        ("Capital Federal", 2),
        ("Tucumán", 24),
        ("Nowhere", None),
    ],
)
def test_provinces_travel_by_number(province: str, number: int | None) -> None:
    address = Address(street="San Martín", province=province)
    domicilio = told(postal=address)["operacion"]["pagador"]["domicilio_pagador"]
    assert domicilio.get("provincia_dom_pagador") == number


@pytest.mark.parametrize(("tax", "number"), [("TSG", 1), ("tish", 2), ("TASA PROPIA", None)])
def test_a_known_tax_travels_by_number(tax: str, number: int | None) -> None:
    assert told(tax=tax)["operacion"].get("tipo_operacion") == number


def test_the_means_of_payment_takes_the_whole_amount() -> None:
    assert told(amount=5)["fp"] == [{"id_fp": 34, "monto_fp": float(Decimal("0.05"))}]


def test_nothing_is_said_of_what_nobody_chose() -> None:
    chosen = {"codigo_publicacion", "url_boleta", "opc_fp_permitidas", "opc_fp_excluidas", "opc_tp_excluidos"}
    operacion = told()["operacion"]
    assert not chosen & set(operacion)
    assert not [name for name in operacion if name.startswith("opc_T30")]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"excluded_forms": [1, 2], "allowed_forms": [4]}, {"opc_fp_excluidas": "1,2", "opc_fp_permitidas": "4"}),
        ({"excluded_form_types": [2]}, {"opc_tp_excluidos": "2"}),
        ({"debt_type": 16}, {"tipo_operacion": 16}),
        ({"publication_code": 12345678}, {"codigo_publicacion": 12345678}),
        ({"t30_closed": False}, {"opc_T30_cerrado": False}),
        ({"t30_reusable": True}, {"opc_T30_reutilizable": True}),
        ({"t30_needs_order": True}, {"opc_T30_requiere_orden": True, "opc_T30_require_orden": True}),
        (
            {"bill_url": "https://x.example/{period}/{external_id}?id={obligation_id}"},
            {"url_boleta": "https://x.example/2026-12/A?id=TSG%2FA"},
        ),
    ],
)
def test_what_an_office_chooses_travels_with_every_order(chosen: Fields, expected: Fields) -> None:
    operacion = told(epagos=chosen)["operacion"]
    assert {name: operacion[name] for name in expected} == expected


@pytest.mark.parametrize(
    "chosen",
    [
        {"bill_url": "https://x.example/{payer}"},
        {"bill_url": "https://x.example/{external_id.__class__}"},
        {"bill_url": "http://x.example/"},
        {"bill_url": "https://x.example/{"},
        {"excluded_forms": [0]},
        {"publication_code": 10**8},
    ],
)
def test_what_epagos_does_not_have_is_refused(chosen: Fields) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Provider.model_validate({"epagos": chosen})
