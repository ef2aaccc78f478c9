"""What was said of payments, each thing once, and the payments that it comes to."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from emission.ledger.payment_schema import charge, payment, settlement, sighting
from emission.ledger.schema import effect
from emission.ledger.store import Ledger
from emission.payment import Happening, Settlement, Sighting, Source

_pack = msgspec.msgpack.Encoder().encode
_sighting = msgspec.msgpack.Decoder(Sighting)


# A payer whose money is in these states has not paid with it.
UNDONE = (Happening.RETURNED, Happening.CHARGED_BACK)


class Books(msgspec.Struct, frozen=True):
    """Whose money it is: every key of the ledger begins with these."""

    environment: str
    issuer: str

    @property
    def keys(self) -> dict[str, str]:
        return {"environment": self.environment, "issuer": self.issuer}


class Seen(msgspec.Struct, frozen=True):
    """A sighting and what kind of source it comes from."""

    source: Source
    sighting: Sighting


class Told(msgspec.Struct, frozen=True):
    """A sighting on its way into the ledger: ``line`` of the file, 0 where it was none; ``effect`` if it is known."""

    sighting: Sighting
    line: int
    effect: int | None


class Payment(msgspec.Struct, frozen=True):
    """What was said of one payment, put together. Amounts in minor units; days as YYYY-MM-DD, or empty.

    ``state`` is how far the money went; ``sources`` who told of it, ``at_odds`` that they tell different amounts.
    ``settlement`` is the number of the settlement that it is in; two of them are two deposits of one payment.
    """

    state: Happening
    currency: str
    amount: int
    returned: int
    charged_back: int
    reference: str
    number: str
    external_id: str
    code: str
    paid_on: str
    credited_on: str
    settled_on: str
    settlement: str
    means: str
    sources: str
    at_odds: bool

    @property
    def kept(self) -> int:
        """What is left of it with the municipality."""
        return max(self.amount - self.returned - self.charged_back, 0)

    @property
    def stands(self) -> bool:
        """Whether the payer has paid with it: it was neither given nor taken back."""
        return self.state not in UNDONE


class Subject(msgspec.Struct, frozen=True):
    """Whose money it is, in a channel: ``name`` of an effect, or what the source called the bill."""

    channel: str
    name: str


def note(
    ledger: Ledger, books: Books, channel: str, source: Source, told: Sequence[Told], *, document: int | None = None
) -> tuple[set[Subject], int]:
    """Keeps what was said; says again nothing that was said before.

    Returns:
        The subjects of which something new was said, and how many new things were said.
    """
    now = time.time()
    rows = {}
    for one in told:
        said = one.sighting
        rows[digest_of(books, channel, source, said)] = {
            **books.keys, "channel": channel, "source": source, "document": document, "line": one.line or None,
            "subject": subject_of(said, one.effect), "effect": one.effect, "happening": said.happening,
            "amount": said.amount, "settlement": said.settlement, "record": _pack(said), "seen_at": now,
        }  # fmt: skip
    if not rows:
        return set(), 0
    with ledger.transaction() as connection:
        query = select(sighting.c.digest).where(sighting.c.digest.in_(list(rows)))
        known = set(connection.execute(query).scalars())
        fresh = [{**row, "digest": digest} for digest, row in rows.items() if digest not in known]
        if fresh:
            connection.execute(insert(sighting), fresh)
    return {Subject(channel, str(row["subject"])) for row in fresh}, len(fresh)


def subject_of(said: Sighting, known: int | None) -> str:
    """What the money of a sighting is kept under."""
    if known is not None:
        return f"effect:{known}"
    if said.number:
        return f"number:{said.number}"
    return f"external:{said.external_id}" if said.external_id else f"code:{said.code or said.reference}"


def seen_of(ledger: Ledger, books: Books, subjects: Iterable[Subject]) -> dict[Subject, list[Seen]]:
    """All that was ever said of the subjects."""
    wanted = set(subjects)
    columns = (sighting.c.channel, sighting.c.subject, sighting.c.source, sighting.c.record)
    mine = (sighting.c.environment == books.environment) & (sighting.c.issuer == books.issuer)
    query = select(*columns).where(mine, sighting.c.subject.in_({subject.name for subject in wanted}))
    found: dict[Subject, list[Seen]] = {subject: [] for subject in wanted}
    with ledger.transaction() as connection:
        for channel, name, source, record in connection.execute(query):
            if (subject := Subject(channel, name)) in found:
                found[subject].append(Seen(Source(source), _sighting.decode(record)))
    return found


def keep(ledger: Ledger, books: Books, payments: Mapping[Subject, Sequence[Payment]]) -> set[int]:
    """Makes the subjects' payments these; the effects of those that changed."""
    now = time.time()
    names = {subject.name for subject in payments}
    mine = (payment.c.environment == books.environment) & (payment.c.issuer == books.issuer)
    key = {"environment", "issuer", "channel", "subject", "ordinal"}
    with ledger.transaction() as connection:
        query = select(payment).where(mine, payment.c.subject.in_(names))
        held = {
            (row["channel"], row["subject"], row["ordinal"]): dict(row) for row in connection.execute(query).mappings()
        }
        owners = _owners(ledger, names)
        rows = []
        for subject, made in payments.items():
            effect_key, obligation_key = owners.get(subject.name, (None, None))
            for ordinal, one in enumerate(made, start=1):
                before = held.pop((subject.channel, subject.name, ordinal), None)
                row = {
                    **books.keys, "channel": subject.channel, "subject": subject.name, "ordinal": ordinal,
                    "effect": effect_key, "obligation": obligation_key, **msgspec.structs.asdict(one),
                }  # fmt: skip
                if before is None or any(before[name] != value for name, value in row.items()):
                    rows.append({**row, "changed_at": now})
        gone = [
            row["id"] for (channel, name, _), row in held.items() if Subject(channel, name) in payments
        ]  # what was taken for a payment of its own turned out to be another one
        connection.execute(delete(payment).where(payment.c.id.in_(gone)))
        if rows:
            statement = upsert(payment)
            changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
            connection.execute(statement.on_conflict_do_update(index_elements=sorted(key), set_=changed), rows)
    return {row["effect"] for row in rows if row["effect"] is not None}


