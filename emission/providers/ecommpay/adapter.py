"""ecommpay's Rapipago behind living links: its Payment Page by a signed address, or a sale through Gate.

Sources: ecommpay's pages on Rapipago, on its Payment Page and on Gate. What they do not say is marked ASSUMED here, is
a key under ``[provider.ecommpay]``, and stands in ``docs/providers/ecommpay.md``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import msgspec

from emission.config import Settings
from emission.ecommpay_signature import SignatureError, read, sign
from emission.errors import NoticeError, ProviderError, UnavailableError
from emission.model import Operation
from emission.payment import News, Notice
from emission.providers import access
from emission.providers.base import Capabilities, Created, OperationState, Order, Outcome, Refusal, Unknown
from emission.providers.ecommpay import hearing, request
from emission.providers.ecommpay import notice as notices
from emission.providers.ecommpay.notice import redirect_of
from emission.providers.ecommpay.request import Account
from emission.providers.http import Answer, JsonClient, NoAnswerError, NotSentError
from emission.providers.kind import Kind
from emission.providers.living import Found, Known, Opened, Standing, Visit, Way, nth_reference, operation_of
from emission.providers.manners import manners
from emission.providers.noticing import Heard, Openings

API = "https://api.ecommpay.com"
PAGE = "https://paymentpage.ecommpay.com/payment"
SALE, STATUS = "/v2/payment/voucher/rapipago/sale", "/v2/payment/status"
SANDBOX = ("1", "sandbox-secret")  # public, good for nothing
_VARIABLES = ("PROJECT_ID", "SECRET")
_DAY = 86_400.0
MOST_SALES = 20  # of one bill, that are asked for
# In a row: an address of the Payment Page that nobody used leaves nothing at ecommpay, and the next one may be paid.
MOST_UNUSED = 3

# Codes: ecommpay's list of them, the classes are ours (ASSUMED).
EXISTS = frozenset({"3041"})
NOT_FOUND = frozenset({"3061"})
MISCONFIGURED = frozenset({"310", "3023", "3261", "3262", "2154", "2542"})
WRONG_DATA = frozenset({"319", "502", "702", "2003", "2004", "2426", "2442", "2541", "2642", "3024", "20101"})
LATER = frozenset({"3613"})  # the same customer and amount: nothing was created, but a payment of it may be under way

PAID = frozenset({"success"})
OVER = frozenset({"decline", "cancelled", "error", "refunded", "reversed"})


class Ecommpay:
    """The adapter: of paper (:class:`emission.providers.base.Provider`) and of payments (``living.Opener``)."""

    name = "ecommpay"

    def __init__(self, settings: Settings, client: JsonClient, account: Account, secret: str, page: str) -> None:
        self._settings = settings.provider.ecommpay
        self._currency = settings.batch.currency
        self._client = client
        self._account = account
        self._secret = secret
        self._page = page
        self.capabilities = capabilities(settings)
        self.way = way(settings, page)

    async def issue(self, orders: Sequence[Order]) -> Sequence[Outcome]:
        """Each order's living link, where Rapipago could take it; nobody is asked."""
        return [self._issued(order) for order in orders]

    async def lookup(self, order: Order) -> Sequence[Operation]:
        """What the paper bears, made again: until somebody pays there is nothing at ecommpay."""
        return [self._operation(order)] if order.link else []

    async def state(self, order: Order, number: str) -> OperationState:
        """Paid where any sale under the order's id was; else it may still be."""
        del number
        unused = 0
        for ordinal in range(1, MOST_SALES + 1):
            message = await self._status(nth_reference(order.external_id, ordinal))
            unused = unused + 1 if message is None else 0
            if message is not None and _text(message, "payment", "status") in PAID:
                return OperationState.PAID
            if unused == MOST_UNUSED:
                break
        return OperationState.ALIVE

    async def open(self, visit: Visit) -> Opened | Refusal | Unknown:
        """The address of the Payment Page, or one sale through Gate."""
        if self._settings.way == "page":
            return Opened(self._address(visit))
        try:
            answer = await self._post(SALE, request.sale(visit, self._account))
        except NoAnswerError as error:
            return Unknown(error.code)
        return self._acknowledged(answer, visit)

    async def ask(self, known: Sequence[Known]) -> Sequence[Found]:
        """A call for each: they have ids of their own."""
        return await asyncio.gather(*(self._standing(one) for one in known))

    async def hear(self, notice: Notice, openings: Openings) -> Heard:
        """A callback under the project's secret."""
        return hearing.hear(notice, openings, self._secret, self._account.project_id, self._currency)

    async def told_of(self, number: str, external_id: str) -> News:
        """The payment under the id of its sale, ``number``: see :class:`emission.providers.base.Answering`.

        What was given back is told by callbacks alone, each part under an id of its own.
        """
        message = await self._status(number or external_id)
        if message is None or _text(message, "payment", "status") not in PAID:
            return News()
        try:
            return News((hearing.sighting_of(notices.told(message), external_id or number, self._currency),))
        except NoticeError as error:
            facts = {"host": self._client.host, "external_id": external_id or number}
            raise ProviderError("lookup-failed", **facts, cause="answer-unusable") from error

    async def aclose(self) -> None:
        await self._client.aclose()

    def _issued(self, order: Order) -> Outcome:
        code = request.unfit(order.obligation, self._account)
        return Created(self._operation(order)) if code is None else Refusal(code, "")

    def _operation(self, order: Order) -> Operation:
        return operation_of(order, self._account.base_url, self.way.banks)

    def _address(self, visit: Visit) -> str:
        values = request.page(visit, self._account)
        return f"{self._page}?{urlencode(values)}&signature={quote_plus(sign(values, self._secret))}"

    def _acknowledged(self, answer: Answer, visit: Visit) -> Opened | Refusal | Unknown:
        """An acknowledgement: where the payer goes comes by callback, or with the status."""
        message = _json(answer.body)
        code = _code(message)
        if code in MISCONFIGURED or answer.status in (401, 403):
            raise ProviderError("access-refused", host=self._client.host, status=code or answer.status)
        if code in WRONG_DATA or code in LATER:
            return Refusal("provider-refused", code, transient=code in LATER)
        if code in EXISTS:
            return Unknown(f"code {code}")
        if answer.status == 429:
            raise ProviderError("provider-http-refused", host=self._client.host, status=answer.status)
        mine = _text(message, "payment_id") == visit.reference
        if 200 <= answer.status < 300 and mine and _text(message, "status") != "error":
            return Opened("", token=_text(message, "request_id"))
        return Unknown(f"HTTP {answer.status}")

    async def _standing(self, one: Known) -> Found:
        message = await self._status(one.reference)
        if message is None:
            return Found(Standing.ABSENT)
        status = _text(message, "payment", "status")
        if status in PAID:
            paid = (_text(message, "payment", "sum", "amount"), _text(message, "payment", "sum", "currency"))
            return Found(Standing.PAID if paid == (str(one.amount), one.currency) else Standing.MISPAID)
        if status in OVER:
            return Found(Standing.OVER)
        url, form = redirect_of(message)
        return Found(Standing.ALIVE, url, form)

    async def _status(self, reference: str) -> dict[str, Any] | None:
        """What ecommpay says of a payment, once its signature was found right; nothing where it knows none.

        Raises:
            ProviderError: it could not be asked, or the answer is not its word.
        """
        facts = {"host": self._client.host, "external_id": reference}
        content: dict[str, object] = {"general": {"project_id": self._account.project_id, "payment_id": reference}}
        try:
            answer = await self._post(STATUS, content)
        except NoAnswerError as error:
            raise ProviderError("lookup-failed", **facts, cause=error.code) from error
        code = _code(_json(answer.body))
        if code in NOT_FOUND:
            return None
        if code in MISCONFIGURED or answer.status in (401, 403):
            raise ProviderError("access-refused", host=self._client.host, status=code or answer.status)
        if not 200 <= answer.status < 300:
            raise ProviderError("lookup-failed", **facts, cause="answer-http-error")
        try:
            message = read(answer.body, self._secret)
        except SignatureError as error:
            raise ProviderError("lookup-failed", **facts, cause=error.code) from error
        if _text(message, "payment", "id") != reference:
            raise ProviderError("lookup-failed", **facts, cause="answer-disagrees")
        return message

    async def _post(self, path: str, content: dict[str, object]) -> Answer:
        general = content["general"]
        assert isinstance(general, dict)
        signed = {**content, "general": {**general, "signature": sign(content, self._secret)}}
        try:
            return await self._client.request("POST", path, signed)
        except NotSentError as error:
            raise UnavailableError("provider-unreachable", host=self._client.host, detail=error.detail) from error


