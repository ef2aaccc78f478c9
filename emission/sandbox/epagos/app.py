"""ePagos' REST v1.0 on loopback: tokens, single operations, lotes and look-ups, with the documented codes.

The sandbox's own choices, where the contract is silent: business answers are HTTP 200; a lote with one wrong item
is refused as a whole and the answer names that item; a repeated ``numero_operacion`` makes a second operation.
"""

from __future__ import annotations

import hmac
import secrets
from collections import deque
from collections.abc import Sequence

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from emission.sandbox.control import Control
from emission.sandbox.epagos import operations
from emission.sandbox.epagos.contract import LOTE_LIMIT, ContractError, Pedido, check
from emission.sandbox.epagos.operations import Kept
from emission.sandbox.epagos.payment import pay
from emission.sandbox.faults import Faults, Kind
from emission.sandbox.late import commit_late
from emission.sandbox.memory import Memory

ORGANISM, USER, PASSWORD, HASH = 1, 1, "sandbox", "sandbox"
CREDENTIALS = f"id_organismo {ORGANISM}, id_usuario {USER}, password {PASSWORD}, hash {HASH}"
LIVE_TOKENS = 64
PAGE = 100  # operations on one page of a look-up

_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Credentials(msgspec.Struct):
    """The body of ``PUT /token``."""

    id_organismo: int
    id_usuario: int
    password: str
    hash: str


class Signed(msgspec.Struct):
    """What every other call begins with; the rest of it is read once the token is known."""

    id_organismo: int
    token: str


class Lote(msgspec.Struct):
    """The body of ``PUT /transaccionLote``; items are read one by one, so that a refusal can name one."""

    lote: list[msgspec.Raw]


class Filter(msgspec.Struct):
    """What a look-up asks for."""

    ExternoId: str
    Pagina: int = 1


class Query(msgspec.Struct):
    """The body of ``GET /transaccion``."""

    pago: Filter


class Marked(msgspec.Struct):
    """The body of the control calls that give an operation another state."""

    number: str


