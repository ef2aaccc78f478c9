"""What is opened behind living links: written down before the call leaves, one at a time for a bill and bank.

The table itself refuses a second one that may be paid, so that any number of servers may share a ledger. Times are
seconds since 1970, UTC, from the caller's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, insert, select, update

from emission.ledger.link_schema import session
from emission.ledger.payments import Books
from emission.ledger.schema import effect, obligation
from emission.ledger.store import Ledger

# What a session in these states is worth is not known to be nothing.
ALIVE = ("sent", "unknown", "open")

_form = msgspec.msgpack.Decoder(dict[str, str])
_pack = msgspec.msgpack.Encoder().encode


class Session(msgspec.Struct, frozen=True):
    """A session or a sale; the table's comments say what its fields hold."""

    id: int
    effect: int
    bank: str
    ordinal: int
    reference: str
    amount: int
    state: str
    attempt: int
    lookups: int
    sent_at: float
    until: float
    token: str
    signing: str
    url: str
    form: dict[str, str] | None
    code: str
    message: str


class Owned(msgspec.Struct, frozen=True):
    """A session and our external id of its bill."""

    session: Session
    external_id: str


class Wanted(msgspec.Struct, frozen=True):
    """What somebody asks for; ``reference``: our id for the n-th at the provider; ``seconds`` that it may be paid."""

    effect: int
    bank: str
    amount: int
    seconds: float
    reference: Callable[[int], str]


def of(ledger: Ledger, effect_id: int) -> list[Session]:
    """All that was ever opened for the bill of an operation, under an older one of its operations too; oldest first."""
    siblings = select(effect.c.id).where(
        effect.c.obligation == select(effect.c.obligation).where(effect.c.id == effect_id).scalar_subquery()
    )
    query = select(session).where(session.c.effect.in_(siblings)).order_by(session.c.id)
    with ledger.transaction() as connection:
        return [_session(row) for row in connection.execute(query).mappings()]


def by_token(ledger: Ledger, books: Books, channel: str, token: str) -> Owned | None:
    """The session that the provider calls so: whose key a notice is held against."""
    return _owned(ledger, books, channel, (session.c.token == token) & (session.c.token != ""))


def by_reference(ledger: Ledger, books: Books, channel: str, reference: str) -> Owned | None:
    """The newest that was opened under this id of ours."""
    return _owned(ledger, books, channel, session.c.reference == reference)


def claim(ledger: Ledger, wanted: Wanted, now: float, *, settle_seconds: float) -> tuple[Session, bool]:
    """The session that may be paid, or a new one that is about to leave; whether it is new, and so the caller's to ask.

    One that nobody was heard of within the settle time is in doubt from then on.
    """
    mine = (session.c.effect == wanted.effect) & (session.c.bank == wanted.bank)
    with ledger.transaction() as connection:
        row = connection.execute(select(session).where(mine, session.c.state.in_(ALIVE))).mappings().one_or_none()
        alive = None if row is None else _session(row)
        if alive is not None and alive.until <= now:
            end(ledger, [alive.id], "over")
            alive = None
        if alive is not None:
            if alive.state == "sent" and alive.sent_at + settle_seconds <= now:
                alive = doubt(ledger, alive, "stopped before the answer")
            return alive, False
        last = connection.execute(select(func.coalesce(func.max(session.c.ordinal), 0)).where(mine)).scalar_one()
        values = {
            "effect": wanted.effect,
            "bank": wanted.bank,
            "ordinal": last + 1,
            "reference": wanted.reference(last + 1),
            "amount": wanted.amount,
            "state": "sent",
            "sent_at": now,
            "until": now + wanted.seconds,
        }
        key = connection.execute(insert(session).values(values)).inserted_primary_key
        assert key is not None
        ledger.record("session", [key[0]], "sent")
        return _read(ledger, key[0]), True


def again(ledger: Ledger, found: Session, now: float) -> bool:
    """The same session leaves once more, under the same reference; false where somebody else has taken that on."""
    same = (session.c.id == found.id) & (session.c.state == "unknown") & (session.c.attempt == found.attempt)
    values = {"state": "sent", "attempt": found.attempt + 1, "lookups": 0, "sent_at": now}
    with ledger.transaction() as connection:
        taken = connection.execute(update(session).where(same).values(values)).rowcount == 1
        ledger.record("session", [found.id] if taken else [], "sent", "again")
    return taken


def opened(
    ledger: Ledger, found: Session, *, url: str, form: Mapping[str, str] | None, token: str, signing: str
) -> Session:
    """The provider has it; where ``url`` is empty it will still say where the payer goes, or said so in a notice."""
    told: dict[str, object] = {"token": token, "signing": signing} if token or signing else {}
    if url:
        told |= {"url": url, "form": None if form is None else _pack(dict(form))}
    return _became(ledger, found, "open", **told)


def doubt(ledger: Ledger, found: Session, message: str) -> Session:
    """Nobody knows what came of it."""
    return _became(ledger, found, "unknown", message=message[:500])


def refused(ledger: Ledger, found: Session, code: str, message: str) -> Session:
    """The provider said no, or was never reached: it cannot be paid."""
    return _became(ledger, found, "refused", code=code, message=message[:500])


def looked_up(ledger: Ledger, found: Session) -> Session:
    """Counts a look-up that found nothing."""
    with ledger.transaction() as connection:
        connection.execute(update(session).where(session.c.id == found.id).values(lookups=session.c.lookups + 1))
    return _read(ledger, found.id)


def end(ledger: Ledger, keys: Sequence[int], state: str) -> None:
    """These can be paid no more: ``over`` or ``paid``."""
    with ledger.transaction() as connection:
        mine = session.c.id.in_(keys) & (session.c.state != state)
        ended = list(connection.execute(select(session.c.id).where(mine)).scalars())
        connection.execute(update(session).where(session.c.id.in_(ended)).values(state=state))
        ledger.record("session", ended, state)


def now_of(ledger: Ledger, key: int) -> Session:
    """The session as it is by now."""
    return _read(ledger, key)


def _became(ledger: Ledger, found: Session, state: str, **values: object) -> Session:
    """A later word on an attempt that nobody else has taken on since."""
    mine = (session.c.id == found.id) & (session.c.attempt == found.attempt) & session.c.state.in_(ALIVE)
    with ledger.transaction() as connection:
        if connection.execute(update(session).where(mine).values(state=state, **values)).rowcount:
            ledger.record("session", [found.id], state)
    return _read(ledger, found.id)


def _read(ledger: Ledger, key: int) -> Session:
    with ledger.transaction() as connection:
        return _session(connection.execute(select(session).where(session.c.id == key)).mappings().one())


def _owned(ledger: Ledger, books: Books, channel: str, wanted: ColumnElement[bool]) -> Owned | None:
    """The newest of those, in the town's own books."""
    query = (
        select(session, effect.c.external_id)
        .join(effect, effect.c.id == session.c.effect)
        .join(obligation, obligation.c.id == effect.c.obligation)
        .where(wanted, effect.c.provider == channel)
        .where(obligation.c.environment == books.environment, obligation.c.issuer == books.issuer)
        .order_by(session.c.id.desc())
    )
    with ledger.transaction() as connection:
        row = connection.execute(query.limit(1)).mappings().first()
        if row is None:
            return None
        values = dict(row)
        external_id = values.pop("external_id")
        return Owned(_session(values), external_id)


def _session(row: Mapping[Any, Any]) -> Session:
    form = None if row["form"] is None else _form.decode(row["form"])
    return Session(**{**row, "form": form})
