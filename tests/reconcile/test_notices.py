"""Notices: kept as they came, believed only for what is proven, and the same again changes nothing."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import hmac
import json
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.applications import Starlette

from bench.issued import BOOKS, amount, bill, external, operation_number
from emission.config import Settings
from emission.errors import NoticeError, ProviderError, Stopped
from emission.ledger import Ledger
from emission.ledger.payment_schema import notice, payment
from emission.payment import Happening, News, Notice, Sighting
from emission.providers import open_provider
from emission.providers.noticing import Heard, Noticing, Openings
from emission.providers.supplied import Supplied
from emission.reconcile import noticing
from emission.reconcile.noticing import LARGEST, Worked, receive, work
from emission.reconcile.postman import Postman
from emission.serve.letterbox import Letterbox
from tests.reconcile.books import state_of
from tests.run.town import Town, rows

KEY = b"of the tests"


class Signing(Supplied):
    """A provider that signs: the body is a sighting behind its HMAC."""

    name = "epagos"

    async def hear(self, posted: Notice, _openings: Openings) -> Heard:
        mac, _, said = posted.body.partition(b"|")
        if not hmac.compare_digest(mac.decode("latin-1"), hmac.new(KEY, said, hashlib.sha256).hexdigest()):
            raise NoticeError("notice-unreadable")
        return Heard("hmac-sha256", (msgspec.json.decode(said, type=Sighting),))


class Asked(Supplied):
    """A provider that signs nothing, and knows of the payments in ``known``."""

    name = "epagos"

    def __init__(self, known: dict[str, Sighting]) -> None:
        self.known = known
        self.asked: list[tuple[str, str]] = []
        self.reachable = True

    async def hear(self, posted: Notice, _openings: Openings) -> Heard:
        return Heard("", operations=((posted.body.decode(), ""),))

    def news(self, since: datetime.date, until: datetime.date) -> object:
        raise NotImplementedError

    async def told_of(self, number: str, external_id: str) -> News:
        if not self.reachable:
            raise ProviderError("provider-unreachable", host="-", detail="-")
        self.asked.append((number, external_id))
        return News((self.known[number],)) if number in self.known else News()


def signed(happening: Happening, number: int = 1, minor: int = 0) -> Notice:
    said = msgspec.json.encode(
        Sighting(
            happening,
            minor or amount(number),
            "ARS",
            external_id=external(number),
            reference=f"T{number}",
            paid_on=datetime.date(2026, 12, 9),
        )
    )
    return Notice(hmac.new(KEY, said, hashlib.sha256).hexdigest().encode() + b"|" + said)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with closing(Ledger(None)) as ledger:
        bill(ledger, 1, 2)
        yield ledger


def worked(ledger: Ledger, provider: Any, later: float = 0.0) -> Worked:
    async def all_of_it() -> Worked:
        try:
            return await work(ledger, BOOKS, provider, lambda: time.time() + later)
        finally:
            await provider.aclose()

    return asyncio.run(all_of_it())


def payments_of(ledger: Ledger) -> list[tuple[object, ...]]:
    with ledger.transaction() as connection:
        query = select(payment.c.obligation, payment.c.state, payment.c.amount, payment.c.sources)
        return [tuple(row) for row in connection.execute(query)]


def states(ledger: Ledger) -> list[tuple[str, str, str]]:
    with ledger.transaction() as connection:
        query = select(notice.c.state, notice.c.how, notice.c.code).order_by(notice.c.id)
        return [(one.state, one.how, one.code) for one in connection.execute(query)]


def test_a_signed_notice_is_believed_once(ledger: Ledger) -> None:
    posted = signed(Happening.PAID)
    assert [receive(ledger, BOOKS, "epagos", posted) for _ in range(3)] == [True, False, False]
    assert worked(ledger, Signing()) == Worked(done=1, fresh=1)
    assert payments_of(ledger) == [(1, "paid", amount(1), "notice")]
    assert (receive(ledger, BOOKS, "epagos", posted), worked(ledger, Signing())) == (False, Worked())
    assert states(ledger) == [("done", "hmac-sha256", "")]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 2, 1]])
def test_a_final_state_is_not_moved_back_by_what_comes_late(ledger: Ledger, order: list[int]) -> None:
    posted = [signed(happening) for happening in (Happening.PAID, Happening.CREDITED, Happening.RETURNED)]
    for place in order:
        receive(ledger, BOOKS, "epagos", posted[place])
        worked(ledger, Signing())
    assert payments_of(ledger) == [(1, "returned", amount(1), "notice")]


def test_what_is_forged_cut_or_wrongly_keyed_changes_nothing(ledger: Ledger) -> None:
    before = state_of(ledger)
    body = signed(Happening.PAID).body
    for forged in (body[:-1], body[1:], b"0" * 64 + body[64:], body.replace(b"paid", b"credited"), b"|", b"alg=none"):
        receive(ledger, BOOKS, "epagos", Notice(forged))
    assert worked(ledger, Signing()).refused == 6
    assert state_of(ledger) == before
    with ledger.transaction() as connection:
        assert set(connection.execute(select(notice.c.body)).scalars()) == {b""}


def test_an_unsigned_notice_is_believed_for_what_the_provider_says(ledger: Ledger) -> None:
    number = str(operation_number(1))
    said = Sighting(Happening.CREDITED, amount(1), "ARS", number=number, reference=number)
    provider = Asked({number: said})
    for body in (number, f" {number}", str(operation_number(2)), "99"):
        receive(ledger, BOOKS, "epagos", Notice(body.encode()))
    assert worked(ledger, provider) == Worked(done=1, refused=2, left=1, fresh=1)
    assert payments_of(ledger) == [(1, "credited", amount(1), "query")]
    # Whoever invents numbers makes us ask nobody.
    assert provider.asked == [(number, ""), (str(operation_number(2)), "")]
    # Others that arrive meanwhile bring it no nearer to its end: it is asked about again when its time has come.
    assert worked(ledger, provider) == Worked(left=1)
    for pause in noticing.PAUSES:
        worked(ledger, provider, later=pause)
    assert provider.asked[2:] == [(str(operation_number(2)), "")] * len(noticing.PAUSES)
    assert states(ledger)[2] == ("refused", "", "notice-unconfirmed")
    assert payments_of(ledger) == [(1, "credited", amount(1), "query")]


def test_many_notices_of_one_operation_ask_once(ledger: Ledger) -> None:
    number = str(operation_number(1))
    provider = Asked({number: Sighting(Happening.CREDITED, amount(1), "ARS", number=number, reference=number)})
    for spaces in range(20):
        receive(ledger, BOOKS, "epagos", Notice(number.encode(), f"text/{spaces}"))
        receive(ledger, BOOKS, "epagos", Notice(number.encode()))
    worked(ledger, provider)
    assert provider.asked == [(number, "")]


def test_a_provider_that_cannot_be_asked_leaves_its_notices_waiting(ledger: Ledger) -> None:
    number = str(operation_number(1))
    provider = Asked({number: Sighting(Happening.CREDITED, amount(1), "ARS", number=number, reference=number)})
    provider.reachable = False
    receive(ledger, BOOKS, "epagos", Notice(number.encode()))
    with pytest.raises(ProviderError):
        worked(ledger, provider)
    provider.reachable = True
    assert worked(ledger, provider).done == 1


def test_an_operation_that_cannot_be_asked_about_holds_up_no_other(ledger: Ledger) -> None:
    number, other = str(operation_number(1)), str(operation_number(2))

    class Stumbling(Asked):
        async def told_of(self, number: str, external_id: str) -> News:
            if number != other:
                raise ProviderError("query-failed", host="-", cause="answer-unreadable")
            return await super().told_of(number, external_id)

    provider = Stumbling({other: Sighting(Happening.CREDITED, amount(2), "ARS", number=other, reference=other)})
    for body in (number, other):
        receive(ledger, BOOKS, "epagos", Notice(body.encode()))
    with pytest.raises(ProviderError, match="query-failed"):
        worked(ledger, provider)
    assert [state for state, _, _ in states(ledger)] == ["waiting", "done"]


def test_nobody_fills_the_disk(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noticing, "MOST_WAITING", 3)
    for body in (b"1", b"2", b"3"):
        receive(ledger, BOOKS, "epagos", Notice(body))
    with pytest.raises(Stopped, match="notices-full"):
        receive(ledger, BOOKS, "epagos", Notice(b"4"))
    with pytest.raises(NoticeError, match="notice-large"):
        receive(ledger, BOOKS, "epagos", Notice(b"x" * (LARGEST + 1)))


def test_epagos_own_notices_are_asked_about(tmp_path_factory: pytest.TempPathFactory) -> None:
    town = Town(tmp_path_factory.mktemp("town"))
    town.batch(rows(2))
    town.run()
    first, second = town.operations()
    with town.sandbox() as url, closing(Ledger(town.folder / "emission.db")) as ledger:

        def pay(one: dict[str, str]) -> dict[str, object]:
            request = urllib.request.Request(f"{url}/_sandbox/pay/{one['external_id']}", b"{}")
            with urllib.request.urlopen(request, timeout=10) as answer:
                told: dict[str, object] = json.load(answer)["notice"]
            return told

        told = pay(first)
        forged = {**told, "id_transaccion": int(second["number"]), "numero_operacion": second["external_id"]}
        form = "&".join(f"{name}={value}" for name, value in told.items() if name != "fp")
        for body in (json.dumps(told), form, json.dumps(forged), json.dumps(told)[:-5], "{}", "[1]", "a=%ff", "\x00"):
            receive(ledger, BOOKS, "epagos", Notice(body.encode()))
        provider = open_provider(Settings(), base_url=url, environ={})
        assert isinstance(provider, Noticing)
        assert worked(ledger, provider) == Worked(done=2, refused=5, left=1, fresh=1)
        paid = payments_of(ledger)
    assert [(row[1], row[3]) for row in paid] == [("credited", "query")]
    shown = town.call("find", first["number"]).stdout
    assert "PAGADA" in shown


def _posting(ledger: Ledger, arrived: Callable[[str], None]) -> Callable[..., httpx.Response]:
    async def write(change: Callable[[Ledger], bool]) -> bool:
        return change(ledger)

    made: Callable[[Callable[[Ledger], bool]], Awaitable[bool]] = write
    app = Starlette(routes=Letterbox(BOOKS, ["epagos"], made, arrived).routes())

    def post(path: str, **request: object) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://town") as client:
                return await client.request("POST", path, **request)  # type: ignore[arg-type] # httpx's own keywords

        return asyncio.run(send())

    return post


def test_the_letterbox_answers_at_once_and_says_nothing(ledger: Ledger) -> None:
    arrived: list[str] = []
    post = _posting(ledger, arrived.append)
    answers = [
        post("/avisos/epagos", content=b"x"),
        post("/avisos/epagos", content=b"x"),
        post("/avisos/epagos", content=b""),
        post("/avisos/epagos", content=b"x" * (LARGEST + 1)),
        post("/avisos/nobody", content=b"x"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 400, 413, 404]
    assert {answer.text for answer in answers} == {"OK", ""}
    assert arrived == ["epagos"]


def test_what_is_posted_is_worked_on_beside(tmp_path: Path) -> None:
    path = tmp_path / "emission.db"
    number = str(operation_number(1))
    provider = Asked({number: Sighting(Happening.CREDITED, amount(1), "ARS", number=number, reference=number)})
    provider.reachable = False
    with closing(Ledger(path)) as ledger:
        bill(ledger, 1)
        postman = Postman(path, BOOKS, lambda: provider, again_seconds=0.01)
        postman.start()
        assert _posting(ledger, postman.arrived)("/avisos/epagos", content=number.encode()).status_code == 200
        provider.reachable = True
        postman.close()
        assert payments_of(ledger) == [(1, "credited", amount(1), "query")]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Z"]), max_size=40),
    st.sampled_from(["epagos", "etpay", "..", "%00", "a" * 300]),
)
def test_nothing_that_is_posted_breaks_anything(ledger: Ledger, body: bytes, kind: str, channel: str) -> None:
    post = _posting(ledger, lambda _channel: None)
    answer = post(f"/avisos/{channel}", content=body, headers={"Content-Type": kind.strip()})
    assert answer.status_code < 500
    provider = open_provider(Settings(), base_url="http://127.0.0.1:9/nobody", environ={})
    assert isinstance(provider, Noticing)
    worked(ledger, provider)
    assert payments_of(ledger) == []
