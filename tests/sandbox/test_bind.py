"""BIND PSP's sandbox speaks the documented contract to anybody, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from emission.codes import emv
from tests.run.hall import Sandbox

PATH = "/bindentidad-deuda-v2/v2/api/v1.201/Deuda"
WHO = {
    "grant_type": "client_credentials",
    "client_id": "sandbox",
    "client_secret": "sandbox-secret",
    "scope": "api://staging-bind.epays.services/.default",
}


@pytest.fixture
def http(tmp_path: Path) -> Iterator[httpx.Client]:
    with (
        Sandbox(tmp_path / "bind.db", "bind") as sandbox,
        httpx.Client(base_url=sandbox.url, trust_env=False) as client,
    ):
        token = client.post("/any-tenant/oauth2/v2.0/token", data=WHO).raise_for_status().json()
        assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield client


def wanted(name: str, **changes: Any) -> dict[str, Any]:
    debt = {
        "codigoExterno": {"codigoDeuda": name},
        "codigoComercio": "C1",
        "codigoSucursal": "S1",
        "codigoCaja": "B1",
        "moneda": 0,
        "motivo": "Tasa",
        "tipoOrden": 0,
        "fechaVencimiento1": "2026-12-10T23:59:59-03:00",
        "montoVencimiento1": 1000.5,
        "medioPagoDisponibles": [{"nombre": "QR", "formaPago": 1}],
    }
    return debt | changes


def held(http: httpx.Client, name: str) -> httpx.Response:
    return http.get(PATH, params={"codigoDeuda": name, "moneda": 0})


def test_a_debt_gives_its_number_and_a_second_call_its_qr(http: httpx.Client) -> None:
    created = http.post(PATH, json=wanted("A"))
    assert (created.status_code, list(created.json())) == (201, ["id"])
    debt = http.get(PATH, params={"deudaId": created.json()["id"]}).raise_for_status().json()
    assert (debt["codigoExterno"]["codigoDeuda"], debt["montoTotal"], debt["estado"]) == ("A", 1000.5, 2)
    fields = dict(emv.parse(debt["medioPagoDisponibles"][0]["DetalleEspecifico"]["data"]))
    assert (fields["53"], fields["54"], fields["58"]) == ("032", "1000.50", "AR")
    assert held(http, "A").json() == debt


@pytest.mark.parametrize(
    "changes",
    [
        {"montoVencimiento1": 0},
        {"montoVencimiento1": 1.005},
        {"fechaVencimiento1": "10/12/2026"},
        {"fechaVencimiento2": "2026-12-20T23:59:59-03:00"},
        {"fechaVencimiento2": "2026-12-01T23:59:59-03:00", "montoVencimiento2": 1001},
        {"fechaVencimiento3": "2026-12-30T23:59:59-03:00", "montoVencimiento3": 1001},
        {"moneda": "ARS"},
        {"tipoOrden": 1},
        {"motivo": ""},
        {"codigoExterno": {}},
    ],
)
def test_what_the_contract_does_not_know_is_refused(http: httpx.Client, changes: dict[str, Any]) -> None:
    assert http.post(PATH, json=wanted("A", **changes)).status_code == 400
    assert held(http, "A").status_code == 404


def test_only_its_own_credentials_are_let_in(http: httpx.Client) -> None:
    for name in ("client_id", "client_secret", "grant_type"):
        assert http.post("/t/oauth2/v2.0/token", data={**WHO, name: "other"}).status_code in {400, 401}
    http.headers["Authorization"] = "Bearer guess"
    assert http.post(PATH, json=wanted("A")).status_code == 401
    assert held(http, "A").status_code == 401


def test_a_paid_debt_says_so_and_its_notice_too(http: httpx.Client) -> None:
    number = http.post(PATH, json=wanted("A")).json()["id"]
    notice = http.post("/_sandbox/pay/A", json={"amount": "500.25"}).raise_for_status().json()["notice"]
    message = notice["Payload"]["MensajePago"]
    assert (notice["Type"], message["EstadoTransaccion"], message["ImporteBruto"]) == ("PAGO", "ACREDITADO", 500.25)
    debt = held(http, "A").json()
    assert (debt["estadoDescripcion"], debt["pagos"][0]["importe"]) == ("Pagada", 500.25)
    assert http.delete(f"{PATH}/{number}").status_code == 400
    assert http.post("/_sandbox/pay/A", json={"state": "paid"}).status_code == 400


def test_a_debt_can_be_deleted_once(http: httpx.Client) -> None:
    number = http.post(PATH, json=wanted("A")).json()["id"]
    assert [http.delete(f"{PATH}/{number}").status_code for _ in range(2)] == [200, 400]
    assert http.delete(f"{PATH}/1").status_code == 404
    assert held(http, "A").json()["estadoDescripcion"] == "Eliminada"
