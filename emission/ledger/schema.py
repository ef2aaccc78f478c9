"""The tables, in portable SQL. ``docs/ledger.md`` explains them to those who query them.

``run`` 1-n ``entry`` (a row of the batch) n-1 ``voucher`` n-1 ``lot``; ``entry`` n-1 ``obligation``
(the identity, shared by every batch that names it) 1-n ``effect`` (all that leaves the house) 1-1 ``operation``.
``staged`` and ``detail`` hold a file only while it is being admitted. ``history`` is append-only.
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
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

VERSION = 1

metadata = MetaData()

# SQLite gives an autoincrementing key only to INTEGER; PostgreSQL wants eight bytes.
Key = BigInteger().with_variant(Integer, "sqlite")

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

run = Table(
    "run",
    metadata,
    Column("id", Key, primary_key=True),
    Column("environment", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("issue_date", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("folder", Text, nullable=False, default=""),
    Column("look", Text, nullable=False, default=""),
    Column("state", Text, nullable=False),
    Column("exit_code", Integer),
    Column("started_at", Float, nullable=False),
    UniqueConstraint("environment", "issuer", "batch"),
)

# ``record`` is the obligation as read (null where the row itself is faulty), ``parsed`` the rest of the row,
# ``faults`` what only the whole file could show, ``bundle`` the position of the first row of its voucher.
staged = Table(
    "staged",
    metadata,
    Column("run_id", Key, primary_key=True),
    Column("position", Key, primary_key=True),
    Column("row", Key, nullable=False),
    Column("obligation_id", Text, nullable=False),
    Column("voucher_id", Text, nullable=False),
    Column("bundle", Key, nullable=False),
    Column("amount", BigInteger),
    Column("content", LargeBinary, nullable=False),
    Column("parsed", LargeBinary, nullable=False),
    Column("record", LargeBinary),
    Column("faults", LargeBinary),
    Column("faulty", Boolean, nullable=False),
    Column("dropped", Boolean, nullable=False, default=False),
    Column("outcome", LargeBinary),
    Column("presentation", LargeBinary),
    Column("obligation", Key),
    Column("voucher", Key),
    Column("pages", Integer, nullable=False, default=0),
    Index("staged_obligation", "run_id", "obligation_id"),
    Index("staged_voucher", "run_id", "voucher_id"),
    Index("staged_bundle", "run_id", "bundle"),
)

detail = Table(
    "detail",
    metadata,
    Column("run_id", Key, primary_key=True),
    Column("obligation_id", Text, primary_key=True),
    Column("line", Key, primary_key=True),
    Column("used", Boolean, nullable=False, default=False),
    Column("parsed", LargeBinary, nullable=False),
)

# ``faulty`` is what admission decided; rendered, failed and pending are read from its voucher; ``outcome`` holds the
# faults that the provider's answer, its codes or the rendering showed.
entry = Table(
    "entry",
    metadata,
    Column("run_id", Key, ForeignKey("run.id"), primary_key=True),
    Column("row", Key, primary_key=True),
    Column("position", Key, nullable=False),
    Column("obligation_id", Text, nullable=False),
    Column("voucher_id", Text, nullable=False),
    Column("obligation", Key, ForeignKey("obligation.id")),
    Column("voucher", Key, ForeignKey("voucher.id")),
    Column("faulty", Boolean, nullable=False),
    Column("amount", BigInteger),
    Column("content", LargeBinary, nullable=False),
    Column("presentation", LargeBinary),
    Column("parsed", LargeBinary, nullable=False),
    Column("record", LargeBinary),
    Column("faults", LargeBinary),
    Column("outcome", LargeBinary),
    Index("entry_obligation_id", "run_id", "obligation_id"),
    Index("entry_voucher", "voucher"),
    Index("entry_obligation", "obligation"),
)

voucher = Table(
    "voucher",
    metadata,
    Column("id", Key, primary_key=True),
    Column("run_id", Key, ForeignKey("run.id"), nullable=False),
    Column("ordinal", Key, nullable=False),
    Column("voucher_id", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("printed", Boolean, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("lot", Integer),
    Column("sequence", Key),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("sha256", Text, nullable=False, default=""),
    Column("part", Text, nullable=False, default=""),
    Column("part_offset", BigInteger, nullable=False, default=0),
    UniqueConstraint("run_id", "ordinal"),
    UniqueConstraint("run_id", "folded"),
    Index("voucher_state", "run_id", "state", "ordinal"),
    Index("voucher_lot", "run_id", "lot", "state"),
)

lot = Table(
    "lot",
    metadata,
    Column("run_id", Key, ForeignKey("run.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("vouchers", Integer, nullable=False, default=0),
    Column("pages", Integer, nullable=False, default=0),
    Column("file", Text, nullable=False, default=""),
    Column("sha256", Text, nullable=False, default=""),
)

obligation = Table(
    "obligation",
    metadata,
    Column("id", Key, primary_key=True),
    Column("identity", Text, nullable=False, unique=True),
    Column("environment", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("tax", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("obligation_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("run_id", Key, ForeignKey("run.id"), nullable=False),
    Column("payable_hash", LargeBinary, nullable=False),
)

effect = Table(
    "effect",
    metadata,
    Column("id", Key, primary_key=True),
    Column("obligation", Key, ForeignKey("obligation.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("provider", Text, nullable=False),
    Column("external_id", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("lookups", Integer, nullable=False, default=0),
    Column("request_hash", LargeBinary),
    Column("sent_at", Float),
    Column("code", Text, nullable=False, default=""),
    Column("message", Text, nullable=False, default=""),
    Column("transient", Boolean, nullable=False, default=False),
    UniqueConstraint("obligation", "kind", "revision"),
)

operation = Table(
    "operation",
    metadata,
    Column("effect", Key, ForeignKey("effect.id"), primary_key=True),
    Column("number", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("warnings", LargeBinary, nullable=False),
    Index("operation_number", "number"),
)

history = Table(
    "history",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Float, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_id", Key, nullable=False),
    Column("event", Text, nullable=False),
    Column("detail", Text, nullable=False, default=""),
)

asset = Table(
    "asset",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
