"""One bill on one screen: at most :data:`LINES` lines of :data:`WIDTH` columns, the newest of each first.

Folders and commands alone may be longer: they are there to be typed.
"""

from __future__ import annotations

import datetime
import shlex
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from emission import money
from emission.ledger.bills import Bill, Event, Order, Paper
from emission.ledger.holder import ARGENTINA
from emission.ledger.payments import Payment
from emission.model import Address, Role, Severity
from emission.wording import Language, catalogue, reason, say

LINES = 24
WIDTH = 100
_ORDERS, _PAPERS, _REASONS, _PAYMENTS = 3, 2, 3, 2  # of each, the rest is counted
_SHORTEST_HISTORY = 3
_CODES = ((Role.BARCODE,), (Role.PAYMENT_CODE, Role.LINK_CODE, Role.PMC_CODE), (Role.PAYMENT_URL,))


def screen(bill: Bill, language: Language) -> list[str]:
    """All that is known of a bill, for a clerk: who, how much, in what state, where the paper is, what happened."""
    return _Screen(bill, language).lines()


class _Screen:
    def __init__(self, bill: Bill, language: Language) -> None:
        self._bill = bill
        self._language = language
        self._paper = bill.papers[0] if bill.papers else None
        self._currency = self._paper.currency if self._paper else "ARS"

    def lines(self) -> list[str]:
        above = [*self._head(), *self._state(), *self._orders(), *self._papers()]
        below = list(self._next())
        above = above[: LINES - len(below) - 1 - _SHORTEST_HISTORY]
        return [*above, *below, *self._history(LINES - len(above) - len(below) - 1)]

    def _head(self) -> Iterator[str]:
        bill, paper = self._bill, self._paper
        names = [bill.obligation_id or "-", f"{bill.tax} {bill.period}".strip()]
        if paper is None:
            yield _joined(names)
            return
        if paper.voucher_id not in ("", bill.obligation_id):
            names.append(self._say("find-voucher", id=paper.voucher_id))
        rehearsed = "find-production" if paper.environment == "production" else "find-rehearsal"
        yield _joined([*names, self._say(rehearsed, environment=paper.environment)])
        record = paper.record
        payer = f"{record.payer.id_type} {record.payer.id}".strip() if record else ""
        account = self._say("find-account", account=paper.account) if paper.account else ""
        yield _joined([paper.name or "-", payer, account])
        if record is None:
            if paper.amount is not None:
                yield self._money(paper.amount)
            return
        home = self._say("find-property", address=record.property_address) if record.property_address else ""
        post = self._say("find-postal", address=_address(record.postal)) if _address(record.postal) else ""
        if home or post:
            yield _joined([home, post])
        if not record.payable:
            yield self._say("find-not-payable", legend=record.legend)
            return
        dues = (
            self._say("find-due", amount=self._money(due.amount), date=f"{due.date:%d/%m/%Y}")
            for due in record.due_dates
        )
        yield _joined(dues)

    def _state(self) -> Iterator[str]:
        paper = self._paper
        if paper is None:
            yield self._say("find-state-gone")
            return
        if any(order.paid for order in self._bill.orders):
            yield self._say("find-paid")
        yield self._say(f"find-state-{paper.state}", batch=paper.batch, row=paper.row)
        errors = [fault for fault in paper.faults if fault.severity is Severity.ERROR]
        warnings = [fault for fault in paper.faults if fault.severity is Severity.WARNING]
        for fault in (*errors, *warnings)[:_REASONS]:
            told = f"{reason(self._language, fault)} [{fault.code}]"
            yield from textwrap.wrap(
                told, WIDTH, initial_indent="  ", subsequent_indent="  ", max_lines=2, placeholder="…"
            )

    def _orders(self) -> Iterator[str]:
        orders = self._bill.orders
        for order in orders[:_ORDERS]:
            yield from self._order(order)
        if len(orders) > _ORDERS:
            yield self._say("find-more-orders", more=len(orders) - _ORDERS)

    def _order(self, order: Order) -> Iterator[str]:
        number = order.operation.number if order.operation else "-"
        state = self._say(f"find-order-{order.state}")
        yield _joined([self._say("find-order", number=number), state, self._money(order.amount), order.external_id])
        if order.code and order.state in ("refused", "held", "unknown", "abandoned"):
            message = f": {order.message}" if order.message else ""
            yield _cut(f"  {order.code}{message}")
        if order.operation and order.current:
            for roles in _CODES:
                texts = [(role, order.operation.text(role)) for role in roles]
                codes = _joined(f"{self._say(f'find-code-{role.value}')} {text}" for role, text in texts if text)
                if codes:
                    yield _cut(f"  {codes}")
        for number in order.strays:
            yield "  " + self._say("find-stray", number=number)
        for payment in order.payments[:_PAYMENTS]:
            yield "  " + self._payment(payment)
        if len(order.payments) > _PAYMENTS:
            yield "  " + self._say("find-more-payments", more=len(order.payments) - _PAYMENTS)
        if order.owed is not None:
            yield "  " + self._say("find-owed", amount=self._money(order.owed))

    def _payment(self, payment: Payment) -> str:
        """One payment: how much and when, where its money is, and what a clerk would be asked."""
        day = _day(payment.paid_on)
        told = self._say("find-payment", amount=money.local(payment.amount, payment.currency), day=day)
        state = self._say(f"payments-state-{payment.state}")
        settlement = self._say("find-settlement", number=payment.settlement) if payment.settlement else ""
        return _joined([told, state, settlement, payment.means])

    def _papers(self) -> Iterator[str]:
        made = [paper for paper in self._bill.papers if paper.file]
        for paper in made[:_PAPERS]:
            yield self._say("find-paper", folder=paper.folder)
            yield _cut("  " + _joined([paper.file, self._place(paper)]))
        if len(made) > _PAPERS:
            yield self._say("find-more-papers", more=len(made) - _PAPERS)

    def _place(self, paper: Paper) -> str:
        if not paper.lot_state:
            return self._say("find-not-printed")
        at = _local(paper.released_at) if paper.released_at else ""
        return self._say(f"find-lot-{paper.lot_state}", lot=paper.lot, sequence=paper.sequence, at=at)

    def _next(self) -> Iterator[str]:
        """What somebody must type, where something waits."""
        paper = self._paper
        states = {order.state for order in self._bill.orders if order.current}
        if "held" in states:
            yield self._say("find-next-held")
        elif paper is None:
            return
        elif paper.state == "pending":
            yield self._say("find-next-run", source=shlex.quote(paper.source))
        elif paper.state == "failed":
            yield self._say("find-next-retry", source=shlex.quote(paper.source))
        elif paper.state == "rejected":
            yield self._say("find-next-rejected", file=shlex.quote(f"{paper.folder}/rejected.csv"))

    def _history(self, room: int) -> Iterator[str]:
        events = self._bill.events
        left = events[-room:]
        earlier = len(events) - len(left)
        yield self._say("find-history-cut", earlier=earlier) if earlier else self._say("find-history")
        for event in left:
            yield _cut("  " + _joined([_local(event.at), self._event(event)]))

    def _event(self, event: Event) -> str:
        code = f"find-event-{event.subject}-{event.event}"
        told = self._say(code, detail=event.detail) if code in catalogue() else f"{event.subject} {event.event}"
        # What a person wrote down is beside orders; elsewhere the detail is the program's.
        why = event.detail if event.who and event.subject == "effect" else ""
        return _joined([told, ": ".join(part for part in (event.who, why) if part)])

    def _money(self, amount: int) -> str:
        return money.local(amount, self._currency)

    def _say(self, code: str, **params: object) -> str:
        return say(self._language, code, **params)


def listed(papers: Sequence[Paper], language: Language) -> list[tuple[str, ...]]:
    """A line a bill: id, name, period, amount, state, batch."""
    return [
        (
            paper.obligation_id or "-",
            paper.name[:36],
            paper.record.period if paper.record else "-",
            money.local(paper.amount, paper.currency) if paper.amount is not None else "-",
            say(language, f"find-short-{paper.state}"),
            paper.batch if paper.environment == "production" else f"{paper.batch} ({paper.environment})",
        )
        for paper in papers
    ]


def _address(address: Address) -> str:
    street = " ".join(part for part in (address.street, address.number, address.extra) if part)
    return ", ".join(part for part in (street, f"{address.postal_code} {address.city}".strip()) if part)


def _local(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, ARGENTINA).strftime("%d/%m/%Y %H:%M:%S")


def _day(day: str) -> str:
    return f"{datetime.date.fromisoformat(day):%d/%m/%Y}" if day else "-"


def _joined(parts: Iterable[str]) -> str:
    return _cut(" · ".join(part for part in parts if part))


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
