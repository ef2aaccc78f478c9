"""What a scanner reads on every page, against what the ledger says that the provider gave."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import msgspec

from emission import money
from emission.audit.case import Case
from emission.audit.finding import Difference, Where
from emission.batched import batched
from emission.ledger import evidence, papers
from emission.ledger.papers import Paper
from emission.model import Obligation
from emission.scan.papers import Looks, Shown, compare, first_pages, looks_of, symbols_of
from emission.scan.reading import read_all
from emission.scan.scanner import Scanner, Symbol
from emission.scan.sheets import Read, Sheets

_obligation = msgspec.msgpack.Decoder(Obligation)


class _Paper(msgspec.Struct, frozen=True):
    """What is known of the pages to read: where they are, how many, which symbols are on them."""

    where: Where
    pages: int
    symbols: tuple[Symbol, ...]


_Job = tuple[Sheets, _Paper]


def codes(case: Case) -> Iterator[Difference]:
    """Every symbol of every digital file and of every page of every lot; amount and due date in words."""
    looks = looks_of(case.ledger, case.agreement.symbology)
    digital = sum(1 for _ in evidence.rendered(case.ledger, case.run.id))
    total = digital + sum(lot.vouchers for lot in evidence.lots(case.ledger, case.run.id))
    jobs = chain(_digital(case, looks), _printed(case, looks))
    for done, (paper, found) in enumerate(read_all(jobs, Scanner(), case.settings.output.workers), 1):
        yield from _compared(case, paper, found)
        case.progress(done, total)


def _digital(case: Case, looks: Looks) -> Iterator[_Job]:
    for page in batched(evidence.rendered(case.ledger, case.run.id), evidence.PAGE):
        for paper in papers.current(case.ledger, [one.id for one in page]):
            path = case.folder / paper.file
            if path.is_file():  # told of otherwise where the files are compared
                shown = looks(paper.look)
                sheets = Sheets(str(path), words=_words(paper, shown))
                yield sheets, _Paper(Where(paper.file, id=paper.voucher_id), paper.pages, symbols_of(paper, shown))


def _printed(case: Case, looks: Looks) -> Iterator[_Job]:
    for lot in evidence.lots(case.ledger, case.run.id):
        path = case.folder / lot.file
        if lot.state == "open" or not lot.file or not path.is_file():
            continue
        places = papers.in_lot(case.ledger, case.run.id, lot.number)
        firsts = iter(first_pages(places))
        for some in batched(places, evidence.PAGE):
            for paper in papers.papers(case.ledger, some):
                where = Where(lot.file, id=paper.voucher_id, column=f"print_sequence {paper.sequence}")
                symbols = symbols_of(paper, looks(paper.look))
                yield Sheets(str(path), next(firsts), paper.pages), _Paper(where, paper.pages, symbols)


def _compared(case: Case, paper: _Paper, found: Read) -> Iterator[Difference]:
    if found.problem:
        yield Difference("file-unreadable", paper.where, found=found.problem)
        return
    if found.pages != paper.pages:
        yield Difference("pages-differ", paper.where, str(paper.pages), str(found.pages))
    case.counted.codes += len(found.symbols)
    compared = compare(paper.symbols, found.symbols)
    for right, wrong in compared.wrong:
        same = right.text == wrong.text
        pair = (right.kind, wrong.kind) if same else (right.text, wrong.text)
        yield Difference("code-differs", paper.where, *pair)
    for symbol in compared.unread:
        yield Difference("code-unread", paper.where, symbol.text)
    for symbol in compared.strange:
        yield Difference("code-unexpected", paper.where, found=symbol.text)
    for word in found.missing:
        yield Difference("text-missing", paper.where, word)


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
