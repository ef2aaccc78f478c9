"""Which run a file belongs to, and in which folder that run lies."""

from __future__ import annotations

import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from emission.config import Settings
from emission.errors import UsageError
from emission.filenames import safe_name
from emission.intake import open_batch
from emission.ledger import Ledger, runs
from emission.ledger.runs import Run
from emission.stages.recognise import recognise_run


def name_of(ledger: Ledger, settings: Settings, path: Path, given: str) -> str:
    """The batch that a file belongs to: its configured id, the run that it last was, or its stem.

    Corrected rows belong to the run that they lie with.

    Raises:
        UsageError: corrected rows that nothing ties to a run.
    """
    if name := given or settings.batch.id:
        return name
    mine = [run for run in runs.every(ledger) if run.environment == settings.environment]
    if name := next((run.batch for run in mine if run.source == str(path.resolve())), ""):
        return name
    if not open_batch(path, settings, issue_date=settings.batch.issue_date or today()).is_correction:
        return path.stem
    folder = str(path.resolve().parent)
    for run in mine:
        if run.folder == folder:
            return run.batch
    raise UsageError("correction-without-batch", path=path)


def name_amended(ledger: Ledger, settings: Settings, path: Path, given: str) -> str:
    """The run that a file amends: the one of that name, or the only one that issued what the file brings.

    Raises:
        UsageError: there is none, or there are several.
    """
    known = {run.batch for run in runs.every(ledger) if run.environment == settings.environment}
    name = given or settings.batch.id
    if not name and path.stem in known:
        name = path.stem
    if not name:
        issue_date = settings.batch.issue_date or today()
        shared = recognise_run(ledger, settings, open_batch(path, settings, issue_date=issue_date))
        if len(shared) > 1:
            raise UsageError("amendment-of-several", path=path, batches=", ".join(sorted(shared)))
        name = next(iter(shared), "")
    if name not in known:
        raise UsageError("amendment-of-nothing", path=path, known=", ".join(sorted(known)) or "-")
    return name


def own_folder(ledger: Ledger, settings: Settings, name: str) -> Path:
    """The run's folder.

    Raises:
        UsageError: it is another run's of this environment: another issuer's, or of a batch whose id reads alike there.
    """
    folder = settings.path(settings.output.directory) / safe_name(name)
    for other in runs.every(ledger):
        mine = (other.issuer, other.batch) == (settings.issuer.digits, name)
        if not mine and other.environment == settings.environment and other.folder == str(folder.resolve()):
            issuer = settings.issuer.digits
            raise UsageError("folder-of-another", folder=folder, batch=other.batch, theirs=other.issuer, ours=issuer)
    return folder


def today() -> datetime.date:
    """The day on the office's calendar."""
    return datetime.datetime.now(ZoneInfo("America/Argentina/Buenos_Aires")).date()


def run_named(ledger: Ledger, settings: Settings, wanted: str) -> tuple[Run, Path]:
    """The run that lies in the folder ``wanted``, or whose batch has that id; and its folder.

    Where several share a name, the one of this configuration's environment and issuer comes first, then the latest.

    Raises:
        UsageError: the ledger knows no such run.
    """
    given = Path(wanted)
    folder = given.resolve() if given.is_dir() else None
    every = sorted(runs.every(ledger), key=lambda run: (run.environment, run.issuer) == _mine(settings))
    for matches in (
        [run for run in every if folder is not None and run.folder == str(folder)],
        [run for run in every if run.batch == wanted],
        [run for run in every if folder is not None and run.batch == folder.name],
    ):
        if matches:
            run = matches[-1]
            return run, folder or Path(run.folder)
    raise UsageError("run-not-found", run=wanted, known=", ".join(sorted({run.batch for run in every})) or "-")


def _mine(settings: Settings) -> tuple[str, str]:
    return settings.environment, settings.issuer.digits
