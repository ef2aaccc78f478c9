"""The office's ledger, opened for what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from emission.config import Settings
from emission.errors import UsageError
from emission.ledger import Ledger
from emission.ledger.payments import Books


def books_of(settings: Settings) -> Books:
    """Whose money comes in."""
    return Books(settings.environment, settings.issuer.digits)


@contextmanager
def open_ledger(settings: Settings) -> Iterator[Ledger]:
    """The ledger that the bills were issued with.

    Raises:
        UsageError: there is none yet: whatever comes in could be of no bill.
    """
    if not settings.ledger_path.exists():
        raise UsageError("ledger-absent", path=settings.ledger_path)
    with closing(Ledger(settings.ledger_path)) as ledger:
        yield ledger
