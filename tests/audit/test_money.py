"""Money that came in is audited: a word of it that was altered, taken away or made up is found and named."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from emission.audit.checks import CHECKS
from emission.audit.payments import payments, settlements
from emission.ledger import Ledger, schema
from emission.ledger import payments as kept
from emission.ledger.payments import Books
from emission.payment import Charge, Happening, Settlement, Sighting, Source
from emission.reconcile.taking import take
from tests.audit.scene import Scene, names
from tests.audit.test_every_cell import _other

BOOKS = Books("sandbox", "30999999995")
DAY = dt.date(2026, 12, 9)
# What no other place knows of: times, where a line stood, and what is made of nothing else.
ALONE = {"id", "seen_at", "changed_at", "document", "line", "position", "source"}


@pytest.fixture
def money(scene: Scene) -> Scene:
    """Three bills of the run are paid: one is settled, one is given back, one is told by two sources."""
    with closing(Ledger(scene.folder / "emission.db")) as ledger:
        with ledger.transaction() as connection:
            rows = connection.exec_driver_sql("SELECT external_id, amount FROM effect ORDER BY id LIMIT 3").all()
        first, second, third = (
            Sighting(Happening.CREDITED, amount, "ARS", external_id=name, reference=f"T{name[:4]}", paid_on=DAY, on=DAY)
            for name, amount in rows
        )
        took = {
            Source.QUERY: [first, second, third, _after(first, Happening.SETTLED, settlement="7/1")],
            Source.NOTICE: [_after(second, Happening.RETURNED, part="D1"), third],
        }
        for source, said in took.items():
            take(ledger, BOOKS, "epagos", source, ((0, one) for one in said))
        told = Settlement(
            "7/1", "ARS", first.amount, first.amount - 150, (Charge("commission", 100), Charge("vat", 50)), 1, DAY
        )
        kept.note_settlements(ledger, BOOKS, "epagos", Source.QUERY, [told])
    with closing(sqlite3.connect(scene.folder / "emission.db")) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return scene


def _after(said: Sighting, happening: Happening, *, settlement: str = "", part: str = "") -> Sighting:
    return Sighting(
        happening,
        said.amount,
        said.currency,
        external_id=said.external_id,
        reference=said.reference,
        part=part,
        paid_on=said.paid_on,
        settlement=settlement,
    )


def test_money_that_nobody_touched_agrees(money: Scene) -> None:
    assert money.audit(expect=0) == []


@pytest.mark.parametrize("table", ["sighting", "payment", "settlement", "charge"])
def test_every_cell_of_money_has_a_second_place(money: Scene, table: str) -> None:
    columns = [column.name for column in schema.metadata.tables[table].columns if column.name not in ALONE]
    for name in columns:
        ((key, before),) = money.ask(f"SELECT rowid, {name} FROM {table} LIMIT 1")  # noqa: S608 - names of ours
        change = f"UPDATE {table} SET {name} = ? WHERE rowid = ?"  # noqa: S608 - names of ours
        try:
            money.change(change, _other(before), key)
        except sqlite3.IntegrityError:
            continue  # the ledger itself refuses it
        assert money.differences((payments, settlements)), f"{table}.{name}"
        money.change(change, before, key)
    assert not money.differences()


@pytest.mark.parametrize("table", ["sighting", "payment", "charge"])
def test_no_row_of_money_can_be_taken_away_or_told_twice(money: Scene, table: str) -> None:
    columns = ", ".join(
        column.name for column in schema.metadata.tables[table].columns if column.name not in ("id", "position")
    )
    number = "position" if table == "charge" else "id"
    money.change(
        f"INSERT INTO {table} ({number}, {columns}) SELECT {number} + 1000, "  # noqa: S608 - names of ours
        f"{columns.replace('digest', 'randomblob(16)').replace('ordinal', 'ordinal + 1')} FROM {table} LIMIT 1"
    )
    assert money.differences((payments, settlements))
    money.change(f"DELETE FROM {table} WHERE {number} > 1000")  # noqa: S608 - names of ours
    assert not money.differences((payments, settlements))
    money.change(f"DELETE FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table})")  # noqa: S608 - names of ours
    assert money.differences((payments, settlements))


def test_a_bill_that_was_paid_says_so(money: Scene) -> None:
    money.change("UPDATE effect SET code = '' WHERE id = 1")
    assert names(money.audit(), "ledger-differs", column="effect.code", id="TSG-0001")


def test_a_settlement_of_more_than_is_known_is_remarked_on(money: Scene, tmp_path: Path) -> None:
    del tmp_path
    with closing(Ledger(money.folder / "emission.db")) as ledger:
        kept.note_settlements(ledger, BOOKS, "epagos", Source.QUERY, [Settlement("8/1", "ARS", 12345)])
    found = money.audit(expect=0)
    assert names(found, "settlement-differs", id="epagos 8/1")
    assert "123.45 / 0.00" in found[0]["message"]


def test_the_checks_of_money_are_the_commands() -> None:
    assert {payments, settlements} <= set(CHECKS)
