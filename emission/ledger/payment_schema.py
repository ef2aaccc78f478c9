"""The tables of money that comes in. ``docs/ledger.md`` explains them to those who query them.

``sighting`` is what a source said of a payment, append-only and each thing once, so that nothing is lost and nothing
counted twice, whoever repeats it. ``payment`` is what they come to together: it is made anew of all that was said of
its subject, whatever came first. ``notice`` keeps what was posted to us, ``document`` which files were taken.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from emission.ledger.schema import Key, metadata

# ``digests`` are eight bytes a line: a file that comes again with one line altered shows which one.
document = Table(
    "document",
    metadata,
    Column("id", Key, primary_key=True),
    Column("environment", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("digests", LargeBinary, nullable=False),
    Column("payments", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("taken_at", Float, nullable=False),
    Column("complete", Boolean, nullable=False),
    UniqueConstraint("environment", "issuer", "channel", "number"),
)

# ``state``: waiting, done, refused (``code`` says why). ``how`` its word was verified: a signature, or asked.
notice = Table(
    "notice",
    metadata,
    Column("id", Key, primary_key=True),
    Column("environment", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", Float, nullable=False),
    Column("state", Text, nullable=False),
    Column("how", Text, nullable=False, default=""),
    Column("code", Text, nullable=False, default=""),
    Column("attempt", Integer, nullable=False, default=0),
    Column("worked_at", Float),
    UniqueConstraint("environment", "issuer", "channel", "sha256"),
    Index("notice_state", "state", "id"),
)

# ``subject`` is whose money it is, as far as is known: an effect, else the name that the source gave.
# ``source`` is notice, query or file; ``document`` and ``line`` are set where it was a file.
sighting = Table(
    "sighting",
    metadata,
    Column("id", Key, primary_key=True),
    Column("environment", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("document", Key, ForeignKey("document.id")),
    Column("line", Key),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("subject", Text, nullable=False),
    Column("effect", Key, ForeignKey("effect.id")),
    Column("happening", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("settlement", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("seen_at", Float, nullable=False),
    Index("sighting_subject", "subject"),
    Index("sighting_document", "document"),
    Index("sighting_settlement", "settlement"),
)
Index("sighting_unknown", sighting.c.id, sqlite_where=sighting.c.effect.is_(None))

# Amounts in minor units; days as YYYY-MM-DD, empty where nobody told. ``state``: paid, credited, settled, returned,
# charged_back. ``sources`` are those that told of it, ``at_odds`` that they tell different amounts.
payment = Table(
    "payment",
    metadata,
    Column("id", Key, primary_key=True),
    Column("environment", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("effect", Key, ForeignKey("effect.id")),
    Column("obligation", Key, ForeignKey("obligation.id")),
    Column("number", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("returned", BigInteger, nullable=False),
    Column("charged_back", BigInteger, nullable=False),
    Column("paid_on", Text, nullable=False),
    Column("credited_on", Text, nullable=False),
    Column("settled_on", Text, nullable=False),
    Column("settlement", Text, nullable=False),
    Column("means", Text, nullable=False),
    Column("sources", Text, nullable=False),
    Column("at_odds", Boolean, nullable=False),
    Column("changed_at", Float, nullable=False),
    UniqueConstraint("environment", "issuer", "channel", "subject", "ordinal"),
    Index("payment_effect", "effect"),
    Index("payment_obligation", "obligation"),
)

# A settlement as one source told it, each telling once; ``settled_on`` the day of the deposit.
settlement = Table(
    "settlement",
    metadata,
    Column("id", Key, primary_key=True),
    Column("environment", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("currency", Text, nullable=False),
    Column("gross", BigInteger),
    Column("deposited", BigInteger),
    Column("payments", BigInteger),
    Column("deposited_on", Text, nullable=False),
    Column("seen_at", Float, nullable=False),
    Index("settlement_number", "number"),
)

charge = Table(
    "charge",
    metadata,
    Column("settlement", Key, ForeignKey("settlement.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
)

TABLES = (document, notice, sighting, payment, settlement, charge)
