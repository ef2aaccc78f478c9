"""Which obligations the ledger knows already, whatever the file, the folder or the batch is called."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from emission import identity
from emission.config import Settings
from emission.intake import BatchReader
from emission.ledger import Ledger, obligations, staging
from emission.ledger.obligations import Known
from emission.ledger.staging import Identified
from emission.model import Fault, Severity

# What is wrong with a row whose payable facts are not those that a provider was asked for, if anything.
OnChange = Callable[[Known], Fault | None]


def refuse_change(known: Known) -> Fault | None:
    """A changed amount, due date, payer id or payability is refused."""
    return Fault("payable-changed", "amount", params={"batch": known.batch, "number": known.number or "-"})


def allow_change(known: Known) -> Fault | None:
    """It may be superseded, once it is known what there is to supersede."""
    return Fault("payable-unsettled", "amount", params={"batch": known.batch}) if known.doubtful else None


def recognise(
    stage: Ledger,
    stage_run: int,
    ledger: Ledger,
    run_id: int | None,
    on_change: OnChange,
) -> int:
    """Links staged rows to the obligations of ``ledger``; ``on_change`` judges those whose payable facts changed.

    ``stage`` and ``ledger`` are one and the same in a run; a rehearsal stages elsewhere.

    Returns:
        How many rows another batch has already asked for.
    """
    elsewhere = 0
    for page in staging.identified(stage, stage_run):
        found = obligations.known(ledger, [row.identity for row in page])
        mine = obligations.already_in(ledger, run_id, [known.id for known in found.values()])
        links: list[dict[str, object]] = []
        faults: dict[int, list[Fault]] = {}
        for row in page:
            known = found.get(row.identity)
            if known is None:
                continue
            links.append({"b_position": row.position, "b_obligation": known.id})
            if row.faulty:
                continue
            foreign = known.asked and known.run_id != run_id and known.id not in mine
            elsewhere += foreign
            if fault := _fault(row, known, on_change, foreign=foreign):
                faults[row.position] = [fault]
        staging.settle(stage, stage_run, links, "obligation")
        staging.blame(stage, stage_run, faults)
    return elsewhere


def recognise_run(ledger: Ledger, settings: Settings, batch: BatchReader) -> set[str]:
    """The batches that issued what the first sound rows of a file bring."""
    sound = (row.obligation for row in batch if row.obligation is not None)
    first = list(islice(sound, staging.PAGE))
    names = [identity.identity(settings.environment, settings.issuer.digits, obligation) for obligation in first]
    return {known.batch for known in obligations.known(ledger, names).values()}


def _fault(row: Identified, known: Known, on_change: OnChange, *, foreign: bool) -> Fault | None:
    changed = known.asked and row.payable_hash != known.payable_hash
    if changed and (fault := on_change(known)):
        return fault
    if foreign:
        return Fault("already-issued", "obligation_id", severity=Severity.WARNING, params={"batch": known.batch})
    return None
