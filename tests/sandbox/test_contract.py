"""The sandbox speaks the documented contract to anybody, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from emission.codes import emv
from emission.codes.agreements import SANDBOX
from emission.sandbox.child import Sandbox
from tests.sandbox.caller import WHO, Caller, Fields, wanted


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Sandbox(None) as child:
        yield child.url


@pytest.fixture(params=["", "/v1.0"])
def caller(url: str, request: pytest.FixtureRequest) -> Iterator[Caller]:
    with httpx.Client(base_url=url + request.param, trust_env=False) as http:
        yield Caller(http)


@pytest.fixture
def plain(url: str) -> Iterator[Caller]:
    with httpx.Client(base_url=url, trust_env=False) as http:
        yield Caller(http)


def test_a_single_operation_answers_in_rests_spelling(caller: Caller) -> None:
    answer = caller.single(wanted("SINGLE"))
    assert answer["id_resp"] == 2002
    assert answer["numero_operacion"] == "SINGLE"
    assert emv.classify(answer["codigo_qr_T30_texto"]) == "emv"
    assert answer["url_qr"].startswith("https://")
    assert answer["codigo_pago_fp"]
    assert answer["codigo_link"]
    assert answer["codigo_pmc"]


def test_a_lote_answers_each_operation_with_codes_that_say_what_was_asked(caller: Caller) -> None:
    answer = caller.lote(wanted("LOTE-1"), wanted("LOTE-2"))
    assert answer["id_resp"] == 8001
    for item in answer["lote"]:
        (form,) = item["respuesta_forma_pago_array"]
        digits = SANDBOX.explain(form["codigo_barras_fp"])
        assert (int(digits["amount"]), digits["due_date"]) == (10050, "270520")
        assert (int(digits["amount_2"]), digits["due_date_2"]) == (11050, "270527")
        fields = dict(emv.parse(form["qr_texto_T30"]))
        assert (fields["53"], fields["54"], fields["58"], fields["59"]) == ("032", "100.50", "AR", "SANDBOX SIN VALOR")


def test_a_qr_comes_only_where_it_is_asked_for(plain: Caller) -> None:
    answer = plain.single(wanted("NOQR", opc_devolver_qr=False))
    assert "codigo_qr_T30_texto" not in answer
    assert answer["codigo_barras_fp"]


@pytest.mark.parametrize("field", ["id_organismo", "id_usuario", "password", "hash"])
def test_other_credentials_are_refused(plain: Caller, field: str) -> None:
    wrong = WHO | {field: 2 if field.startswith("id") else "other"}
    answer = plain.call("PUT", "/token", wrong)
    assert answer["id_resp"] == 1002
    assert "token" not in answer


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [("PUT", "/transaccion", 2003), ("PUT", "/transaccionLote", 8002), ("GET", "/transaccion", 4002)],
)
@pytest.mark.parametrize("who", [{}, {"id_organismo": 1, "token": "guess"}])
def test_a_bad_token_is_refused(plain: Caller, method: str, path: str, code: int, who: Fields) -> None:
    assert plain.call(method, path, who)["id_resp"] == code


def test_a_token_of_another_organism_is_refused(plain: Caller) -> None:
    body = {**plain.signed, "id_organismo": 2, "lote": [wanted("OTHER")]}
    assert plain.call("PUT", "/transaccionLote", body)["id_resp"] == 8002


@pytest.mark.parametrize("count", [0, 51])
def test_the_size_of_a_lote_is_limited(plain: Caller, count: int) -> None:
    answer = plain.lote(*(wanted(f"SIZE-{number}") for number in range(count)))
    assert (answer["id_resp"], answer["respuesta"]) == (8005, "[50]")
    assert plain.held("SIZE-0") == []


WRONG: list[tuple[Fields, str]] = [
    ({"monto_operacion": None}, "monto_operacion"),
    ({"monto_operacion": 0}, "monto_operacion"),
    ({"monto_operacion": -1}, "monto_operacion"),
    ({"monto_operacion": 1.005}, "monto_operacion"),
    ({"monto_operacion": 1e300}, "monto_operacion"),
    ({"id_moneda_operacion": 2}, "id_moneda_operacion"),
    ({"numero_operacion": "x" * 101}, "numero_operacion"),
    ({"identificador_externo_2": "x\n"}, "identificador_externo_2"),
    ({"detalle_operacion": []}, "detalle_operacion"),
    ({"pagador": {}}, "pagador"),
    ({"opc_fecha_vencimiento": "20/05/2027"}, "opc_fecha_vencimiento"),
    ({"fecha_2do_venc": "2027-05-20"}, "fecha_2do_venc"),
    ({"monto_operacion_2do_venc": None}, "fecha_2do_venc"),
]


@pytest.mark.parametrize(("changes", "name"), WRONG)
def test_a_wrong_parameter_is_named_and_nothing_is_created(plain: Caller, changes: Fields, name: str) -> None:
    single = plain.single(wanted("WRONG", **changes))
    lote = plain.lote(wanted("SOUND"), wanted("WRONG", **changes))
    assert (single["id_resp"], lote["id_resp"]) == (2006, 8004)
    assert name in single["respuesta"]
    assert name in lote["respuesta"]
    assert "lote[1]" in lote["respuesta"]
    assert plain.held("SOUND") == plain.held("WRONG") == []


@pytest.mark.parametrize("part", ["detalle_operacion", "fp"])
def test_sums_that_differ_are_refused(plain: Caller, part: str) -> None:
    item = wanted("SUMS")
    if part == "fp":
        item["fp"] = [{"id_fp": 34, "monto_fp": 100.49}]
    else:
        item["operacion"]["detalle_operacion"].pop()
    assert (plain.single(item)["id_resp"], plain.lote(item)["id_resp"]) == (2008, 8007)
    assert plain.held("SUMS") == []


def test_a_repeated_number_makes_a_second_operation(plain: Caller) -> None:
    numbers = {plain.single(wanted("AGAIN"))["id_transaccion"] for _ in range(2)}
    numbers |= {item["id_transaccion"] for item in plain.lote(wanted("AGAIN"), wanted("AGAIN"))["lote"]}
    assert len(numbers) == 4
    assert {found["CodigoUnicoTransaccion"] for found in plain.held("AGAIN")} == numbers


def test_a_lookup_tells_amount_due_date_agreement_and_address(plain: Caller) -> None:
    created = plain.single(wanted("LOOKUP"))
    (found,) = plain.held("LOOKUP")
    assert (found["Externa"], found["Convenio"], found["Importe"]) == ("LOOKUP", 31047, 100.5)
    assert found["FormaPago"][0]["FechaVencimiento"] == "2027-05-20 00:00:00"
    assert found["FormaPago"][0]["CodigoBarras"] == created["codigo_barras_fp"]
    assert found["Url_QR"] == created["url_qr"]


def test_every_operation_ever_created_is_listed_in_order(plain: Caller) -> None:
    before = plain.listed()["count"]
    plain.lote(wanted("LIST-2"), wanted("LIST-1"))
    plain.single(wanted("LIST-2"))
    after = plain.listed()
    assert after["count"] == len(after["operations"]) == before + 3
    listed = after["operations"][-3:]
    assert [one["external_id"] for one in listed] == ["LIST-2", "LIST-1", "LIST-2"]
    assert {one["amount"] for one in listed} == {"100.50"}
    assert all(sorted(one) == ["amount", "barcode", "external_id", "number", "qr", "state"] for one in listed)


def test_a_long_listing_is_whole(plain: Caller) -> None:
    for lote in range(21):  # more than the server reads at a time
        plain.lote(*(wanted(f"LONG-{lote:02}-{number:02}") for number in range(50)))
    names = [one["external_id"] for one in plain.listed()["operations"] if one["external_id"].startswith("LONG")]
    assert names == sorted(names)
    assert len(set(names)) == 1050


def test_an_unknown_fault_is_refused(plain: Caller) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        plain.call("POST", "/_sandbox/faults", {"fault": "meteor"})
