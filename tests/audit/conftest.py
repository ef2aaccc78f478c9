"""A finished run of everything that an audit meets, made once; every test tampers with a copy of its own."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.audit.scene import Scene
from tests.run.town import CONFIG, Town, row, rows

ROWS = [
    *rows(6),
    row(7, amount="x"),
    # The sandbox's barcode has ten digits for an amount in cents: it refuses a greater one.
    row(8, amount="123456789012.00", amount_2="", due_date_2=""),
    row(9, voucher_id="V", payer_name="Una"),
    row(10, voucher_id="V", payer_name="Una"),
    row(11, payable="no", legend="Exento"),
    row(12, channel="digital"),
]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    town = Town(tmp_path_factory.mktemp("audited"), CONFIG.replace("workers = 1", "workers = 1\nlot_pages = 4"))
    town.batch(ROWS)
    town.run(expect=3)
    with closing(sqlite3.connect(town.folder / "emission.db")) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return town.folder


@pytest.fixture
def scene(finished: Path, tmp_path: Path) -> Scene:
    folder = tmp_path / "town"
    shutil.copytree(finished, folder)
    scene = Scene(folder)
    for statement in (
        "UPDATE delivery SET path = replace(path, ?, ?)",
        "UPDATE run SET source = replace(source, ?, ?)",
        "UPDATE run SET folder = replace(folder, ?, ?)",
    ):
        scene.change(statement, str(finished), str(folder))
    return scene