def capabilities(_settings: Settings) -> Capabilities:
    """Known before credentials are."""
    return Capabilities(batch_size=500, due_dates=3, lookup=True, calls=False, living=True)


def way(settings: Settings, page: str) -> Way:
    """How sales are opened: an id of ours is taken once only."""
    return Way(
        seconds=settings.provider.ecommpay.sale_days * _DAY,
        reused=False,
        repeatable=True,
        banks={},
        hosts=(urlsplit(page).netloc,),
        offline=settings.provider.ecommpay.way == "page",
    )


def open_ecommpay(settings: Settings, base_url: str, environ: Mapping[str, str]) -> Ecommpay:
    """The adapter for ``settings``; nothing is asked yet.

    Raises:
        UsageError: see :func:`emission.providers.open_provider`.
    """
    provider = settings.provider
    address = _address(settings, base_url)
    project, secret = access.secrets_of(settings, environ, _VARIABLES).values() or SANDBOX
    account = Account(
        project_id=access.number(settings, _VARIABLES[0], project),
        base_url=access.links(settings),
        customer=provider.ecommpay.customer,
        whole_amounts=provider.ecommpay.whole_amounts,
        fallback_email=provider.fallback_email,
    )
    client = JsonClient(address, **manners(provider))
    return Ecommpay(settings, client, account, secret, _page(settings, address))


