"""Somebody who calls the sandbox with the contract in hand, and owes nothing to our client."""

from __future__ import annotations

from typing import Any

import httpx

Fields = dict[str, Any]
WHO = {"id_organismo": 1, "id_usuario": 1, "password": "sandbox", "hash": "sandbox"}


class Caller:
    """One session with a token of its own."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self.signed = {"id_organismo": 1, "token": self.call("PUT", "/token", WHO)["token"]}

    def call(self, method: str, path: str, body: Fields) -> Fields:
        answer: Fields = self._http.request(method, path, json=body).raise_for_status().json()
        return answer

    def lote(self, *items: Fields) -> Fields:
        return self.call("PUT", "/transaccionLote", {**self.signed, "lote": list(items)})

    def single(self, item: Fields) -> Fields:
        return self.call("PUT", "/transaccion", {**self.signed, **item})

    def held(self, external_id: str) -> list[Fields]:
        answer = self.call("GET", "/transaccion", {**self.signed, "pago": {"ExternoId": external_id}})
        assert answer["id_resp"] == 4001
        found: list[Fields] = answer["pago"]
        assert answer["cantidadTotal"] == len(found)
        return found

    def listed(self) -> Fields:
        return self.call("GET", "/_sandbox/operations", {})


def wanted(external_id: str, **changes: Any) -> Fields:
    """The request of ePagos' own Python example (examples/solicitud_pago.py), with an invented payer."""
    operacion = {
        "numero_operacion": external_id,
        "identificador_externo_2": "LEG-998877",
        "id_moneda_operacion": 1,
        "monto_operacion": 100.5,
        "opc_fecha_vencimiento": "2027-05-20",
        "fecha_2do_venc": "2027-05-27",
        "monto_operacion_2do_venc": 110.5,
        "opc_devolver_qr": True,
        "detalle_operacion": [
            {"id_item": 1, "desc_item": "Abono mensual", "monto_item": 30.0, "cantidad_item": 2},
            {"id_item": 2, "desc_item": "Cargo administrativo", "monto_item": 40.5, "cantidad_item": 1},
        ],
        "pagador": {"email_pagador": "test@example.com", "identificacion_pagador": {"tipo_doc_pagador": 1}},
    }
    return {"convenio": 31047, "operacion": operacion | changes, "fp": [{"id_fp": 34, "monto_fp": 100.5}]}
