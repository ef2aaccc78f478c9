"""What a neighbour with a paper in hand meets, at ETpay."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import httpx
import pytest

from tests.serve.office import Office

PAYABLE, PAID, EXPIRED = "Vence el", "está pagada", "está vencida"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Each test has a bill of its own."""
    with Office(tmp_path_factory.mktemp("office"), "etpay", 12) as office:
        yield office


@pytest.fixture(autouse=True)
def noon(office: Office) -> None:
    office.clock.at("2026-12-01")


def test_to_look_opens_nothing(office: Office) -> None:
    for path in (office.path(0), f"{office.path(0)}/cl_bci", office.path(0).lower(), f"{office.path(0)}/volver"):
        assert office.http.get(path).status_code == 200
        assert office.http.head(path).status_code == 200
    assert office.opened(0) == []


def test_a_page_shows_what_the_paper_shows_and_not_who_pays(office: Office) -> None:
    page = office.http.get(office.path(0)).text
    for text in ("$1.000", "10/12/2026", "21/12/2026", "$1.100", "TSG-0000", "12/2026", "PRUEBA – SIN VALOR"):
        assert text in page
    assert "Peñaloza" not in page
    assert office.external_id(0) not in page


def test_a_button_opens_a_session_and_the_next_one_leads_to_the_same(office: Office) -> None:
    first, second = office.http.post(office.path(1)), office.http.post(office.path(1))
    assert (first.status_code, second.status_code) == (303, 303)
    (session,) = office.opened(1)
    assert first.headers["location"] == second.headers["location"] == f"{office.sandbox}/session/{session['number']}"
    assert (session["amount"], session["bank"]) == ("1001", "")
    assert httpx.get(first.headers["location"], trust_env=False).status_code == 200


def test_each_bank_has_a_session_of_its_own(office: Office) -> None:
    for path in (office.path(2), f"{office.path(2)}/cl_bci", f"{office.path(2)}/cl_itau", f"{office.path(2)}/cl_bci"):
        assert office.http.post(path).status_code == 303
    assert [one["bank"] for one in office.opened(2)] == ["", "cl_bci", "cl_itau"]
    assert office.http.post(f"{office.path(2)}/cl_other").status_code == 404
    assert office.http.get(f"{office.path(2)}/cl_other").status_code == 404
    assert len(office.opened(2)) == 3


def test_a_paid_bill_is_not_paid_again_at_any_bank(office: Office) -> None:
    office.http.post(f"{office.path(3)}/cl_bci")
    office.pay(3)
    for path in (office.path(3), f"{office.path(3)}/cl_bci", f"{office.path(3)}/cl_itau"):
        answer = office.http.post(path)
        assert answer.status_code == 200
        assert PAID in answer.text
    assert PAID in office.http.get(office.path(3)).text
    assert len(office.opened(3)) == 1


def test_another_amount_is_a_matter_for_the_office(office: Office) -> None:
    office.http.post(office.path(4))
    office.pay(4, amount="5")
    answer = office.http.post(f"{office.path(4)}/cl_bci")
    assert "Hay un pago en verificación" in answer.text
    assert PAYABLE in office.http.get(office.path(4)).text
    assert len(office.opened(4)) == 1


@pytest.mark.parametrize(
    ("day", "amount", "due"),
    [("2026-12-10", "$1.005", "10/12/2026"), ("2026-12-11", "$1.105", "21/12/2026"), ("2026-12-21", "$1.105", "21/12")],
)
def test_the_amount_is_the_days(office: Office, day: str, amount: str, due: str) -> None:
    office.clock.at(day)
    page = office.http.get(office.path(5)).text
    assert f'<p class="amount">{amount}</p>' in page
    assert f"Vence el <strong>{due}" in page


def test_after_its_last_due_date_it_is_not_paid_any_more(office: Office) -> None:
    office.clock.at("2026-12-22")
    for answer in (office.http.get(office.path(5)), office.http.post(office.path(5))):
        assert EXPIRED in answer.text
        assert "<form" not in answer.text
    assert office.opened(5) == []


def test_to_come_back_is_no_payment_whatever_comes_along(office: Office) -> None:
    office.http.post(office.path(6))
    notice = office.pay(6, state="failed")
    for query in ("", "?jwt=x.y.z", f"?jwt={notice}", "?payment_status=true"):
        page = office.http.get(f"{office.path(6)}/volver{query}")
        assert page.status_code == 200
        assert "no es un comprobante" in page.text
    assert "no se completó" in office.http.get(f"{office.path(6)}/cancelado").text
    assert PAYABLE in office.http.get(office.path(6)).text


def test_what_is_no_link_is_answered_alike(office: Office) -> None:
    right = office.path(0)
    wrong = "A" if right[-1] != "A" else "B"
    strays = [
        f"/{'A' * 21}",
        right[:-1] + wrong,
        right[:-1],
        right + "A",
        f"{right}/",
        "/x",
        "/%00",
        "/é",
        f"/{'x' * 2000}",
        "/a/b",
        "/",
    ]
    answers = [office.http.get(path) for path in strays]
    answers += [office.http.post(path) for path in strays[:-1]]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_every_answer_is_guarded(office: Office) -> None:
    answers = [
        office.http.get(office.path(0)),
        office.http.post(office.path(7)),
        office.http.get("/nowhere"),
        office.http.put(office.path(0)),
        office.http.post(office.path(0), content=b"x" * 2000),
        office.http.get("/robots.txt"),
    ]
    assert [answer.status_code for answer in answers] == [200, 303, 404, 405, 413, 200]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy


def test_a_body_without_end_is_not_read(office: Office) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 65536
            yield b"x" * 65536

    with contextlib.suppress(httpx.WriteError):  # it may hang up on us
        assert office.http.post(office.path(0), content=endless()).status_code == 413
    assert sent < 50_000_000
    assert office.opened(0) == []


def test_a_session_lives_as_long_as_the_office_says(office: Office) -> None:
    office.http.post(office.path(8))
    office.clock.now += 19 * 60
    office.http.post(office.path(8))
    assert len(office.opened(8)) == 1
    office.clock.now += 2 * 60
    office.http.post(office.path(8))
    assert len(office.opened(8)) == 2


def test_the_secrets_of_the_provider_are_nowhere(office: Office) -> None:
    office.http.post(office.path(9))
    ledger = b"".join(path.read_bytes() for path in office.town.folder.glob("emission.db*"))
    assert office.opened(9)[0]["number"].encode() in ledger
    assert b"sandbox-secret" not in ledger
