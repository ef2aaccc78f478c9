"""Payments that BIND was told of: an id was written down before it left, and means one message."""

from __future__ import annotations

from collections.abc import Iterator

from emission.audit.case import Case
from emission.audit.finding import Difference, Where, differing
from emission.ledger import reports as reported
from emission.ledger.reports import Evidence
from emission.ledger.told import Fact

LEFT = "sent"
ENDS = ("confirmed", "refused", "unknown", "planned")


def reports(case: Case) -> Iterator[Difference]:
    """The reports of the run's bills against their history."""
    for one in reported.evidence(case.ledger, case.run.id):
        where = Where(case.book, one.row, one.obligation_id)
        if one.outcome is None:
            yield Difference("ledger-row-missing", where, f"report {one.message_id}")
        yield from differing(where, tuple(_facts(one)), "ledger-differs")


def _facts(one: Evidence) -> Iterator[Fact]:
    events = [(event, detail) for event, detail in one.events if event == LEFT or event in ENDS]
    sent = [detail for event, detail in events if event == LEFT]
    yield "effect.attempt", len(sent), one.attempt
    yield "history.event", LEFT, events[0][0] if events else None
    if events:
        yield "effect.state", events[-1][0], one.state
    if sent and sent[-1]:
        yield "effect.request_hash", sent[-1], one.request_hash.hex()
    body, before = "", ""
    for event, detail in events:
        if event == LEFT:
            # BIND has it, or may have it: an id that means something already is not given to anything else.
            if before == "confirmed" or (before == "unknown" and detail != body):
                yield "history.detail", body, detail
            body = detail
        before = event
