"""Amendments of amendments, stopped ones, ones taken back: no operation too many, no payment overlooked."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.faults.provider import Provider, serving
from tests.run.test_amend import SUPERSEDE, amend, line, operations, table
from tests.run.town import CONFIG, Row, Run, Town, read_codes, row, rows, text_of


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path, SUPERSEDE)
    town.batch(rows(6))
    town.run()
    return town


def changed(number: int, amount: str = "2000.00") -> Row:
    return row(number, amount=amount, amount_2="", due_date_2="")


def with_(*others: Row) -> list[Row]:
    """The town's bills, these in the place of their own."""
    mine = {other["obligation_id"]: other for other in others}
    return [mine.get(bill["obligation_id"], bill) for bill in rows(6)]


FIRST = row(1, payer_name="Otra")


def stopped(town: Town, *others: Row) -> None:
    """An amendment that is stopped before its first call: the first bill, drawn anew, needs none."""
    content = with_(FIRST, *others)
    town.batch(content, "corregido.csv")
    assert town.call("amend", "corregido.csv", "--yes", "--limit", "1").exit_code == 4


def ask(town: Town, query: str, *values: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(town.folder / "emission.db")) as ledger:
        return ledger.execute(query, values).fetchall()


def number(town: Town, name: str) -> str:
    query = (
        "SELECT operation.number FROM operation JOIN effect ON effect.id = operation.effect"
        " JOIN obligation ON obligation.id = effect.obligation WHERE obligation_id = ? ORDER BY effect.revision LIMIT 1"
    )
    ((found,),) = ask(town, query, name)
    return str(found)


def cells(run: Run) -> dict[str, dict[str, int]]:
    """Rows of the table that are not nought, by kind and reach."""
    return {
        kind: found
        for kind, reaches in table(run.result).items()
        if (found := {reach: cell["rows"] for reach, cell in reaches.items() if cell["rows"]})
    }


def agrees(town: Town) -> None:
    audit = town.call("audit", "lote")
    assert audit.exit_code == 0, audit.stdout


def test_money_changed_and_changed_back_before_the_call_leaves_no_trace(town: Town) -> None:
    old = number(town, "TSG-0002")
    stopped(town, changed(2), changed(3))
    run = amend(town, with_(FIRST))
    assert cells(run) == {"unchanged": {"rendered": 4}, "text": {"rendered": 2}}
    assert len(operations(town)) == 6
    assert (line(run, "TSG-0002")["operation"], line(run, "TSG-0002")["revision"]) == (old, "1")
    assert "reemplaza" not in text_of(run.folder / line(run, "TSG-0002")["file"])
    agrees(town)


def test_a_paid_bill_changed_and_changed_back_is_whole_again(town: Town) -> None:
    old = number(town, "TSG-0002")
    town.pay(old)
    run = amend(town, with_(changed(2)), expect=3)
    assert run.report["to_settle"] == 1
    agrees(town)
    run = amend(town, rows(6))
    assert (line(run, "TSG-0002")["status"], line(run, "TSG-0002")["operation"]) == ("rendered", old)
    assert (run.report["to_settle"], run.report["amount_to_settle"]) == (0, "0.00")
    assert len(operations(town)) == 6
    agrees(town)


def test_a_paid_bill_with_another_day_and_the_same_money_leaves_nothing_to_settle(town: Town) -> None:
    town.pay(number(town, "TSG-0002"))
    run = amend(town, with_(row(2, due_date="2026-12-11")), expect=3)
    assert run.codes_of("TSG-0002") == {"paid-before-change"}
    assert run.report["to_settle"] == 0


def test_exempt_for_a_while_a_bill_has_its_own_operation_again(town: Town) -> None:
    old = number(town, "TSG-0002")
    amend(town, with_(row(2, payable="no", legend="Exento")))
    run = amend(town, rows(6))
    assert line(run, "TSG-0002")["operation"] == old
    assert len(operations(town)) == 6
    assert run.report["superseded"] == 0
    agrees(town)


def test_a_bill_paid_while_its_amendment_was_stopped_is_not_lost_when_its_row_is_gone(town: Town) -> None:
    stopped(town, changed(2))
    town.pay(number(town, "TSG-0002"))
    run = amend(town, [bill for bill in with_(FIRST) if bill["obligation_id"] != "TSG-0002"])
    assert cells(run) == {"unchanged": {"rendered": 5}, "gone": {"paid": 1}}
    assert (run.report["to_settle"], run.report["amount_to_settle"]) == (1, "-1002.02")
    agrees(town)


def test_another_period_is_another_debt(town: Town) -> None:
    new = [{**bill, "period": "2027-01" if bill["obligation_id"] == "TSG-0002" else "2026-12"} for bill in rows(6)]
    run = amend(town, new)
    assert cells(run) == {"unchanged": {"rendered": 5}, "gone": {"rendered": 1}, "new": {"not_rendered": 1}}
    assert ask(town, "SELECT count(*) FROM history WHERE event = 'gone'") == [(1,)]
    assert len(operations(town)) == 7
    agrees(town)


def test_next_month_under_last_months_name_is_refused(town: Town) -> None:
    town.configure(SUPERSEDE.replace("2026-12", "2027-01", 1))
    before = Run(town.folder / "out/lote", None).digital()  # type: ignore[arg-type] # no command made it
    refused = town.call("run", "lote.csv", "--json")
    assert refused.exit_code == 3
    assert '"code":"batch-of-other-debts"' in refused.stdout
    assert Run(town.folder / "out/lote", None).digital() == before  # type: ignore[arg-type] # likewise
    assert len(operations(town)) == 6


