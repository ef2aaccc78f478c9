"""A provider is asked what was paid, and what it says is taken."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Mapping
from contextlib import ExitStack

import msgspec

from emission.config import Settings
from emission.errors import UsageError
from emission.ledger import Ledger
from emission.ledger.payments import Books
from emission.pipeline import embedded_sandbox
from emission.providers import check_access, open_provider
from emission.providers.base import Provider, Querying
from emission.providers.noticing import Noticing
from emission.reconcile.noticing import Worked, work
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
        return asyncio.run(_ask(ledger, books, provider, since, until))


async def _ask(
    ledger: Ledger, books: Books, provider: Provider, since: datetime.date, until: datetime.date
) -> Answered:
    try:
        if not isinstance(provider, Querying):
            raise UsageError("reconcile-cannot-ask", provider=provider.name)
        whole, settlements = Taken(), 0
        async for news in provider.news(since, until):
            taken, fresh = take_news(ledger, books, provider.name, news)
            whole, settlements = whole + taken, settlements + fresh
        worked = await work(ledger, books, provider) if isinstance(provider, Noticing) else Worked()
        return Answered(provider.name, whole, settlements, worked)
    finally:
        await provider.aclose()
