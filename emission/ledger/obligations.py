"""Obligations by their identity, whatever batch brought them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, bindparam, exists, func, insert, select, update

from emission.ledger import effects, renderings
from emission.ledger.bulk import many
from emission.ledger.effects import Replaced
from emission.ledger.schema import effect, entry, obligation, operation, run
from emission.ledger.store import Ledger


class Known(msgspec.Struct, frozen=True):
    """What the ledger knows of an identity. ``asked``: a provider was, or may have been, asked for it.

    ``doubtful``: nobody knows yet what came of that.
    """

    id: int
    run_id: int
    batch: str
    payable_hash: bytes
    asked: bool
    doubtful: bool
    number: str


def known(ledger: Ledger, identities: Sequence[str]) -> dict[str, Known]:
    """Those of ``identities`` that the ledger has, by identity."""
    query = (
        select(
            obligation.c.identity,
            obligation.c.id,
            obligation.c.run_id,
            run.c.batch,
            obligation.c.payable_hash,
            effect.c.state,
            operation.c.number,
        )
        .join(run, run.c.id == obligation.c.run_id)
        .outerjoin(effect, (effect.c.obligation == obligation.c.id) & (effect.c.revision == obligation.c.revision))
        .outerjoin(operation, operation.c.effect == effect.c.id)
        .where(obligation.c.identity.in_(identities))
    )
    with ledger.transaction() as connection:
        rows = connection.execute(query).all()
    return {
        identity: Known(
            key,
            run_id,
            batch,
            payable_hash,
            asked=state not in (None, "planned", "refused"),
            doubtful=state in ("sent", "unknown", "held", "abandoned"),
            number=number or "",
        )
        for identity, key, run_id, batch, payable_hash, state, number in rows
    }


def already_in(ledger: Ledger, run_id: int | None, keys: Sequence[int]) -> set[int]:
    """Those of the obligations for which this run has a voucher already."""
    mine = (entry.c.run_id == run_id) & entry.c.obligation.in_(keys) & entry.c.voucher.is_not(None)
    with ledger.transaction() as connection:
        return {key for key in connection.execute(select(entry.c.obligation).where(mine)).scalars() if key is not None}


def any_elsewhere(ledger: Ledger, run_id: int) -> bool:
    """Whether another run asked last for one of this run's debts: what this run read of it may be true no more."""
    query = select(entry.c.row).join(obligation, obligation.c.id == entry.c.obligation)
    with ledger.transaction() as connection:
        foreign = query.where(entry.c.run_id == run_id, obligation.c.run_id != run_id).limit(1)
        return connection.execute(foreign).first() is not None


_ADD = insert(obligation)


def add(ledger: Ledger, rows: Sequence[dict[str, object]]) -> dict[str, int]:
    """Enters new obligations; their keys by identity."""
    with ledger.transaction() as connection:
        first = int(connection.execute(select(func.coalesce(func.max(obligation.c.id), 0))).scalar_one()) + 1
        values = [{**row, "id": first + index} for index, row in enumerate(rows)]
        many(connection, _ADD, values, revision=1)
    return {str(row["identity"]): first + index for index, row in enumerate(rows)}


def revise_asked(ledger: Ledger, changes: Sequence[dict[str, object]]) -> list[int]:
    """Gives a new revision to obligations that a provider was asked for with other payable facts; which those are."""
    if not changes:
        return []
    mine = obligation.c.id.in_([change["b_id"] for change in changes])
    with ledger.transaction() as connection:
        query = select(obligation.c.id, obligation.c.payable_hash).where(mine, _asked())
        before = dict(connection.execute(query).all())
        wanted = [
            change
            for change in changes
            if before.get(change["b_id"], change["b_payable_hash"]) != change["b_payable_hash"]
        ]
        statement = update(obligation).where(obligation.c.id == bindparam("b_id"))
        values: dict[str, Any] = {
            "payable_hash": bindparam("b_payable_hash"),
            "run_id": bindparam("b_run_id"),
            "revision": obligation.c.revision + 1,
        }
        revised = [int(str(change["b_id"])) for change in wanted]
        renderings.retire_bearers(ledger, revised)
        if wanted:
            connection.execute(statement.values(values), wanted)
        ledger.record("obligation", revised, "revised")
    return revised


def _asked() -> ColumnElement[bool]:
    """Whether a provider was, or may have been, asked for the obligation as it stands."""
    order = effect.alias("present")
    return exists().where(
        order.c.obligation == obligation.c.id,
        order.c.revision == obligation.c.revision,
        order.c.state.not_in(("planned", "refused")),
    )


def restore(ledger: Ledger, changes: Sequence[dict[str, object]]) -> None:
    """Goes back to the revision before, where nobody was asked for the present one and that operation says the same.

    An amendment that is taken back so leaves no trace: one that was stopped, or refused because the bill was paid, or
    one that let the operation go because nothing was to be paid.
    """
    if not changes:
        return
    wanted = {change["b_id"]: change["b_payable_hash"] for change in changes}
    earlier = effect.alias("earlier")
    # Where one that it took the place of was paid, the bill is not to be paid again.
    paid = exists().where(
        earlier.c.obligation == obligation.c.id, earlier.c.revision < effect.c.revision, earlier.c.code == "paid"
    )
    query = (
        select(obligation.c.id, effect.c.id, effect.c.payable_hash, effect.c.state)
        .join(effect, (effect.c.obligation == obligation.c.id) & (effect.c.revision == obligation.c.revision - 1))
        .where(obligation.c.id.in_(list(wanted)), effect.c.state.in_(("confirmed", "superseded")), ~_asked(), ~paid)
    )
    with ledger.transaction() as connection:
        rows = connection.execute(query).all()
        found = [(key, order, state) for key, order, payable, state in rows if payable == wanted[key]]
        statement = update(obligation).where(obligation.c.id == bindparam("b_id"))
        values = {"payable_hash": bindparam("b_payable_hash"), "revision": obligation.c.revision - 1}
        if found:
            restored = [{"b_id": key, "b_payable_hash": wanted[key]} for key, *_ in found]
            connection.execute(statement.values(values), restored)
        ledger.record("obligation", [key for key, *_ in found], "restored")
        effects.forgive(ledger, [order for _, order, _ in found])
        effects.replaced(ledger, [Replaced(order, "confirmed") for _, order, state in found if state == "superseded"])


def restate_unasked(ledger: Ledger, changes: Sequence[dict[str, object]]) -> None:
    """Takes over payable facts (and the run) of obligations that nobody was ever asked for; leaves the others."""
    if not changes:
        return
    asked = _asked()
    mine = obligation.c.id.in_([change["b_id"] for change in changes])
    values: dict[str, Any] = {"payable_hash": bindparam("b_payable_hash"), "run_id": bindparam("b_run_id")}
    statement = update(obligation).where(obligation.c.id == bindparam("b_id")).values(values)
    with ledger.transaction() as connection:
        unasked = set(connection.execute(select(obligation.c.id).where(mine, ~asked)).scalars())
        wanted = [change for change in changes if change["b_id"] in unasked]
        if wanted:
            connection.execute(statement, wanted)
