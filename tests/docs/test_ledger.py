"""The SQL of docs/ledger.md, and the backup of docs/operator.md, on the ledger of a real run."""

import sqlite3
from contextlib import closing

import pytest

from tests.docs.pages import blocks, commands, text
from tests.run.town import CONFIG, Town, row, rows

QUERIES = blocks(text("docs/ledger.md"), "sql")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A batch of six rows: four rendered, one rejected, one that the sandbox refuses for its amount."""
    town = Town(tmp_path_factory.mktemp("town"), CONFIG, "[provider]\nbatch_size = 1\n")
    beyond = row(6, amount="999999999.00", amount_2="", due_date_2="")
    town.batch([*rows(4), row(5, amount="?"), beyond])
    town.run(expect=3)
    return town


def test_five_queries_stand_there() -> None:
    assert len(QUERIES) == 5


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.split("\n")[0])
def test_each_query_runs_and_finds_something(town: Town, query: str) -> None:
    with closing(sqlite3.connect(f"file:{town.folder / 'emission.db'}?mode=ro", uri=True)) as ledger:
        assert ledger.execute(query).fetchall()


def test_the_first_query_says_what_the_report_says(town: Town) -> None:
    with closing(sqlite3.connect(town.folder / "emission.db")) as ledger:
        counts = {line[2]: line[3] for line in ledger.execute(QUERIES[0])}
    assert counts == {"rendered": 4, "rejected": 1, "failed": 1}


def test_the_backup_is_a_whole_ledger_and_replaces_an_earlier_one(town: Town) -> None:
    (line,) = (line for line in commands(text("docs/operator.md")) if line.startswith("emission backup"))
    for _ in range(2):
        assert town.call(*line.split()[1:]).exit_code == 0
        with closing(sqlite3.connect(town.folder / "emission-backup.db")) as backup:
            assert backup.execute("SELECT count(*) FROM entry").fetchone() == (6,)
