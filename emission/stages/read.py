"""Intake into the ledger: the file's rows become the image of the batch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from emission import identity
from emission.batched import batched
from emission.errors import Refused, UsageError
from emission.intake import BatchReader, LinesReader, ParsedRow
from emission.ledger import Ledger, merging, staging
from emission.ledger.deliveries import Kind
from emission.ledger.staging import Staged, pack


def read(ledger: Ledger, run_id: int, batch: BatchReader, lines: LinesReader | None, *, started: bool) -> Kind:
    """Stages ``batch`` (and its detail) as the run's image, and says what it was taken for.

    Where the run already has rows, a file with all that was issued is the whole batch again; a
    corrected ``rejected.csv`` or a file of new rows joins what is there.

    Raises:
        Refused: the file is cut short.
        UsageError: rows that still wait to be issued are missing from a file that is not the whole batch.
    """
    joins = merging.has_entries(ledger, run_id)
    corrected = _stage(ledger, run_id, batch, lines, aside=merging.ASIDE if joins else 0)
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


def read_amendment(ledger: Ledger, run_id: int, batch: BatchReader, lines: LinesReader | None) -> None:
    """Stages ``batch`` (and its detail) as the whole of what the run is to be from now on.

    Raises:
        Refused: the file is cut short.
        UsageError: it is a list of corrected rows, which is no whole batch.
    """
    if batch.is_correction:
        raise UsageError("amendment-is-correction")
    _stage(ledger, run_id, batch, lines, aside=0)


def _stage(ledger: Ledger, run_id: int, batch: BatchReader, lines: LinesReader | None, *, aside: int) -> dict[int, int]:
    """Stages the rows at positions beyond ``aside``; which row each corrected one says that it corrects."""
    staging.clear(ledger, run_id)
    corrected: dict[int, int] = {}
    for rows in batched(_image(batch, aside, corrected), staging.PAGE):
        staging.add(ledger, run_id, rows)
    if batch.cut_short is not None:
        raise Refused(batch.cut_short.code, **batch.cut_short.params)
    if lines is not None:
        for details in batched(lines, staging.PAGE):
            staging.add_detail(ledger, run_id, ((d.obligation_id, d.line, pack(d)) for d in details))
    return corrected


def _image(batch: BatchReader, aside: int, corrected: dict[int, int]) -> Iterator[Staged]:
    current, bundle = "", 0
    for parsed in batch:
        position = aside + parsed.row
        # A row without voucher id is a voucher of its own, under its obligation's id.
        voucher_id = parsed.voucher_id or parsed.obligation_id
        if not voucher_id or voucher_id != current:
            current, bundle = voucher_id, position
        if parsed.corrects is not None:
            corrected[position] = parsed.corrects
        yield _staged(parsed, position, voucher_id, bundle)


def _staged(parsed: ParsedRow, position: int, voucher_id: str, bundle: int) -> Staged:
    obligation = parsed.obligation
    return Staged(
        position=position,
        row=parsed.row,
        obligation_id=parsed.obligation_id,
        voucher_id=voucher_id,
        bundle=bundle,
        amount=parsed.amount,
        content=hashlib.blake2b(pack(parsed.original), digest_size=16).digest(),
        parsed=pack(msgspec.structs.replace(parsed, obligation=None)),
        record=None if obligation is None else pack(obligation),
        faulty=obligation is None,
        presentation=None if obligation is None else identity.presentation_hash(obligation),
    )
