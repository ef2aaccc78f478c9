"""Check and render, in a worker: codes held against the record, pages stamped, bytes on disk."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from emission import store
from emission.codes.received import Agreement, check
from emission.model import Bill, Fault, Obligation, Operation, Severity, Voucher
from emission.render import Look, LotPage, Template, stamp, template_for


class Job(msgspec.Struct, frozen=True):
    """One voucher to make: its packed obligations, and for each the packed operation or nothing."""

    id: int
    voucher_id: str
    file: str
    printed: bool
    records: tuple[bytes, ...]
    operations: tuple[bytes | None, ...]


class Chunk(msgspec.Struct, frozen=True):
    """Vouchers to make under ``folder``; print pages go to ``part``, a path below it."""

    look: Look
    agreement: Agreement
    folder: str
    part: str
    jobs: tuple[Job, ...]


class Made(msgspec.Struct, frozen=True):
    """What became of a job: its bytes on disk, or the faults for which there are none."""

    id: int
    sha256: str = ""
    pages: int = 0
    size: int = 0
    part_offset: int = 0
    faults: tuple[Fault, ...] = ()


class PartRecord(msgspec.Struct, frozen=True):
    """One voucher's print pages, as they wait in a part file."""

    pages: tuple[LotPage, ...]


def stamp_chunk(chunk: Chunk) -> list[Made]:
    """Makes every voucher of the chunk; a bad code fails its own voucher and never its neighbours.

    Raises:
        Stopped: the disk refuses.
    """
    bills = [_bill(job) for job in chunk.jobs]
    template = template_for(chunk.look)
    faults = [_code_faults(bill, chunk.agreement, template) for bill in bills]
    sound = [
        index for index, found in enumerate(faults) if not any(fault.severity is Severity.ERROR for fault in found)
    ]
    stamped = dict(zip(sound, stamp(template, [bills[index] for index in sound]), strict=True))
    folder = Path(chunk.folder)
    part = bytearray()
    made: list[Made] = []
    written: list[Path] = []
    for index, job in enumerate(chunk.jobs):
        result = stamped.get(index)
        if result is None or isinstance(result, Fault):
            made.append(Made(job.id, faults=(*faults[index], *(() if result is None else (result,)))))
            continue
        path = folder / job.file
        store.write(path, result.digital)
        written.append(path)
        offset = len(part)
        if job.printed:
            record = msgspec.msgpack.encode(PartRecord(result.lot_pages))
            part += len(record).to_bytes(4, "big") + record
        digest = hashlib.sha256(result.digital).hexdigest()
        made.append(Made(job.id, digest, result.pages, len(result.digital), offset, faults[index]))
    if part:
        store.write(folder / chunk.part, bytes(part))
        written.append(folder / chunk.part)
    store.flush(written)
    return made


def _bill(job: Job) -> Bill:
    obligations = tuple(msgspec.msgpack.decode(record, type=Obligation) for record in job.records)
    operations = tuple(
        None if packed is None else msgspec.msgpack.decode(packed, type=Operation) for packed in job.operations
    )
    return Bill(Voucher(job.voucher_id, obligations), operations)


def _code_faults(bill: Bill, agreement: Agreement, template: Template) -> tuple[Fault, ...]:
    """What is wrong with codes wherever they stood; whether they fit just where they stand is found by drawing them."""
    programs = template.programs_of(bill.voucher.channel)
    room = {
        "width_mm": min(program.linear_mm for program in programs),
        "qr_side_mm": min(program.qr_mm for program in programs),
    }
    return tuple(
        fault
        for obligation, operation in zip(bill.voucher.obligations, bill.operations, strict=True)
        if operation is not None
        for fault in check(obligation, operation, agreement, **room)
    )
