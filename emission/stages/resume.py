"""What an earlier command left: doubts about orders on their way, files that are gone, another look."""

from __future__ import annotations

from pathlib import Path

from emission import store
from emission.errors import UsageError
from emission.ledger import Ledger, assets, effects, lots, renderings, runs, work
from emission.ledger.runs import Run
from emission.render import Look, files_of, fingerprint


def stay_with_released(ledger: Ledger, run: Run, folder: Path) -> None:
    """Keeps the run where its released lots lie: another folder has to have them already.

    Raises:
        UsageError: it has not.
    """
    if run.folder in ("", str(folder.resolve())):
        return
    if missing := lots.released_without_file(ledger, run.id, folder):
        raise UsageError(
            "released-elsewhere", batch=run.batch, lots=", ".join(map(str, missing)), folder=run.folder, other=folder
        )


def resume(ledger: Ledger, run: Run, look: Look, setup: dict[str, str], folder: Path, *, rerender: bool) -> Run:
    """Brings the run's state to what is true now; what must be made again waits again. No provider is asked.

    ``rerender`` makes everything wait that is not with the printer.
    """
    store.sweep(folder)
    now = fingerprint(look)
    another_look = rerender or run.look not in ("", now)
    with ledger.transaction():
        effects.doubt(ledger, run.id)
        lots.stand_as_released(ledger, run.id)
        if another_look:
            renderings.retire(ledger, run.id, [key for key, _ in work.files(ledger, run.id)])
        lost = [key for key, file in work.files(ledger, run.id) if not (folder / file).is_file()]
        frozen = lots.lost_for_good(ledger, run.id, folder, now)
        work.wait_again(ledger, [key for key in lost if key not in frozen])
        lost_parts = [key for key, part in lots.parts(ledger, run.id) if not (folder / part).is_file()]
        work.wait_again(ledger, lost_parts)
        gone = [number for number, file in lots.lot_files(ledger, run.id) if not (folder / file).is_file()]
        lots.open_again(ledger, run.id, gone)
        # Another look or another folder: every voucher is rendered again, from the ledger.
        lots.reopen(ledger, run.id, everything=another_look or run.folder != str(folder.resolve()))
        assets.keep(ledger, now, files_of(look))
        return runs.change(ledger, run, look=now, setup=setup, folder=str(folder.resolve()), state="started")
