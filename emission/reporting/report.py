"""Each payment is told once: its message has an id before it leaves, and who may have heard it is not told again.

The id is derived from environment, issuer, payment and outcome, so that the same row of whatever file is the same
message. A payment that BIND refused (``FAIL``) may be told again under the same id; one of which nobody knows whether
it arrived is told again only where somebody says so, and only word for word: an id means one message.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec

from emission.config import Settings
from emission.errors import ConfigurationError, ProviderError, UsageError
from emission.ledger import Ledger, reports
from emission.ledger.holder import holding
from emission.ledger.reports import Bill, Intent, Reported
from emission.model import Role
from emission.pipeline import embedded_sandbox
from emission.providers.bind_report import Info, Message, Reporter, Unreadable, open_reporter
from emission.reporting.payments import MOST_PROBLEMS, Payment, read

NAMESPACE = uuid.UUID("6f1b2d3e-2c0a-5c57-9d0e-1f6f3f0a7b11")  # of these messages, and of nothing else
_info = msgspec.json.Decoder(Info)


class Line(msgspec.Struct, frozen=True):
    """What became of a row: ``state`` is confirmed, refused, unknown, unreadable, already or changed."""

    line: int
    payment_id: str
    state: str
    message: str = ""


class Account(msgspec.Struct, frozen=True):
    """All of the file: a line a payment, and how many there are of each state."""

    lines: list[Line]

    @property
    def counts(self) -> Counter[str]:
        return Counter(line.state for line in self.lines)

    @property
    def whole(self) -> bool:
        """Whether BIND knows of all of them."""
        return set(self.counts) <= {"confirmed", "already"}


def report_payments(
    settings: Settings, path: Path, environ: Mapping[str, str], announce: Callable[[int, int], None], *, again: bool
) -> Account:
    """Tells BIND of every payment of ``path`` that it does not know of; ``again``: also those that may have arrived.

    Raises:
        UsageError: another provider, a file that is wrong, payments of bills that are not ours.
        ProviderError: BIND cannot be asked; what was told is in the ledger, and the same command goes on.
    """
    if settings.provider.kind != "bind":
        raise UsageError("payments-not-bind", kind=settings.provider.kind)
    if not settings.ledger_path.exists():
        raise UsageError("payments-no-ledger", path=settings.ledger_path)
    payments = read(path, settings)
    with ExitStack() as stack:
        ledger = stack.enter_context(closing(Ledger(settings.ledger_path)))
        stack.enter_context(holding(ledger, path.name))
        bills = _bills(ledger, settings, payments, path)
        reports.doubt(ledger)
        base_url = embedded_sandbox(stack, settings) or ""
        teller = _Teller(ledger, settings, again=again)
        return asyncio.run(teller.tell_all(base_url, environ, payments, bills, announce))


def _bills(ledger: Ledger, settings: Settings, payments: Sequence[Payment], path: Path) -> list[Bill]:
    """The order of each payment, in their order.

    Raises:
        ConfigurationError: every payment of an order that is not ours.
    """
    found = [reports.bill_of(ledger, settings.environment, settings.issuer.digits, one.external_id) for one in payments]
    problems = [
        UsageError("payments-unknown", line=one.line, id=one.external_id)
        for one, bill in zip(payments, found, strict=True)
        if bill is None or bill.provider != "bind" or not bill.operation.text(Role.QR)
    ]
    if problems:
        raise ConfigurationError(problems[:MOST_PROBLEMS], path.name, "payments-wrong")
    return [bill for bill in found if bill is not None]


def message_id(settings: Settings, payment: Payment) -> str:
    """The GUID of a payment's message: the same on every machine and in every file."""
    parts = (settings.environment, settings.issuer.digits, payment.payment_id, payment.outcome)
    return str(uuid.uuid5(NAMESPACE, "\n".join(parts)))


class _Teller:
    def __init__(self, ledger: Ledger, settings: Settings, *, again: bool) -> None:
        self._ledger = ledger
        self._settings = settings
        self._sent_again = ("refused", "planned", "unknown") if again else ("refused", "planned")

    async def tell_all(
        self,
        base_url: str,
        environ: Mapping[str, str],
        payments: Sequence[Payment],
        bills: Sequence[Bill],
        announce: Callable[[int, int], None],
    ) -> Account:
        """One after the other: a payment's accreditation is told before its return."""
        reporter = open_reporter(self._settings, base_url, environ)
        lines: list[Line] = []
        try:
            for payment, bill in zip(payments, bills, strict=True):
                lines.append(await self._tell(reporter, payment, bill))
                announce(len(lines), len(payments))
        finally:
            await reporter.aclose()
        return Account(lines)

    async def _tell(self, reporter: Reporter, payment: Payment, bill: Bill) -> Line:
        name = message_id(self._settings, payment)
        before = reports.find(self._ledger, name)
        if before is not None and before.state not in self._sent_again:
            state = "already" if before.state == "confirmed" else before.state
            return Line(payment.line, payment.payment_id, state, before.message)
        try:
            info = await self._read(reporter, payment, bill, before)
        except Unreadable as unreadable:
            return Line(payment.line, payment.payment_id, "unreadable", unreadable.status)
        body = reporter.body(_message(name, payment), info)
        intent = _intent(name, payment, bill, info, body)
        if before is not None and before.state == "unknown" and before.request_hash != intent.request_hash:
            return Line(payment.line, payment.payment_id, "changed", before.message)
        told = await self._send(reporter, intent, body)
        return Line(payment.line, payment.payment_id, told[0], told[1])

    async def _read(self, reporter: Reporter, payment: Payment, bill: Bill, before: Reported | None) -> Info:
        """The QR as it was read when the payment was first told of, else now."""
        kept = before.facts if before else reports.facts_of(self._ledger, bill.obligation, payment.payment_id)
        return _info.decode(kept) if kept else await reporter.read(bill.operation.text(Role.QR))

    async def _send(self, reporter: Reporter, intent: Intent, body: Mapping[str, object]) -> tuple[str, str]:
        key = reports.intend(self._ledger, intent)
        try:
            told = await reporter.confirm(body)
        except ProviderError:
            reports.answered(self._ledger, key, "planned")
            raise
        reports.answered(self._ledger, key, told.state, number=told.number, answer=told.answer, message=told.message)
        return told.state, told.message


def _message(name: str, payment: Payment) -> Message:
    return Message(
        name,
        payment.payment_id,
        payment.outcome,
        payment.amount,
        payment.created_at,
        payment.processed_at,
        payment.payer_tax_id,
        payment.payer_account,
    )


def _intent(name: str, payment: Payment, bill: Bill, info: Info, body: Mapping[str, object]) -> Intent:
    return Intent(
        message_id=name,
        obligation=bill.obligation,
        provider=bill.provider,
        payment=payment.payment_id,
        outcome=payment.outcome,
        amount=payment.amount,
        transaction=str(info.order.id or ""),
        facts=msgspec.json.encode(info),
        request_hash=hashlib.sha256(msgspec.json.encode(body, order="deterministic")).digest(),
    )
