"""What amendments leave behind: operations that live on beside their successors, money to settle by hand."""

from __future__ import annotations

import msgspec
from sqlalchemy import func, select

from emission.ledger.schema import difference, effect, obligation
from emission.ledger.store import Ledger


class Settlements(msgspec.Struct, frozen=True):
    """Of the obligations that a run issued; ``amount`` is the sum of the differences, in minor units."""

    superseded: int
    differences: int
    amount: int


def of_run(ledger: Ledger, run_id: int) -> Settlements:
    """Counts them."""
    alive = (
        select(func.count())
        .select_from(effect)
        .join(obligation, obligation.c.id == effect.c.obligation)
        .where(obligation.c.run_id == run_id, effect.c.state == "superseded")
    )
    owed = (
        select(func.count(), func.coalesce(func.sum(difference.c.amount), 0))
        .join(obligation, obligation.c.id == difference.c.obligation)
        .where(obligation.c.run_id == run_id)
    )
    with ledger.transaction() as connection:
        return Settlements(int(connection.execute(alive).scalar_one()), *connection.execute(owed).one())
