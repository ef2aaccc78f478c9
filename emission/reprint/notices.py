"""What to know before an old paper is handed over once more: it has expired, was replaced, was paid."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import msgspec

from emission.ledger import Ledger
from emission.ledger.fates import Fate, fates
from emission.ledger.holder import ARGENTINA
from emission.ledger.papers import Paper
from emission.ledger.runs import Run
from emission.model import Bill, Obligation
from emission.reprint.drawing import bill_of

SHOWN = 5

# In the order in which they are told. ``stands`` of a paper, ``state`` of an order → what is said of it.
CODES = (
    "reprint-is-withdrawn",
    "reprint-is-superseded",
    "reprint-is-cancelled",
    "reprint-is-paid",
    "reprint-is-expired",
    "reprint-is-older",
    "reprint-is-refused",
    "reprint-is-rehearsal",
)
_STANDS = {"withdrawn": "reprint-is-withdrawn", "older": "reprint-is-older", "refused": "reprint-is-refused"}


def today() -> datetime.date:
    """The day on the office's clock."""
    return datetime.datetime.now(ARGENTINA).date()


class Notice(msgspec.Struct, frozen=True):
    """One thing to know: of how many obligations or vouchers, the first few of them, and the last ``detail`` of it."""

    code: str
    count: int
    ids: tuple[str, ...]
    detail: str = ""


class Notices:
    """What is to be said of the papers of a run; it reads them page by page and keeps only counts."""

    def __init__(self, ledger: Ledger, run: Run, today: datetime.date) -> None:
        self._ledger = ledger
        self._run = run
        self._today = today
        self._found: dict[str, Notice] = {}

    def read(self, papers: Sequence[Paper]) -> None:
        """Looks at more papers."""
        bills = [bill_of(paper) for paper in papers]
        numbers = [operation.external_id for bill in bills for operation in bill.operations if operation is not None]
        known = fates(self._ledger, numbers)
        for paper, bill in zip(papers, bills, strict=True):
            if paper.stands in _STANDS:
                self._note(_STANDS[paper.stands], paper.voucher_id)
            if self._run.environment != "production":
                self._note("reprint-is-rehearsal", paper.voucher_id, self._run.environment)
            self._read(bill, known)

    def told(self) -> tuple[Notice, ...]:
        """All of it, the gravest first."""
        return tuple(self._found[code] for code in CODES if code in self._found)

    def _read(self, bill: Bill, known: dict[str, Fate]) -> None:
        for obligation, operation in zip(bill.voucher.obligations, bill.operations, strict=True):
            if operation is None:
                continue
            self._read_dates(obligation)
            fate = known.get(operation.external_id)
            if fate is None:
                continue
            if fate.superseded or fate.state == "superseded":
                self._note("reprint-is-superseded", obligation.obligation_id, fate.successor or "-")
            if fate.state in ("cancelled", "abandoned"):
                self._note("reprint-is-cancelled", obligation.obligation_id)
            if fate.paid:
                self._note("reprint-is-paid", obligation.obligation_id)

    def _read_dates(self, obligation: Obligation) -> None:
        last = max(due.date for due in obligation.due_dates)
        if last < self._today:
            self._note("reprint-is-expired", obligation.obligation_id, last.isoformat())

    def _note(self, code: str, name: str, detail: str = "") -> None:
        before = self._found.get(code, Notice(code, 0, ()))
        ids = (*before.ids, name)[:SHOWN]
        self._found[code] = Notice(code, before.count + 1, ids, max(before.detail, detail))
