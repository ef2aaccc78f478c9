"""The audit: which checks there are, in the order in which an auditor would look."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from emission.audit.case import Case, Progress
from emission.audit.codes import codes
from emission.audit.details import details
from emission.audit.drawn import drawn
from emission.audit.figures import figures
from emission.audit.finding import Audit, Counted, Difference, Finding, Where
from emission.audit.looks import looks
from emission.audit.lots import lots
from emission.audit.manifest import faults, manifest
from emission.audit.orders import orders
from emission.audit.papers import papers
from emission.audit.payments import payments, settlements
from emission.audit.readable import BROKEN
from emission.audit.released import released
from emission.audit.reports import reports
from emission.audit.rows import rows
from emission.audit.soundness import soundness
from emission.audit.source import source
from emission.audit.standing import unfinished
from emission.audit.written import written
from emission.config import Settings
from emission.errors import EmissionError
from emission.ledger.snapshot import Snapshot
from emission.stages.belonging import run_named

Check = Callable[[Case], Iterator[Finding]]

# From the file that came in, through the ledger, to the account, the papers and the lots.
CHECKS: tuple[Check, ...] = (
    unfinished, soundness, source, details, rows, orders, looks, figures, written, manifest, faults, papers, lots,
    released, payments, settlements, reports,
)  # fmt: skip
WITH_CODES: tuple[Check, ...] = (*CHECKS, drawn, codes)


def audit(
    settings: Settings, wanted: str, checks: Sequence[Check], tell: Callable[[Finding], None], progress: Progress
) -> Audit:
    """Makes every check of the run ``wanted`` (its folder or its batch id) and tells what it finds as it goes.

    Raises:
        UsageError: there is no such ledger or run.
    """
    began = time.monotonic()
    differences = 0
    with closing(Snapshot(settings.ledger_path)) as ledger:
        try:
            run, folder = run_named(ledger, settings, wanted)
        except BROKEN as error:
            where = Where(settings.ledger_path.name, id=wanted, column="run")
            tell(Difference("ledger-unreadable", where, found=str(error)))
            nothing = Path(settings.output.directory)
            return Audit(wanted, settings.environment, settings.batch.currency, str(nothing), Counted(), 1, 0.0)
        case = Case(ledger, run, folder, settings, Counted(), progress)
        for check in checks:
            for finding in _to_its_end(check, case):
                differences += isinstance(finding, Difference)
                tell(finding)
    seconds = round(time.monotonic() - began, 3)
    return Audit(run.batch, run.environment, run.currency, str(folder), case.counted, differences, seconds)


def _to_its_end(check: Check, case: Case) -> Iterator[Finding]:
    """What a check finds; where it trips over what it reads, that is a difference, and the others go on."""
    try:
        yield from check(case)
    except EmissionError:
        raise
    except Exception as error:  # noqa: BLE001 - a file that was tampered with may hold anything
        what = f"{type(error).__name__}: {error}"
        yield Difference("check-stopped", Where(case.book, id=case.run.batch, column=check.__name__), found=what)
