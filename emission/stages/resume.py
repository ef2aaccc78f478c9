"""What an earlier command left: doubts about orders on their way, files that are gone, another look."""

from __future__ import annotations

from pathlib import Path

from emission.ledger import Ledger, assets, effects, lots, runs, work
from emission.ledger.runs import Run
from emission.render import Look, files_of, fingerprint


def resume(ledger: Ledger, run: Run, look: Look, folder: Path) -> Run:
    """Brings the run's state to what is true now; what must be made again waits again. No provider is asked."""
    now = fingerprint(look)
    with ledger.transaction():
        effects.doubt(ledger, run.id)
        work.wait_again(ledger, [key for key, file in work.files(ledger, run.id) if not (folder / file).is_file()])
        lost_parts = [key for key, part in lots.parts(ledger, run.id) if not (folder / part).is_file()]
        work.wait_again(ledger, lost_parts)
        gone = [number for number, file in lots.lot_files(ledger, run.id) if not (folder / file).is_file()]
        lots.open_again(ledger, run.id, gone)
        # Another look or another folder: every voucher is rendered again, from the ledger.
        lots.reopen(ledger, run.id, everything=(run.look, run.folder) != (now, str(folder.resolve())))
        assets.keep(ledger, now, files_of(look))
        return runs.change(ledger, run, look=now, folder=str(folder.resolve()), state="started")
