"""Bills to which another batch gave other money since: this run's papers and its account are of before."""

from __future__ import annotations

import msgspec

from emission import identity
from emission.audit.case import Case
from emission.audit.readable import BROKEN
from emission.ledger import evidence
from emission.model import Obligation

_obligation = msgspec.msgpack.Decoder(Obligation)


def elsewhere(case: Case) -> dict[int, str]:
    """Rows whose obligation has other payable facts by now, with the batch that gave them."""
    found = {}
    for row, record, payable_hash, batch in evidence.revised_elsewhere(case.ledger, case.run.id):
        try:
            if identity.payable_hash(_obligation.decode(record)) != payable_hash:
                found[row] = batch
        except BROKEN:
            continue  # told of where the ledger is held against itself
    return found
