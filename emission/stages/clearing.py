"""Papers that stand no more leave the run's folder: bills withdrawn or failed since, lots to be sealed again."""

from __future__ import annotations

from pathlib import Path

from emission.ledger import Ledger, lots, work
from emission.ledger.runs import Run


def clear_away(ledger: Ledger, run: Run, folder: Path) -> None:
    """Removes them; what they were is kept for a reprint. Repeated after a stop, it goes on."""
    fallen = work.fallen(ledger, run.id)
    lots.open_again(ledger, run.id, lots.with_withdrawn(ledger, run.id))
    for file in (*(file for _, file in fallen), *lots.stale_files(ledger, run.id)):
        (folder / file).unlink(missing_ok=True)
    work.forget_files(ledger, [key for key, _ in fallen])
