"""What became of the payments that were reported, for a person or a program."""

from __future__ import annotations

import msgspec

from emission.console import Console
from emission.reporting.report import Account

MOST_LINES = 50


def tell(console: Console, account: Account) -> None:
    """How many of each, and a sentence for each that BIND does not know of; with ``--json`` one object."""
    if console.json:
        console.emit("report-payments", counts=dict(account.counts), lines=msgspec.to_builtins(account.lines))
        return
    for state, count in sorted(account.counts.items()):
        console.line(f"payments-state-{state}", count=count)
    open_ones = [line for line in account.lines if line.state not in {"confirmed", "already"}]
    for line in open_ones[:MOST_LINES]:
        console.line("payments-line", line=line.line, id=line.payment_id, state=line.state, message=line.message)
    if len(open_ones) > MOST_LINES:
        console.line("payments-more", count=len(open_ones) - MOST_LINES)
