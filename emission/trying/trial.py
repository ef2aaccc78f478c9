"""Tries the provider of a configuration, before a run depends on it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack, ExitStack

from emission.config import Settings
from emission.errors import UsageError
from emission.providers import capabilities_of, check_access, is_living, open_provider
from emission.providers.base import Provider
from emission.providers.http import witnessed
from emission.sandbox.child import Sandbox
from emission.trying.answers import answers_to
from emission.trying.coming import Coming, coming, opening
from emission.trying.finding import Say
from emission.trying.issuing import Issuing
from emission.trying.opening import Opening


def check(settings: Settings, environ: Mapping[str, str], obligations: int, say: Say, *, may_create: bool) -> Coming:
    """Says what is found out, as it is found, and forecasts a run of so many obligations.

    Raises:
        UsageError: nobody is asked (``supplied``), credentials are missing, or production was not confirmed.
        ProviderError: it cannot be asked.
    """
    living = is_living(settings)
    if not (living or capabilities_of(settings).calls):
        raise UsageError("check-nobody-asked", kind=settings.provider.kind)
    if settings.environment == "production" and not may_create:
        raise UsageError("check-not-confirmed")
    check_access(settings, environ)
    with ExitStack() as stack:
        base_url = None
        if settings.environment == "sandbox" and not settings.provider.base_url:
            # One that forgets: the town's own remembers its bills, and nothing else.
            base_url = stack.enter_context(Sandbox(None, settings.provider.kind)).url
        stack.enter_context(witnessed(answers_to(say)))
        try_out = _open if living else _issue
        return asyncio.run(try_out(settings, base_url, environ, obligations, say))


async def _issue(
    settings: Settings, base_url: str | None, environ: Mapping[str, str], obligations: int, say: Say
) -> Coming:
    provider = open_provider(settings, base_url=base_url, environ=environ)
    try:
        issuing = Issuing(settings, provider, say)
        await issuing.examine()
    finally:
        await provider.aclose()
    return coming(settings, provider.capabilities, obligations, issuing.seconds, qr_apart=issuing.qr_apart)


async def _open(
    settings: Settings, base_url: str | None, environ: Mapping[str, str], obligations: int, say: Say
) -> Coming:
    async with AsyncExitStack() as stack:

        def door(changed: Settings) -> Provider:
            provider = open_provider(changed, base_url=base_url, environ=environ)
            stack.push_async_callback(provider.aclose)
            return provider

        trial = Opening(settings, door, say)
        await trial.examine()
    return opening(settings, obligations, trial.seconds)
