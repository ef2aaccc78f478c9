"""``emission provider check``: what it finds out of the unknowns, and the run that it forecasts."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from emission.provider_settings import Pace
from emission.stages.window import ends_at
from tests.run.hall import Sandbox
from tests.run.town import CONFIG, Town

ZONE = ZoneInfo("America/Argentina/Buenos_Aires")


PESOS = CONFIG.replace("[batch]", '[batch]\ncurrency = "CLP"')


def checked(folder: Path, kind: str, *options: str, lines: str = "", fault: str = "") -> dict[str, Any]:
    with Sandbox(folder / "provider.db", kind) as sandbox:
        config = PESOS if kind == "etpay" else CONFIG
        town = Town(folder, config, f'[provider]\nkind = "{kind}"\nbase_url = "{sandbox.url}"\n{lines}')
        if fault:
            httpx.post(f"{sandbox.url}/_sandbox/faults", json={"fault": fault}, trust_env=False).raise_for_status()
        result = town.call("provider", "check", kind, "--json", *options)
        listed = httpx.get(f"{sandbox.url}/_sandbox/operations", trust_env=False).json()["operations"]
    assert result.exit_code == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told | {"alive": {one["external_id"] for one in listed if one.get("state") != "deleted"}}


def codes_of(told: dict[str, Any]) -> set[str]:
    return {one["code"] for one in told["found"]}


def named(told: dict[str, Any], *codes: str) -> set[str]:
    """The ids that findings of these codes name."""
    return {name for one in told["found"] if one["code"] in codes for name in one["params"]["ids"].split(", ")}


@pytest.mark.parametrize(
    ("kind", "codes", "calls"),
    [("epagos", {"check-twice-made", "check-stays"}, 200), ("bind", {"check-twice-made", "check-cancelled"}, 20_000)],
)
def test_it_says_what_the_provider_does_and_how_many_calls_a_run_takes(
    tmp_path: Path, kind: str, codes: set[str], calls: int
) -> None:
    told = checked(tmp_path, kind)
    assert (
        codes_of(told)
        >= {"check-credentials", "check-absent", "check-created", "check-lookup", "check-state-alive"} | codes
    )
    assert (told["coming"]["obligations"], told["coming"]["calls"]) == (10_000, calls)


def test_behind_living_links_a_payment_is_opened_and_what_may_be_paid_is_named(tmp_path: Path) -> None:
    told = checked(tmp_path, "etpay")
    assert codes_of(told) >= {
        "check-credentials", "check-absent", "check-opened", "check-where", "check-life", "check-standing-unsaid",
        "check-again-opened", "check-zero-refused", "check-bank-opened",
    }  # fmt: skip
    fields = {one["params"]["fields"] for one in told["found"] if one["code"] == "check-answer"}
    assert {"token, signature_token, terms_url", "[]", "error"} <= fields
    assert named(told, "check-payable") == told["alive"] != set()
    assert (told["coming"]["calls"], told["coming"]["an_hour"] > 0) == (0, True)


@pytest.mark.parametrize(("customer", "same"), [("payer", "check-same-refused"), ("obligation", "check-same-opened")])
def test_a_sale_through_gate_tells_where_the_payer_goes(tmp_path: Path, customer: str, same: str) -> None:
    lines = f'[provider.ecommpay]\nway = "gate"\ncustomer = "{customer}"\n'
    told = checked(tmp_path, "ecommpay", lines=lines)
    assert codes_of(told) >= {
        "check-credentials", "check-absent", "check-opened", "check-where", "check-standing-alive",
        "check-again-refused", "check-cents-opened", "check-zero-refused", same,
    }  # fmt: skip
    assert named(told, "check-payable") == told["alive"] != set()


def test_of_a_page_that_is_signed_here_only_the_credentials_can_be_tried(tmp_path: Path) -> None:
    told = checked(tmp_path, "ecommpay")
    assert codes_of(told) >= {"check-credentials", "check-signed-here"}
    assert told["alive"] == set()
    assert (told["coming"]["calls"], told["coming"]["an_hour"]) == (0, None)


@pytest.mark.parametrize("kind", ["etpay", "ecommpay"])
def test_in_production_one_payment_is_opened_and_no_more(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = {"ETPAY_MERCHANT_CODE": "sandbox", "ETPAY_API_TOKEN": "sandbox-secret", "ECOMMPAY_PROJECT_ID": "1"}
    for name, value in (who | {"ECOMMPAY_SECRET": "sandbox-secret"}).items():
        monkeypatch.setenv(name, value)
    lines = 'environment = "production"\n[links]\nbase_url = "https://pagos.ejemplo.test"\n'
    told = checked(tmp_path, kind, "--yes", lines=f'{lines}[provider.ecommpay]\nway = "gate"\n')
    assert len(told["alive"]) == 1
    assert not codes_of(told) & {"check-again-opened", "check-zero-refused", "check-bank-opened", "check-cents-opened"}
    # The one session or sale: at ETpay a second one would bear the same id.
    assert [one["params"]["count"] for one in told["found"] if one["code"] == "check-payable"] == ["1"]


@pytest.mark.parametrize("fault", ["lose-answer", "error-after-commit"])
@pytest.mark.parametrize("kind", ["etpay", "ecommpay"])
def test_an_answer_that_is_lost_leaves_nothing_unnamed(tmp_path: Path, kind: str, fault: str) -> None:
    told = checked(
        tmp_path, kind, lines='[provider.ecommpay]\nway = "gate"\n' if kind == "ecommpay" else "", fault=fault
    )
    assert codes_of(told) >= {"check-doubt"}
    assert named(told, "check-payable", "check-perhaps-payable") >= told["alive"] != set()


@pytest.mark.parametrize("fault", ["lose-answer", "error-after-commit"])
def test_operations_of_a_lost_answer_are_looked_up_and_named(tmp_path: Path, fault: str) -> None:
    told = checked(tmp_path, "epagos", fault=fault)
    numbers = [one["params"]["number"] for one in told["found"] if one["code"] == "check-stays"]
    assert codes_of(told) >= {"check-doubt", "check-lookup"}
    assert len(numbers) == len(set(numbers)) >= len(told["alive"]) == 2


def test_a_bill_that_would_not_be_made_is_said_before_anybody_is_asked(tmp_path: Path) -> None:
    town = Town(tmp_path, CONFIG, '[provider]\nkind = "etpay"\nbase_url = "http://127.0.0.1:9"\n')
    result = town.call("provider", "check", "etpay")
    assert (result.exit_code, "ARS" in result.stderr) == (2, True)


def test_a_rate_that_is_configured_is_in_the_forecast(tmp_path: Path) -> None:
    told = checked(tmp_path, "bind", "--obligations", "36000", lines="[provider.pace]\ncalls_a_second = 20\n")
    assert told["coming"]["seconds"] == 3600


def test_wrong_credentials_are_said_and_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIND_CLIENT_ID", "somebody")
    monkeypatch.setenv("BIND_CLIENT_SECRET", "s3cret-of-nobody")
    with Sandbox(tmp_path / "provider.db", "bind") as sandbox:
        town = Town(tmp_path, CONFIG, f'[provider]\nbase_url = "{sandbox.url}"\n')
        result = town.call("provider", "check", "bind")
    assert result.exit_code == 4
    assert "invalid_client" in result.stderr
    assert "s3cret-of-nobody" not in result.stderr + result.stdout


def test_nothing_is_created_in_production_without_a_yes(tmp_path: Path) -> None:
    result = Town(tmp_path, CONFIG, '[provider]\nenvironment = "production"\n').call("provider", "check", "epagos")
    assert (result.exit_code, "--yes" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("window", "hours", "end"),
    [
        ("", 5, "2026-12-01 17:00"),
        ("09:00-18:00", 5, "2026-12-01 17:00"),
        ("09:00-18:00", 7, "2026-12-02 10:00"),
        ("09:00-18:00", 20, "2026-12-03 14:00"),
        ("20:00-06:00", 2, "2026-12-01 22:00"),
        ("20:00-06:00", 12, "2026-12-02 22:00"),
        ("12:00-12:00", 30, "2026-12-02 18:00"),
    ],
)
def test_the_end_counts_the_hours_of_the_window_alone(window: str, hours: int, end: str) -> None:
    noon = dt.datetime(2026, 12, 1, 12, tzinfo=ZONE)
    found = ends_at(Pace(window=window), noon.astimezone(dt.UTC), hours * 3600)
    assert f"{found:%Y-%m-%d %H:%M}" == end
