"""What a scanner reads on every page, against what the ledger says that the provider gave."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import msgspec

from emission import money
from emission.audit.case import Case
from emission.audit.finding import Difference, Where
from emission.batched import batched
from emission.executors import open_executor
from emission.ledger import evidence, papers
from emission.ledger.papers import Paper
from emission.model import Obligation
from emission.scan.papers import Expected, Looks, Shown, compare, first_pages, in_lot, looks_of, own_file
from emission.scan.reading import read_all
from emission.scan.scanner import Scanner
from emission.scan.sheets import Read, Sheets

_obligation = msgspec.msgpack.Decoder(Obligation)


_Job = tuple[Sheets, Expected]


def codes(case: Case) -> Iterator[Difference]:
    """Every symbol of every digital file and of every page of every lot; amount and due date in words."""
    looks = looks_of(case.ledger, case.agreement.symbology)
    digital = sum(1 for _ in evidence.rendered(case.ledger, case.run.id))
    total = digital + sum(lot.vouchers for lot in evidence.lots(case.ledger, case.run.id))
    jobs = chain(_digital(case, looks), _printed(case, looks))
    with open_executor(case.settings.output.workers) as executor:
        read = read_all(executor, jobs, Scanner())
        for done, (expected, found) in enumerate(read, 1):
            yield from _compared(case, expected, found)
            case.progress(done, total)


def _digital(case: Case, looks: Looks) -> Iterator[_Job]:
    for page in batched(evidence.rendered(case.ledger, case.run.id), evidence.PAGE):
        for paper in papers.current(case.ledger, [one.id for one in page]):
            if (case.folder / paper.file).is_file():  # told of otherwise where the files are compared
                shown = looks(paper.look)
                sheets, expected = own_file(paper, case.folder, shown)
                yield msgspec.structs.replace(sheets, words=_words(paper, shown)), expected


def _printed(case: Case, looks: Looks) -> Iterator[_Job]:
    for lot in evidence.lots(case.ledger, case.run.id):
        if lot.state == "open" or not lot.file or not (case.folder / lot.file).is_file():
            continue
        places = papers.in_lot(case.ledger, case.run.id, lot.number)
        firsts = iter(first_pages(places))
        for some in batched(places, evidence.PAGE):
            for paper in papers.papers(case.ledger, some):
                yield in_lot(paper, case.folder, lot.number, lot.file, next(firsts), looks(paper.look))


def _compared(case: Case, expected: Expected, read: Read) -> Iterator[Difference]:
    column = "" if expected.sequence is None else f"print_sequence {expected.sequence}"
    where = Where(expected.file, id=expected.voucher_id, column=column)
    case.counted.codes += len(read.symbols)
    for misread in compare(expected, read):
        page = f"{column} p{misread.page}".strip() if misread.page else column
        there = msgspec.structs.replace(where, column=page)
        yield Difference(misread.code, there, misread.expected, misread.found)
    for word in read.missing:
        yield Difference("text-missing", where, word)


def _words(paper: Paper, shown: Shown) -> tuple[str, ...]:
    """Amount and due date of each obligation that is to be paid, as they are printed."""
    words: list[str] = []
    for record, _ in paper.inputs:
        obligation = _obligation.decode(record)
        if obligation.payable and "amount" in shown.what:
            words.append(money.local(obligation.amount, obligation.currency))
        if obligation.payable and "date" in shown.what:
            words.append(f"{obligation.due_dates[0].date:%d/%m/%Y}")
    return tuple(words)
