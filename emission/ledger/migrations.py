"""From the tables of an older release to this one's: a step a version, none of them ever changed again."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from emission.ledger import link_schema, payment_schema, schema, search


def migrate(connection: Connection, version: int) -> None:
    """Takes the tables from ``version`` to :data:`schema.VERSION`; the caller's transaction makes it all or nothing."""
    for step in _STEPS[version - 1 :]:
        step(connection)


def _to_2(connection: Connection) -> None:
    """Releases, reprints, amendments: what was printed, from what, and what became of it."""
    for table, column in (
        ("run", "setup BLOB"),
        ("voucher", "look TEXT NOT NULL DEFAULT ''"),
        ("lot", "look TEXT NOT NULL DEFAULT ''"),
        ("lot", "released_at FLOAT"),
        ("effect", "amount BIGINT NOT NULL DEFAULT 0"),
        ("history", "who TEXT NOT NULL DEFAULT ''"),
    ):
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column}")
    # What stands was made with the look that its run has: an older release knew no other.
    for table in ("voucher", "lot"):
        connection.exec_driver_sql(
            f"UPDATE {table} SET look = (SELECT run.look FROM run WHERE run.id = {table}.run_id)"  # noqa: S608 - names of ours
        )
    connection.exec_driver_sql(
        "UPDATE effect SET amount = coalesce((SELECT max(entry.amount) FROM entry"
        " WHERE entry.obligation = effect.obligation AND NOT entry.faulty), 0)"
    )
    connection.exec_driver_sql("CREATE INDEX history_subject ON history (subject, subject_id)")
    for added in (schema.rendering, schema.delivery, schema.artefact, schema.stray, schema.difference, schema.sought):
        added.create(connection)
    search.create(connection)
    search.index_all(connection)


def _to_3(connection: Connection) -> None:
    """Vouchers are found by their id, corrections kept, orders say what they asked for, strays have a history."""
    connection.exec_driver_sql("CREATE INDEX voucher_named ON voucher (run_id, voucher_id)")
    # An older table may have been made as it is now by the step before.
    if not any(column[1] == "content" for column in connection.exec_driver_sql("PRAGMA table_info(delivery)")):
        connection.exec_driver_sql("ALTER TABLE delivery ADD COLUMN content BLOB")
    connection.exec_driver_sql("ALTER TABLE run ADD COLUMN image TEXT NOT NULL DEFAULT ''")
    # What was asked for is known of the present revision alone.
    connection.exec_driver_sql("ALTER TABLE effect ADD COLUMN payable_hash BLOB")
    connection.exec_driver_sql(
        "UPDATE effect SET payable_hash = (SELECT payable_hash FROM obligation WHERE obligation.id = effect.obligation"
        " AND obligation.revision = effect.revision) WHERE state NOT IN ('planned', 'refused')"
    )
    connection.exec_driver_sql(
        "INSERT INTO history (at, subject, subject_id, event, detail, who)"
        " SELECT at, 'effect', effect, 'stray', number, '' FROM stray ORDER BY at, number"
    )


def _to_4(connection: Connection) -> None:
    """Payments outside of the provider's own ways are reported to it."""
    schema.report.create(connection)


def _to_5(connection: Connection) -> None:
    """Money that comes in."""
    for added in payment_schema.TABLES:
        added.create(connection)


def _to_6(connection: Connection) -> None:
    """Living links, and what was opened behind them."""
    for added in link_schema.TABLES:
        added.create(connection)


def _to_7(connection: Connection) -> None:
    """What is staged says how it is filed, too. It is read again by the next command."""
    for column in ("identity TEXT", "payable_hash BLOB", "payable BOOLEAN", "printed BOOLEAN", "words TEXT"):
        connection.exec_driver_sql(f"ALTER TABLE staged ADD COLUMN {column}")
    connection.exec_driver_sql("UPDATE run SET image = ''")


_STEPS: tuple[Callable[[Connection], None], ...] = (_to_2, _to_3, _to_4, _to_5, _to_6, _to_7)
