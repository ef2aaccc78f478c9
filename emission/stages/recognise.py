"""Which obligations the ledger knows already, whatever the file, the folder or the batch is called."""

from __future__ import annotations

from emission import identity
from emission.ledger import Ledger, obligations, staging
from emission.ledger.obligations import Known
from emission.ledger.schema import staged
from emission.ledger.staging import Staged
from emission.model import Fault, Severity


def recognise(stage: Ledger, stage_run: int, ledger: Ledger, run_id: int | None, environment: str, issuer: str) -> int:
    """Links staged rows to the obligations of ``ledger``, and refuses those whose payable facts changed.

    ``stage`` and ``ledger`` are one and the same in a run; a rehearsal stages elsewhere.

    Returns:
        How many rows another batch has already asked for.
    """
    elsewhere = 0
    for page in staging.pages(stage, stage_run, ~staged.c.faulty):
        identities = [identity.identity(environment, issuer, row.obligation_record()) for row in page]
        found = obligations.known(ledger, identities)
        mine = obligations.already_in(ledger, run_id, [known.id for known in found.values()])
        links: list[dict[str, object]] = []
        faults: dict[int, list[Fault]] = {}
        for row, name in zip(page, identities, strict=True):
            known = found.get(name)
            if known is None:
                continue
            links.append({"b_position": row.position, "b_obligation": known.id})
            foreign = known.asked and known.run_id != run_id and known.id not in mine
            elsewhere += foreign
            if fault := _fault(row, known, foreign=foreign):
                faults[row.position] = [fault]
        staging.settle(stage, stage_run, links, "obligation")
        staging.blame(stage, stage_run, faults)
    return elsewhere


def _fault(row: Staged, known: Known, *, foreign: bool) -> Fault | None:
    if known.asked and identity.payable_hash(row.obligation_record()) != known.payable_hash:
        return Fault("payable-changed", "amount", params={"batch": known.batch, "number": known.number or "-"})
    if foreign:
        return Fault("already-issued", "obligation_id", severity=Severity.WARNING, params={"batch": known.batch})
    return None
