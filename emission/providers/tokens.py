"""A token that all calls share: one call fetches it for all, and whoever fails to get one fails for all who wait.

Many calls are refused at once when a token dies: they lead to one new token. Where none is to be had, or each new one
is refused as the last was, nobody knocks again for a while: accounts are locked for less.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from emission.errors import ProviderError, UnavailableError

MOST_BARREN = 3  # tokens one after the other with which no call went through
REST_SECONDS = 60.0


class Given(NamedTuple):
    """A token, and the seconds for which it is good."""

    token: str
    seconds: float = float("inf")


class Tokens:
    """``fetch`` asks for one; a :class:`ProviderError` of it that is no :class:`UnavailableError` is final."""

    def __init__(self, host: str, fetch: Callable[[], Awaitable[Given]]) -> None:
        self._host = host
        self._fetch = fetch
        self._renewal: asyncio.Future[str] | None = None
        self._good_until = 0.0
        self._barren = 0
        self._refusal: tuple[float, ProviderError] | None = None
        self.token = ""

    async def other_than(self, refused: str) -> str:
        """The token; a new one where ``refused`` is the one that there is, or its end is near.

        Raises:
            ProviderError: no token is to be had, or none is of use.
        """
        if self._renewal is None:
            if self.token and self.token != refused and self._now() < self._good_until:
                return self.token
            self._renewal = asyncio.ensure_future(self._renew())
            self._renewal.add_done_callback(self._renewed)
        return await asyncio.shield(self._renewal)

    def accepted(self) -> None:
        """A call went through with the token."""
        self._barren = 0

    async def _renew(self) -> str:
        if self._refusal is not None:
            until, error = self._refusal
            if self._now() < until:
                raise type(error)(error.code, **error.params)
            self._refusal, self._barren = None, 0
        if self._barren >= MOST_BARREN:
            raise self._final(ProviderError("provider-token-useless", host=self._host, count=self._barren))
        try:
            given = await self._fetch()
        except UnavailableError:
            raise
        except ProviderError as error:
            self._final(error)
            raise
        self._barren += 1
        self.token, self._good_until = given.token, self._now() + given.seconds
        return self.token

    def _final(self, error: ProviderError) -> ProviderError:
        """Keeps in mind what all who ask within the next while are told."""
        self._refusal = (self._now() + REST_SECONDS, error)
        return error

    def _renewed(self, renewal: asyncio.Future[str]) -> None:
        self._renewal = None
        if not renewal.cancelled():
            renewal.exception()  # whoever asked may be gone: it is nobody's loss

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
