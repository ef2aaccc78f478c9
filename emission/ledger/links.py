"""Living links in the ledger: its secret, and the bill behind a token."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, exists, select
from sqlalchemy.dialects.sqlite import insert as upsert

from emission import identity, links
from emission.ledger.bulk import many
from emission.ledger.link_schema import link
from emission.ledger.payment_schema import payment
from emission.ledger.payments import UNDONE
from emission.ledger.renderings import Input
from emission.ledger.schema import effect, entry, meta, obligation, rendering, voucher
from emission.ledger.store import Ledger
from emission.model import Obligation, Operation

_NAME = "links"
_SECRET_BYTES = 32
_KEEP = upsert(link).on_conflict_do_nothing()

_obligation = msgspec.msgpack.Decoder(Obligation)
_inputs = msgspec.msgpack.Decoder(list[Input])


class Linked(msgspec.Struct, frozen=True):
    """The bill behind a link, as it stands.

    ``effect`` is its operation's; ``current``: the obligation has no newer one; ``state`` of the operation; ``paid``:
    an operation of the obligation, this one or another, wherever it was paid; ``mispaid``: with no amount that the bill
    ever had; ``named``: a paper that bears it stands. ``record`` is what the operation was asked for, where that is
    still known.
    """

    effect: int
    external_id: str
    provider: str
    environment: str
    issuer: str
    current: bool
    state: str
    paid: bool
    mispaid: bool
    named: bool
    record: Obligation | None


def secret(ledger: Ledger) -> bytes:
    """The ledger's own, made when it is first asked for; it goes into every backup, since printed links rest on it."""
    query = select(meta.c.value).where(meta.c.name == _NAME)
    made = upsert(meta).values(name=_NAME, value=secrets.token_hex(_SECRET_BYTES)).on_conflict_do_nothing()
    with ledger.transaction() as connection:
        connection.execute(made)
        return bytes.fromhex(connection.execute(query).scalar_one())


def keep(connection: Connection, operations: Sequence[tuple[int, Operation]]) -> None:
    """Notes whose the links of these operations are, by effect."""
    rows = [{"digest": links.digest(found.link), "effect": key} for key, found in operations if found.link]
    many(connection, _KEEP, rows)


def behind(ledger: Ledger, token: str) -> Linked | None:
    """The bill behind a token. What cannot be a token is looked up as any other is."""
    with ledger.transaction() as connection:
        row = connection.execute(_BEHIND, {"digest": links.digest(token)}).mappings().one_or_none()
        if row is None:
            return None
        found = dict(row)
        key, asked = found.pop("obligation"), found.pop("payable_hash")
        record = _asked(connection, key, asked)
        mispaid = found["paid"] and _is_mispaid(connection, key)
    return Linked(**found, mispaid=mispaid, record=record)


def record_of(ledger: Ledger, effect_id: int) -> Obligation | None:
    """What an operation was asked for, where that is still known."""
    query = select(effect.c.obligation, effect.c.payable_hash).where(effect.c.id == effect_id)
    with ledger.transaction() as connection:
        key, asked = connection.execute(query).one()
        return _asked(connection, key, asked)


def _asked(connection: Connection, key: int, payable: bytes) -> Obligation | None:
    return next((one for one in _records(connection, key) if identity.payable_hash(one) == payable), None)


def _is_mispaid(connection: Connection, key: int) -> bool:
    """Whether money came, and none of it is an amount of the bill, under whichever of its operations."""
    amounts = set(connection.execute(_RECEIVED, {"key": key}).scalars())
    return bool(amounts) and not any(
        due.amount in amounts for one in _records(connection, key) for due in one.due_dates
    )


def _records(connection: Connection, key: int) -> Iterator[Obligation]:
    """The bill as its rows say it, the newest first, then as its papers did: one stands where a change was refused."""
    found = connection.execute(_ROWS, {"key": key}).all()
    yield from (_obligation.decode(record) for record, _ in found)
    names = {name for _, name in found}
    for inputs in connection.execute(_DRAWN, {"key": key}).scalars():
        records = [_obligation.decode(record) for record, _ in _inputs.decode(inputs)]
        yield from (record for record in records if record.obligation_id in names)


def _behind() -> Select[Any]:
    sibling = effect.alias("sibling")
    paid = exists().where(sibling.c.obligation == effect.c.obligation, sibling.c.code == "paid")
    named = exists().where(
        entry.c.obligation == effect.c.obligation, voucher.c.id == entry.c.voucher, voucher.c.state != "withdrawn"
    )
    return (
        select(
            effect.c.id.label("effect"), effect.c.external_id, effect.c.provider, obligation.c.environment,
            obligation.c.issuer, (effect.c.revision == obligation.c.revision).label("current"), effect.c.state,
            paid.label("paid"), named.label("named"), effect.c.obligation, effect.c.payable_hash,
        )
        .join(link, link.c.effect == effect.c.id)
        .join(obligation, obligation.c.id == effect.c.obligation)
        .where(link.c.digest == bindparam("digest"))
    )  # fmt: skip


# Made once: to put such a query together takes several times as long as to ask it.
_BEHIND = _behind()
_ROWS = (
    select(entry.c.record, entry.c.obligation_id)
    .where(entry.c.obligation == bindparam("key"), entry.c.record.is_not(None))
    .order_by(entry.c.run_id.desc(), entry.c.row)
)
_RECEIVED = select(payment.c.amount).where(payment.c.obligation == bindparam("key"), payment.c.state.not_in(UNDONE))
_DRAWN = (
    select(rendering.c.inputs)
    .join(entry, entry.c.voucher == rendering.c.voucher)
    .where(entry.c.obligation == bindparam("key"))
    .order_by(rendering.c.id.desc())
)
