"""What the bill behind a link is worth today."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from emission.ledger.holder import ARGENTINA
from emission.ledger.links import Linked
from emission.model import DueDate

# Whose midnight ends a due date, by the currency of the bill.
_ZONES = {"CLP": ZoneInfo("America/Santiago")}


class State(StrEnum):
    """How it stands: only a payable one is ever opened."""

    PAYABLE = "payable"
    PAID = "paid"
    CHECKING = "checking"
    EXPIRED = "expired"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class View(msgspec.Struct, frozen=True):
    """A bill as a visitor sees it; ``due`` is what is payable today, and until when."""

    state: State
    bill: Linked
    due: DueDate | None = None


def today(currency: str, now: float) -> dt.date:
    """The town's calendar date at ``now``, seconds since 1970, UTC."""
    return dt.datetime.fromtimestamp(now, _ZONES.get(currency, ARGENTINA)).date()


def view(bill: Linked, now: float) -> View:
    """The bill at that moment."""
    if bill.mispaid:
        return View(State.CHECKING, bill)
    if bill.paid:
        return View(State.PAID, bill)
    if not bill.named:
        return View(State.WITHDRAWN, bill)
    if not bill.current or bill.state != "confirmed" or bill.record is None or not bill.record.payable:
        return View(State.REPLACED, bill)
    date = today(bill.record.currency, now)
    due = next((due for due in bill.record.due_dates if date <= due.date), None)
    return View(State.EXPIRED if due is None else State.PAYABLE, bill, due)
