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

VERSION = 7

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
    Column("setup", LargeBinary),
    Column("image", Text, nullable=False, default=""),
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
    Column("identity", Text),
    Column("payable_hash", LargeBinary),
    Column("payable", Boolean),
    Column("printed", Boolean),
    Column("words", Text),
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
    Column("look", Text, nullable=False, default=""),
    Column("part", Text, nullable=False, default=""),
    Column("part_offset", BigInteger, nullable=False, default=0),
    UniqueConstraint("run_id", "ordinal"),
    UniqueConstraint("run_id", "folded"),
    Index("voucher_state", "run_id", "state", "ordinal"),
    Index("voucher_lot", "run_id", "lot", "state"),
    Index("voucher_named", "run_id", "voucher_id"),
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
    Column("look", Text, nullable=False, default=""),
    Column("released_at", Float),
)

# What a voucher was before it was made again, withdrawn or moved, with all that its bytes came from: ``inputs`` are
# the packed obligations and operations. ``released`` says that its page went to the printer in ``lot``.
rendering = Table(
    "rendering",
    metadata,
    Column("id", Key, primary_key=True),
    Column("run_id", Key, ForeignKey("run.id"), nullable=False),
    Column("voucher", Key, ForeignKey("voucher.id"), nullable=False),
    Column("sha256", Text, nullable=False),
    Column("look", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("printed", Boolean, nullable=False),
    Column("lot", Integer),
    Column("sequence", Key),
    Column("released", Boolean, nullable=False),
    Column("inputs", LargeBinary, nullable=False),
    Column("retired_at", Float, nullable=False),
    Index("rendering_voucher", "voucher"),
    Index("rendering_lot", "run_id", "lot"),
)

# Every file that a run took in: ``kind`` is whole, part, amendment or lines; ``sha256`` of the file as it was;
# ``content`` (zlib) where the run itself writes another one over it.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Key, primary_key=True),
    Column("run_id", Key, ForeignKey("run.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("content", LargeBinary),
    Index("delivery_run", "run_id"),
)

# The account's own files, so that an audit sees whether they are what the run wrote.
artefact = Table(
    "artefact",
    metadata,
    Column("run_id", Key, ForeignKey("run.id"), primary_key=True),
    Column("file", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
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
    Column("amount", BigInteger, nullable=False, default=0),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("lookups", Integer, nullable=False, default=0),
    Column("request_hash", LargeBinary),
    Column("payable_hash", LargeBinary),
    Column("sent_at", Float),
    Column("code", Text, nullable=False, default=""),
    Column("message", Text, nullable=False, default=""),
    Column("transient", Boolean, nullable=False, default=False),
    UniqueConstraint("obligation", "kind", "revision"),
)

# A payment outside of the provider's own ways that it is told of: its effect is of the kind ``report``, whose revision
# counts down from 0, so that it is no order's; its external id is the message's. ``transaction_id`` and ``facts`` are
# what the provider said of the QR before, ``number`` and ``answer`` what it said after.
report = Table(
    "report",
    metadata,
    Column("effect", Key, ForeignKey("effect.id"), primary_key=True),
    Column("payment", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("transaction_id", Text, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Column("number", Text, nullable=False, default=""),
    Column("answer", LargeBinary),
    Index("report_payment", "payment"),
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

# An operation that lives at the provider beside the accepted one: a payment on it is the same obligation's.
stray = Table(
    "stray",
    metadata,
    Column("effect", Key, ForeignKey("effect.id"), primary_key=True),
    Column("number", Text, primary_key=True),
    Column("at", Float, nullable=False),
)

# Money to settle by hand: what the row says now less what was paid before it said so (minor units).
difference = Table(
    "difference",
    metadata,
    Column("effect", Key, ForeignKey("effect.id"), primary_key=True),
    Column("obligation", Key, ForeignKey("obligation.id"), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("at", Float, nullable=False),
)

# Whose the words of the index ``search`` are (``ledger/search.py``): an obligation's, or a row's that never became
# one; nobody's where both are null.
sought = Table(
    "sought",
    metadata,
    Column("id", Key, primary_key=True),
    Column("run_id", Key, nullable=False),
    Column("obligation", Key),
    Column("row", Key),
)
# To say the same of PostgreSQL would load its dialect, with every driver that it knows, at each start.
Index("sought_row", sought.c.run_id, sqlite_where=sought.c.row.is_not(None))

history = Table(
    "history",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Float, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_id", Key, nullable=False),
    Column("event", Text, nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Column("who", Text, nullable=False, default=""),
    Index("history_subject", "subject", "subject_id"),
)

asset = Table(
    "asset",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
