"""Where every run of a ledger stands."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import msgspec

from emission.config import Settings
from emission.ledger import Ledger, accounts, runs


class Standing(msgspec.Struct, frozen=True):
    """One run: rows by what became of them."""

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
            found.append(Standing(**values, rows=sum(counts.values()), **by_status))
        return found
