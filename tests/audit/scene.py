"""A finished run to tamper with, and what the audit then says."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from emission import config
from emission.audit import Difference, Finding, audit
from emission.audit.checks import CHECKS, Check
from tests.run.town import Town

# A finding as a test names it: code, then whatever of file, row, id and column it wants to see.
Named = dict[str, Any]


class Scene:
    """A town's folder with the finished run ``lote``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out" / "lote"
        self.town = object.__new__(Town)
        self.town.folder = folder

    def change(self, statement: str, *values: object) -> None:
        """Changes the ledger behind the program's back."""
        with closing(sqlite3.connect(self.folder / "emission.db")) as ledger:
            ledger.execute(statement, values)
            ledger.commit()

    def ask(self, question: str, *values: object) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "emission.db")) as ledger:
            return ledger.execute(question, values).fetchall()

    def edit(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """Changes a file of the run."""
        path = self.out / name
        path.write_bytes(change(path.read_bytes()))

    def audit(self, *options: str, run: str = "lote", expect: int = 3) -> list[Named]:
        """What the command finds; fails where its exit code is not the expected one."""
        result = self.town.call("audit", run, "--json", *options)
        assert result.exit_code == expect, result.stdout + result.stderr
        events = [json.loads(line) for line in result.stdout.splitlines()]
        return [event for event in events if event["event"] in ("difference", "remark")]

    def differences(self, checks: Sequence[Check] = CHECKS) -> list[Difference]:
        """What these checks find, without the command around them."""
        found: list[Finding] = []
        with contextlib.chdir(self.folder):
            audit(config.load(None), "lote", checks, found.append, lambda _done, _total: None)
        return [finding for finding in found if isinstance(finding, Difference)]


def names(found: Sequence[Named], code: str, **where: object) -> bool:
    """Whether one of the findings has this code and, of its place, all of ``where``."""
    return any(
        finding["code"] == code and all(finding["where"].get(name) == value for name, value in where.items())
        for finding in found
    )
