"""Invented obligations, and a provider to ask for them."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from emission.config import Codes, Settings
from emission.model import DueDate, Obligation, Operation, Payer
from emission.provider_settings import Provider
from emission.providers import open_provider
from emission.providers.base import Order, Outcome
from emission.providers.base import Provider as ProviderProtocol

T = TypeVar("T")

FIRST = dt.date(2026, 12, 10)
SECOND = dt.date(2026, 12, 20)

transport = "rest"  # of every provider that is opened here: the fixture of that name changes it


def order(name: str, amount: int = 123456, *, second: int | None = None, **changes: Any) -> Order:
    due_dates = [DueDate(FIRST, amount)] + ([DueDate(SECOND, second)] if second else [])
    facts: dict[str, Any] = {
        "obligation_id": f"TSG/{name}",
        "payer": Payer(name="Ñandubay & Hijos <S.R.L.>", id_type="CUIT", id="30-99999999-5"),
        "due_dates": tuple(due_dates),
        "currency": "ARS",
        "tax": "TSG",
        "period": "2026-12",
    }
    return Order(name, Obligation(**(facts | changes)))


def orders(prefix: str, count: int) -> list[Order]:
    return [order(f"{prefix}{number:03}", 10_000 + number) for number in range(count)]


def settings(*, codes: Mapping[str, Any] | None = None, **provider: Any) -> Settings:
    return Settings(
        provider=Provider.model_validate({"transport": transport, **provider}), codes=Codes(**(codes or {}))
    )


def ask(
    url: str,
    question: Callable[[ProviderProtocol], Awaitable[T]],
    *,
    environ: Mapping[str, str] | None = None,
    codes: Mapping[str, Any] | None = None,
    **provider: Any,
) -> T:
    """Opens a provider at ``url``, asks, closes it."""

    async def conversation() -> T:
        opened = open_provider(settings(codes=codes, **provider), base_url=url, environ=environ or {})
        try:
            return await question(opened)
        finally:
            await opened.aclose()

    return asyncio.run(conversation())


def issue(url: str, wanted: Sequence[Order], **options: Any) -> Sequence[Outcome]:
    return ask(url, lambda provider: provider.issue(wanted), **options)


def lookup(url: str, wanted: Order, **options: Any) -> Sequence[Operation]:
    return ask(url, lambda provider: provider.lookup(wanted), **options)
