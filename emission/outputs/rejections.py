"""What the office mends: ``rejected.csv`` in the batch's own form, and ``faults.csv`` with every fault.

``rejected.csv`` holds the original columns and then ``row,fields,reasons``: corrected there, it is
fed back as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from emission import store
from emission.guard import guard
from emission.model import Account, Fault, Status
from emission.wording import Language, coded_reasons, reason

CORRECTION = ("row", "fields", "reasons")
FAULTS = ("row", "obligation_id", "severity", "code", "field", "value", "reason")


class Rejections(NamedTuple):
    """Where an account goes, and a fault of no row (with the obligation id that it names)."""

    add: Callable[[Account], None]
    add_stray: Callable[[str, Fault], None]


@contextmanager
def rejection_files(folder: Path, header: Sequence[str], delimiter: str, language: Language) -> Iterator[Rejections]:
    """Writes ``rejected.csv`` and ``faults.csv``; gives what adds to them."""
    columns = (*header, *CORRECTION)
    with (
        store.writing(folder / "rejected.csv") as rejected_stream,
        store.writing(folder / "faults.csv") as faults_stream,
    ):
        # The mark tells spreadsheets, and our own reading, that this is UTF-8 whatever the batch is.
        rejected_text = io.TextIOWrapper(rejected_stream, "utf-8-sig", newline="")
        faults_text = io.TextIOWrapper(faults_stream, "utf-8", newline="")
        rejected = csv.writer(rejected_text, delimiter=delimiter, lineterminator="\r\n")
        faults = csv.writer(faults_text, lineterminator="\n")
        rejected.writerow(columns)
        faults.writerow(FAULTS)

        def add(account: Account) -> None:
            faults.writerows(fault_lines(account, language))
            if account.status is Status.REJECTED:
                rejected.writerow([guard(cell) for cell in _rejected(account, len(header), language)])

        def add_stray(obligation_id: str, fault: Fault) -> None:
            faults.writerow(_fault("", obligation_id, fault, language))

        yield Rejections(add, add_stray)
        rejected_text.detach()
        faults_text.detach()


def fault_lines(account: Account, language: Language) -> Iterator[list[str]]:
    """The lines of a row in ``faults.csv``, guarded, in step with :data:`FAULTS`."""
    for fault in account.faults:
        yield _fault(str(account.row), account.obligation_id, fault, language)


def _rejected(account: Account, width: int, language: Language) -> list[str]:
    errors = account.errors
    original = [*account.original, *[""] * width][:width]
    fields = dict.fromkeys(fault.field for fault in errors if fault.field)
    return [*original, str(account.row), " ".join(fields), coded_reasons(language, errors)]


def _fault(row: str, obligation_id: str, fault: Fault, language: Language) -> list[str]:
    cells = (row, obligation_id, fault.severity, fault.code, fault.field, fault.value, reason(language, fault))
    return [guard(cell) for cell in cells]
