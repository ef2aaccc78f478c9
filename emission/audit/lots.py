"""The lots: files, pages and places of what goes to the printer, those that went already among them."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2

from emission.audit.case import Case
from emission.audit.finding import Difference, Finding, Remark, Where, differing
from emission.audit.papers import files_below, is_temporary
from emission.audit.standing import is_over
from emission.ledger import artefacts, evidence
from emission.ledger.evidence import LotRow
from emission.ledger.papers import in_lot


def lots(case: Case) -> Iterator[Finding]:
    """Every lot against its papers and its file, and files that are no lot's."""
    expected = {}
    for lot in evidence.lots(case.ledger, case.run.id):
        expected[f"print/lot-{lot.number:04d}.csv"] = lot.state == "released"
        if lot.state == "open":
            if is_over(case):
                yield Difference("lot-open", Where(case.book, id=str(lot.number), column="lot.state"), "sealed", "open")
            continue
        expected[lot.file] = True
        yield from _lot(case, lot)
    for number in evidence.lots_without_row(case.ledger, case.run.id):
        yield Difference("ledger-row-missing", Where(case.book, id=str(number), column="lot"), str(number))
    for path in files_below(case.folder / "print"):
        file = path.relative_to(case.folder).as_posix()
        if file.startswith("print/.parts/"):
            continue
        if is_temporary(path):
            yield Remark("file-temporary", Where(file))
        elif not expected.get(file, False):
            yield Difference("file-extra", Where(file))


def _lot(case: Case, lot: LotRow) -> Iterator[Difference]:
    placed = in_lot(case.ledger, case.run.id, lot.number)
    pages = sum(paper.pages for paper in placed)
    place = Where(case.book, id=str(lot.number))
    facts = (
        ("lot.state", True, lot.state in {"sealed", "released"}),
        ("lot.vouchers", len(placed), lot.vouchers),
        ("lot.pages", pages, lot.pages),
        ("lot.file", f"print/lot-{lot.number:04d}.pdf" if placed else "", lot.file),
        ("lot.released_at", lot.state == "released", lot.released_at is not None),
    )
    yield from differing(place, facts, "ledger-differs")
    if not evidence.told_of_lot(case.ledger, case.run.id, lot.number, "sealed"):
        yield Difference("ledger-row-missing", Where(case.book, id=str(lot.number), column="history"), "sealed")
    if not lot.file:
        return
    case.counted.lots += 1
    case.counted.lot_pages += pages
    yield from _file(case, lot, pages)


def _file(case: Case, lot: LotRow, pages: int) -> Iterator[Difference]:
    where = Where(lot.file, id=str(lot.number))
    path = case.folder / lot.file
    if not path.is_file():
        yield Difference("file-missing", where, lot.sha256)
        return
    if (digest := artefacts.digest_of(path)) != lot.sha256:
        yield Difference("file-altered", where, lot.sha256, digest)
    try:
        with pypdfium2.PdfDocument(path) as document:
            count = len(document)
    except pypdfium2.PdfiumError as error:
        yield Difference("file-unreadable", where, found=str(error))
        return
    yield from differing(where, (("pages", pages, count),), "pages-differ")
