"""The rows of a run with all that became of them, past those that cannot be read any more."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from emission.audit.case import Case
from emission.batched import batched
from emission.ledger import accounts, evidence
from emission.model import Account

PAGE = 500

# What a packed record that was tampered with may raise.
BROKEN = (msgspec.MsgspecError, TypeError, ValueError, LookupError)


def accounts_of(case: Case) -> Iterator[Account]:
    """The readable rows, in order; the others are told of where the ledger is held against itself."""
    numbers = (one.row for one in evidence.cells(case.ledger, case.run.id))
    for page in batched(numbers, PAGE):
        try:
            found = accounts.accounts_of(case.ledger, case.run.id, page)
        except BROKEN:
            found = [account for row in page for account in _one(case, row)]
        yield from found


def _one(case: Case, row: int) -> list[Account]:
    try:
        return accounts.accounts_of(case.ledger, case.run.id, [row])
    except BROKEN:
        return []
