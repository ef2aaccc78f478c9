"""Whether the run is over, and every row has ended somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from emission.audit.case import Case
from emission.audit.finding import Difference, Where
from emission.ledger import accounts
from emission.model import Status


def is_over(case: Case) -> bool:
    """Whether the run says so of itself: only then are there a manifest and a whole report."""
    return case.run.state == "finished"


def unfinished(case: Case) -> Iterator[Difference]:
    """An unfinished run, with how many of its rows still wait."""
    counts = accounts.rows_by_status(case.ledger, case.run.id)
    waiting = counts[Status.PENDING]
    if not is_over(case) or waiting:
        yield Difference("unfinished", Where(case.book, id=case.run.batch), "0", str(waiting))
