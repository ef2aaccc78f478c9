"""What a payment is, beside what was asked for: right, late, once too often, on an operation that was replaced."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from emission.ledger.paid import Asked, Entry
from emission.ledger.payments import Payment

_NEVER = "9999-12-31"
_SATURDAY = 5


class Result(StrEnum):
    """Of a payment that stands, what it is; ``UNDONE`` of one that was given or taken back, as its state says."""

    PAID = "paid"
    LATE = "paid_late"
    TWICE = "paid_twice"
    SUPERSEDED = "superseded"
    WRONG_AMOUNT = "wrong_amount"
    UNKNOWN = "unknown"
    UNDONE = "undone"


class Judged(msgspec.Struct, frozen=True):
    """A payment and what it is.

    ``due`` is what was to be paid on its day, ``None`` where nobody knows; ``difference`` what is paid beyond that
    (negative: what is missing), in minor units. ``odd`` are codes of what else somebody must look at.
    """

    entry: Entry
    result: Result
    due: int | None
    difference: int
    odd: tuple[str, ...] = ()


def judge(bill: Sequence[Entry]) -> Iterator[Judged]:
    """The payments of one bill, the first one paid first: the others are paid once more."""
    paid = False
    for one in sorted(bill, key=lambda entry: (entry.payment.paid_on or _NEVER, entry.key)):
        made = one.payment
        odd = tuple(_odd(made))
        if one.asked is None:
            yield Judged(one, Result.UNDONE if not made.stands else Result.UNKNOWN, None, 0, odd)
        elif not made.stands:
            yield Judged(one, Result.UNDONE, None, 0, odd)
        elif paid:
            yield Judged(one, Result.TWICE, 0, made.kept, odd)
        else:
            paid = True
            yield _first(one, made, one.asked, odd)


def _first(one: Entry, made: Payment, asked: Asked, odd: tuple[str, ...]) -> Judged:
    due = due_on(asked, made.paid_on)
    difference = made.kept - due
    if not asked.current or (made.number and asked.number and made.number != asked.number):
        return Judged(one, Result.SUPERSEDED, due, difference, odd)
    if difference == 0:
        return Judged(one, Result.PAID, due, 0, odd)
    earlier = asked.record is not None and made.amount in {due_date.amount for due_date in asked.record.due_dates}
    # Without its day nobody can say that an amount of the bill was the wrong one.
    if earlier and not made.paid_on and not made.returned and not made.charged_back:
        return Judged(one, Result.PAID, made.amount, 0, odd)
    late = earlier and made.kept == made.amount and difference < 0
    return Judged(one, Result.LATE if late else Result.WRONG_AMOUNT, due, difference, odd)


def due_on(asked: Asked, day: str) -> int:
    """What was to be paid on a day (YYYY-MM-DD), in minor units; after the last due date, what that one says.

    A due date on a weekend lasts until Monday, when tills open; holidays are not known here.
    """
    if asked.record is None:
        return asked.amount
    dates = asked.record.due_dates
    if not day:
        return dates[0].amount
    paid_on = datetime.date.fromisoformat(day)
    return next((due.amount for due in dates if paid_on <= _working_day(due.date)), dates[-1].amount)


def _working_day(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(max(7 - day.weekday(), 0) if day.weekday() >= _SATURDAY else 0)


def _odd(made: Payment) -> Iterator[str]:
    if made.at_odds:
        yield "sources_at_odds"
    if " " in made.settlement:
        yield "settled_twice"
    if made.stands and made.returned + made.charged_back:
        yield "partly_given_back"
