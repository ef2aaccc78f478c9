"""Living links in the ledger: its secret, and the bill behind a token."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, exists, select
from sqlalchemy.dialects.sqlite import insert as upsert

from emission import identity, links
from emission.ledger.link_schema import link
from emission.ledger.renderings import Input
from emission.ledger.schema import effect, entry, meta, obligation, rendering, voucher
from emission.ledger.store import Ledger
from emission.model import Obligation, Operation

_NAME = "links"
_SECRET_BYTES = 32

_obligation = msgspec.msgpack.Decoder(Obligation)
_inputs = msgspec.msgpack.Decoder(list[Input])


class Linked(msgspec.Struct, frozen=True):
    """The bill behind a link, as it stands.

    ``effect`` is its operation's; ``current``: the obligation has no newer one; ``state`` of the operation; ``paid``:
    an operation of the obligation, this one or another; ``named``: a paper that bears it stands. ``record`` is what the
    operation was asked for, where that is still known.
    """

    effect: int
    external_id: str
    provider: str
    environment: str
    issuer: str
    current: bool
    state: str
    paid: bool
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
    if rows:
        connection.execute(upsert(link).on_conflict_do_nothing(), rows)


def behind(ledger: Ledger, token: str) -> Linked | None:
    """The bill behind a token. What cannot be a token is looked up as any other is."""
    with ledger.transaction() as connection:
        row = connection.execute(_BEHIND, {"digest": links.digest(token)}).mappings().one_or_none()
        if row is None:
            return None
        found = dict(row)
        key, asked = found.pop("obligation"), found.pop("payable_hash")
        records = _records(connection, key)
        record = next((one for one in records if identity.payable_hash(one) == asked), None)
    return Linked(**found, record=record)


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
_DRAWN = (
    select(rendering.c.inputs)
    .join(entry, entry.c.voucher == rendering.c.voucher)
    .where(entry.c.obligation == bindparam("key"))
    .order_by(rendering.c.id.desc())
)
