"""Rendering alone, on one core: no ledger, no disk, no provider; bills in, pages out, beside plain reportlab."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

import msgspec

from bench import plain
from bench.contest import Contest, contest
from emission import config
from emission.codes.received import check
from emission.config import Settings
from emission.ledger import Ledger, accounts, runs
from emission.model import Bill, Channel, Fault, Voucher
from emission.render import Template, stamp, template_for
from emission.stages.agreement import agreement_of
from emission.stages.look import look_of
from emission.stages.produce import CHUNK


def bills_of(batch: Path) -> tuple[Settings, list[Bill]]:
    """The bills with one payable obligation of the finished run of ``batch``, as its ledger has them."""
    settings = config.load(None, batch)
    ledger = Ledger(settings.ledger_path)
    try:
        rows = list(accounts.accounts(ledger, runs.every(ledger)[0].id))
    finally:
        ledger.close()
    bills = []
    for name, group in groupby(rows, key=lambda row: row.voucher_id):
        (row, *others) = group
        if row.obligation is not None and row.operation is not None and not others:
            bills.append(Bill(Voucher(name, (row.obligation,)), (row.operation,)))
    return settings, bills


def rendering(settings: Settings, bills: Sequence[Bill], rounds: int) -> Contest:
    """Bills a second: ours into a file and a lot page each, ours into a file alone, and the plain ones."""
    look = look_of(settings)
    template = template_for(look)
    same, standard = plain.with_same_faces(look), plain.with_standard_faces(look)
    return contest(
        {
            "emission, digital and lot": partial(_ours, settings, template, Channel.BOTH),
            "emission, digital alone": partial(_ours, settings, template, Channel.DIGITAL),
        },
        {
            "plain reportlab + qrcode, same faces": partial(_theirs, same),
            "plain reportlab + qrcode, Helvetica": partial(_theirs, standard),
        },
        bills,
        chunk=CHUNK,
        rounds=rounds,
    )


def by_channel(bill: Bill, channel: Channel) -> Bill:
    """The bill for a payer who gets it that way."""
    obligations = tuple(msgspec.structs.replace(one, channel=channel) for one in bill.voucher.obligations)
    return Bill(Voucher(bill.voucher.voucher_id, obligations), bill.operations)


def _ours(settings: Settings, template: Template, channel: Channel, bills: Sequence[Bill]) -> None:
    """Check and stamp, as a worker does with a chunk.

    Raises:
        RuntimeError: a bill was not drawn; its speed would be worth nothing.
    """
    bills = [by_channel(bill, channel) for bill in bills]
    agreement = agreement_of(settings)
    faults = [
        fault
        for bill in bills
        for obligation, operation in zip(bill.voucher.obligations, bill.operations, strict=True)
        if operation is not None
        for fault in check(obligation, operation, agreement)
    ]
    faults += [page for page in stamp(template, bills) if isinstance(page, Fault)]
    if faults:
        raise RuntimeError(faults[0].code)


def _theirs(peer: plain.Peer, bills: Sequence[Bill]) -> None:
    for bill in bills:
        plain.page(peer, bill)
