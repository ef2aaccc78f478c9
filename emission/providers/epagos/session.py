"""A conversation with ePagos: one shared token, renewed when it is refused, and what HTTP and SOAP say themselves.

No secret leaves this module but in a call: the provider's words are washed of them before anybody sees them.
"""

from __future__ import annotations

from typing import NamedTuple

from emission.errors import ProviderError, UnavailableError
from emission.providers.epagos.access import Credentials
from emission.providers.epagos.answer import Respuesta
from emission.providers.epagos.wire import ACCESS, Content, FaultError, Wire
from emission.providers.http import TOO_MANY, NoAnswerError, NotSentError
from emission.providers.reading import UnusableError, decode, text
from emission.providers.telling import quoted, throttled
from emission.providers.tokens import Given, Tokens

TOKEN_GIVEN, CREDENTIALS_REFUSED = 1001, 1002
TOKEN_REFUSED = frozenset({2003, 3002, 4002, 5002, 6002, 7002, 8002})  # the gate before the work: nothing was created
TOKEN_DOUBTED = 14002  # "could not be registered", perhaps for the token: generar_qr_vinculado has no code of its own
NOT_CARRIED_OUT = frozenset({400, 401, 403, 404, 405, 411, 413, 415, 429})  # HTTP: the request went no further


class Reply(NamedTuple):
    """A whole answer: its common head, and the bytes that its details are read from."""

    head: Respuesta
    body: bytes


class Session:
    """Safe for concurrent calls. The token is fetched when the first call needs it, and by one call for all."""

    def __init__(self, wire: Wire, credentials: Credentials) -> None:
        self.host = wire.host
        self._wire = wire
        self._credentials = credentials
        self._tokens = Tokens(wire.host, self._new_token)

    async def call(self, question: str, content: Content) -> Reply:
        """Asks once; a second time only where the token was refused, which creates nothing.

        ``question`` is one of :mod:`emission.providers.epagos.wire`.

        Raises:
            ProviderError: nothing was carried out: no token to be had, host not reached, HTTP or SOAP refused.
            NoAnswerError: sent, outcome unknown.
            UnusableError: answered, but not in ePagos' words: outcome unknown.
        """
        token = await self._tokens.other_than("")
        reply = await self._ask(question, self._signed(token), content)
        if reply.head.code in TOKEN_REFUSED or reply.head.code == TOKEN_DOUBTED:
            token = await self._tokens.other_than(token)
            reply = await self._ask(question, self._signed(token), content)
        if reply.head.code in TOKEN_REFUSED:
            raise UnavailableError("provider-token-refused", host=self.host, answer=self.words(reply.head))
        self._tokens.accepted()
        return reply

    def words(self, head: Respuesta) -> str:
        """What the provider said, on one line, bounded, and without our secrets should it repeat them."""
        return self._washed(head.respuesta)

    def _washed(self, words: object) -> str:
        return quoted(words, (self._credentials.password, self._credentials.hash, self._tokens.token))

    async def aclose(self) -> None:
        await self._wire.aclose()

    def _signed(self, token: str) -> Content:
        return {"id_organismo": self._credentials.organism, "token": token}

    async def _new_token(self) -> Given:
        known = self._credentials
        who = {
            "id_organismo": known.organism,
            "id_usuario": known.user,
            "password": known.password,
            "hash": known.hash,
        }
        try:
            reply = await self._ask(ACCESS, who, {})
            code, token = reply.head.code, text(reply.head.token)
        except (NoAnswerError, UnusableError) as error:
            raise UnavailableError("provider-token-unanswered", host=self.host) from error
        if code == CREDENTIALS_REFUSED:
            raise ProviderError("credentials-refused", host=self.host, answer=self.words(reply.head))
        if code != TOKEN_GIVEN or not token:
            raise UnavailableError("provider-token-failed", host=self.host, answer=self.words(reply.head))
        return Given(token)

    async def _ask(self, question: str, who: Content, content: Content) -> Reply:
        try:
            status, body, wait = await self._wire.ask(question, who, content)
        except NotSentError as error:
            raise UnavailableError("provider-unreachable", host=self.host, detail=error.detail) from error
        except FaultError as error:
            if not error.ours:
                raise NoAnswerError("answer-soap-fault") from error
            raise ProviderError("provider-soap-refused", host=self.host, answer=self._washed(error.words)) from None
        if 200 <= status < 300:
            return Reply(decode(body, Respuesta), body)
        if status not in NOT_CARRIED_OUT:
            raise NoAnswerError("answer-http-error")
        if status == TOO_MANY:
            raise throttled(self.host, wait)
        try:
            # Which status carries ePagos' refusals is not documented: its own words count before HTTP's.
            return Reply(decode(body, Respuesta), body)
        except UnusableError:
            raise ProviderError("provider-http-refused", host=self.host, status=status) from None
