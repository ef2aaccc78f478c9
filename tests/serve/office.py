"""A town with paper that bears living links, the provider's sandbox, and servers that answer the links."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import httpx
import uvicorn
from sqlalchemy import select

from emission import config
from emission.config import Settings
from emission.ledger import Ledger
from emission.ledger.holder import ARGENTINA
from emission.ledger.payment_schema import notice, payment
from emission.providers import is_living, open_opener, open_provider
from emission.providers.noticing import Noticing
from emission.reconcile.desk import books_of
from emission.reconcile.postman import Postman
from emission.sandbox.serve import Server
from emission.serve.app import application
from emission.serve.desk import Desk
from tests.run.hall import Sandbox
from tests.run.town import CONFIG, Row, Town, row

SECONDS = 30.0
# A server hangs up on a connection that nobody used for a while, perhaps just as a slow machine uses it again.
EACH_ANEW = httpx.Limits(max_keepalive_connections=0)
# While both due dates of an ordinary row of the town are to come.
NOON = dt.datetime(2026, 12, 1, 12, tzinfo=ARGENTINA).timestamp()
PATIENT = "visits = 100000\nopenings = 100000"
BASE = "http://pagos.ejemplo.test"


class Clock:
    """The calendar as a test sets it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now

    def at(self, day: str) -> None:
        self.now = dt.datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ARGENTINA).timestamp()


