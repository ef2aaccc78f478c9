"""What is audited: a run of the ledger, and the folder that holds its artefacts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from emission.audit.finding import Counted
from emission.codes.agreements import SANDBOX
from emission.codes.received import Agreement
from emission.config import Settings
from emission.ledger import Ledger
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
