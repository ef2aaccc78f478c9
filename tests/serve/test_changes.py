"""Paper that is out while its bill changes, and the server as its operator starts it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx

from emission.ledger import Ledger, links
from emission.providers import open_provider
from emission.providers.base import OperationState, Order
from tests.serve.office import Office

SECONDS = 30


def test_an_older_paper_leads_nowhere_and_the_new_one_does(tmp_path: Path) -> None:
    with Office(tmp_path, "etpay", 3) as office:
        old = [office.path(number) for number in range(3)]
        office.http.post(old[2])
        office.pay(2)
        office.town.batch([office.row(0) | {"amount": "5000", "amount_2": "5100"}, office.row(2)], "corregido.csv")
        result = office.town.call("amend", "corregido.csv", "--yes", "--batch", "lote", "--json")
        assert result.exit_code == 0, result.stdout + result.stderr
        (new,) = [line["payment_url"] for line in office.run.manifest if line["amount"] == "5000"]
        assert not new.endswith(old[0])
        for method in ("GET", "POST"):
            assert "fue reemplazada" in office.http.request(method, old[0]).text
            assert "fue anulada" in office.http.request(method, old[1]).text
            assert "<form" not in office.http.request(method, old[1]).text
        assert office.http.post("/" + new.rpartition("/")[2]).status_code == 303
        assert [one["amount"] for one in office.opened(0)] == ["5000"]
        assert "está pagada" in office.http.post(old[2]).text


def test_a_bill_is_paid_by_its_second_address_though_nobody_used_the_first(tmp_path: Path) -> None:
    with Office(tmp_path, "ecommpay", 1, table='way = "page"\nsale_days = 3') as office:
        assert office.http.post(office.path()).status_code == 303  # a tab that was closed before it opened
        office.clock.at("2026-12-05")
        office.visit()
        (second,) = office.operations()
        office.provider.post(f"/_sandbox/pay/{second['external_id']}", json={}).raise_for_status()
        assert asyncio.run(state_of(office)) is OperationState.PAID


async def state_of(office: Office) -> OperationState:
    """What the provider says before an amended bill is issued."""
    with closing(Ledger(office.settings.ledger_path)) as ledger:
        linked = links.behind(ledger, office.path().strip("/"))
    assert linked
    assert linked.record
    provider = open_provider(office.settings, environ={})
    try:
        return await provider.state(Order(office.external_id(), linked.record), "")
    finally:
        await provider.aclose()


def test_a_link_of_another_towns_or_rehearsal_is_none_here(tmp_path: Path) -> None:
    with Office(tmp_path, "etpay", 1) as office:
        issuer = office.settings.issuer.model_copy(update={"tax_id": "30-99999998-7"})
        office.settings = office.settings.model_copy(update={"issuer": issuer})
        with office.more() as other:
            assert other.get(office.path(0)).status_code == 404
            assert other.post(office.path(0)).status_code == 404


def test_the_command_serves_behind_a_proxy_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """The proxy says where visitors come from, and may hand over the address's whole path."""
    with Office(tmp_path, "ecommpay", 1, table='way = "gate"') as office:
        text = (tmp_path / "emission.toml").read_text(encoding="utf-8")
        text = text.replace('.test"\n', '.test/pagos"\nproxies = ["127.0.0.1"]\n').replace(
            "visits = 100000", "visits = 2"
        )
        (tmp_path / "emission.toml").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "emission", "serve", "--port", "0"]
        with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=os.environ) as server:
            assert server.stdout is not None
            url = server.stdout.readline().removeprefix("ready ").strip()
            try:
                with httpx.Client(base_url=url, trust_env=False, timeout=SECONDS) as http:
                    one, other = ({"X-Forwarded-For": f"192.0.2.{number}"} for number in (1, 2))
                    path = office.path(0)
                    answers = [http.get(path, headers=one), http.post(f"/pagos{path}", headers=one)]
                    assert [answer.status_code for answer in answers] == [200, 303]
                    assert http.get(path, headers=one).status_code == 429
                    assert http.get(path, headers=other).status_code == 200
            finally:
                server.send_signal(signal.SIGTERM)
            assert server.wait(SECONDS) in (0, -signal.SIGTERM)


def test_what_cannot_be_served_is_said(tmp_path: Path) -> None:
    with Office(tmp_path, "etpay", 1) as office:
        said = office.town.folder.joinpath("emission.toml").read_text("utf-8")
        office.town.configure(said.replace("etpay", "supplied"))
        result = office.town.call("serve", "--port", "0")
        assert result.exit_code == 2
        assert "no hay nada que servir" in result.stderr
        office.town.configure(said)
    (tmp_path / "emission.db").unlink()
    result = office.town.call("serve", "--port", "0")
    assert result.exit_code == 2
