"""What went to the printer: the manifest beside each released lot, made again and compared line by line."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from emission.audit.case import Case
from emission.audit.finding import Difference, Where
from emission.audit.tables import Expected, compare
from emission.guard import guard
from emission.ledger import evidence, papers
from emission.ledger.evidence import LotRow
from emission.ledger.lots import Slip
from emission.outputs.lot_manifest import COLUMNS, cells


def released(case: Case) -> Iterator[Difference]:
    """Every released lot: that the history tells of it, and that its manifest is what it was."""
    for lot in evidence.lots(case.ledger, case.run.id):
        if lot.state != "released":
            continue
        if not evidence.told_of_lot(case.ledger, case.run.id, lot.number, "released"):
            yield Difference("ledger-row-missing", Where(case.book, id=str(lot.number), column="history"), "released")
        file = f"print/lot-{lot.number:04d}.csv"
        if not (case.folder / file).is_file():
            yield Difference("file-missing", Where(file, id=str(lot.number)))
            continue
        for difference in compare(case.folder / file, COLUMNS, _lines(case, lot)):
            # The lines count places of the lot, not rows of the batch.
            place = f"sequence {difference.where.row}" if difference.where.row else ""
            column = " ".join(part for part in (place, difference.where.column) if part)
            where = msgspec.structs.replace(difference.where, file=file, row=0, column=column)
            yield msgspec.structs.replace(difference, where=where)


def _lines(case: Case, lot: LotRow) -> Iterator[Expected]:
    places = papers.in_lot(case.ledger, case.run.id, lot.number)
    page = 1
    for start in range(0, len(places), evidence.PAGE):
        for paper in papers.papers(case.ledger, places[start : start + evidence.PAGE]):
            sequence = paper.sequence or 0
            slip = Slip(sequence, paper.pages, paper.voucher_id, paper.sha256, paper.inputs)
            yield Expected(sequence, paper.voucher_id, [[guard(cell) for cell in cells(slip, page)]])
            page += paper.pages
