"""What is audited: a run of the ledger, and the folder that holds its artefacts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from emission.audit.finding import Counted
from emission.codes.agreements import SANDBOX
from emission.codes.received import Agreement
from emission.config import Settings
from emission.errors import UsageError
from emission.ledger import Ledger, runs
from emission.ledger.runs import Run
from emission.stages.agreement import agreement_of
from emission.stages.setup import as_read

# How far a long check is: done, total.
Progress = Callable[[int, int], None]


class Case(msgspec.Struct, frozen=True):
    """Everything that a check is handed."""

    ledger: Ledger
    run: Run
    folder: Path
    settings: Settings
    counted: Counted
    progress: Progress

    @property
    def book(self) -> str:
        """The ledger's name, as the place of a difference."""
        return self.settings.ledger_path.name

    @property
    def as_read(self) -> Settings:
        """The configuration with which the run read its files; it may be another one by now."""
        return as_read(self.run.setup, self.settings)

    @property
    def agreement(self) -> Agreement:
        """What the run's codes were held against when they were received."""
        setup = self.run.setup
        now = agreement_of(self.settings)
        return msgspec.structs.replace(
            now,
            provider=self.run.provider,
            environment=self.run.environment,
            symbology=setup.get("codes.symbology", now.symbology),
            qr=setup.get("codes.qr", now.qr),
            profile=SANDBOX if self.run.environment == "sandbox" else now.profile,
        )


def find(ledger: Ledger, settings: Settings, wanted: str) -> tuple[Run, Path]:
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
