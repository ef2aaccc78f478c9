"""How a run behaves with a provider that fails, tires, or may be asked at certain hours only."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import signal
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from emission.provider_settings import Pace
from emission.stages import window
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


@pytest.mark.parametrize("kind", ["epagos", "bind"])
def test_access_that_is_worth_nothing_any_more_stops_the_run_before_it_is_asked_for_again_and_again(
    kind: str, tmp_path: Path
) -> None:
    with Sandbox(tmp_path / "provider.db", kind) as sandbox:
        town = town_at(sandbox.url, tmp_path / "town", "failures = 1000\n", batch_size=2, kind=kind)
        arm(sandbox.url, fault="expire-token", after=6, times=10**6)
        stopped = town.run(expect=4)
        assert stopped.report["stopped_by"] == "provider-token-useless"
        calm(sandbox.url)
        town.run()
        assert count(sandbox.url) == 30


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
    hours = f'window = "{opens:%H:%M}-{closes:%H:%M}"\n'
    town = town_at(url, tmp_path / "town", f'{hours}outside = "stop"\n')
    stopped = town.run(expect=4)
    assert f"{opens:%d/%m/%Y %H:%M}" in stopped.result.stderr
    assert count(url) == 0
    town.configure((town.folder / "emission.toml").read_text(encoding="utf-8").replace(hours, ""))
    town.run()
    assert count(url) == 30


class Calendar:
    """The clock of the window as a test has it: each look at it takes a ``minute``, and a wait is over at once."""

    def __init__(self, patch: pytest.MonkeyPatch, hour: int, *, minute: float = 0) -> None:
        self.now = dt.datetime(2026, 12, 1, hour, tzinfo=ZONE)
        self.waited: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self._minute = dt.timedelta(minutes=minute)
        patch.setattr(window, "LOOK_SECONDS", 3600.0)
        patch.setattr(window, "now", self._look)
        patch.setattr(window, "pause", self._pause)

    def _look(self) -> dt.datetime:
        self.now += self._minute
        return self.now.astimezone(dt.UTC)

    async def _pause(self, halted: asyncio.Event, seconds: float) -> None:
        until = self.now + dt.timedelta(seconds=seconds)
        self.meanwhile()
        await asyncio.sleep(0)
        if not halted.is_set() and until > self.now:  # else whoever waits beside us moved it on already
            self.waited.append((until - self.now).total_seconds())
            self.now = until
            assert len(self.waited) < 100


def test_outside_of_its_hours_a_run_waits_says_until_when_and_goes_on(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar, asked = Calendar(monkeypatch, 12), set()
    calendar.meanwhile = lambda: asked.add(count(url))
    made = town_at(url, tmp_path / "town", 'window = "20:00-06:00"\n').run()
    assert made.result.stderr.count("01/12/2026 20:00") == 1
    assert (asked, count(url)) == ({0}, 30)
    assert (sum(calendar.waited), max(calendar.waited)) == (8 * 3600, 3600)


def test_a_window_that_closes_in_the_middle_lets_nothing_leave_until_it_opens_again(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar, asked = Calendar(monkeypatch, 12, minute=1), list[int]()
    calendar.meanwhile = lambda: asked.append(count(url))
    made = town_at(url, tmp_path / "town", 'window = "12:00-12:06"\n').run()
    assert "02/12/2026 12:00" in made.result.stderr
    assert len(calendar.waited) > 0
    assert len(set(asked[2:])) <= 30 / 5
    assert max(asked) < 30
    assert count(url) == 30


def test_a_window_that_closes_in_the_middle_stops_the_run_and_what_was_asked_for_is_rendered(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = town_at(url, tmp_path / "town", 'window = "12:00-12:06"\noutside = "stop"\n')
    with monkeypatch.context() as patch:
        Calendar(patch, 12, minute=1)
        stopped = town.run(expect=4)
    assert stopped.report["stopped_by"] == "window-closed"
    assert "02/12/2026 12:00" in stopped.result.stderr
    assert 0 < len(stopped.digital()) == count(url) < 30
    with monkeypatch.context() as patch:
        Calendar(patch, 12)
        town.run()
    assert count(url) == 30


def test_ctrl_c_ends_the_wait_for_the_window_at_once(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = town_at(url, tmp_path / "town", 'window = "20:00-06:00"\n')
    with monkeypatch.context() as patch:
        calendar = Calendar(patch, 12)
        calendar.meanwhile = lambda: signal.raise_signal(signal.SIGINT)
        stopped = town.run(expect=130)
    assert (calendar.waited, count(url)) == ([], 0)
    assert stopped.report["stopped_by"] == "interrupted"
    with monkeypatch.context() as patch:
        Calendar(patch, 21)
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
