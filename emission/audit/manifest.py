"""manifest.csv and faults.csv, made again from the ledger and compared cell by cell."""

from __future__ import annotations

from collections.abc import Iterator

from emission.audit.case import Case
from emission.audit.elsewhere import elsewhere
from emission.audit.figures import is_of_a_refusal
from emission.audit.finding import Difference, Finding, Remark
from emission.audit.readable import accounts_of
from emission.audit.standing import is_over
from emission.audit.tables import Expected, compare
from emission.audit.written import is_as_written
from emission.guard import guard
from emission.ledger import evidence
from emission.outputs.manifest import COLUMNS, BatchFacts, cells
from emission.outputs.rejections import FAULTS, fault_lines
from emission.stages.account import with_warnings


def manifest(case: Case) -> Iterator[Finding]:
    """Every line of the manifest."""
    if is_over(case):
        path = case.folder / "manifest.csv"
        found = compare(path, COLUMNS, _manifest(case), unread=_sentences(case, path.name))
        yield from _but_decided(case, _but_revised(case, found))


def faults(case: Case) -> Iterator[Finding]:
    """Every fault and warning of a row; a detail line that nobody claimed has no row, and its file is forgotten."""
    if not is_over(case) or is_of_a_refusal(case):
        return
    path = case.folder / "faults.csv"
    found = compare(path, FAULTS, _faults(case), unread=_sentences(case, path.name))
    rows = (difference for difference in found if difference.code != "line-extra" or difference.where.row)
    yield from _but_decided(case, rows)


def _but_revised(case: Case, found: Iterator[Difference]) -> Iterator[Difference]:
    """What another batch made of a bill stands in that batch's account; the rows are remarked on by themselves."""
    others = elsewhere(case)
    yield from (difference for difference in found if difference.where.row not in others)


def _but_decided(case: Case, found: Iterator[Difference]) -> Iterator[Finding]:
    """What a person decided of an order after the account was written stands in the account of the next run."""
    decided = evidence.decided(case.ledger, case.run.id)
    for difference in found:
        if difference.where.row in decided:
            yield Remark("decided-since", difference.where, difference.expected)
        else:
            yield difference


def _sentences(case: Case, name: str) -> frozenset[str]:
    """Where the file is as it was written, its sentences are; another release, or language, may say it otherwise."""
    return frozenset({"reason"}) if is_as_written(case, name) else frozenset()


def _manifest(case: Case) -> Iterator[Expected]:
    facts = BatchFacts(case.run.provider, case.run.environment, case.run.currency)
    for account in accounts_of(case):
        case.counted.manifest_rows += 1
        line = [guard(cell) for cell in cells(facts, account, case.settings.language)]
        yield Expected(account.row, account.obligation_id, [line])


def _faults(case: Case) -> Iterator[Expected]:
    for account in accounts_of(case):
        lines = list(fault_lines(with_warnings(account), case.settings.language))
        yield Expected(account.row, account.obligation_id, lines)
