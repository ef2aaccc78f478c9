"""What may have been paid in a time, for a provider that tells of one operation when it is asked about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import bindparam, select

from emission.ledger import links
from emission.ledger.link_schema import session
from emission.ledger.payment_schema import payment
from emission.ledger.payments import UNDONE, Books
from emission.ledger.schema import effect, obligation, operation
from emission.ledger.store import Ledger

PAGE = 500
# A due date on a weekend lasts until Monday, and what is paid at a counter is told some days later.
GRACE = dt.timedelta(days=7)

Name = tuple[str, str]


def unpaid(ledger: Ledger, books: Books, channel: str, since: dt.date) -> Iterator[Name]:
    """Number and external id of operations without a payment that could still be paid on ``since``."""
    last = 0
    wanted = {"environment": books.environment, "issuer": books.issuer, "channel": channel}
    while True:
        with ledger.transaction() as connection:
            page = connection.execute(_UNPAID, {**wanted, "last": last}).all()
        if not page:
            return
        last = page[-1].id
        for key, number, external_id in page:
            bill = links.record_of(ledger, key)
            if bill is None or max(due.date for due in bill.due_dates) + GRACE >= since:
                yield number, external_id


def opened(ledger: Ledger, books: Books, channel: str, since: dt.datetime, until: dt.datetime) -> Iterator[Name]:
    """Our id at the provider, and the external id of its bill, of all sessions that could be paid in that time."""
    wanted = {"environment": books.environment, "issuer": books.issuer, "channel": channel}
    times = {"since": since.timestamp(), "until": until.timestamp()}
    with ledger.transaction() as connection:
        names = connection.execute(_OPENED, {**wanted, **times}).all()
    yield from ((reference, external_id) for reference, external_id in names)


_MINE = (
    (effect.c.provider == bindparam("channel"))
    & (obligation.c.environment == bindparam("environment"))
    & (obligation.c.issuer == bindparam("issuer"))
)
_PAID = select(payment.c.effect).where(payment.c.effect == effect.c.id, payment.c.state.not_in(UNDONE)).exists()
_UNPAID = (
    select(effect.c.id, operation.c.number, effect.c.external_id)
    .join(operation, operation.c.effect == effect.c.id)
    .join(obligation, obligation.c.id == effect.c.obligation)
    .where(_MINE, effect.c.kind == "create", effect.c.state == "confirmed", ~_PAID, effect.c.id > bindparam("last"))
    .order_by(effect.c.id)
    .limit(PAGE)
)
_OPENED = (
    select(session.c.reference, effect.c.external_id)
    .join(effect, effect.c.id == session.c.effect)
    .join(obligation, obligation.c.id == effect.c.obligation)
    .where(_MINE, session.c.until >= bindparam("since"), session.c.sent_at <= bindparam("until"))
    .distinct()
    .order_by(session.c.reference)
)
