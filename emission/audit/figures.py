"""Rows and money, to the cent: the ledger by its rows and by its sums, the manifest, the report."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from emission import money
from emission.audit.case import Case
from emission.audit.finding import Difference, Finding, Remark, Where, differing
from emission.audit.readable import accounts_of
from emission.audit.standing import is_over
from emission.ledger import accounts, obligations, settlements, standing
from emission.model import Status
from emission.outputs import report
from emission.outputs.manifest import COLUMNS
from emission.outputs.report import Totals

_LEFT = ("superseded", "to_settle", "amount_to_settle")
_STATUS, _AMOUNT = COLUMNS.index("status"), COLUMNS.index("amount")


def figures(case: Case) -> Iterator[Finding]:
    """What came in is what went out, by status, wherever it is counted."""
    totals = Totals()
    for _ in totals.counting(accounts_of(case)):
        pass
    case.counted.rows = {status.value: count for status, count in totals.rows.items()}
    case.counted.amounts = {status.value: amount for status, amount in totals.amounts.items()}
    taken, amount = accounts.taken_in(case.ledger, case.run.id)
    facts = (("rows", taken, totals.total_rows), ("amount", amount, totals.total_amount))
    yield from differing(Where(case.book, column="entry"), facts, "sum-differs")
    if is_over(case):
        yield from _manifest(case, totals)
        yield from _report(case, totals)


def is_of_a_refusal(case: Case) -> bool:
    """Whether the last command was stopped at the gate: its report and its faults are of the file that it refused."""
    return _read(case).get("state") == "refused"


def _manifest(case: Case, totals: Totals) -> Iterator[Difference]:
    """Counts and amounts by status, added up from the lines themselves."""
    rows, amounts = Counter[str](), Counter[str]()
    try:
        with (case.folder / "manifest.csv").open(encoding="utf-8", errors="backslashreplace", newline="") as stream:
            for line in csv.reader(stream):
                if len(line) > _AMOUNT and line[0].isdigit():
                    rows[line[_STATUS]] += 1
                    amounts[line[_STATUS]] += _minor(line[_AMOUNT], case.run.currency)
    except (OSError, csv.Error):
        return  # told of where the file itself is compared
    for status in Status:
        facts = (
            (f"rows {status}", totals.rows[status], rows[status]),
            (f"amount {status}", _plain(case, totals.amounts[status]), _plain(case, amounts[status])),
        )
        yield from differing(Where("manifest.csv"), facts, "sum-differs")


def _report(case: Case, totals: Totals) -> Iterator[Finding]:
    where = Where("report.json")
    found = _read(case)
    if is_of_a_refusal(case):
        yield Remark("report-of-refusal", where)
        return
    if not found:
        if (case.folder / "report.json").is_file():
            yield Difference("file-unreadable", where)
        return
    run = case.run
    left = settlements.of_run(case.ledger, run.id)
    names = ("batch", "environment", "provider", "issuer", "issue_date", "currency")
    expected: dict[str, Any] = {
        **{name: getattr(run, name) for name in names},
        "state": "finished",
        "rows": totals.total_rows,
        "vouchers": accounts.voucher_count(case.ledger, run.id),
        **report.figures(totals, run.currency),
        "amount_unreadable": totals.unreadable,
        "warnings": totals.warnings,
        "exit_code": run.exit_code,
        "standing": standing.count(case.ledger, run.id),
        "superseded": left.superseded,
        "to_settle": left.differences,
        "amount_to_settle": money.plain(left.amount, run.currency),
    }
    if obligations.any_elsewhere(case.ledger, run.id):
        # What is left of a bill is counted with the batch that changed it last, which is another one by now.
        expected = {name: right for name, right in expected.items() if name not in _LEFT}
    facts = tuple((name, right, found.get(name)) for name, right in expected.items())
    yield from differing(where, facts, "report-differs")
    yield from _lots(where, accounts.lots(case.ledger, run.id), found.get("lots"))
    whole = totals.rows[Status.REJECTED] + totals.rows[Status.FAILED] == 0
    facts = (("run.exit_code", 0 if whole else 3, run.exit_code),)
    yield from differing(Where(case.book), facts, "ledger-differs")


def _read(case: Case) -> dict[str, Any]:
    try:
        return msgspec.json.decode((case.folder / "report.json").read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}


def _minor(text: str, currency: str) -> int:
    try:
        return money.parse(text, currency) if text else 0
    except money.AmountError:
        return 0  # the cell itself is compared


def _plain(case: Case, minor: int) -> str:
    return money.plain(minor, case.run.currency)


def _lots(where: Where, expected: Sequence[dict[str, Any]], found: object) -> Iterator[Difference]:
    """Lot by lot, without what changes after the report, when one goes to the printer."""
    later = {"state", "released_at"}
    listed = [lot for lot in found if isinstance(lot, dict)] if isinstance(found, list) else []
    yield from differing(where, (("lots", len(expected), len(listed)),), "report-differs")
    for right, told in zip(expected, listed, strict=False):
        names = [*right, *(name for name in told if name not in right)]
        facts = (
            (f"lots {right['number']} {name}", right.get(name), told.get(name)) for name in names if name not in later
        )
        yield from differing(where, tuple(facts), "report-differs")
