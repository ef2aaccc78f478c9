"""The account of a run in figures, checked against itself before anybody reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from emission import money, store
from emission.errors import EmissionError
from emission.model import Account, Status
from emission.scan.proving import Tally

_STATUSES = tuple(Status)


class Totals:
    """Counts and amounts (minor units, first due date) by status, gathered while the rows go by."""

    def __init__(self) -> None:
        self.rows = dict.fromkeys(_STATUSES, 0)
        self.amounts = dict.fromkeys(_STATUSES, 0)
        self.unreadable = 0
        self.warnings = 0
        self.total_rows = 0
        self.total_amount = 0

    def counting(self, accounts: Iterable[Account]) -> Iterator[Account]:
        """Passes the rows on, counted."""
        for account in accounts:
            amount = account.amount or 0
            self.rows[account.status] += 1
            self.amounts[account.status] += amount
            self.unreadable += account.amount is None
            self.warnings += len(account.faults) - len(account.errors)
            self.total_rows += 1
            self.total_amount += amount
            yield account

    def check(self, rows: int, amount: int) -> None:
        """Holds what was written, status by status, against what the ledger took in.

        Raises:
            EmissionError: a row or a cent is missing.
        """
        counted_rows, counted_amount = sum(self.rows.values()), sum(self.amounts.values())
        if (counted_rows, counted_amount) != (rows, amount) or self.rows[Status.PENDING]:
            raise EmissionError(
                "not-conserved",
                rows=rows,
                amount=amount,
                counted_rows=counted_rows,
                counted_amount=counted_amount,
                pending=self.rows[Status.PENDING],
            )


class Report(msgspec.Struct, frozen=True):
    """``report.json``. Amounts are decimal text; calls, ``made`` vouchers and seconds are this command's.

    ``standing`` bills are those whose row was rejected for its change alone: the paper as issued is valid.
    ``superseded`` operations live on at the provider beside their successors. What was paid before its money
    changed is ``to_settle``, by hand: rows and the sum of their differences. ``proof`` is what was read back of what
    this command made: papers, pages, codes, mismatches, unread and the seconds of all workers together.
    """

    batch: str
    environment: str
    provider: str
    issuer: str
    issue_date: str
    currency: str
    state: str
    rows: int
    vouchers: int
    standing: int
    rendered: int
    rejected: int
    failed: int
    pending: int
    amount_rows: str
    amount_rendered: str
    amount_rejected: str
    amount_failed: str
    amount_pending: str
    amount_unreadable: int
    warnings: int
    superseded: int
    to_settle: int
    amount_to_settle: str
    provider_calls: int
    made: int
    proof: dict[str, float]
    seconds: float
    vouchers_per_second: float
    exit_code: int
    stopped_by: str
    lots: list[dict[str, object]]
    release: str


def figures(totals: Totals, currency: str) -> dict[str, Any]:
    """Counts and amounts by status, under the report's names."""
    counts: dict[str, Any] = {status.value: count for status, count in totals.rows.items()}
    amounts = {f"amount_{status.value}": money.plain(minor, currency) for status, minor in totals.amounts.items()}
    return {**counts, **amounts, "amount_rows": money.plain(totals.total_amount, currency)}


def proof_of(tally: Tally) -> dict[str, float]:
    """A tally under its own names, seconds to the tenth."""
    return {**msgspec.structs.asdict(tally), "seconds": round(tally.seconds, 1)}


def write(folder: Path, report: Report) -> None:
    """Writes ``report.json``."""
    content = msgspec.json.format(msgspec.json.encode(report), indent=2)
    store.write(folder / "report.json", content + b"\n")
    store.flush([folder / "report.json"])
