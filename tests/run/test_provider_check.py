"""``emission provider check``: what it finds out of the unknowns, and the run that it forecasts."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from emission.provider_settings import Pace
from emission.stages.window import ends_at
from tests.run.hall import Sandbox
from tests.run.town import CONFIG, Town

ZONE = ZoneInfo("America/Argentina/Buenos_Aires")


def checked(folder: Path, kind: str, *options: str, lines: str = "") -> dict[str, Any]:
    with Sandbox(folder / "provider.db", kind) as sandbox:
        town = Town(folder, CONFIG, f'[provider]\nkind = "{kind}"\nbase_url = "{sandbox.url}"\n{lines}')
        result = town.call("provider", "check", kind, "--json", *options)
    assert result.exit_code == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told


@pytest.mark.parametrize(
    ("kind", "codes", "calls"),
    [("epagos", {"check-twice-made", "check-stays"}, 200), ("bind", {"check-twice-made", "check-cancelled"}, 20_000)],
)
def test_it_says_what_the_provider_does_and_how_many_calls_a_run_takes(
    tmp_path: Path, kind: str, codes: set[str], calls: int
) -> None:
    told = checked(tmp_path, kind)
    found = {one["code"] for one in told["found"]}
    assert found >= {"check-credentials", "check-absent", "check-created", "check-lookup", "check-state-alive"} | codes
    assert (told["coming"]["obligations"], told["coming"]["calls"]) == (10_000, calls)


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
