"""Intake into the ledger: the file's rows become the image of the batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from emission.batched import batched
from emission.errors import Refused, UsageError
from emission.executors import Workers, ordered
from emission.intake import BatchReader, LinesReader
from emission.ledger import Ledger, merging, staging
from emission.ledger.deliveries import Kind
from emission.ledger.staging import Staged
from emission.stages.parse import Lines, PackedRow, Rows, parse_lines, parse_rows


def read(
    ledger: Ledger, run_id: int, batch: BatchReader, lines: LinesReader | None, executor: Workers, *, started: bool
) -> Kind:
    """Stages ``batch`` (and its detail) as the run's image, and says what it was taken for.

    Where the run already has rows, a file with all that was issued is the whole batch again; a
    corrected ``rejected.csv`` or a file of new rows joins what is there.

    Raises:
        Refused: the file is cut short.
        UsageError: rows that still wait to be issued are missing from a file that is not the whole batch.
    """
    joins = merging.has_entries(ledger, run_id)
    corrected = _stage(ledger, run_id, batch, lines, executor, aside=merging.ASIDE if joins else 0)
    if not joins:
        return "whole"
    if batch.is_correction:
        merging.take_as_part(ledger, run_id, corrected)
        return "part"
    if not started or merging.absent(ledger, run_id, issued=True) == 0:
        merging.take_as_whole(ledger, run_id)
        return "whole"
    if (waiting := merging.absent(ledger, run_id, issued=False)) > 0:
        raise UsageError("batch-not-finished", waiting=waiting)
    merging.take_as_part(ledger, run_id, corrected)
    return "part"


def read_amendment(
    ledger: Ledger, run_id: int, batch: BatchReader, lines: LinesReader | None, executor: Workers
) -> None:
    """Stages ``batch`` (and its detail) as the whole of what the run is to be from now on.

    Raises:
        Refused: the file is cut short.
        UsageError: it is a list of corrected rows, which is no whole batch.
    """
    if batch.is_correction:
        raise UsageError("amendment-is-correction")
    _stage(ledger, run_id, batch, lines, executor, aside=0)


def _stage(
    ledger: Ledger, run_id: int, batch: BatchReader, lines: LinesReader | None, executor: Workers, *, aside: int
) -> dict[int, int]:
    """Stages the rows at positions beyond ``aside``; which row each corrected one says that it corrects."""
    staging.clear(ledger, run_id)
    corrected: dict[int, int] = {}
    for rows in _image(_rows(batch, executor), aside, corrected):
        staging.add(ledger, run_id, rows)
    if batch.cut_short is not None:
        raise Refused(batch.cut_short.code, **batch.cut_short.params)
    if lines is not None:
        jobs = ((Lines(lines.lines, records), None) for records in batched(lines.records(), staging.PAGE))
        for _, found in ordered(executor, parse_lines, jobs):
            staging.add_detail(ledger, run_id, ((one.obligation_id, one.line, one.lines) for one in found))
    return corrected


def _rows(batch: BatchReader, executor: Workers) -> Iterator[list[PackedRow]]:
    pages = enumerate(batched(batch.records(), staging.PAGE))
    jobs = ((Rows(batch.rows, number * staging.PAGE + 1, records), None) for number, records in pages)
    return (rows for _, rows in ordered(executor, parse_rows, jobs))


def _image(pages: Iterable[list[PackedRow]], aside: int, corrected: dict[int, int]) -> Iterator[list[Staged]]:
    current, bundle = "", 0
    for page in pages:
        staged: list[Staged] = []
        for read in page:
            position = aside + read.row
            # A row without voucher id is a voucher of its own, under its obligation's id.
            voucher_id = read.voucher_id or read.obligation_id
            if not voucher_id or voucher_id != current:
                current, bundle = voucher_id, position
            if read.corrects is not None:
                corrected[position] = read.corrects
            staged.append(_staged(read, position, voucher_id, bundle))
        yield staged


def _staged(read: PackedRow, position: int, voucher_id: str, bundle: int) -> Staged:
    return Staged(
        position=position,
        row=read.row,
        obligation_id=read.obligation_id,
        voucher_id=voucher_id,
        bundle=bundle,
        amount=read.amount,
        content=read.content,
        parsed=read.parsed,
        record=read.record,
        faulty=read.record is None,
        presentation=read.presentation,
    )
