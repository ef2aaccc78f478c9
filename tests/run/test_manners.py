"""How a run behaves with a provider that fails, tires, or may be asked at certain hours only."""

from __future__ import annotations

import datetime as dt
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from emission.provider_settings import Pace
from emission.stages.window import opens_at
from tests.run.hall import Sandbox
from tests.run.town import CONFIG, Town, rows

ZONE = ZoneInfo("America/Argentina/Buenos_Aires")


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with Sandbox(tmp_path / "provider.db") as sandbox:
        yield sandbox.url


def arm(url: str, **arming: object) -> None:
    urllib.request.urlopen(f"{url}/_sandbox/faults", json.dumps(arming).encode(), timeout=10).close()


def calm(url: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{url}/_sandbox/faults", method="DELETE"), timeout=10).close()


def town_at(url: str, folder: Path, pace: str = "", batch_size: int = 5, kind: str = "epagos") -> Town:
    folder.mkdir()
    provider = f'[provider]\nkind = "{kind}"\nbase_url = "{url}"\nbatch_size = {batch_size}\n'
    provider += "settle_seconds = 0\ntimeout_seconds = 2\n"
    town = Town(folder, CONFIG, f"{provider}concurrency = 2\n[provider.pace]\n{pace}")
    town.batch(rows(30))
    return town


def operations(url: str) -> list[dict[str, str]]:
    with urllib.request.urlopen(f"{url}/_sandbox/operations", timeout=10) as answer:
        found: list[dict[str, str]] = json.load(answer)["operations"]
    return found


def count(url: str) -> int:
    return len(operations(url))


@pytest.mark.parametrize(
    "faults",
    [
        ("throttle", "error", "malformed", "down"),
        ("expire-token", "partial", "drop-item", "reorder", "cut-body", "lose-answer", "error-after-commit"),
    ],
)
def test_faults_now_and_then_stop_nothing_and_double_nothing(url: str, tmp_path: Path, faults: tuple[str, ...]) -> None:
    town = town_at(url, tmp_path / "town", batch_size=3)
    for position, fault in enumerate(faults):
        arm(url, fault=fault, after=2 + position, every=3, times=2, seconds=0.01)
    town.run()
    assert count(url) == 30


def test_at_bind_faults_stop_nothing_and_double_nothing(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "bind.db", "bind") as sandbox:
        town = town_at(sandbox.url, tmp_path / "town", kind="bind")
        faults = ("throttle", "error", "malformed", "down", "expire-token", "no-qr", "cut-body", "lose-answer")
        for position, fault in enumerate(faults):
            arm(sandbox.url, fault=fault, after=3 + position, every=5, times=3, seconds=0.01)
        made = town.run()
        assert count(sandbox.url) == 30
        held = {one["qr"] for one in operations(sandbox.url)}
    assert {line["qr"] for line in made.manifest} == held


def test_a_debt_whose_qr_does_not_come_is_left_for_a_later_command(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "bind.db", "bind") as sandbox:
        town = town_at(sandbox.url, tmp_path / "town", kind="bind")
        town.batch(rows(3))
        arm(sandbox.url, fault="no-qr", times=10**6)
        left = town.run(expect=3)
        assert [line["status"] for line in left.manifest] == ["failed"] * 3
        assert left.codes_of("TSG-0001") == {"codes-pending"}
        calm(sandbox.url)
        assert [line["status"] for line in town.run().manifest] == ["rendered"] * 3
        assert count(sandbox.url) == 3


def test_too_many_failures_in_a_row_stop_the_run_and_the_same_command_goes_on(url: str, tmp_path: Path) -> None:
    town = town_at(url, tmp_path / "town", "failures = 3\n")
    arm(url, fault="error", after=3, times=10**6)
    stopped = town.run(expect=4)
    assert stopped.report["stopped_by"] == "provider-failing"
    calm(url)
    town.run()
    assert count(url) == 30


def test_a_wait_that_is_too_long_stops_the_run_and_names_it(url: str, tmp_path: Path) -> None:
    town = town_at(url, tmp_path / "town", "longest_wait = 1\n")
    arm(url, fault="throttle", times=10**6, seconds=7200)
    stopped = town.run(expect=4)
    assert "7200" in stopped.result.stderr
    calm(url)
    town.run()
    assert count(url) == 30


def test_outside_of_its_hours_a_run_stops_and_says_when_it_may_go_on(url: str, tmp_path: Path) -> None:
    opens = dt.datetime.now(ZONE) + dt.timedelta(hours=6)
    closes = opens + dt.timedelta(hours=6)
    window = f'window = "{opens:%H:%M}-{closes:%H:%M}"\n'
    town = town_at(url, tmp_path / "town", f'{window}outside = "stop"\n')
    stopped = town.run(expect=4)
    assert f"{opens:%d/%m/%Y %H:%M}" in stopped.result.stderr
    assert count(url) == 0
    town.configure((town.folder / "emission.toml").read_text(encoding="utf-8").replace(window, ""))
    town.run()
    assert count(url) == 30


NIGHT = Pace(window="20:00-06:00")
DAY = Pace(window="09:00-17:30")


@pytest.mark.parametrize(
    ("pace", "now", "opens"),
    [
        (Pace(), "2026-12-01 12:00", ""),
        (NIGHT, "2026-12-01 20:00", ""),
        (NIGHT, "2026-12-01 05:59", ""),
        (NIGHT, "2026-12-01 06:00", "2026-12-01 20:00"),
        (DAY, "2026-12-01 08:59", "2026-12-01 09:00"),
        (DAY, "2026-12-01 17:29", ""),
        (DAY, "2026-12-01 17:30", "2026-12-02 09:00"),
        (DAY, "2026-12-31 23:00", "2027-01-01 09:00"),
    ],
)
def test_the_hours_are_those_of_the_town(pace: Pace, now: str, opens: str) -> None:
    local = dt.datetime.fromisoformat(now).replace(tzinfo=ZONE)
    found = opens_at(pace, local.astimezone(dt.UTC))
    assert (f"{found:%Y-%m-%d %H:%M}" if found else "") == opens
