"""The account's own files as they were written, by hash, so that an audit sees whether they still are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import delete, insert, select

from emission.ledger.schema import artefact
from emission.ledger.store import Ledger


def digest_of(path: Path) -> str:
    """SHA-256 (hex) of a file, whose size does not matter.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def keep(ledger: Ledger, run_id: int, digests: Mapping[str, str]) -> None:
    """Notes what these files of the run are now, by name. They must be on disk."""
    with ledger.transaction() as connection:
        forget(ledger, run_id, list(digests))
        rows = [{"run_id": run_id, "file": file, "sha256": digest} for file, digest in digests.items()]
        if rows:
            connection.execute(insert(artefact), rows)


def forget(ledger: Ledger, run_id: int, files: Sequence[str]) -> None:
    """These files of the run are no more."""
    with ledger.transaction() as connection:
        connection.execute(delete(artefact).where(artefact.c.run_id == run_id, artefact.c.file.in_(files)))


def kept(ledger: Ledger, run_id: int) -> dict[str, str]:
    """What is noted of a run: file → sha256."""
    query = select(artefact.c.file, artefact.c.sha256).where(artefact.c.run_id == run_id).order_by(artefact.c.file)
    with ledger.transaction() as connection:
        return dict(connection.execute(query).all())
