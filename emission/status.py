"""Where every run of a ledger stands."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from emission.config import Settings
from emission.ledger import Ledger, accounts, lots, runs
from emission.ledger.held import held
from emission.ledger.lots import Sheet


class Standing(msgspec.Struct, frozen=True):
    """One run: rows by what became of them, ``held`` orders that wait for a person, and what goes to the printer.

    ``lost`` are released lots whose file is gone.
    """

    batch: str
    environment: str
    issue_date: str
    state: str
    source: str
    folder: str
    rows: int
    rendered: int
    rejected: int
    failed: int
    pending: int
    held: int
    lots: list[Sheet]
    lost: list[int]


def standing(settings: Settings) -> list[Standing]:
    """All runs, oldest first; none where there is no ledger yet."""
    if not settings.ledger_path.exists():
        return []
    with closing(Ledger(settings.ledger_path)) as ledger:
        found = []
        for run in runs.every(ledger):
            counts = accounts.rows_by_status(ledger, run.id)
            values = {
                name: getattr(run, name) for name in ("batch", "environment", "issue_date", "state", "source", "folder")
            }
            by_status: dict[str, Any] = {status.value: count for status, count in counts.items()}
            sheets = lots.sheets(ledger, run.id)
            waiting = [
                order
                for order in held(ledger, run.environment, run.issuer)
                if order.state == "held" and run.batch in order.batches
            ]
            found.append(
                Standing(
                    **values,
                    **by_status,
                    rows=sum(counts.values()),
                    held=len(waiting),
                    lots=sheets,
                    lost=lots.released_without_file(ledger, run.id, Path(run.folder)),
                )
            )
        return found
