"""ecommpay on loopback: the Payment Page, Gate's sale by Rapipago, the status of payments, and Rapipago's voucher.

The sandbox's own choices, where the contract is silent: refusals are HTTP 400 with ``status``, ``code`` and
``message``; a payment begins when its page is looked at; its status says where the payer goes; a voucher stays open
until it is paid.
"""

from __future__ import annotations

import asyncio

import msgspec
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from emission import money
from emission.sandbox.control import Control
from emission.sandbox.ecommpay import contract, payments
from emission.sandbox.ecommpay.contract import PROJECT, SECRET, Asked, ContractError
from emission.sandbox.ecommpay.payments import Kept
from emission.sandbox.faults import CutAnswer, Faults, Kind
from emission.sandbox.memory import Memory
from emission.sandbox.notices import Payment, send
from emission.sandbox.page import page

CREDENTIALS = f"project_id {PROJECT}, secret {SECRET}"
_ENDS = {"success": payments.SUCCESS, "decline": payments.DECLINE}


class Sandbox:
    """The endpoints over one memory. Work between two awaits is never interleaved: one call commits at a time."""

    def __init__(self, memory: Memory[Kept], faults: Faults) -> None:
        self._memory = memory
        self._faults = faults
        # Which payment a customer and an amount had last: the same again is refused while that one may be paid.
        self._last = {(kept.customer_id, kept.amount): kept.external_id for kept in memory.all(memory.count())}

    def app(self) -> Starlette:
        around = self._faults.around
        gate = [
            Route("/payment/voucher/rapipago/sale", around(self.sale), methods=["POST"]),
            Route("/payment/status", around(self.status), methods=["POST"]),
        ]
        seen = [
            Route("/payment", self.payment_page, methods=["GET"]),
            Route("/voucher/{payment_id}", self.voucher, methods=["GET"], name="voucher"),
            Route("/voucher/{payment_id}/{end}", self.leave, methods=["POST"]),
        ]
        control = Control(self._memory, self._faults, listed=payments.listed, pay=payments.pay).routes()
        return Starlette(routes=[*control, *seen, Mount("/v2", routes=gate)])

    async def payment_page(self, request: Request) -> Response:
        """What a payer sees first; the payment begins with it."""
        try:
            asked = contract.page(request.query_params)
        except ContractError as error:
            return _refusal(error)
        held = self._memory.under(asked.payment_id)
        if held and (held[-1].amount, held[-1].way) != (asked.amount, "page"):
            return _refusal(_exists())
        return _voucher(held[-1] if held else self._create(asked, "page"), "voucher/")

    async def sale(self, request: Request) -> Response:
        try:
            asked = contract.sale(await request.body())
            self._refuse_again(asked)
        except ContractError as error:
            return _refusal(error)
        if self._faults.take(Kind.LATE):
            asyncio.get_running_loop().call_later(self._faults.seconds(Kind.LATE), self._create_late, asked)
            return CutAnswer(b"")
        kept = self._create(asked, "gate")
        content = {
            "status": "success",
            "request_id": f"{kept.number:x}",
            "project_id": PROJECT,
            "payment_id": kept.external_id,
        }
        answer = await self._faults.on_the_way_out(_answer(content))
        if kept.callback_url:
            notice = payments.redirecting(kept, self._url(request, kept))
            answer.background = BackgroundTask(send, notice, kept.callback_url)
        return answer

    async def status(self, request: Request) -> Response:
        try:
            held = self._memory.under(contract.status(await request.body()))
        except ContractError as error:
            return _refusal(error)
        if not held:
            return _refusal(ContractError("3061", "Transaction not found"))
        return Response(payments.status(held[-1], self._url(request, held[-1])), media_type="application/json")

    async def voucher(self, request: Request) -> Response:
        """What a payer sees at Rapipago's: here would be the barcode."""
        held = self._memory.under(request.path_params["payment_id"])
        return _voucher(held[-1], "") if held else Response("voucher not found", status_code=404)

    async def leave(self, request: Request) -> Response:
        """The payer pays at the till, or does not, and is sent back to the merchant."""
        held = self._memory.under(request.path_params["payment_id"])
        if not held or held[-1].state != payments.WAITING:
            return Response("voucher not open", status_code=409)
        state = _ENDS.get(request.path_params["end"])
        if state is None:
            return Response(status_code=404)
        kept, notice = payments.pay(held, Payment(state=state))
        self._memory.change(kept)
        telling = BackgroundTask(send, notice, notice.address) if notice.address else None
        back = kept.success_url if state == payments.SUCCESS else kept.decline_url
        if not back:
            return Response(status_code=204, background=telling)
        return RedirectResponse(back, status_code=303, background=telling)

    def _url(self, request: Request, kept: Kept) -> str:
        return f"{request.base_url}voucher/{kept.external_id}"

    def _refuse_again(self, asked: Asked) -> None:
        if self._memory.under(asked.payment_id):
            raise _exists()
        last = self._memory.under(self._last.get((asked.customer_id, asked.amount), ""))
        if last and last[-1].state == payments.WAITING:
            raise ContractError("3613", "Duplicate of customer and amount")

    def _create(self, asked: Asked, way: str) -> Kept:
        kept = payments.create(asked, way)
        self._last[kept.customer_id, kept.amount] = kept.external_id
        self._memory.keep([(0, kept)])
        return kept

    def _create_late(self, asked: Asked) -> None:
        if not self._memory.under(asked.payment_id):
            self._create(asked, "gate")


def _exists() -> ContractError:
    return ContractError("3041", "Payment ID already exists")


def _voucher(kept: Kept, before: str) -> Response:
    """``before`` stands between the page that is looked at and the voucher's own address."""
    amount = f"{kept.currency} {money.figures(kept.amount, kept.currency)}"
    facts = {"Importe": amount, "Concepto": kept.description, "Estado": kept.state}
    own = f"{before}{kept.external_id}"
    buttons = {"Pagar en Rapipago": f"{own}/success", "Rechazar": f"{own}/decline"}
    return page("Rapipago (sandbox)", facts, buttons if kept.state == payments.WAITING else {})


def _answer(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")


def _refusal(error: ContractError) -> Response:
    content = {"status": "error", "code": error.code, "message": error.words}
    return Response(msgspec.json.encode(content), status_code=400, media_type="application/json")