class Sandbox:
    """The endpoints over one memory. Work between two awaits is never interleaved: one call commits at a time."""

    def __init__(self, memory: Memory[Kept], faults: Faults) -> None:
        self._memory = memory
        self._faults = faults
        self._tokens: deque[str] = deque(maxlen=LIVE_TOKENS)

    def app(self) -> Starlette:
        around = self._faults.around
        contract = [
            Route("/token", around(self.token), methods=["PUT"]),
            Route("/transaccion", around(self.single), methods=["PUT"]),
            Route("/transaccion", around(self.look_up), methods=["GET"]),
            Route("/transaccionLote", around(self.lote), methods=["PUT"]),
        ]
        control = [
            *Control(self._memory, self._faults, listed=operations.listed, pay=pay).routes(),
            Route("/_sandbox/pay", self.pay, methods=["POST"]),
            Route("/_sandbox/cancel", self.cancel, methods=["POST"]),
        ]
        return Starlette(routes=[*control, *contract, Mount("/v1.0", routes=contract)])

    async def token(self, request: Request) -> Response:
        body = await request.body()
        try:
            given = msgspec.json.decode(body, type=Credentials)
        except msgspec.MsgspecError:
            return _answer(1002, "Credenciales incorrectas")
        secret = (given.password + "\n" + given.hash).encode()
        right = hmac.compare_digest(secret, f"{PASSWORD}\n{HASH}".encode())
        if not right or (given.id_organismo, given.id_usuario) != (ORGANISM, USER):
            return _answer(1002, "Credenciales incorrectas")
        self._tokens.append(secrets.token_hex(16))
        return _answer(1001, "Token generado", token=self._tokens[-1])

    async def single(self, request: Request) -> Response:
        body = await request.body()
        if not self._is_signed(body):
            return _answer(2003, "Token incorrecto")
        try:
            pedido = _pedido(body)
        except ContractError as error:
            code = 2008 if error.kind == "amounts" else 2006
            return _answer(code, f"[{error.words}]")
        if self._faults.take(Kind.LATE):
            return self._late([pedido])
        (kept,) = self._create([pedido])
        asked = pedido.operacion.opc_devolver_qr
        fields = operations.created_single(
            kept,
            qr=asked and not self._faults.take(Kind.NO_QR),
            payment_codes=not self._faults.take(Kind.NO_PAYMENT_CODES),
        )
        return await self._faults.on_the_way_out(_answer(2002, "Operación pendiente", **fields))

    async def lote(self, request: Request) -> Response:
        body = await request.body()
        if not self._is_signed(body):
            return _answer(8002, "Token incorrecto")
        try:
            pedidos = _pedidos(body)
        except ContractError as error:
            code = {"size": 8005, "amounts": 8007}.get(error.kind, 8004)
            return _answer(code, f"[{error.words}]")
        if self._faults.take(Kind.LATE):
            return self._late(pedidos)
        pedidos = self._faults.halve(pedidos)
        created = zip(pedidos, self._create(pedidos), strict=True)
        spared = self._faults.take(Kind.NO_QR)
        payment_codes = not self._faults.take(Kind.NO_PAYMENT_CODES)
        items = [
            operations.created_in_lote(
                kept, qr=pedido.operacion.opc_devolver_qr and not spared, payment_codes=payment_codes
            )
            for pedido, kept in created
        ]
        return await self._faults.on_the_way_out(_answer(8001, "Lote generado", lote=self._faults.wound(items)))

    async def look_up(self, request: Request) -> Response:
        body = await request.body()
        if not self._is_signed(body):
            return _answer(4002, "Token incorrecto")
        try:
            wanted = msgspec.json.decode(body, type=Query).pago
        except msgspec.MsgspecError as error:
            return _answer(4005, f"[{error}]")
        held = self._memory.under(wanted.ExternoId)
        page = held[(wanted.Pagina - 1) * PAGE :][:PAGE] if wanted.Pagina > 0 else []
        pago = [operations.looked_up(kept) for kept in page]
        return _answer(4001, "Consulta correcta", cantidadTotal=len(held), pagina=wanted.Pagina, pago=pago)

    async def pay(self, request: Request) -> Response:
        return await self._mark(request, "A")

    async def cancel(self, request: Request) -> Response:
        return await self._mark(request, "C")

    async def _mark(self, request: Request, state: str) -> Response:
        """Gives the operation that the body names another state; 404 where there is none."""
        try:
            number = int(msgspec.json.decode(await request.body(), type=Marked).number)
        except (msgspec.MsgspecError, ValueError) as error:
            return Response(str(error), status_code=400)
        kept = self._memory.of(number)
        if kept is None:
            return Response(status_code=404)
        self._memory.change(msgspec.structs.replace(kept, state=state))
        return Response(status_code=204)

    def _late(self, pedidos: Sequence[Pedido]) -> Response:
        return commit_late(lambda: self._create(pedidos), self._faults.seconds(Kind.LATE))

    def _create(self, pedidos: Sequence[Pedido]) -> list[Kept]:
        """Creates and commits them together."""
        if self._faults.take(Kind.TWICE):
            return self._keep([*pedidos, *pedidos])[: len(pedidos)]
        return self._keep(pedidos)

    def _keep(self, pedidos: Sequence[Pedido]) -> list[Kept]:
        repetitions: dict[str, int] = {}
        made: list[tuple[int, Kept]] = []
        for pedido in pedidos:
            external_id = pedido.operacion.numero_operacion
            repetition = repetitions.get(external_id, self._memory.count_of(external_id))
            repetitions[external_id] = repetition + 1
            made.append((repetition, operations.create(pedido, repetition)))
        self._memory.keep(made)
        return [kept for _, kept in made]

    def _is_signed(self, body: bytes) -> bool:
        if self._faults.take(Kind.EXPIRE_TOKEN):
            self._tokens.clear()
        try:
            signed = msgspec.json.decode(body, type=Signed)
        except msgspec.MsgspecError:
            return False
        return signed.id_organismo == ORGANISM and signed.token in self._tokens


def _pedido(body: bytes | msgspec.Raw, where: str = "") -> Pedido:
    try:
        pedido = msgspec.json.decode(body, type=Pedido)
    except msgspec.MsgspecError as error:
        raise ContractError("parameter", f"{where}{error}") from error
    try:
        check(pedido)
    except ContractError as error:
        raise ContractError(error.kind, f"{where}{error.words}") from error
    return pedido


def _pedidos(body: bytes) -> list[Pedido]:
    try:
        items = msgspec.json.decode(body, type=Lote).lote
    except msgspec.MsgspecError as error:
        raise ContractError("parameter", str(error)) from error
    if not 1 <= len(items) <= LOTE_LIMIT:
        raise ContractError("size", f"{LOTE_LIMIT}")
    return [_pedido(item, f"lote[{position}] {_name(item)} ") for position, item in enumerate(items)]


def _name(item: msgspec.Raw) -> str:
    """The external id that an item bears, whatever else is wrong with it."""
    try:
        found = msgspec.json.decode(item)["operacion"]["numero_operacion"]
    except (msgspec.MsgspecError, LookupError, TypeError):
        return ""
    return str(found)[:100]


def _answer(id_resp: int, respuesta: str, **fields: object) -> Response:
    content = {"id_resp": id_resp, "respuesta": respuesta, "id_organismo": ORGANISM, **fields}
    return Response(_ENCODER.encode(content), media_type="application/json")