def check_access(settings: Settings, environ: Mapping[str, str]) -> None:
    """Raises :class:`UsageError` where the adapter could not be opened outside of the sandbox."""
    _page(settings, _address(settings, ""))
    access.links(settings)
    found = access.secrets_of(settings, environ, _VARIABLES)
    access.number(settings, _VARIABLES[0], found.get(_VARIABLES[0], SANDBOX[0]))


def _address(settings: Settings, base_url: str) -> str:
    """A test project lives on the same hosts as the real one."""
    return access.address(settings, base_url, {"test": API, "production": API})


def _page(settings: Settings, address: str) -> str:
    """Only a sandbox on this machine has its page where its API is."""
    known = f"{address}/payment" if access.is_here(address) else PAGE
    return access.safe(settings, settings.provider.ecommpay.page_url or known)


def _json(body: bytes) -> dict[str, Any]:
    """What can be read of an answer before anything of it is believed."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _code(message: Mapping[str, Any]) -> str:
    """The code of a refused request; where it stands is UNKNOWN, so it is looked for wherever callbacks have one.

    An answer that tells of a payment is no refusal: codes in it are that payment's.
    """
    if "payment" in message:
        return ""
    errors = message.get("errors")
    places = [message, *(errors if isinstance(errors, list) else [])]
    found = next((place["code"] for place in places if isinstance(place, dict) and place.get("code")), "")
    return str(found)


def _text(message: Mapping[str, Any], *path: str) -> str:
    found: object = message
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return str(found) if isinstance(found, (str, int)) else ""


KIND = Kind(
    open=open_ecommpay,
    check_access=check_access,
    capabilities=capabilities,
    agreement=lambda _settings: "",
    facts=lambda settings: {"ecommpay.whole_amounts": settings.provider.ecommpay.whole_amounts},
    living=True,
    posts=True,
)
