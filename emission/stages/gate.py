"""The last look at the whole batch before anybody is asked for anything."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

from emission import money
from emission.config import Batch
from emission.errors import Refused, Stopped
from emission.ledger import Ledger, staging

# Above this share of rows that another batch already issued, the file is that batch under a new name.
KNOWN_ELSEWHERE = Decimal("0.01")


def pass_gate(ledger: Ledger, run_id: int, batch: Batch, *, elsewhere: int, again: bool) -> None:
    """Lets the batch through.

    Raises:
        Refused: the control totals disagree, too many rows are faulty, or another batch issued these already.
    """
    tally = staging.tally(ledger, run_id)
    if tally.rows == 0:
        raise Refused("batch-without-rows")
    if batch.expected_rows is not None and batch.expected_rows != tally.rows:
        raise Refused("control-rows", expected=batch.expected_rows, found=tally.rows)
    if batch.expected_amount is not None:
        found = money.to_decimal(tally.amount, batch.currency)
        if batch.expected_amount != found:
            expected = money.from_decimal(batch.expected_amount, batch.currency)
            raise Refused(
                "control-amount",
                expected=money.local(expected, batch.currency),
                found=money.local(tally.amount, batch.currency),
                difference=money.local(tally.amount - expected, batch.currency),
            )
    share = Decimal(elsewhere) / tally.rows
    if share > KNOWN_ELSEWHERE and not again:
        raise Refused("batch-already-issued", known=elsewhere, rows=tally.rows)
    if tally.faulty > _most(batch.max_rejected, tally.rows):
        raise Refused("too-many-rejected", rejected=tally.faulty, rows=tally.rows, most=batch.max_rejected)


def leave_room(folder: Path, needed: int) -> None:
    """Looks whether ``needed`` bytes, and a tenth more, fit where ``folder`` is.

    Raises:
        Stopped: the disk would fill in the middle of the run.
    """
    free = shutil.disk_usage(folder).free
    if free < needed * 11 // 10:
        raise Stopped("disk-too-small", path=folder, needed=needed // 10**6, free=free // 10**6)


def _most(text: str, rows: int) -> Decimal:
    """``5%`` of the rows; a number without the sign is a number of rows."""
    return Decimal(text[:-1]) / 100 * rows if text.endswith("%") else Decimal(text)
