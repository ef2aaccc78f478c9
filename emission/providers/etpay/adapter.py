"""ETpay (Chile) behind living links: a session for each payment, and one for each bank that has a button.

Sources: ETpay's integration pages ("Flujo Simple", buttons for banks) and its Python SDK 1.0.1. What they do not say
is marked ASSUMED here, is a key under ``[provider.etpay]``, and stands in ``docs/providers/etpay.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from emission import links
from emission.config import Settings
from emission.errors import ProviderError, UnavailableError, UsageError
from emission.model import Operation
from emission.payment import Happening, News, Notice, Sighting
from emission.providers import access
from emission.providers.base import Capabilities, Created, OperationState, Order, Outcome, Refusal, Unknown
from emission.providers.etpay import hearing
from emission.providers.etpay.hearing import CURRENCY
from emission.providers.http import Answer, JsonClient, NoAnswerError, NotSentError
from emission.providers.kind import Kind
from emission.providers.living import Found, Known, Opened, Standing, Visit, Way, operation_of
from emission.providers.manners import manners
from emission.providers.noticing import Heard, Openings

API = {"test": "https://api-sandbox.etpay.com"}
FUNNEL = {"test": "https://pmt-sandbox.etpay.com"}
SANDBOX = ("sandbox", "sandbox-secret")  # public, good for nothing
_VARIABLES = ("MERCHANT_CODE", "API_TOKEN")

BANKS = {
    "cl_estado": "BancoEstado",
    "cl_santander": "Santander",
    "cl_bch": "Banco de Chile",
    "cl_bci": "BCI",
    "cl_itau": "Itaú",
    "cl_scotiabank": "Scotiabank",
    "cl_falabella": "Falabella",
}
TEST_BANK = {"cl_test": "Banco de pruebas"}

_MINUTE = 60.0
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{1,1024}")
NOT_FOUND = 404  # ASSUMED of an id that nobody has tried to pay
_REFUSED, _FORBIDDEN = (400, 422), (401, 403)
_NOT_CARRIED_OUT = (404, 405, 411, 413, 415, 429)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What every call bears in its body; the token stays out of its ``repr``."""

    merchant_code: str
    api_token: str = field(repr=False)


class Initialized(msgspec.Struct):
    """The answer to ``session/initialize``."""

    token: str
    signature_token: str


class Attempt(msgspec.Struct):
    """An item of the answer to ``check_payment_status``: an attempt to pay."""

    merchant_order_id: str = ""
    merchant_amount: int | str | None = None
    merchant_currency: str = ""
    session_token: str = ""
    payment_token: str = ""
    payment_status: bool | None = None


