"""From what a source calls a bill to the order that it was issued with: by operation, by external id, by code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Select, select, text

from emission.ledger.payments import Books
from emission.ledger.schema import effect, obligation, operation, sought, stray
from emission.ledger.store import Ledger
from emission.model import Operation
from emission.payment import Sighting
from emission.words import code_word

_operation = msgspec.msgpack.Decoder(Operation)


class _Order(NamedTuple):
    """An order that bears a name."""

    effect: int
    provider: str
    obligation: int
    revision: int


_Orders = dict[str, set[_Order]]


def match(ledger: Ledger, books: Books, channel: str, said: Sequence[Sighting]) -> list[int | None]:
    """The effect of each sighting; ``None`` where no order bears its names, or several that nothing tells apart.

    The provider's number counts before our external id, and that before what a till read. A number may be an
    operation's that lives beside the accepted one: it is the same obligation's.
    """
    with ledger.transaction() as connection:
        numbers = _by_number(connection, books, {one.number for one in said if one.number})
        externals = _by_external_id(connection, books, {one.external_id for one in said if one.external_id})
        left = [one for one in said if one.number not in numbers and one.external_id not in externals]
        codes = _by_code(connection, books, {one.code for one in left if one.code})
    found = []
    for one in said:
        named = numbers.get(one.number) or externals.get(one.external_id) or codes.get(one.code) or set()
        found.append(_only(named, channel))
    return found


def _only(orders: set[_Order], channel: str) -> int | None:
    """The one order, or the one of the provider that tells; of one obligation's, the newest."""
    chosen = [order for order in orders if order.provider == channel] or list(orders)
    if len({order.obligation for order in chosen}) != 1:
        return None
    return max(chosen, key=lambda order: (order.revision, order.effect)).effect


def _by_number(connection: Connection, books: Books, numbers: set[str]) -> _Orders:
    accepted = _orders(books, operation.c.number).join(operation, operation.c.effect == effect.c.id)
    beside = _orders(books, stray.c.number).join(stray, stray.c.effect == effect.c.id)
    return _found(
        row
        for query, column in ((accepted, operation.c.number), (beside, stray.c.number))
        for row in connection.execute(query.where(column.in_(numbers)))
    )


def _by_external_id(connection: Connection, books: Books, names: set[str]) -> _Orders:
    query = _orders(books, effect.c.external_id).where(effect.c.external_id.in_(names))
    return _found(connection.execute(query))


def _by_code(connection: Connection, books: Books, codes: set[str]) -> _Orders:
    """By any code on the paper, character by character; the index of words says where to look."""
    words = {word for code in codes if (word := code_word(code))}
    if not words:
        return {}
    wanted = " OR ".join(f'"{word}"' for word in sorted(words))
    named = text("SELECT rowid AS id FROM search WHERE search MATCH :wanted").bindparams(wanted=wanted)
    where = select(named.columns(sought.c.id).subquery())
    debts = select(sought.c.obligation).where(sought.c.id.in_(where), sought.c.obligation.is_not(None))
    query = _orders(books, operation.c.record).join(operation, operation.c.effect == effect.c.id)
    query = query.where(effect.c.obligation.in_(debts))
    return _found(
        (code.text, *order)
        for record, *order in connection.execute(query)
        for code in _operation.decode(record).codes
        if code.text in codes
    )


def _orders(books: Books, name: Any) -> Select[Any]:  # noqa: ANN401 - any column
    order = (effect.c.id, effect.c.provider, effect.c.obligation, effect.c.revision)
    query = select(name, *order).join(obligation, obligation.c.id == effect.c.obligation)
    return query.where(obligation.c.environment == books.environment, obligation.c.issuer == books.issuer)


def _found(rows: Iterable[Any]) -> _Orders:
    found: _Orders = {}
    for name, *order in rows:
        found.setdefault(name, set()).add(_Order(*order))
    return found
