"""What an audit reads of money: all that was said of a bill beside the payments that it came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Text, cast, exists, func, or_, select

from emission.ledger.payment_schema import charge, payment, settlement, sighting
from emission.ledger.payments import Books, Payment, Seen, digest_of, payment_of
from emission.ledger.schema import effect, entry, obligation
from emission.ledger.store import Ledger
from emission.payment import Charge, Settlement, Sighting, Source

PAGE = 500  # bills at a time

_sighting = msgspec.msgpack.Decoder(Sighting)
Fact = tuple[str, object, object]  # column, what it should be, what it is


class Saying(msgspec.Struct, frozen=True):
    """A sighting as it is kept, and its columns against what it says and whose it is."""

    seen: Seen
    facts: tuple[Fact, ...]


class Kept(msgspec.Struct, frozen=True):
    """A payment as it is kept, and what it is kept under against whose it is."""

    payment: Payment
    ordinal: int
    facts: tuple[Fact, ...]


class Money(msgspec.Struct, frozen=True):
    """All that came of one order, by channel; ``row`` is 0 where the run has none for its obligation any more."""

    row: int
    obligation_id: str
    state: str
    code: str
    said: dict[str, list[Saying]]
    kept: dict[str, list[Kept]]


class Telling(msgspec.Struct, frozen=True):
    """A settlement as it was told, and its columns against what it was when it was kept."""

    channel: str
    number: str
    facts: tuple[Fact, ...]


def money(ledger: Ledger, run_id: int) -> Iterator[Money]:
    """The money of every order of an obligation that the run asked for last, or that a row of it names."""
    named = exists().where(entry.c.run_id == run_id, entry.c.obligation == effect.c.obligation)
    row = select(func.coalesce(func.min(entry.c.row), 0)).where(
        entry.c.run_id == run_id, entry.c.obligation == effect.c.obligation
    )
    # By what the indexes know: a list of all would be made anew for every page.
    subject = "effect:" + cast(effect.c.id, Text)
    touched = or_(exists().where(sighting.c.subject == subject), exists().where(payment.c.effect == effect.c.id))
    query = (
        select(
            effect.c.id, effect.c.state, effect.c.code, effect.c.obligation, obligation.c.obligation_id,
            obligation.c.environment, obligation.c.issuer, row.scalar_subquery().label("row"),
        )
        .join(obligation, obligation.c.id == effect.c.obligation)
        .where((obligation.c.run_id == run_id) | named, touched)
        .order_by(effect.c.id)
    )  # fmt: skip
    last = 0
    while True:
        with ledger.transaction() as connection:
            page = connection.execute(query.where(effect.c.id > last).limit(PAGE)).mappings().all()
        if not page:
            return
        last = page[-1]["id"]
        keys = [owner["id"] for owner in page]
        said, kept = _said(ledger, keys), _kept(ledger, keys)
        for owner in page:
            key, books = owner["id"], Books(owner["environment"], owner["issuer"])
            yield Money(
                row=owner["row"],
                obligation_id=owner["obligation_id"],
                state=owner["state"],
                code=owner["code"],
                said=_by_channel((one["channel"], _saying(books, key, one)) for one in said.get(key, [])),
                kept=_by_channel((one["channel"], _a_payment(owner, one)) for one in kept.get(key, [])),
            )


def settlements(ledger: Ledger) -> Iterator[Telling]:
    """Every telling of a settlement, of whatever town."""
    with ledger.transaction() as connection:
        rows = connection.execute(select(settlement).order_by(settlement.c.id)).mappings().all()
        kept: dict[int, list[Charge]] = {}
        for owner, kind, amount in connection.execute(
            select(charge.c.settlement, charge.c.kind, charge.c.amount).order_by(charge.c.settlement, charge.c.position)
        ):
            kept.setdefault(owner, []).append(Charge(kind, amount))
    for row in rows:
        told = msgspec.convert(
            {
                "charges": tuple(kept.get(row["id"], [])),
                "deposited_on": row["deposited_on"] or None,
                **{name: row[name] for name in ("number", "currency", "gross", "deposited", "payments")},
            },
            Settlement,
        )
        books = Books(row["environment"], row["issuer"])
        facts = (("settlement.digest", digest_of(books, row["channel"], Source(row["source"]), told), row["digest"]),)
        yield Telling(row["channel"], row["number"], facts)


def _said(ledger: Ledger, effects: Sequence[int]) -> dict[int, list[Any]]:
    """By whom they are kept under, which is what payments are made of."""
    owners = {f"effect:{key}": key for key in effects}
    query = select(sighting).where(sighting.c.subject.in_(owners)).order_by(sighting.c.id)
    found: dict[int, list[Any]] = {}
    with ledger.transaction() as connection:
        for row in connection.execute(query).mappings():
            found.setdefault(owners[row["subject"]], []).append(row)
    return found


def _kept(ledger: Ledger, effects: Sequence[int]) -> dict[int, list[Any]]:
    query = select(payment).where(payment.c.effect.in_(effects)).order_by(payment.c.channel, payment.c.ordinal)
    found: dict[int, list[Any]] = {}
    with ledger.transaction() as connection:
        for row in connection.execute(query).mappings():
            found.setdefault(row["effect"], []).append(row)
    return found


def _by_channel(pairs: Iterator[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for channel, one in pairs:
        found.setdefault(channel, []).append(one)
    return found


def _saying(books: Books, owner: int, row: Any) -> Saying:  # noqa: ANN401 - a row of the table
    said, source = _sighting.decode(row["record"]), Source(row["source"])
    facts: tuple[Fact, ...] = (
        ("sighting.digest", digest_of(books, row["channel"], source, said), row["digest"]),
        ("sighting.environment", books.environment, row["environment"]),
        ("sighting.issuer", books.issuer, row["issuer"]),
        ("sighting.effect", owner, row["effect"]),
        ("sighting.happening", said.happening.value, row["happening"]),
        ("sighting.amount", said.amount, row["amount"]),
        ("sighting.settlement", said.settlement, row["settlement"]),
    )
    return Saying(Seen(source, said), facts)


def _a_payment(owner: Any, row: Any) -> Kept:  # noqa: ANN401 - rows of the tables
    facts: tuple[Fact, ...] = (
        ("payment.subject", f"effect:{owner['id']}", row["subject"]),
        *((f"payment.{name}", owner[name], row[name]) for name in ("environment", "issuer", "obligation")),
    )
    return Kept(payment_of(row), row["ordinal"], facts)
