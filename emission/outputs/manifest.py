"""The manifest: one line per input row, in input order, for machines; a workbook of the same follows for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from emission import money, store
from emission.guard import guard
from emission.model import Account, Role
from emission.wording import Language, coded_reasons

COLUMNS = (
    "row", "obligation_id", "voucher_id", "revision", "status", "reason", "account", "payer_name", "email", "channel",
    "currency", "amount", "due_date", "amount_2", "due_date_2", "amount_3", "due_date_3", "provider", "environment",
    "external_id", "operation", "barcode", "barcode_2", "barcode_3", "qr", "payment_url", "payment_code", "link_code",
    "pmc_code", "file", "pages", "sha256", "print_lot", "print_sequence", "reason_code", "tax", "period",
)  # fmt: skip

# The role and the ordinal of each code that has a column.
_CODES = [(Role.BARCODE, ordinal) for ordinal in (1, 2, 3)] + [
    (role, 1) for role in Role if role not in (Role.BARCODE, Role.BANK_URL, Role.LINKED_QR)
]


class BatchFacts(NamedTuple):
    """What every line of a manifest repeats."""

    provider: str
    environment: str
    currency: str


@contextmanager
def manifest_file(folder: Path, batch: BatchFacts, language: Language) -> Iterator[Callable[[Account], None]]:
    """Writes ``manifest.csv``; gives what adds a row to it."""
    with store.writing(folder / "manifest.csv") as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow(COLUMNS)

        def add(account: Account) -> None:
            lines.writerow([guard(cell) for cell in cells(batch, account, language)])

        yield add
        text.detach()


def cells(batch: BatchFacts, account: Account, language: Language) -> list[str]:
    """The line of a row, in step with :data:`COLUMNS`, before it is guarded."""
    errors = account.errors
    return [
        str(account.row),
        account.obligation_id,
        account.voucher_id,
        str(account.revision),
        account.status,
        coded_reasons(language, errors),
        account.account,
        account.payer_name,
        account.obligation.payer.email if account.obligation else account.email,
        account.obligation.channel if account.obligation else "",
        batch.currency,
        *_due_dates(batch, account),
        batch.provider,
        batch.environment,
        *_codes(account),
        account.file,
        str(account.pages or ""),
        account.sha256,
        _number(account.lot),
        _number(account.sequence),
        "; ".join(fault.code for fault in errors),
        account.obligation.tax if account.obligation else "",
        account.obligation.period if account.obligation else "",
    ]


def _due_dates(batch: BatchFacts, account: Account) -> Iterator[str]:
    due_dates = account.obligation.due_dates if account.obligation else ()
    if not due_dates:
        yield "" if account.amount is None else money.plain(account.amount, batch.currency)
        yield from [""] * 5
        return
    for index in range(3):
        if index < len(due_dates):
            yield money.plain(due_dates[index].amount, batch.currency)
            yield due_dates[index].date.isoformat()
        else:
            yield from ("", "")


def _codes(account: Account) -> list[str]:
    operation = account.operation
    if operation is None:
        return [account.external_id, "", *[""] * len(_CODES)]
    texts = {(code.role, code.ordinal): code.text for code in reversed(operation.codes)}
    return [operation.external_id, operation.number, *(texts.get(place, "") for place in _CODES)]


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
