"""What a reprint needs is in the ledger, once for each look."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from emission.ledger import Ledger
from emission.ledger.assets import keep, kept
from tests.run.town import Town, rows


def test_a_run_keeps_its_template_its_faces_and_its_logo(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.batch(rows(2))
    town.run()
    town.run()
    with closing(sqlite3.connect(tmp_path / "emission.db")) as connection:
        query = "SELECT run.look, COUNT(*) FROM run JOIN asset ON asset.sha256 = run.look"
        ((look, count),) = connection.execute(query).fetchall()
    assert count == 1
    with closing(Ledger(tmp_path / "emission.db")) as ledger:
        files = kept(ledger, look)
    assert {"template/voucher.xml", "template/template.toml", "faces/regular.ttf", "renderer", "look.json"} <= set(
        files
    )


def test_what_is_kept_comes_back_byte_for_byte() -> None:
    files = {"a": b"1", "b/c": bytes(range(256))}
    with closing(Ledger(None)) as ledger:
        keep(ledger, "x", files)
        keep(ledger, "x", {"a": b"other"})
        assert kept(ledger, "x") == files
        assert kept(ledger, "y") == {}
