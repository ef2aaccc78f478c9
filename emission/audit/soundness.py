"""The ledger as a file: whole, with no row missing from a series that only grows, and nothing that hangs in the air."""

from __future__ import annotations

from collections.abc import Iterator

from emission.audit.case import Case
from emission.audit.finding import Difference, Where
from emission.ledger import evidence


def soundness(case: Case) -> Iterator[Difference]:
    """Damage, rows that are gone, references to nothing, numbers that two obligations share."""
    for finding in evidence.damage(case.ledger):
        yield Difference("ledger-damaged", Where(case.book), "ok", finding)
    yield from _gaps(case)
    yield from _nowhere(case)
    for number, ids in evidence.shared_numbers(case.ledger):
        yield Difference(
            "operation-shared", Where(case.book, id=", ".join(ids), column="operation.number"), "1", number
        )


def _gaps(case: Case) -> Iterator[Difference]:
    for column in evidence.SERIES:
        for first, last in evidence.gaps(case.ledger, column):
            yield _gap(case, str(column), first, last)
    for column, mine in evidence.series_of(case.run.id):
        for first, last in evidence.gaps(case.ledger, column, mine):
            yield _gap(case, str(column), first, last)


def _nowhere(case: Case) -> Iterator[Difference]:
    """What other rows tell of and is not there."""
    for table, key, parent in evidence.dangling(case.ledger):
        yield Difference("ledger-row-missing", Where(case.book, column=parent), f"{table} {key}")
    for key in evidence.orphan_history(case.ledger):
        yield Difference("ledger-row-missing", Where(case.book, column="effect"), f"history: effect {key}")
    for name, file in evidence.unnamed(case.ledger, case.run.id):
        yield Difference("ledger-row-missing", Where(case.book, id=name, column="entry"), file)
    for row, name in evidence.unsought(case.ledger, case.run.id):
        yield Difference("ledger-row-missing", Where(case.book, row, name, "sought"), name)


def _gap(case: Case, column: str, first: int, last: int) -> Difference:
    numbers = str(first) if first == last else f"{first}-{last}"
    row = first if column == "entry.row" else 0
    return Difference("ledger-row-missing", Where(case.book, row=row, column=column), numbers)
