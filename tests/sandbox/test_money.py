"""What the sandbox tells of money: asked over REST as ePagos' Java SDK does (model/*Request.java, nulls left out)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest

from tests.run.hall import Sandbox
from tests.sandbox.caller import Caller, Fields, wanted

MAY = {"Fecha_desde": "2027-05-01", "Fecha_hasta": "2027-05-31"}


@pytest.fixture
def caller() -> Iterator[Caller]:
    with Sandbox(None) as sandbox, httpx.Client(base_url=sandbox.url, trust_env=False) as http:
        yield Caller(http)


def created(caller: Caller, *names: str, **changes: object) -> list[int]:
    return [item["id_transaccion"] for item in caller.lote(*(wanted(name, **changes) for name in names))["lote"]]


def control(caller: Caller, name: str, **body: object) -> None:
    caller._http.post(f"/_sandbox/{name}", json=body).raise_for_status()


def asked(caller: Caller, path: str, **criteria: Fields) -> Fields:
    return caller.call("GET", path, {**caller.signed, **criteria})


def paid(caller: Caller, **criteria: object) -> Fields:
    return asked(caller, "/transaccion", pago=criteria)


def test_a_payment_is_told_with_its_day_and_its_means(caller: Caller) -> None:
    first, second = created(caller, "PAY-1", "PAY-2")
    control(caller, "pay", number=str(first), on="2027-05-03", form=5)
    answer = paid(caller, FechaPagoDesde="2027-05-01", FechaPagoHasta="2027-05-31")
    (told,) = answer["pago"]
    assert (told["CodigoUnicoTransaccion"], told["Estado"], told["FechaPago"]) == (first, "A", "2027-05-03 10:00:00")
    assert (told["FormaPago"][0]["Identificador"], told["Importe"]) == (5, 100.5)
    assert paid(caller, CodigoUnicoTransaccion=second)["pago"][0]["FechaPago"] == "0000-00-00 00:00:00"


def test_who_pays_again_makes_a_further_payment(caller: Caller) -> None:
    (number,) = created(caller, "AGAIN")
    for day in ("2027-05-03", "2027-05-04", "2027-06-04"):
        control(caller, "pay", number=str(number), on=day, amount=9900)
    answer = asked(caller, "/pagoAdicional", pagos=MAY)
    assert answer["id_resp"] == 7001
    (told,) = answer["pagos_adicionales"]
    assert (told["CodigoUnicoTransaccion"], told["Monto"], told["FechaNovedad"]) == (number, 99, "2027-05-04")
    assert len(paid(caller, ExternoId="AGAIN")["pago"][0]["PagosAdicionales"]) == 2


def test_pages_of_a_hundred_go_on_where_the_one_before_ended(caller: Caller) -> None:
    numbers = [number for lote in range(5) for number in created(caller, *(f"P{lote}-{n}" for n in range(50)))]
    for number in numbers:
        control(caller, "pay", number=str(number), on="2027-05-03")
    day = {"FechaNovedadAcreditacionDesde": "2027-05-03", "FechaNovedadAcreditacionHasta": "2027-05-03"}
    pages = [paid(caller, **day, Pagina=page) for page in (1, 2, 3, 4)]
    assert [page["cantidadTotal"] for page in pages] == [250] * 4
    assert [one["CodigoUnicoTransaccion"] for page in pages for one in page["pago"]] == numbers


def test_a_settlement_adds_up(caller: Caller) -> None:
    numbers = created(caller, "SET-1", "SET-2", "SET-3")
    for number in numbers:
        control(caller, "pay", number=str(number), on="2027-05-03")
    control(caller, "return", number=str(numbers[0]), on="2027-05-04")
    control(caller, "chargeback", number=str(numbers[1]), on="2027-05-04")
    control(caller, "settle", on="2027-05-05")
    control(caller, "settle", on="2027-05-06")  # nothing is left
    answer = caller._http.request(
        "GET", "/rendicion", json={**caller.signed, "rendicion": {"fecha_deposito_desde": "2027-05-07",
        "fecha_deposito_hasta": "2027-05-07"}}
    )  # fmt: skip
    (told,) = answer.json(parse_float=Decimal)["rendicion"]
    kept = sum(told[name] for name in ("Monto_comision", "Monto_IVA", "Monto_IIBB", "Monto_CC", "Monto_ND"))
    assert told["Monto"] == sum(one["Monto"] for one in told["Detalles"]) == Decimal("301.50")
    assert told["Monto_depositado"] == told["Monto"] - kept
    assert [one["Codigo_unico_transaccion"] for one in told["Devoluciones"]] == numbers[:1]
    assert [one["Codigo_unico_transaccion"] for one in told["Contracargos"]] == numbers[1:2]
    assert (told["Fecha_deposito"], told["Cantidad"]) == ("2027-05-07", 3)


def test_a_dispute_goes_on(caller: Caller) -> None:
    (number,) = created(caller, "CC")
    control(caller, "chargeback", number=str(number), on="2027-05-04")
    control(caller, "chargeback", number=str(number), state="FNF")
    answer = asked(caller, "/contracargo", contracargos={"Numero": "", "Estado": "FNF", **MAY})
    (told,) = answer["contracargos"]
    assert (answer["id_resp"], told["Transaccion"], told["Fecha"]) == (6001, number, "2027-05-04")


def test_agreements_are_settled_apart(caller: Caller) -> None:
    for convenio in (31047, 31048):
        item = {**wanted(f"C{convenio}"), "convenio": convenio}
        control(caller, "pay", number=str(caller.single(item)["id_transaccion"]), on="2027-05-03")
    control(caller, "settle", on="2027-05-05")
    told = asked(caller, "/rendicion", rendicion=MAY)["rendicion"]
    assert sorted(one["Convenio"] for one in told) == [31047, 31048]
    assert [one["Numero"] for one in told] == [1, 2]


@pytest.mark.parametrize("fp", [[34, 44], [{"id_fp": 34}, {"id_fp": 44}]])
def test_means_of_payment_are_those_asked_for(caller: Caller, fp: list[object]) -> None:
    assert [one["id_fp"] for one in caller.call("GET", "/entidadPago", {**caller.signed, "fp": fp})["fp"]] == [34, 44]
    assert len(caller.call("GET", "/entidadPago", caller.signed)["fp"]) > 2


@pytest.mark.parametrize(
    ("path", "criteria", "code"),
    [
        ("/transaccion", {"pago": {}}, 4005),
        ("/transaccion", {"pago": {"FechaPagoDesde": "ayer", "FechaPagoHasta": "hoy"}}, 4005),
        ("/transaccion", {"pago": {"FechaPagoDesde": "2027-01-01", "FechaPagoHasta": "2027-02-28"}}, 4004),
        ("/transaccion", {"pago": {"FechaPagoDesde": "2027-01-01"}}, 4005),
        ("/transaccion", {"pago": {"ExternoId": "A", "Pagina": "x"}}, 4005),
        ("/rendicion", {"rendicion": {"Fecha_desde": "2027-02-01", "Fecha_hasta": "2027-01-01"}}, 5004),
        ("/rendicion", {}, 5005),
        ("/contracargo", {"contracargos": []}, 6005),
        ("/pagoAdicional", {"pagos": {}}, 7005),
    ],
)
def test_criteria_that_are_none_are_refused(caller: Caller, path: str, criteria: Fields, code: int) -> None:
    assert asked(caller, path, **criteria)["id_resp"] == code


@pytest.mark.parametrize(
    ("path", "code"), [("/rendicion", 5002), ("/contracargo", 6002), ("/pagoAdicional", 7002), ("/entidadPago", 3002)]
)
def test_a_bad_token_is_refused(caller: Caller, path: str, code: int) -> None:
    assert caller.call("GET", path, {"id_organismo": 1, "token": "guess"})["id_resp"] == code