class Etpay:
    """The adapter: of paper (:class:`emission.providers.base.Provider`) and of payments (``living.Opener``)."""

    name = "etpay"

    def __init__(self, settings: Settings, client: JsonClient, who: Credentials, funnel: str, base_url: str) -> None:
        self._settings = settings.provider.etpay
        self._client = client
        self._who = who
        self._funnel = funnel
        self._base_url = base_url
        self.capabilities = capabilities(settings)
        self.way = way(settings, funnel)

    async def issue(self, orders: Sequence[Order]) -> Sequence[Outcome]:
        """Each order's living link and buttons; nobody is asked."""
        return [
            Created(self._operation(order)) if order.obligation.currency == CURRENCY else Refusal("etpay-currency", "")
            for order in orders
        ]

    async def lookup(self, order: Order) -> Sequence[Operation]:
        """What the paper bears, made again: until somebody pays there is nothing at ETpay."""
        return [self._operation(order)] if order.link else []

    async def state(self, order: Order, number: str) -> OperationState:
        """Paid where any attempt under the order's id was; else it may still be."""
        del number
        attempts = await self._attempts(order.external_id)
        paid = any(one.payment_status for one in attempts)
        return OperationState.PAID if paid else OperationState.ALIVE

    async def open(self, visit: Visit) -> Opened | Refusal | Unknown:
        """One session, by ``session/initialize``."""
        try:
            answer = await self._post("/session/initialize", self._initialize(visit))
        except NoAnswerError as error:
            return Unknown(error.code)
        if answer.status in _REFUSED:
            return Refusal("provider-refused", f"HTTP {answer.status}")
        self._carried_out(answer)
        try:
            found = msgspec.json.decode(answer.body, type=Initialized) if answer.status < 300 else None
        except msgspec.MsgspecError:
            found = None
        if found is None or not _TOKEN.fullmatch(found.token) or not found.signature_token:
            return Unknown("answer-unusable")
        return Opened(f"{self._funnel}/session/{found.token}", token=found.token, signing=found.signature_token)

    async def ask(self, known: Sequence[Known]) -> Sequence[Found]:
        """A call for each id of ours, which has many; an attempt in no known session is that of a lost answer."""
        named = {one.token for one in known}
        attempts: dict[tuple[str, str], list[Attempt]] = {}
        for reference in {one.reference for one in known}:
            for attempt in await self._attempts(reference):
                token = attempt.session_token if attempt.session_token in named else ""
                attempts.setdefault((reference, token), []).append(attempt)
        return [self._standing(one, attempts.get((one.reference, one.token), [])) for one in known]

    async def hear(self, notice: Notice, openings: Openings) -> Heard:
        """A JWT under the key of its own session."""
        return hearing.hear(notice, openings, self._settings.after_failure)

    async def told_of(self, number: str, external_id: str) -> News:
        """Every attempt under our id that was paid: see :class:`emission.providers.base.Answering`."""
        attempts = await self._attempts(external_id or number)
        return News(tuple(self._sighting(one, external_id or number) for one in attempts if one.payment_status))

    async def aclose(self) -> None:
        await self._client.aclose()

    def _operation(self, order: Order) -> Operation:
        return operation_of(order, self._base_url, self.way.banks)

    def _initialize(self, visit: Visit) -> dict[str, object]:
        bill = visit.obligation
        shown = {"Concepto": bill.concept or bill.tax, "Período": bill.period, "Referencia": bill.obligation_id}
        bank = visit.bank.upper() if self._settings.bank_codes == "upper" else visit.bank
        return {
            "merchant_code": self._who.merchant_code,
            "merchant_api_token": self._who.api_token,
            "merchant_order_id": visit.reference,
            "order_amount": visit.amount,
            "payment_completed_url": links.back(visit.link, done=True),
            "payment_cancellation_url": links.back(visit.link, done=False),
            "payment_webhook_url": links.notices(self._base_url, self.name),
            "metadata": [{"name": name, "value": value, "show": True} for name, value in shown.items() if value],
            **({"user_bank_code": bank} if bank else {}),
        }

    def _standing(self, one: Known, attempts: Sequence[Attempt]) -> Found:
        paid = [attempt for attempt in attempts if attempt.payment_status]
        if any(str(attempt.merchant_amount) == str(one.amount) for attempt in paid):
            return Found(Standing.PAID)
        if paid:
            return Found(Standing.MISPAID)
        failed = any(attempt.payment_status is False for attempt in attempts)
        # ASSUMED to live on, unless the town found out otherwise.
        return Found(Standing.OVER if failed and self._settings.after_failure == "again" else Standing.UNSAID)

    def _sighting(self, attempt: Attempt, external_id: str) -> Sighting:
        amount = attempt.merchant_amount
        if not attempt.payment_token or attempt.merchant_currency not in ("", CURRENCY) or not _is_amount(amount):
            facts = {"host": self._client.host, "external_id": external_id}
            raise ProviderError("lookup-failed", **facts, cause="answer-unusable")
        happening, reference = Happening.CREDITED, attempt.payment_token
        return Sighting(happening, int(amount or 0), CURRENCY, external_id=external_id, reference=reference)

    async def _attempts(self, external_id: str) -> list[Attempt]:
        """Every attempt under our id; one object is as good as a list of one."""
        content = {
            "merchant_code": self._who.merchant_code,
            "merchant_api_token": self._who.api_token,
            "merchant_order_id": external_id,
        }
        facts = {"host": self._client.host, "external_id": external_id}
        try:
            answer = await self._post("/merchant/check_payment_status", content)
        except NoAnswerError as error:
            raise ProviderError("lookup-failed", **facts, cause=error.code) from error
        if answer.status == NOT_FOUND:
            return []
        self._carried_out(answer)
        try:
            found = msgspec.json.decode(answer.body, type=list[Attempt] | Attempt | None, strict=False)
        except msgspec.MsgspecError:
            raise ProviderError("lookup-failed", **facts, cause="answer-unusable") from None
        if not 200 <= answer.status < 300:
            raise ProviderError("lookup-failed", **facts, cause="answer-http-error")
        attempts = [found] if isinstance(found, Attempt) else found or []
        return [attempt for attempt in attempts if attempt.merchant_order_id in ("", external_id)]

    def _carried_out(self, answer: Answer) -> None:
        """Lets an answer pass that may mean something; HTTP's own refusals mean that nothing was done."""
        if answer.status in _FORBIDDEN:
            raise ProviderError("access-refused", host=self._client.host, status=answer.status)
        if answer.status in _NOT_CARRIED_OUT:
            raise ProviderError("provider-http-refused", host=self._client.host, status=answer.status)

    async def _post(self, path: str, content: Mapping[str, object]) -> Answer:
        try:
            return await self._client.request("POST", path, content)
        except NotSentError as error:
            raise UnavailableError("provider-unreachable", host=self._client.host, detail=error.detail) from error


