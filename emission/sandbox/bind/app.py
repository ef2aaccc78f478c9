"""BIND PSP on loopback: the login server, debts and their QRs.

The sandbox's own choices, where the contract is silent: a refusal is 400 with ``{"errores": [...]}``; a repeated
``codigoDeuda`` makes a second debt; a look-up by ``codigoDeuda`` answers an object, or a list where there are several;
a debt that was deleted or paid shows no QR.
"""

from __future__ import annotations

import hmac
import secrets
import time
from urllib.parse import parse_qs

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emission.sandbox.bind import operations, reports
from emission.sandbox.bind.contract import Pedido
from emission.sandbox.bind.operations import DELETED, PENDING, Kept
from emission.sandbox.bind.payment import pay
from emission.sandbox.bind.reports import Aviso
from emission.sandbox.control import Control
from emission.sandbox.faults import Faults, Kind
from emission.sandbox.late import commit_late
from emission.sandbox.memory import Memory

CLIENT, SECRET = "sandbox", "sandbox-secret"
CREDENTIALS = f"client_id {CLIENT}, client_secret {SECRET}, token at /sandbox/oauth2/v2.0/token"
PATH = "/bindentidad-deuda-v2/v2/api/v1.201/Deuda"
READ = "/walletentidad-operaciones/v1/api/v1.201/QR/GetInfoPagoQR"
CONFIRM = "/bindentidad-pagoexterno-v2/v2/api/v1.201/QRConfirmaPago"
LIFE = 3600  # seconds
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Sandbox:
    """The endpoints over one memory. Work between two awaits is never interleaved: one call commits at a time."""

    def __init__(self, memory: Memory[Kept], faults: Faults) -> None:
        self._memory = memory
        self._faults = faults
        self._tokens: dict[str, float] = {}

    def app(self) -> Starlette:
        around = self._faults.around
        contract = [
            Route("/{tenant}/oauth2/v2.0/token", around(self.token), methods=["POST"]),
            Route(PATH, around(self.create), methods=["POST"]),
            Route(PATH, around(self.look_up), methods=["GET"]),
            Route(PATH + "/{number}", around(self.delete), methods=["DELETE"]),
            Route(READ, around(self.read), methods=["GET"]),
            Route(CONFIRM, around(self.confirm), methods=["POST"]),
        ]
        control = Control(self._memory, self._faults, listed=operations.listed, pay=pay).routes()
        return Starlette(routes=[*control, *contract])

    async def token(self, request: Request) -> Response:
        form = {name: values[-1] for name, values in parse_qs((await request.body()).decode("latin-1")).items()}
        if form.get("grant_type") != "client_credentials" or not form.get("scope"):
            return _answer({"error": "invalid_request"}, 400)
        given = f"{form.get('client_id', '')}\n{form.get('client_secret', '')}".encode()
        if not hmac.compare_digest(given, f"{CLIENT}\n{SECRET}".encode()):
            return _answer({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)
        token = secrets.token_hex(16)
        self._tokens[token] = time.monotonic() + LIFE
        return _answer({"token_type": "Bearer", "expires_in": LIFE, "access_token": token})

    async def create(self, request: Request) -> Response:
        if not self._is_signed(request):
            return _answer({"errores": ["token"]}, 401)
        try:
            pedido = msgspec.json.decode(await request.body(), type=Pedido)
        except msgspec.MsgspecError as error:
            return _answer({"errores": [str(error)]}, 400)
        if self._faults.take(Kind.LATE):
            return commit_late(lambda: self._create(pedido), self._faults.seconds(Kind.LATE))
        kept = self._create(pedido)
        return await self._faults.on_the_way_out(_answer({"id": int(kept.number)}, 201))

    async def look_up(self, request: Request) -> Response:
        if not self._is_signed(request):
            return _answer({"errores": ["token"]}, 401)
        number, name = request.query_params.get("deudaId"), request.query_params.get("codigoDeuda")
        if number is None and (name is None or request.query_params.get("moneda") != "0"):
            return _answer({"errores": ["deudaId, codigoDeuda, moneda"]}, 400)
        one = self._memory.of(number) if number is not None else None
        held = self._memory.under(name) if name is not None else [kept for kept in (one,) if kept]
        if not held:
            return _answer({"errores": ["deuda inexistente"]}, 404)
        told = [operations.told(kept) for kept in held]
        if not self._faults.take(Kind.NO_QR):
            for kept in held:
                self._memory.change(msgspec.structs.replace(kept, ready=True))
        return _answer(told[0] if len(told) == 1 else told)

    async def delete(self, request: Request) -> Response:
        if not self._is_signed(request):
            return _answer({"errores": ["token"]}, 401)
        kept = self._memory.of(request.path_params["number"])
        if kept is None:
            return _answer({"errores": ["deuda inexistente"]}, 404)
        if kept.state != PENDING:
            return _answer({"errores": ["la deuda no está pendiente"]}, 400)
        self._memory.change(msgspec.structs.replace(kept, state=DELETED))
        return _answer({"id": int(kept.number)})

    async def read(self, request: Request) -> Response:
        if not self._is_signed(request):
            return _answer({"errores": ["token"]}, 401)
        kept = reports.of_qr(self._memory, request.query_params.get("textoQR", ""))
        return _answer({"errores": ["QR"]}, 422) if kept is None else _answer(reports.info(kept))

    async def confirm(self, request: Request) -> Response:
        if not self._is_signed(request):
            return _answer({"errores": ["token"]}, 401)
        try:
            aviso = msgspec.json.decode(await request.body(), type=Aviso)
            told = reports.confirm(self._memory, aviso)
        except (msgspec.MsgspecError, ArithmeticError) as error:
            return _answer({"errores": [str(error)]}, 400)
        return await self._faults.on_the_way_out(_answer(told))

    def _create(self, pedido: Pedido) -> Kept:
        name = pedido.codigoExterno.codigoDeuda
        first = self._memory.count_of(name)
        count = 2 if self._faults.take(Kind.TWICE) else 1
        ready = not self._faults.take(Kind.NO_QR)
        made = [(first + one, operations.create(pedido, first + one, ready=ready)) for one in range(count)]
        self._memory.keep(made)
        return made[0][1]

    def _is_signed(self, request: Request) -> bool:
        if self._faults.take(Kind.EXPIRE_TOKEN):
            self._tokens.clear()
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme == "Bearer" and self._tokens.get(token, 0.0) > time.monotonic()


def _answer(content: object, status: int = 200) -> Response:
    return Response(_ENCODER.encode(content), status_code=status, media_type="application/json")
