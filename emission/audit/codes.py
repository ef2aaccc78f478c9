"""What a scanner reads on every page, against what the ledger says that the provider gave."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool

import msgspec

from emission import money
from emission.audit.case import Case
from emission.audit.finding import Difference, Where
from emission.audit.reading import Read, Sheets, read
from emission.batched import batched
from emission.errors import Stopped
from emission.executors import open_executor, ordered, worker_count
from emission.ledger import Ledger, assets, evidence, papers
from emission.ledger.papers import Paper
from emission.model import Obligation, Operation, Role

CHUNK = 8
# What a look shows, by its own source: the elements that draw symbols, the filters that write money and dates.
_SHOWS = {
    "barcode": re.compile(rb"<linear\b"),
    "qr": re.compile(rb"<qr\b"),
    "amount": re.compile(rb"\|\s*money\b"),
    "date": re.compile(rb"\|\s*date\b"),
}

_obligation = msgspec.msgpack.Decoder(Obligation)
_operation = msgspec.msgpack.Decoder(Operation)


class _Paper(msgspec.Struct, frozen=True):
    """What is known of the pages to read: where they are, how many, which symbols are on them."""

    where: Where
    pages: int
    codes: tuple[str, ...]


_Job = tuple[Sheets, _Paper]
# What a look shows, by its fingerprint.
_Looks = Callable[[str], frozenset[str]]


def codes(case: Case) -> Iterator[Difference]:
    """Every symbol of every digital file and of every page of every lot; amount and due date in words."""
    looks = functools.cache(functools.partial(_shown, case.ledger))
    digital = sum(1 for _ in evidence.rendered(case.ledger, case.run.id))
    total = digital + sum(lot.vouchers for lot in evidence.lots(case.ledger, case.run.id))
    workers = case.settings.output.workers
    done = 0
    try:
        with open_executor(workers) as executor:
            for jobs in (_digital(case, looks), _printed(case, looks)):
                for paper, found in _read_all(executor, jobs, 2 * worker_count(workers)):
                    yield from _compared(case, paper, found)
                    done += 1
                    case.progress(done, total)
    except BrokenProcessPool as error:
        raise Stopped("worker-died") from error


def _read_all(executor: Executor, jobs: Iterable[_Job], window: int) -> Iterator[tuple[_Paper, Read]]:
    for chunk, found in ordered(executor, read, _chunks(jobs), window):
        yield from zip(chunk, found, strict=True)


def _chunks(jobs: Iterable[_Job]) -> Iterator[tuple[tuple[Sheets, ...], list[_Paper]]]:
    sheets: list[Sheets] = []
    known: list[_Paper] = []
    for one, paper in jobs:
        sheets.append(one)
        known.append(paper)
        if len(sheets) == CHUNK:
            yield tuple(sheets), known
            sheets, known = [], []
    if sheets:
        yield tuple(sheets), known


def _digital(case: Case, looks: _Looks) -> Iterator[_Job]:
    for page in batched(evidence.rendered(case.ledger, case.run.id), evidence.PAGE):
        for paper in papers.current(case.ledger, [one.id for one in page]):
            path = case.folder / paper.file
            if path.is_file():  # told of otherwise where the files are compared
                shown = looks(paper.look)
                sheets = Sheets(str(path), words=_words(paper, shown))
                yield sheets, _Paper(Where(paper.file, id=paper.voucher_id), paper.pages, _symbols(paper, shown))


def _printed(case: Case, looks: _Looks) -> Iterator[_Job]:
    for lot in evidence.lots(case.ledger, case.run.id):
        path = case.folder / lot.file
        if lot.state == "open" or not lot.file or not path.is_file():
            continue
        first = 0
        places = papers.in_lot(case.ledger, case.run.id, lot.number)
        for start in range(0, len(places), evidence.PAGE):
            for paper in papers.papers(case.ledger, places[start : start + evidence.PAGE]):
                where = Where(lot.file, id=paper.voucher_id, column=f"print_sequence {paper.sequence}")
                symbols = _symbols(paper, looks(paper.look))
                yield Sheets(str(path), first, paper.pages), _Paper(where, paper.pages, symbols)
                first += paper.pages


def _compared(case: Case, paper: _Paper, found: Read) -> Iterator[Difference]:
    if found.problem:
        yield Difference("file-unreadable", paper.where, found=found.problem)
        return
    if found.pages != paper.pages:
        yield Difference("pages-differ", paper.where, str(paper.pages), str(found.pages))
    case.counted.codes += len(found.codes)
    expected, actual = Counter(paper.codes), Counter(found.codes)
    # By length, so that a barcode is held against a barcode and a QR against a QR.
    unread, strange = (sorted(left.elements(), key=len) for left in (expected - actual, actual - expected))
    for right, wrong in zip(unread, strange, strict=False):
        yield Difference("code-differs", paper.where, right, wrong)
    for code in unread[len(strange) :]:
        yield Difference("code-unread", paper.where, code)
    for code in strange[len(unread) :]:
        yield Difference("code-unexpected", paper.where, found=code)
    for word in found.missing:
        yield Difference("text-missing", paper.where, word)


def _symbols(paper: Paper, shown: frozenset[str]) -> tuple[str, ...]:
    """The symbols of a paper: the barcodes of each operation, then its QR, or its payment page as one."""
    found: list[str] = []
    for _, packed in paper.inputs:
        if packed is None:
            continue
        operation = _operation.decode(packed)
        if "barcode" in shown:
            found += [operation.text(Role.BARCODE, ordinal) for ordinal in (1, 2, 3)]
        if "qr" in shown:
            found.append(operation.text(Role.QR) or operation.text(Role.PAYMENT_URL))
    return tuple(text for text in found if text)


def _words(paper: Paper, shown: frozenset[str]) -> tuple[str, ...]:
    """Amount and due date of each obligation that is to be paid, as they are printed."""
    words: list[str] = []
    for record, _ in paper.inputs:
        obligation = _obligation.decode(record)
        if obligation.payable and "amount" in shown:
            words.append(money.local(obligation.amount, obligation.currency))
        if obligation.payable and "date" in shown:
            words.append(f"{obligation.due_dates[0].date:%d/%m/%Y}")
    return tuple(words)


def _shown(ledger: Ledger, look: str) -> frozenset[str]:
    """What a look draws; all of it where its source is lost."""
    files = assets.kept(ledger, look)
    source = b"".join(content for name, content in files.items() if name.endswith(".xml"))
    return frozenset(name for name, sign in _SHOWS.items() if not source or sign.search(source))