class Serving:
    """One process's worth of ``emission serve``, in a thread."""

    def __init__(self, settings: Settings, clock: Clock, listener: socket.socket | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._listener = listener or listening()
        self.url = address_of(self._listener)

    def __enter__(self) -> Self:
        self._ready = threading.Event()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._ready.wait(SECONDS)
        if self._failed:
            raise self._failed
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - told to whoever waits for the server
            self._failed = error
            self._ready.set()

    async def _serve(self) -> None:
        settings = self._settings
        desk = Desk(settings.ledger_path)
        opener = open_opener(settings, environ={}) if is_living(settings) else None
        postman = Postman(
            settings.ledger_path,
            books_of(settings),
            lambda: cast("Noticing", open_provider(settings, environ={})),
            again_seconds=1.0,
        )
        postman.start()
        try:
            front = application(settings, desk, opener, postman.arrived, self._clock)
            configured = uvicorn.Config(front, log_level="critical", lifespan="off", proxy_headers=False)
            self._server = Server(configured, self._ready.set)
            await self._server.serve(sockets=[self._listener])
        finally:
            if opener is not None:
                await opener.aclose()
            postman.close()
            desk.close()
            self._listener.close()


def listening() -> socket.socket:
    """A port of this machine that somebody will answer at."""
    # The protocol is named because asyncio switches Nagle's delay off (40 ms an answer) only where it is.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


def address_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


class Office:
    """``with Office(folder, "etpay", bills=2)``: those are out, and a server answers; ``more()`` is another one.

    What the provider posts gets lost, since the town's address is nowhere, unless it is ``reached``.
    """

    def __init__(
        self,
        folder: Path,
        kind: str,
        bills: int = 2,
        *,
        table: str = "",
        links: str = "",
        reached: bool = False,
        **provider: Any,
    ) -> None:
        self._folder = folder
        self._kind = kind
        self._bills = bills
        self._table = table
        self._links = links
        self._provider = provider
        self._listener = listening()
        self.base = address_of(self._listener) if reached else BASE
        self.clock = Clock()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.sandbox = self._stack.enter_context(Sandbox(None, self._kind)).url
        currency = "CLP" if self._kind == "etpay" else "ARS"
        lines = "\n".join(f"{name} = {value!r}" for name, value in self._provider.items())
        table = f"[provider.{self._kind}]\n{self._table}\n" if self._table else ""
        self.town = Town(
            self._folder,
            CONFIG.replace("[batch]", f'[batch]\ncurrency = "{currency}"\non_change = "supersede"'),
            f'[provider]\nkind = "{self._kind}"\nbase_url = "{self.sandbox}"\n{lines}\n{table}'
            f'[links]\nbase_url = "{self.base}"\n{self._links or PATIENT}\n',
        )
        self.town.batch([self.row(number) for number in range(self._bills)])
        self.run = self.town.run()
        self.settings = config.load(self._folder / "emission.toml")
        self._server = self._stack.enter_context(ExitStack())
        self.http = self._server.enter_context(self.more(self._listener))
        self.provider = self._stack.enter_context(
            httpx.Client(base_url=self.sandbox, trust_env=False, limits=EACH_ANEW)
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def close(self) -> None:
        """Nobody answers any more; the provider goes on."""
        self._server.close()

    def row(self, number: int, **changes: str) -> Row:
        """A bill that this provider takes."""
        if self._kind == "etpay":
            return row(number, amount=str(1000 + number), amount_2=str(1100 + number), **changes)
        return row(number, payer_id="11111111", payer_email="ana@ejemplo.test", **changes)

    @contextmanager
    def more(self, listener: socket.socket | None = None) -> Iterator[httpx.Client]:
        """One more server on the same ledger, and a visitor before it."""
        with (
            Serving(self.settings, self.clock, listener) as serving,
            httpx.Client(base_url=serving.url, trust_env=False, timeout=SECONDS, limits=EACH_ANEW) as client,
        ):
            yield client

    def path(self, number: int = 0) -> str:
        """Where the link on that bill's paper leads."""
        return self.run.manifest[number]["payment_url"].removeprefix(self.base)

    def visit(self, number: int = 0) -> None:
        """Whatever a payer does before there is something to pay: opens the link, and follows where it leads."""
        if is_living(self.settings):
            answer = self.http.post(self.path(number))
            assert answer.status_code == 303
            httpx.get(answer.headers["location"], trust_env=False).raise_for_status()

    def external_id(self, number: int = 0) -> str:
        return self.run.manifest[number]["external_id"]

    def opened(self, number: int = 0) -> list[dict[str, str]]:
        """All that was ever opened at the provider for that bill."""
        return [one for one in self.operations() if one["external_id"].startswith(self.external_id(number))]

    def operations(self) -> list[dict[str, str]]:
        """All that was ever opened at the provider."""
        every: list[dict[str, str]] = self.provider.get("/_sandbox/operations").json()["operations"]
        return every

    def arm(self, fault: str, **arming: object) -> None:
        self.provider.post("/_sandbox/faults", json={"fault": fault, **arming}).raise_for_status()

    def pay(self, number: int = 0, **payment: str) -> Any:
        """Somebody pays that bill at the provider; its notice."""
        answer = self.provider.post(f"/_sandbox/pay/{self.external_id(number)}", json=payment)
        return answer.raise_for_status().json()["notice"]

    def notices(self, count: int = 0) -> list[tuple[str, str, str]]:
        """State, how and code of all that was ever posted, once so many came and somebody worked on each."""
        ends = time.monotonic() + SECONDS
        query = select(notice.c.state, notice.c.how, notice.c.code, notice.c.attempt).order_by(notice.c.id)
        while True:
            with closing(Ledger(self.settings.ledger_path)) as ledger, ledger.transaction() as connection:
                found = list(connection.execute(query))
            if len(found) >= count and not any(one.state == "waiting" and not one.attempt for one in found):
                assert len(found) == count or not count
                return [(one.state, one.how, one.code) for one in found]
            assert time.monotonic() < ends, found
            time.sleep(0.02)

    def payments(self, external_id: str) -> list[tuple[str, int, str]]:
        """State, amount and sources of every payment that the ledger has of that bill."""
        query = select(payment.c.state, payment.c.amount, payment.c.sources).order_by(payment.c.id)
        query = query.where(payment.c.external_id == external_id)
        with closing(Ledger(self.settings.ledger_path)) as ledger, ledger.transaction() as connection:
            return [(state, amount, sources) for state, amount, sources in connection.execute(query)]
