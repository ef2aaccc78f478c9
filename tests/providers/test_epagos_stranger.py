"""The client against a provider that answers nonsense: one order is left in doubt, no other, and no secret leaks."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from starlette.responses import RedirectResponse, Response

from emission.errors import DisagreementError, ProviderError
from emission.model import Code, Role
from emission.providers.base import Created, Outcome, Refusal, Unknown
from emission.wording import explain
from tests.providers import orders
from tests.providers.conftest import Stranger
from tests.providers.orders import issue, lookup, order

pytestmark = pytest.mark.usefixtures("transport")

ENVIRON = {
    "EPAGOS_ID_ORGANISMO": "7",
    "EPAGOS_ID_USUARIO": "8",
    "EPAGOS_PASSWORD": "pa55-secreta",
    "EPAGOS_HASH": "ha5h-secreto",
}


def item(name: str, *, form: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    codes = {"codigo_barras_fp": "99123456", "qr_texto_T30": "QR", "url_qr": "https://pagar.example/1"}
    known = {"id_transaccion": 41, "numero_operacion": name, "convenio": 31047}
    return {**known, "respuesta_forma_pago_array": [{**codes, **(form or {})}], **changes}


def lote(*items: object, id_resp: object = "08001") -> dict[str, Any]:
    return {"id_resp": id_resp, "respuesta": "ok", "lote": list(items)}


def issued(stranger: Stranger, answer: object, *names: str, **options: Any) -> list[Outcome]:
    url = stranger(lambda _method, path, _body: None if path == "/token" else answer)
    return list(issue(url, [order(name, second=133456) for name in names or ("A",)], **options))


def codes_of(outcome: Outcome) -> tuple[Code, ...]:
    assert isinstance(outcome, Created), outcome
    return outcome.operation.codes


@pytest.mark.parametrize("code", [8001, "08001", "8001"])
def test_a_code_is_the_same_as_number_and_as_text(stranger: Stranger, code: object) -> None:
    (outcome,) = issued(stranger, lote(item("A"), id_resp=code))
    assert Code(Role.BARCODE, "99123456") in codes_of(outcome)


@pytest.mark.parametrize("field", ["codigo_qr_T30_texto", "qr_texto_T30"])
@pytest.mark.parametrize("place", ["top", "fp", "array"])
def test_the_qr_is_found_in_both_spellings_and_all_places(stranger: Stranger, field: str, place: str) -> None:
    codes = {"codigo_barras_fp": 99123456, field: "000201 text"}
    known = {"id_resp": 2002, "id_transaccion": "41", "numero_operacion": "A"}
    places: dict[str, dict[str, Any]] = {
        "top": codes,
        "fp": {"fp": [codes]},
        "array": {"respuesta_forma_pago_array": [codes]},
    }
    (outcome,) = issued(stranger, {**known, **places[place]}, batch_size=1)
    assert Code(Role.QR, "000201 text") in codes_of(outcome)
    assert Code(Role.BARCODE, "99123456") in codes_of(outcome)


def test_a_picture_is_never_taken_for_a_text(stranger: Stranger) -> None:
    answer = {"id_resp": 2002, "id_transaccion": 41, "codigo_qr": "iVBORw0KGgo=", "codigo_barras_fp": "1"}
    (outcome,) = issued(stranger, answer, batch_size=1, codes={"qr": "optional"})
    assert all(code.role is not Role.QR for code in codes_of(outcome))


def test_a_further_barcode_goes_to_the_due_date_it_names(stranger: Stranger) -> None:
    bars = [{"codigo_barra": "22", "fechavenc": "2026-12-20 00:00:00", "importe": "1334.56"}]
    (outcome,) = issued(stranger, lote(item("A", form={"barras_adicionales": bars})))
    assert Code(Role.BARCODE, "22", 2) in codes_of(outcome)


@pytest.mark.parametrize(
    "bars",
    [
        [{"codigo_barra": "22", "fechavenc": "2026-12-21"}],
        [{"codigo_barra": "22", "fechavenc": "2026-12-20", "importe": 1.0}],
        [{"codigo_barra": "22"}, {"codigo_barra": "33"}],
    ],
)
def test_a_further_barcode_for_no_due_date_of_ours_is_not_printed(stranger: Stranger, bars: object) -> None:
    assert issued(stranger, lote(item("A", form={"barras_adicionales": bars}))) == [Unknown("answer-disagrees")]


def test_further_barcodes_of_another_meaning_are_left_out(stranger: Stranger) -> None:
    bars = [{"codigo_barra": "22", "fechavenc": "2026-12-21"}, {"codigo_barra": "33"}]
    answer = lote(item("A", form={"barras_adicionales": bars}))
    (outcome,) = issued(stranger, answer, epagos={"further_barcodes": "ignore"})
    assert [code.text for code in codes_of(outcome) if code.role is Role.BARCODE] == ["99123456"]


@pytest.mark.parametrize(
    "changes",
    [
        {"convenio": 1},
        {"form": {"importe_fp": 1234.57}},
        {"form": {"importe_fp": "1234.57"}},
        {"form": {"fechavenc_fp": "2026-12-11"}},
    ],
)
def test_an_item_that_is_not_what_was_asked_is_not_printed(stranger: Stranger, changes: dict[str, Any]) -> None:
    assert issued(stranger, lote(item("A", **changes), item("B")), "A", "B")[0] == Unknown("answer-disagrees")


@pytest.mark.parametrize("form", [{"importe_fp": 1234.56}, {"importe_fp": "1234.560"}, {"fechavenc_fp": "0000-00-00"}])
def test_amounts_and_dates_agree_in_any_spelling(stranger: Stranger, form: dict[str, Any]) -> None:
    assert isinstance(issued(stranger, lote(item("A", form=form)))[0], Created)


HUGE = 10**400


@pytest.mark.parametrize(
    "spoilt",
    [
        None,
        [],
        "A",
        item("A", id_transaccion=None),
        item("A", id_transaccion="forty-one"),
        item("A", id_transaccion=HUGE),
        item("A", id_transaccion=-1),
        item("A", respuesta_forma_pago_array={}),
        item("A", form={"codigo_barras_fp": ["99"]}),
        item("A", form={"codigo_barras_fp": "9\n9"}),
        item("A", form={"qr_texto_T30": "x" * 5000}),
        item("A", form={"importe_fp": "1e999999"}),
        item("A", form={"importe_fp": True}),
        item("A", form={"fechavenc_fp": "mañana"}),
    ],
)
def test_a_spoilt_item_costs_only_its_own_order(stranger: Stranger, spoilt: object) -> None:
    spoilt_one, sound = issued(stranger, lote(spoilt, item("B")), "A", "B")
    assert isinstance(spoilt_one, Unknown)
    assert isinstance(sound, Created)


# XML has no numbers, and no control characters.
@pytest.mark.parametrize("form", [{"codigo_barras_fp": 1.5}, {"qr_texto_T30": "\x00"}])
def test_what_only_json_can_say_costs_only_its_own_order(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch, form: dict[str, Any]
) -> None:
    monkeypatch.setattr(orders, "transport", "rest")
    spoilt_one, sound = issued(stranger, lote(item("A", form=form), item("B")), "A", "B")
    assert isinstance(spoilt_one, Unknown)
    assert isinstance(sound, Created)


def test_repeated_and_foreign_items_leave_doubt_where_it_belongs(stranger: Stranger) -> None:
    repeated, missing, sound = issued(stranger, lote(item("A"), item("X"), item("C"), item("A")), "A", "B", "C")
    assert repeated == Unknown("answer-item-repeated")
    assert missing == Unknown("answer-item-missing")
    assert isinstance(sound, Created)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>ok</html>",
        b'{"id_resp": 8001, "lote": [',
        b"[" * 100_000,
        b'{"id_resp": "\xff"}',
        {"id_resp": None},
        {"id_resp": HUGE},
        {"id_resp": 8001, "lote": "A"},
        {"id_resp": 8003, "respuesta": "interno"},
        {"id_resp": 99999},
        lote(),
        {"id_resp": 8001},
        Response(b'{"id_resp": 8001}', status_code=500),
        Response(b'{"id_resp": 8007}', status_code=502),
        RedirectResponse("http://127.0.0.1:1/"),
        Response(gzip.compress(b'{"id_resp": 8001}'), headers={"Content-Encoding": "gzip"}),
    ],
    ids=lambda given: f"HTTP {given.status_code}" if isinstance(given, Response) else repr(given),
)
def test_an_answer_that_says_nothing_leaves_every_order_unknown(stranger: Stranger, answer: object) -> None:
    assert {type(outcome) for outcome in issued(stranger, answer, "A", "B")} == {Unknown}


def test_an_endless_answer_is_not_read_to_its_end(stranger: Stranger) -> None:
    assert issued(stranger, b" " * (33 * 1024 * 1024)) == [Unknown("answer-too-large")]


def test_a_lote_refused_without_a_name_refuses_all_of_it(stranger: Stranger) -> None:
    outcomes = issued(stranger, {"id_resp": 8004, "respuesta": "Parámetro [fp]"}, "A1", "B1")
    assert outcomes == [Refusal("provider-refused-lote", "Parámetro [fp]")] * 2


def test_a_refusal_counts_whatever_http_status_carries_it(stranger: Stranger) -> None:
    answer = Response(json.dumps({"id_resp": 8007, "respuesta": "Montos"}), status_code=400)
    assert issued(stranger, answer) == [Refusal("provider-refused", "Montos")]


@pytest.mark.parametrize("status", [401, 404, 413])
def test_http_itself_may_refuse(stranger: Stranger, status: int) -> None:
    with pytest.raises(ProviderError) as caught:
        issued(stranger, Response("no", status_code=status))
    assert str(status) in explain("es", caught.value)


def test_means_of_payment_that_there_are_not_are_told_with_those_there_are(stranger: Stranger) -> None:
    means = [
        {"id_fp": 4, "nombre_fp": "Pago Fácil", "estado_fp": "estado_fp_activo"},
        {"id_fp": "05", "nombre_fp": "RapiPago", "estado_fp": "estado_fp_desactivado"},
    ]
    answers = {"/token": None, "/transaccionLote": {"id_resp": 2009}, "/entidadPago": {"id_resp": 3001, "fp": means}}
    with pytest.raises(ProviderError) as caught:
        issue(stranger(lambda _method, path, _body: answers[path]), [order("A")], payment_form=5)
    assert "medio de pago 5" in explain("es", caught.value)
    assert "4 Pago Fácil. " in explain("es", caught.value)


@pytest.mark.parametrize("code", [8005, 8008, 2009])
def test_a_wrong_configuration_stops_the_run(stranger: Stranger, code: int) -> None:
    with pytest.raises(ProviderError) as caught:
        issued(stranger, {"id_resp": code, "respuesta": "Medio no habilitado"})
    assert "Medio no habilitado" in explain("es", caught.value)


def test_a_token_that_is_always_refused_is_asked_for_twice_and_no_more(stranger: Stranger) -> None:
    asked: list[str] = []

    def answering(_method: str, path: str, _body: object) -> object:
        asked.append(path)
        return None if path == "/token" else {"id_resp": "08002", "respuesta": "token vencido"}

    with pytest.raises(ProviderError) as caught:
        issue(stranger(answering), [order("A")])
    assert caught.value.code == "provider-token-refused"
    assert asked == ["/token", "/transaccionLote"] * 2


def test_a_provider_that_repeats_our_secrets_is_not_quoted_with_them(stranger: Stranger) -> None:
    def answering(_method: str, path: str, body: object) -> object:
        return None if path == "/token" else {"id_resp": 8004, "respuesta": f"{body} {ENVIRON}\x1b[2J"}

    url = stranger(answering)
    (outcome,) = issue(url, [order("A")], environment="test", environ=ENVIRON)
    assert isinstance(outcome, Refusal)
    assert "***" in outcome.message
    for secret in ("pa55-secreta", "ha5h-secreto", "t0ken", "\x1b"):
        assert secret not in outcome.message

    refused = stranger(lambda _method, _path, body: {"id_resp": 1002, "respuesta": f"{body}"})
    with pytest.raises(ProviderError) as caught:
        issue(refused, [order("A")], environment="test", environ=ENVIRON)
    assert "pa55-secreta" not in f"{caught.value} {caught.value!r} {explain('es', caught.value)}"


def pago(**changes: Any) -> dict[str, Any]:
    form = {"CodigoBarras": "99123456", "CodigoPago": 77, "FechaVencimiento": "2026-12-10 00:00:00"}
    known = {"CodigoUnicoTransaccion": 41, "Externa": "A", "Convenio": "31047", "Importe": 1234.56, "Estado": "P"}
    return {**known, "FormaPago": [form], "Url_QR": "https://pagar.example/41", **changes}


def looked_up(stranger: Stranger, *found: object, **head: Any) -> list[str]:
    answer = {"id_resp": 4001, "cantidadTotal": len(found), "pagina": 1, "pago": list(found), **head}
    url = stranger(lambda _method, path, _body: None if path == "/token" else answer)
    return [operation.number for operation in lookup(url, order("A"))]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Convenio": None, "Importe": None, "Estado": None, "FormaPago": None},
        {"FormaPago": [{"FechaVencimiento": "-0001-11-30 00:00:00"}]},
        {"Estado": "A"},
        {"Importe": "1234.5600"},
    ],
)
def test_what_a_lookup_leaves_out_is_no_disagreement(stranger: Stranger, changes: dict[str, Any]) -> None:
    assert looked_up(stranger, pago(**changes), pago(Externa="B", Importe=1)) == ["41"]


@pytest.mark.parametrize(
    "changes",
    [
        {"Importe": 1234.55},
        {"Convenio": 1},
        {"FormaPago": [{"FechaVencimiento": "2026-12-11 00:00:00"}]},
        {"Estado": "C"},
        {"Estado": "R"},
        {"Estado": "V"},
    ],
)
def test_what_a_lookup_says_otherwise_is_a_disagreement(stranger: Stranger, changes: dict[str, Any]) -> None:
    with pytest.raises(DisagreementError):
        looked_up(stranger, pago(), pago(**changes))


@pytest.mark.parametrize(
    ("found", "head"),
    [
        ([{}], {}),
        ([pago(Importe="much")], {}),
        ([], {"id_resp": 4003}),
        ([], {"pago": "none"}),
        ([pago()], {"cantidadTotal": 10**9}),
    ],
)
def test_a_lookup_that_cannot_be_understood_is_not_an_empty_one(
    stranger: Stranger, found: list[object], head: dict[str, Any]
) -> None:
    with pytest.raises(ProviderError):
        looked_up(stranger, *found, **head)


def test_a_lookup_reads_every_page(stranger: Stranger) -> None:
    def answering(_method: str, path: str, body: dict[str, Any]) -> object:
        if path == "/token":
            return None
        page = body["pago"]["Pagina"]
        numbers = range(page * 100, page * 100 + (100 if page < 3 else 5))
        found = [pago(CodigoUnicoTransaccion=number) for number in numbers]
        return {"id_resp": 4001, "cantidadTotal": 205, "pagina": page, "pago": found}

    assert len(lookup(stranger(answering), order("A"))) == 205
