"""Rows that go straight to the driver say the same as rows that SQLAlchemy converts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, update

from emission.ledger import Ledger
from emission.ledger.bulk import many
from emission.ledger.schema import effect, history, staged

ADD = insert(staged)
BLAME = update(staged).where(staged.c.run_id == bindparam("b_run"), staged.c.position == bindparam("b_position"))
BLAME = BLAME.values(faulty=True, pages=staged.c.pages + 2, faults=bindparam("b_faults"))
ROWS: list[dict[str, Any]] = [
    {
        "position": position,
        "row": position,
        "obligation_id": f"Ñ {position}",
        "voucher_id": "",
        "bundle": 1,
        "amount": None if position % 2 else 10**14 + position,
        "content": bytes(range(position)),
        "parsed": b"",
        "faulty": position == 3,
    }
    for position in range(1, 6)
]
BLAMED: list[dict[str, Any]] = [{"b_position": 2, "b_faults": b"two"}, {"b_position": 4, "b_faults": None}]


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with closing(Ledger(None)) as opened:
        yield opened


def test_rows_and_changes_are_as_sqlalchemy_writes_them(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        many(connection, ADD, ROWS, run_id=1)
        many(connection, BLAME, BLAMED, b_run=1)
        connection.execute(ADD, [{**row, "run_id": 2} for row in ROWS])
        connection.execute(BLAME, [{**row, "b_run": 2} for row in BLAMED])
        columns = [column for column in staged.c if column is not staged.c.run_id]
        ours, theirs = (
            connection.execute(select(*columns).where(staged.c.run_id == run).order_by(staged.c.position)).all()
            for run in (1, 2)
        )
    assert ours == theirs
    assert [row.pages for row in ours] == [0, 2, 0, 2, 0]


def test_no_rows_are_no_statement(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        many(connection, insert(history), [])
        assert connection.execute(select(history.c.id)).all() == []


def test_a_value_that_a_row_lacks_is_never_written_as_nothing(ledger: Ledger) -> None:
    lacking = update(effect).where(effect.c.id == bindparam("b_id")).values(code=bindparam("b_code"))
    with ledger.transaction() as connection, pytest.raises(KeyError):
        many(connection, lacking, [{"b_id": 1}])
