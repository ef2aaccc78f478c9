"""A provider is asked what was paid, and what it says is taken."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import ExitStack
from zoneinfo import ZoneInfo

import msgspec

from emission.batched import batched
from emission.config import Settings
from emission.errors import ProviderError, UsageError
from emission.ledger import Ledger, askable
from emission.ledger.payments import Books
from emission.payment import News
from emission.pipeline import embedded_sandbox
from emission.providers import check_access, is_living, open_provider
from emission.providers.base import Answering, Provider, Querying
from emission.providers.noticing import Noticing
from emission.reconcile.noticing import MOST_FAILURES, Worked, work
from emission.reconcile.taking import Taken, take_news


class Answered(msgspec.Struct, frozen=True):
    """What a provider told: of payments (all, and what was new), how many new settlements; and of its notices."""

    provider: str
    taken: Taken
    settlements: int
    notices: Worked


def ask(
    ledger: Ledger,
    settings: Settings,
    books: Books,
    since: datetime.date,
    until: datetime.date,
    environ: Mapping[str, str],
) -> Answered:
    """Asks for all that changed from ``since`` to ``until``; what was told before an error stays taken.

    A provider that tells of one operation at a time is asked about each that may have been paid in that time.

    Raises:
        UsageError: the provider cannot be asked, or credentials are missing; or ``until`` is before ``since``.
        ProviderError: it could not be asked, or some of what it says cannot be read.
    """
    if until < since:
        raise UsageError("reconcile-range", since=since, until=until)
    check_access(settings, environ)
    with ExitStack() as stack:
        base_url = embedded_sandbox(stack, settings)
        provider = open_provider(settings, base_url=base_url, environ=environ)
        return asyncio.run(_ask(ledger, settings, books, provider, since, until))


async def _ask(
    ledger: Ledger, settings: Settings, books: Books, provider: Provider, since: datetime.date, until: datetime.date
) -> Answered:
    try:
        whole, settlements = Taken(), 0
        async for news in _news(ledger, settings, books, provider, since, until):
            taken, fresh = take_news(ledger, books, provider.name, news)
            whole, settlements = whole + taken, settlements + fresh
        worked = await work(ledger, books, provider) if isinstance(provider, Noticing) else Worked()
        return Answered(provider.name, whole, settlements, worked)
    finally:
        await provider.aclose()


def _news(
    ledger: Ledger, settings: Settings, books: Books, provider: Provider, since: datetime.date, until: datetime.date
) -> AsyncIterator[News]:
    if isinstance(provider, Querying):
        return provider.news(since, until)
    if not isinstance(provider, Answering):
        raise UsageError("reconcile-cannot-ask", provider=provider.name)
    if is_living(settings):
        zone = ZoneInfo(settings.provider.pace.zone)
        begins = datetime.datetime.combine(since, datetime.time.min, zone)
        ends = datetime.datetime.combine(until, datetime.time.max, zone)
        names = askable.opened(ledger, books, provider.name, begins, ends)
    else:
        names = askable.unpaid(ledger, books, provider.name, since)
    return _one_by_one(provider, names, settings.provider.concurrency)


async def _one_by_one(provider: Answering, names: Iterable[askable.Name], at_once: int) -> AsyncIterator[News]:
    """What is said of each operation, so many asked about at once; one that cannot be asked about holds up no other.

    Raises:
        ProviderError: there was one, or so many in a row that the provider is at fault.
    """
    failed: ProviderError | None = None
    in_a_row = 0
    for some in batched(names, at_once):
        for told in await asyncio.gather(*(provider.told_of(*name) for name in some), return_exceptions=True):
            if isinstance(told, News):
                in_a_row = 0
                yield told
                continue
            in_a_row += 1
            if not isinstance(told, ProviderError) or in_a_row >= MOST_FAILURES:
                raise told
            failed = told
    if failed is not None:
        raise failed
