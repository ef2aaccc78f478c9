"""What a ledger says of money, for tests to compare; bills are put into it by :mod:`bench.issued`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from emission.ledger import Ledger
from emission.ledger.payment_schema import TABLES
from emission.ledger.schema import effect


def state_of(ledger: Ledger) -> str:
    """All that the ledger says of money, without keys that count arrivals and without times."""
    apart = {"id", "document", "line", "seen_at", "changed_at", "taken_at", "digest", "digests", "settlement_id"}
    found: dict[str, list[str]] = {}
    with ledger.transaction() as connection:
        for table in (*TABLES, effect):
            if table.name in ("document", "notice", "charge"):
                continue
            rows: Sequence[Any] = connection.execute(select(table)).mappings().all()
            shown = [{name: repr(value) for name, value in row.items() if name not in apart} for row in rows]
            found[table.name] = sorted(json.dumps(row, sort_keys=True) for row in shown)
    return json.dumps(found, indent=1)
