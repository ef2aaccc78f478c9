"""ETpay on loopback: sessions, their status, and the funnel that a payer walks through.

The sandbox's own choices, where the contract is silent: refusals are HTTP 400 and 401 with ``error``; a session stays
open until it is paid or failed; an order's id may be asked for again; the JWT is posted as ``jwt``.
"""

from __future__ import annotations

import asyncio

import msgspec
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from emission.sandbox.control import Control
from emission.sandbox.etpay import contract, sessions
from emission.sandbox.etpay.contract import MERCHANT, TOKEN, ContractError, Initialize
from emission.sandbox.etpay.sessions import Kept
from emission.sandbox.faults import CutAnswer, Faults, Kind
from emission.sandbox.memory import Memory
from emission.sandbox.notices import Payment, send
from emission.sandbox.page import page

CREDENTIALS = f"merchant_code {MERCHANT}, merchant_api_token {TOKEN}"


class Sandbox:
    """The endpoints over one memory. Work between two awaits is never interleaved: one call commits at a time."""

    def __init__(self, memory: Memory[Kept], faults: Faults) -> None:
        self._memory = memory
        self._faults = faults

    def app(self) -> Starlette:
        around = self._faults.around
        contract_routes = [
            Route("/session/initialize", around(self.initialize), methods=["POST"]),
            Route("/merchant/check_payment_status", around(self.status), methods=["POST"]),
        ]
        funnel = [
            Route("/session/{token}", self.funnel, methods=["GET"]),
            Route("/session/{token}/{end}", self.leave, methods=["POST"]),
        ]
        control = Control(self._memory, self._faults, listed=sessions.listed, pay=sessions.pay).routes()
        return Starlette(routes=[*control, *contract_routes, *funnel, Mount("/v1.0", routes=contract_routes)])

    async def initialize(self, request: Request) -> Response:
        try:
            asked = contract.initialize(await request.body())
        except ContractError as error:
            return _refusal(error)
        if self._faults.take(Kind.LATE):
            asyncio.get_running_loop().call_later(self._faults.seconds(Kind.LATE), self._create, asked)
            return CutAnswer(b"")
        kept = self._create(asked)
        answer = {"token": kept.number, "signature_token": kept.signing, "terms_url": None}
        return await self._faults.on_the_way_out(_answer(answer))

    async def status(self, request: Request) -> Response:
        try:
            asked = contract.query(await request.body())
        except ContractError as error:
            return _refusal(error)
        held = self._memory.under(asked.merchant_order_id) if asked.merchant_order_id else []
        if not held and asked.session_token:
            one = self._memory.of(asked.session_token)
            held = [] if one is None else [one]
        if not held and asked.payment_token:
            held = [one for one in self._memory.all(self._memory.count()) if one.payment_token == asked.payment_token]
        return _answer([sessions.claims(one) for one in held if one.attempts])

    async def funnel(self, request: Request) -> Response:
        """What a payer sees; to look at it changes nothing."""
        kept = self._memory.of(request.path_params["token"])
        if kept is None:
            return Response("session not found", status_code=404)
        facts = {"Monto": f"$ {kept.amount}", "Banco": kept.bank or "-", "Estado": kept.state, **dict(kept.metadata)}
        own = f"{kept.number}/"
        buttons = {"Pagar": f"{own}{sessions.PAID}", "Rechazar": f"{own}{sessions.FAILED}"}
        return page("ETpay (sandbox)", facts, buttons if kept.state == sessions.OPEN else {})

    async def leave(self, request: Request) -> Response:
        """The payer pays or gives up, and is sent back to the merchant."""
        kept = self._memory.of(request.path_params["token"])
        if kept is None or kept.state != sessions.OPEN:
            return Response("session not open", status_code=409)
        try:
            paid, notice = sessions.pay([kept], Payment(state=request.path_params["end"]))
        except ValueError as error:
            return Response(str(error), status_code=400)
        self._memory.change(paid)
        back = sessions.way_back(paid)
        telling = BackgroundTask(send, notice, notice.address) if notice.address else None
        if not back:
            return Response(status_code=204, background=telling)
        return RedirectResponse(back, status_code=303, background=telling)

    def _create(self, asked: Initialize) -> Kept:
        first = self._memory.count_of(asked.merchant_order_id)
        count = 2 if self._faults.take(Kind.TWICE) else 1
        made = [(first + nth, sessions.create(asked, first + nth)) for nth in range(count)]
        self._memory.keep(made)
        return made[0][1]


def _answer(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")


def _refusal(error: ContractError) -> Response:
    return Response(
        msgspec.json.encode({"error": error.words}), status_code=error.status, media_type="application/json"
    )
