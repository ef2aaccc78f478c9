"""A conversation with BIND PSP: one token for all calls, renewed before it expires, and the meaning of HTTP's answers.

No secret leaves this module but in a call: the provider's words are washed of them before anybody sees them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from emission.config import Settings
from emission.errors import ProviderError, UnavailableError
from emission.providers import bind_access as access
from emission.providers.bind_access import Client
from emission.providers.http import TOO_MANY, Answer, JsonClient, NoAnswerError, NotSentError
from emission.providers.http import Client as HttpClient
from emission.providers.manners import manners
from emission.providers.reading import UnusableError, decode
from emission.providers.telling import quoted, throttled
from emission.providers.tokens import Given, Tokens

T = TypeVar("T")
EARLY = 0.1  # the part of a token's life that is left when the next one is fetched
LIFE = 3600.0  # seconds, where the answer does not say
TOKENS = 3
UNAUTHORISED, FORBIDDEN = 401, 403
CREDENTIALS_REFUSED = frozenset({400, 401, 403})  # of the login server (RFC 6749, 5.2)
MISDIRECTED = frozenset({404, 405, 411, 413, 415})  # of a creation: the request went no further
_FORM = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
_BODY = msgspec.json.Encoder(decimal_format="number")


class Token(msgspec.Struct):
    """The login server's answer (RFC 6749, 5.1)."""

    access_token: str
    expires_in: int | str = int(LIFE)


class Session:
    """Safe for concurrent calls. The token is fetched when the first call needs it, and by one call for all."""

    def __init__(self, api: JsonClient, login: HttpClient, client: Client) -> None:
        self.host = api.host
        self._api = api
        self._login = login
        self._client = client
        self._tokens = Tokens(login.host, self._new_token)

    async def call(self, method: str, path: str, content: object = None) -> Answer:
        """Asks once; again only where the token was refused, which creates nothing.

        A call may wait for its place until its token is old: so it has some tries, each with the token of that moment.

        Raises:
            ProviderError: nothing was carried out: no token to be had, or it does not reach this far.
            UnavailableError: nothing was carried out this time.
            NoAnswerError: sent, outcome unknown.
        """
        token = ""
        for _ in range(TOKENS):
            token = await self._tokens.other_than(token)
            answer = await self._ask(method, path, content, token)
            if answer.status != UNAUTHORISED:
                break
        if answer.status == UNAUTHORISED:
            raise UnavailableError("provider-token-refused", host=self.host, answer=self.words(answer))
        self._tokens.accepted()
        if answer.status == FORBIDDEN:
            raise ProviderError("provider-scope-refused", host=self.host, answer=self.words(answer))
        if answer.status == TOO_MANY:
            raise throttled(self.host, answer.retry_after)
        if answer.status >= 500:
            raise NoAnswerError("answer-http-error")
        return answer

    def read(self, answer: Answer, kind: type[T]) -> T:
        """The body, typed.

        Raises:
            UnusableError: ``answer-unreadable``.
        """
        if not 200 <= answer.status < 300:
            raise UnusableError("answer-unreadable")
        return decode(answer.body, kind)

    def words(self, answer: Answer) -> str:
        """What the provider said; the form of its errors is not documented, so whatever there is."""
        told = answer.body[:8192].decode(errors="replace")
        return quoted(told, (self._client.secret, self._tokens.token)) or f"HTTP {answer.status}"

    async def aclose(self) -> None:
        await self._api.aclose()
        await self._login.aclose()

    async def _ask(self, method: str, path: str, content: object, token: str) -> Answer:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        body = b""
        if content is not None:
            headers["Content-Type"] = "application/json"
            body = _BODY.encode(content)
        try:
            return await self._api.send(method, path, body, headers)
        except NotSentError as error:
            raise UnavailableError("provider-unreachable", host=self.host, detail=error.detail) from error

    async def _new_token(self) -> Given:
        client = self._client
        form = {
            "grant_type": "client_credentials",
            "client_id": client.id,
            "client_secret": client.secret,
            "scope": client.scope,
        }
        url = urlsplit(client.token_url)
        path = url.path + (f"?{url.query}" if url.query else "")
        try:
            answer = await self._login.send("POST", path, urlencode(form).encode(), _FORM)
        except NotSentError as error:
            raise UnavailableError("provider-unreachable", host=self._login.host, detail=error.detail) from error
        except NoAnswerError as error:
            raise UnavailableError("provider-token-unanswered", host=self._login.host) from error
        if answer.status in CREDENTIALS_REFUSED:
            raise ProviderError("credentials-refused", host=self._login.host, answer=self._why(answer))
        try:
            token = self.read(answer, Token)
            life = float(token.expires_in)
        except (UnusableError, ValueError):
            raise UnavailableError(
                "provider-token-failed", host=self._login.host, answer=f"HTTP {answer.status}"
            ) from None
        return Given(token.access_token, life * (1 - EARLY))

    def _why(self, answer: Answer) -> str:
        """The login server's ``error`` and its description (RFC 6749, 5.2), where it says them."""
        try:
            told = json.loads(answer.body[:8192])
        except ValueError:
            return self.words(answer)
        if not isinstance(told, Mapping):
            return self.words(answer)
        error, description = told.get("error", ""), told.get("error_description", "")
        return quoted(f"{error} {description}".strip(), (self._client.secret,)) or self.words(answer)


def open_session(settings: Settings, base_url: str, environ: Mapping[str, str]) -> Session:
    """A conversation for ``settings``; nothing is asked yet.

    Raises:
        UsageError: see :func:`emission.providers.bind_access.client`.
    """
    client = access.client(settings, base_url, environ)
    login, told = urlsplit(client.token_url), manners(settings.provider)
    return Session(
        JsonClient(access.address(settings, base_url), **told),
        HttpClient(f"{login.scheme}://{login.netloc}", timeout_seconds=told["timeout_seconds"], concurrency=1),
        client,
    )
