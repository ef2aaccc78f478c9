"""What only the whole file can show: lines that do not add up, ids twice, vouchers torn apart."""

from __future__ import annotations

import msgspec

from emission import identity, money
from emission.intake import ParsedLine
from emission.ledger import Ledger, staging
from emission.ledger.schema import staged
from emission.ledger.staging import Staged, pack
from emission.model import Fault, Obligation, Severity

_line = msgspec.msgpack.Decoder(ParsedLine)


def examine(ledger: Ledger, run_id: int, *, due_dates: int) -> None:
    """Adds to the staged rows every fault that their neighbours or the detail file show.

    ``due_dates`` is how many one operation of the provider carries: two operations for one
    obligation could both be paid.
    """
    _attach_details(ledger, run_id)
    _refuse_repeated(ledger, run_id)
    _refuse_returning(ledger, run_id)
    for page in staging.pages(ledger, run_id, ~staged.c.faulty):
        found = {
            row.position: [Fault("due-dates-beyond-provider", "due_date_3", params={"most": str(due_dates)})]
            for row in page
            if (obligation := row.obligation_record()).payable and len(obligation.due_dates) > due_dates
        }
        staging.blame(ledger, run_id, found)
    for group in staging.bundles(ledger, run_id, ~staged.c.faulty, staged.c.bundle != staged.c.position):
        _refuse_mixed(ledger, run_id, group)


def reject_siblings(ledger: Ledger, run_id: int) -> None:
    """A voucher is whole or not at all: a faulty row takes its siblings with it."""
    found = {
        position: [Fault("sibling-rejected", "voucher_id")]
        for position in staging.siblings_of_the_faulty(ledger, run_id)
    }
    staging.blame(ledger, run_id, found)


def _attach_details(ledger: Ledger, run_id: int) -> None:
    if not staging.has_details(ledger, run_id):
        return
    for page in staging.pages(ledger, run_id):
        packed = staging.details_of(ledger, run_id, [row.obligation_id for row in page])
        found: dict[int, list[Fault]] = {}
        changes: list[dict[str, object]] = []
        for row in page:
            lines = [_line.decode(line) for line in packed.get(row.obligation_id, ())]
            if not lines or row.record is None:
                continue
            detailed, faults = _detailed(row.obligation_record(), lines)
            if faults:
                found[row.position] = faults
            presentation = identity.presentation_hash(detailed)
            changes.append({"b_position": row.position, "b_record": pack(detailed), "b_presentation": presentation})
        staging.settle(ledger, run_id, changes, "record", "presentation")
        staging.blame(ledger, run_id, found)


def _detailed(obligation: Obligation, lines: list[ParsedLine]) -> tuple[Obligation, list[Fault]]:
    faults = [
        msgspec.structs.replace(fault, field=f"lines:{line.line}:{fault.field}")
        for line in lines
        for fault in line.faults
    ]
    details = tuple(line.detail for line in lines if line.detail is not None)
    total = sum(detail.total for detail in details)
    readable = all(fault.severity is not Severity.ERROR for fault in faults)
    if readable and total != obligation.amount:
        params = {
            "total": money.plain(total, obligation.currency),
            "amount": money.plain(obligation.amount, obligation.currency),
        }
        faults.append(Fault("lines-sum", "amount", params["amount"], params=params))
    return msgspec.structs.replace(obligation, lines=details), faults


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
