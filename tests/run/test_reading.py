"""A batch reads the same whoever reads it: this process, or several workers a page of it each."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from emission import config
from emission.desk import open_run
from emission.executors import open_executor
from emission.ledger import Ledger, staging
from emission.ledger.staging import Staged
from emission.model import Line
from emission.stages.examine import examine
from emission.stages.parse import unpacked
from emission.stages.read import read
from tests.run.town import CONFIG, Row, Town, row

ROWS = 2 * staging.PAGE + 50


def town(folder: Path) -> Town:
    """A batch of three pages: every hundredth row reads badly, every third has two details, far from each other."""
    town = Town(folder, CONFIG.replace("[output]", 'lines = "detalle.csv"\n[output]'))
    rows: list[Row] = [
        row(number, voucher_id=f"V-{number // 2}", payer_name="Peñaloza Güemes, Ángela") for number in range(1, ROWS)
    ]
    for bad in rows[::100]:
        bad["amount"] = "mil"
    town.batch(rows)
    first: list[Row] = []
    second: list[Row] = []
    for owed in rows[::3]:
        line = {"obligation_id": owed["obligation_id"], "concept": "Alumbrado", "total": "1.00"}
        rest = "0.00" if owed["amount"] == "mil" else f"{float(owed['amount']) - 1:.2f}"
        first.append(line)
        second.append({**line, "concept": "Barrido", "total": rest})
    stray = {"obligation_id": "NADIE", "concept": "Barrido", "total": "1.00"}
    town.batch([*first, stray, stray, *second], "detalle.csv")
    return town


def staged(town: Town, workers: int) -> tuple[list[Staged], list[int]]:
    """The rows as they are staged, and the lines of details that are nobody's."""
    path = town.folder / "lote.csv"
    with closing(Ledger(None)) as ledger, open_executor(workers) as executor:
        this, batch, lines = open_run(ledger, config.load(None, path), path, "lote")
        read(ledger, this, batch, lines, executor, started=False)
        examine(ledger, this.id, executor, due_dates=2)
        rows = [one for page in staging.pages(ledger, this.id) for one in page]
        orphans = [line.line for _, packed in staging.orphan_details(ledger, this.id) for line in unpacked([packed])]
    return rows, orphans


def test_one_and_two_workers_stage_the_same(tmp_path: Path) -> None:
    office = town(tmp_path)
    one, two = staged(office, 1), staged(office, 2)
    assert one == two
    rows, orphans = one
    assert [each.row for each in rows] == list(range(1, ROWS))
    assert [each.row for each in rows if each.faulty] == list(range(1, ROWS, 100))
    third = rows[3].obligation_record()
    assert third.lines == (Line("Alumbrado", 100), Line("Barrido", third.amount - 100))
    half = len(rows[::3]) + 1
    assert orphans == [half + 1, half + 2]
    assert len({each.identity for each in rows if each.record}) == len(rows) - len(rows[::100])
    assert rows[1].words is not None
    assert {"tsg", "angela", "penaloza"} <= {*rows[1].words.split()}
