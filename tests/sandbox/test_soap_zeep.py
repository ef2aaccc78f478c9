"""ePagos' sandbox as ``zeep`` meets it, which reads a WSDL more strictly than what ePagos' own SDK stands on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
import requests
from zeep import Client, Transport, xsd

from tests.run.hall import Sandbox
from tests.sandbox.caller import wanted

WHO = {"hash": "sandbox", "password": "sandbox", "id_organismo": 1, "id_usuario": 1}


class Stranger:
    """Who knows of ePagos what its WSDL says, and of zeep how it wants the items of an array."""

    def __init__(self, url: str, session: requests.Session) -> None:
        transport = Transport(session=session, timeout=30)
        self._client = Client(f"{url}/wsdl/2.5/index.php?wsdl", transport=transport)
        self._signed = {"id_organismo": 1, "token": self._client.service.obtener_token("2.0", WHO)["token"]}

    def call(self, method: str, *arguments: object) -> Any:
        return self._client.service[method]("2.0", self._signed, *arguments)

    def create(self, method: str, *arguments: object) -> Any:
        return self._client.service[method]("2.0", "op_pago", self._signed, *arguments)

    def array(self, kind: str, values: Sequence[object]) -> dict[str, object]:
        item = xsd.Element("item", self._client.get_type(kind))
        return {"_value_1": [xsd.AnyObject(item, value) for value in values]}

    def wanted(self, name: str) -> dict[str, Any]:
        asked = wanted(name)
        lines = self.array("ns0:DetalleOperacion", asked["operacion"]["detalle_operacion"])
        forms = self.array("ns0:DatosFormaPago", asked["fp"])
        return {**asked, "operacion": {**asked["operacion"], "detalle_operacion": lines}, "fp": forms}

    def lote(self, *names: str) -> Any:
        return self.create("solicitud_pago_lote", self.array("ns0:TipoLote", [self.wanted(name) for name in names]))


@pytest.fixture(scope="module")
def zeep() -> Iterator[Stranger]:
    with Sandbox(None) as sandbox, requests.Session() as session:
        session.trust_env = False
        yield Stranger(sandbox.url, session)


def test_a_single_operation_answers_with_its_codes(zeep: Stranger) -> None:
    asked = zeep.wanted("ZEEP-1")
    answer = zeep.create("solicitud_pago", asked["operacion"], asked["fp"], asked["convenio"])
    (form,) = answer["fp"]
    assert (answer["id_resp"], answer["numero_operacion"], answer["convenio"]) == (2002, "ZEEP-1", 31047)
    assert (form["importe_fp"], form["fechavenc_fp"]) == (Decimal("100.50"), dt.date(2027, 5, 20))
    assert form["codigo_barras_fp"].isdigit()


def test_a_lote_is_found_again_as_it_was_made(zeep: Stranger) -> None:
    answer = zeep.lote("ZEEP-2", "ZEEP-3")
    assert (answer["id_resp"], [item["numero_operacion"] for item in answer["lote"]]) == (8001, ["ZEEP-2", "ZEEP-3"])
    found = zeep.call("obtener_pagos", {"ExternoId": "ZEEP-3"})
    (pago,) = found["pago"]
    assert (found["id_resp"], found["cantidadTotal"], pago["Estado"]) == (4001, 1, "P")
    assert pago["CodigoUnicoTransaccion"] == answer["lote"][1]["id_transaccion"]
    assert (pago["Importe"], pago["FechaPago"]) == (Decimal("100.50"), None)


def test_every_other_method_can_be_called(zeep: Stranger) -> None:
    days = {"Fecha_desde": "2027-05-01", "Fecha_hasta": "2027-05-31"}
    linked = [{"id_transaccion": one["id_transaccion"], "etiqueta": "Cuota"} for one in zeep.lote("ZEEP-4")["lote"]]
    answers = {
        "obtener_pagos_adicionales": (days,),
        "obtener_contracargos": ({"Estado": "P", **days},),
        "obtener_rendiciones": (days,),
        "obtener_entidades_pago": (zeep.array("xsd:int", [34]),),
        "generar_qr_vinculado": (zeep.array("ns0:OperacionQR", linked),),
    }
    said = [zeep.call(method, *arguments)["id_resp"] for method, arguments in answers.items()]
    assert said == [7001, 6001, 5001, 3001, 14001]