def standing(ledger: Ledger, effects: Iterable[int]) -> set[int]:
    """Those of the effects, with a payment that was neither given nor taken back."""
    query = select(payment.c.effect).where(payment.c.effect.in_(list(effects)), payment.c.state.not_in(UNDONE))
    with ledger.transaction() as connection:
        return set(connection.execute(query).scalars())


def of_effects(connection: Connection, effects: Iterable[int]) -> dict[int, list[Payment]]:
    """The payments of these effects, by effect, the first one first."""
    query = select(payment).where(payment.c.effect.in_(list(effects))).order_by(payment.c.paid_on, payment.c.id)
    found: dict[int, list[Payment]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["effect"], []).append(payment_of(row))
    return found


def payment_of(row: Mapping[Any, Any]) -> Payment:
    """A row of the table."""
    fields = {name: row[name] for name in Payment.__struct_fields__}
    return Payment(**{**fields, "state": Happening(fields["state"])})


def unknown(ledger: Ledger, books: Books, after: int, most: int) -> list[tuple[int, str, Sighting]]:
    """Sightings of bills that nobody knew when they came, with their key and channel, by key."""
    mine = (sighting.c.environment == books.environment) & (sighting.c.issuer == books.issuer)
    query = select(sighting.c.id, sighting.c.channel, sighting.c.record).where(
        mine, sighting.c.effect.is_(None), sighting.c.id > after
    )
    with ledger.transaction() as connection:
        rows = connection.execute(query.order_by(sighting.c.id).limit(most)).all()
    return [(key, channel, _sighting.decode(record)) for key, channel, record in rows]


def recognise(ledger: Ledger, channel: str, known: Mapping[int, int], said: Mapping[int, Sighting]) -> set[Subject]:
    """Sightings (by key) whose effect is known now; the subjects that they leave and those that they join."""
    touched = set()
    with ledger.transaction() as connection:
        for key, owner in known.items():
            touched |= {Subject(channel, subject_of(said[key], None)), Subject(channel, f"effect:{owner}")}
            change = update(sighting).where(sighting.c.id == key)
            connection.execute(change.values(effect=owner, subject=f"effect:{owner}"))
    return touched


def note_settlements(ledger: Ledger, books: Books, channel: str, source: Source, told: Sequence[Settlement]) -> int:
    """Keeps what was told of settlements, each telling once; how many were new."""
    fresh = 0
    with ledger.transaction() as connection:
        for one in told:
            row = {
                **books.keys, "channel": channel, "number": one.number, "source": source,
                "digest": digest_of(books, channel, source, one), "currency": one.currency, "gross": one.gross,
                "deposited": one.deposited, "payments": one.payments, "seen_at": time.time(),
                "deposited_on": one.deposited_on.isoformat() if one.deposited_on else "",
            }  # fmt: skip
            statement = upsert(settlement).values(row).on_conflict_do_nothing().returning(settlement.c.id)
            made = connection.execute(statement).scalar()
            if made is None:
                continue
            fresh += 1
            charges = [
                {"settlement": made, "position": position, **msgspec.structs.asdict(kept)}
                for position, kept in enumerate(one.charges, start=1)
            ]
            if charges:
                connection.execute(insert(charge), charges)
    return fresh


def _owners(ledger: Ledger, names: Iterable[str]) -> dict[str, tuple[int, int]]:
    """The effect and the obligation of subjects that are known."""
    keys = [int(name.removeprefix("effect:")) for name in names if name.startswith("effect:")]
    query = select(effect.c.id, effect.c.obligation).where(effect.c.id.in_(keys))
    with ledger.transaction() as connection:
        return {f"effect:{key}": (key, debt) for key, debt in connection.execute(query)}


def digest_of(books: Books, channel: str, source: Source, told: Sighting | Settlement) -> bytes:
    """What says that a thing was said before: by that source of that channel, word for word."""
    whole = msgspec.msgpack.encode((books.environment, books.issuer, channel, source, told))
    return hashlib.blake2b(whole, digest_size=16).digest()
