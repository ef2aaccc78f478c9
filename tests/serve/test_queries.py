"""`emission reconcile --since` where a provider tells of one operation at a time, and no notice ever arrives."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from emission.errors import ProviderError
from emission.ledger import Ledger
from emission.reconcile.asking import Answered, ask
from emission.reconcile.desk import books_of
from tests.serve.office import Office

SINCE, UNTIL = dt.date(2026, 12, 1), dt.date(2026, 12, 31)
KINDS = {"bind": "", "etpay": "", "ecommpay": 'way = "page"', "gate": 'way = "gate"'}


def asked(office: Office, since: dt.date = SINCE, until: dt.date = UNTIL) -> Answered:
    with closing(Ledger(office.settings.ledger_path)) as ledger:
        return ask(ledger, office.settings, books_of(office.settings), since, until, {})


@pytest.fixture(params=KINDS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    kind = "ecommpay" if request.param == "gate" else request.param
    return Office(tmp_path, kind, 3, table=KINDS[request.param] if kind == "ecommpay" else "")


def test_what_no_notice_told_is_found_by_asking_and_once(office: Office) -> None:
    with office:
        for number in (0, 1, 2):
            office.visit(number)
        office.pay(1)
        first, again = asked(office), asked(office)
        assert (first.taken.said, first.taken.fresh) == (1, 1)
        assert again.taken.fresh == 0
        (paid,) = office.payments(office.external_id(1))
        assert paid[0] == "credited"
        assert office.payments(office.external_id(0)) == office.payments(office.external_id(2)) == []


def test_nobody_is_asked_about_what_could_not_be_paid_then(office: Office) -> None:
    with office:
        office.visit(0)
        office.pay(0)
        later = dt.date(2027, 12, 1)
        assert asked(office, later, later).taken.said == 0
        assert office.payments(office.external_id(0)) == []


@pytest.mark.parametrize("concurrency", [1, 8])
def test_an_answer_that_cannot_be_read_keeps_no_other_out(tmp_path: Path, concurrency: int) -> None:
    with Office(tmp_path, "etpay", 3, concurrency=concurrency) as office:
        for number in range(3):
            office.visit(number)
            office.pay(number)
        office.arm("malformed", times=1)
        with pytest.raises(ProviderError, match="lookup-failed"):
            asked(office)
        assert sum(len(office.payments(office.external_id(number))) for number in range(3)) == 2
        assert asked(office).taken.fresh == 1


def test_a_provider_that_fails_on_and_on_is_not_asked_on(tmp_path: Path) -> None:
    with Office(tmp_path, "etpay", 8, concurrency=1) as office:
        for number in range(8):
            office.visit(number)
            office.pay(number)
        office.arm("malformed", times=7)
        for fresh in (0, 6):  # five questions that came to nothing; then two, and the other six
            with pytest.raises(ProviderError, match="lookup-failed"):
                asked(office)
            assert sum(len(office.payments(office.external_id(number))) for number in range(8)) == fresh


def test_a_link_that_was_never_used_costs_no_call(tmp_path: Path) -> None:
    with Office(tmp_path, "etpay", 2) as office:
        assert asked(office).taken.said == 0
        told = httpx.get(f"{office.sandbox}/_sandbox/operations", trust_env=False).json()
        assert told["operations"] == []
