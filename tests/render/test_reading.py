"""Copied text is the data, names stand as they come, and the page is read in its order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emission.render import template_for
from tests.render.bills import bill, coupons, look, obligation, operation
from tests.render.pages import stamped, text_of

FACE = template_for(look()).digital.faces["regular"]
LETTERS = sorted(char for char in FACE.glyphs if char.isalpha() and ord(char) < 0x250)


@pytest.mark.parametrize(
    "name",
    [
        "Ñandubay & Hijos <S.R.L.>",
        "{{ issuer.name }} {% raw %}",
        "Łukasz Şahin Đorđević",
        "O'Higgins (h) \\ 50 %",
        "Zoë Ångström-Muñoz",
    ],
)
def test_a_name_is_printed_as_it_comes(name: str) -> None:
    text = text_of(stamped(look(), bill((obligation(name=name), operation()))).digital)
    assert name in text


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet=LETTERS, min_size=3, max_size=14))
def test_every_latin_letter_of_the_face_is_printed_and_copied_right(name: str) -> None:
    text = text_of(stamped(look(banner=""), bill((obligation(account=name), operation()))).digital)
    assert name in text


def test_reading_order_goes_from_issuer_to_amount_to_detail_to_payment() -> None:
    text = text_of(stamped(look(banner=""), bill((obligation(), operation()))).digital)
    landmarks = [
        "Municipalidad",
        "Q8300ABC",
        "$ 12.345,67",
        "Servicio número 1",
        "Evitá recargos",
        "Pagá con tu celular",
    ]
    places = [text.index(landmark) for landmark in landmarks]
    assert places == sorted(places)
    cuenta = text.index("Cuenta")
    assert text.index("0012-345/9") - cuenta < 12, "a value follows its label"


def test_amounts_dates_and_codes_are_all_there() -> None:
    text = text_of(stamped(look(), bill((obligation(dues=3), operation(7)))).digital)
    for words in (
        "10/12/2026",
        "15/12/2026",
        "20/12/2026",
        "$ 12.346,67",
        "$ 12.347,67",
        "80000000007",
        "9900 0000 0007",
    ):
        assert words in text


def test_a_negative_line_keeps_its_sign_and_a_line_is_made_where_there_is_none() -> None:
    assert "-10,00" in text_of(stamped(look(), bill((obligation(), operation()))).digital)
    text = text_of(stamped(look(), bill((obligation(lines=()), operation()))).digital)
    assert "12.345,67" in text.replace("$ 12.345,67", "")


@pytest.mark.parametrize(("obligations", "pages"), [(1, 1), (2, 1), (3, 1), (4, 2), (6, 2), (7, 3), (12, 4)])
def test_a_sheet_carries_three_coupons(obligations: int, pages: int) -> None:
    result = stamped(look(), coupons(obligations))
    assert (result.pages, len(result.lot_pages)) == (pages, pages)
    assert ("Hoja 1 de" in text_of(result.digital)) == (pages > 1)


def test_a_bill_that_is_not_payable_says_so_and_shows_no_code() -> None:
    legend = "Adherido a débito automático: no abonar"
    text = text_of(stamped(look(), bill((obligation(payable=False, legend=legend), None))).digital)
    assert legend in text
    assert "Pagá con tu celular" not in text
    assert "Red Link" not in text


def test_the_towns_own_number_stands_in_facts_stub_and_payment_part() -> None:
    text = text_of(stamped(look(), bill((obligation(obligation_id="BOL-77/A"), operation()))).digital)
    assert text.count("BOL-77/A") == text.count("Comprobante") == 3


@pytest.mark.parametrize("count", [2, 3])
def test_a_coupon_once_cut_still_says_whose_it_is(count: int) -> None:
    text = text_of(stamped(look(), coupons(count)).digital)
    for number in range(1, count + 1):
        identity = f"Cuenta 0012-345/9 · Comprobante TSG-{number} · Operación {80_000_000_000 + number}"
        assert f"Ñandubay & Hijos <S.R.L.> · {identity}" in text
    assert text.count("Municipalidad de Villa Ñandubay") == count + 1


def test_nothing_is_labelled_that_is_empty() -> None:
    bare = bill(
        (obligation(1, account="", payable=False, legend="Exento"), None), (obligation(2, account=""), operation(2))
    )
    text = text_of(stamped(look(tax_id=""), bare).digital)
    assert "Cuenta" not in text.replace("Pago Mis Cuentas", "")
    assert (text.count("Operación"), text.count("CUIT")) == (1, 1)


def test_the_stub_of_what_is_not_payable_shows_the_amount() -> None:
    text = text_of(stamped(look(), bill((obligation(payable=False, legend="Exento"), None))).digital)
    assert "$ 12.345,67" in text.partition("Talón para el contribuyente")[2]


def test_columns_that_no_line_fills_are_left_out() -> None:
    text = text_of(stamped(look(), bill((obligation(lines=()), operation()))).digital)
    assert "Recargo" not in text
    assert "Recargo" in text_of(stamped(look(), bill((obligation(), operation()))).digital)


def test_the_lines_of_several_obligations_say_whose_they_are() -> None:
    text = " ".join(text_of(stamped(look(), coupons(2)).digital).split())
    for number in (1, 2):
        assert f"Cuota {number} Servicio número 0" in text
