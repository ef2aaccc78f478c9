"""What has been paid, for the municipality's own system: chosen, judged, written, and said."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

from emission import money
from emission.config import Settings
from emission.console import Console
from emission.errors import UsageError
from emission.guard import unguard
from emission.handing.profile import load, shipped
from emission.handing.writing import Cells, Handed, write
from emission.ledger import Ledger
from emission.ledger.holder import ARGENTINA
from emission.reconcile.desk import books_of, open_ledger
from emission.reconcile.report import COLUMNS, cells, every
from emission.stages.belonging import today


def export(settings: Settings, profile: str, since: datetime.date | None, out: Path | None) -> Handed:
    """Writes the payments of which something new is known since that day (all, where it is ``None``).

    Raises:
        UsageError: no such profile; no ledger.
        Refused: see :func:`emission.handing.writing.write`.
    """
    name = profile or settings.payments.export
    if not name:
        raise UsageError("export-profile-needed", known=", ".join(shipped()))
    form = load(name, Path() if profile else settings.folder)
    path = out or settings.path(settings.output.directory) / "payments" / f"export{form.suffix}"
    with open_ledger(settings) as ledger:
        return write(form, _chosen(ledger, settings, since), path, settings.batch.currency, today())


def tell(console: Console, handed: Handed) -> None:
    """What was written."""
    if console.json:
        console.emit("export", path=handed.path, payments=handed.payments, amount=handed.amount)
    else:
        amount = money.local(handed.amount, handed.currency)
        console.line("export-written", path=handed.path, payments=handed.payments, amount=amount)


def _chosen(ledger: Ledger, settings: Settings, since: datetime.date | None) -> Iterator[Cells]:
    earliest = 0.0
    if since is not None:
        earliest = datetime.datetime.combine(since, datetime.time(), ARGENTINA).timestamp()
    for judged in every(ledger, books_of(settings)):
        if judged.entry.changed_at >= earliest:
            yield dict(zip(COLUMNS, map(unguard, cells(judged)), strict=True))