def capabilities(_settings: Settings) -> Capabilities:
    """Known before credentials are."""
    return Capabilities(batch_size=500, due_dates=3, lookup=True, calls=False, living=True)


def way(settings: Settings, funnel: str) -> Way:
    """How sessions are opened; the test bank is there where ETpay's own sandbox is."""
    chosen = settings.provider.etpay
    banks: dict[str, str] = {code: BANKS[code] for code in chosen.banks}
    if banks and _is_sandbox(settings, funnel):
        banks |= TEST_BANK
    return Way(
        seconds=chosen.session_minutes * _MINUTE,
        reused=True,
        repeatable=False,
        banks=banks,
        hosts=(urlsplit(funnel).netloc,),
    )


def open_etpay(settings: Settings, base_url: str, environ: Mapping[str, str]) -> Etpay:
    """The adapter for ``settings``; nothing is asked yet.

    Raises:
        UsageError: see :func:`emission.providers.open_provider`.
    """
    provider = settings.provider
    address = access.address(settings, base_url, API)
    funnel = _funnel(settings, base_url or provider.base_url)
    code, token = access.secrets_of(settings, environ, _VARIABLES).values() or SANDBOX
    client = JsonClient(address, **manners(provider))
    return Etpay(settings, client, Credentials(code, token), funnel, access.links(settings))


def check_access(settings: Settings, environ: Mapping[str, str]) -> None:
    """Raises :class:`UsageError` where the adapter could not be opened outside of the sandbox."""
    access.address(settings, "", API)
    _funnel(settings, settings.provider.base_url)
    access.links(settings)
    access.secrets_of(settings, environ, _VARIABLES)


def _is_amount(found: int | str | None) -> bool:
    """Whole pesos, as a number or as its digits."""
    digits = str(found)
    return digits.isascii() and digits.isdigit() and len(digits) < 16 and int(digits) > 0


def _funnel(settings: Settings, address: str) -> str:
    """Where payers go. Only a sandbox on this machine has its funnel where its API is."""
    chosen = settings.provider.etpay.payment_url
    if not chosen and address:
        chosen = address if access.is_here(address) else ""
    elif not chosen:
        chosen = FUNNEL.get(settings.environment, "")
    if not chosen:
        raise UsageError("etpay-no-payment-url", environment=settings.environment)
    return access.safe(settings, chosen)


def _is_sandbox(settings: Settings, funnel: str) -> bool:
    host = urlsplit(funnel).hostname or ""
    return settings.environment == "sandbox" or host.split(".")[0].endswith("-sandbox")


KIND = Kind(
    open=open_etpay,
    check_access=check_access,
    capabilities=capabilities,
    agreement=lambda _settings: "",
    facts=lambda settings: {"etpay.banks": ", ".join(settings.provider.etpay.banks)},
    living=True,
    posts=True,
)
