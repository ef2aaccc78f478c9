"""ePagos' methods over one memory, whatever transport asked: bodies as REST has them in, fields of the answer out.

The sandbox's own choices, where the contract is silent: a lote with one wrong item is refused as a whole and the answer
names that item; a repeated ``numero_operacion`` makes a second operation; no code for a refused token is documented for
``generar_qr_vinculado``, which answers 14002.
"""

from __future__ import annotations

import hmac
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

import msgspec
from starlette.responses import Response

from emission.sandbox.control import Fields
from emission.sandbox.epagos import linked, operations
from emission.sandbox.epagos.answer import told
from emission.sandbox.epagos.contract import LOTE_LIMIT, ContractError, Pedido, check
from emission.sandbox.epagos.operations import Kept
from emission.sandbox.epagos.queries import CriteriaError, Queries
from emission.sandbox.faults import Faults, Kind
from emission.sandbox.late import commit_late
from emission.sandbox.memory import Memory

ORGANISM, USER, PASSWORD, HASH = 1, 1, "sandbox", "sandbox"
CREDENTIALS = f"id_organismo {ORGANISM}, id_usuario {USER}, password {PASSWORD}, hash {HASH}"
LIVE_TOKENS = 64

PENDING, LOTE_MADE = 2002, 8001
# What each method answers to a token that is none.
NO_TOKEN = {
    "solicitud_pago": 2003,
    "obtener_entidades_pago": 3002,
    "obtener_pagos": 4002,
    "obtener_rendiciones": 5002,
    "obtener_contracargos": 6002,
    "obtener_pagos_adicionales": 7002,
    "solicitud_pago_lote": 8002,
    "generar_qr_vinculado": 14002,
}


class Credentials(msgspec.Struct):
    """The body of ``obtener_token``; SOAP has the user's number as text."""

    id_organismo: int
    id_usuario: int
    password: str
    hash: str


class Signed(msgspec.Struct):
    """What every other call begins with; the rest of it is read once the token is known."""

    id_organismo: int
    token: str


class Lote(msgspec.Struct):
    """The body of ``solicitud_pago_lote``; items are read one by one, so that a refusal can name one."""

    lote: list[msgspec.Raw]


class LateError(Exception):
    """The order is carried out when nobody listens any more."""

    def __init__(self, commit: Callable[[], object]) -> None:
        super().__init__()
        self.commit = commit


class Service:
    """Work between two awaits is never interleaved: one call commits at a time."""

    def __init__(self, memory: Memory[Kept], faults: Faults) -> None:
        self._memory = memory
        self._faults = faults
        self._tokens: deque[str] = deque(maxlen=LIVE_TOKENS)
        queries = Queries(memory)
        self._methods: dict[str, Callable[[bytes], Fields]] = {
            "obtener_token": self._token,
            "solicitud_pago": self._single,
            "solicitud_pago_lote": self._lote,
            "obtener_pagos": queries.payments,
            "obtener_rendiciones": queries.settlements,
            "obtener_contracargos": queries.chargebacks,
            "obtener_pagos_adicionales": queries.further_payments,
            "obtener_entidades_pago": queries.means,
            "generar_qr_vinculado": lambda body: linked.link(memory, body),
        }

    async def answer(self, method: str, body: bytes, write: Callable[[Fields], Response]) -> Response:
        """What ``method`` comes to, in the hands of ``write``, unless something is to go wrong."""
        if method in NO_TOKEN and not self._is_signed(body):
            return write(told(NO_TOKEN[method], "Token incorrecto"))
        try:
            fields = self._methods[method](body)
        except LateError as late:
            return commit_late(late.commit, self._faults.seconds(Kind.LATE))
        except CriteriaError as error:
            fields = told(NO_TOKEN[method] // 1000 * 1000 + error.code, f"[{error}]")
        answer = write({**fields, "id_organismo": ORGANISM})
        made = fields["id_resp"] in (PENDING, LOTE_MADE)
        return await self._faults.on_the_way_out(answer) if made else answer

    def _token(self, body: bytes) -> Fields:
        try:
            given = msgspec.json.decode(body, type=Credentials, strict=False)
        except msgspec.MsgspecError:
            return told(1002, "Credenciales incorrectas")
        secret = (given.password + "\n" + given.hash).encode()
        right = hmac.compare_digest(secret, f"{PASSWORD}\n{HASH}".encode())
        if not right or (given.id_organismo, given.id_usuario) != (ORGANISM, USER):
            return told(1002, "Credenciales incorrectas")
        self._tokens.append(secrets.token_hex(16))
        return told(1001, "Token generado", token=self._tokens[-1])

    def _single(self, body: bytes) -> Fields:
        try:
            pedido = _pedido(body)
        except ContractError as error:
            code = 2008 if error.kind == "amounts" else 2006
            return told(code, f"[{error.words}]")
        if self._faults.take(Kind.LATE):
            self._create_later([pedido])
        (kept,) = self._create([pedido])
        asked = pedido.operacion.opc_devolver_qr
        fields = operations.created_single(
            kept,
            qr=asked and not self._faults.take(Kind.NO_QR),
            payment_codes=not self._faults.take(Kind.NO_PAYMENT_CODES),
        )
        return told(PENDING, "Operación pendiente", **fields)

    def _lote(self, body: bytes) -> Fields:
        try:
            pedidos = _pedidos(body)
        except ContractError as error:
            code = {"size": 8005, "amounts": 8007}.get(error.kind, 8004)
            return told(code, f"[{error.words}]")
        if self._faults.take(Kind.LATE):
            self._create_later(pedidos)
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
        return told(LOTE_MADE, "Lote generado", lote=self._faults.wound(items))

    def _create_later(self, pedidos: Sequence[Pedido]) -> NoReturn:
        raise LateError(partial(self._create, pedidos))

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
