"""What is kept of visitors has a bound, and so has what they may ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission import config
from emission.provider_settings import Links, Provider
from emission.providers.living import Way
from emission.serve import limits
from emission.serve.limits import Limit, visitor
from emission.serve.pages import Pages, ink_on
from emission.serve.till import Till
from tests.serve.office import Office


def test_a_visitor_has_so_many_a_minute_and_then_waits() -> None:
    now = [0.0]
    limit = Limit(6, lambda: now[0])
    assert [limit.wait("a") for _ in range(6)] == [0.0] * 6
    assert limit.wait("a") == pytest.approx(10)
    assert limit.wait("b") == 0
    now[0] += 10
    assert limit.wait("a") == 0
    assert limit.wait("a") > 0


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST", 100)
    limit = Limit(1)
    limit.wait("first")
    for number in range(99):
        limit.wait(f"visitor {number}")
    assert limit.wait("first") > 0
    for number in range(1000):
        limit.wait(f"other {number}")
    assert len(limit._left) == 100


def test_a_household_is_one_visitor() -> None:
    assert visitor("2001:db8:1:2::1") == visitor("2001:db8:1:2:ffff::9") != visitor("2001:db8:1:3::1")
    assert visitor("192.0.2.1") != visitor("192.0.2.2")
    assert visitor("") == ""


def test_who_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    with Office(tmp_path, "etpay", 2, links="visits = 6\nopenings = 3") as office:
        answers = [office.http.post(office.path(0)) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        # Another link has touches of its own; the visitor's are counted together.
        assert office.http.post(office.path(1)).status_code == 303
        answers = [office.http.get(office.path(1)) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert "Demasiados intentos" in answers[-1].text
        assert len(office.opened(0)) == 1


WAY = Way(seconds=60, reused=True, repeatable=False, banks={}, hosts=("pmt.etpay.test", "127.0.0.1:8700"))


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://pmt.etpay.test/session/1", True),
        ("http://127.0.0.1:8700/session/1", True),
        ("https://www.rapipago.test/v?id=1", True),
        ("https://sub.rapipago.test/v", True),
        ("http://www.rapipago.test/v", False),
        ("https://rapipago.test.evil.test/", False),
        ("https://pmt.etpay.test@evil.test/", False),
        ("https://pmt.etpay.test:444/", False),
        ("https:\\\\pmt.etpay.test", False),
        ("//pmt.etpay.test/", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("", False),
    ],
)
def test_a_payer_is_sent_to_known_places_only(address: str, allowed: bool) -> None:  # noqa: FBT001 - a column of the table
    settings = config.Settings(
        provider=Provider(kind="etpay", environment="production"),
        links=Links(base_url="https://pagos.ejemplo.test", hosts=["rapipago.test"]),
    )
    opener = cast("Any", type("Opener", (), {"way": WAY, "name": "etpay"})())
    till = Till(cast("Any", None), opener, settings)
    assert till._may_send_to(address) is allowed


@given(st.integers(0, 0xFFFFFF))
def test_words_on_any_accent_can_be_read(colour: int) -> None:
    assert _contrast(f"#{colour:06x}", ink_on(f"#{colour:06x}")) >= 4.5


def _contrast(one: str, other: str) -> float:
    lights = sorted(_light(colour) for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _light(colour: str) -> float:
    values = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_provider_that_wants_a_form_gets_one() -> None:
    settings = config.Settings(provider=Provider(kind="ecommpay"))
    page = Pages(settings, {}).onward("https://www.rapipago.test/pay", {"a": '"><script>', "b": "2"})
    text = bytes(page.body).decode()
    assert '<form method="post" action="https://www.rapipago.test/pay">' in text
    assert "<script>" not in text
    assert '<input type="hidden" name="b" value="2">' in text
