"""ePagos' sandbox as ordinary SOAP clients meet it: from its WSDL alone, with nothing of ours.

``suds`` is what ePagos' own Python SDK stands on; the calls are made as that SDK makes them (``client.py``).
"""

from __future__ import annotations

import base64
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import zxingcpp
from PIL import Image
from suds import WebFault
from suds.cache import NoCache
from suds.client import Client

from emission.codes import emv
from tests.run.hall import Sandbox
from tests.sandbox.caller import wanted


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Sandbox(None) as sandbox:
        yield sandbox.url


class Sdk:
    """The calls of ePagos' Python SDK."""

    def __init__(self, url: str) -> None:
        self.client = Client(f"{url}/wsdl/2.5/index.php?wsdl", cache=NoCache(), timeout=30)
        self.client.set_options(location=f"{url}/wsdl/2.5/index.php")
        who = {"hash": "sandbox", "password": "sandbox", "id_organismo": 1, "id_usuario": "1"}
        self.who = self.made("DatosCredencialesPago", id_organismo=1)
        self.who.token = self.client.service.obtener_token("2.0", who).token

    def made(self, kind: str, **values: Any) -> Any:
        value = self.client.factory.create(kind)
        for name, held in values.items():
            setattr(value, name, held)
        return value

    def single(self, name: str) -> Any:
        item = wanted(name)
        operacion = self.made("DatosOperacionPago", **item["operacion"])
        fp = [self.made("DatosFormaPago", **medio) for medio in item["fp"]]
        return self.client.service.solicitud_pago("2.0", "op_pago", self.who, operacion, fp, item["convenio"])

    def lote(self, *names: str) -> Any:
        lote = [self.made("TipoLote", **wanted(name)) for name in names]
        return self.client.service.solicitud_pago_lote("2.0", "op_pago", self.who, lote)

    def ask(self, method: str, kind: str, **criteria: Any) -> Any:
        return getattr(self.client.service, method)("2.0", self.who, self.made(kind, **criteria))


@pytest.fixture(scope="module")
def sdk(url: str) -> Sdk:
    return Sdk(url)


def test_a_single_operation_answers_with_its_codes(sdk: Sdk) -> None:
    answer = sdk.single("SUDS-1")
    (form,) = answer.fp
    assert (answer.id_resp, answer.numero_operacion, answer.convenio) == (2002, "SUDS-1", 31047)
    assert (str(form.importe_fp), form.fechavenc_fp) == ("100.50", dt.date(2027, 5, 20))
    assert emv.classify(form.qr_texto_T30) == "emv"


def test_a_lote_is_found_again_as_it_was_made(sdk: Sdk) -> None:
    answer = sdk.lote("SUDS-2", "SUDS-3")
    assert (answer.id_resp, [item.numero_operacion for item in answer.lote]) == (8001, ["SUDS-2", "SUDS-3"])
    found = sdk.ask("obtener_pagos", "DatosPago", ExternoId="SUDS-3")
    (pago,) = found.pago
    assert (found.id_resp, found.cantidadTotal, pago.Estado) == (4001, 1, "P")
    assert pago.CodigoUnicoTransaccion == answer.lote[1].id_transaccion
    assert pago.FormaPago[0].CodigoBarras == answer.lote[1].respuesta_forma_pago_array[0].codigo_barras_fp
    assert pago.FechaPago is None


def test_money_comes_and_goes(url: str, sdk: Sdk) -> None:
    numbers = [item.id_transaccion for item in sdk.lote("SUDS-4", "SUDS-5").lote]
    for control, number, on in (
        ("pay", numbers[0], "2027-05-01"),
        ("pay", numbers[0], "2027-05-02"),
        ("pay", numbers[1], "2027-05-02"),
        ("chargeback", numbers[1], "2027-05-03"),
    ):
        body = {"number": str(number), "on": on}
        httpx.post(f"{url}/_sandbox/{control}", json=body, trust_env=False).raise_for_status()
    httpx.post(f"{url}/_sandbox/settle", json={"on": "2027-05-04"}, trust_env=False).raise_for_status()

    days = {"Fecha_desde": "2027-05-01", "Fecha_hasta": "2027-05-31"}
    (further,) = sdk.ask("obtener_pagos_adicionales", "DatosPagosAdicionales", **days).pagos_adicionales
    assert (further.CodigoUnicoTransaccion, further.FechaNovedad) == (numbers[0], dt.date(2027, 5, 2))
    (disputed,) = sdk.ask("obtener_contracargos", "DatosContracargo", Estado="P", **days).contracargos
    assert (disputed.Transaccion, disputed.Fecha) == (numbers[1], dt.date(2027, 5, 3))
    (rendicion,) = sdk.ask("obtener_rendiciones", "DatosRendicion", **days).rendicion
    assert [str(one.Monto) for one in rendicion.Detalles] == ["100.50"] * 3
    assert (str(rendicion.Monto), str(rendicion.Monto_CC), rendicion.Cantidad) == ("301.50", "100.50", 3)
    day = {"FechaNovedadAcreditacionDesde": "2027-05-01", "FechaNovedadAcreditacionHasta": "2027-05-01"}
    paid = sdk.ask("obtener_pagos", "DatosPago", **day)
    assert [one.CodigoUnicoTransaccion for one in paid.pago] == [numbers[0]]
    assert paid.pago[0].FechaPago == dt.datetime(2027, 5, 1, 10)  # noqa: DTZ001 - it names no zone


def test_means_of_payment_are_listed(sdk: Sdk) -> None:
    answer = sdk.client.service.obtener_entidades_pago("2.0", sdk.who, [34, 44])
    assert [(one.id_fp, one.estado_fp) for one in answer.fp] == [(34, "estado_fp_activo"), (44, "estado_fp_activo")]


def test_one_qr_for_several_operations_is_a_picture_of_an_address(sdk: Sdk) -> None:
    items = sdk.lote("SUDS-6", "SUDS-7").lote
    wanted = [sdk.made("OperacionQR", id_transaccion=item.id_transaccion, etiqueta="Cuota") for item in items]
    answer = sdk.client.service.generar_qr_vinculado("2.0", sdk.who, wanted)
    assert answer.id_resp == 14001
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(base64.b64decode(str(answer.qr)))))
    assert code.text.startswith("https://pagos.sandbox.invalid/qr/v/")
    assert sdk.client.service.generar_qr_vinculado("2.0", sdk.who, wanted).id_resp == 14004
    assert sdk.client.service.generar_qr_vinculado("2.0", sdk.who, wanted[:1] * 2).id_resp == 14005
    foreign = [sdk.made("OperacionQR", id_transaccion=1, etiqueta="x")]
    assert sdk.client.service.generar_qr_vinculado("2.0", sdk.who, foreign).id_resp == 14003


def test_what_is_no_call_is_a_fault(url: str, sdk: Sdk) -> None:
    answer = httpx.post(f"{url}/wsdl/2.5/index.php", content=b"<x/>", trust_env=False)
    assert (answer.status_code, b"SOAP-ENV:Client" in answer.content) == (500, True)
    envelope = sdk.client.last_sent().str().replace("generar_qr_vinculado", "cancelar_operacion").encode()
    with pytest.raises(WebFault, match="cancelar_operacion"):
        sdk.client.service.obtener_token(__inject={"msg": envelope})
