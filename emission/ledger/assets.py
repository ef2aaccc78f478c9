"""Templates with their fonts and logo, by the fingerprint of the look: no reprint is possible without them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from sqlalchemy import insert, select

from emission.ledger.schema import asset
from emission.ledger.store import Ledger

_BEGINNING = (1980, 1, 1, 0, 0, 0)  # of ZIP's own calendar: the same files are the same bytes on any day


def keep(ledger: Ledger, fingerprint: str, files: Mapping[str, bytes]) -> None:
    """Keeps the files of a look, by name, unless the ledger has them."""
    with ledger.transaction() as connection:
        known = select(asset.c.sha256).where(asset.c.sha256 == fingerprint)
        if connection.execute(known).first() is None:
            content = {"sha256": fingerprint, "name": "template", "content": _packed(files)}
            connection.execute(insert(asset), content)


def kept(ledger: Ledger, fingerprint: str) -> dict[str, bytes]:
    """The files of a look, by name; none where the ledger never saw it."""
    with ledger.transaction() as connection:
        content = connection.execute(select(asset.c.content).where(asset.c.sha256 == fingerprint)).scalar()
    if content is None:
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def _packed(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in sorted(files):
            bundle.writestr(zipfile.ZipInfo(name, _BEGINNING), files[name])
    return target.getvalue()
