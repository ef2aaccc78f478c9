"""The ledger that ``bench.find`` asks is one that runs could have left."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bench.find import build
from emission import config
from emission.find import find
from emission.ledger import Ledger, accounts, runs
from emission.model import Role, Status


def test_its_bills_are_rendered_and_found(tmp_path: Path) -> None:
    (tmp_path / "emission.toml").write_text("[batch]\ntax = 'TSG'\n", encoding="utf-8")
    settings = config.load(tmp_path / "emission.toml")
    build(settings.ledger_path, 120)
    with closing(sqlite3.connect(settings.ledger_path)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    with closing(Ledger(settings.ledger_path)) as ledger:
        (run,) = runs.every(ledger)
        found = list(accounts.accounts(ledger, run.id))
    assert [account.status for account in found] == [Status.RENDERED] * 120
    wanted = found[70]
    assert wanted.operation is not None
    for text in (wanted.obligation_id, wanted.operation.number, wanted.operation.text(Role.QR), wanted.account):
        bill = find(settings, text).bill
        assert bill is not None
        assert bill.obligation_id == wanted.obligation_id
