"""The tables of living links: whose a token is, and every session or sale that was opened behind it.

``session`` is to a link what ``effect`` is to an order: written down before the call leaves, and what became of it
after. It stands apart because a bill has many, with a life of minutes or days, and because each has keys of its own.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from emission.ledger.schema import Key, metadata

# ``digest`` is the SHA-256 of the token: the table opens no link, and no look-up tells how much of a token was right.
link = Table(
    "link",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("effect", Key, ForeignKey("effect.id"), nullable=False),
    Index("link_effect", "effect"),
)

# ``state``: sent, unknown, open (these may be paid), over, paid, refused. ``reference`` is our id for it at the
# provider, ``token`` the provider's, ``signing`` the key of its notices, ``url`` where the payer goes, ``form`` what is
# posted there (MessagePack, null: nothing). ``until`` is when it can be paid no more; seconds since 1970, UTC.
session = Table(
    "session",
    metadata,
    Column("id", Key, primary_key=True),
    Column("effect", Key, ForeignKey("effect.id"), nullable=False),
    Column("bank", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("reference", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False, default=1),
    Column("lookups", Integer, nullable=False, default=0),
    Column("sent_at", Float, nullable=False),
    Column("until", Float, nullable=False),
    Column("token", Text, nullable=False, default=""),
    Column("signing", Text, nullable=False, default=""),
    Column("url", Text, nullable=False, default=""),
    Column("form", LargeBinary),
    Column("code", Text, nullable=False, default=""),
    Column("message", Text, nullable=False, default=""),
    UniqueConstraint("effect", "bank", "ordinal"),
    Index("session_reference", "reference"),
    Index("session_token", "token"),
)
# However many servers there are, a bill (and bank) has one that may be paid. PostgreSQL would be told the same; its
# word for that, of no use yet, would load its dialect into every command.
Index(
    "session_alive",
    session.c.effect,
    session.c.bank,
    unique=True,
    sqlite_where=session.c.state.in_(("sent", "unknown", "open")),
)

TABLES = (link, session)
