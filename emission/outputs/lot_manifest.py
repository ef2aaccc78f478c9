"""What went to the printer, place by place: ``print/lot-0001.csv`` beside the lot's file. No names, no addresses."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import msgspec

from emission import money, store
from emission.guard import guard
from emission.ledger.lots import Slip
from emission.model import Obligation, Operation, Role

COLUMNS = (
    "sequence", "pages", "page_from", "page_to", "voucher_id", "obligation_ids", "operations", "barcodes",
    "amount", "currency", "sha256",
)  # fmt: skip

_obligation = msgspec.msgpack.Decoder(Obligation)
_operation = msgspec.msgpack.Decoder(Operation)


def write(path: Path, slips: Sequence[Slip]) -> None:
    """One line a voucher, in sequence; pages count from 1 in the lot's file, several values stand between ``; ``."""
    with store.writing(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow(COLUMNS)
        page = 1
        for slip in slips:
            lines.writerow([guard(cell) for cell in cells(slip, page)])
            page += slip.pages
        text.detach()
    store.flush([path])


def cells(slip: Slip, page: int) -> list[str]:
    """The line of a voucher whose first page is ``page``; its amount is the sum at the first due dates."""
    debts = [_obligation.decode(record) for record, _ in slip.inputs]
    orders = [_operation.decode(packed) for _, packed in slip.inputs if packed]
    currency = debts[0].currency if debts else ""
    barcodes = [code.text for order in orders for code in order.codes if code.role is Role.BARCODE]
    return [
        str(slip.sequence),
        str(slip.pages),
        str(page),
        str(page + slip.pages - 1),
        slip.voucher_id,
        "; ".join(debt.obligation_id for debt in debts),
        "; ".join(order.number for order in orders),
        "; ".join(barcodes),
        money.plain(sum(debt.amount for debt in debts), currency) if debts else "",
        currency,
        slip.sha256,
    ]
