"""What a trial finds out, said as soon as it is known: whatever breaks it off, what was created was told before."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Awaitable
from typing import Protocol, TypeVar

import msgspec

from emission import money
from emission.config import Settings
from emission.model import DueDate, Obligation, Payer
from emission.providers.base import Order

T = TypeVar("T")
UNITS = 1000  # of the currency: what an invented obligation is of
DAYS_AHEAD = 30


class Found(msgspec.Struct, frozen=True):
    """The answer to a question: the code of a sentence, and what it needs."""

    code: str
    params: dict[str, str] = {}


class Say(Protocol):
    """Hears of a finding."""

    def __call__(self, code: str, **params: object) -> None: ...


async def timed(question: Awaitable[T]) -> tuple[T, float]:
    """The answer, and its seconds."""
    began = time.perf_counter()
    return await question, time.perf_counter() - began


def invented(settings: Settings, due_dates: int, payer: Payer, link: str = "") -> Order:
    """An obligation of nobody, under an id that nobody ever used; 1,000 units of the currency, and 30 days to pay."""
    today = dt.datetime.now(dt.UTC).date()
    currency = settings.batch.currency
    amount = UNITS * 10 ** money.DECIMALS[currency]
    due = tuple(
        DueDate(today + dt.timedelta(days=DAYS_AHEAD * number), amount + number - 1)
        for number in range(1, due_dates + 1)
    )
    name = f"PRUEBA{secrets.token_hex(12).upper()}"
    return Order(name, Obligation(name, payer, due, currency, "TSG", f"{today:%Y-%m}", concept="Prueba"), link)
