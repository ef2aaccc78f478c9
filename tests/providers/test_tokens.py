"""A token that all calls share: one refusal, one renewal; and nobody knocks where no token is to be had."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from emission.errors import ProviderError, UnavailableError
from emission.providers import tokens
from emission.providers.base import Provider
from emission.providers.tokens import Given, Tokens
from tests.providers.conftest import Stranger
from tests.providers.orders import ask, order

AT_ONCE = 64
NOTHING = {"id_resp": "04001", "respuesta": "ok", "pago": [], "cantidadTotal": 0}
OLD = {"id_resp": "04002", "respuesta": "token vencido"}


class Gate:
    """An ePagos that knows which of its tokens are good, and counts; look-ups find nothing."""

    def __init__(self) -> None:
        self.dead = 0  # tokens up to this one are good no more
        self.locked = False
        self.asked: Counter[str] = Counter()

    def __call__(self, _method: str, path: str, body: dict[str, Any]) -> object:
        self.asked["token" if path == "/token" else "call"] += 1
        if path != "/token":
            return NOTHING if int(body["token"]) > self.dead else OLD
        given = {"id_resp": "01001", "respuesta": "ok", "token": str(self.asked["token"])}
        return {"id_resp": "01002", "respuesta": "credenciales"} if self.locked else given


async def many(provider: Provider, count: int = AT_ONCE) -> list[object]:
    return list(
        await asyncio.gather(*(provider.lookup(order(f"A{number}")) for number in range(count)), return_exceptions=True)
    )


def asked(stranger: Stranger, gate: Gate, question: Callable[[Provider], Awaitable[Any]]) -> Any:
    return ask(stranger(gate), question, environ={}, concurrency=AT_ONCE)


@pytest.mark.usefixtures("transport")
def test_many_calls_that_are_refused_at_once_lead_to_one_new_token(stranger: Stranger) -> None:
    gate = Gate()

    async def question(provider: Provider) -> list[object]:
        await provider.lookup(order("A"))
        gate.dead = gate.asked["token"]
        return await many(provider)

    assert asked(stranger, gate, question) == [[]] * AT_ONCE
    assert gate.asked == {"token": 2, "call": 1 + AT_ONCE + AT_ONCE}


def test_credentials_that_are_refused_in_the_middle_are_shown_once(stranger: Stranger) -> None:
    gate = Gate()

    async def question(provider: Provider) -> list[object]:
        await provider.lookup(order("A"))
        gate.dead, gate.locked = gate.asked["token"], True
        return await many(provider) + await many(provider)

    told = asked(stranger, gate, question)
    assert {getattr(one, "code", "") for one in told} == {"credentials-refused"}
    assert not any(isinstance(one, UnavailableError) for one in told)
    assert gate.asked["token"] == 2


def test_tokens_that_are_all_refused_end_it_after_a_few(stranger: Stranger) -> None:
    gate = Gate()

    async def question(provider: Provider) -> list[object]:
        await provider.lookup(order("A"))
        gate.dead = 10**9
        return await many(provider) + await many(provider)

    told = asked(stranger, gate, question)
    assert isinstance(told[-1], ProviderError)
    assert told[-1].code == "provider-token-useless"
    assert not isinstance(told[-1], UnavailableError)
    assert gate.asked["token"] == 1 + tokens.MOST_BARREN


def test_an_office_that_corrects_its_access_is_let_in_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now, locked = 0.0, True
    monkeypatch.setattr(Tokens, "_now", staticmethod(lambda: now))

    async def fetch() -> Given:
        if locked:
            raise ProviderError("credentials-refused", host="h", answer="a")
        return Given("t")

    async def story() -> str:
        nonlocal now, locked
        shared = Tokens("h", fetch)
        for _ in range(2):
            with pytest.raises(ProviderError):
                await shared.other_than("")
            locked = False
        now += tokens.REST_SECONDS
        return await shared.other_than("")

    assert asyncio.run(story()) == "t"


def test_who_waits_for_a_token_that_does_not_come_is_told_so_with_all_others() -> None:
    tries = 0

    async def fetch() -> Given:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0)
        raise UnavailableError("provider-token-unanswered", host="h")

    async def story() -> list[str | BaseException]:
        shared = Tokens("h", fetch)
        return await asyncio.gather(*(shared.other_than("") for _ in range(AT_ONCE)), return_exceptions=True)

    told = asyncio.run(story())
    assert {type(one) for one in told} == {UnavailableError}
    assert tries == 1
