"""What only the whole file can show: lines that do not add up, ids twice, vouchers torn apart."""

from __future__ import annotations

from collections.abc import Iterator

from emission.executors import Workers, ordered
from emission.intake import MOST_DUE_DATES
from emission.ledger import Ledger, staging
from emission.ledger.schema import staged
from emission.ledger.staging import Staged
from emission.model import Fault
from emission.stages.detail import Undetailed, detail


def examine(ledger: Ledger, run_id: int, executor: Workers, *, due_dates: int) -> None:
    """Adds to the staged rows every fault that their neighbours or the detail file show.

    ``due_dates`` is how many one operation of the provider carries: two operations for one
    obligation could both be paid.
    """
    _attach_details(ledger, run_id, executor)
    _refuse_repeated(ledger, run_id)
    _refuse_returning(ledger, run_id)
    if due_dates < MOST_DUE_DATES:
        _refuse_further_due_dates(ledger, run_id, due_dates)
    for group in staging.bundles(ledger, run_id, ~staged.c.faulty, staged.c.bundle != staged.c.position):
        _refuse_mixed(ledger, run_id, group)


def reject_siblings(ledger: Ledger, run_id: int) -> None:
    """A voucher is whole or not at all: a faulty row takes its siblings with it."""
    found = {
        position: [Fault("sibling-rejected", "voucher_id")]
        for position in staging.siblings_of_the_faulty(ledger, run_id)
    }
    staging.blame(ledger, run_id, found)


def _attach_details(ledger: Ledger, run_id: int, executor: Workers) -> None:
    if not staging.has_details(ledger, run_id):
        return
    for positions, detailed in ordered(executor, detail, _undetailed(ledger, run_id)):
        found = dict(zip(positions, detailed, strict=True))
        changes = [
            {"b_position": position, "b_record": one.record, "b_presentation": one.presentation}
            for position, one in found.items()
        ]
        staging.settle(ledger, run_id, changes, "record", "presentation")
        staging.blame(ledger, run_id, {position: one.faults for position, one in found.items() if one.faults})


def _undetailed(ledger: Ledger, run_id: int) -> Iterator[tuple[list[Undetailed], list[int]]]:
    """The rows that have details, and where they stand."""
    for page in staging.recorded(ledger, run_id):
        packed = staging.details_of(ledger, run_id, [row.obligation_id for row in page])
        rows = {
            row.position: Undetailed(row.record, tuple(packed[row.obligation_id]))
            for row in page
            if row.record is not None and row.obligation_id in packed
        }
        yield list(rows.values()), list(rows)


def _refuse_repeated(ledger: Ledger, run_id: int) -> None:
    """Identical rows: the first stands. Differing ones: none does, since choosing is guessing."""
    for rows in staging.repeated_ids(ledger, run_id):
        first, *others = rows
        params = {"row": str(first.row)}
        if all(row.content == first.content for row in others):
            fault = Fault("duplicate", "obligation_id", first.obligation_id, params=params)
            staging.blame(ledger, run_id, {row.position: [fault] for row in others}, dropped=True)
        else:
            places = ", ".join(str(row.row) for row in rows[:10])
            fault = Fault("duplicate-differs", "obligation_id", first.obligation_id, params={"rows": places})
            staging.blame(ledger, run_id, {row.position: [fault] for row in rows})


def _refuse_returning(ledger: Ledger, run_id: int) -> None:
    for voucher_id in staging.returning_vouchers(ledger, run_id):
        fault = Fault("voucher-returns", "voucher_id", voucher_id)
        for page in staging.pages(ledger, run_id, staged.c.voucher_id == voucher_id, ~staged.c.dropped):
            # Rows with one id are told so already; that they also share its voucher says nothing new.
            torn = [row for row in page if not any(known.code == "duplicate-differs" for known in row.faults)]
            staging.blame(ledger, run_id, {row.position: [fault] for row in torn})


def _refuse_further_due_dates(ledger: Ledger, run_id: int, most: int) -> None:
    for page in staging.pages(ledger, run_id, ~staged.c.faulty):
        found = {
            row.position: [Fault("due-dates-beyond-provider", "due_date_3", params={"most": str(most)})]
            for row in page
            if (obligation := row.obligation_record()).payable and len(obligation.due_dates) > most
        }
        staging.blame(ledger, run_id, found)


def _refuse_mixed(ledger: Ledger, run_id: int, groups: list[list[Staged]]) -> None:
    """One voucher is one taxpayer's: its rows agree on who pays and how the paper travels."""
    heads = staging.at(ledger, run_id, [group[0].bundle for group in groups])
    found: dict[int, list[Fault]] = {}
    for group in groups:
        head = heads.get(group[0].bundle)
        if head is None or head.record is None:
            continue
        first = head.obligation_record()
        for row in group:
            other = row.obligation_record()
            differing = [
                name
                for name, mine, theirs in (
                    ("payer_name", first.payer.name, other.payer.name),
                    ("payer_id", first.payer.id, other.payer.id),
                    ("channel", first.channel, other.channel),
                )
                if mine != theirs
            ]
            if differing:
                found[row.position] = [Fault("voucher-mixed", name) for name in differing]
    staging.blame(ledger, run_id, found)