def test_another_issuer_does_not_write_into_this_ones_folder(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.batch(rows(3))
    town.run("lote.csv", "--limit", "1", expect=4)
    asked = len(operations(town))
    town.configure(CONFIG.replace("30-99999999-5", "30-71111111-4"))
    other = town.call("run", "lote.csv")
    assert other.exit_code == 2
    assert "30999999995" in other.stderr
    assert len(operations(town)) == asked
    assert ask(town, "SELECT count(*) FROM run") == [(1,)]


@pytest.fixture
def doubled(tmp_path: Path) -> Iterator[tuple[Town, Provider]]:
    """The first of two bills was created twice, and nobody heard of it."""
    with serving(None) as provider:
        access = f'[provider]\nbase_url = "{provider.url}"\nbatch_size = 1\nconcurrency = 1\nsettle_seconds = 0.1\n'
        town = Town(tmp_path, SUPERSEDE, access)
        town.batch(rows(2))
        provider.fail("twice")
        provider.fail("lose-answer")
        town.run(expect=3)
        yield town, provider


def test_a_payment_on_the_operation_beside_the_accepted_one_is_seen(doubled: tuple[Town, Provider]) -> None:
    town, provider = doubled
    accepted, other = (found["number"] for found in provider.operations()[:2])
    assert town.call("held", "accept", "TSG-0001", "--number", accepted, "--why", "x").exit_code == 0
    town.run()
    provider.pay(other)
    run = amend(town, [changed(1), row(2)], expect=3)
    assert cells(run) == {"unchanged": {"rendered": 1}, "money": {"paid": 1}}
    assert run.codes_of("TSG-0001") == {"paid-before-change"}
    assert len(provider.operations()) == 3
    agrees(town)


def test_an_order_that_was_given_up_is_not_replaced_unasked(doubled: tuple[Town, Provider]) -> None:
    town, provider = doubled
    known = [found["number"] for found in provider.operations()[:2]]
    assert town.call("held", "give-up", "TSG-0001", "--why", "no contesta").exit_code == 0
    run = amend(town, [changed(1), row(2)], expect=3)
    assert "payable-unsettled" in run.codes_of("TSG-0001")
    assert len(provider.operations()) == 3
    (told,) = [json.dumps(found) for found in ask(town, "SELECT detail FROM history WHERE event = 'abandoned'")]
    assert all(one in told for one in [*known, "no contesta"])


def test_a_bill_that_leaves_paper_leaves_its_lot(town: Town) -> None:
    run = amend(town, with_(row(2, channel="digital")))
    (lot,) = run.lots()
    assert len(read_codes(lot)) == 10
    assert line(run, "TSG-0002")["print_lot"] == ""
    assert audited(town, "--codes")
    back = amend(town, rows(6))
    assert sorted(len(read_codes(lot)) for lot in back.lots()) in ([12], [2, 10])
    assert audited(town, "--codes")
    for lot in back.lots():
        assert town.call("reprint", "--lot", str(int(lot.stem.removeprefix("lot-")))).exit_code == 0


def test_a_paid_bill_that_is_gone_and_comes_back_owes_nothing(town: Town) -> None:
    town.pay(number(town, "TSG-0002"))
    gone = amend(town, [bill for bill in rows(6) if bill["obligation_id"] != "TSG-0002"])
    assert gone.report["to_settle"] == 1
    back = amend(town, rows(6))
    assert (line(back, "TSG-0002")["status"], back.report["to_settle"]) == ("rendered", 0)
    agrees(town)


def test_what_took_the_place_of_a_paid_operation_is_not_to_be_paid_again(town: Town) -> None:
    old = number(town, "TSG-0002")
    amend(town, with_(changed(2)))
    town.pay(old)
    assert amend(town, rows(6), expect=3).codes_of("TSG-0002") == {"paid-before-change"}
    run = amend(town, with_(changed(2)), expect=3)
    assert run.codes_of("TSG-0002") == {"paid-before-change"}
    assert (run.report["to_settle"], run.report["amount_to_settle"]) == (1, "997.98")
    assert len(operations(town)) == 7
    agrees(town)


def test_a_refused_change_and_an_exemption_after_it_agree(town: Town) -> None:
    town.pay(number(town, "TSG-0002"))
    amend(town, with_(changed(2)), expect=3)
    amend(town, with_(row(2, payable="no", legend="Exento")))
    agrees(town)


@pytest.mark.parametrize(
    "change",
    [("2026-11-20", "2026-12-15"), ('max_rejected = "100%"', 'max_rejected = "100%"\npast_due = "warning"')],
    ids=["the day of issue", "what is past due"],
)
def test_another_way_to_judge_rows_is_not_gone_on_with_unread(tmp_path: Path, change: tuple[str, str]) -> None:
    town = Town(tmp_path)
    town.batch(rows(4))
    town.run("lote.csv", "--limit", "2", expect=4)
    town.configure(CONFIG.replace(*change))
    stages = [json.loads(told).get("stage") for told in town.call("run", "lote.csv", "--json").stdout.splitlines()]
    assert "reading" in stages


def audited(town: Town, *options: str) -> bool:
    audit = town.call("audit", "lote", *options)
    return audit.exit_code == 0 or pytest.fail(audit.stdout)
