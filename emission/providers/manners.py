"""How every adapter behaves: the pace that is configured, and patience with questions that change nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypedDict, TypeVar

from emission.errors import UnavailableError
from emission.provider_settings import Provider
from emission.providers.http import NoAnswerError

T = TypeVar("T")
QUESTIONS = 3  # times that something is asked which creates nothing
BREATH = 0.2  # seconds before the second time, and twice as long before the third


class Manners(TypedDict):
    """What a client is told."""

    timeout_seconds: float
    concurrency: int
    calls_a_second: float
    longest_wait: float


def manners(provider: Provider) -> Manners:
    """Those of ``[provider]`` and ``[provider.pace]``."""
    return Manners(
        timeout_seconds=provider.timeout_seconds,
        concurrency=provider.concurrency,
        calls_a_second=provider.pace.calls_a_second,
        longest_wait=provider.pace.longest_wait,
    )


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer to a question that creates nothing, asked again where it went astray.

    Raises:
        NoAnswerError: it went astray each time; so may :class:`UnavailableError` say.
    """
    for attempt in range(1, QUESTIONS):
        try:
            return await ask()
        except (NoAnswerError, UnavailableError):
            await asyncio.sleep(BREATH * 2 ** (attempt - 1))
    return await ask()
