"""What has become of operations since they were printed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import select

from emission.ledger.schema import effect, obligation, operation
from emission.ledger.store import Ledger


class Fate(msgspec.Struct, frozen=True):
    """An order as it stands; ``superseded``: the money changed since, ``successor`` is the new operation's number."""

    state: str
    paid: bool
    superseded: bool
    successor: str


def fates(ledger: Ledger, external_ids: Sequence[str]) -> dict[str, Fate]:
    """By external id, those that the ledger knows."""
    heir = effect.alias("heir")
    inherits = (heir.c.obligation == effect.c.obligation) & (heir.c.revision == obligation.c.revision)
    query = (
        select(
            effect.c.external_id,
            effect.c.state,
            effect.c.code == "paid",
            effect.c.revision < obligation.c.revision,
            operation.c.number,
        )
        .join(obligation, obligation.c.id == effect.c.obligation)
        .outerjoin(heir, inherits)
        .outerjoin(operation, operation.c.effect == heir.c.id)
        .where(effect.c.external_id.in_(external_ids))
    )
    with ledger.transaction() as connection:
        rows = connection.execute(query).all()
    return {name: Fate(state, paid, superseded, number or "") for name, state, paid, superseded, number in rows}
