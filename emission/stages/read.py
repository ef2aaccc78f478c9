"""Intake into the ledger: the file's rows become the image of the batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from emission.batched import batched
from emission.errors import Refused, UsageError
from emission.executors import Workers, ordered
from emission.intake import BatchReader, LinesReader
from emission.ledger import Ledger, merging, staging
from emission.ledger.deliveries import Kind
from emission.ledger.runs import Run
from emission.ledger.schema import staged
from emission.ledger.staging import Staged
from emission.stages.parse import Filed, Lines, PackedRow, Records, Rows, file, parse_lines, parse_rows


def read(
    ledger: Ledger, this: Run, batch: BatchReader, lines: LinesReader | None, executor: Workers, *, started: bool
) -> Kind:
    """Stages ``batch`` (and its detail) as the run's image, and says what it was taken for.

    Where the run already has rows, a file with all that was issued is the whole batch again; a
    corrected ``rejected.csv`` or a file of new rows joins what is there.

    Raises:
        Refused: the file is cut short.
        UsageError: rows that still wait to be issued are missing from a file that is not the whole batch.
    """
    joins = merging.has_entries(ledger, this.id)
    corrected = _stage(ledger, this, batch, lines, executor, aside=merging.ASIDE if joins else 0)
    if not joins:
        return "whole"
    if batch.is_correction:
        _take_as_part(ledger, this, corrected, executor)
        return "part"
    if not started or merging.absent(ledger, this.id, issued=True) == 0:
        merging.take_as_whole(ledger, this.id)
        return "whole"
    if (waiting := merging.absent(ledger, this.id, issued=False)) > 0:
        raise UsageError("batch-not-finished", waiting=waiting)
    _take_as_part(ledger, this, corrected, executor)
    return "part"


def read_amendment(ledger: Ledger, this: Run, batch: BatchReader, lines: LinesReader | None, executor: Workers) -> None:
    """Stages ``batch`` (and its detail) as the whole of what the run is to be from now on.

    Raises:
        Refused: the file is cut short.
        UsageError: it is a list of corrected rows, which is no whole batch.
    """
    if batch.is_correction:
        raise UsageError("amendment-is-correction")
    _stage(ledger, this, batch, lines, executor, aside=0)


def _stage(
    ledger: Ledger, this: Run, batch: BatchReader, lines: LinesReader | None, executor: Workers, *, aside: int
) -> dict[int, int]:
    """Stages the rows at positions beyond ``aside``; which row each corrected one says that it corrects."""
    staging.clear(ledger, this.id)
    corrected: dict[int, int] = {}
    for rows in _image(_rows(this, batch, executor), aside, corrected):
        staging.add(ledger, this.id, rows)
    if batch.cut_short is not None:
        raise Refused(batch.cut_short.code, **batch.cut_short.params)
    if lines is not None:
        jobs = ((Lines(lines.lines, records), None) for records in batched(lines.records(), staging.PAGE))
        for _, found in ordered(executor, parse_lines, jobs):
            staging.add_detail(ledger, this.id, ((one.obligation_id, one.line, one.lines) for one in found))
    return corrected


def _take_as_part(ledger: Ledger, this: Run, corrected: dict[int, int], executor: Workers) -> None:
    """The rows that the run has stand beside those of the file, and are filed as they are."""
    merging.take_as_part(ledger, this.id, corrected)
    for positions, filed in ordered(executor, file, _unfiled(ledger, this)):
        changes = [
            {"b_position": position} | {f"b_{name}": value for name, value in msgspec.structs.asdict(one).items()}
            for position, one in zip(positions, filed, strict=True)
        ]
        staging.settle(ledger, this.id, changes, *Filed.__struct_fields__)


def _unfiled(ledger: Ledger, this: Run) -> Iterator[tuple[Records, list[int]]]:
    for page in staging.pages(ledger, this.id, staged.c.identity.is_(None), staged.c.record.is_not(None)):
        packed = [(row.voucher_id, row.record) for row in page if row.record is not None]
        yield Records(this.environment, this.issuer, packed), [row.position for row in page]


def _rows(this: Run, batch: BatchReader, executor: Workers) -> Iterator[list[PackedRow]]:
    pages = enumerate(batched(batch.records(), staging.PAGE))
    jobs = (
        (Rows(this.environment, this.issuer, batch.rows, number * staging.PAGE + 1, records), None)
        for number, records in pages
    )
    return (rows for _, rows in ordered(executor, parse_rows, jobs))


def _image(pages: Iterable[list[PackedRow]], aside: int, corrected: dict[int, int]) -> Iterator[list[Staged]]:
    current, bundle = "", 0
    for page in pages:
        rows: list[Staged] = []
        for read in page:
            position = aside + read.row
            if not read.voucher_id or read.voucher_id != current:
                current, bundle = read.voucher_id, position
            if read.corrects is not None:
                corrected[position] = read.corrects
            rows.append(_staged(read, position, bundle))
        yield rows


def _staged(read: PackedRow, position: int, bundle: int) -> Staged:
    return Staged(
        position=position,
        row=read.row,
        obligation_id=read.obligation_id,
        voucher_id=read.voucher_id,
        bundle=bundle,
        amount=read.amount,
        content=read.content,
        parsed=read.parsed,
        record=read.record,
        faulty=read.record is None,
        presentation=read.presentation,
        **({} if read.filed is None else msgspec.structs.asdict(read.filed)),
    )
