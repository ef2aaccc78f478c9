"""Does a voucher fit its pages, whatever codes it will have? Asked in a worker, which needs no ledger for it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from emission.codes.received import Agreement, check
from emission.codes.supplied import operation_of
from emission.executors import Workers
from emission.model import Fault, Obligation, Voucher
from emission.render import Check, Look, preflight, proved_template

Verdict = tuple[int, tuple[Fault, ...]]


class Chunk(msgspec.Struct, frozen=True):
    """Vouchers to check, each an id and its packed obligations."""

    look: Look
    agreement: Agreement
    vouchers: tuple[tuple[str, tuple[bytes, ...]], ...]


def warm_up(executor: Workers, look: Look, agreement: Agreement) -> None:
    """Lets the workers start, import and compile while the batch is still being read; their errors come later."""
    for _ in range(executor.count):
        executor.submit(_compile, look, agreement)


def _compile(look: Look, agreement: Agreement) -> None:
    proved_template(look, agreement.profile)


def check_chunk(chunk: Chunk) -> list[Verdict]:
    """Pages and faults of each voucher of the chunk. Runs in a worker.

    Raises:
        TemplateError: the template cannot be compiled, or gives its codes no clear room.
    """
    decode = msgspec.msgpack.Decoder(Obligation).decode
    vouchers = [Voucher(name, tuple(decode(record) for record in records)) for name, records in chunk.vouchers]
    template = proved_template(chunk.look, chunk.agreement.profile)
    return [
        (drawn.pages, _distinct((*_supplied_faults(voucher, drawn, chunk.agreement), *drawn.faults)))
        for voucher, drawn in zip(vouchers, preflight(template, vouchers), strict=True)
    ]


def _supplied_faults(voucher: Voucher, drawn: Check, agreement: Agreement) -> list[Fault]:
    """Codes that the batch brings with it are held against the agreement, and their room, before anything is issued."""
    if agreement.provider != "supplied":
        return []
    faults: list[Fault] = []
    for obligation in voucher.obligations:
        operation = operation_of(obligation, "")
        if operation is not None:
            faults += check(obligation, operation, agreement, width_mm=drawn.linear_mm, qr_side_mm=drawn.qr_mm)
        elif obligation.payable:
            faults.append(Fault("supplied-codes-missing", "barcode"))
    return faults


def _distinct(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Each fault once: a name stands in several places of a page, and is wrong in all of them."""
    found: list[Fault] = []
    for fault in faults:
        if fault not in found:
            found.append(fault)
    return tuple(found)
