"""A ledger of an older release opens, keeps what it holds, and works on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from emission.errors import UsageError
from emission.ledger import Ledger, accounts, runs
from emission.ledger.schema import VERSION, lot, metadata, voucher
from emission.model import Status

OLD = Path(__file__).with_name("version_1.sql")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "emission.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD.read_text(encoding="utf-8"))
    return path


def test_rows_survive(old: Path) -> None:
    with closing(Ledger(old)) as ledger:
        (run,) = runs.every(ledger)
        found = [account.status for account in accounts.accounts(ledger, run.id)]
    assert found == [Status.RENDERED, Status.RENDERED, Status.RENDERED, Status.REJECTED]


def test_the_tables_are_those_of_a_new_ledger(old: Path, tmp_path: Path) -> None:
    shapes = []
    for path in (old, tmp_path / "new.db"):
        with closing(Ledger(path)) as ledger, ledger.transaction() as connection:
            found = inspect(connection)
            tables = {
                name: (
                    {column["name"]: (str(column["type"]), column["nullable"]) for column in found.get_columns(name)},
                    {str(index["name"]) for index in found.get_indexes(name)},
                )
                for name in metadata.tables
            }
            shapes.append(tables)
    assert shapes[0] == shapes[1]


def test_what_was_made_is_known_to_be_of_its_runs_look(old: Path) -> None:
    with closing(Ledger(old)) as ledger:
        (run,) = runs.every(ledger)
        with ledger.transaction() as connection:
            looks = {*connection.execute(select(voucher.c.look)).scalars()}
            looks |= {*connection.execute(select(lot.c.look)).scalars()}
    assert looks == {run.look}


def test_it_is_migrated_once(old: Path) -> None:
    for _ in range(2):
        with closing(Ledger(old)):
            pass
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT value FROM meta WHERE name = 'version'").fetchall() == [(str(VERSION),)]


def test_a_newer_ledger_is_left_alone(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE name = 'version'")
        connection.commit()
    with pytest.raises(UsageError, match="ledger-newer"):
        Ledger(old)
