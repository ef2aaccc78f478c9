"""ePagos' side of money, on loopback: what a test puts there is what it answers, in REST's words.

Written from the names of ePagos' SDKs; what those do not say is as ``emission.providers.epagos.news`` assumes it.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
from collections.abc import Iterator
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.run.hall import hall

Item = dict[str, Any]
PAGE = 100
_numbers = itertools.count(1)


class Panel:
    """What ePagos holds; ``longest`` days in one question, ``asked`` the filters that came."""

    def __init__(self) -> None:
        self.payments: list[Item] = []
        self.settlements: list[Item] = []
        self.chargebacks: list[Item] = []
        self.further: list[Item] = []
        self.longest = 10_000
        self.asked: list[tuple[str, Item]] = []

    def pay(self, number: int | str, external_id: str, pesos: object, state: str = "A", **more: object) -> None:
        """An operation whose money came in, or went back."""
        self.payments.append(
            {
                "CodigoUnicoTransaccion": int(number),
                "Externa": external_id,
                "Importe": pesos,
                "Estado": state,
                "FechaPago": "2026-12-09 10:11:12",
                "FechaAcreditacion": "2026-12-10 00:00:00" if state in "AL" else "-0001-11-30 00:00:00",
                "FormaPago": [{"Identificador": 5, "Tipo": "Rapipago", "Importe": pesos}],
                **more,
            }
        )

    def settle(self, number: int, lines: list[tuple[int | str, Any]], **more: object) -> None:
        """A settlement that was deposited."""
        self.settlements.append(
            {
                "Numero": number,
                "Secuencia": 1,
                "Estado": "D",
                "Fecha_deposito": "2026-12-14",
                "Cantidad": len(lines),
                "Detalles": [{"Codigo_unico_transaccion": int(one), "Monto": pesos} for one, pesos in lines],
                **more,
            }
        )

    @contextlib.contextmanager
    def served(self) -> Iterator[str]:
        """Its address, for a while."""
        name = f"panel{next(_numbers)}"
        asked = ("transaccion", "rendicion", "contracargo", "pagoAdicional")
        routes = [Route(f"/{path}", self._answer, methods=["GET"]) for path in asked]
        hall().apps[name] = Starlette(routes=[Route("/token", self._token, methods=["PUT"]), *routes])
        try:
            yield f"{hall().url}/{name}"
        finally:
            del hall().apps[name]

    async def _token(self, _request: Request) -> Response:
        return _json({"id_resp": 1001, "respuesta": "ok", "token": "t0ken"})

    async def _answer(self, request: Request) -> Response:
        body = msgspec.json.decode(await request.body())
        path = request.url.path.rpartition("/")[2]
        key = {"transaccion": "pago", "rendicion": "rendicion", "contracargo": "contracargos", "pagoAdicional": "pagos"}
        wanted = body[key[path]]
        self.asked.append((path, wanted))
        code = {"transaccion": 4, "rendicion": 5, "contracargo": 6, "pagoAdicional": 7}[path] * 1000
        if self._too_long(wanted):
            return _json({"id_resp": f"0{code + 4}", "respuesta": "Rango de fechas"})
        if path != "transaccion":
            found = {"rendicion": self.settlements, "contracargo": self.chargebacks, "pagoAdicional": self.further}
            names = {"rendicion": "rendiciones", "contracargo": "contracargos", "pagoAdicional": "pagos_adicionales"}
            return _json({"id_resp": code + 1, names[path]: found[path]})
        held = [item for item in self.payments if _is_wanted(item, wanted)]
        page = held[(wanted["Pagina"] - 1) * PAGE :][:PAGE]
        return _json({"id_resp": 4001, "cantidadTotal": str(len(held)), "pagina": wanted["Pagina"], "pago": page})

    def _too_long(self, wanted: Item) -> bool:
        days = [value for name, value in wanted.items() if name.casefold().endswith(("desde", "hasta"))]
        if len(days) != 2:
            return False
        since, until = (datetime.date.fromisoformat(day) for day in days)
        return (until - since).days + 1 > self.longest


def _is_wanted(item: Item, wanted: Item) -> bool:
    numbers = wanted.get("CodigoUnicoTransaccion")
    if numbers and str(item["CodigoUnicoTransaccion"]) != numbers:
        return False
    if wanted.get("ExternoId") and item["Externa"] != wanted["ExternoId"]:
        return False
    return not wanted.get("Estado") or item["Estado"] == wanted["Estado"]


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
